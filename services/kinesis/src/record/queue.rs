//! What is kept of a queue. Which of the stream's records it has delivered, the share of each shard knows.

use ninefold_catalog::{Record, Table};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Tags;

/// The table of queues, by account, region and id.
pub(crate) const QUEUES: Table = Table::new(73, "kinesis.queues");

/// A queue on a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct QueueRecord {
    pub(crate) name: String,
    /// The stream that it is on, and not one of the same name before or after.
    pub(crate) stream: Uuid,
    pub(crate) stream_name: String,
    pub(crate) stream_created_at_milliseconds: u64,
    pub(crate) created_at_milliseconds: u64,
    /// Whether it is being deleted: what it has delivered may be forgotten already.
    pub(crate) is_deleting: bool,
    pub(crate) start: QueueStart,
    /// The time at which it begins, about.
    pub(crate) start_milliseconds: u64,
    pub(crate) visibility_seconds: u32,
    /// How often a record is received before it is a dead letter; none: as often as it takes.
    pub(crate) largest_receive_count: Option<u32>,
    pub(crate) tags: Tags,
    pub(crate) policy: Option<String>,
}

/// Where a queue begins in its stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum QueueStart {
    /// At the oldest record there is.
    Oldest,
    /// At this time, in milliseconds since the epoch.
    At(i64),
    /// Behind what there was: at these offsets in the shards that there were, by their numbers, none for those that were closed; and at
    /// the beginning of shards that came later.
    Behind(Vec<Option<i64>>),
}

impl Record for QueueRecord {
    const FORMAT: u8 = 1;
}
