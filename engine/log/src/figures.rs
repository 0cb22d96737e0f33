//! What a log has done and has, for metrics.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ninefold_store::Histogram;
use parking_lot::Mutex;

use crate::log::{Log, Shared};

/// Upper bounds in seconds: a sync takes from some 50 µs (flash with a power-safe cache) to seconds (a busy disk).
const SYNC_SECONDS: [f64; 12] = [
    0.000_1,
    0.000_25,
    0.000_5,
    0.001,
    0.002_5,
    0.005,
    0.01,
    0.025,
    0.1,
    0.5,
    2.5,
    f64::INFINITY,
];

/// What a log has done since it was opened, and what it has right now. Counters only grow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LogFigures {
    /// Batches that were appended and are durable.
    pub appended_batches: u64,
    /// Their bytes.
    pub appended_bytes: u64,
    /// Batches that were not taken, or could not be written.
    pub refused_appends: u64,
    /// Groups of batches that were written together.
    pub rounds: u64,
    /// Those that were synced.
    pub syncs: u64,
    /// How long it took to write and sync one, in seconds.
    pub sync_seconds: Histogram,
    /// Bytes of segments that compaction has read.
    pub compaction_read_bytes: u64,
    /// Bytes of segments that it has put in their place.
    pub compaction_written_bytes: u64,
    /// Bytes that wait to be written right now.
    pub queued_bytes: u64,
    /// Bytes of journal that are not in segments yet.
    pub journal_bytes: u64,
    /// Bytes of segments.
    pub segment_bytes: u64,
    /// Bytes of batches in memory, in segments already or not.
    pub cached_bytes: u64,
    /// Partitions.
    pub partitions: u64,
}

/// Counts for [`LogFigures`].
pub(crate) struct Figures {
    of_rounds: Mutex<LogFigures>,
    refused_appends: AtomicU64,
    compaction_read_bytes: AtomicU64,
    compaction_written_bytes: AtomicU64,
}

/// A round that was written.
pub(crate) struct WrittenRound {
    pub(crate) batches: usize,
    pub(crate) bytes: usize,
    /// How long it took, if it was synced.
    pub(crate) synced: Option<Duration>,
    /// How much journal there is by now.
    pub(crate) journal_bytes: u64,
}

impl Default for Figures {
    fn default() -> Self {
        let buckets = SYNC_SECONDS.map(|bound| (bound, 0)).to_vec();
        Figures {
            of_rounds: Mutex::new(LogFigures {
                sync_seconds: Histogram {
                    buckets,
                    ..Histogram::default()
                },
                ..LogFigures::default()
            }),
            refused_appends: AtomicU64::new(0),
            compaction_read_bytes: AtomicU64::new(0),
            compaction_written_bytes: AtomicU64::new(0),
        }
    }
}

impl Figures {
    pub(crate) fn round(&self, round: &WrittenRound) {
        let mut figures = self.of_rounds.lock();
        figures.rounds += 1;
        figures.appended_batches += round.batches as u64;
        figures.appended_bytes += round.bytes as u64;
        figures.journal_bytes = round.journal_bytes;
        if let Some(took) = round.synced {
            figures.syncs += 1;
            observe(&mut figures.sync_seconds, took.as_secs_f64());
        }
    }

    /// The journal has so many bytes by now.
    pub(crate) fn journal(&self, bytes: u64) {
        self.of_rounds.lock().journal_bytes = bytes;
    }

    pub(crate) fn refused(&self, appends: usize) {
        self.refused_appends.fetch_add(appends as u64, Ordering::Relaxed);
    }

    pub(crate) fn compacted(&self, read_bytes: u64, written_bytes: u64) {
        self.compaction_read_bytes
            .fetch_add(read_bytes, Ordering::Relaxed);
        self.compaction_written_bytes
            .fetch_add(written_bytes, Ordering::Relaxed);
    }
}

impl Log {
    /// What it has done and has. Looks at every partition for a moment.
    pub fn figures(&self) -> LogFigures {
        self.shared().figures()
    }
}

impl Shared {
    fn figures(&self) -> LogFigures {
        let mut figures = self.figures.of_rounds.lock().clone();
        figures.refused_appends = self.figures.refused_appends.load(Ordering::Relaxed);
        figures.compaction_read_bytes = self.figures.compaction_read_bytes.load(Ordering::Relaxed);
        figures.compaction_written_bytes = self.figures.compaction_written_bytes.load(Ordering::Relaxed);
        figures.queued_bytes = self.intake.bytes() as u64;
        for partition in self.all_partitions() {
            let state = partition.state();
            figures.partitions += 1;
            figures.cached_bytes += state.tail.bytes() as u64;
            let segments = state.flushed.segments.iter();
            figures.segment_bytes += segments.map(|segment| segment.bytes).sum::<u64>();
        }
        figures
    }
}

fn observe(histogram: &mut Histogram, value: f64) {
    histogram.sum += value;
    histogram.count += 1;
    if let Some((_, count)) = histogram.buckets.iter_mut().find(|(bound, _)| value <= *bound) {
        *count += 1;
    }
}
