//! Receive attempts that can be repeated.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use ninefold_time::Timestamp;

use crate::{AttemptId, Receipt};

/// How long an attempt can be repeated.
const ATTEMPT_LIFETIME: Duration = Duration::from_secs(300);
/// The most attempts remembered a queue.
const ATTEMPT_LIMIT: usize = 1_000;

/// What recent attempts to receive were given.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    receipts: HashMap<AttemptId, (Timestamp, Vec<Receipt>)>,
    oldest_first: VecDeque<(Timestamp, AttemptId)>,
}

impl Attempts {
    /// Remembers what an attempt was given.
    pub(crate) fn insert(&mut self, attempt: AttemptId, receipts: Vec<Receipt>, now: Timestamp) {
        self.forget_old(now);
        self.oldest_first.push_back((now, attempt.clone()));
        self.receipts.insert(attempt, (now, receipts));
    }

    /// What the attempt was given, if it can still be repeated.
    pub(crate) fn get(&mut self, attempt: &AttemptId, now: Timestamp) -> Option<&[Receipt]> {
        self.forget_old(now);
        self.receipts
            .get(attempt)
            .map(|(_, receipts)| receipts.as_slice())
    }

    /// Forgets every attempt that was given this receipt, because its lease was changed.
    pub(crate) fn forget(&mut self, receipt: &Receipt) {
        self.receipts
            .retain(|_, (_, receipts)| !receipts.contains(receipt));
    }

    pub(crate) fn clear(&mut self) {
        *self = Attempts::default();
    }

    fn forget_old(&mut self, now: Timestamp) {
        while let Some((made_at, _)) = self.oldest_first.front() {
            if *made_at + ATTEMPT_LIFETIME > now && self.oldest_first.len() < ATTEMPT_LIMIT {
                break;
            }
            let Some((made_at, attempt)) = self.oldest_first.pop_front() else {
                break;
            };
            if self.receipts.get(&attempt).is_some_and(|(at, _)| *at == made_at) {
                self.receipts.remove(&attempt);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Position;

    const RECEIPT: Receipt = Receipt {
        queue: 1,
        position: Position::FIRST,
        lease: 1,
    };

    #[test]
    fn an_attempt_is_forgotten_after_its_lifetime() {
        let start = Timestamp::from_secs(1_000);
        let attempt: AttemptId = "a".into();
        let mut attempts = Attempts::default();
        attempts.insert(attempt.clone(), vec![RECEIPT], start);
        assert_eq!(attempts.get(&attempt, start), Some(&[RECEIPT][..]));
        assert_eq!(attempts.get(&attempt, start + ATTEMPT_LIFETIME), None);
    }

    #[test]
    fn attempts_are_limited() {
        let start = Timestamp::from_secs(1_000);
        let mut attempts = Attempts::default();
        for number in 0..3 * ATTEMPT_LIMIT {
            attempts.insert(number.to_string().into(), Vec::new(), start);
        }
        assert!(attempts.receipts.len() <= ATTEMPT_LIMIT);
    }
}
