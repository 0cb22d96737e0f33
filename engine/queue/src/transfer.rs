//! Moving a message from one queue to another: into a dead-letter queue, or back out of it.
//!
//! The queues may live in different partitions, so the move is made of three commits:
//! 1. in the source, an *outbox* entry that names the destination and the position kept free there;
//! 2. in the destination, the message at that position, and a note that it has *arrived*;
//! 3. in the source, the removal of the message and the outbox entry. Then the note is dropped.
//!
//! A crash in between leaves an outbox entry; start-up goes on from there, and the note keeps it from putting the
//! message a second time.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use ninefold_store::Durability;
use parking_lot::Mutex;
use xxhash_rust::xxh3::xxh3_128;

use crate::queue::{Outcome, settled};
use crate::records::{
    ARRIVALS, EXPIRIES, LEASES, LeaseRecord, MESSAGES, MessageRecord, OUTBOX, Origin, TransferRecord,
    arrival_key, expiry_key, position_key,
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
    /// It is given another chance as what it is, as if it had not been received yet.
    Restore,
}

/// Messages that go through the three commits together; with the largest of messages, 32 MiB.
const MOVED_TOGETHER: usize = 32;

/// A message that leaves, and where it goes.
pub(crate) type Departure = (Position, TransferRecord);

/// A message on its way in.
struct Incoming {
    message: MessageRecord,
    position: Position,
    /// The key of the note that it has arrived.
    note: [u8; 32],
}

/// Messages received too often, waiting to be moved to the dead-letter queue. One task moves them, so that they keep
/// their order.
#[derive(Debug, Default)]
pub(crate) struct Burials(Mutex<BurialState>);

#[derive(Debug, Default)]
struct BurialState {
    waiting: VecDeque<Position>,
    is_under_way: bool,
}

impl Burials {
    /// Puts messages in line that are out of delivery already.
    pub(crate) fn push(&self, positions: Vec<Position>) {
        self.0.lock().waiting.extend(positions);
    }

    /// Whether the caller is to begin: there is something in line, and nobody at work.
    fn begin(&self) -> bool {
        let mut state = self.0.lock();
        let begins = !state.waiting.is_empty() && !state.is_under_way;
        state.is_under_way |= begins;
        begins
    }

    /// What is in line now; when that is nothing, the work has ended.
    fn take(&self) -> Vec<Position> {
        let mut state = self.0.lock();
        state.is_under_way = !state.waiting.is_empty();
        state.waiting.drain(..).collect()
    }
}

impl Queue {
    /// The dead-letter queue, when one is configured and exists.
    pub(crate) fn dead_letter_queue(&self, config: &QueueConfig) -> Option<Arc<Queue>> {
        let policy = config.dead_letter.as_ref()?;
        self.directory()?
            .get(&policy.queue)
            .filter(|queue| queue.number() != self.number())
    }

    /// Moves what waits for its burial to the dead-letter queue, in the background.
    pub(crate) fn bury(self: &Arc<Self>) {
        if self.burials().begin() {
            tokio::spawn(Arc::clone(self).bury_waiting());
        }
    }

    async fn bury_waiting(self: Arc<Self>) {
        loop {
            let positions = self.burials().take();
            if positions.is_empty() {
                return;
            }
            let Some(destination) = self.dead_letter_queue(&self.config()) else {
                self.deliver_again(&positions);
                self.announce(positions.len());
                continue;
            };
            // Nobody is told that they are back: whoever came for them would begin this again at once.
            if let Err(error) = self.transfer(&positions, &destination, Move::Bury).await {
                tracing::warn!(queue = %self.key(), %error, "messages could not be dead-lettered");
            }
        }
    }

    /// Moves messages, already taken out of delivery, in order. What can't be moved is delivered again.
    pub(crate) async fn transfer(
        self: &Arc<Self>,
        positions: &[Position],
        destination: &Arc<Queue>,
        reason: Move,
    ) -> Result<(), QueueError> {
        for (index, positions_together) in positions.chunks(MOVED_TOGETHER).enumerate() {
            if let Err(error) = self
                .transfer_together(positions_together, destination, reason)
                .await
            {
                self.deliver_again(&positions[index * MOVED_TOGETHER..]);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Ends moves that did not come about.
    pub(crate) fn deliver_again(&self, positions: &[Position]) {
        let mut state = self.lock();
        for position in positions {
            state.cancel_move(*position);
        }
    }

    async fn transfer_together(
        self: &Arc<Self>,
        positions: &[Position],
        destination: &Arc<Queue>,
        reason: Move,
    ) -> Result<(), QueueError> {
        let departures = destination.reserve(positions, reason)?;
        let mut batch = self.batch();
        for (position, record) in &departures {
            batch.put(OUTBOX, position_key(self.number(), *position), record.encode());
        }
        let noted = ninefold_store::commit(self.store(), batch, Durability::Durable).await;
        let outcome = match noted {
            Ok(()) => self.deliver(&departures, destination).await,
            Err(error) => Err(error.into()),
        };
        if outcome.is_err() {
            let mut state = destination.lock();
            for (_, record) in &departures {
                state.cancel_reservation(record.position);
            }
        }
        outcome
    }

    /// Keeps positions free for messages to come.
    fn reserve(&self, positions: &[Position], reason: Move) -> Result<Vec<Departure>, QueueError> {
        let now = self.clock().now();
        let mut state = self.lock_active()?;
        let record = |position: &Position| {
            let record = TransferRecord {
                destination: self.number(),
                position: state.reserve(now),
                reason,
            };
            (*position, record)
        };
        Ok(positions.iter().map(record).collect())
    }

    /// The second and third step of a move whose outbox entries are durable.
    pub(crate) async fn deliver(
        self: &Arc<Self>,
        departures: &[Departure],
        destination: &Arc<Queue>,
    ) -> Result<(), QueueError> {
        let mut incoming = Vec::with_capacity(departures.len());
        for (position, record) in departures {
            match self.incoming(*position, destination, *record)? {
                Some(message) => incoming.push(message),
                // It has arrived already, or was dropped here.
                None => destination.lock().cancel_reservation(record.position),
            }
        }
        if !incoming.is_empty() {
            settled(destination.take_in(incoming)?).await?;
        }
        settled(self.finish_moves(departures)).await?;
        let mut batch = destination.batch();
        for (position, _) in departures {
            batch.delete(
                ARRIVALS,
                arrival_key(destination.number(), self.number(), *position),
            );
        }
        destination.push_relaxed(batch, "the end of a move");
        destination.flush();
        Ok(())
    }

    /// What is to be stored in the destination, unless it is there already or nothing is left to move.
    fn incoming(
        &self,
        position: Position,
        destination: &Queue,
        record: TransferRecord,
    ) -> Result<Option<Incoming>, QueueError> {
        let note = arrival_key(destination.number(), self.number(), position);
        let arrived = destination
            .store()
            .get(destination.partition(), ARRIVALS, &note)?;
        if arrived.is_some() {
            return Ok(None);
        }
        let key = position_key(self.number(), position);
        let Some(stored) = self.store().get(self.partition(), MESSAGES, &key)? else {
            return Ok(None);
        };
        let lease = self.store().get(self.partition(), LEASES, &key)?;
        let lease = lease.map(LeaseRecord::decode).transpose()?;
        let message = MessageRecord::decode(stored)?;
        Ok(Some(Incoming {
            message: self.redirected(message, lease.as_ref(), position, destination, record),
            position: record.position,
            note,
        }))
    }

    /// What the message becomes in the destination.
    fn redirected(
        &self,
        message: MessageRecord,
        lease: Option<&LeaseRecord>,
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
                origin: Some(Origin {
                    queue: self.key().clone(),
                    receive_count: message.earlier_receives() + lease.map_or(0, |lease| lease.receive_count),
                    first_received_at: lease.map(|lease| lease.first_received_at),
                }),
                ..message
            },
            Move::Redrive => MessageRecord {
                id: redriven_id(self.number(), position),
                sent_at: arrives_at,
                origin: None,
                ..message
            },
            Move::Restore => MessageRecord {
                sent_at: arrives_at,
                origin: None,
                ..message
            },
        }
    }

    /// Stores messages that come from another queue.
    fn take_in(self: &Arc<Self>, incoming: Vec<Incoming>) -> Result<Outcome, QueueError> {
        let outcome = {
            let now = self.clock().now();
            let mut state = self.lock_active()?;
            let mut batch = self.batch();
            let mut arrivals = Vec::with_capacity(incoming.len());
            for Incoming {
                message,
                position: reserved,
                note,
            } in incoming
            {
                let stored = message.encode();
                let position = state.expect_reserved(reserved, now);
                batch.put(MESSAGES, position_key(self.number(), position), stored.clone());
                batch.put(ARRIVALS, note, Bytes::new());
                if message.sent_at != position.vesting {
                    state.holds_aged = true;
                    let key = expiry_key(self.number(), message.sent_at, position);
                    batch.put(EXPIRIES, key, Bytes::new());
                }
                arrivals.push(Arrival {
                    position,
                    sent_at: message.sent_at,
                    group: message.group,
                    stored,
                });
            }
            self.put_tally(&mut batch, &state);
            self.push_durable(batch, move |queue, result| queue.settle(arrivals, result))
        };
        self.flush();
        Ok(outcome)
    }

    /// Removes messages that have arrived elsewhere.
    fn finish_moves(self: &Arc<Self>, departures: &[Departure]) -> Outcome {
        let outcome = {
            let mut state = self.lock();
            let removals: Vec<_> = departures
                .iter()
                .filter_map(|(position, _)| state.remove(*position))
                .collect();
            let mut batch = self.batch_with_tally(&state);
            for (position, _) in departures {
                batch.delete(OUTBOX, position_key(self.number(), *position));
            }
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
