//! Event sources as partners see them: CreatePartnerEventSource, DeletePartnerEventSource, DescribePartnerEventSource,
//! ListPartnerEventSources, ListPartnerEventSourceAccounts and PutPartnerEvents.
//!
//! In AWS only registered partners may do this. Here whoever is allowed to call these operations is a partner.

use ninefold_catalog::Change;
use ninefold_model::Timestamp;
use ninefold_protocol::{AccountId, CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::EventsDoor;
use crate::errors;
use crate::event_sources::{EventSourceName, does_not_exist};
use crate::operations::buses::timestamp;
use crate::operations::page::{Page, has_prefix};
use crate::operations::put_events::{EntryInput, EntryOutput, Milliseconds, PutEventsOutput};
use crate::record::{EventSourceRecord, EventSourceStanding};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PartnerSourceInput {
    name: String,
    account: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PartnerSourceNameInput {
    name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreatePartnerEventSourceOutput {
    event_source_arn: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PartnerSourceOutput {
    arn: String,
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListPartnerEventSourcesInput {
    name_prefix: String,
    next_token: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListPartnerEventSourcesOutput {
    partner_event_sources: Vec<PartnerSourceOutput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListPartnerEventSourceAccountsInput {
    event_source_name: String,
    next_token: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListPartnerEventSourceAccountsOutput {
    partner_event_source_accounts: Vec<PartnerSourceAccount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PartnerSourceAccount {
    account: String,
    creation_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_time: Option<Timestamp>,
    state: &'static str,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PutPartnerEventsInput<'a> {
    #[serde(borrow)]
    entries: Vec<EntryInput<'a, Milliseconds>>,
}

fn offered(context: &CallContext, input: PartnerSourceInput) -> Result<EventSourceName, ServiceError> {
    Ok(EventSourceName {
        region: context.region.clone(),
        name: input.name,
        account: AccountId::parse(&input.account).map_err(|_| errors::invalid_parameter("Account"))?,
    })
}

pub(crate) async fn create(
    door: &EventsDoor,
    context: &CallContext,
    input: PartnerSourceInput,
) -> Result<CreatePartnerEventSourceOutput, ServiceError> {
    let name = offered(context, input)?;
    context.authorize("events:CreatePartnerEventSource", &name.arn(), None)?;
    door.offer(&name, context.principal.account, errors::already_exists)
        .await?;
    Ok(CreatePartnerEventSourceOutput {
        event_source_arn: name.arn(),
    })
}

impl EventsDoor {
    /// Offers a source to its account. `refuse` says what becomes of one that is there already.
    async fn offer(
        &self,
        name: &EventSourceName,
        partner: AccountId,
        refuse: impl FnOnce(&str, &str) -> ServiceError,
    ) -> Result<(), ServiceError> {
        let now = self.now_millis();
        self.event_sources
            .change(name, |current| match current {
                Some(_) => Err(refuse("Event source", &name.name)),
                None => Ok(Change::Put(EventSourceRecord {
                    created_by: partner.to_string(),
                    created_at_millis: now,
                    standing: EventSourceStanding::Pending { since_millis: now },
                })),
            })
            .await
    }

    /// Offers a source to its account unless that was done before.
    pub(crate) async fn offer_once(&self, name: &EventSourceName) -> Result<(), ServiceError> {
        match self.event_sources.get(name) {
            Some(_) => Ok(()),
            None => self.offer(name, name.account, errors::already_exists).await,
        }
    }
}

pub(crate) async fn delete(
    door: &EventsDoor,
    context: &CallContext,
    input: PartnerSourceInput,
) -> Result<(), ServiceError> {
    let name = offered(context, input)?;
    context.authorize("events:DeletePartnerEventSource", &name.arn(), None)?;
    let has_bus = door.buses.get(&name.bus()).is_some();
    let partner = context.principal.account.to_string();
    door.event_sources
        .change(&name, |current| match current {
            // Deleting what is not there, or is somebody else's, changes nothing.
            Some(record) if record.created_by == partner && has_bus => {
                let mut record = EventSourceRecord::clone(record);
                record.standing = EventSourceStanding::Deleted;
                Ok(Change::Put(record))
            }
            Some(record) if record.created_by == partner => Ok(Change::Delete),
            _ => Ok(Change::Keep),
        })
        .await
}

/// What the caller offers under a name, to whichever accounts.
fn own(
    door: &EventsDoor,
    context: &CallContext,
    name: &str,
) -> Vec<(EventSourceName, std::sync::Arc<EventSourceRecord>)> {
    let partner = context.principal.account.as_str();
    let mut sources = door
        .event_sources
        .with_prefix(&EventSourceName::key_prefix(&context.region, name));
    sources.retain(|(_, record)| record.created_by == partner);
    sources
}

pub(crate) fn describe(
    door: &EventsDoor,
    context: &CallContext,
    input: PartnerSourceNameInput,
) -> Result<PartnerSourceOutput, ServiceError> {
    context.authorize("events:DescribePartnerEventSource", &"*", None)?;
    match own(door, context, &input.name).first() {
        Some((name, _)) => Ok(PartnerSourceOutput {
            arn: name.arn(),
            name: input.name,
        }),
        None => Err(does_not_exist(&input.name)),
    }
}

pub(crate) fn list(
    door: &EventsDoor,
    context: &CallContext,
    input: ListPartnerEventSourcesInput,
) -> Result<ListPartnerEventSourcesOutput, ServiceError> {
    context.authorize("events:ListPartnerEventSources", &"*", None)?;
    let page = Page::read(input.next_token.as_deref(), input.limit)?;
    let partner = context.principal.account.as_str();
    let mut sources = door
        .event_sources
        .with_prefix(&EventSourceName::region_prefix(&context.region));
    sources.retain(|(name, record)| {
        record.created_by == partner && has_prefix(&name.name, Some(&input.name_prefix))
    });
    // One that is offered to several accounts is one source to its partner.
    sources.dedup_by(|(name, _), (before, _)| name.name == before.name);
    let (found, next_token) = page.of(sources, |(name, _)| &name.name);
    let outputs = found.into_iter().map(|(name, _)| PartnerSourceOutput {
        arn: name.arn(),
        name: name.name,
    });
    Ok(ListPartnerEventSourcesOutput {
        partner_event_sources: outputs.collect(),
        next_token,
    })
}

pub(crate) fn list_accounts(
    door: &EventsDoor,
    context: &CallContext,
    input: ListPartnerEventSourceAccountsInput,
) -> Result<ListPartnerEventSourceAccountsOutput, ServiceError> {
    context.authorize("events:ListPartnerEventSourceAccounts", &"*", None)?;
    let page = Page::read(input.next_token.as_deref(), input.limit)?;
    let sources = own(door, context, &input.event_source_name);
    if sources.is_empty() {
        return Err(does_not_exist(&input.event_source_name));
    }
    let (found, next_token) = page.of(sources, |(name, _)| name.account.as_str());
    let accounts = found.iter().map(|(name, record)| PartnerSourceAccount {
        account: name.account.to_string(),
        creation_time: timestamp(record.created_at_millis),
        expiration_time: record.expires_at_millis().map(timestamp),
        state: record.state(),
    });
    Ok(ListPartnerEventSourceAccountsOutput {
        partner_event_source_accounts: accounts.collect(),
        next_token,
    })
}

pub(crate) async fn put_events(
    door: &EventsDoor,
    context: &CallContext,
    input: PutPartnerEventsInput<'_>,
) -> Result<PutEventsOutput, ServiceError> {
    let now_millis = door.now_millis();
    let mut answers = Vec::with_capacity(input.entries.len());
    let mut routed = Vec::new();
    for entry in &input.entries {
        answers.push(match entry.check_parts() {
            Err(refused) => refused,
            Ok(()) => {
                let action = "events:PutPartnerEvents";
                context.authorize(action, &"*", None)?;
                let sources = own(door, context, entry.source());
                match sources.is_empty() {
                    true => EntryOutput::refused(
                        "InvalidArgument",
                        format!("Event source {} does not exist.", entry.source()),
                    ),
                    false => entry.route_to_accounts(door, &sources, now_millis, &mut routed),
                }
            }
        });
    }
    door.bring_to_targets(routed).await?;
    Ok(PutEventsOutput::of(answers))
}
