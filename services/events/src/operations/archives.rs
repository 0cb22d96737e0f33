//! CreateArchive, DeleteArchive, DescribeArchive, ListArchives and UpdateArchive.
//!
//! Source: [CreateArchive](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateArchive.html).

use std::sync::Arc;

use ninefold_catalog::Change;
use ninefold_model::Timestamp;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};

use crate::EventsDoor;
use crate::archives::rule_pattern;
use crate::arn::BusArn;
use crate::errors;
use crate::event::random_id;
use crate::limits::ARCHIVES;
use crate::operations::buses::timestamp;
use crate::operations::page::{Page, has_prefix};
use crate::record::{ArchiveRecord, ArchiveStanding};
use crate::resource_name::{Kind, ResourceName};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateArchiveInput {
    archive_name: String,
    event_source_arn: String,
    description: Option<String>,
    event_pattern: Option<String>,
    retention_days: Option<u32>,
    kms_key_identifier: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UpdateArchiveInput {
    archive_name: String,
    description: Option<String>,
    event_pattern: Option<String>,
    retention_days: Option<u32>,
    kms_key_identifier: Option<String>,
}

/// What is answered when an archive was made or changed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ArchiveChangedOutput {
    archive_arn: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_reason: Option<&'static str>,
    creation_time: Timestamp,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ArchiveNameInput {
    archive_name: String,
}

/// An archive in a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ArchiveSummary {
    archive_name: String,
    event_source_arn: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_reason: Option<&'static str>,
    retention_days: u32,
    size_bytes: u64,
    event_count: u64,
    creation_time: Timestamp,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DescribeArchiveOutput {
    archive_arn: String,
    #[serde(flatten)]
    summary: ArchiveSummary,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_pattern: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kms_key_identifier: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListArchivesInput {
    name_prefix: Option<String>,
    event_source_arn: Option<String>,
    state: Option<String>,
    next_token: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListArchivesOutput {
    archives: Vec<ArchiveSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

impl ArchiveSummary {
    fn of(door: &EventsDoor, name: &ResourceName, record: &ArchiveRecord) -> Result<Self, ServiceError> {
        let state = door.archive_state(name, record);
        let tally = door.archives.tally(record)?;
        Ok(ArchiveSummary {
            archive_name: name.name.clone(),
            event_source_arn: record.bus(name).to_string(),
            state: state.state,
            state_reason: state.reason,
            retention_days: record.retention_days,
            size_bytes: tally.bytes,
            event_count: tally.entries,
            creation_time: timestamp(record.created_at_millis),
        })
    }
}

/// The archive that a caller means, if they may do this to it.
fn find(
    door: &EventsDoor,
    context: &CallContext,
    name: &str,
    action: &str,
) -> Result<(ResourceName, Arc<ArchiveRecord>), ServiceError> {
    let name = ResourceName::of(context, name);
    context.authorize(action, &name.arn(Kind::Archive), None)?;
    match door.archives.get(&name) {
        Some(record) => Ok((name, record)),
        None => Err(archive_does_not_exist(&name)),
    }
}

fn archive_does_not_exist(name: &ResourceName) -> ServiceError {
    errors::not_found(format!("Archive {} does not exist.", name.name))
}

/// The bus of an ARN, which has to be in the caller's account and region.
fn source_bus(door: &EventsDoor, context: &CallContext, arn: &str) -> Result<BusArn, ServiceError> {
    let bus = BusArn::parse(arn)
        .ok_or_else(|| errors::invalid_because("EventSourceArn", "Must contain an event bus ARN."))?;
    let is_here = bus.account == context.principal.account && bus.region == context.region;
    match is_here && door.buses.get(&bus).is_some() {
        true => Ok(bus),
        false => Err(errors::bus_does_not_exist(&bus)),
    }
}

/// An empty pattern is none.
fn given(pattern: Option<String>) -> Option<String> {
    pattern.filter(|pattern| !pattern.is_empty())
}

pub(crate) async fn create(
    door: &EventsDoor,
    context: &CallContext,
    input: CreateArchiveInput,
) -> Result<ArchiveChangedOutput, ServiceError> {
    let name = ResourceName::of(context, &input.archive_name);
    context.authorize("events:CreateArchive", &name.arn(Kind::Archive), None)?;
    let bus = source_bus(door, context, &input.event_source_arn)?;
    let record = ArchiveRecord {
        id: random_id(),
        created_at_millis: door.now_millis(),
        bus_name: bus.name,
        description: input.description,
        event_pattern: given(input.event_pattern),
        retention_days: input.retention_days.unwrap_or(0),
        kms_key: input.kms_key_identifier,
        standing: ArchiveStanding::Creating,
    };
    rule_pattern(record.event_pattern.as_deref())?;
    let _turn = door.archives.changes.lock().await;
    if door.archives.get(&name).is_some() {
        return Err(errors::already_exists("Archive", &name.name));
    }
    door.check_archive_rule(&record.rule(&name))?;
    let prefix = ResourceName::key_prefix(name.account, &name.region);
    if door
        .archives
        .records
        .page(prefix.as_bytes(), None, ARCHIVES)
        .len()
        >= ARCHIVES
    {
        return Err(errors::limit_exceeded());
    }
    door.archives
        .change(&name, |_| Ok(Change::Put(record.clone())))
        .await?;
    door.finish_archive(&name, &record).await?;
    changed(door, &name)
}

pub(crate) async fn update(
    door: &EventsDoor,
    context: &CallContext,
    input: UpdateArchiveInput,
) -> Result<ArchiveChangedOutput, ServiceError> {
    let given_any = input.description.is_some()
        || input.event_pattern.is_some()
        || input.retention_days.is_some()
        || input.kms_key_identifier.is_some();
    if !given_any {
        return Err(errors::invalid(
            "At least one of EventPattern, RetentionDays, Description or KmsKeyIdentifier must be provided.",
        ));
    }
    find(door, context, &input.archive_name, "events:UpdateArchive")?;
    let name = ResourceName::of(context, &input.archive_name);
    let _turn = door.archives.changes.lock().await;
    let current = door
        .archives
        .get(&name)
        .ok_or_else(|| archive_does_not_exist(&name))?;
    let mut record = ArchiveRecord::clone(&current);
    record.standing = ArchiveStanding::Updating;
    record.description = input.description.or(record.description);
    record.retention_days = input.retention_days.unwrap_or(record.retention_days);
    record.kms_key = input.kms_key_identifier.or(record.kms_key);
    if input.event_pattern.is_some() {
        record.event_pattern = given(input.event_pattern);
    }
    rule_pattern(record.event_pattern.as_deref())?;
    door.check_archive_rule(&record.rule(&name))?;
    door.archives
        .change(&name, |_| Ok(Change::Put(record.clone())))
        .await?;
    door.finish_archive(&name, &record).await?;
    changed(door, &name)
}

fn changed(door: &EventsDoor, name: &ResourceName) -> Result<ArchiveChangedOutput, ServiceError> {
    let record = door
        .archives
        .get(name)
        .ok_or_else(|| archive_does_not_exist(name))?;
    let state = door.archive_state(name, &record);
    Ok(ArchiveChangedOutput {
        archive_arn: name.arn(Kind::Archive),
        state: state.state,
        state_reason: state.reason,
        creation_time: timestamp(record.created_at_millis),
    })
}

/// Deletes an archive; its events go in the background.
pub(crate) async fn delete(
    door: &EventsDoor,
    context: &CallContext,
    input: ArchiveNameInput,
) -> Result<(), ServiceError> {
    find(door, context, &input.archive_name, "events:DeleteArchive")?;
    let name = ResourceName::of(context, &input.archive_name);
    let _turn = door.archives.changes.lock().await;
    let record = door
        .archives
        .get(&name)
        .ok_or_else(|| archive_does_not_exist(&name))?;
    door.remove_archive_rule(&name, &record).await?;
    door.archives.change(&name, |_| Ok(Change::Delete)).await
}

pub(crate) fn describe(
    door: &EventsDoor,
    context: &CallContext,
    input: ArchiveNameInput,
) -> Result<DescribeArchiveOutput, ServiceError> {
    let (name, record) = find(door, context, &input.archive_name, "events:DescribeArchive")?;
    Ok(DescribeArchiveOutput {
        archive_arn: name.arn(Kind::Archive),
        summary: ArchiveSummary::of(door, &name, &record)?,
        description: record.description.clone(),
        event_pattern: record.event_pattern.clone(),
        kms_key_identifier: record.kms_key.clone(),
    })
}

pub(crate) fn list(
    door: &EventsDoor,
    context: &CallContext,
    input: ListArchivesInput,
) -> Result<ListArchivesOutput, ServiceError> {
    context.authorize("events:ListArchives", &"*", None)?;
    let filters = [&input.name_prefix, &input.event_source_arn, &input.state];
    if filters.into_iter().flatten().count() > 1 {
        return Err(errors::invalid(
            "At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.",
        ));
    }
    let source = input.event_source_arn.as_deref();
    let source = source.map(|arn| source_bus(door, context, arn)).transpose()?;
    let page = Page::read(input.next_token.as_deref(), input.limit)?;
    let prefix = ResourceName::key_prefix(context.principal.account, &context.region);
    let records = door.archives.records.page(prefix.as_bytes(), None, ARCHIVES);
    let named = records
        .into_iter()
        .filter_map(|(key, record)| Some((ResourceName::from_key(&key)?, record)));
    let wanted = named.filter(|(name, record)| {
        let state = input.state.as_deref();
        has_prefix(&name.name, input.name_prefix.as_deref())
            && source.as_ref().is_none_or(|bus| record.bus_name == bus.name)
            && state.is_none_or(|state| door.archive_state(name, record).state == state)
    });
    let (found, next_token) = page.of(wanted, |(name, _)| &name.name);
    let summaries = found
        .iter()
        .map(|(name, record)| ArchiveSummary::of(door, name, record));
    Ok(ListArchivesOutput {
        archives: summaries.collect::<Result<_, _>>()?,
        next_token,
    })
}
