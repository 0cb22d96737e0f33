//! CreateEndpoint, UpdateEndpoint, DeleteEndpoint, DescribeEndpoint and ListEndpoints.
//!
//! Source: [CreateEndpoint](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEndpoint.html).

use ninefold_catalog::Change;
use ninefold_model::Timestamp;
use ninefold_protocol::{CallContext, Region, ServiceError};
use serde::{Deserialize, Serialize};

use crate::EventsDoor;
use crate::arn::BusArn;
use crate::errors;
use crate::limits::ENDPOINTS;
use crate::operations::buses::timestamp;
use crate::operations::page::{Page, has_prefix};
use crate::operations::rules::pass_role;
use crate::record::{EndpointRecord, RoutingConfig};
use crate::resource_name::{Kind, ResourceName};

/// Characters of the two labels of an endpoint's id: `abcde12345.veo`.
const ID_CHARACTERS: [usize; 2] = [10, 3];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateEndpointInput {
    name: String,
    description: Option<String>,
    routing_config: RoutingConfig,
    replication_config: Option<ReplicationConfig>,
    event_buses: Vec<EndpointEventBus>,
    role_arn: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateEndpointInput {
    name: String,
    description: Option<String>,
    routing_config: Option<RoutingConfig>,
    replication_config: Option<ReplicationConfig>,
    event_buses: Option<Vec<EndpointEventBus>>,
    role_arn: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EndpointNameInput {
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeEndpointInput {
    name: String,
    home_region: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListEndpointsInput {
    name_prefix: Option<String>,
    home_region: Option<String>,
    next_token: Option<String>,
    max_results: Option<usize>,
}

/// `ReplicationConfig`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReplicationConfig {
    #[serde(default)]
    state: ReplicationState,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum ReplicationState {
    /// What is meant where nothing is said.
    #[default]
    Enabled,
    Disabled,
}

/// `EndpointEventBus`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EndpointEventBus {
    event_bus_arn: String,
}

/// What is told of an endpoint by every operation.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EndpointSettings {
    name: String,
    arn: String,
    routing_config: RoutingConfig,
    replication_config: ReplicationConfig,
    event_buses: Vec<EndpointEventBus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role_arn: Option<String>,
    state: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateEndpointOutput {
    #[serde(flatten)]
    settings: EndpointSettings,
    endpoint_id: String,
    endpoint_url: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeEndpointOutput {
    #[serde(flatten)]
    updated: UpdateEndpointOutput,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    creation_time: Timestamp,
    last_modified_time: Timestamp,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListEndpointsOutput {
    endpoints: Vec<DescribeEndpointOutput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl EndpointSettings {
    fn of(name: &ResourceName, record: &EndpointRecord) -> Self {
        let buses = record.event_bus_arns.iter();
        EndpointSettings {
            name: name.name.clone(),
            arn: name.arn(Kind::Endpoint),
            routing_config: record.routing.clone(),
            replication_config: ReplicationConfig {
                state: ReplicationState::Disabled,
            },
            event_buses: buses
                .map(|arn| EndpointEventBus {
                    event_bus_arn: arn.clone(),
                })
                .collect(),
            role_arn: record.role_arn.clone(),
            state: "ACTIVE",
        }
    }
}

impl UpdateEndpointOutput {
    fn of(context: &CallContext, name: &ResourceName, record: &EndpointRecord) -> Self {
        UpdateEndpointOutput {
            settings: EndpointSettings::of(name, record),
            endpoint_id: record.endpoint_id.clone(),
            // Where it is served: an endpoint has no host of its own here.
            endpoint_url: format!("{}://{}", context.endpoint.scheme, context.endpoint.host),
        }
    }
}

impl DescribeEndpointOutput {
    fn of(context: &CallContext, name: &ResourceName, record: &EndpointRecord) -> Self {
        DescribeEndpointOutput {
            updated: UpdateEndpointOutput::of(context, name, record),
            description: record.description.clone(),
            creation_time: timestamp(record.created_at_millis),
            last_modified_time: timestamp(record.modified_at_millis),
        }
    }
}

/// The endpoint that a caller means, if they may do this to it.
fn meant(
    context: &CallContext,
    name: &str,
    home_region: Option<&str>,
    action: &str,
) -> Result<ResourceName, ServiceError> {
    let name = ResourceName {
        region: region(context, home_region)?,
        ..ResourceName::of(context, name)
    };
    context.authorize(action, &name.arn(Kind::Endpoint), None)?;
    Ok(name)
}

fn region(context: &CallContext, home_region: Option<&str>) -> Result<Region, ServiceError> {
    match home_region {
        Some(text) => Region::parse(text).map_err(|_| errors::invalid_parameter("HomeRegion")),
        None => Ok(context.region.clone()),
    }
}

fn does_not_exist(name: &ResourceName) -> ServiceError {
    errors::not_found(format!("Endpoint {} does not exist.", name.name))
}

/// Nothing is replicated here, so nobody shall believe that it were.
fn refuse_replication(given: Option<&ReplicationConfig>) -> Result<(), ServiceError> {
    match given {
        Some(config) if config.state == ReplicationState::Disabled => Ok(()),
        _ => Err(errors::invalid_because(
            "ReplicationConfig",
            "Event replication does not exist on this server. Set its State to DISABLED.",
        )),
    }
}

/// One bus in the endpoint's own region, which is there, and one of the same name in the region of the secondary route.
fn check_buses(
    door: &EventsDoor,
    name: &ResourceName,
    arns: &[String],
    routing: &RoutingConfig,
) -> Result<(), ServiceError> {
    let refuse = |reason: String| Err(errors::invalid_because("EventBuses", reason));
    let buses: Option<Vec<BusArn>> = arns.iter().map(|arn| BusArn::parse(arn)).collect();
    let Some([one, other]) = buses.as_deref() else {
        return refuse("There must be the ARNs of two event buses.".to_owned());
    };
    if one.name != other.name {
        return refuse("The names of the event buses must be identical in each Region.".to_owned());
    }
    if one.account != name.account || other.account != name.account {
        return refuse("The event buses must be those of the account.".to_owned());
    }
    let secondary = &routing.failover_config.secondary.route;
    let (primary, other) = match one.region == name.region {
        true => (one, other),
        false => (other, one),
    };
    if primary.region != name.region || other.region == name.region || other.region.as_str() != secondary {
        return refuse(format!(
            "One of the event buses must be in {}, and the other one in the Region of the secondary route.",
            name.region
        ));
    }
    match door.buses.get(primary) {
        Some(_) => Ok(()),
        None => Err(errors::bus_does_not_exist(primary)),
    }
}

fn endpoint_id() -> String {
    let label = |characters: usize| -> String {
        let alphanumeric = std::iter::repeat_with(|| fastrand::alphanumeric().to_ascii_lowercase());
        alphanumeric.take(characters).collect()
    };
    ID_CHARACTERS.map(label).join(".")
}

fn arns(buses: Vec<EndpointEventBus>) -> Vec<String> {
    buses.into_iter().map(|bus| bus.event_bus_arn).collect()
}

pub(crate) async fn create(
    door: &EventsDoor,
    context: &CallContext,
    input: CreateEndpointInput,
) -> Result<EndpointSettings, ServiceError> {
    let name = meant(context, &input.name, None, "events:CreateEndpoint")?;
    pass_role(context, input.role_arn.as_deref())?;
    refuse_replication(input.replication_config.as_ref())?;
    let event_bus_arns = arns(input.event_buses);
    check_buses(door, &name, &event_bus_arns, &input.routing_config)?;
    let prefix = ResourceName::key_prefix(name.account, &name.region);
    if door.endpoints.page(prefix.as_bytes()).len() >= ENDPOINTS {
        return Err(errors::limit_exceeded());
    }
    let now = door.now_millis();
    let record = EndpointRecord {
        endpoint_id: endpoint_id(),
        created_at_millis: now,
        modified_at_millis: now,
        description: input.description,
        routing: input.routing_config,
        event_bus_arns,
        role_arn: input.role_arn,
    };
    let output = EndpointSettings::of(&name, &record);
    let created = door.endpoints.change(&name, |current| match current {
        Some(_) => Err(errors::already_exists("Endpoint", &name.name)),
        None => Ok(Change::Put(record)),
    });
    created.await?;
    Ok(output)
}

pub(crate) async fn update(
    door: &EventsDoor,
    context: &CallContext,
    input: UpdateEndpointInput,
) -> Result<UpdateEndpointOutput, ServiceError> {
    let name = meant(context, &input.name, None, "events:UpdateEndpoint")?;
    pass_role(context, input.role_arn.as_deref())?;
    if input.replication_config.is_some() {
        refuse_replication(input.replication_config.as_ref())?;
    }
    let now = door.now_millis();
    let mut output = None;
    let updated = door.endpoints.change(&name, |current| {
        let mut record = EndpointRecord::clone(current.ok_or_else(|| does_not_exist(&name))?);
        record.modified_at_millis = now;
        record.description = input.description.or(record.description);
        record.routing = input.routing_config.unwrap_or(record.routing);
        record.event_bus_arns = input.event_buses.map_or(record.event_bus_arns, arns);
        record.role_arn = input.role_arn.or(record.role_arn);
        check_buses(door, &name, &record.event_bus_arns, &record.routing)?;
        output = Some(UpdateEndpointOutput::of(context, &name, &record));
        Ok(Change::Put(record))
    });
    updated.await?;
    output.ok_or_else(|| does_not_exist(&name))
}

pub(crate) async fn delete(
    door: &EventsDoor,
    context: &CallContext,
    input: EndpointNameInput,
) -> Result<(), ServiceError> {
    let name = meant(context, &input.name, None, "events:DeleteEndpoint")?;
    let deleted = door.endpoints.change(&name, |current| match current {
        Some(_) => Ok(Change::Delete),
        None => Err(does_not_exist(&name)),
    });
    deleted.await
}

pub(crate) fn describe(
    door: &EventsDoor,
    context: &CallContext,
    input: DescribeEndpointInput,
) -> Result<DescribeEndpointOutput, ServiceError> {
    let name = meant(
        context,
        &input.name,
        input.home_region.as_deref(),
        "events:DescribeEndpoint",
    )?;
    let record = door.endpoints.get(&name).ok_or_else(|| does_not_exist(&name))?;
    Ok(DescribeEndpointOutput::of(context, &name, &record))
}

pub(crate) fn list(
    door: &EventsDoor,
    context: &CallContext,
    input: ListEndpointsInput,
) -> Result<ListEndpointsOutput, ServiceError> {
    context.authorize("events:ListEndpoints", &"*", None)?;
    let page = Page::read(input.next_token.as_deref(), input.max_results)?;
    let region = region(context, input.home_region.as_deref())?;
    let prefix = ResourceName::key_prefix(context.principal.account, &region);
    let all = door.endpoints.page(prefix.as_bytes());
    let wanted = all
        .iter()
        .filter(|(name, _)| has_prefix(&name.name, input.name_prefix.as_deref()));
    let (found, next_token) = page.of(wanted, |(name, _)| &name.name);
    Ok(ListEndpointsOutput {
        endpoints: found
            .iter()
            .map(|(name, record)| DescribeEndpointOutput::of(context, name, record))
            .collect(),
        next_token,
    })
}
