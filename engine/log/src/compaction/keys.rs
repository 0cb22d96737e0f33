//! Where the latest record of every key is, as Kafka's `OffsetMap` has it: by a hash of the key, so that a million keys take some
//! 50 MiB whatever they are.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use xxhash_rust::xxh3::xxh3_128_with_seed;

/// See the [module](self).
pub(super) struct LatestOffsets {
    offsets: HashMap<KeyHash, i64>,
    /// Nobody who chooses keys knows it, so that nobody can choose two with the same hash.
    seed: u64,
    limit: usize,
}

/// Bytes, not a number: their alignment would make every entry a third larger.
type KeyHash = [u8; 16];

impl LatestOffsets {
    /// Of no key yet, and of about so many in the end.
    pub(super) fn new(limit: usize) -> Self {
        LatestOffsets {
            offsets: HashMap::new(),
            seed: RandomState::new().hash_one(limit),
            limit: limit.max(1),
        }
    }

    /// Whether no further batch is to be taken in.
    pub(super) fn is_full(&self) -> bool {
        self.offsets.len() >= self.limit
    }

    /// A key has a record at an offset, later than those before.
    pub(super) fn note(&mut self, key: &[u8], offset: i64) {
        let hash = self.hash(key);
        self.offsets.insert(hash, offset);
    }

    /// The offset of the latest record of a key; `None` if there is none among those taken in.
    pub(super) fn latest(&self, key: &[u8]) -> Option<i64> {
        self.offsets.get(&self.hash(key)).copied()
    }

    fn hash(&self, key: &[u8]) -> KeyHash {
        xxh3_128_with_seed(key, self.seed).to_ne_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_offset_of_a_key_counts() {
        let mut latest = LatestOffsets::new(2);
        latest.note(b"a", 1);
        latest.note(b"a", 4);
        assert!(!latest.is_full());
        latest.note(b"", 5);
        assert!(latest.is_full());
        assert_eq!((latest.latest(b"a"), latest.latest(b"")), (Some(4), Some(5)));
        assert_eq!(latest.latest(b"b"), None);
    }
}
