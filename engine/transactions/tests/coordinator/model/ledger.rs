//! What was asked for and told, and what has to follow from it.

use std::collections::{BTreeMap, BTreeSet};

use ninefold_transactions::{Outcome, Producer, ProducerId};

/// Every attempt at a transaction has a number, which all its records carry.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    transactions: Vec<Attempt>,
    /// Which incarnation of an application was told that it is this.
    identities: BTreeMap<Producer, Incarnation>,
    /// Producer ids of those without transactional id.
    nameless: BTreeSet<ProducerId>,
}

#[derive(Debug, Default)]
struct Attempt {
    asked: BTreeSet<Outcome>,
    told: Option<Outcome>,
    has_written: bool,
}

/// An application from one start to the next. Every number is another one.
pub(super) type Incarnation = u64;

impl Ledger {
    pub(super) fn begin(&mut self) -> u64 {
        self.transactions.push(Attempt::default());
        self.transactions.len() as u64 - 1
    }

    fn of(&mut self, number: u64) -> &mut Attempt {
        &mut self.transactions[number as usize]
    }

    pub(super) fn write(&mut self, number: u64) {
        self.of(number).has_written = true;
    }

    pub(super) fn ask(&mut self, number: u64, outcome: Outcome) {
        self.of(number).asked.insert(outcome);
    }

    pub(super) fn tell(&mut self, number: u64, outcome: Outcome) {
        assert_eq!(*self.of(number).told.get_or_insert(outcome), outcome);
    }

    pub(super) fn is_told(&self, number: u64) -> bool {
        self.transactions[number as usize].told.is_some()
    }

    pub(super) fn has_written(&self, number: u64) -> bool {
        self.transactions[number as usize].has_written
    }

    /// Somebody is told who it is: nobody else was that.
    pub(super) fn identify(&mut self, producer: Producer, incarnation: Incarnation) {
        let known = *self.identities.entry(producer).or_insert(incarnation);
        assert_eq!(known, incarnation, "{producer:?} was given to two");
        assert!(!self.nameless.contains(&producer.id), "{producer:?} has a name");
    }

    pub(super) fn identify_nameless(&mut self, producer: Producer) {
        assert_eq!(producer.epoch, 0);
        assert!(self.nameless.insert(producer.id), "{producer:?} was given to two");
        let mut named = self.identities.keys();
        assert!(
            named.all(|known| known.id != producer.id),
            "{producer:?} has a name"
        );
    }

    /// Compares with what has become of all records.
    pub(super) fn check(&self, outcomes: &BTreeMap<u64, BTreeSet<Outcome>>) {
        for (number, attempt) in self.transactions.iter().enumerate() {
            let found = outcomes.get(&(number as u64)).cloned().unwrap_or_default();
            assert!(found.len() <= 1, "transaction {number} was torn");
            let Some(outcome) = found.first() else {
                continue;
            };
            assert!(attempt.has_written);
            if *outcome == Outcome::Commit {
                assert!(
                    attempt.asked.contains(outcome),
                    "nobody wanted transaction {number}"
                );
            }
            if let Some(told) = attempt.told {
                assert_eq!(*outcome, told, "what was told of transaction {number}");
            }
        }
    }
}
