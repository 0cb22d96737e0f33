//! Event sources as the accounts see them that they are offered to: DescribeEventSource, ListEventSources,
//! ActivateEventSource and DeactivateEventSource.

use std::sync::Arc;

use ninefold_model::Timestamp;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::EventsDoor;
use crate::errors;
use crate::event_sources::{EventSourceName, does_not_exist};
use crate::operations::buses::timestamp;
use crate::operations::page::{Page, has_prefix};
use crate::record::{EventSourceRecord, EventSourceStanding};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SourceNameInput {
    name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EventSourceOutput {
    arn: String,
    created_by: String,
    creation_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_time: Option<Timestamp>,
    name: String,
    state: &'static str,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListEventSourcesInput {
    name_prefix: Option<String>,
    next_token: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListEventSourcesOutput {
    event_sources: Vec<EventSourceOutput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl EventSourceOutput {
    fn of(name: &EventSourceName, record: &EventSourceRecord) -> Self {
        EventSourceOutput {
            arn: name.arn(),
            created_by: name.partner().to_owned(),
            creation_time: timestamp(record.created_at_millis),
            expiration_time: record.expires_at_millis().map(timestamp),
            name: name.name.clone(),
            state: record.state(),
        }
    }
}

/// The source of a name that is offered to the caller's account, if they may do this to it.
fn source(
    door: &EventsDoor,
    context: &CallContext,
    name: String,
    action: &str,
) -> Result<(EventSourceName, Arc<EventSourceRecord>), ServiceError> {
    let name = EventSourceName {
        region: context.region.clone(),
        name,
        account: context.principal.account,
    };
    context.authorize(action, &name.arn(), None)?;
    match door.event_sources.get(&name) {
        Some(record) => Ok((name, record)),
        None => Err(does_not_exist(&name.name)),
    }
}

pub(crate) fn describe(
    door: &EventsDoor,
    context: &CallContext,
    input: SourceNameInput,
) -> Result<EventSourceOutput, ServiceError> {
    let (name, record) = source(door, context, input.name, "events:DescribeEventSource")?;
    Ok(EventSourceOutput::of(&name, &record))
}

pub(crate) fn list(
    door: &EventsDoor,
    context: &CallContext,
    input: ListEventSourcesInput,
) -> Result<ListEventSourcesOutput, ServiceError> {
    context.authorize("events:ListEventSources", &"*", None)?;
    let page = Page::read(input.next_token.as_deref(), input.limit)?;
    let sources = door
        .event_sources
        .with_prefix(&EventSourceName::region_prefix(&context.region));
    let offered = sources.iter().filter(|(name, _)| {
        name.account == context.principal.account && has_prefix(&name.name, input.name_prefix.as_deref())
    });
    let (found, next_token) = page.of(offered, |(name, _)| &name.name);
    Ok(ListEventSourcesOutput {
        event_sources: found
            .iter()
            .map(|(name, record)| EventSourceOutput::of(name, record))
            .collect(),
        next_token,
    })
}

pub(crate) async fn activate(
    door: &EventsDoor,
    context: &CallContext,
    input: SourceNameInput,
) -> Result<(), ServiceError> {
    let (name, record) = source(door, context, input.name, "events:ActivateEventSource")?;
    let has_bus = door.buses.get(&name.bus()).is_some();
    match record.standing {
        EventSourceStanding::Pending { .. } if has_bus => {
            door.event_sources
                .set_standing(&name, EventSourceStanding::Active)
                .await
        }
        _ => Err(wrong_state(&name, "activated")),
    }
}

pub(crate) async fn deactivate(
    door: &EventsDoor,
    context: &CallContext,
    input: SourceNameInput,
) -> Result<(), ServiceError> {
    let (name, record) = source(door, context, input.name, "events:DeactivateEventSource")?;
    let since_millis = door.now_millis();
    match record.standing {
        EventSourceStanding::Active => {
            door.event_sources
                .set_standing(&name, EventSourceStanding::Pending { since_millis })
                .await
        }
        _ => Err(wrong_state(&name, "deactivated")),
    }
}

fn wrong_state(name: &EventSourceName, wanted: &str) -> ServiceError {
    errors::modelled(
        "InvalidStateException",
        format!(
            "Event source {} can't be {wanted} in its present state.",
            name.name
        ),
    )
}
