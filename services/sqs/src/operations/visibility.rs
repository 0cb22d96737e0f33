//! ChangeMessageVisibility and ChangeMessageVisibilityBatch.

use std::borrow::Cow;

use ninefold_protocol::{CallContext, ServiceError};
use ninefold_queue::Receipt;
use serde::Deserialize;

use super::delete::DoneEntry;
use crate::SqsDoor;
use crate::batch::{BatchOutput, check_ids};
use crate::errors;
use crate::limits::VISIBILITY_TIMEOUT_SECONDS;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ChangeMessageVisibilityInput<'a> {
    queue_url: Cow<'a, str>,
    receipt_handle: Cow<'a, str>,
    visibility_timeout: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ChangeMessageVisibilityBatchInput<'a> {
    queue_url: Cow<'a, str>,
    entries: Vec<BatchEntry<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BatchEntry<'a> {
    id: Cow<'a, str>,
    receipt_handle: Cow<'a, str>,
    visibility_timeout: Option<i64>,
}

pub(crate) async fn change(
    door: &SqsDoor,
    context: &CallContext,
    input: ChangeMessageVisibilityInput<'_>,
) -> Result<(), ServiceError> {
    let target = door.target(context, &input.queue_url, "sqs:ChangeMessageVisibility")?;
    let seconds = check_seconds(input.visibility_timeout)?;
    let receipt = door.receipts.open(&input.receipt_handle, target.queue.number())?;
    let outcomes = target.queue.change_visibility(&[(receipt, seconds)]).await;
    let outcome = outcomes
        .into_iter()
        .next()
        .expect("the engine answers for every receipt");
    outcome.map_err(|error| errors::from_lease(error, &input.receipt_handle, seconds))
}

pub(crate) async fn change_batch(
    door: &SqsDoor,
    context: &CallContext,
    input: ChangeMessageVisibilityBatchInput<'_>,
) -> Result<BatchOutput<DoneEntry>, ServiceError> {
    let target = door.target(context, &input.queue_url, "sqs:ChangeMessageVisibility")?;
    check_ids(
        input.entries.iter().map(|entry| &entry.id),
        "ChangeMessageVisibilityBatch",
    )?;
    let number = target.queue.number();
    let checked: Vec<_> = input
        .entries
        .iter()
        .map(|entry| entry.check(door, number))
        .collect();
    let changes: Vec<(Receipt, u32)> = checked
        .iter()
        .filter_map(|change| change.as_ref().ok().copied())
        .collect();
    let mut outcomes = target.queue.change_visibility(&changes).await.into_iter();
    Ok(BatchOutput::of(input.entries.iter().zip(checked).map(
        |(entry, change)| {
            let outcome = change.and_then(|(_, seconds)| {
                let outcome = outcomes.next().expect("the engine answers for every receipt");
                outcome.map_err(|error| errors::from_lease(error, &entry.receipt_handle, seconds))
            });
            let id = entry.id.to_string();
            (id.clone(), outcome.map(|()| DoneEntry { id }))
        },
    )))
}

impl BatchEntry<'_> {
    fn check(&self, door: &SqsDoor, queue: u64) -> Result<(Receipt, u32), ServiceError> {
        let seconds = self
            .visibility_timeout
            .ok_or_else(|| errors::missing_parameter("VisibilityTimeout"))?;
        let seconds = check_seconds(seconds)?;
        Ok((door.receipts.open(&self.receipt_handle, queue)?, seconds))
    }
}

fn check_seconds(seconds: i64) -> Result<u32, ServiceError> {
    match u32::try_from(seconds) {
        Ok(seconds) if seconds <= VISIBILITY_TIMEOUT_SECONDS => Ok(seconds),
        _ => Err(errors::invalid_value(
            seconds,
            "VisibilityTimeout",
            &format!("VisibilityTimeout must be an integer between 0 and {VISIBILITY_TIMEOUT_SECONDS}."),
        )),
    }
}
