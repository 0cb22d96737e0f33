//! Group commit: one thread writes whatever has gathered as one round with one sync.
//! Batches gather in an [intake](Intake). A round without durable batches is only written, not
//! synced; the next synced round includes it, or a sync of its own after [`RELAXED_SYNC`].

use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasherDefault;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ninefold_journal::{Gathering, Intake, Journal, Marker, Refused, Segments, Taken};
use parking_lot::Mutex;
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64_with_seed};

use super::DurabilityMode;
use super::failure::Failure;
use super::figures::Figures;
use super::flusher::Flusher;
use super::logged;
use super::memtable::SharedLayers;
use crate::{Batch, Completion, Durability, Operation, StoreError, StoreFigures};

/// The most bytes that may wait to be written; beyond it batches are refused.
const QUEUE_BYTES: usize = 256 << 20;
/// The most batches and bytes in one round, which bounds how long a round takes.
const ROUND_BATCHES: usize = 4_096;
const ROUND_BYTES: usize = 4 << 20;
/// How long a relaxed batch may stay unsynced when no durable one comes along.
const RELAXED_SYNC: Duration = Duration::from_millis(100);
/// What a batch and an operation take in memory beside their keys and values, about.
const BATCH_OVERHEAD_BYTES: usize = 128;
const OPERATION_OVERHEAD_BYTES: usize = 96;

/// Where rounds go.
pub(super) struct Sink {
    pub(super) log: Journal,
    pub(super) layers: SharedLayers,
    pub(super) segments: Arc<Segments>,
    pub(super) flusher: Flusher,
    pub(super) mode: DurabilityMode,
    /// How much the memtable gathers before it is moved to the tables, in bytes.
    pub(super) memtable_bytes: usize,
    /// How long the log gets before that, in bytes.
    pub(super) log_bytes: u64,
    /// How long a deleted range stays in memory at most.
    pub(super) range_patience: Duration,
}

/// The handle to the committer thread.
pub(super) struct Committer {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<u64>>>,
}

struct Shared {
    intake: Intake<Submitted>,
    failure: Arc<Failure>,
    figures: Mutex<Figures>,
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
    pub(super) fn start(sink: Sink, failure: Arc<Failure>, last_round: u64) -> io::Result<Self> {
        let mut figures = Figures::new();
        figures.log_bytes(sink.log.bytes());
        let shared = Arc::new(Shared {
            intake: Intake::new(QUEUE_BYTES),
            failure,
            figures: Mutex::new(figures),
        });
        let holds_ranges = sink.layers.read().active.holds_ranges();
        let worker = Worker {
            sink,
            shared: Arc::clone(&shared),
            backlog: VecDeque::new(),
            last_round,
            synced_round: last_round,
            unsynced_since: None,
            ranges_since: holds_ranges.then(Instant::now),
            gathering: Gathering::default(),
            operations: Vec::new(),
            completions: Vec::new(),
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

    pub(super) fn figures(&self) -> StoreFigures {
        let mut figures = self.shared.figures.lock().get();
        figures.queued_bytes = self.shared.intake.bytes() as u64;
        figures
    }

    /// Commits what is queued, syncs and ends the thread. Returns the last synced round the first time, unless
    /// called from a completion, which runs on that very thread: then the thread ends by itself soon after.
    pub(super) fn close(&self) -> Option<u64> {
        self.shared.intake.close();
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
        if let Err(error) = self.failure.check() {
            return Err((submitted, error));
        }
        self.intake
            .submit(submitted, bytes)
            .map_err(|(submitted, refused)| {
                let error = match refused {
                    Refused::Closed => StoreError::Closed,
                    Refused::Full => StoreError::Overloaded,
                };
                (submitted, error)
            })
    }
}

/// What the committer does next.
enum Next {
    /// The next so many batches of the backlog.
    Commit(usize),
    /// What has waited long enough.
    Overdue,
    End,
}

struct Worker {
    sink: Sink,
    shared: Arc<Shared>,
    /// Taken off the queue, not yet in a round.
    backlog: VecDeque<Submitted>,
    last_round: u64,
    synced_round: u64,
    /// When the oldest round that is not synced was written, if there is one.
    unsynced_since: Option<Instant>,
    /// When the oldest deleted range was written that is in memory only, if there is one.
    ranges_since: Option<Instant>,
    gathering: Gathering,
    /// The round at hand. The room for it is kept: what is taken anew with every round has to be cleared every time.
    operations: Vec<Operation>,
    completions: Vec<Completion>,
}

/// How much a round takes: in keys and values, and in the queue.
#[derive(Default)]
struct RoundBytes {
    content: usize,
    queued: usize,
}

impl Worker {
    /// Runs until closed; returns the last synced round.
    fn run(mut self) -> u64 {
        loop {
            match self.next() {
                Next::Commit(count) => self.commit(count),
                Next::Overdue => self.catch_up(),
                Next::End => break,
            }
        }
        self.sync_relaxed();
        self.sink.flusher.close();
        self.synced_round
    }

    /// Waits for something to do.
    fn next(&mut self) -> Next {
        if self.backlog.is_empty() {
            let gathering = std::mem::take(&mut self.gathering);
            let deadline = self.deadline();
            match self.shared.intake.take(&mut self.backlog, &gathering, deadline) {
                Taken::Something => {}
                Taken::Overdue => return Next::Overdue,
                Taken::Closed => return Next::End,
            }
        }
        Next::Commit(self.cut_round())
    }

    /// When something has to be done although nothing is submitted.
    fn deadline(&self) -> Option<Instant> {
        // After a failure nothing is.
        self.shared.failure.check().ok()?;
        let sync = self.unsynced_since.map(|since| since + RELAXED_SYNC);
        let sync = sync.filter(|_| self.sink.mode == DurabilityMode::Sync);
        let ranges = self.ranges_since.map(|since| since + self.sink.range_patience);
        sync.into_iter().chain(ranges).min()
    }

    /// Does what has waited long enough.
    fn catch_up(&mut self) {
        self.sync_relaxed();
        if self.shared.failure.check().is_ok()
            && let Err(error) = self.rotate_if_full()
        {
            self.fail(&error);
        }
    }

    /// How many batches of the backlog make the next round: at least one, within the bounds.
    fn cut_round(&self) -> usize {
        let mut bytes = 0;
        let within = self.backlog.iter().take(ROUND_BATCHES).take_while(|submitted| {
            let first = bytes == 0;
            bytes += submitted.bytes();
            first || bytes <= ROUND_BYTES
        });
        within.count()
    }

    fn commit(&mut self, count: usize) {
        let sync = self.is_sync_due(count);
        let started = Instant::now();
        let taken = self.take(count);
        let outcome = self.write(sync);
        self.operations.clear();
        let took = started.elapsed();
        let arrived = self.shared.intake.written(taken.queued);
        self.gathering = Gathering::after(count, arrived, took);
        {
            let mut figures = self.shared.figures.lock();
            figures.log_bytes(self.sink.log.bytes());
            match &outcome {
                Ok(()) => figures.round(count, taken.content, sync.then_some(took)),
                Err(_) => figures.failed(count),
            }
        }
        for completion in self.completions.drain(..) {
            complete(completion, outcome.clone());
        }
    }

    /// Whether a round of the next so many batches has to be synced: for a durable one, or for relaxed ones that waited long
    /// enough.
    fn is_sync_due(&self, count: usize) -> bool {
        let is_durable = self
            .backlog
            .iter()
            .take(count)
            .any(|submitted| submitted.durability == Durability::Durable);
        let is_overdue = self
            .unsynced_since
            .is_some_and(|since| since.elapsed() >= RELAXED_SYNC);
        self.sink.mode == DurabilityMode::Sync && (is_durable || is_overdue)
    }

    /// Makes the next so many batches the round at hand.
    fn take(&mut self, count: usize) -> RoundBytes {
        let mut taken = RoundBytes::default();
        for submitted in self.backlog.drain(..count) {
            taken.content += submitted.batch.bytes();
            taken.queued += submitted.bytes();
            self.operations.extend(submitted.batch.into_operations());
            self.completions.push(submitted.completion);
        }
        coalesce(&mut self.operations);
        taken
    }

    /// Writes the round at hand, unless something failed before. The first failure is the last thing that is tried.
    fn write(&mut self, sync: bool) -> Result<(), StoreError> {
        self.shared.failure.check()?;
        if let Err(error) = self.rotate_if_full() {
            return Err(self.fail(&error));
        }
        // Waiting for the tables ends with a failure too.
        self.shared.failure.check()?;
        let marker = Marker {
            round: self.last_round + 1,
            synced_round: self.synced_round,
        };
        let operations = &self.operations;
        let appended = self
            .sink
            .log
            .append(marker, logged::content(operations), sync, |buffer| {
                logged::encode(buffer, operations);
            });
        if let Err(error) = appended {
            return Err(self.fail(&error));
        }
        self.last_round = marker.round;
        self.wrote(sync);
        if self.operations.iter().any(Operation::is_range_deletion) {
            self.ranges_since.get_or_insert_with(Instant::now);
        }
        let mut layers = self.sink.layers.write();
        for operation in self.operations.drain(..) {
            layers
                .active
                .apply(operation.table.id(), operation.prefixed_key, operation.change);
        }
        Ok(())
    }

    /// Hands the memtable over to the flusher and goes on in another segment, once there is enough in either, or a range
    /// was deleted some time ago: what it deleted takes up the disk until it is in the tables. A segment is synced before the
    /// next one is begun, so that no later round can survive without it.
    fn rotate_if_full(&mut self) -> io::Result<()> {
        let memtable_bytes = self.sink.layers.read().active.bytes();
        let sink = &mut self.sink;
        let is_full = memtable_bytes >= sink.memtable_bytes || sink.log.bytes() >= sink.log_bytes;
        let is_overdue = self
            .ranges_since
            .is_some_and(|since| since.elapsed() >= sink.range_patience);
        if !is_full && !is_overdue && !sink.log.is_scattered() {
            return Ok(());
        }
        sink.log.sync()?;
        let next = sink.segments.take()?;
        let used = sink.log.rotate(next);
        sink.flusher.flush(self.last_round, used);
        self.ranges_since = None;
        self.wrote(true);
        Ok(())
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
        if self.unsynced_since.is_none() || self.shared.failure.check().is_err() {
            return;
        }
        let started = Instant::now();
        match self.sink.log.sync() {
            Ok(()) => {
                self.wrote(true);
                self.shared.figures.lock().sync(started.elapsed());
            }
            Err(error) => {
                self.fail(&error);
            }
        }
    }

    fn fail(&mut self, error: &io::Error) -> StoreError {
        self.unsynced_since = None;
        self.shared.failure.record(&error.to_string())
    }
}

/// Leaves out of a round the coalesced operations that a later one of it replaces. Two keys of one hash are both kept, which is
/// always right.
fn coalesce(operations: &mut Vec<Operation>) {
    let mut latest: HashMap<u64, usize, BuildHasherDefault<Xxh3Default>> = HashMap::default();
    // From the last to the first.
    let mut replaced: Vec<usize> = Vec::new();
    for (place, operation) in operations.iter().enumerate().rev() {
        if !operation.coalesced {
            continue;
        }
        let hash = xxh3_64_with_seed(&operation.prefixed_key, u64::from(operation.table.id()));
        let later = *latest.entry(hash).or_insert(place);
        if later != place && operations[later].changes_same(operation) {
            replaced.push(place);
        }
    }
    let mut place = 0;
    operations.retain(|_| {
        let is_replaced = replaced.pop_if(|next| *next == place).is_some();
        place += 1;
        !is_replaced
    });
}

fn complete(completion: Completion, outcome: Result<(), StoreError>) {
    // One caller's mistake must not stop the commits of all others.
    if catch_unwind(AssertUnwindSafe(|| completion(outcome))).is_err() {
        tracing::error!("a completion panicked");
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::batch::Change;
    use crate::{PartitionId, Table};

    const COUNTERS: Table = Table::new(1, "counters");

    fn summary(batches: Vec<Batch>) -> Vec<(Vec<u8>, Change)> {
        let mut operations: Vec<Operation> = batches.into_iter().flat_map(Batch::into_operations).collect();
        coalesce(&mut operations);
        operations
            .into_iter()
            .map(|operation| (operation.key().to_vec(), operation.change))
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
        let expected = [
            (b"b".to_vec(), Change::Put(Bytes::from_static(b"plain"))),
            (b"c".to_vec(), Change::Put(Bytes::from_static(b"3"))),
            (b"a".to_vec(), Change::Delete),
            (b"a".to_vec(), Change::Put(Bytes::from_static(b"2"))),
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
