//! Marks: what a sender notes in the same commit as what it sends.

use std::sync::Arc;

use bytes::Bytes;
use ninefold_store::{Batch, Durability, StoreError};

use super::{Queue, Sending};
use crate::records::{MARKS, number_key};
use crate::{NewMessage, QueueError};

impl Queue {
    /// What was last noted; nothing before the first time.
    pub fn mark(&self) -> Option<Bytes> {
        self.lock().mark.clone()
    }

    /// Sends messages that can be made again from what the mark says: how far their source has been read, for example. Mark
    /// and messages are there after a crash, or neither is, so that none is lost and none comes twice.
    ///
    /// Nothing waits for the disk here. What is done durably to the messages later is durable together with them.
    ///
    /// # Errors
    ///
    /// As [`Queue::begin_to_send`].
    pub fn begin_to_send_marked(
        self: &Arc<Self>,
        messages: Vec<NewMessage>,
        mark: Bytes,
    ) -> Result<Sending, QueueError> {
        self.begin_to_send_with(messages, Some(mark), Durability::Relaxed)
    }

    /// [`Queue::purge`], and notes a mark in the same commit.
    ///
    /// # Errors
    ///
    /// As [`Queue::purge`].
    pub async fn purge_marked(self: &Arc<Self>, mark: Bytes) -> Result<(), QueueError> {
        self.purge_and(Some(mark)).await
    }

    pub(super) fn put_mark(&self, batch: &mut Batch, mark: Option<&Bytes>) {
        if let Some(mark) = mark {
            batch.put_coalesced(MARKS, number_key(self.number), mark.clone());
        }
    }

    /// Takes in a mark whose commit has come to an end.
    pub(super) fn settle_mark(&self, mark: Option<Bytes>, result: Result<(), &StoreError>) {
        if let (Some(_), Ok(())) = (&mark, result) {
            self.lock().mark = mark;
        }
    }
}
