//! Moves what the journal holds to the segments of its partitions, in the background.

use std::collections::HashSet;
use std::io;
use std::sync::{Arc, Weak, mpsc};
use std::thread::JoinHandle;

use ninefold_journal::{Segment as JournalSegment, Segments, spawn_in_background};
use ninefold_record_batch::TimestampType;
use ninefold_store::{Durability, StoreError};
use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use crate::log::Shared;
use crate::partition::{Flushed, Partition};
use crate::progress::Progress;
use crate::record;
use crate::segment::{SegmentWriter, Unsynced};
use crate::tail::TailBatch;

/// What all partitions together keep in memory of what is in segments already.
const CACHE_BYTES: usize = 64 << 20;

/// So many partitions are written before they are synced: their files are open until then.
const PARTITIONS_AT_ONCE: usize = 64;

/// The handle to the flusher thread, held by the committer.
pub(crate) struct Flusher {
    shared: Arc<Shared>,
    progress: Arc<Underway>,
    tasks: mpsc::Sender<Task>,
    thread: JoinHandle<()>,
}

/// Whether a task is under way.
#[derive(Default)]
struct Underway {
    is_busy: Mutex<bool>,
    idle: Condvar,
}

/// Everything up to a round is to be in segments; then those of the journal are free.
struct Task {
    round: u64,
    journal_segments: Vec<JournalSegment>,
    flushed: Option<oneshot::Sender<()>>,
}

struct Worker {
    shared: Arc<Shared>,
    segments: Arc<Segments>,
    progress: Arc<Underway>,
    /// Who may have something in memory that is in segments.
    cached: Vec<Weak<Partition>>,
}

impl Flusher {
    /// Starts the thread, which gives the journal's segments back to `segments`.
    pub(crate) fn start(shared: Arc<Shared>, segments: Arc<Segments>) -> io::Result<Self> {
        let progress = Arc::new(Underway::default());
        let (tasks, received) = mpsc::channel();
        let mut worker = Worker {
            shared: Arc::clone(&shared),
            segments,
            progress: Arc::clone(&progress),
            cached: Vec::new(),
        };
        let thread = spawn_in_background("log-flusher", move || {
            for task in received {
                worker.perform(task);
            }
        })?;
        Ok(Flusher {
            shared,
            progress,
            tasks,
            thread,
        })
    }

    /// Has everything up to a round moved. Waits until what was asked for before has been; a failure ends the waiting.
    pub(crate) fn flush(
        &self,
        round: u64,
        journal_segments: Vec<JournalSegment>,
        flushed: Option<oneshot::Sender<()>>,
    ) {
        let mut is_busy = self.progress.is_busy.lock();
        while *is_busy && self.shared.check().is_ok() {
            self.progress.idle.wait(&mut is_busy);
        }
        if self.shared.check().is_err() {
            return;
        }
        *is_busy = true;
        drop(is_busy);
        let task = Task {
            round,
            journal_segments,
            flushed,
        };
        if self.tasks.send(task).is_err() {
            self.shared.fail("the thread that writes segments has ended");
        }
    }

    /// Finishes what is under way and ends the thread.
    pub(crate) fn close(self) {
        drop(self.tasks);
        if self.thread.join().is_err() {
            self.shared.fail("the thread that writes segments has panicked");
        }
    }
}

/// What of a partition is to be moved.
struct Work {
    partition: Arc<Partition>,
    batches: Vec<TailBatch>,
    flushed: Flushed,
}

impl Worker {
    fn perform(&mut self, mut task: Task) {
        let flushed = task.flushed.take();
        if self.shared.check().is_ok() {
            match self.try_perform(task) {
                // Who is gone does not care.
                Ok(()) => drop(flushed.map(|flushed| flushed.send(()))),
                // Noted before whoever waits learns by the end of the channel that there is something to look for.
                Err(reason) => drop(self.shared.fail(&reason)),
            }
        }
        *self.progress.is_busy.lock() = false;
        self.progress.idle.notify_all();
    }

    fn try_perform(&mut self, task: Task) -> Result<(), String> {
        let shared = Arc::clone(&self.shared);
        let failed = |error: io::Error| error.to_string();
        let changes = shared.segment_changes.lock();
        let mut works: Vec<Work> = shared.take_dirty().into_iter().map(Work::begin).collect();
        let mut has_new_partitions = false;
        for works in works.chunks_mut(PARTITIONS_AT_ONCE) {
            let written = works.iter_mut().map(|work| work.write(&shared));
            let written = written.collect::<io::Result<Vec<_>>>().map_err(failed)?;
            for written in written.iter().flatten() {
                shared.files.sync(written).map_err(failed)?;
                has_new_partitions |= written.is_first_of_partition;
            }
        }
        if has_new_partitions {
            shared.files.sync_directory().map_err(failed)?;
        }
        let partitions: Vec<Arc<Partition>> = works.into_iter().map(|work| work.finish(&shared)).collect();
        shared
            .commit_records(&partitions)
            .map_err(|error: StoreError| error.to_string())?;
        drop(changes);
        shared
            .note_applied(task.round)
            .map_err(|error| error.to_string())?;
        self.segments.give_back(task.journal_segments).map_err(failed)?;
        self.trim_cache(&partitions);
        Ok(())
    }

    /// Leaves in memory what readers that keep up will want.
    fn trim_cache(&mut self, flushed: &[Arc<Partition>]) {
        let now: HashSet<u64> = flushed.iter().map(|partition| partition.number().get()).collect();
        for partition in self.cached.drain(..).filter_map(|partition| partition.upgrade()) {
            if !now.contains(&partition.number().get()) {
                partition.shrink_tail(0);
            }
        }
        let share = CACHE_BYTES / flushed.len().max(1);
        for partition in flushed {
            partition.shrink_tail(share);
        }
        self.cached = flushed.iter().map(Arc::downgrade).collect();
    }
}

impl Work {
    /// Takes what is durable and not in segments.
    fn begin(partition: Arc<Partition>) -> Self {
        let (batches, flushed) = {
            let state = partition.state();
            let durable = state
                .tail
                .from(state.flushed.end_offset)
                .take_while(|batch| batch.header.next_offset() <= state.durable_offset);
            (durable.cloned().collect(), state.flushed.clone())
        };
        Work {
            partition,
            batches,
            flushed,
        }
    }

    /// Writes it; what that returns has to be synced before it counts.
    fn write(&mut self, shared: &Shared) -> io::Result<Option<Unsynced>> {
        let (settings, is_deleted) = {
            let state = self.partition.state();
            (state.settings.clone(), state.is_deleted)
        };
        if is_deleted || self.batches.is_empty() {
            return Ok(None);
        }
        let segments = std::mem::take(&mut self.flushed.segments);
        let number = self.partition.number();
        let mut writer = SegmentWriter::new(&shared.files, number, &settings, segments);
        for batch in &self.batches {
            writer.append(batch)?;
            apply(&mut self.flushed.progress, batch);
            self.flushed.end_offset = batch.header.next_offset();
        }
        self.flushed.progress.settle(self.flushed.end_offset);
        let (segments, unsynced) = writer.finish()?;
        self.flushed.segments = segments;
        Ok(Some(unsynced))
    }

    /// From now on it is read from segments, and the partition's record says so.
    fn finish(self, shared: &Shared) -> Arc<Partition> {
        let mut state = self.partition.state();
        state.flushed = self.flushed;
        state.is_dirty = state.next_offset > state.flushed.end_offset && !state.is_deleted;
        if state.is_dirty {
            shared.mark_dirty(Arc::clone(&self.partition));
        }
        drop(state);
        self.partition
    }
}

/// Takes a batch into account of which nothing but itself is known. When it was appended says its own time, if that is the
/// log's; otherwise its producer counts as heard of when the batch came to memory, whatever time it gives its records.
pub(crate) fn apply(progress: &mut Progress, batch: &TailBatch) {
    let marker = crate::log::marker(batch);
    let appended_at_milliseconds = match batch.header.attributes.timestamp_type() {
        TimestampType::LogAppendTime => batch.header.max_timestamp,
        TimestampType::CreateTime => batch.appended_at_milliseconds,
    };
    progress.apply(&batch.header, marker.as_ref(), appended_at_milliseconds);
}

impl Shared {
    /// Makes the records of partitions durable as they are. Blocks.
    pub(crate) fn commit_records(&self, partitions: &[Arc<Partition>]) -> Result<(), StoreError> {
        let (sender, outcomes) = mpsc::channel();
        for partition in partitions {
            let state = partition.state();
            if state.is_deleted {
                continue;
            }
            let batch = record::put(partition.number(), &state);
            let sender = sender.clone();
            let completion = Box::new(move |outcome| drop(sender.send(outcome)));
            // Under the lock: records are kept in the order in which they were made.
            self.store.submit(batch, Durability::Durable, completion);
        }
        drop(sender);
        outcomes.iter().collect()
    }
}

impl Partition {
    /// Keeps so many bytes at most in memory of what is in segments.
    pub(crate) fn shrink_tail(&self, keep_bytes: usize) {
        let mut state = self.state();
        let end_offset = state.flushed.end_offset;
        let unflushed: usize = state.tail.from(end_offset).map(|batch| batch.bytes.len()).sum();
        state.tail.shrink(end_offset, unflushed + keep_bytes);
    }
}
