//! What is to be expected of a share: a list of records, and a few rules.

use std::collections::BTreeMap;

use ninefold_time::Timestamp;

pub(crate) const DELIVERY_LIMIT: u32 = 3;

/// What is known of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) is_finished: bool,
    /// How often it was delivered, at least and at most: a crash may have forgotten some.
    pub(crate) deliveries: (u32, u32),
    pub(crate) lease: Option<(usize, Timestamp)>,
}

impl Expected {
    /// Whether it certainly is not finished: what a crash has forgotten isn't known.
    fn is_unfinished(&self) -> bool {
        !self.is_finished && (self.lease.is_some() || self.deliveries.1 < DELIVERY_LIMIT)
    }
}

/// The records that anybody may see, by offset.
#[derive(Debug, Default)]
pub(crate) struct Specification {
    pub(crate) records: BTreeMap<i64, Expected>,
    pub(crate) start_offset: i64,
}

impl Specification {
    pub(crate) fn append(&mut self, first: i64, records: usize) {
        let expected = Expected {
            is_finished: false,
            deliveries: (0, 0),
            lease: None,
        };
        self.records
            .extend((first..).take(records).map(|offset| (offset, expected)));
    }

    /// Lets leases end, and finishes what was delivered too often or is no more.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        for (offset, record) in &mut self.records {
            record.lease = record.lease.filter(|(_, deadline)| *deadline > now);
            let is_over = record.deliveries.0 >= DELIVERY_LIMIT || *offset < self.start_offset;
            record.is_finished |= record.lease.is_none() && is_over;
        }
    }

    /// Checks that a record may be delivered, and notes that it is.
    pub(crate) fn deliver(&mut self, offset: i64, count: u32, member: usize, deadline: Timestamp) {
        let record = self.records.get_mut(&offset).expect("there is no such record");
        assert!(!record.is_finished, "{offset} is finished: {record:?}");
        assert!(record.lease.is_none(), "{offset} is held: {record:?}");
        let (least, most) = record.deliveries;
        assert!(
            (least + 1..=most + 1).contains(&count) && count <= DELIVERY_LIMIT,
            "{offset} was delivered {count} times: {record:?}"
        );
        record.deliveries = (count, count);
        record.lease = Some((member, deadline));
    }

    pub(crate) fn held_by(&self, member: usize) -> Vec<i64> {
        let held = self.records.iter().filter(|(_, record)| {
            record.lease.is_some_and(|(holder, _)| holder == member) && !record.is_finished
        });
        held.map(|(offset, _)| *offset).collect()
    }

    pub(crate) fn finish(&mut self, offset: i64) {
        if let Some(record) = self.records.get_mut(&offset) {
            record.is_finished = true;
            record.lease = None;
        }
    }

    pub(crate) fn release(&mut self, offset: i64) {
        if let Some(record) = self.records.get_mut(&offset) {
            record.lease = None;
        }
    }

    pub(crate) fn in_flight(&self) -> usize {
        let records = self.records.values();
        records.filter(|record| record.lease.is_some()).count()
    }

    /// Records that can certainly be acquired.
    pub(crate) fn available(&self) -> usize {
        let records = self.records.values();
        records
            .filter(|record| record.is_unfinished() && record.lease.is_none())
            .count()
    }

    pub(crate) fn first_unfinished(&self) -> Option<i64> {
        let mut records = self.records.iter();
        records
            .find(|(_, record)| record.is_unfinished())
            .map(|(offset, _)| *offset)
    }

    /// Everything is everybody's again; after a crash, deliveries may be forgotten.
    pub(crate) fn restart(&mut self, is_crash: bool, now: Timestamp) {
        for record in self.records.values_mut() {
            record.lease = None;
            if is_crash && !record.is_finished {
                record.deliveries.0 = 0;
            }
        }
        self.settle(now);
    }
}
