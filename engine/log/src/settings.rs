//! What an owner decides about a partition.

use ninefold_record_batch::TimestampType;
use serde::{Deserialize, Serialize};

/// How a partition keeps its records. Changes take effect at once, on what is kept already too.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Settings {
    /// Records are kept for so long after their timestamp, at least; for ever if `None`.
    pub retention_milliseconds: Option<u64>,
    /// So many bytes of the newest records are kept at least; all if `None`.
    pub retention_bytes: Option<u64>,
    /// What becomes of old records.
    pub cleanup: Cleanup,
    /// A segment gets so long at most, unless a single batch is longer.
    pub segment_bytes: u64,
    /// A segment is closed after so long.
    pub segment_milliseconds: u64,
    /// A batch may be so long at most.
    pub batch_bytes: u32,
    /// Whose time is a record's.
    pub timestamp_type: TimestampType,
    /// What a compacted partition keeps a deletion for.
    pub delete_retention_milliseconds: u64,
    /// Records younger than this are not compacted.
    pub compaction_lag_milliseconds: u64,
    /// What was not compacted yet waits for it so long at most, however little it is; for ever if `None`. Segments are closed
    /// after so long too.
    pub max_compaction_lag_milliseconds: Option<u64>,
    /// Otherwise compaction begins when more than this of a partition was not compacted yet, in parts per million.
    pub min_dirty_parts_per_million: u32,
}

/// What becomes of old records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Cleanup {
    /// They go by age and size.
    Delete,
    /// The last one of every key stays.
    Compact,
    /// Both.
    CompactAndDelete,
}

impl Default for Settings {
    /// Kafka's defaults.
    fn default() -> Self {
        const DAY: u64 = 86_400_000;
        Settings {
            retention_milliseconds: Some(7 * DAY),
            retention_bytes: None,
            cleanup: Cleanup::Delete,
            segment_bytes: 1 << 30,
            segment_milliseconds: 7 * DAY,
            batch_bytes: 1_048_588,
            timestamp_type: TimestampType::CreateTime,
            delete_retention_milliseconds: DAY,
            compaction_lag_milliseconds: 0,
            max_compaction_lag_milliseconds: None,
            min_dirty_parts_per_million: 500_000,
        }
    }
}

impl Settings {
    /// When a segment is closed, for only closed ones are compacted (as Kafka's `LogConfig.maxSegmentMs`).
    pub(crate) fn segment_age_milliseconds(&self) -> u64 {
        match self.max_compaction_lag_milliseconds {
            Some(lag) if self.cleanup.compacts() => lag.min(self.segment_milliseconds),
            _ => self.segment_milliseconds,
        }
    }
}

impl Cleanup {
    /// Whether records go by age and size.
    pub fn deletes(self) -> bool {
        self != Cleanup::Compact
    }

    /// Whether only the last record of a key stays.
    pub fn compacts(self) -> bool {
        self != Cleanup::Delete
    }
}
