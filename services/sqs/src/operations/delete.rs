//! DeleteMessage and DeleteMessageBatch.

use std::borrow::Cow;
use std::sync::Arc;

use ninefold_protocol::{CallContext, ServiceError};
use ninefold_queue::{Queue, Receipt};
use serde::{Deserialize, Serialize};

use crate::SqsDoor;
use crate::batch::{BatchOutput, check_ids};
use crate::errors;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteMessageInput<'a> {
    #[serde(borrow)]
    queue_url: Cow<'a, str>,
    #[serde(borrow)]
    receipt_handle: Cow<'a, str>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteMessageBatchInput<'a> {
    #[serde(borrow)]
    queue_url: Cow<'a, str>,
    #[serde(borrow)]
    entries: Vec<BatchEntry<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BatchEntry<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    receipt_handle: Cow<'a, str>,
}

/// The output of an operation that has none.
#[derive(Debug, Serialize)]
pub(crate) struct Nothing {}

/// An entry of a batch that was done.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DoneEntry {
    pub(crate) id: String,
}

/// A checked DeleteMessage.
pub(crate) struct PreparedDelete {
    queue: Arc<Queue>,
    receipt: Receipt,
    handle: String,
}

/// A checked DeleteMessageBatch.
pub(crate) struct PreparedBatch {
    queue: Arc<Queue>,
    /// The id and handle of each entry, and the receipt it stands for.
    entries: Vec<(String, String, Result<Receipt, ServiceError>)>,
}

pub(crate) fn prepare(
    door: &SqsDoor,
    context: &CallContext,
    input: DeleteMessageInput<'_>,
) -> Result<PreparedDelete, ServiceError> {
    let target = door.target(context, &input.queue_url, "sqs:DeleteMessage")?;
    Ok(PreparedDelete {
        receipt: door.receipts.open(&input.receipt_handle, target.queue.number())?,
        handle: input.receipt_handle.into_owned(),
        queue: target.queue,
    })
}

pub(crate) fn prepare_batch(
    door: &SqsDoor,
    context: &CallContext,
    input: DeleteMessageBatchInput<'_>,
) -> Result<PreparedBatch, ServiceError> {
    let target = door.target(context, &input.queue_url, "sqs:DeleteMessage")?;
    check_ids(input.entries.iter().map(|entry| &entry.id), "DeleteMessageBatch")?;
    let number = target.queue.number();
    let open = |entry: BatchEntry<'_>| {
        let receipt = door.receipts.open(&entry.receipt_handle, number);
        (entry.id.into_owned(), entry.receipt_handle.into_owned(), receipt)
    };
    Ok(PreparedBatch {
        entries: input.entries.into_iter().map(open).collect(),
        queue: target.queue,
    })
}

impl PreparedDelete {
    pub(crate) async fn run(self) -> Result<Nothing, ServiceError> {
        let outcomes = self.queue.delete(&[self.receipt]).await;
        let outcome = outcomes
            .into_iter()
            .next()
            .expect("the engine answers for every receipt");
        outcome.map_err(|error| errors::from_delete(error, &self.handle))?;
        Ok(Nothing {})
    }
}

impl PreparedBatch {
    pub(crate) async fn run(self) -> Result<BatchOutput<DoneEntry>, ServiceError> {
        let receipts: Vec<Receipt> = self
            .entries
            .iter()
            .filter_map(|(_, _, receipt)| receipt.as_ref().ok().copied())
            .collect();
        let mut outcomes = self.queue.delete(&receipts).await.into_iter();
        Ok(BatchOutput::of(self.entries.into_iter().map(
            |(id, handle, receipt)| {
                let outcome = receipt.and_then(|_| {
                    let outcome = outcomes.next().expect("the engine answers for every receipt");
                    outcome.map_err(|error| errors::from_delete(error, &handle))
                });
                (id.clone(), outcome.map(|()| DoneEntry { id }))
            },
        )))
    }
}
