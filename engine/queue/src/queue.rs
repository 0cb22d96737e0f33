//! One queue.

use std::sync::Arc;

use bytes::Bytes;
use ninefold_time::Timestamp;

use crate::{
    DeleteError, LeaseError, NewMessage, QueueConfig, QueueError, QueueKey, ReceiveRequest, Received, Receipt,
    Sent,
};

/// How many messages a queue holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Ready to be received.
    pub visible: u64,
    /// Leased.
    pub in_flight: u64,
    /// Not yet vested.
    pub delayed: u64,
    /// When the oldest visible message was sent.
    pub oldest_sent_at: Option<Timestamp>,
}

/// One queue.
pub struct Queue {}

impl Queue {
    /// The queue's key.
    pub fn key(&self) -> &QueueKey {
        unimplemented!()
    }

    /// The queue's number in the store: never used twice, also not for a queue of the same key.
    pub fn number(&self) -> u64 {
        unimplemented!()
    }

    /// The settings now in force.
    pub fn config(&self) -> Arc<QueueConfig> {
        unimplemented!()
    }

    /// The door's record of the queue.
    pub fn attachment(&self) -> Bytes {
        unimplemented!()
    }

    /// Sends messages in order, as one durable commit; answers in the same order.
    pub async fn send(&self, messages: Vec<NewMessage>) -> Result<Vec<Sent>, QueueError> {
        unimplemented!()
    }

    /// Leases messages; waits as long as asked when there are none.
    pub async fn receive(&self, request: ReceiveRequest) -> Result<Vec<Received>, QueueError> {
        unimplemented!()
    }

    /// Deletes leased messages; answers in the same order. Deleting what is gone already succeeds.
    pub async fn delete(&self, receipts: &[Receipt]) -> Vec<Result<(), DeleteError>> {
        unimplemented!()
    }

    /// Gives leased messages a new deadline, counted from now (0: visible at once); answers in the same order.
    pub async fn change_visibility(&self, changes: &[(Receipt, u32)]) -> Vec<Result<(), LeaseError>> {
        unimplemented!()
    }

    /// Drops every message that is in the queue now.
    pub async fn purge(&self) -> Result<(), QueueError> {
        unimplemented!()
    }

    /// How many messages there are.
    pub fn counts(&self) -> Counts {
        unimplemented!()
    }
}
