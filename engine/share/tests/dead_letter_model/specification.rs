//! What is to be expected of a share with dead letters: a list of records, and a few rules.

use std::collections::BTreeMap;
use std::time::Duration;

use ninefold_share::Receipt;
use ninefold_time::Timestamp;

pub(crate) const DELIVERY_LIMIT: u32 = 3;
/// No lease of these tests lasts longer.
pub(crate) const LONGEST_LEASE: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// To be acquired.
    Waiting,
    /// To be acquired as a dead letter.
    DeadLetter,
    Finished,
}

/// Who holds a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hold {
    Nobody,
    /// Until a time.
    Held(Receipt, Timestamp),
    /// Anybody who has held it before, until a time at the latest: a crash may have forgotten what came then.
    Unknown(Timestamp),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Expected {
    pub(crate) place: Place,
    /// How often it was delivered, at least and at most.
    pub(crate) deliveries: (u32, u32),
    pub(crate) hold: Hold,
}

impl Expected {
    /// Whether it may be a dead letter by now, though a crash may have forgotten that it was delivered often enough.
    fn may_be_dead_letter(&self) -> bool {
        let may_be_over = self.deliveries.1 >= DELIVERY_LIMIT && !matches!(self.hold, Hold::Held(..));
        self.place == Place::DeadLetter || self.place == Place::Waiting && may_be_over
    }

    fn deliver(&mut self, count: u32, receipt: Receipt, deadline: Timestamp) {
        assert!(!matches!(self.hold, Hold::Held(..)), "it is held: {self:?}");
        let (least, most) = self.deliveries;
        assert!((least + 1..=most + 1).contains(&count), "{count}: {self:?}");
        self.deliveries = (count, count);
        self.hold = Hold::Held(receipt, deadline);
    }
}

#[derive(Debug, Default)]
pub(crate) struct Specification {
    pub(crate) records: BTreeMap<i64, Expected>,
}

impl Specification {
    pub(crate) fn append(&mut self, first: i64, records: usize) {
        let expected = Expected {
            place: Place::Waiting,
            deliveries: (0, 0),
            hold: Hold::Nobody,
        };
        self.records
            .extend((first..).take(records).map(|offset| (offset, expected)));
    }

    /// Lets leases end, and sets aside what was delivered often enough.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        for record in self.records.values_mut() {
            if let Hold::Held(_, until) | Hold::Unknown(until) = record.hold
                && until <= now
            {
                record.hold = Hold::Nobody;
            }
            let is_over = record.deliveries.0 >= DELIVERY_LIMIT && record.hold == Hold::Nobody;
            if record.place == Place::Waiting && is_over {
                record.place = Place::DeadLetter;
            }
        }
    }

    pub(crate) fn deliver(&mut self, offset: i64, count: u32, receipt: Receipt, deadline: Timestamp) {
        let record = self.records.get_mut(&offset).expect("there is no such record");
        assert_eq!(record.place, Place::Waiting, "{offset}");
        assert!(count <= DELIVERY_LIMIT, "{offset} was delivered {count} times");
        record.deliver(count, receipt, deadline);
    }

    pub(crate) fn deliver_dead_letter(
        &mut self,
        offset: i64,
        count: u32,
        receipt: Receipt,
        deadline: Timestamp,
    ) {
        let record = self.records.get_mut(&offset).expect("there is no such record");
        assert!(record.may_be_dead_letter(), "{offset} is none: {record:?}");
        record.place = Place::DeadLetter;
        record.deliver(count, receipt, deadline);
    }

    /// Whether a decision by a receipt is to succeed, if that is certain.
    pub(crate) fn may_decide(&self, offset: i64, receipt: Receipt, is_dead_letter: bool) -> Option<bool> {
        let record = &self.records[&offset];
        let is_place = match is_dead_letter {
            true => record.may_be_dead_letter(),
            false => record.place == Place::Waiting,
        };
        match record.hold {
            _ if !is_place => Some(false),
            Hold::Nobody => Some(false),
            Hold::Held(held, _) => Some(held == receipt),
            Hold::Unknown(_) => None,
        }
    }

    /// Records that can certainly be acquired.
    pub(crate) fn available(&self) -> usize {
        self.count(|record| record.place == Place::Waiting && record.deliveries.1 < DELIVERY_LIMIT)
    }

    /// Likewise, dead letters.
    pub(crate) fn available_dead_letters(&self) -> usize {
        self.count(|record| record.place == Place::DeadLetter)
    }

    fn count(&self, is_there: impl Fn(&Expected) -> bool) -> usize {
        let records = self.records.values();
        records
            .filter(|record| record.hold == Hold::Nobody && is_there(record))
            .count()
    }

    /// A crash may have forgotten leases, but nothing that was finished, set aside or restored.
    pub(crate) fn crash(&mut self, now: Timestamp) {
        for record in self.records.values_mut() {
            record.hold = Hold::Unknown(now + LONGEST_LEASE);
            record.deliveries.0 = match record.place {
                Place::DeadLetter => DELIVERY_LIMIT,
                Place::Waiting | Place::Finished => 0,
            };
        }
    }
}
