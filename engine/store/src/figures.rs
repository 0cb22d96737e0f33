/// What a store has done since it was opened, for metrics. Counters only grow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StoreFigures {
    /// Batches committed.
    pub batches: u64,
    /// Commit rounds: groups of batches written together.
    pub rounds: u64,
    /// Rounds that were synced to disk.
    pub syncs: u64,
    /// Batches that were refused or failed.
    pub failed_batches: u64,
    /// Bytes of keys and values committed.
    pub bytes_written: u64,
    /// Bytes waiting to be written right now.
    pub queued_bytes: u64,
    /// Bytes of log that are not in the tables yet.
    pub log_bytes: u64,
    /// Bytes of tables and log on disk right now.
    pub disk_bytes: u64,
    /// How long a synced round took to write and sync, in seconds.
    pub sync_seconds: Histogram,
    /// How many batches a round had.
    pub round_batches: Histogram,
}

/// Observations counted by bucket.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Histogram {
    /// For each bucket, its upper bound (inclusive) and the observations in it alone, not cumulated. Ascending;
    /// the last bound is infinite.
    pub buckets: Vec<(f64, u64)>,
    /// The sum of all observations.
    pub sum: f64,
    /// How many observations there were.
    pub count: u64,
}
