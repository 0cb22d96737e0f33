//! What was used of quotas.
//!
//! A rate is an average over some seconds: who has not used anything for that long may use as much at once as it could have used in
//! that time. Whoever uses more has to wait until the average is the rate again.

use std::collections::HashMap;
use std::time::Duration;

use ninefold_time::Timestamp;
use parking_lot::Mutex;

use super::entity::Quota;

/// What rates are averaged over (`quota.window.num` times `quota.window.size.seconds` of Kafka, without the window that has just begun).
const WINDOW_SECONDS: f64 = 10.0;
/// Nobody has to wait for longer than that at one time.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// So many accounts are kept before those are dropped that nothing is missing from.
const ACCOUNTS: usize = 10_000;

/// Who shares a quota.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Account {
    pub(super) quota: Quota,
    pub(super) user: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) address: Option<String>,
}

/// All accounts of a cluster.
#[derive(Default)]
pub(super) struct Accounts(Mutex<HashMap<Account, Balance>>);

/// What may still be used; what was used too much, below zero.
struct Balance {
    per_second: f64,
    available: f64,
    at: Timestamp,
}

impl Accounts {
    /// Notes that so much was used. How long to wait because of that.
    pub(super) fn spend(&self, account: Account, per_second: f64, amount: f64, now: Timestamp) -> Duration {
        let mut accounts = self.0.lock();
        if accounts.len() >= ACCOUNTS && !accounts.contains_key(&account) {
            accounts.retain(|_, balance| !balance.at_time(now).is_full());
        }
        let full = Balance {
            per_second,
            available: per_second * WINDOW_SECONDS,
            at: now,
        };
        let balance = accounts.entry(account).or_insert(full);
        *balance = balance.at_time(now).with_rate(per_second);
        balance.available -= amount;
        balance.wait()
    }
}

impl Balance {
    fn at_time(&self, now: Timestamp) -> Self {
        let elapsed_seconds = now.duration_since(self.at).as_secs_f64();
        let available = self.available + elapsed_seconds * self.per_second;
        Balance {
            per_second: self.per_second,
            available: available.min(self.per_second * WINDOW_SECONDS),
            at: self.at.max(now),
        }
    }

    /// The quota may have been changed.
    fn with_rate(self, per_second: f64) -> Self {
        Balance {
            per_second,
            available: self.available.min(per_second * WINDOW_SECONDS),
            ..self
        }
    }

    fn is_full(&self) -> bool {
        self.available >= self.per_second * WINDOW_SECONDS
    }

    fn wait(&self) -> Duration {
        if self.available >= 0.0 {
            return Duration::ZERO;
        }
        let seconds = -self.available / self.per_second;
        Duration::try_from_secs_f64(seconds).map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(user: &str) -> Account {
        Account {
            quota: Quota::ProducerByteRate,
            user: Some(user.to_owned()),
            client_id: None,
            address: None,
        }
    }

    #[test]
    fn rates_are_averages() {
        let accounts = Accounts::default();
        let second = |seconds: u64| Timestamp::from_secs(1_000 + seconds);
        let spend =
            |amount: f64, seconds: u64| accounts.spend(account("alice"), 100.0, amount, second(seconds));
        assert_eq!(spend(1_000.0, 0), Duration::ZERO);
        assert_eq!(spend(250.0, 0), Duration::from_millis(2_500));
        // Half a second's worth is missing after two seconds.
        assert_eq!(spend(0.0, 2), Duration::from_millis(500));
        assert_eq!(spend(50.0, 3), Duration::ZERO);
        assert_eq!(spend(1.0, 3), Duration::from_millis(10));
        // Somebody else has an account of its own.
        let other = accounts.spend(account("bob"), 100.0, 900.0, second(3));
        assert_eq!(other, Duration::ZERO);
        // However long it was quiet, no more than ten seconds' worth is there.
        assert_eq!(spend(1_100.0, 1_000), Duration::from_secs(1));
    }

    #[test]
    fn waits_are_bounded_and_debts_are_not_forgotten() {
        let accounts = Accounts::default();
        let start = Timestamp::from_secs(1_000);
        assert_eq!(accounts.spend(account("alice"), 1.0, 100.0, start), LONGEST_WAIT);
        let later = start + LONGEST_WAIT;
        assert_eq!(accounts.spend(account("alice"), 1.0, 0.0, later), LONGEST_WAIT);
        let last = later + LONGEST_WAIT;
        assert_eq!(
            accounts.spend(account("alice"), 1.0, 0.0, last),
            Duration::from_secs(30)
        );
        let end = last + Duration::from_secs(30);
        assert_eq!(accounts.spend(account("alice"), 1.0, 0.0, end), Duration::ZERO);
    }

    #[test]
    fn a_changed_quota_counts_at_once() {
        let accounts = Accounts::default();
        let now = Timestamp::from_secs(1_000);
        assert_eq!(accounts.spend(account("alice"), 100.0, 0.0, now), Duration::ZERO);
        assert_eq!(
            accounts.spend(account("alice"), 10.0, 150.0, now),
            Duration::from_secs(5)
        );
    }

    #[test]
    fn accounts_that_nothing_is_missing_from_are_dropped() {
        let accounts = Accounts::default();
        let now = Timestamp::from_secs(1_000);
        for number in 0..ACCOUNTS {
            accounts.spend(account(&number.to_string()), 1.0, 1.0, now);
        }
        accounts.spend(account("0"), 1.0, 19.0, now);
        accounts.spend(account("new"), 1.0, 1.0, now + Duration::from_secs(5));
        assert_eq!(accounts.0.lock().len(), 2);
    }
}
