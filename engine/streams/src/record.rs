//! What is kept of a stream.

use std::collections::BTreeMap;

use ninefold_catalog::Record;
use ninefold_log::PartitionNumber;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// What is known of a stream besides its records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreamRecord {
    /// Told apart by it from one of the same name that was deleted.
    pub id: Uuid,
    /// Who made it.
    pub birth: Birth,
    /// When, in milliseconds since the epoch.
    pub created_at_milliseconds: u64,
    /// All shards there ever were, by their numbers.
    pub shards: Vec<ShardRecord>,
    /// What each door knows of it.
    pub attachments: BTreeMap<String, Value>,
}

/// Which kind of door made a stream, which decides who may change its shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Birth {
    /// One whose shards are split and merged by ranges of hash keys.
    Kinesis,
    /// One whose partitions get more and never fewer.
    Kafka,
}

/// A shard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardRecord {
    partition: u64,
    /// The hash keys it takes, where they decide.
    pub hash_range: Option<HashRange>,
    /// The numbers of the shards that it follows.
    pub parents: Vec<u32>,
    /// When it was opened, in milliseconds since the epoch.
    pub opened_at_milliseconds: u64,
    /// When it was closed; `None` while it takes records.
    pub closed_at_milliseconds: Option<u64>,
}

/// Hash keys, from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HashRange {
    /// The first one.
    #[serde(with = "decimal")]
    pub first: u128,
    /// The last one.
    #[serde(with = "decimal")]
    pub last: u128,
}

impl ShardRecord {
    pub(crate) fn new(
        partition: PartitionNumber,
        hash_range: Option<HashRange>,
        parents: Vec<u32>,
        opened_at_milliseconds: u64,
    ) -> Self {
        ShardRecord {
            partition: partition.get(),
            hash_range,
            parents,
            opened_at_milliseconds,
            closed_at_milliseconds: None,
        }
    }

    /// Where its records are.
    pub fn partition(&self) -> PartitionNumber {
        PartitionNumber::new(self.partition)
    }

    /// Whether it takes records.
    pub fn is_open(&self) -> bool {
        self.closed_at_milliseconds.is_none()
    }
}

impl HashRange {
    /// Whether a hash key is in it.
    pub fn contains(&self, hash_key: u128) -> bool {
        (self.first..=self.last).contains(&hash_key)
    }

    /// All hash keys, cut into so many ranges as even as can be.
    pub fn even(count: u32) -> Vec<HashRange> {
        let count = u128::from(count.max(1));
        let all = HashRange {
            first: 0,
            last: u128::MAX,
        };
        if count == 1 {
            return vec![all];
        }
        // 2^128 itself does not fit.
        let step = u128::MAX / count + u128::from(u128::MAX % count == count - 1);
        let range = |place: u128| HashRange {
            first: place * step,
            last: if place + 1 == count {
                all.last
            } else {
                (place + 1) * step - 1
            },
        };
        (0..count).map(range).collect()
    }
}

impl Record for StreamRecord {
    const FORMAT: u8 = 1;
}

/// JSON numbers have not as many digits.
mod decimal {
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(number: &u128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_ranges_cover_all_hash_keys_without_gaps() {
        for count in [1, 2, 3, 4, 5, 7, 64, 1_000] {
            let ranges = HashRange::even(count);
            assert_eq!(ranges.len(), count as usize);
            assert_eq!((ranges[0].first, ranges[ranges.len() - 1].last), (0, u128::MAX));
            for pair in ranges.windows(2) {
                assert_eq!(pair[0].last + 1, pair[1].first);
            }
        }
        // As the published example of a stream with four shards has it.
        assert_eq!(
            HashRange::even(4)[1].first,
            85_070_591_730_234_615_865_843_651_857_942_052_864
        );
    }
}
