use std::sync::Arc;

use ninefold_log::Partition;

use crate::{StreamKey, StreamRecord};

/// A stream as it is at a moment; what changes is another one.
#[derive(Debug)]
pub struct Stream {
    /// Its name.
    pub key: StreamKey,
    /// What is known of it.
    pub record: Arc<StreamRecord>,
    /// Its shards' partitions, by the shards' numbers.
    pub partitions: Vec<Arc<Partition>>,
}

impl Stream {
    /// The partition of a shard.
    pub fn partition(&self, shard: u32) -> Option<&Arc<Partition>> {
        self.partitions.get(shard as usize)
    }

    /// The open shard that takes a hash key.
    pub fn shard_of(&self, hash_key: u128) -> Option<u32> {
        let takes = |shard: &crate::ShardRecord| {
            shard.is_open() && shard.hash_range.is_some_and(|range| range.contains(hash_key))
        };
        let place = self.record.shards.iter().position(takes)?;
        u32::try_from(place).ok()
    }

    /// What a door knows of it.
    pub fn attachment(&self, door: &str) -> Option<&serde_json::Value> {
        self.record.attachments.get(door)
    }
}
