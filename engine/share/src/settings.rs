use ninefold_log::Isolation;

/// The most references that a share may have at one time: what Kinesis allows in flight. Kafka's
/// `group.share.partition.max.record.locks` is 2,000, and 10,000 at most.
pub const LONGEST_WINDOW: usize = 120_000;

/// What a group decides about the records that it shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// A record is delivered so many times at most. At least 1.
    pub delivery_limit: u32,
    /// What becomes of it then.
    pub exhausted: Exhausted,
    /// So many records may be referred to at one time: acquired, or next to be. At most [`LONGEST_WINDOW`].
    pub window_records: usize,
    /// What of transactions may be seen.
    pub isolation: Isolation,
    /// What becomes of records at a start that were acquired before.
    pub orphans: Orphans,
}

/// What becomes of records that were delivered as often as they may be, and not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exhausted {
    /// They are rejected.
    Reject,
    /// They are dead letters, which can be acquired as such. A share that was opened without them has none before it is opened again.
    SetAside,
}

/// What becomes of records at a start that were acquired before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orphans {
    /// They can be acquired at once: who had them is not known any more.
    Release,
    /// Their leases stay, and can be decided on by receipt.
    Keep,
}

/// Where a share begins that wasn't there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartPosition {
    /// At the first record that can be read.
    Earliest,
    /// Behind the last one.
    Latest,
    /// At the first record of this time or later, in milliseconds since 1970.
    At(i64),
    /// At this offset.
    Offset(i64),
}

impl Default for Settings {
    /// Kafka's: `group.share.delivery.count.limit`, `group.share.partition.max.record.locks`, `share.isolation.level`.
    fn default() -> Self {
        Settings {
            delivery_limit: 5,
            exhausted: Exhausted::Reject,
            window_records: 2_000,
            isolation: Isolation::Uncommitted,
            orphans: Orphans::Release,
        }
    }
}
