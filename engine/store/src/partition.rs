use std::fmt;

use xxhash_rust::xxh3::xxh3_64;

/// How many partitions there are. Fixed by the format on disk: a key's partition never changes.
pub const PARTITION_COUNT: u16 = 64;

/// The unit of ownership, order and atomicity: a resource lives in exactly one partition.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartitionId(u16);

impl PartitionId {
    /// The partition of the resource named `key`: XXH3 of the key, modulo [`PARTITION_COUNT`].
    pub fn of(key: &[u8]) -> Self {
        PartitionId((xxh3_64(key) % u64::from(PARTITION_COUNT)) as u16)
    }

    /// The partition with this number, if there is one.
    pub const fn new(number: u16) -> Option<Self> {
        if number < PARTITION_COUNT {
            Some(PartitionId(number))
        } else {
            None
        }
    }

    /// The partition's number, below [`PARTITION_COUNT`].
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Every partition, in order of its number.
    pub fn all() -> impl Iterator<Item = PartitionId> {
        (0..PARTITION_COUNT).map(PartitionId)
    }

    pub(crate) fn prefix(self) -> [u8; 2] {
        self.0.to_be_bytes()
    }
}

impl fmt::Debug for PartitionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PartitionId({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_partition_of_a_key_is_part_of_the_format() {
        // The XXH3 reference gives 0x2d06800538d394c2 for no input.
        assert_eq!(
            PartitionId::of(b"").number(),
            0x2d06_8005_38d3_94c2_u64 as u16 % 64
        );
        assert_eq!(PartitionId::of(b"orders").number(), 59);
    }

    #[test]
    fn every_partition_is_reachable() {
        let mut reached = [false; PARTITION_COUNT as usize];
        for number in 0..10_000_u32 {
            reached[usize::from(PartitionId::of(&number.to_be_bytes()).number())] = true;
        }
        assert_eq!(reached, [true; PARTITION_COUNT as usize]);
        assert_eq!(PartitionId::all().count(), usize::from(PARTITION_COUNT));
        assert_eq!(PartitionId::new(PARTITION_COUNT), None);
    }
}
