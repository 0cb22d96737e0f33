//! Who holds which records. Whether a lease is still in force, the queue knows.

use std::collections::{BTreeMap, HashSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use ninefold_queue::Receipt;

/// Who acquires records: an opaque name, chosen by the door.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(pub Arc<str>);

/// A record that was acquired.
#[derive(Clone, Debug)]
pub(crate) struct Holding {
    pub(crate) member: MemberId,
    pub(crate) receipt: Receipt,
}

/// The records that were acquired, by offset; at most as many as there are references.
#[derive(Debug, Default)]
pub(crate) struct Holdings {
    held: BTreeMap<i64, Holding>,
}

impl Holdings {
    /// Notes the latest lease of a record; the one before has ended.
    pub(crate) fn acquired(&mut self, offset: i64, member: MemberId, receipt: Receipt) {
        self.held.insert(offset, Holding { member, receipt });
    }

    /// Forgets a lease, unless there is a later one by now.
    pub(crate) fn forget(&mut self, offset: i64, receipt: Receipt) {
        if self
            .held
            .get(&offset)
            .is_some_and(|holding| holding.receipt == receipt)
        {
            self.held.remove(&offset);
        }
    }

    /// Forgets leases, wherever their records are.
    pub(crate) fn forget_all(&mut self, receipts: &[Receipt]) {
        let receipts: HashSet<&Receipt> = receipts.iter().collect();
        self.held
            .retain(|_, holding| !receipts.contains(&holding.receipt));
    }

    pub(crate) fn clear(&mut self) {
        self.held.clear();
    }

    /// What is held in a range of offsets, by whomever.
    pub(crate) fn range(&self, offsets: RangeInclusive<i64>) -> impl Iterator<Item = (i64, &Holding)> {
        self.held
            .range(offsets)
            .map(|(offset, holding)| (*offset, holding))
    }

    /// What a member holds.
    pub(crate) fn of_member(&self, member: &MemberId) -> Vec<(i64, Receipt)> {
        let held = self.held.iter().filter(|(_, holding)| holding.member == *member);
        held.map(|(offset, holding)| (*offset, holding.receipt)).collect()
    }

    /// Forgets a record, which is no more.
    pub(crate) fn remove(&mut self, offset: i64) {
        self.held.remove(&offset);
    }
}
