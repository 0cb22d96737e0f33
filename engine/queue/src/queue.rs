//! One queue: its state, and the store behind it.

mod browse;
mod deduplicate;
mod delete;
mod dispose;
mod load;
mod mark;
mod moving;
mod receive;
mod send;
mod visibility;

use std::ops::Range;
use std::sync::{Arc, Weak};

use bytes::Bytes;
use ninefold_store::{Batch, Completion, Durability, PartitionId, ScanRange, Store, StoreError};
use ninefold_time::{Clock, Timestamp};
use parking_lot::{Mutex, MutexGuard, RwLock};
use tokio::sync::{Notify, oneshot};

use crate::directory::Directory;
use crate::outgoing::Outgoing;
use crate::records::{
    EXPIRIES, LEASES, MESSAGES, QueueStatus, TALLIES, expiry_key, number_key, partition_of, position_key,
};
use crate::state::{Removal, State};
use crate::transfer::Burials;
use crate::{Position, QueueConfig, QueueError, QueueKey, QueueKind};

pub use browse::Glimpse;
pub use dispose::{Disposing, Disposition, Strictness};
pub use moving::Exhausted;
pub use send::Sending;

/// How many messages a queue holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Ready to be received.
    pub visible: u64,
    /// Leased.
    pub in_flight: u64,
    /// Not yet vested.
    pub delayed: u64,
    /// When the oldest message was sent, as far as is known without looking.
    pub oldest_sent_at: Option<Timestamp>,
}

/// One queue. Its operations are in the engine's order of events: what was acknowledged is durable.
pub struct Queue {
    number: u64,
    key: QueueKey,
    partition: PartitionId,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    directory: Weak<Directory>,
    settings: RwLock<Settings>,
    state: Mutex<State>,
    outgoing: Outgoing,
    burials: Burials,
    /// Told once for every message that may have become visible.
    arrivals: Notify,
}

struct Settings {
    config: Arc<QueueConfig>,
    attachment: Bytes,
}

/// What a queue is made of.
pub(crate) struct QueueParts {
    pub(crate) number: u64,
    pub(crate) key: QueueKey,
    pub(crate) config: QueueConfig,
    pub(crate) attachment: Bytes,
    pub(crate) state: State,
}

impl Queue {
    pub(crate) fn new(
        parts: QueueParts,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        directory: Weak<Directory>,
    ) -> Arc<Self> {
        Arc::new(Queue {
            number: parts.number,
            partition: partition_of(&parts.key),
            key: parts.key,
            store,
            clock,
            directory,
            settings: RwLock::new(Settings {
                config: Arc::new(parts.config),
                attachment: parts.attachment,
            }),
            state: Mutex::new(parts.state),
            outgoing: Outgoing::default(),
            burials: Burials::default(),
            arrivals: Notify::new(),
        })
    }

    /// The queue's key.
    pub fn key(&self) -> &QueueKey {
        &self.key
    }

    /// The queue's number in the store: never used twice, also not for a queue of the same key.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The settings now in force.
    pub fn config(&self) -> Arc<QueueConfig> {
        Arc::clone(&self.settings.read().config)
    }

    /// The door's record of the queue.
    pub fn attachment(&self) -> Bytes {
        self.settings.read().attachment.clone()
    }

    /// How many messages there are.
    pub fn counts(&self) -> Counts {
        self.state.lock().counts(self.clock.now())
    }

    /// When a message may next become visible by itself: a lease ends, or a delay does.
    pub fn next_event(&self) -> Option<Timestamp> {
        self.state.lock().next_event(&self.config())
    }

    /// Drops every message that is in the queue now; durable when it returns.
    ///
    /// # Errors
    ///
    /// If the queue is gone or the store fails.
    pub async fn purge(self: &Arc<Self>) -> Result<(), QueueError> {
        self.purge_and(None).await
    }

    /// [`Queue::purge`], and notes a mark with it where there is one.
    async fn purge_and(self: &Arc<Self>, mark: Option<Bytes>) -> Result<(), QueueError> {
        let outcome = {
            let mut state = self.lock_active()?;
            let purged = state.purge(self.clock.now());
            let mut batch = self.batch_with_tally(&state);
            self.delete_stored_range(&mut batch, purged);
            let of_queue = ScanRange::prefix(number_key(self.number).to_vec());
            batch.delete_range(EXPIRIES, &of_queue);
            self.put_mark(&mut batch, mark.as_ref());
            self.push_durable(batch, |queue, result| queue.settle_mark(mark, result))
        };
        self.flush();
        Ok(settled(outcome).await?)
    }

    pub(crate) fn partition(&self) -> PartitionId {
        self.partition
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn directory(&self) -> Option<Arc<Directory>> {
        self.directory.upgrade()
    }

    pub(crate) fn burials(&self) -> &Burials {
        &self.burials
    }

    pub(crate) fn is_fifo(&self) -> bool {
        matches!(self.settings.read().config.kind, QueueKind::Fifo { .. })
    }

    pub(crate) fn set(&self, config: QueueConfig, attachment: Bytes) {
        *self.settings.write() = Settings {
            config: Arc::new(config),
            attachment,
        };
        self.arrivals.notify_waiters();
    }

    /// Refuses everything from now on, and sends those away who wait.
    pub(crate) fn close(&self) {
        self.state.lock().status = QueueStatus::Deleted;
        self.arrivals.notify_waiters();
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    pub(crate) fn lock_active(&self) -> Result<MutexGuard<'_, State>, QueueError> {
        let state = self.state.lock();
        match state.status {
            QueueStatus::Active => Ok(state),
            QueueStatus::Deleted => Err(QueueError::NoSuchQueue),
        }
    }

    /// Tells as many waiting receivers as there may be messages for.
    pub(crate) fn announce(&self, messages: usize) {
        for _ in 0..messages {
            self.arrivals.notify_one();
        }
    }

    /// An empty batch for this queue.
    pub(crate) fn batch(&self) -> Batch {
        Batch::new(self.partition)
    }

    /// A batch that brings the stored tally up to date.
    pub(crate) fn batch_with_tally(&self, state: &State) -> Batch {
        let mut batch = self.batch();
        self.put_tally(&mut batch, state);
        batch
    }

    pub(crate) fn put_tally(&self, batch: &mut Batch, state: &State) {
        batch.put_coalesced(TALLIES, number_key(self.number), state.tally().encode());
    }

    /// Adds to a batch what removes a message from the store.
    pub(crate) fn delete_stored(&self, batch: &mut Batch, removal: &Removal) {
        let key = position_key(self.number, removal.position);
        batch.delete(MESSAGES, key);
        if removal.received {
            batch.delete(LEASES, key);
        }
        if removal.position.vesting != removal.sent_at {
            batch.delete(
                EXPIRIES,
                expiry_key(self.number, removal.sent_at, removal.position),
            );
        }
    }

    /// Adds to a batch what removes every message in a range that was put in line before.
    pub(crate) fn delete_stored_range(&self, batch: &mut Batch, positions: Range<Position>) {
        let range = ScanRange::between(
            position_key(self.number, positions.start).to_vec(),
            position_key(self.number, positions.end).to_vec(),
        );
        batch.delete_range(MESSAGES, &range);
        batch.delete_range(LEASES, &range);
    }

    /// Puts a batch in line to be made durable. `settle` runs on the store's thread with the queue's state before the
    /// outcome is reported.
    pub(crate) fn push_durable(
        self: &Arc<Self>,
        batch: Batch,
        settle: impl FnOnce(&Arc<Self>, Result<(), &StoreError>) + Send + 'static,
    ) -> Outcome {
        self.push(batch, Durability::Durable, settle)
    }

    /// As [`Queue::push_durable`], for a batch that need not be durable when its outcome is reported.
    pub(crate) fn push(
        self: &Arc<Self>,
        batch: Batch,
        durability: Durability,
        settle: impl FnOnce(&Arc<Self>, Result<(), &StoreError>) + Send + 'static,
    ) -> Outcome {
        let (sender, receiver) = oneshot::channel();
        let queue = Arc::clone(self);
        let completion: Completion = Box::new(move |result| {
            settle(&queue, result.as_ref().copied());
            // Whoever asked may have gone away.
            drop(sender.send(result));
        });
        self.outgoing.push(batch, durability, completion);
        receiver
    }

    /// Puts a batch in line that nobody waits for.
    pub(crate) fn push_relaxed(&self, batch: Batch, what: &'static str) {
        let key = self.key.clone();
        let completion: Completion = Box::new(move |result| {
            if let Err(error) = result {
                tracing::warn!(queue = %key, %error, "{what} could not be stored");
            }
        });
        self.outgoing.push(batch, Durability::Relaxed, completion);
    }

    /// Submits what is in line; to be called with the state unlocked.
    pub(crate) fn flush(&self) {
        self.outgoing.flush(&*self.store);
    }

    /// Removes messages from the store that are out of the state already; nobody waits for it.
    pub(crate) fn push_removals(self: &Arc<Self>, state: &State, removals: Vec<Removal>) -> Outcome {
        self.push_removals_with(self.batch_with_tally(state), removals)
    }

    /// As [`Queue::push_removals`], together with what a batch holds already, the tally too.
    pub(crate) fn push_removals_with(self: &Arc<Self>, mut batch: Batch, removals: Vec<Removal>) -> Outcome {
        for removal in &removals {
            self.delete_stored(&mut batch, removal);
        }
        self.push_durable(batch, move |queue, result| {
            let mut state = queue.lock();
            for removal in &removals {
                match result {
                    Ok(()) => state.removed(removal.position),
                    Err(_) => state.keep(removal.position),
                }
            }
        })
    }
}

/// The outcome of a batch, when it is known.
pub(crate) type Outcome = oneshot::Receiver<Result<(), StoreError>>;

/// Waits for an outcome.
pub(crate) async fn settled(outcome: Outcome) -> Result<(), StoreError> {
    outcome.await.unwrap_or(Err(StoreError::Closed))
}
