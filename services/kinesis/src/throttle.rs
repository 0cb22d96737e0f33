//! AWS's limits of throughput, where they are wanted: what a shard takes and gives in a second, and how often an account may call
//! what isn't about records. And what a shard took, by which on-demand streams grow.
//!
//! A second is one of the clock's: what counts is what came since it began.

use std::collections::HashMap;

use ninefold_protocol::{AccountId, CallContext, Region};
use parking_lot::Mutex;

use crate::limits::{READ_BYTES, READ_CALLS, WRITE_BYTES, WRITE_RECORDS};

/// So many accounts' calls are counted at one time.
const COUNTED: usize = 10_000;

/// Whether AWS's limits of throughput hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Throttling {
    /// They don't.
    #[default]
    None,
    /// They do.
    Aws,
}

impl Throttling {
    /// Reads `none` or `aws`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "none" => Some(Throttling::None),
            "aws" => Some(Throttling::Aws),
            _ => None,
        }
    }
}

/// What went in and out of a shard.
#[derive(Debug, Default)]
pub(crate) struct ShardMeter(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    writes: Second,
    reads: Second,
    /// Nobody reads before, since so much was read.
    reads_from_milliseconds: u64,
    load: Load,
}

/// Counts of one second.
#[derive(Clone, Copy, Debug, Default)]
struct Second {
    second: u64,
    bytes: u64,
    count: u64,
}

/// What a shard took in a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) bytes: u64,
    pub(crate) records: u64,
}

impl Second {
    fn at(&mut self, now_milliseconds: u64) -> &mut Self {
        let second = now_milliseconds / 1_000;
        if self.second != second {
            *self = Second {
                second,
                ..Second::default()
            };
        }
        self
    }
}

impl ShardMeter {
    /// Whether a record may still go in; if so, it counts.
    pub(crate) fn admit(&self, now_milliseconds: u64, bytes: u64) -> bool {
        let mut counts = self.0.lock();
        let writes = counts.writes.at(now_milliseconds);
        // A record that is larger than what a second takes would never go in otherwise.
        let has_room = writes.bytes + bytes <= WRITE_BYTES || writes.bytes == 0;
        let is_admitted = has_room && writes.count < WRITE_RECORDS;
        if is_admitted {
            writes.bytes += bytes;
            writes.count += 1;
        }
        is_admitted
    }

    /// Notes what went in.
    pub(crate) fn note(&self, bytes: u64, records: u64) {
        let load = &mut self.0.lock().load;
        load.bytes += bytes;
        load.records += records;
    }

    /// What went in since this was asked last.
    pub(crate) fn take_load(&self) -> Load {
        std::mem::take(&mut self.0.lock().load)
    }

    /// Whether it may be read now; if so, it counts as read.
    pub(crate) fn admit_read(&self, now_milliseconds: u64) -> bool {
        let mut counts = self.0.lock();
        if now_milliseconds < counts.reads_from_milliseconds {
            return false;
        }
        let reads = counts.reads.at(now_milliseconds);
        let is_admitted = reads.count < READ_CALLS;
        reads.count += u64::from(is_admitted);
        is_admitted
    }

    /// Notes how much was read: what is more than a second's worth has to be waited for.
    pub(crate) fn note_read(&self, now_milliseconds: u64, bytes: u64) {
        let mut counts = self.0.lock();
        let reads = counts.reads.at(now_milliseconds);
        reads.bytes += bytes;
        if reads.bytes > READ_BYTES {
            let worth_milliseconds = reads.bytes * 1_000 / READ_BYTES;
            counts.reads_from_milliseconds = counts.reads.second * 1_000 + worth_milliseconds;
        }
    }
}

/// How often accounts have called what isn't about records, in this second.
#[derive(Default)]
pub(crate) struct CallRates(Mutex<HashMap<(AccountId, Region, &'static str), Second>>);

impl CallRates {
    /// Whether an account may call an operation, by AWS's limits; if so, it counts.
    pub(crate) fn admit(
        &self,
        context: &CallContext,
        operation: &'static str,
        now_milliseconds: u64,
    ) -> bool {
        let Some(limit) = calls_a_second(operation) else {
            return true;
        };
        let mut counts = self.0.lock();
        if counts.len() >= COUNTED {
            counts.clear();
        }
        let key = (context.principal.account, context.region.clone(), operation);
        let calls = counts.entry(key).or_default().at(now_milliseconds);
        let is_admitted = calls.count < limit;
        calls.count += u64::from(is_admitted);
        is_admitted
    }
}

/// How often an account may call an operation in a second.
///
/// Source: [Quotas and limits](https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html#kds-api-limits).
fn calls_a_second(operation: &str) -> Option<u64> {
    match operation {
        "AddTagsToStream"
        | "CreateChannel"
        | "CreateQueue"
        | "CreateStream"
        | "DecreaseStreamRetentionPeriod"
        | "DeleteChannel"
        | "DeleteQueue"
        | "DeleteResourcePolicy"
        | "DeleteStream"
        | "DeregisterStreamConsumer"
        | "DescribeAccountSettings"
        | "DescribeChannel"
        | "DescribeQueue"
        | "DisableEnhancedMonitoring"
        | "EnableEnhancedMonitoring"
        | "GetResourcePolicy"
        | "IncreaseStreamRetentionPeriod"
        | "ListChannels"
        | "ListQueues"
        | "ListStreamConsumers"
        | "ListStreams"
        | "ListTagsForResource"
        | "ListTagsForStream"
        | "MergeShards"
        | "PutResourcePolicy"
        | "RegisterStreamConsumer"
        | "RemoveTagsFromStream"
        | "SplitShard"
        | "StartStreamEncryption"
        | "StopStreamEncryption"
        | "TagResource"
        | "UntagResource"
        | "UpdateAccountSettings"
        | "UpdateChannel"
        | "UpdateMaxRecordSize"
        | "UpdateQueue"
        | "UpdateStreamMode"
        | "UpdateStreamRecordDistributionStrategy"
        | "UpdateStreamWarmThroughput" => Some(5),
        "DescribeLimits" => Some(1),
        "DescribeStream" | "UpdateShardCount" => Some(10),
        "DescribeStreamConsumer" | "DescribeStreamSummary" => Some(20),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_takes_so_much_a_second() {
        let meter = ShardMeter::default();
        assert!(meter.admit(500, WRITE_BYTES));
        assert!(!meter.admit(999, 1));
        assert!((0..WRITE_RECORDS).all(|_| meter.admit(1_000, 1)));
        assert!(!meter.admit(1_000, 1));
        assert!(
            meter.admit(2_000, 2 * WRITE_BYTES),
            "one that is too large by itself"
        );
        assert_eq!(meter.take_load(), Load::default());
        meter.note(5, 1);
        meter.note(6, 1);
        assert_eq!(
            meter.take_load(),
            Load {
                bytes: 11,
                records: 2
            }
        );
        assert_eq!(meter.take_load(), Load::default());
    }

    #[test]
    fn reading_much_is_paid_for_with_waiting() {
        let meter = ShardMeter::default();
        assert!((0..READ_CALLS).all(|_| meter.admit_read(7_000)));
        assert!(!meter.admit_read(7_999));
        assert!(meter.admit_read(8_000));
        meter.note_read(8_000, 10 << 20);
        assert!(!meter.admit_read(12_999));
        assert!(meter.admit_read(13_000));
    }
}
