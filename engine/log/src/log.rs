//! The log as a whole: opening, making and deleting partitions, closing.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::JoinHandle;

use bytes::Bytes;
use ninefold_journal::{
    Access, Disk, Failure, Intake, Journal, JournalId, Known, Medium, Refused, Round, recover,
};
use ninefold_record_batch::{Batch as RecordBatch, EndTransactionMarker, Header};
use ninefold_store::{Durability, Store, StoreError, commit};
use ninefold_time::Clock;
use parking_lot::{Mutex, RwLock};
use tokio::sync::oneshot;

use crate::committer::{self, Sink, Submission};
use crate::compaction::Compactor;
use crate::entry;
use crate::figures::Figures;
use crate::flusher::{self, Flusher};
use crate::partition::Partition;
use crate::record::{self, LogRecord};
use crate::segment::SegmentFiles;
use crate::tail::TailBatch;
use crate::{AppendError, LogError, OpenError, PartitionNumber, Settings};

/// The most bytes that may wait to be written; beyond it batches are refused.
const INTAKE_BYTES: usize = 256 << 20;
/// So many numbers are taken at once, so that making a partition is seldom two commits.
const RESERVED_NUMBERS: u64 = 1_000;
/// A marker's record is some ten bytes.
const MARKER_BYTES: usize = 1_024;

/// What an acknowledged append waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurabilityMode {
    /// Survives power loss: every round is synced to disk.
    Sync,
    /// Survives the end of the process, not of the machine.
    OsCache,
}

/// Where and how to open a [`Log`].
#[derive(Debug, Clone)]
pub struct LogOptions {
    /// The directory; created if it does not exist.
    pub directory: PathBuf,
    /// What an append waits for.
    pub durability_mode: DurabilityMode,
    /// How much journal to write before it is moved to segments, in bytes; as much again may be on its way, and all of it is in
    /// memory. Start-up reads back twice this much at most.
    pub journal_bytes: u64,
    /// Of how many keys compaction remembers the latest record at a time; a million take some 50 MiB while it is at work. With
    /// more of them it goes over the segments several times.
    pub compaction_keys: usize,
}

impl LogOptions {
    /// Durable, with bounds for a machine of modest size.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        LogOptions {
            directory: directory.into(),
            durability_mode: DurabilityMode::Sync,
            journal_bytes: 64 << 20,
            compaction_keys: 1_000_000,
        }
    }
}

/// All partitions on one disk. See the [crate](crate).
pub struct Log {
    shared: Arc<Shared>,
    committer: Mutex<Option<JoinHandle<u64>>>,
    /// The numbers that may be given, from the first to before the second.
    numbers: tokio::sync::Mutex<(u64, u64)>,
}

/// What everything in a log needs.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    pub(crate) files: SegmentFiles,
    pub(crate) intake: Intake<Submission>,
    failure: Failure,
    partitions: RwLock<HashMap<PartitionNumber, Arc<Partition>>>,
    /// Who has something that is not in segments.
    dirty: Mutex<Vec<Arc<Partition>>>,
    /// Held by whoever changes what segments there are.
    pub(crate) segment_changes: Mutex<()>,
    record: Mutex<LogRecord>,
    pub(crate) figures: Figures,
    pub(crate) compactor: Compactor,
    pub(crate) compaction_keys: usize,
    /// Whether there may be files that a crash has left.
    pub(crate) may_have_leftovers: AtomicBool,
}

impl Log {
    /// Opens the log in a directory, creating it if there is none; `store` has what is known of its partitions.
    ///
    /// Reads back what the journal holds beyond the segments: what a crash left half written is left out, any other damage is
    /// refused.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub fn open(
        options: &LogOptions,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        Self::open_on(options, store, clock, Arc::new(Disk))
    }

    /// Opens a log on a medium that may fail.
    ///
    /// # Errors
    ///
    /// As [`Log::open`].
    pub fn open_on(
        options: &LogOptions,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        medium: Arc<dyn Medium>,
    ) -> Result<Self, OpenError> {
        let (journal_directory, segment_directory) = (
            options.directory.join("journal"),
            options.directory.join("segments"),
        );
        let record = match record::read_log(&*store)? {
            Some(record) => record,
            None if journal_directory.exists() => {
                return Err(OpenError::Unknown {
                    directory: options.directory.clone(),
                });
            }
            None => create(&*store)?,
        };
        for directory in [&journal_directory, &segment_directory] {
            fs::create_dir_all(directory).map_err(|source| OpenError::Io {
                path: directory.clone(),
                source,
            })?;
        }
        let shared = Arc::new(Shared {
            store,
            clock,
            files: SegmentFiles::new(segment_directory, Arc::clone(&medium)),
            intake: Intake::new(INTAKE_BYTES),
            failure: Failure::default(),
            partitions: RwLock::default(),
            dirty: Mutex::default(),
            segment_changes: Mutex::default(),
            record: Mutex::new(record),
            figures: Figures::default(),
            compactor: Compactor::default(),
            compaction_keys: options.compaction_keys,
            may_have_leftovers: AtomicBool::new(true),
        });
        shared.load_partitions()?;
        let access = match options.durability_mode {
            DurabilityMode::Sync => Access::Direct,
            DurabilityMode::OsCache => Access::Cached,
        };
        let known = Known {
            journal: JournalId::new(record.journal),
            applied_round: record.applied_round,
            synced_round: record.synced_round,
        };
        let recovered = recover(&journal_directory, access, &known, |round| shared.replay(round))?;
        for partition in shared.all_partitions() {
            partition.state().skip_lost();
        }
        let segments = Arc::new(recovered.segments);
        let started = segments.take().and_then(|segment| {
            shared.figures.journal(recovered.used_bytes);
            let journal = Journal::new(
                known.journal,
                medium,
                segment,
                recovered.used,
                recovered.used_bytes,
            );
            let sink = Sink {
                journal,
                flusher: Flusher::start(Arc::clone(&shared), Arc::clone(&segments))?,
                segments,
                syncs: options.durability_mode == DurabilityMode::Sync,
                journal_bytes: options.journal_bytes,
            };
            committer::start(sink, Arc::clone(&shared), recovered.last_round)
        });
        let committer = started.map_err(|source| OpenError::Io {
            path: journal_directory,
            source,
        })?;
        Ok(Log {
            shared,
            committer: Mutex::new(Some(committer)),
            numbers: tokio::sync::Mutex::new((record.next_number, record.next_number)),
        })
    }

    /// Makes a partition.
    ///
    /// # Errors
    ///
    /// If that can't be made durable.
    pub async fn create(&self, settings: Settings) -> Result<Arc<Partition>, LogError> {
        self.shared.check()?;
        let settings = Arc::new(settings);
        let number = self.next_number().await?;
        let batch = record::put_new(number, &settings);
        commit(&*self.shared.store, batch, Durability::Durable).await?;
        Ok(self.add(number, settings))
    }

    /// Makes so many partitions with the same settings, all with one sync if they are few.
    ///
    /// # Errors
    ///
    /// If that can't be made durable; some of them may be there then.
    pub async fn create_many(
        &self,
        settings: &Settings,
        count: usize,
    ) -> Result<Vec<Arc<Partition>>, LogError> {
        self.shared.check()?;
        let settings = Arc::new(settings.clone());
        let mut under_way = Vec::with_capacity(count);
        for _ in 0..count {
            let number = self.next_number().await?;
            let batch = record::put_new(number, &settings);
            under_way.push((number, commit(&*self.shared.store, batch, Durability::Durable)));
        }
        let mut partitions = Vec::with_capacity(count);
        for (number, committed) in under_way {
            committed.await?;
            partitions.push(self.add(number, Arc::clone(&settings)));
        }
        Ok(partitions)
    }

    fn add(&self, number: PartitionNumber, settings: Arc<Settings>) -> Arc<Partition> {
        let partition = Arc::new(Partition::new(number, Arc::clone(&self.shared), settings));
        self.shared
            .partitions
            .write()
            .insert(number, Arc::clone(&partition));
        partition
    }

    /// The partition of a number.
    pub fn partition(&self, number: PartitionNumber) -> Option<Arc<Partition>> {
        self.shared.partition(number)
    }

    /// All partitions' numbers.
    pub fn numbers(&self) -> Vec<PartitionNumber> {
        self.shared.partitions.read().keys().copied().collect()
    }

    /// Deletes a partition and all it holds. Deleting what isn't there is no error.
    ///
    /// # Errors
    ///
    /// If that can't be made durable.
    pub async fn delete(&self, number: PartitionNumber) -> Result<(), LogError> {
        self.shared.check()?;
        let Some(partition) = self.shared.partitions.write().remove(&number) else {
            return Ok(());
        };
        let committed = {
            let mut state = partition.state();
            state.is_deleted = true;
            commit(&*self.shared.store, record::delete(number), Durability::Durable)
        };
        partition.wake_readers();
        committed.await?;
        let shared = Arc::clone(&self.shared);
        let removed = tokio::task::spawn_blocking(move || {
            let _changes = shared.segment_changes.lock();
            shared.files.remove_partition(number)
        });
        match removed.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, ?number, "files of a deleted partition are left"),
            Err(error) => tracing::warn!(%error, ?number, "files of a deleted partition are left"),
        }
        Ok(())
    }

    /// Moves everything appended so far to segments.
    ///
    /// # Errors
    ///
    /// If something can't be written.
    pub async fn flush(&self) -> Result<(), LogError> {
        let (sender, flushed) = oneshot::channel();
        let submission = Submission::Flush(sender);
        let bytes = submission.bytes();
        let submitted = self.shared.intake.submit(submission, bytes);
        let failed = || match self.shared.check() {
            Err(error) => error,
            Ok(()) => LogError::Store(StoreError::Closed),
        };
        submitted.map_err(|_| failed())?;
        flushed.await.map_err(|_| failed())
    }

    /// Whether nothing is written any more, and why.
    pub fn failure(&self) -> Option<Arc<str>> {
        self.shared.failure.reason()
    }

    /// Writes and syncs what was appended and stops. Blocks until done; closing twice is no error.
    pub fn close(&self) {
        self.shared.compactor.close();
        self.shared.intake.close();
        let Some(committer) = self.committer.lock().take() else {
            return;
        };
        match committer.join() {
            Ok(synced_round) => self.shared.note_synced(synced_round),
            Err(_) => drop(
                self.shared
                    .fail("the thread that writes the journal has panicked"),
            ),
        }
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    async fn next_number(&self) -> Result<PartitionNumber, LogError> {
        let mut numbers = self.numbers.lock().await;
        if numbers.0 == numbers.1 {
            let next_number = numbers.1 + RESERVED_NUMBERS;
            let committed = {
                let mut record = self.shared.record.lock();
                record.next_number = next_number;
                commit(&*self.shared.store, record::put_log(&record), Durability::Durable)
            };
            committed.await?;
            numbers.1 = next_number;
        }
        numbers.0 += 1;
        Ok(PartitionNumber::new(numbers.0 - 1))
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.close();
        // They hold what holds them.
        self.shared.partitions.write().clear();
        self.shared.dirty.lock().clear();
    }
}

/// A new log, in a store that has none.
fn create(store: &dyn Store) -> Result<LogRecord, OpenError> {
    use std::hash::{BuildHasher, RandomState};
    let record = LogRecord {
        // A number that no other log has; std seeds its hashers from the operating system's random source.
        journal: RandomState::new().hash_one(std::process::id()),
        applied_round: 0,
        synced_round: 0,
        next_number: 1,
    };
    commit_and_wait(store, &record)?;
    Ok(record)
}

/// Makes the log's record durable. Blocks.
fn commit_and_wait(store: &dyn Store, record: &LogRecord) -> Result<(), StoreError> {
    let (sender, outcome) = std::sync::mpsc::channel();
    let completion = Box::new(move |outcome| drop(sender.send(outcome)));
    store.submit(record::put_log(record), Durability::Durable, completion);
    outcome.recv().unwrap_or(Err(StoreError::Closed))
}

impl Shared {
    fn load_partitions(self: &Arc<Self>) -> Result<(), OpenError> {
        let mut partitions = self.partitions.write();
        // Most partitions share theirs with others.
        let mut known = HashSet::new();
        record::read_partitions(&*self.store, |number, record| {
            let settings = match known.get(&record.settings) {
                Some(same) => Arc::clone(same),
                None => {
                    let settings = Arc::new(record.settings.clone());
                    known.insert(Arc::clone(&settings));
                    settings
                }
            };
            let partition = Partition::of(number, Arc::clone(self), settings, record);
            partitions.insert(number, Arc::new(partition));
        })
    }

    pub(crate) fn partition(&self, number: PartitionNumber) -> Option<Arc<Partition>> {
        self.partitions.read().get(&number).cloned()
    }

    /// Takes back what a round holds that is not in segments.
    fn replay(self: &Arc<Self>, round: &Round<'_>) -> Result<(), String> {
        for entry in entry::entries(round) {
            let entry = entry.ok_or("a batch in the round cannot be read")?;
            // Unless it was deleted since.
            if let Some(partition) = self.partition(entry.partition) {
                partition.replay(entry.batch)?;
            }
        }
        Ok(())
    }

    pub(crate) fn now_milliseconds(&self) -> i64 {
        i64::try_from(self.clock.now().as_millis()).unwrap_or(i64::MAX)
    }

    pub(crate) fn submit(&self, submission: Submission) -> Result<(), AppendError> {
        let bytes = submission.bytes();
        self.intake
            .submit(submission, bytes)
            .map_err(|(_, refused)| match refused {
                Refused::Closed => AppendError::Closed,
                Refused::Full => AppendError::Overloaded,
            })
    }

    /// An error if there was a failure.
    pub(crate) fn check(&self) -> Result<(), LogError> {
        match self.failure.reason() {
            Some(reason) => Err(LogError::ReadOnly { reason }),
            None => Ok(()),
        }
    }

    /// An error if there was a failure.
    pub(crate) fn check_append(&self) -> Result<(), AppendError> {
        match self.failure.reason() {
            Some(reason) => Err(AppendError::ReadOnly { reason }),
            None => Ok(()),
        }
    }

    /// Notes a failure.
    pub(crate) fn fail(&self, reason: &str) -> AppendError {
        AppendError::ReadOnly {
            reason: self.failure.record(reason),
        }
    }

    pub(crate) fn mark_dirty(&self, partition: Arc<Partition>) {
        self.dirty.lock().push(partition);
    }

    pub(crate) fn dirty_partitions(&self) -> Vec<Arc<Partition>> {
        self.dirty.lock().clone()
    }

    pub(crate) fn take_dirty(&self) -> Vec<Arc<Partition>> {
        std::mem::take(&mut *self.dirty.lock())
    }

    pub(crate) fn all_partitions(&self) -> Vec<Arc<Partition>> {
        self.partitions.read().values().cloned().collect()
    }

    /// Records up to where everything is in segments. Blocks.
    pub(crate) fn note_applied(&self, round: u64) -> Result<(), StoreError> {
        let record = {
            let mut record = self.record.lock();
            record.applied_round = round;
            record.synced_round = record.synced_round.max(round);
            *record
        };
        commit_and_wait(&*self.store, &record)
    }

    /// Records up to where everything was synced when the log was closed.
    fn note_synced(&self, round: u64) {
        let record = {
            let mut record = self.record.lock();
            record.synced_round = round;
            *record
        };
        if let Err(error) = commit_and_wait(&*self.store, &record) {
            tracing::warn!(%error, "the log is closed and synced, but could not record up to where");
        }
    }
}

impl Partition {
    /// Takes back a batch of the journal, unless it is in a segment.
    fn replay(self: &Arc<Self>, bytes: &[u8]) -> Result<(), String> {
        let header = Header::parse(bytes).map_err(|error| error.to_string())?;
        let mut state = self.state();
        if header.next_offset() <= state.flushed.end_offset {
            return Ok(());
        }
        if header.base_offset != state.next_offset {
            return Err(format!(
                "partition {} goes on at offset {}, not {}",
                self.number().get(),
                header.base_offset,
                state.next_offset
            ));
        }
        // Copied: a slice would keep the whole segment of the journal in memory.
        let batch = TailBatch {
            header,
            bytes: Bytes::copy_from_slice(bytes),
            appended_at_milliseconds: self.shared.now_milliseconds(),
        };
        flusher::apply(&mut state.progress, &batch);
        state.next_offset = header.next_offset();
        state.note_durable(header.next_offset());
        state.tail.push(batch);
        if !state.is_dirty {
            state.is_dirty = true;
            self.shared.mark_dirty(Arc::clone(self));
        }
        Ok(())
    }
}

/// The end of a transaction that a batch of the log itself is, if it is one.
pub(crate) fn marker(batch: &TailBatch) -> Option<EndTransactionMarker> {
    if !batch.header.attributes.is_control() {
        return None;
    }
    let record = RecordBatch::parse(batch.bytes.clone())
        .and_then(|batch| batch.records(MARKER_BYTES)?.next().transpose())
        .and_then(|record| record.map_or(Ok(None), |record| EndTransactionMarker::decode(&record)));
    record.unwrap_or_else(|error| {
        tracing::error!(%error, "a control batch of the log can't be read");
        None
    })
}
