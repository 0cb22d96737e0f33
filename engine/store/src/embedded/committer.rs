//! Group commit: one thread writes whatever has gathered as one round with one sync.
//!
//! The group adapts to the load by itself. With nothing under way a batch is synced at once; while a sync is under way,
//! what arrives gathers and makes the next round. A round without durable batches is only handed to the operating
//! system; the next synced round includes it, or a sync of its own after [`RELAXED_SYNC`].

use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasherDefault;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::OnceLock;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use bytes::Bytes;
use fjall::{Database, OwnedWriteBatch, PersistMode};
use parking_lot::{Condvar, Mutex};
use xxhash_rust::xxh3::Xxh3Default;

use super::figures::Figures;
use super::journal::{Marker, StoreId};
use super::medium::Medium;
use super::{DurabilityMode, Tables, describe};
use crate::{Batch, Completion, Durability, Operation, StoreError, StoreFigures, StoreState};

/// The most bytes that may wait to be written; beyond it batches are refused.
const QUEUE_BYTES: usize = 256 << 20;
/// The most batches and bytes in one round, which bounds how long a round takes.
const ROUND_BATCHES: usize = 4_096;
const ROUND_BYTES: usize = 16 << 20;
/// How long a relaxed batch may stay unsynced when no durable one comes along.
const RELAXED_SYNC: Duration = Duration::from_millis(100);
/// The next round may be held back for this fraction of what a synced one took, and this long at most.
const GATHER_FRACTION: u32 = 4;
const GATHER_LIMIT: Duration = Duration::from_millis(1);
/// What a batch and an operation take in memory beside their keys and values, about.
const BATCH_OVERHEAD_BYTES: usize = 128;
const OPERATION_OVERHEAD_BYTES: usize = 96;

/// Where rounds are written to.
pub(super) struct Log {
    pub(super) database: Database,
    pub(super) tables: Arc<Tables>,
    pub(super) store_id: StoreId,
    pub(super) mode: DurabilityMode,
    pub(super) medium: Arc<dyn Medium>,
}

/// The handle to the committer thread.
pub(super) struct Committer {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<u64>>>,
}

struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
    /// Set once, when a write or sync failed: nothing is written any more.
    failure: OnceLock<Arc<str>>,
    figures: Mutex<Figures>,
}

#[derive(Default)]
struct Queue {
    batches: VecDeque<Submitted>,
    /// What all batches take that are not completed yet.
    bytes: usize,
    closed: bool,
}

struct Submitted {
    batch: Batch,
    durability: Durability,
    completion: Completion,
}

impl Submitted {
    fn bytes(&self) -> usize {
        BATCH_OVERHEAD_BYTES + self.batch.bytes() + self.batch.operations().len() * OPERATION_OVERHEAD_BYTES
    }
}

impl Committer {
    /// Starts the thread; `last_round` is the last one in the store, and synced.
    pub(super) fn start(log: Log, last_round: u64) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            queue: Mutex::new(Queue::default()),
            arrived: Condvar::new(),
            failure: OnceLock::new(),
            figures: Mutex::new(Figures::new()),
        });
        let worker = Worker {
            log,
            shared: Arc::clone(&shared),
            backlog: VecDeque::new(),
            last_round,
            synced_round: last_round,
            unsynced_since: None,
            gathering: Gathering::default(),
        };
        let thread = thread::Builder::new()
            .name("store-committer".to_owned())
            .spawn(|| worker.run())?;
        Ok(Committer {
            shared,
            thread: Mutex::new(Some(thread)),
        })
    }

    pub(super) fn submit(&self, batch: Batch, durability: Durability, completion: Completion) {
        let submitted = Submitted {
            batch,
            durability,
            completion,
        };
        if let Err((submitted, error)) = self.shared.enqueue(submitted) {
            self.shared.figures.lock().failed(1);
            (submitted.completion)(Err(error));
        }
    }

    pub(super) fn state(&self) -> StoreState {
        match self.shared.failure.get() {
            Some(reason) => StoreState::ReadOnly {
                reason: reason.clone(),
            },
            None => StoreState::Healthy,
        }
    }

    pub(super) fn figures(&self) -> StoreFigures {
        let mut figures = self.shared.figures.lock().get();
        figures.queued_bytes = self.shared.queue.lock().bytes as u64;
        figures
    }

    /// Commits what is queued, syncs and ends the thread. Returns the last synced round the first time, unless
    /// called from a completion, which runs on that very thread: then the thread ends by itself soon after.
    pub(super) fn close(&self) -> Option<u64> {
        self.shared.queue.lock().closed = true;
        self.shared.arrived.notify_all();
        let mut thread = self.thread.lock();
        if thread
            .as_ref()
            .is_some_and(|thread| thread.thread().id() == thread::current().id())
        {
            return None;
        }
        // The thread has reported its panic, and failed the batches it had, if it ended in one.
        thread.take().and_then(|thread| thread.join().ok())
    }
}

impl Shared {
    fn enqueue(&self, submitted: Submitted) -> Result<(), (Submitted, StoreError)> {
        let bytes = submitted.bytes();
        let mut queue = self.queue.lock();
        if queue.closed {
            return Err((submitted, StoreError::Closed));
        }
        if let Some(reason) = self.failure.get() {
            return Err((
                submitted,
                StoreError::ReadOnly {
                    reason: reason.clone(),
                },
            ));
        }
        if queue.bytes + bytes > QUEUE_BYTES {
            return Err((submitted, StoreError::Overloaded));
        }
        queue.bytes += bytes;
        queue.batches.push_back(submitted);
        drop(queue);
        self.arrived.notify_one();
        Ok(())
    }
}

/// What the committer does next.
enum Next {
    Commit(Vec<Submitted>),
    SyncRelaxed,
    End,
}

struct Worker {
    log: Log,
    shared: Arc<Shared>,
    /// Taken off the queue, not yet in a round.
    backlog: VecDeque<Submitted>,
    last_round: u64,
    synced_round: u64,
    /// When the oldest round that is not synced was written, if there is one.
    unsynced_since: Option<Instant>,
    gathering: Gathering,
}

/// What the round before says about the next one.
#[derive(Default)]
struct Gathering {
    /// How many batches were under way when it ended: those it completed, and those that arrived meanwhile.
    under_way: usize,
    /// How long the next round may wait for their successors.
    patience: Duration,
}

impl Worker {
    /// Runs until closed; returns the last synced round.
    fn run(mut self) -> u64 {
        loop {
            match self.next() {
                Next::Commit(round) => self.commit(round),
                Next::SyncRelaxed => self.sync_relaxed(),
                Next::End => break,
            }
        }
        self.sync_relaxed();
        self.synced_round
    }

    /// Waits for something to do.
    fn next(&mut self) -> Next {
        if self.backlog.is_empty() {
            self.gather();
            let mut queue = self.shared.queue.lock();
            while queue.batches.is_empty() {
                if queue.closed {
                    return Next::End;
                }
                match self
                    .unsynced_since
                    .filter(|_| self.log.mode == DurabilityMode::Sync)
                {
                    None => self.shared.arrived.wait(&mut queue),
                    Some(since) => {
                        if self
                            .shared
                            .arrived
                            .wait_until(&mut queue, since + RELAXED_SYNC)
                            .timed_out()
                        {
                            return Next::SyncRelaxed;
                        }
                    }
                }
            }
            std::mem::swap(&mut queue.batches, &mut self.backlog);
        }
        Next::Commit(self.cut_round())
    }

    /// Gives those whose batches have just completed the chance to submit the next ones, so that callers which wait
    /// for one commit before the next one end up in one round and not in two that alternate. Waits only as long as is
    /// little beside a sync, and not at all when nobody else is under way.
    fn gather(&mut self) {
        let Gathering { under_way, patience } = std::mem::take(&mut self.gathering);
        let started = Instant::now();
        while started.elapsed() < patience {
            let queue = self.shared.queue.lock();
            if queue.closed || queue.batches.len() >= under_way {
                return;
            }
            drop(queue);
            thread::yield_now();
        }
    }

    /// Takes the next round off the backlog: at least one batch, within the bounds.
    fn cut_round(&mut self) -> Vec<Submitted> {
        let mut bytes = 0;
        let within = self.backlog.iter().take(ROUND_BATCHES).take_while(|submitted| {
            let first = bytes == 0;
            bytes += submitted.bytes();
            first || bytes <= ROUND_BYTES
        });
        let count = within.count();
        self.backlog.drain(..count).collect()
    }

    fn commit(&mut self, round: Vec<Submitted>) {
        let queued_bytes: usize = round.iter().map(Submitted::bytes).sum();
        let batch_count = round.len();
        let bytes = round.iter().map(|submitted| submitted.batch.bytes()).sum();
        let sync = self.is_sync_due(&round);
        let started = Instant::now();
        let (operations, completions): (Vec<_>, Vec<_>) = round
            .into_iter()
            .map(|submitted| (submitted.batch.into_operations(), submitted.completion))
            .unzip();
        let outcome = self.write(coalesce(operations), sync);
        let arrived = {
            let mut queue = self.shared.queue.lock();
            queue.bytes -= queued_bytes;
            queue.batches.len()
        };
        if sync && batch_count + arrived > 1 {
            let patience = (started.elapsed() / GATHER_FRACTION).min(GATHER_LIMIT);
            self.gathering = Gathering {
                under_way: batch_count + arrived,
                patience,
            };
        }
        {
            let mut figures = self.shared.figures.lock();
            match &outcome {
                Ok(()) => figures.round(batch_count, bytes, sync.then(|| started.elapsed())),
                Err(_) => figures.failed(batch_count),
            }
        }
        for completion in completions {
            complete(completion, outcome.clone());
        }
    }

    /// Whether the round has to be synced: for a durable batch, or for relaxed ones that waited long enough.
    fn is_sync_due(&self, round: &[Submitted]) -> bool {
        let is_durable = round
            .iter()
            .any(|submitted| submitted.durability == Durability::Durable);
        let is_overdue = self
            .unsynced_since
            .is_some_and(|since| since.elapsed() >= RELAXED_SYNC);
        self.log.mode == DurabilityMode::Sync && (is_durable || is_overdue)
    }

    /// Writes a round, unless something failed before. The first failure is the last thing that is tried.
    fn write(&mut self, operations: Vec<Operation>, sync: bool) -> Result<(), StoreError> {
        self.wait_for_tables();
        if let Some(reason) = self.shared.failure.get() {
            return Err(StoreError::ReadOnly {
                reason: reason.clone(),
            });
        }
        let marker = Marker {
            round: self.last_round + 1,
            synced_round: self.synced_round,
        };
        let log = &self.log;
        // A panic in the database must not leave callers without an answer.
        match catch_unwind(AssertUnwindSafe(|| log.write(marker, operations, sync))) {
            Ok(Ok(())) => {
                self.last_round = marker.round;
                self.wrote(sync);
                Ok(())
            }
            Ok(Err(reason)) => Err(self.fail(reason)),
            Err(_) => Err(self.fail("the database panicked (the log has the place)".to_owned())),
        }
    }

    fn wrote(&mut self, synced: bool) {
        if synced {
            self.synced_round = self.last_round;
            self.unsynced_since = None;
        } else {
            self.unsynced_since.get_or_insert_with(Instant::now);
        }
    }

    fn sync_relaxed(&mut self) {
        if self.unsynced_since.is_none() || self.shared.failure.get().is_some() {
            return;
        }
        let started = Instant::now();
        match self.log.sync() {
            Ok(()) => {
                self.wrote(true);
                self.shared.figures.lock().sync(started.elapsed());
            }
            Err(reason) => {
                self.fail(reason);
            }
        }
    }

    fn fail(&mut self, reason: String) -> StoreError {
        tracing::error!(reason, "a write to the store failed: it is read-only from now on");
        let reason: Arc<str> = reason.into();
        let reason = self.shared.failure.get_or_init(|| reason).clone();
        self.unsynced_since = None;
        StoreError::ReadOnly { reason }
    }

    /// Holds rounds back while too much memory waits to be written to tables. The database would do so itself, but
    /// without ever looking whether the writing has failed. It has no signal to wait for, hence the polling.
    fn wait_for_tables(&mut self) {
        while self.shared.failure.get().is_none() && self.log.tables.is_behind() {
            if let Err(error) = self.log.database.persist(PersistMode::Buffer) {
                self.fail(describe(&error));
            }
            // fjall signals nothing when a table is written; its own back-pressure polls as well.
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Log {
    fn write(&self, marker: Marker, operations: Vec<Operation>, sync: bool) -> Result<(), String> {
        self.medium
            .before_write(sync)
            .map_err(|error| error.to_string())?;
        let mode = if sync {
            PersistMode::SyncData
        } else {
            PersistMode::Buffer
        };
        let mut batch = OwnedWriteBatch::with_capacity(self.database.clone(), operations.len() + 1);
        batch.insert(&self.tables.rounds, Marker::KEY, marker.encode(self.store_id));
        for operation in operations {
            let keyspace = self
                .tables
                .get(operation.table)
                .map_err(|error| error.to_string())?;
            match operation.value {
                Some(value) => batch.insert(keyspace, operation.prefixed_key, value),
                None => batch.remove(keyspace, operation.prefixed_key),
            }
        }
        batch
            .durability(Some(mode))
            .commit()
            .map_err(|error| describe(&error))
    }

    fn sync(&self) -> Result<(), String> {
        self.medium
            .before_write(true)
            .map_err(|error| error.to_string())?;
        self.database
            .persist(PersistMode::SyncData)
            .map_err(|error| describe(&error))
    }
}

/// All operations of a round in order, without the coalesced ones that a later one of the round replaces.
fn coalesce(batches: Vec<Vec<Operation>>) -> Vec<Operation> {
    let mut latest: HashMap<(u8, Bytes), usize, BuildHasherDefault<Xxh3Default>> = HashMap::default();
    let mut kept: Vec<Option<Operation>> = Vec::with_capacity(batches.iter().map(Vec::len).sum());
    for operation in batches.into_iter().flatten() {
        if operation.coalesced {
            let key = (operation.table.id(), operation.prefixed_key.clone());
            if let Some(replaced) = latest.insert(key, kept.len()) {
                kept[replaced] = None;
            }
        }
        kept.push(Some(operation));
    }
    kept.into_iter().flatten().collect()
}

fn complete(completion: Completion, outcome: Result<(), StoreError>) {
    // One caller's mistake must not stop the commits of all others.
    if catch_unwind(AssertUnwindSafe(|| completion(outcome))).is_err() {
        tracing::error!("a completion panicked");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PartitionId, Table};

    const COUNTERS: Table = Table::new(1, "counters");

    fn summary(batches: Vec<Batch>) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
        coalesce(batches.into_iter().map(Batch::into_operations).collect())
            .into_iter()
            .map(|operation| {
                (
                    operation.key().to_vec(),
                    operation.value.map(|value| value.to_vec()),
                )
            })
            .collect()
    }

    #[test]
    fn only_the_last_coalesced_put_of_a_key_is_kept_at_its_place() {
        let partition = PartitionId::of(b"queue");
        let (mut first, mut second) = (Batch::new(partition), Batch::new(partition));
        first.put_coalesced(COUNTERS, b"a", &b"1"[..]);
        first.put(COUNTERS, b"b", &b"plain"[..]);
        first.put_coalesced(COUNTERS, b"c", &b"3"[..]);
        second.delete(COUNTERS, b"a");
        second.put_coalesced(COUNTERS, b"a", &b"2"[..]);
        let expected: Vec<(Vec<u8>, Option<Vec<u8>>)> = vec![
            (b"b".to_vec(), Some(b"plain".to_vec())),
            (b"c".to_vec(), Some(b"3".to_vec())),
            (b"a".to_vec(), None),
            (b"a".to_vec(), Some(b"2".to_vec())),
        ];
        assert_eq!(summary(vec![first, second]), expected);
    }

    #[test]
    fn the_same_key_in_two_partitions_is_two_keys() {
        let (one, other) = (PartitionId::new(1).unwrap(), PartitionId::new(2).unwrap());
        let (mut first, mut second) = (Batch::new(one), Batch::new(other));
        first.put_coalesced(COUNTERS, b"a", &b"1"[..]);
        second.put_coalesced(COUNTERS, b"a", &b"2"[..]);
        assert_eq!(summary(vec![first, second]).len(), 2);
    }
}
