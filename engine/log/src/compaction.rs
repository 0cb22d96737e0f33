//! Compaction: of each key, the latest record stays (as Kafka's `LogCleaner` does it; KIP-534 for when deletions and markers go).
//!
//! It rewrites segments, never the one at the end, and never what may change still because its transaction is not finished.
//! Offsets stay, with gaps where records were. The new segment has a higher generation in its name; which one counts says the
//! partition's record in the store. So a crash leaves the old or the new ones, and readers that have the old files open go on.

mod keys;
mod rewrite;
mod round;
mod rules;

use std::collections::HashSet;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use thiserror::Error;
use tokio::task::spawn_blocking;

use self::round::Round;
use crate::log::{Log, Shared};
use crate::partition::{Partition, State};
use crate::segment::Segment;
use crate::{LogError, PartitionNumber, ReadError};

const MILLION: u128 = 1_000_000;

/// Why compaction did not go on. Nothing is lost; what it was at is begun anew with the next call.
#[derive(Debug, Error)]
pub enum CompactionError {
    /// The log or its store takes no changes.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A segment can't be read. If it is damaged, its partition is not compacted any more until the log is opened again.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A segment can't be written.
    #[error("{path}: {source}")]
    Write {
        /// The directory of the partition.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The log was closed.
    #[error("the log is closed")]
    Closed,
}

/// What compaction is at.
#[derive(Default)]
pub(crate) struct Compactor {
    work: Mutex<Work>,
    stop: Stop,
}

#[derive(Default)]
struct Work {
    round: Option<Round>,
    /// Whose segments are damaged.
    given_up: HashSet<PartitionNumber>,
}

/// Whether the log is closed.
#[derive(Default)]
struct Stop(AtomicBool);

impl Stop {
    fn check(&self) -> Result<(), CompactionError> {
        if self.0.load(Ordering::Relaxed) {
            return Err(CompactionError::Closed);
        }
        Ok(())
    }
}

impl Compactor {
    /// Ends what is under way, for good, and waits for it.
    pub(crate) fn close(&self) {
        self.stop.0.store(true, Ordering::Relaxed);
        self.work.lock().round = None;
    }

    /// Keeps compaction from going on while something is done, unless it is under way.
    pub(crate) fn while_idle<T>(&self, action: impl FnOnce() -> T) -> Option<T> {
        let _work = self.work.try_lock()?;
        Some(action())
    }
}

impl Log {
    /// Compacts the partitions that need it most, until at least so many bytes were read: a call ends with a whole segment, and
    /// the next one goes on. Says whether there is more to do. To be called now and then.
    ///
    /// # Errors
    ///
    /// See [`CompactionError`].
    pub async fn compact(&self, limit_bytes: u64) -> Result<bool, CompactionError> {
        let shared = Arc::clone(self.shared());
        let compacted = spawn_blocking(move || shared.compact(limit_bytes));
        compacted
            .await
            .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }
}

impl Shared {
    fn compact(&self, limit_bytes: u64) -> Result<bool, CompactionError> {
        let mut work = self.compactor.work.lock();
        let mut bytes_read = 0;
        while bytes_read < limit_bytes {
            self.compactor.stop.check()?;
            self.check()?;
            let round = work.round.take().or_else(|| self.next_round(&work.given_up));
            let Some(mut round) = round else {
                return Ok(false);
            };
            let step = round.step(self, &self.compactor.stop);
            if let Err(CompactionError::Read(ReadError::Damaged { .. })) = &step {
                work.given_up.insert(round.partition.number);
            }
            let step = step?;
            bytes_read += step.bytes_read;
            if !step.is_last {
                work.round = Some(round);
            }
        }
        Ok(work.round.is_some() || self.next_candidate(&work.given_up).is_some())
    }

    fn next_round(&self, given_up: &HashSet<PartitionNumber>) -> Option<Round> {
        let (partition, candidate) = self.next_candidate(given_up)?;
        Some(Round::begin(self, partition, candidate.end_offset))
    }

    /// The partition with the largest part that was not compacted yet, of those that need it.
    fn next_candidate(&self, given_up: &HashSet<PartitionNumber>) -> Option<(Arc<Partition>, Candidate)> {
        let now_milliseconds = self.now_milliseconds();
        self.all_partitions()
            .into_iter()
            .filter(|partition| !given_up.contains(&partition.number))
            .filter_map(|partition| {
                let candidate = partition.state().candidate(now_milliseconds)?;
                Some((partition, candidate))
            })
            .max_by_key(|(_, candidate)| candidate.dirty_parts_per_million)
    }
}

/// What speaks for compacting a partition.
struct Candidate {
    /// Behind the last segment that may be changed.
    end_offset: i64,
    dirty_parts_per_million: u128,
}

impl State {
    /// As Kafka's `LogCleanerManager.cleanableOffsets` decides it.
    fn candidate(&self, now_milliseconds: i64) -> Option<Candidate> {
        if self.is_deleted || !self.settings.cleanup.compacts() {
            return None;
        }
        let (_, closed) = self.flushed.segments.split_last()?;
        let flushed = &self.flushed;
        let stable_offset = flushed.progress.first_unstable_offset();
        let is_dirty = |segment: &Segment| segment.end_offset > flushed.compacted_offset;
        let count = closed
            .iter()
            .take_while(|segment| {
                let is_stable = stable_offset.is_none_or(|offset| segment.end_offset <= offset);
                is_stable && !(is_dirty(segment) && self.is_young(segment, now_milliseconds))
            })
            .count();
        let compactable = &closed[..count];
        let first_dirty = compactable.iter().find(|segment| is_dirty(segment))?;
        let bytes = |wanted: &dyn Fn(&Segment) -> bool| -> u128 {
            let wanted = compactable.iter().filter(|segment| wanted(segment));
            wanted.map(|segment| u128::from(segment.bytes)).sum()
        };
        let dirty_parts_per_million = bytes(&is_dirty) * MILLION / bytes(&|_| true).max(1);
        let is_due = dirty_parts_per_million > u128::from(self.settings.min_dirty_parts_per_million)
            || self.is_overdue(first_dirty, now_milliseconds);
        is_due.then(|| Candidate {
            end_offset: compactable[count - 1].end_offset,
            dirty_parts_per_million,
        })
    }

    fn is_young(&self, segment: &Segment, now_milliseconds: i64) -> bool {
        let lag = i64::try_from(self.settings.compaction_lag_milliseconds).unwrap_or(i64::MAX);
        lag > 0 && segment.max_timestamp > now_milliseconds.saturating_sub(lag)
    }

    fn is_overdue(&self, segment: &Segment, now_milliseconds: i64) -> bool {
        let age = now_milliseconds.saturating_sub(segment.begun_at_milliseconds);
        self.settings
            .max_compaction_lag_milliseconds
            .is_some_and(|lag| u64::try_from(age).is_ok_and(|age| age > lag))
    }
}
