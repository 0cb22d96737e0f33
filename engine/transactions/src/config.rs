//! What transactions may and how long they wait. Defaults are Kafka's, but for sizes, which are bounded here.

use std::time::Duration;

/// Settings of all transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransactionsConfig {
    /// `transaction.max.timeout.ms`: the longest that a transaction may ask for.
    pub longest_timeout: Duration,
    /// `transactional.id.expiration.ms`: for so long is a transactional id remembered that does nothing.
    pub expiration: Duration,
    /// Transactional ids there may be.
    pub transactional_ids: usize,
    /// Partitions and groups that may take part in one transaction.
    pub participants: usize,
    /// `add.partitions.to.txn.retry.backoff.max.ms`: for so long does a write of a transaction wait until the one before it is
    /// completed.
    pub admission_wait: Duration,
    /// How long to wait before what has failed is tried again. It doubles with every failure.
    pub shortest_backoff: Duration,
    /// The most that it becomes.
    pub longest_backoff: Duration,
}

impl Default for TransactionsConfig {
    fn default() -> Self {
        TransactionsConfig {
            longest_timeout: Duration::from_secs(15 * 60),
            expiration: Duration::from_secs(7 * 24 * 3_600),
            transactional_ids: 100_000,
            participants: 10_000,
            admission_wait: Duration::from_millis(100),
            shortest_backoff: Duration::from_millis(100),
            longest_backoff: Duration::from_secs(5),
        }
    }
}

impl TransactionsConfig {
    /// How long to wait after so many failures in a row.
    pub(crate) fn backoff(&self, failures: u32) -> Duration {
        let doubled = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        self.shortest_backoff
            .saturating_mul(doubled)
            .min(self.longest_backoff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_waited_for_longer_and_longer() {
        let config = TransactionsConfig::default();
        let waits = [1, 2, 3, 7, 40, u32::MAX].map(|failures| config.backoff(failures).as_millis());
        assert_eq!(waits, [100, 200, 400, 5_000, 5_000, 5_000]);
    }
}
