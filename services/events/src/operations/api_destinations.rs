//! CreateApiDestination, UpdateApiDestination, DeleteApiDestination, DescribeApiDestination and ListApiDestinations.
//!
//! Source: [CreateApiDestination](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateApiDestination.html).

use ninefold_catalog::Change;
use ninefold_model::Timestamp;
use ninefold_outbound_authorization::{Endpoint, Method};
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::EventsDoor;
use crate::api_destinations::arn_of;
use crate::errors;
use crate::event::random_id;
use crate::limits::{API_DESTINATIONS, INVOCATIONS_PER_SECOND};
use crate::operations::buses::timestamp;
use crate::operations::page::{Page, has_prefix};
use crate::record::{ApiDestinationRecord, ConnectionState};
use crate::resource_name::{Kind, ResourceName};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateApiDestinationInput {
    name: String,
    description: Option<String>,
    connection_arn: String,
    invocation_endpoint: String,
    http_method: String,
    invocation_rate_limit_per_second: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateApiDestinationInput {
    name: String,
    description: Option<String>,
    connection_arn: Option<String>,
    invocation_endpoint: Option<String>,
    http_method: Option<String>,
    invocation_rate_limit_per_second: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ApiDestinationNameInput {
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListApiDestinationsInput {
    name_prefix: Option<String>,
    connection_arn: Option<String>,
    next_token: Option<String>,
    limit: Option<usize>,
}

/// What every change of an API destination answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ChangedApiDestination {
    api_destination_arn: String,
    api_destination_state: ApiDestinationState,
    creation_time: Timestamp,
    last_modified_time: Timestamp,
}

/// Whether events can be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum ApiDestinationState {
    Active,
    Inactive,
}

/// An API destination in a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ApiDestinationSummary {
    #[serde(flatten)]
    changed: ChangedApiDestination,
    name: String,
    connection_arn: String,
    invocation_endpoint: String,
    http_method: String,
    invocation_rate_limit_per_second: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeApiDestinationOutput {
    #[serde(flatten)]
    summary: ApiDestinationSummary,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListApiDestinationsOutput {
    api_destinations: Vec<ApiDestinationSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl ChangedApiDestination {
    fn of(door: &EventsDoor, name: &ResourceName, record: &ApiDestinationRecord) -> Self {
        let connection = door.connections.of_arn(&record.connection_arn);
        let is_active = connection.is_some_and(|(_, record)| record.state == ConnectionState::Authorized);
        ChangedApiDestination {
            api_destination_arn: arn_of(name, record),
            api_destination_state: match is_active {
                true => ApiDestinationState::Active,
                false => ApiDestinationState::Inactive,
            },
            creation_time: timestamp(record.created_at_millis),
            last_modified_time: timestamp(record.modified_at_millis),
        }
    }
}

impl ApiDestinationSummary {
    fn of(door: &EventsDoor, name: &ResourceName, record: &ApiDestinationRecord) -> Self {
        ApiDestinationSummary {
            changed: ChangedApiDestination::of(door, name, record),
            name: name.name.clone(),
            connection_arn: record.connection_arn.clone(),
            invocation_endpoint: record.invocation_endpoint.clone(),
            http_method: record.http_method.clone(),
            invocation_rate_limit_per_second: record.invocations_per_second,
        }
    }
}

/// The API destination that a caller means, if they may do this to it.
fn meant(context: &CallContext, name: &str, action: &str) -> Result<ResourceName, ServiceError> {
    let name = ResourceName::of(context, name);
    context.authorize(action, &name.arn(Kind::ApiDestination), None)?;
    Ok(name)
}

fn does_not_exist(verb: &str, name: &ResourceName) -> ServiceError {
    errors::not_found(format!(
        "Failed to {verb} the api-destination(s). An api-destination '{}' does not exist.",
        name.name
    ))
}

/// The connection must be there, of the same account in the same region.
fn check_connection(door: &EventsDoor, name: &ResourceName, arn: &str) -> Result<(), ServiceError> {
    let belongs =
        |connection: &ResourceName| connection.account == name.account && connection.region == name.region;
    match door.connections.of_arn(arn) {
        Some((connection, _)) if belongs(&connection) => Ok(()),
        _ => Err(errors::not_found(format!("Connection '{arn}' does not exist."))),
    }
}

fn check_endpoint(url: &str) -> Result<(), ServiceError> {
    let parsed = url.parse::<Endpoint>();
    parsed
        .map(drop)
        .map_err(|error| errors::invalid_because("InvocationEndpoint", error))
}

fn check_method(method: &str) -> Result<(), ServiceError> {
    let parsed = method.parse::<Method>();
    parsed
        .map(drop)
        .map_err(|error| errors::invalid_because("HttpMethod", error))
}

pub(crate) async fn create(
    door: &EventsDoor,
    context: &CallContext,
    input: CreateApiDestinationInput,
) -> Result<ChangedApiDestination, ServiceError> {
    let name = meant(context, &input.name, "events:CreateApiDestination")?;
    check_endpoint(&input.invocation_endpoint)?;
    check_method(&input.http_method)?;
    check_connection(door, &name, &input.connection_arn)?;
    let prefix = ResourceName::key_prefix(name.account, &name.region);
    if door.api_destinations.page(prefix.as_bytes()).len() >= API_DESTINATIONS {
        return Err(errors::limit_exceeded());
    }
    let now = door.now_millis();
    let record = ApiDestinationRecord {
        id: random_id(),
        created_at_millis: now,
        modified_at_millis: now,
        description: input.description,
        connection_arn: input.connection_arn,
        invocation_endpoint: input.invocation_endpoint,
        http_method: input.http_method,
        invocations_per_second: input
            .invocation_rate_limit_per_second
            .unwrap_or(INVOCATIONS_PER_SECOND),
    };
    let output = ChangedApiDestination::of(door, &name, &record);
    let created = door.api_destinations.change(&name, |current| match current {
        Some(_) => {
            let quoted = format!("'{}'", name.name);
            Err(errors::already_exists("An api-destination", &quoted))
        }
        None => Ok(Change::Put(record)),
    });
    created.await?;
    Ok(output)
}

pub(crate) async fn update(
    door: &EventsDoor,
    context: &CallContext,
    input: UpdateApiDestinationInput,
) -> Result<ChangedApiDestination, ServiceError> {
    let name = meant(context, &input.name, "events:UpdateApiDestination")?;
    input
        .invocation_endpoint
        .as_deref()
        .map(check_endpoint)
        .transpose()?;
    input.http_method.as_deref().map(check_method).transpose()?;
    if let Some(connection) = &input.connection_arn {
        check_connection(door, &name, connection)?;
    }
    let now = door.now_millis();
    let mut output = None;
    let updated = door.api_destinations.change(&name, |current| {
        let current = current.ok_or_else(|| does_not_exist("update", &name))?;
        let mut record = ApiDestinationRecord::clone(current);
        record.modified_at_millis = now;
        record.description = input.description.or(record.description);
        record.connection_arn = input.connection_arn.unwrap_or(record.connection_arn);
        record.invocation_endpoint = input.invocation_endpoint.unwrap_or(record.invocation_endpoint);
        record.http_method = input.http_method.unwrap_or(record.http_method);
        record.invocations_per_second = input
            .invocation_rate_limit_per_second
            .unwrap_or(record.invocations_per_second);
        output = Some(ChangedApiDestination::of(door, &name, &record));
        Ok(Change::Put(record))
    });
    updated.await?;
    output.ok_or_else(|| does_not_exist("update", &name))
}

pub(crate) async fn delete(
    door: &EventsDoor,
    context: &CallContext,
    input: ApiDestinationNameInput,
) -> Result<(), ServiceError> {
    let name = meant(context, &input.name, "events:DeleteApiDestination")?;
    let deleted = door.api_destinations.change(&name, |current| match current {
        Some(_) => Ok(Change::Delete),
        None => Err(does_not_exist("delete", &name)),
    });
    deleted.await
}

pub(crate) fn describe(
    door: &EventsDoor,
    context: &CallContext,
    input: ApiDestinationNameInput,
) -> Result<DescribeApiDestinationOutput, ServiceError> {
    let name = meant(context, &input.name, "events:DescribeApiDestination")?;
    let record = door.api_destinations.get(&name);
    let record = record.ok_or_else(|| does_not_exist("describe", &name))?;
    Ok(DescribeApiDestinationOutput {
        summary: ApiDestinationSummary::of(door, &name, &record),
        description: record.description.clone(),
    })
}

pub(crate) fn list(
    door: &EventsDoor,
    context: &CallContext,
    input: ListApiDestinationsInput,
) -> Result<ListApiDestinationsOutput, ServiceError> {
    context.authorize("events:ListApiDestinations", &"*", None)?;
    let page = Page::read(input.next_token.as_deref(), input.limit)?;
    let prefix = ResourceName::key_prefix(context.principal.account, &context.region);
    let all = door.api_destinations.page(prefix.as_bytes());
    let wanted = all.iter().filter(|(name, record)| {
        let connection = input.connection_arn.as_ref();
        has_prefix(&name.name, input.name_prefix.as_deref())
            && connection.is_none_or(|connection| record.connection_arn == *connection)
    });
    let (found, next_token) = page.of(wanted, |(name, _)| &name.name);
    Ok(ListApiDestinationsOutput {
        api_destinations: found
            .iter()
            .map(|(name, record)| ApiDestinationSummary::of(door, name, record))
            .collect(),
        next_token,
    })
}
