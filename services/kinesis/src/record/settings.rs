//! What the door knows of a stream besides its shards: an attachment of the stream, which changes as one with it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Tags;
use crate::limits::{DAY_MILLISECONDS, RECORD_KIB};
use crate::throttle::Throttling;

/// The tag that says whether AWS's limits of throughput hold for a stream: `aws` or `none`.
const THROTTLING_TAG: &str = "ninefold:throttling";

/// A stream's settings. What a record lacks has its default, so that fields can be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct StreamSettings {
    pub(crate) mode: Mode,
    pub(crate) retention_hours: u32,
    /// The key that new records are said to be encrypted with.
    pub(crate) encryption_key: Option<String>,
    pub(crate) tags: Tags,
    pub(crate) policy: Option<String>,
    /// What is measured by shard.
    pub(crate) metrics: BTreeSet<Metric>,
    pub(crate) largest_record_kib: u32,
    pub(crate) distribution: Distribution,
    pub(crate) warm_mib_per_second: Option<u32>,
    /// When the number of shards was changed in the last 24 hours, in milliseconds since the epoch.
    pub(crate) shard_count_changes: Vec<u64>,
    /// Likewise, the capacity mode.
    pub(crate) mode_changes: Vec<u64>,
}

impl Default for StreamSettings {
    fn default() -> Self {
        StreamSettings {
            mode: Mode::Provisioned,
            retention_hours: 24,
            encryption_key: None,
            tags: Tags::default(),
            policy: None,
            metrics: BTreeSet::new(),
            largest_record_kib: RECORD_KIB,
            distribution: Distribution::UserPartitionKey,
            warm_mib_per_second: None,
            shard_count_changes: Vec::new(),
            mode_changes: Vec::new(),
        }
    }
}

impl StreamSettings {
    /// Whether AWS's limits of throughput hold, if the stream says so itself.
    pub(crate) fn throttling(&self) -> Option<Throttling> {
        self.tags
            .get(THROTTLING_TAG)
            .and_then(|value| Throttling::parse(value))
    }
}

/// Of these changes, those of the last 24 hours.
pub(crate) fn of_last_day(changes: &[u64], now_milliseconds: u64) -> Vec<u64> {
    let since = now_milliseconds.saturating_sub(DAY_MILLISECONDS);
    changes.iter().copied().filter(|change| *change > since).collect()
}

/// Whose business the number of shards is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Mode {
    /// The owner's.
    Provisioned,
    /// The server's.
    OnDemand,
}

/// What decides which shard a record goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Distribution {
    /// The server.
    Auto,
    /// The record's partition key.
    UserPartitionKey,
}

/// What can be measured by shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Metric {
    IncomingBytes,
    IncomingRecords,
    OutgoingBytes,
    OutgoingRecords,
    WriteProvisionedThroughputExceeded,
    ReadProvisionedThroughputExceeded,
    IteratorAgeMilliseconds,
}

impl Metric {
    pub(crate) const ALL: [Metric; 7] = [
        Metric::IncomingBytes,
        Metric::IncomingRecords,
        Metric::OutgoingBytes,
        Metric::OutgoingRecords,
        Metric::WriteProvisionedThroughputExceeded,
        Metric::ReadProvisionedThroughputExceeded,
        Metric::IteratorAgeMilliseconds,
    ];
}
