use std::sync::Arc;

use ninefold_share::{Acquired, Exhausted, Orphans, Receipt, Settings, Share, StartPosition, Verdict};
use ninefold_time::{Clock, Timestamp};
use proptest::sample::Index;

use crate::fixture::{Fixture, LEASE, request};
use crate::specification::{DELIVERY_LIMIT, Hold, LONGEST_LEASE, Place, Specification};

/// One operation.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Append(usize),
    Acquire(usize),
    AcquireDeadLetters(usize),
    /// Decides by one of the receipts that were given so far.
    Decide {
        pick: Index,
        verdict: u8,
    },
    Restore(Index),
    Advance(u64),
    /// With a crash or without.
    Restart(bool),
}

/// A receipt that was given.
#[derive(Clone, Copy, Debug)]
struct Given {
    offset: i64,
    receipt: Receipt,
    is_dead_letter: bool,
}

const SETTINGS: Settings = Settings {
    delivery_limit: DELIVERY_LIMIT,
    exhausted: Exhausted::SetAside,
    window_records: 1_000,
    isolation: ninefold_log::Isolation::Uncommitted,
    orphans: Orphans::Keep,
};

pub(crate) struct Driver {
    fixture: Fixture,
    share: Arc<Share>,
    specification: Specification,
    given: Vec<Given>,
}

impl Driver {
    pub(crate) async fn new() -> Self {
        let fixture = Fixture::new().await;
        let share = fixture.share_with(SETTINGS, StartPosition::Earliest).await;
        Driver {
            fixture,
            share,
            specification: Specification::default(),
            given: Vec::new(),
        }
    }

    pub(crate) async fn take(&mut self, step: Step) {
        match step {
            Step::Append(records) => {
                let first = self.fixture.append(records).await;
                self.specification.append(first, records);
            }
            Step::Acquire(records) => self.acquire(records).await,
            Step::AcquireDeadLetters(records) => self.acquire_dead_letters(records).await,
            Step::Decide { pick, verdict } => {
                if !self.given.is_empty() {
                    let given = *pick.get(&self.given);
                    self.decide(given, verdict).await;
                }
            }
            Step::Restore(pick) => {
                let dead_letters: Vec<Given> = self.given_dead_letters();
                if !dead_letters.is_empty() {
                    self.restore(*pick.get(&dead_letters)).await;
                }
            }
            Step::Advance(seconds) => self.fixture.advance(seconds),
            Step::Restart(is_crash) => self.restart(is_crash).await,
        }
        // What is over is set aside, so that a crash can't bring it back.
        self.share.sweep().await.unwrap();
        self.specification.settle(self.now());
    }

    fn now(&self) -> Timestamp {
        self.fixture.clock.now()
    }

    fn given_dead_letters(&self) -> Vec<Given> {
        let given = self.given.iter().copied();
        given.filter(|given| given.is_dead_letter).collect()
    }

    async fn acquire(&mut self, records: usize) {
        let acquired = self.share.acquire(&request("a", records)).await.unwrap();
        assert!(!acquired.is_empty() || self.specification.available() == 0);
        let deadline = self.now() + LEASE;
        for lease in acquired.leases() {
            let count = lease.delivery_count;
            self.specification
                .deliver(lease.offset, count, lease.receipt, deadline);
        }
        self.note_given(&acquired, false);
    }

    async fn acquire_dead_letters(&mut self, records: usize) {
        let acquired = self.share.acquire_dead_letters(records, 1 << 20, LEASE).await;
        let acquired = acquired.unwrap();
        assert!(!acquired.is_empty() || self.specification.available_dead_letters() == 0);
        let deadline = self.now() + LEASE;
        for lease in acquired.leases() {
            let count = lease.delivery_count;
            self.specification
                .deliver_dead_letter(lease.offset, count, lease.receipt, deadline);
        }
        self.note_given(&acquired, true);
    }

    fn note_given(&mut self, acquired: &Acquired, is_dead_letter: bool) {
        self.given.extend(acquired.leases().map(|lease| Given {
            offset: lease.offset,
            receipt: lease.receipt,
            is_dead_letter,
        }));
    }

    async fn decide(&mut self, given: Given, verdict: u8) {
        let verdict = match verdict {
            0 => Verdict::Accept,
            1 => Verdict::Release,
            _ => Verdict::Renew(LONGEST_LEASE),
        };
        let Given { offset, receipt, .. } = given;
        let mut answers = match given.is_dead_letter {
            true => self
                .share
                .decide_on_dead_letters(&[(receipt, verdict)])
                .await
                .unwrap(),
            false => self
                .share
                .decide_by_receipt(&[(offset, receipt, verdict)])
                .await
                .unwrap(),
        };
        let is_done = answers.remove(0).is_ok();
        if !self.check_decided(given, is_done) {
            return;
        }
        let deadline = self.now() + LONGEST_LEASE;
        let record = self.specification.records.get_mut(&offset).unwrap();
        match verdict {
            Verdict::Renew(_) => record.hold = Hold::Held(receipt, deadline),
            Verdict::Release => record.hold = Hold::Nobody,
            _ => {
                record.place = Place::Finished;
                record.hold = Hold::Nobody;
            }
        }
    }

    async fn restore(&mut self, given: Given) {
        let restored = self.share.restore(&[given.receipt]).await.unwrap().remove(0);
        if self.check_decided(given, restored.is_ok()) {
            let record = self.specification.records.get_mut(&given.offset).unwrap();
            record.place = Place::Waiting;
            record.deliveries = (0, 0);
            record.hold = Hold::Nobody;
        }
    }

    fn check_decided(&mut self, given: Given, is_done: bool) -> bool {
        let expected = self
            .specification
            .may_decide(given.offset, given.receipt, given.is_dead_letter);
        let record = self.specification.records.get_mut(&given.offset).unwrap();
        assert!(
            expected.is_none_or(|expected| expected == is_done),
            "{given:?}, {record:?}"
        );
        if is_done && given.is_dead_letter {
            record.place = Place::DeadLetter;
        }
        is_done
    }

    async fn restart(&mut self, is_crash: bool) {
        self.fixture.restart(is_crash).await;
        self.share = self.fixture.share_with(SETTINGS, StartPosition::Latest).await;
        if is_crash {
            self.specification.crash(self.now());
        }
    }

    /// Until everything is finished: dead letters are restored once, and accepted when they are acquired again.
    pub(crate) async fn drain(mut self) {
        for _ in 0..2 {
            self.take(Step::Advance(LONGEST_LEASE.as_secs())).await;
            self.take(Step::AcquireDeadLetters(1_000)).await;
            for given in self.given_dead_letters() {
                self.restore(given).await;
            }
        }
        self.take(Step::AcquireDeadLetters(1_000)).await;
        self.take(Step::Acquire(1_000)).await;
        for given in self.given.clone() {
            self.decide(given, 0).await;
        }
        let unfinished = self.specification.records.values();
        let unfinished = unfinished.filter(|record| record.place != Place::Finished);
        assert_eq!(unfinished.count(), 0, "{:?}", self.specification);
        self.share.sweep().await.unwrap();
        let description = self.share.describe().await.unwrap();
        assert_eq!(description.start_offset, self.fixture.partition().end_offset());
        assert_eq!(self.share.count_dead_letters(), (0, 0));
    }
}
