//! What was used of quotas.
//!
//! A rate is an average over some seconds: who has not used anything for that long may use as much at once as it could have used in
//! that time. Whoever uses more has to wait until the average is the rate again.

use std::collections::HashMap;
use std::time::Duration;

use ninefold_time::Timestamp;
use parking_lot::Mutex;

use super::entity::Quota;

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

impl Quota {
    /// Who has not used anything for so long may use at once what it could have used in that time. What is averaged is averaged over
    /// `quota.window.num` windows of `quota.window.size.seconds`, without the one that has just begun; changes are
    /// paid out of a bucket for all `controller.quota.window.num` of them.
    fn burst_seconds(self) -> f64 {
        match self {
            Quota::ControllerMutationRate => 11.0,
            _ => 10.0,
        }
    }

    /// Nobody has to wait for longer than that at one time. For what requests take Kafka has a bound too, which is a window.
    fn longest_wait(self) -> Duration {
        match self {
            Quota::RequestPercentage => Duration::from_secs(1),
            _ => Duration::from_secs(30),
        }
    }
}

/// All accounts of a cluster.
#[derive(Default)]
pub(super) struct Accounts(Mutex<HashMap<Account, Balance>>);

/// What may still be used; what was used too much, below zero.
#[derive(Clone, Copy)]
struct Balance {
    per_second: f64,
    most: f64,
    available: f64,
    at: Timestamp,
}

impl Accounts {
    /// Notes that so much was used. How long to wait because of that.
    pub(super) fn spend(&self, account: &Account, per_second: f64, amount: f64, now: Timestamp) -> Duration {
        self.change(account, per_second, now, |balance| {
            balance.available -= amount;
            balance.wait().min(account.quota.longest_wait())
        })
    }

    /// Notes that so much is used if not too much was used before, or else says how long to wait until that is so.
    pub(super) fn spend_if_any_is_left(
        &self,
        account: &Account,
        per_second: f64,
        amount: f64,
        now: Timestamp,
    ) -> Result<(), Duration> {
        self.change(account, per_second, now, |balance| {
            if balance.available < 0.0 {
                return Err(balance.wait().min(account.quota.longest_wait()));
            }
            balance.available -= amount;
            Ok(())
        })
    }

    fn change<T>(
        &self,
        account: &Account,
        per_second: f64,
        now: Timestamp,
        change: impl FnOnce(&mut Balance) -> T,
    ) -> T {
        let mut accounts = self.0.lock();
        if let Some(balance) = accounts.get_mut(account) {
            *balance = balance.at_time(now).with_rate(account.quota, per_second);
            return change(balance);
        }
        if accounts.len() >= ACCOUNTS {
            accounts.retain(|_, balance| !balance.at_time(now).is_full());
        }
        let mut balance = Balance::full(account.quota, per_second, now);
        let changed = change(&mut balance);
        accounts.insert(account.clone(), balance);
        changed
    }
}

impl Balance {
    fn full(quota: Quota, per_second: f64, now: Timestamp) -> Self {
        let most = per_second * quota.burst_seconds();
        Balance {
            per_second,
            most,
            available: most,
            at: now,
        }
    }

    fn at_time(self, now: Timestamp) -> Self {
        let elapsed_seconds = now.duration_since(self.at).as_secs_f64();
        let available = self.available + elapsed_seconds * self.per_second;
        Balance {
            available: available.min(self.most),
            at: self.at.max(now),
            ..self
        }
    }

    /// The quota may have been changed.
    fn with_rate(self, quota: Quota, per_second: f64) -> Self {
        let full = Balance::full(quota, per_second, self.at);
        Balance {
            available: self.available.min(full.most),
            ..full
        }
    }

    fn is_full(self) -> bool {
        self.available >= self.most
    }

    fn wait(self) -> Duration {
        if self.available >= 0.0 {
            return Duration::ZERO;
        }
        Duration::try_from_secs_f64(-self.available / self.per_second).unwrap_or(Duration::MAX)
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
            |amount: f64, seconds: u64| accounts.spend(&account("alice"), 100.0, amount, second(seconds));
        assert_eq!(spend(1_000.0, 0), Duration::ZERO);
        assert_eq!(spend(250.0, 0), Duration::from_millis(2_500));
        // Half a second's worth is missing after two seconds.
        assert_eq!(spend(0.0, 2), Duration::from_millis(500));
        assert_eq!(spend(50.0, 3), Duration::ZERO);
        assert_eq!(spend(1.0, 3), Duration::from_millis(10));
        // Somebody else has an account of its own.
        let other = accounts.spend(&account("bob"), 100.0, 900.0, second(3));
        assert_eq!(other, Duration::ZERO);
        // However long it was quiet, no more than ten seconds' worth is there.
        assert_eq!(spend(1_100.0, 1_000), Duration::from_secs(1));
    }

    #[test]
    fn waits_are_bounded_and_debts_are_not_forgotten() {
        let accounts = Accounts::default();
        let start = Timestamp::from_secs(1_000);
        let longest = Duration::from_secs(30);
        assert_eq!(accounts.spend(&account("alice"), 1.0, 100.0, start), longest);
        let later = start + longest;
        assert_eq!(accounts.spend(&account("alice"), 1.0, 0.0, later), longest);
        let last = later + longest;
        assert_eq!(
            accounts.spend(&account("alice"), 1.0, 0.0, last),
            Duration::from_secs(30)
        );
        let end = last + Duration::from_secs(30);
        assert_eq!(accounts.spend(&account("alice"), 1.0, 0.0, end), Duration::ZERO);
    }

    #[test]
    fn a_changed_quota_counts_at_once() {
        let accounts = Accounts::default();
        let now = Timestamp::from_secs(1_000);
        assert_eq!(accounts.spend(&account("alice"), 100.0, 0.0, now), Duration::ZERO);
        assert_eq!(
            accounts.spend(&account("alice"), 10.0, 150.0, now),
            Duration::from_secs(5)
        );
    }

    #[test]
    fn accounts_that_nothing_is_missing_from_are_dropped() {
        let accounts = Accounts::default();
        let now = Timestamp::from_secs(1_000);
        for number in 0..ACCOUNTS {
            accounts.spend(&account(&number.to_string()), 1.0, 1.0, now);
        }
        accounts.spend(&account("0"), 1.0, 19.0, now);
        accounts.spend(&account("new"), 1.0, 1.0, now + Duration::from_secs(5));
        assert_eq!(accounts.0.lock().len(), 2);
    }

    /// 25 % of a thread's time.
    #[test]
    fn who_takes_too_much_time_waits_for_a_second_at_a_time() {
        let accounts = Accounts::default();
        let account = Account {
            quota: Quota::RequestPercentage,
            ..account("alice")
        };
        let spend = |percent: f64, seconds: u64| {
            accounts.spend(&account, 25.0, percent, Timestamp::from_secs(1_000 + seconds))
        };
        // Two and a half seconds in ten, all at once.
        assert_eq!(spend(250.0, 0), Duration::ZERO);
        assert_eq!(spend(5.0, 0), Duration::from_millis(200));
        assert_eq!(spend(95.0, 0), Duration::from_secs(1));
        assert_eq!(spend(0.0, 3), Duration::from_secs(1));
        assert_eq!(spend(0.0, 4), Duration::ZERO);
    }

    /// Five changes in a second.
    #[test]
    fn changes_are_refused_until_none_is_missing() {
        let accounts = Accounts::default();
        let account = Account {
            quota: Quota::ControllerMutationRate,
            ..account("alice")
        };
        let now = |seconds: u64| Timestamp::from_secs(1_000 + seconds);
        let spend =
            |changes: f64, seconds: u64| accounts.spend_if_any_is_left(&account, 5.0, changes, now(seconds));
        assert_eq!(spend(55.0, 0), Ok(()));
        // Nothing is left and nothing is missing: one more, however large.
        assert_eq!(spend(10.0, 0), Ok(()));
        assert_eq!(spend(1.0, 0), Err(Duration::from_secs(2)));
        // What was refused has not been used.
        assert_eq!(spend(1.0, 1), Err(Duration::from_secs(1)));
        assert_eq!(spend(1.0, 2), Ok(()));
        // Who isn't refused waits for what was used too much.
        assert_eq!(accounts.spend(&account, 5.0, 9.0, now(2)), Duration::from_secs(2));
    }
}
