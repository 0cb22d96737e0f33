//! CreateEventBus, DeleteEventBus, DescribeEventBus, ListEventBuses and UpdateEventBus.

use std::sync::Arc;

use ninefold_catalog::Change;
use ninefold_model::Timestamp;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::EventsDoor;
use crate::arn::{BusArn, DEFAULT_BUS};
use crate::buses::Bus;
use crate::errors;
use crate::limits::BUSES;
use crate::operations::page::{Page, has_prefix};
use crate::operations::tags::{self, Tag};
use crate::record::{BusRecord, DeadLetterConfig, LogConfig};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateEventBusInput {
    name: String,
    event_source_name: Option<String>,
    description: Option<String>,
    kms_key_identifier: Option<String>,
    dead_letter_config: Option<DeadLetterConfig>,
    log_config: Option<LogConfig>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateEventBusOutput {
    event_bus_arn: String,
    #[serde(flatten)]
    settings: BusSettings,
}

/// What can be set of a bus.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct BusSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kms_key_identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dead_letter_config: Option<DeadLetterConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_config: Option<LogConfig>,
}

impl BusSettings {
    fn of(record: &BusRecord) -> Self {
        BusSettings {
            description: record.description.clone(),
            kms_key_identifier: record.kms_key.clone(),
            dead_letter_config: record.dead_letter.clone(),
            log_config: record.log.clone(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateEventBusInput {
    name: Option<String>,
    description: Option<String>,
    kms_key_identifier: Option<String>,
    dead_letter_config: Option<DeadLetterConfig>,
    log_config: Option<LogConfig>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateEventBusOutput {
    arn: String,
    name: String,
    #[serde(flatten)]
    settings: BusSettings,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BusNameInput {
    name: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeEventBusOutput {
    #[serde(flatten)]
    summary: BusSummary,
    #[serde(skip_serializing_if = "Option::is_none")]
    kms_key_identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dead_letter_config: Option<DeadLetterConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_config: Option<LogConfig>,
}

/// A bus in a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct BusSummary {
    name: String,
    arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creation_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified_time: Option<Timestamp>,
}

impl BusSummary {
    fn of(arn: &BusArn, record: &BusRecord) -> Self {
        let time = |milliseconds: u64| (milliseconds > 0).then(|| timestamp(milliseconds));
        BusSummary {
            name: arn.name.clone(),
            arn: arn.to_string(),
            description: record.description.clone(),
            policy: record.policy.clone(),
            creation_time: time(record.created_at_millis),
            last_modified_time: time(record.modified_at_millis),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListEventBusesInput {
    name_prefix: Option<String>,
    next_token: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListEventBusesOutput {
    event_buses: Vec<BusSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// A point in time as the API has it.
pub(crate) fn timestamp(milliseconds: u64) -> Timestamp {
    Timestamp::from_milliseconds(i64::try_from(milliseconds).unwrap_or(i64::MAX))
}

pub(crate) async fn create(
    door: &EventsDoor,
    context: &CallContext,
    input: CreateEventBusInput,
) -> Result<CreateEventBusOutput, ServiceError> {
    let arn = BusArn {
        account: context.principal.account,
        region: context.region.clone(),
        name: input.name,
    };
    context.authorize("events:CreateEventBus", &arn, None)?;
    check_new_name(&arn, input.event_source_name.as_deref())?;
    let prefix = BusArn::key_prefix(arn.account, &arn.region);
    if door.buses.records.page(prefix.as_bytes(), None, BUSES).len() >= BUSES {
        return Err(errors::limit_exceeded());
    }
    let now = door.now_millis();
    let record = BusRecord {
        created_at_millis: now,
        modified_at_millis: now,
        description: input.description,
        kms_key: input.kms_key_identifier,
        dead_letter: input.dead_letter_config,
        log: input.log_config,
        policy: None,
        tags: tags::read(input.tags)?,
        event_source: input.event_source_name,
    };
    let output = CreateEventBusOutput {
        event_bus_arn: arn.to_string(),
        settings: BusSettings::of(&record),
    };
    if door.buses.get(&arn).is_some() {
        return Err(errors::already_exists("Event bus", &arn.name));
    }
    if record.event_source.is_some() {
        door.associate(&arn).await?;
    }
    door.change_bus(&arn, |current| match current {
        Some(_) => Err(errors::already_exists("Event bus", &arn.name)),
        None => Ok(Change::Put(record)),
    })
    .await?;
    Ok(output)
}

fn check_new_name(arn: &BusArn, event_source: Option<&str>) -> Result<(), ServiceError> {
    if arn.is_default() {
        return Err(errors::already_exists("Event bus", DEFAULT_BUS));
    }
    match event_source {
        Some(source) if source != arn.name => Err(errors::invalid(
            "The event bus name must be the name of the event source.",
        )),
        Some(_) => Ok(()),
        None if arn.name.contains('/') => Err(errors::invalid("Event bus name must not contain '/'.")),
        None => Ok(()),
    }
}

pub(crate) async fn delete(
    door: &EventsDoor,
    context: &CallContext,
    input: BusNameInput,
) -> Result<(), ServiceError> {
    let arn = BusArn::meant(context, input.name.as_deref());
    context.authorize("events:DeleteEventBus", &arn, None)?;
    if arn.is_default() {
        return Err(errors::invalid("Cannot delete event bus default."));
    }
    // Deleting what is not there succeeds.
    let Some(bus) = door.buses.get(&arn) else {
        return Ok(());
    };
    for rule in bus.rules() {
        super::rules::remove_entirely(door, &rule).await?;
    }
    door.change_bus(&arn, |_| Ok(Change::Delete)).await?;
    match bus.record().event_source {
        Some(_) => door.dissociate(&arn).await,
        None => Ok(()),
    }
}

pub(crate) fn describe(
    door: &EventsDoor,
    context: &CallContext,
    input: BusNameInput,
) -> Result<DescribeEventBusOutput, ServiceError> {
    let bus = door.bus(context, input.name.as_deref(), "events:DescribeEventBus")?;
    let record = bus.record();
    Ok(DescribeEventBusOutput {
        summary: BusSummary::of(&bus.arn, &record),
        kms_key_identifier: record.kms_key.clone(),
        dead_letter_config: record.dead_letter.clone(),
        log_config: record.log.clone(),
    })
}

pub(crate) fn list(
    door: &EventsDoor,
    context: &CallContext,
    input: ListEventBusesInput,
) -> Result<ListEventBusesOutput, ServiceError> {
    context.authorize("events:ListEventBuses", &"*", None)?;
    let page = Page::read(input.next_token.as_deref(), input.limit)?;
    let (account, region) = (context.principal.account, &context.region);
    let default = BusArn {
        account,
        region: region.clone(),
        name: DEFAULT_BUS.to_owned(),
    };
    let prefix = BusArn::key_prefix(account, region);
    let stored = door.buses.records.page(prefix.as_bytes(), None, usize::MAX);
    let names = stored.into_iter().filter_map(|(key, _)| BusArn::from_key(&key));
    let mut arns: Vec<BusArn> = names.filter(|arn| !arn.is_default()).collect();
    arns.push(default);
    arns.sort();
    let buses: Vec<Arc<Bus>> = arns.iter().filter_map(|arn| door.buses.get(arn)).collect();
    let wanted = buses
        .iter()
        .filter(|bus| has_prefix(&bus.arn.name, input.name_prefix.as_deref()));
    let (found, next_token) = page.of(wanted, |bus| &bus.arn.name);
    Ok(ListEventBusesOutput {
        event_buses: found
            .iter()
            .map(|bus| BusSummary::of(&bus.arn, &bus.record()))
            .collect(),
        next_token,
    })
}

pub(crate) async fn update(
    door: &EventsDoor,
    context: &CallContext,
    input: UpdateEventBusInput,
) -> Result<UpdateEventBusOutput, ServiceError> {
    let bus = door.bus(context, input.name.as_deref(), "events:UpdateEventBus")?;
    let now = door.now_millis();
    door.change_bus(&bus.arn, |current| {
        let mut record = current.map(|record| BusRecord::clone(record)).unwrap_or_default();
        record.modified_at_millis = now;
        record.description = input.description.or(record.description);
        record.kms_key = input.kms_key_identifier.or(record.kms_key);
        record.dead_letter = input.dead_letter_config.or(record.dead_letter);
        record.log = input.log_config.or(record.log);
        Ok(Change::Put(record))
    })
    .await?;
    let bus = door
        .buses
        .get(&bus.arn)
        .ok_or_else(|| errors::bus_does_not_exist(&bus.arn))?;
    Ok(UpdateEventBusOutput {
        arn: bus.arn.to_string(),
        name: bus.arn.name.clone(),
        settings: BusSettings::of(&bus.record()),
    })
}
