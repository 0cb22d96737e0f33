use ninefold_log::Isolation;
use ninefold_record_batch::MarkerKind;
use ninefold_share::{Claim, Settings, Share, ShareError, StartPosition, Verdict};
use ninefold_time::{Clock, Timestamp};
use std::sync::Arc;

use crate::fixture::{Fixture, LEASE, deliveries, member, request};
use crate::specification::{DELIVERY_LIMIT, Specification};

const MEMBERS: [&str; 3] = ["a", "b", "c"];

/// One operation.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Append(usize),
    Transaction {
        records: usize,
        commits: bool,
    },
    Acquire {
        member: usize,
        records: usize,
        /// Whether there is room for one batch only.
        is_narrow: bool,
    },
    /// Decides about some of what a member holds, or has held.
    Decide {
        member: usize,
        from: usize,
        records: usize,
        verdict: u8,
    },
    ReleaseAll(usize),
    Advance(u64),
    LetGo(i64),
    Sweep,
    /// With a crash or without.
    Restart(bool),
}

pub(crate) struct Driver {
    fixture: Fixture,
    settings: Settings,
    share: Arc<Share>,
    specification: Specification,
    producers: i64,
}

impl Driver {
    pub(crate) async fn new(window_records: usize) -> Self {
        let fixture = Fixture::new().await;
        let settings = Settings {
            delivery_limit: DELIVERY_LIMIT,
            window_records,
            isolation: Isolation::Committed,
            ..Settings::default()
        };
        let share = fixture.share_with(settings, StartPosition::Earliest).await;
        Driver {
            fixture,
            settings,
            share,
            specification: Specification::default(),
            producers: 0,
        }
    }

    pub(crate) async fn take(&mut self, step: Step) {
        match step {
            Step::Append(records) => {
                let first = self.fixture.append(records).await;
                self.specification.append(first, records);
            }
            Step::Transaction { records, commits } => self.transaction(records, commits).await,
            Step::Acquire {
                member,
                records,
                is_narrow,
            } => drop(self.acquire(member, records, is_narrow).await),
            Step::Decide {
                member,
                from,
                records,
                verdict,
            } => self.decide(member, from, records, verdict).await,
            Step::ReleaseAll(holder) => self.release_all(holder).await,
            Step::Advance(seconds) => self.fixture.advance(seconds),
            Step::LetGo(records) => self.let_go(records).await,
            Step::Sweep => self.share.sweep().await.unwrap(),
            Step::Restart(is_crash) => self.restart(is_crash).await,
        }
        self.specification.settle(self.now());
        self.check().await;
    }

    fn now(&self) -> Timestamp {
        self.fixture.clock.now()
    }

    async fn transaction(&mut self, records: usize, commits: bool) {
        self.producers += 1;
        let first = self.fixture.append_in_transaction(self.producers, records).await;
        // Nobody sees anything of it before it has ended.
        self.acquire(0, 2, false).await;
        let kind = if commits {
            self.specification.append(first, records);
            MarkerKind::Commit
        } else {
            MarkerKind::Abort
        };
        self.fixture.end_transaction(self.producers, kind).await;
    }

    /// Acquires; returns how many records that were.
    async fn acquire(&mut self, holder: usize, records: usize, is_narrow: bool) -> usize {
        self.specification.settle(self.now());
        let mut wish = request(MEMBERS[holder], records);
        if is_narrow {
            wish.max_bytes = 1;
        }
        let acquired = self.share.acquire(&wish).await.unwrap();
        let found = deliveries(&acquired);
        assert!(found.is_sorted() && found.len() <= records);
        assert!(!is_narrow || acquired.batches.len() <= 1);
        if found.is_empty() {
            let has_room = self.specification.in_flight() < self.settings.window_records;
            assert!(
                self.specification.available() == 0 || !has_room,
                "nothing was given: {:?}",
                self.specification
            );
        }
        let deadline = self.now() + LEASE;
        for (offset, count) in &found {
            self.specification.deliver(*offset, *count, holder, deadline);
        }
        found.len()
    }

    async fn decide(&mut self, holder: usize, from: usize, records: usize, verdict: u8) {
        self.specification.settle(self.now());
        let held = self.specification.held_by(holder);
        let Some(first) = held.get(from).copied().or(self.specification.first_unfinished()) else {
            return;
        };
        let last = first + records as i64 - 1;
        let verdict = match verdict {
            0 => Verdict::Accept,
            1 => Verdict::Release,
            2 => Verdict::Reject,
            _ => Verdict::Renew(LEASE),
        };
        let is_held = (first..=last).all(|offset| held.contains(&offset));
        let claim = Claim { first, last, verdict };
        match self.share.decide(&member(MEMBERS[holder]), &[claim]).await {
            Ok(()) => assert!(is_held, "{first} to {last} are not held by {holder}"),
            Err(ShareError::NotHeld { .. }) => {
                assert!(!is_held, "{first} to {last} are held by {holder}");
                return;
            }
            Err(error) => panic!("{error}"),
        }
        let deadline = self.now() + LEASE;
        for offset in first..=last {
            match verdict {
                Verdict::Release => self.specification.release(offset),
                Verdict::Renew(_) => {
                    let record = self.specification.records.get_mut(&offset).unwrap();
                    record.lease = Some((holder, deadline));
                }
                _ => self.specification.finish(offset),
            }
        }
    }

    async fn release_all(&mut self, holder: usize) {
        self.specification.settle(self.now());
        let held = self.specification.held_by(holder);
        let released = self.share.release_all(&member(MEMBERS[holder])).await.unwrap();
        assert_eq!(released, held.len());
        for offset in held {
            self.specification.release(offset);
        }
    }

    async fn let_go(&mut self, records: i64) {
        let partition = self.fixture.partition();
        let offset = (partition.start_offset() + records).min(partition.end_offset());
        self.specification.start_offset = partition.delete_before(offset).await.unwrap();
    }

    async fn restart(&mut self, is_crash: bool) {
        self.specification.settle(self.now());
        self.fixture.restart(is_crash).await;
        self.share = self
            .fixture
            .share_with(self.settings, StartPosition::Latest)
            .await;
        self.specification.restart(is_crash, self.now());
    }

    async fn check(&self) {
        let description = self.share.describe().await.unwrap();
        assert_eq!(description.in_flight, self.specification.in_flight() as u64);
        if let Some(first) = self.specification.first_unfinished() {
            assert!(
                description.start_offset <= first,
                "{first} was passed over: {description:?}"
            );
        }
        assert!(description.next_offset <= self.fixture.partition().end_offset());
    }

    /// Until everything is finished.
    pub(crate) async fn drain(mut self) {
        loop {
            self.fixture.advance(LEASE.as_secs() + 1);
            self.specification.settle(self.now());
            if self.acquire(0, 100, false).await == 0 {
                break;
            }
            for offset in self.specification.held_by(0) {
                let claim = Claim {
                    first: offset,
                    last: offset,
                    verdict: Verdict::Accept,
                };
                self.share.decide(&member(MEMBERS[0]), &[claim]).await.unwrap();
                self.specification.finish(offset);
            }
        }
        assert_eq!(self.specification.first_unfinished(), None);
        let description = self.share.describe().await.unwrap();
        let end_offset = self.fixture.partition().end_offset();
        assert_eq!(description.start_offset, end_offset);
        assert_eq!((description.in_flight, description.lag), (0, 0));
    }
}
