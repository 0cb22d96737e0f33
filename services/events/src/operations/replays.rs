//! StartReplay, CancelReplay, DescribeReplay and ListReplays.
//!
//! Source: [StartReplay](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html).

use std::sync::Arc;

use ninefold_catalog::Change;
use ninefold_model::Timestamp;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::EventsDoor;
use crate::arn::{BusArn, RuleArn};
use crate::buses::Bus;
use crate::errors;
use crate::limits::ACTIVE_REPLAYS;
use crate::operations::buses::timestamp;
use crate::operations::page::{Page, has_prefix};
use crate::record::{ArchiveRecord, ReplayRecord, ReplayRequest, ReplayState};
use crate::resource_name::{Kind, ResourceName};

/// Where a replay goes.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReplayDestination {
    arn: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    filter_arns: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StartReplayInput {
    replay_name: String,
    description: Option<String>,
    event_source_arn: String,
    event_start_time: Timestamp,
    event_end_time: Timestamp,
    destination: ReplayDestination,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StartReplayOutput {
    replay_arn: String,
    state: ReplayState,
    replay_start_time: Timestamp,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReplayNameInput {
    replay_name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CancelReplayOutput {
    replay_arn: String,
    state: ReplayState,
}

/// A replay in a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ReplaySummary {
    replay_name: String,
    event_source_arn: String,
    state: ReplayState,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_reason: Option<String>,
    event_start_time: Timestamp,
    event_end_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_last_replayed_time: Option<Timestamp>,
    replay_start_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    replay_end_time: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeReplayOutput {
    replay_arn: String,
    #[serde(flatten)]
    summary: ReplaySummary,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    destination: ReplayDestination,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListReplaysInput {
    name_prefix: Option<String>,
    state: Option<ReplayState>,
    event_source_arn: Option<String>,
    next_token: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListReplaysOutput {
    replays: Vec<ReplaySummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl ReplaySummary {
    fn of(name: &ResourceName, record: &ReplayRecord) -> Self {
        ReplaySummary {
            replay_name: name.name.clone(),
            event_source_arn: record.archive(name).arn(Kind::Archive),
            state: record.state,
            state_reason: record.state_reason.clone(),
            event_start_time: timestamp(record.event_start_millis),
            event_end_time: timestamp(record.event_end_millis),
            event_last_replayed_time: record.last_replayed_millis.map(timestamp),
            replay_start_time: timestamp(record.started_at_millis),
            replay_end_time: record.ended_at_millis.map(timestamp),
        }
    }
}

/// The replay that a caller means, if they may do this to it.
fn find(
    door: &EventsDoor,
    context: &CallContext,
    name: &str,
    action: &str,
) -> Result<(ResourceName, Arc<ReplayRecord>), ServiceError> {
    let name = ResourceName::of(context, name);
    context.authorize(action, &name.arn(Kind::Replay), None)?;
    match door.replays.get(&name) {
        Some(record) => Ok((name, record)),
        None => Err(replay_does_not_exist(&name)),
    }
}

fn replay_does_not_exist(name: &ResourceName) -> ServiceError {
    errors::not_found(format!("Replay {} does not exist.", name.name))
}

/// An archive's name, by its ARN.
fn archive_name(arn: &str) -> Result<ResourceName, ServiceError> {
    ResourceName::parse(arn, Kind::Archive)
        .ok_or_else(|| errors::invalid_because("EventSourceArn", "Must contain an archive ARN."))
}

pub(crate) async fn start(
    door: &EventsDoor,
    context: &CallContext,
    input: StartReplayInput,
) -> Result<StartReplayOutput, ServiceError> {
    let name = ResourceName::of(context, &input.replay_name);
    context.authorize("events:StartReplay", &name.arn(Kind::Replay), None)?;
    let now_millis = door.now_millis();
    let record = ReplayRecord::new(request(door, context, input)?, now_millis);
    // Replays that are started together are counted one after the other.
    let _turn = door.archives.changes.lock().await;
    if door.replays.get(&name).is_some() {
        return Err(errors::already_exists("Replay", &name.name));
    }
    let prefix = ResourceName::key_prefix(name.account, &name.region);
    let replays = door.replays.records.page(prefix.as_bytes(), None, usize::MAX);
    let active = replays.iter().filter(|(_, record)| record.state.is_active());
    if active.count() >= ACTIVE_REPLAYS {
        return Err(errors::limit_exceeded());
    }
    door.replays.change(&name, |_| Ok(Change::Put(record))).await?;
    door.replays.started.notify_one();
    Ok(StartReplayOutput {
        replay_arn: name.arn(Kind::Replay),
        state: ReplayState::Starting,
        replay_start_time: timestamp(now_millis),
    })
}

/// What is asked for, checked.
fn request(
    door: &EventsDoor,
    context: &CallContext,
    input: StartReplayInput,
) -> Result<ReplayRequest, ServiceError> {
    let archive_name = archive_name(&input.event_source_arn)?;
    let bus = BusArn::parse(&input.destination.arn)
        .ok_or_else(|| errors::invalid_because("Destination.Arn", "Must contain an event bus ARN."))?;
    let bus = door
        .buses
        .get(&bus)
        .ok_or_else(|| errors::bus_does_not_exist(&bus))?;
    let archive = archive_of(door, context, &archive_name)?;
    if archive.bus(&archive_name) != bus.arn {
        return Err(errors::invalid_because(
            "Destination.Arn",
            "Cross event bus replay is not permitted.",
        ));
    }
    if input.event_end_time <= input.event_start_time {
        return Err(errors::invalid_because(
            "EventEndTime",
            "EventStartTime must be before EventEndTime.",
        ));
    }
    check_filters(&bus, &input.destination.filter_arns)?;
    Ok(ReplayRequest {
        archive_id: archive.id,
        archive_name: archive_name.name,
        bus_name: bus.arn.name.clone(),
        filter_arns: input.destination.filter_arns,
        description: input.description,
        event_start_millis: milliseconds(input.event_start_time),
        event_end_millis: milliseconds(input.event_end_time),
    })
}

/// The archive that is to be replayed, which has to be in the caller's account and region.
fn archive_of(
    door: &EventsDoor,
    context: &CallContext,
    name: &ResourceName,
) -> Result<Arc<ArchiveRecord>, ServiceError> {
    let is_here = name.account == context.principal.account && name.region == context.region;
    let archive = door.archives.get(name).filter(|_| is_here);
    archive.ok_or_else(|| {
        errors::invalid_because(
            "EventSourceArn",
            format_args!("Archive {} does not exist.", name.name),
        )
    })
}

fn check_filters(bus: &Bus, filter_arns: &[String]) -> Result<(), ServiceError> {
    for arn in filter_arns {
        let rule = RuleArn::parse(arn).filter(|rule| rule.bus == bus.arn);
        let rule = rule.ok_or_else(|| {
            errors::invalid_because(
                "Destination.FilterArns",
                "Rule must be on the destination event bus.",
            )
        })?;
        if bus.rule(&rule.name).is_none() {
            return Err(errors::rule_does_not_exist(&rule));
        }
    }
    Ok(())
}

/// Archived events are not older than 1970.
fn milliseconds(time: Timestamp) -> u64 {
    u64::try_from(time.milliseconds()).unwrap_or(0)
}

pub(crate) async fn cancel(
    door: &EventsDoor,
    context: &CallContext,
    input: ReplayNameInput,
) -> Result<CancelReplayOutput, ServiceError> {
    let (name, _) = find(door, context, &input.replay_name, "events:CancelReplay")?;
    door.replays
        .change(&name, |current| {
            let current = current.ok_or_else(|| replay_does_not_exist(&name))?;
            if !matches!(current.state, ReplayState::Starting | ReplayState::Running) {
                return Err(errors::modelled(
                    "IllegalStatusException",
                    format!("Replay {} is not in a valid state for this operation.", name.name),
                ));
            }
            let mut record = ReplayRecord::clone(current);
            record.state = ReplayState::Cancelling;
            Ok(Change::Put(record))
        })
        .await?;
    Ok(CancelReplayOutput {
        replay_arn: name.arn(Kind::Replay),
        state: ReplayState::Cancelling,
    })
}

pub(crate) fn describe(
    door: &EventsDoor,
    context: &CallContext,
    input: ReplayNameInput,
) -> Result<DescribeReplayOutput, ServiceError> {
    let (name, record) = find(door, context, &input.replay_name, "events:DescribeReplay")?;
    Ok(DescribeReplayOutput {
        replay_arn: name.arn(Kind::Replay),
        summary: ReplaySummary::of(&name, &record),
        description: record.description.clone(),
        destination: ReplayDestination {
            arn: record.bus(&name).to_string(),
            filter_arns: record.filter_arns.clone(),
        },
    })
}

pub(crate) fn list(
    door: &EventsDoor,
    context: &CallContext,
    input: ListReplaysInput,
) -> Result<ListReplaysOutput, ServiceError> {
    context.authorize("events:ListReplays", &"*", None)?;
    let filters = [
        input.name_prefix.is_some(),
        input.event_source_arn.is_some(),
        input.state.is_some(),
    ];
    if filters.into_iter().filter(|is_given| *is_given).count() > 1 {
        return Err(errors::invalid(
            "At most one filter is allowed for ListReplays. Use either : State, EventSourceArn, or NamePrefix.",
        ));
    }
    let source = input.event_source_arn.as_deref().map(archive_name).transpose()?;
    let page = Page::read(input.next_token.as_deref(), input.limit)?;
    let prefix = ResourceName::key_prefix(context.principal.account, &context.region);
    let records = door.replays.records.page(prefix.as_bytes(), None, usize::MAX);
    let named = records
        .into_iter()
        .filter_map(|(key, record)| Some((ResourceName::from_key(&key)?, record)));
    let wanted = named.filter(|(name, record)| {
        has_prefix(&name.name, input.name_prefix.as_deref())
            && source
                .as_ref()
                .is_none_or(|source| record.archive(name) == *source)
            && input.state.is_none_or(|state| record.state == state)
    });
    let (found, next_token) = page.of(wanted, |(name, _)| &name.name);
    Ok(ListReplaysOutput {
        replays: found
            .iter()
            .map(|(name, record)| ReplaySummary::of(name, record))
            .collect(),
        next_token,
    })
}
