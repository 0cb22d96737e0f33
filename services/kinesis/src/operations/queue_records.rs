//! Records of queues, and their dead letters: received, acknowledged, kept for longer or given back, restored.
//!
//! Source: [ReceiveQueueRecords](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ReceiveQueueRecords.html).

use std::collections::BTreeMap;
use std::time::Duration;

use ninefold_protocol::{CallContext, ServiceError};
use ninefold_share::{LeaseError, Verdict};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::KinesisDoor;
use crate::binary::Binary;
use crate::errors;
use crate::limits::{RECEIVE_WAIT_SECONDS, RECEIVED_RECORDS};
use crate::operations::records::{ArrivalTime, text};
use crate::queue::{Delivery, Queue, QueueShard, ReceiptHandle, Side, Wish};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReceiveInput {
    #[serde(rename = "QueueARN")]
    queue_arn: String,
    limit: Option<usize>,
    wait_time_seconds: Option<u64>,
    visibility_timeout_seconds: Option<u32>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReceiveOutput {
    queue_records: Vec<QueueRecordOutput>,
}

/// `QueueRecord`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct QueueRecordOutput {
    receipt_handle: String,
    record_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    partition_key: Option<String>,
    data: Binary,
    approximate_arrival_timestamp: ArrivalTime,
    first_receive_timestamp: ArrivalTime,
    receive_count: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EntriesInput {
    #[serde(rename = "QueueARN")]
    queue_arn: String,
    entries: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    receipt_handle: String,
    /// Of those that change the visibility, which must have it.
    visibility_timeout_seconds: Option<u32>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EntriesOutput {
    successful: Vec<SuccessfulEntry>,
    failed: Vec<FailedEntry>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SuccessfulEntry {
    receipt_handle: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FailedEntry {
    receipt_handle: String,
    error_code: &'static str,
    error_message: String,
}

/// Why nothing was done about an entry.
struct NotDone {
    code: &'static str,
    message: String,
}

impl NotDone {
    fn invalid(message: &str) -> Self {
        NotDone {
            code: "InvalidArgumentException",
            message: message.to_owned(),
        }
    }

    fn not_found() -> Self {
        NotDone {
            code: "ResourceNotFoundException",
            message: "The record is no longer in the queue.".to_owned(),
        }
    }
}

impl From<LeaseError> for NotDone {
    fn from(error: LeaseError) -> Self {
        match error {
            LeaseError::NoSuchMessage => NotDone::not_found(),
            LeaseError::NotInFlight | LeaseError::Expired => NotDone::invalid(
                "The receipt handle has expired: the record is visible again, or was received again.",
            ),
            LeaseError::TotalVisibilityExceeded => NotDone::invalid(
                "A record cannot be in flight for longer than 12 hours after it was received.",
            ),
            LeaseError::Queue(error) => {
                tracing::error!(%error, "the record of a queue could not be changed");
                NotDone {
                    code: "InternalFailureException",
                    message: "The record could not be changed.".to_owned(),
                }
            }
        }
    }
}

/// What is to be done about a record.
enum Change {
    Decide(Verdict),
    Restore,
}

pub(crate) async fn receive(
    door: &KinesisDoor,
    context: &CallContext,
    side: Side,
    operation: &str,
    input: ReceiveInput,
) -> Result<ReceiveOutput, ServiceError> {
    let queue = door.queue_named(context, &input.queue_arn, &format!("kinesis:{operation}"))?;
    let wait_seconds = input.wait_time_seconds.unwrap_or(RECEIVE_WAIT_SECONDS);
    let wish = Wish {
        side,
        limit: input.limit.unwrap_or(RECEIVED_RECORDS),
        visibility_seconds: input.visibility_timeout_seconds,
        give_up_at: door.clock.now() + Duration::from_secs(wait_seconds),
    };
    let received = door.receive(&queue.arn, &wish).await?;
    let stream = queue.record.stream;
    Ok(ReceiveOutput {
        queue_records: received
            .into_iter()
            .map(|delivery| QueueRecordOutput::of(delivery, stream, door))
            .collect(),
    })
}

impl QueueRecordOutput {
    fn of(delivery: Delivery, stream: Uuid, door: &KinesisDoor) -> Self {
        let Delivery {
            handle,
            record,
            lease,
        } = delivery;
        let first_received = lease.first_delivered_at.as_millis();
        QueueRecordOutput {
            receipt_handle: handle.seal(&door.sealer),
            record_id: record_id(stream, &handle),
            partition_key: record.key.as_ref().map(text),
            data: Binary(record.value.unwrap_or_default()),
            approximate_arrival_timestamp: ArrivalTime(record.timestamp),
            first_receive_timestamp: ArrivalTime(i64::try_from(first_received).unwrap_or(i64::MAX)),
            receive_count: lease.delivery_count,
        }
    }
}

/// The same for a record in every queue of its stream, and of no other record.
fn record_id(stream: Uuid, handle: &ReceiptHandle) -> String {
    format!("{}{:08x}{:016x}", stream.simple(), handle.shard.0, handle.offset)
}

pub(crate) async fn acknowledge(
    door: &KinesisDoor,
    context: &CallContext,
    side: Side,
    operation: &str,
    input: EntriesInput,
) -> Result<EntriesOutput, ServiceError> {
    change(door, context, side, operation, input, |_| {
        Ok(Change::Decide(Verdict::Accept))
    })
    .await
}

pub(crate) async fn update_visibility(
    door: &KinesisDoor,
    context: &CallContext,
    side: Side,
    operation: &str,
    input: EntriesInput,
) -> Result<EntriesOutput, ServiceError> {
    change(door, context, side, operation, input, |entry| {
        let seconds = entry
            .visibility_timeout_seconds
            .ok_or_else(|| NotDone::invalid("VisibilityTimeoutSeconds must be given."))?;
        let verdict = Verdict::Renew(Duration::from_secs(seconds.into()));
        Ok(Change::Decide(verdict))
    })
    .await
}

pub(crate) async fn restore(
    door: &KinesisDoor,
    context: &CallContext,
    operation: &str,
    input: EntriesInput,
) -> Result<EntriesOutput, ServiceError> {
    change(door, context, Side::DeadLetters, operation, input, |_| {
        Ok(Change::Restore)
    })
    .await
}

/// Does about each record what is wanted; those of one shard together.
async fn change(
    door: &KinesisDoor,
    context: &CallContext,
    side: Side,
    operation: &str,
    input: EntriesInput,
    wanted: impl Fn(&Entry) -> Result<Change, NotDone>,
) -> Result<EntriesOutput, ServiceError> {
    let queue = door.queue_named(context, &input.queue_arn, &format!("kinesis:{operation}"))?;
    let open = door.queues.opened(&queue, door.now_milliseconds()).await?;
    let mut outcomes: Vec<Result<(), NotDone>> = Vec::with_capacity(input.entries.len());
    let mut by_shard: BTreeMap<u32, Vec<(usize, ReceiptHandle, Change)>> = BTreeMap::new();
    for (place, entry) in input.entries.iter().enumerate() {
        let handle = ReceiptHandle::open(&entry.receipt_handle, &door.sealer, queue.arn.id, side)
            .ok_or_else(|| NotDone::invalid("The receipt handle is not valid for this queue."));
        let planned = handle.and_then(|handle| Ok((handle, wanted(entry)?)));
        outcomes.push(planned.map(|(handle, change)| {
            let of_shard = by_shard.entry(handle.shard.0).or_default();
            of_shard.push((place, handle, change));
        }));
    }
    for changes in by_shard.into_values() {
        let shard = changes
            .first()
            .and_then(|(_, handle, _)| open.shard(handle.shard));
        let done = match shard {
            Some(shard) => apply(&queue, shard, side, &changes).await?,
            // All of its records are older than what the stream retains.
            None => changes.iter().map(|_| Err(NotDone::not_found())).collect(),
        };
        for ((place, _, _), outcome) in changes.iter().zip(done) {
            outcomes[*place] = outcome;
        }
    }
    Ok(output(input.entries, outcomes))
}

async fn apply(
    queue: &Queue,
    shard: &QueueShard,
    side: Side,
    changes: &[(usize, ReceiptHandle, Change)],
) -> Result<Vec<Result<(), NotDone>>, ServiceError> {
    let mut verdicts = Vec::with_capacity(changes.len());
    let mut restored = Vec::with_capacity(changes.len());
    for (_, handle, change) in changes {
        match change {
            Change::Decide(verdict) => verdicts.push((handle.offset, handle.receipt, *verdict)),
            Change::Restore => restored.push(handle.receipt),
        }
    }
    let done = match side {
        _ if !restored.is_empty() => shard.share.restore(&restored).await,
        Side::Records => shard.share.decide_by_receipt(&verdicts).await,
        Side::DeadLetters => {
            let verdicts: Vec<_> = verdicts
                .into_iter()
                .map(|(_, receipt, verdict)| (receipt, verdict))
                .collect();
            shard.share.decide_on_dead_letters(&verdicts).await
        }
    };
    let done = done.map_err(|error| errors::from_share(&error, &queue.arn))?;
    Ok(done
        .into_iter()
        .map(|outcome| outcome.map_err(NotDone::from))
        .collect())
}

fn output(entries: Vec<Entry>, outcomes: Vec<Result<(), NotDone>>) -> EntriesOutput {
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for (Entry { receipt_handle, .. }, outcome) in entries.into_iter().zip(outcomes) {
        match outcome {
            Ok(()) => successful.push(SuccessfulEntry { receipt_handle }),
            Err(NotDone { code, message }) => failed.push(FailedEntry {
                receipt_handle,
                error_code: code,
                error_message: message,
            }),
        }
    }
    EntriesOutput { successful, failed }
}
