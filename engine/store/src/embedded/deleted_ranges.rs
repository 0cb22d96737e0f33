//! The ranges of keys that were deleted as a whole.

use std::collections::BTreeMap;
use std::ops::{Bound, Range};

use crate::batch::PrefixedKey;

/// Ranges without overlap, each with the number of its deletion; where two deletions meet, the later one counts.
#[derive(Debug, Default)]
pub(super) struct DeletedRanges(BTreeMap<PrefixedKey, Deleted>);

/// What is known of a range besides its first key.
#[derive(Debug)]
struct Deleted {
    end: PrefixedKey,
    number: u32,
}

impl DeletedRanges {
    /// Notes a deletion, which is later than all noted before.
    pub(super) fn add(&mut self, range: Range<PrefixedKey>, number: u32) {
        self.split_at(&range.start);
        self.split_at(&range.end);
        while let Some((start, _)) = self.0.range(range.clone()).next() {
            let start = start.clone();
            self.0.remove(&start);
        }
        let end = range.end;
        self.0.insert(range.start, Deleted { end, number });
    }

    /// Makes two ranges of the one that `key` stands in, if any does.
    fn split_at(&mut self, key: &PrefixedKey) {
        let before = self.0.range_mut(..key.clone()).next_back();
        let Some((_, deleted)) = before.filter(|(_, deleted)| deleted.end > *key) else {
            return;
        };
        let rest = Deleted {
            end: std::mem::replace(&mut deleted.end, key.clone()),
            number: deleted.number,
        };
        self.0.insert(key.clone(), rest);
    }

    /// The number of the last deletion of a key; none if it is in no range.
    pub(super) fn number_at(&self, key: &[u8]) -> Option<u32> {
        let until = (Bound::Unbounded, Bound::Included(key));
        let (_, deleted) = self.0.range::<[u8], _>(until).next_back()?;
        (*deleted.end > *key).then_some(deleted.number)
    }

    /// What of a range was not deleted, in order.
    pub(super) fn gaps(&self, range: Range<PrefixedKey>) -> Vec<Range<PrefixedKey>> {
        let Range { mut start, end } = range;
        let mut gaps = Vec::new();
        let before = self.0.range(..start.clone()).next_back();
        if let Some((_, deleted)) = before {
            start = start.max(deleted.end.clone());
        }
        if start < end {
            for (from, deleted) in self.0.range(start.clone()..end.clone()) {
                if start < *from {
                    gaps.push(start..from.clone());
                }
                start = deleted.end.clone();
            }
        }
        if start < end {
            gaps.push(start..end);
        }
        gaps
    }

    /// The ranges, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Range<PrefixedKey>> {
        self.0
            .iter()
            .map(|(start, deleted)| start.clone()..deleted.end.clone())
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(number: u8) -> PrefixedKey {
        PrefixedKey::from_slice(&[number])
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Against the number of the last deletion of every single key.
        #[test]
        fn the_last_deletion_of_a_key_counts(
            ranges in prop::collection::vec((0..30_u8, 1..10_u8), 0..12),
            (from, length) in (0..30_u8, 0..20_u8),
        ) {
            let mut deleted = DeletedRanges::default();
            let mut numbers = [None; 64];
            for (number, (start, length)) in (1..).zip(ranges) {
                deleted.add(key(start)..key(start + length), number);
                numbers[usize::from(start)..usize::from(start + length)].fill(Some(number));
            }
            for (number, place) in numbers.iter().zip(0..) {
                prop_assert_eq!(deleted.number_at(&key(place)), *number);
            }
            let gaps = deleted.gaps(key(from)..key(from + length));
            prop_assert!(gaps.iter().all(|gap| gap.start < gap.end));
            for place in 0..64 {
                let is_left = (from..from + length).contains(&place) && numbers[usize::from(place)].is_none();
                let gaps_with_it = gaps.iter().filter(|gap| gap.contains(&key(place))).count();
                prop_assert_eq!(gaps_with_it, usize::from(is_left));
            }
        }
    }
}
