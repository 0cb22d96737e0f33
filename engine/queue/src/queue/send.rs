//! Sending.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_store::{Batch, Durability, StoreError};
use ninefold_time::Timestamp;

use super::deduplicate::Duplication;
use super::{Outcome, Queue, settled};
use crate::records::{MESSAGES, MessageRecord, position_key};
use crate::state::{Arrival, State};
use crate::{NewMessage, QueueConfig, QueueError, QueueKind, Sent};

/// Messages whose commit is under way; it goes on when this is dropped.
#[must_use = "they are sent once the commit has come to its end"]
pub struct Sending {
    sent: Vec<Sent>,
    outcome: Outcome,
}

impl Sending {
    /// Waits for the commit.
    ///
    /// # Errors
    ///
    /// If the store fails; then none of the messages was sent.
    pub async fn finish(self) -> Result<Vec<Sent>, QueueError> {
        settled(self.outcome).await?;
        Ok(self.sent)
    }
}

impl Queue {
    /// Sends messages in order, as one durable commit; answers in the same order.
    ///
    /// # Errors
    ///
    /// If the queue is gone or the store fails; then none of the messages was sent.
    pub async fn send(self: &Arc<Self>, messages: Vec<NewMessage>) -> Result<Vec<Sent>, QueueError> {
        self.begin_to_send(messages)?.finish().await
    }

    /// As [`Queue::send`], without waiting for the commit: so that one task can send to many queues at a time.
    ///
    /// # Errors
    ///
    /// If the queue is gone.
    pub fn begin_to_send(self: &Arc<Self>, messages: Vec<NewMessage>) -> Result<Sending, QueueError> {
        self.begin_to_send_with(messages, None, Durability::Durable)
    }

    /// As [`Queue::begin_to_send`], as durable as is asked for; notes a mark in the same commit where there is one.
    pub(super) fn begin_to_send_with(
        self: &Arc<Self>,
        messages: Vec<NewMessage>,
        mark: Option<Bytes>,
        durability: Durability,
    ) -> Result<Sending, QueueError> {
        let sending = {
            let config = self.config();
            let mut state = self.lock_active()?;
            let now = self.clock.now();
            let mut batch = self.batch();
            let mut arrivals = Vec::with_capacity(messages.len());
            let mut sent = Vec::with_capacity(messages.len());
            for message in messages {
                sent.push(self.accept(&mut state, &config, now, message, &mut batch, &mut arrivals)?);
            }
            // Also when all are duplicates: the answer waits until the originals are durable.
            self.put_tally(&mut batch, &state);
            self.put_mark(&mut batch, mark.as_ref());
            let settle = move |queue: &Arc<Self>, result: Result<(), &StoreError>| {
                queue.settle_mark(mark, result);
                queue.settle(arrivals, result);
            };
            let outcome = self.push(batch, durability, settle);
            Sending { sent, outcome }
        };
        self.flush();
        Ok(sending)
    }

    fn accept(
        &self,
        state: &mut State,
        config: &QueueConfig,
        now: Timestamp,
        message: NewMessage,
        batch: &mut Batch,
        arrivals: &mut Vec<Arrival>,
    ) -> Result<Sent, QueueError> {
        let deduplication = match config.kind {
            QueueKind::Standard => Duplication::Irrelevant,
            QueueKind::Fifo { deduplication_scope } => {
                self.look_up_duplicate(state, deduplication_scope, &message, now)?
            }
        };
        if let Duplication::Duplicate(original) = deduplication {
            return Ok(original);
        }
        let delay = match config.kind {
            QueueKind::Standard => message.delay_seconds.unwrap_or(config.delay_seconds),
            QueueKind::Fifo { .. } => 0,
        };
        let position = state.expect_new(now, Duration::from_secs(u64::from(delay)));
        let sent = Sent {
            id: message.id,
            sequence: position.sequence,
        };
        if let Duplication::New(fingerprint) = deduplication {
            self.remember(state, fingerprint, sent, now, batch);
        }
        let record = MessageRecord::new(message, now);
        let stored = record.encode();
        batch.put(MESSAGES, position_key(self.number, position), stored.clone());
        arrivals.push(Arrival {
            position,
            sent_at: now,
            group: record.group,
            stored,
        });
        Ok(sent)
    }

    /// Takes in messages whose commit has come to an end.
    pub(crate) fn settle(&self, arrivals: Vec<Arrival>, result: Result<(), &StoreError>) {
        let config = self.config();
        let now = self.clock.now();
        let count = arrivals.len();
        let mut state = self.lock();
        for arrival in arrivals {
            match result {
                Ok(()) => drop(state.arrive(arrival, &config, now)),
                Err(_) => state.withdraw(arrival.position),
            }
        }
        drop(state);
        // Also for those that aren't visible yet: whoever waits has to learn when they will be.
        self.announce(count);
    }
}
