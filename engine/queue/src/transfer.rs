//! Moving a message from one queue to another: into a dead-letter queue, or back out of it.
//!
//! The queues may live in different partitions, so the move is made of three commits:
//! 1. in the source, an *outbox* entry that names the destination and the position kept free there;
//! 2. in the destination, the message at that position, and a note that it has *arrived*;
//! 3. in the source, the removal of the message and the outbox entry. Then the note is dropped.
//!
//! A crash in between leaves an outbox entry; start-up goes on from there, and the note keeps it from putting the
//! message a second time.

use std::sync::Arc;

use bytes::Bytes;
use ninefold_store::Durability;
use xxhash_rust::xxh3::xxh3_128;

use crate::queue::{Outcome, settled};
use crate::records::{
    ARRIVALS, EXPIRIES, MESSAGES, MessageRecord, OUTBOX, TransferRecord, arrival_key, expiry_key,
    position_key,
};
use crate::state::Arrival;
use crate::{MessageId, Position, Queue, QueueConfig, QueueError, QueueKind};

/// Why a message moves, and so what changes about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    /// It was received too often. It stays the same message, and remembers where it came from.
    Bury,
    /// It is given another chance, as a new message.
    Redrive,
}

impl Queue {
    /// The dead-letter queue, when one is configured and exists.
    pub(crate) fn dead_letter_queue(&self, config: &QueueConfig) -> Option<Arc<Queue>> {
        let policy = config.dead_letter.as_ref()?;
        self.directory()?
            .get(&policy.queue)
            .filter(|queue| queue.number() != self.number())
    }

    /// Moves messages, already taken out of delivery, to the dead-letter queue in the background.
    pub(crate) fn bury(self: &Arc<Self>, positions: Vec<Position>, destination: &Arc<Queue>) {
        for position in positions {
            let (source, destination) = (Arc::clone(self), Arc::clone(destination));
            tokio::spawn(async move {
                if let Err(error) = source.transfer(position, &destination, Move::Bury).await {
                    tracing::warn!(queue = %source.key(), %error, "a message could not be dead-lettered");
                }
            });
        }
    }

    /// Moves one message, already taken out of delivery. When that fails, it is delivered again.
    pub(crate) async fn transfer(
        self: &Arc<Self>,
        position: Position,
        destination: &Arc<Queue>,
        reason: Move,
    ) -> Result<(), QueueError> {
        let record = TransferRecord {
            destination: destination.number(),
            position: destination.lock_active()?.reserve(destination.clock().now()),
            reason,
        };
        let outcome = self.carry_out(position, destination, record).await;
        if outcome.is_err() {
            destination.lock().cancel_reservation(record.position);
            self.lock().cancel_move(position);
            self.announce(1);
        }
        outcome
    }

    async fn carry_out(
        self: &Arc<Self>,
        position: Position,
        destination: &Arc<Queue>,
        record: TransferRecord,
    ) -> Result<(), QueueError> {
        let mut batch = self.batch();
        batch.put(OUTBOX, position_key(self.number(), position), record.encode());
        ninefold_store::commit(self.store(), batch, Durability::Durable).await?;
        self.deliver(position, destination, record).await
    }

    /// The second and third step of a move whose outbox entry is durable.
    pub(crate) async fn deliver(
        self: &Arc<Self>,
        position: Position,
        destination: &Arc<Queue>,
        record: TransferRecord,
    ) -> Result<(), QueueError> {
        let key = position_key(self.number(), position);
        let arrived = arrival_key(destination.number(), self.number(), position);
        if destination
            .store()
            .get(destination.partition(), ARRIVALS, &arrived)?
            .is_some()
        {
            destination.lock().cancel_reservation(record.position);
        } else if let Some(stored) = self.store().get(self.partition(), MESSAGES, &key)? {
            let message = self.redirected(MessageRecord::decode(stored)?, position, destination, record);
            settled(destination.take_in(message, record.position, arrived)?).await?;
        }
        settled(self.finish_move(position)).await?;
        let mut batch = destination.batch();
        batch.delete(ARRIVALS, arrived);
        destination.push_relaxed(batch, "the end of a move");
        destination.flush();
        Ok(())
    }

    /// What the message becomes in the destination.
    fn redirected(
        &self,
        message: MessageRecord,
        position: Position,
        destination: &Queue,
        record: TransferRecord,
    ) -> MessageRecord {
        let arrives_at = record.position.vesting;
        match record.reason {
            Move::Bury => MessageRecord {
                // Retention goes on counting, except where it would break the order of a FIFO queue.
                sent_at: match destination.config().kind {
                    QueueKind::Standard => message.sent_at,
                    QueueKind::Fifo { .. } => arrives_at,
                },
                origin: Some(self.key().clone()),
                ..message
            },
            Move::Redrive => MessageRecord {
                id: redriven_id(self.number(), position),
                sent_at: arrives_at,
                origin: None,
                ..message
            },
        }
    }

    /// Stores a message that comes from another queue.
    fn take_in(
        self: &Arc<Self>,
        message: MessageRecord,
        position: Position,
        arrived: [u8; 32],
    ) -> Result<Outcome, QueueError> {
        let stored = message.encode();
        let aged = message.sent_at != position.vesting;
        let outcome = {
            let mut state = self.lock_active()?;
            state.expect_reserved(position);
            state.holds_aged |= aged;
            let mut batch = self.batch_with_tally(&state);
            batch.put(MESSAGES, position_key(self.number(), position), stored.clone());
            batch.put(ARRIVALS, arrived, Bytes::new());
            if aged {
                batch.put(
                    EXPIRIES,
                    expiry_key(self.number(), message.sent_at, position),
                    Bytes::new(),
                );
            }
            let arrival = Arrival {
                position,
                sent_at: message.sent_at,
                group: message.group,
                stored,
            };
            self.push_durable(batch, move |queue, result| queue.settle(vec![arrival], result))
        };
        self.flush();
        Ok(outcome)
    }

    /// Removes a message that has arrived elsewhere.
    fn finish_move(self: &Arc<Self>, position: Position) -> Outcome {
        let outcome = {
            let mut state = self.lock();
            let removals: Vec<_> = state.remove(position).into_iter().collect();
            let mut batch = self.batch_with_tally(&state);
            batch.delete(OUTBOX, position_key(self.number(), position));
            for removal in &removals {
                self.delete_stored(&mut batch, removal);
            }
            self.push_durable(batch, move |queue, _| {
                let mut state = queue.lock();
                for removal in &removals {
                    // Also after a failure: the message is elsewhere already.
                    state.removed(removal.position);
                }
            })
        };
        self.flush();
        outcome
    }
}

/// The identity of a redriven message: the same however often the move is tried, and shaped like a random UUID.
fn redriven_id(source: u64, position: Position) -> MessageId {
    let hash = xxh3_128(&position_key(source, position));
    let version = (hash & !(0xf << 76)) | (0x4 << 76);
    MessageId((version & !(0b11 << 62)) | (0b10 << 62))
}
