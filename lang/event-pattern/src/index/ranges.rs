use super::posting::{Anchor, Posting};
use crate::range::Range;
use hashbrown::HashMap;
use std::collections::BTreeMap;

/// Branches by the range that a number has to be in.
///
/// Ranges with one bound are in the order of that. Those with two are filed by their width: cells of the
/// smallest power of two that is wider are numbered from 0, and a range is in one of them or in two neighbours.
#[derive(Debug, Default)]
pub(super) struct Ranges {
    from: BTreeMap<i64, Posting>,
    upto: BTreeMap<i64, Posting>,
    within: HashMap<Cell, Posting>,
    /// How many cells there are of each width.
    widths: BTreeMap<u32, usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Cell {
    /// The power of two.
    width: u32,
    number: i64,
}

impl Cell {
    fn of(value: i64, width: u32) -> Self {
        Self {
            width,
            number: value.checked_shr(width).unwrap_or(0),
        }
    }

    /// The cells that a range lies in.
    fn of_range(low: i64, high: i64) -> impl Iterator<Item = Self> {
        let distance = high.abs_diff(low);
        let width = u64::BITS - distance.leading_zeros();
        let (first, last) = (Self::of(low, width), Self::of(high, width));
        std::iter::once(first).chain((first != last).then_some(last))
    }
}

impl Ranges {
    pub(super) fn is_empty(&self) -> bool {
        self.from.is_empty() && self.upto.is_empty() && self.within.is_empty()
    }

    /// How many branches are found along with one of this range and these other anchors.
    /// `None` if none can be.
    pub(super) fn others(&self, range: Range, deeper: &[Anchor<'_>]) -> Option<usize> {
        let of = |posting: Option<&Posting>| match posting {
            None => Some(0),
            Some(posting) => posting.others(deeper),
        };
        match (range.low(), range.high()) {
            (Some(low), Some(high)) => Cell::of_range(low, high).try_fold(0_usize, |sum, cell| {
                Some(sum.saturating_add(of(self.within.get(&cell))?))
            }),
            // Half of the others reach as far, or so.
            (Some(low), None) => Some(of(self.from.get(&low))?.saturating_add(self.from.len() / 2)),
            (None, high) => {
                let here = of(self.upto.get(&high.unwrap_or(i64::MAX)))?;
                Some(here.saturating_add(self.upto.len() / 2))
            }
        }
    }

    pub(super) fn edit(&mut self, range: Range, edit: &dyn Fn(&mut Posting)) {
        match (range.low(), range.high()) {
            (Some(low), Some(high)) => {
                for cell in Cell::of_range(low, high) {
                    self.edit_cell(cell, edit);
                }
            }
            (Some(low), None) => edit_bound(&mut self.from, low, edit),
            (None, high) => edit_bound(&mut self.upto, high.unwrap_or(i64::MAX), edit),
        }
    }

    fn edit_cell(&mut self, cell: Cell, edit: &dyn Fn(&mut Posting)) {
        let posting = self.within.entry(cell).or_default();
        let was_empty = posting.is_empty();
        edit(posting);
        let is_empty = posting.is_empty();
        if is_empty {
            self.within.remove(&cell);
        }
        let count = self.widths.entry(cell.width).or_default();
        match (was_empty, is_empty) {
            (true, false) => *count += 1,
            (false, true) => *count -= 1,
            _ => {}
        }
        if *count == 0 {
            self.widths.remove(&cell.width);
        }
    }

    /// Finds what is filed under ranges that a number may be in: all ranges that it is in, and some others.
    pub(super) fn find(&self, value: i64, found: &mut dyn FnMut(&Posting)) {
        for posting in self.from.range(..=value).map(|(_, posting)| posting) {
            found(posting);
        }
        for posting in self.upto.range(value..).map(|(_, posting)| posting) {
            found(posting);
        }
        for width in self.widths.keys() {
            if let Some(posting) = self.within.get(&Cell::of(value, *width)) {
                found(posting);
            }
        }
    }
}

fn edit_bound(bounds: &mut BTreeMap<i64, Posting>, bound: i64, edit: &dyn Fn(&mut Posting)) {
    let posting = bounds.entry(bound).or_default();
    edit(posting);
    if posting.is_empty() {
        bounds.remove(&bound);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn range() -> impl Strategy<Value = Range> {
        let bound = prop_oneof![
            -20_i64..20,
            Just(-5_000_000_000_000_000),
            Just(5_000_000_000_000_000)
        ];
        (prop::option::of(bound.clone()), prop::option::of(bound)).prop_map(|(low, high)| {
            let range = Range::new(low.unwrap_or(Range::LOWEST), high.unwrap_or(Range::HIGHEST));
            match (range.low(), range.high()) {
                (Some(low), Some(high)) => Range::new(low.min(high), low.max(high)),
                _ => range,
            }
        })
    }

    fn contains(range: Range, value: i64) -> bool {
        range.low().is_none_or(|low| low <= value) && range.high().is_none_or(|high| value <= high)
    }

    proptest! {
        #[test]
        fn no_range_is_missed(ranges in prop::collection::vec(range(), 0..20), value in -25_i64..25) {
            let mut index = Ranges::default();
            for (number, range) in (0..).zip(&ranges) {
                index.edit(*range, &|posting| posting.insert_ungated(number));
            }
            let mut found = Vec::new();
            index.find(value, &mut |posting| found.extend(posting.here()));
            for (number, range) in (0..).zip(&ranges) {
                let expected = contains(*range, value);
                prop_assert!(!expected || found.contains(&number), "{:?}", range);
                if range.low().is_none() || range.high().is_none() {
                    prop_assert_eq!(expected, found.contains(&number), "{:?}", range);
                }
            }
            for (number, range) in (0..).zip(&ranges) {
                index.edit(*range, &|posting| posting.remove(number));
            }
            prop_assert!(index.is_empty() && index.widths.is_empty());
        }
    }
}
