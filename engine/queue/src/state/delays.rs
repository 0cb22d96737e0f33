//! How many messages have not vested yet.

use std::collections::BTreeMap;

use ninefold_time::Timestamp;

/// The width of a bucket. A message counts as vested from the beginning of its bucket on.
const BUCKET_MILLISECONDS: u64 = 100;

/// A histogram of vesting times: bounded, since no delay is longer than a few minutes.
#[derive(Debug, Default)]
pub(crate) struct Delays {
    buckets: BTreeMap<u64, u64>,
}

impl Delays {
    pub(crate) fn add(&mut self, vesting: Timestamp) {
        *self.buckets.entry(bucket(vesting)).or_default() += 1;
    }

    /// Messages that vest after `now`; forgets those that have.
    pub(crate) fn count(&mut self, now: Timestamp) -> u64 {
        self.buckets = self.buckets.split_off(&(bucket(now) + 1));
        self.buckets.values().sum()
    }

    pub(crate) fn clear(&mut self) {
        self.buckets.clear();
    }
}

fn bucket(time: Timestamp) -> u64 {
    time.as_millis() / BUCKET_MILLISECONDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_leave_the_count_as_they_vest() {
        let at = Timestamp::from_millis;
        let mut delays = Delays::default();
        for milliseconds in [1_000, 1_000, 2_000] {
            delays.add(at(milliseconds));
        }
        assert_eq!(delays.count(at(0)), 3);
        assert_eq!(delays.count(at(1_000)), 1);
        assert_eq!(delays.count(at(2_000)), 0);
        assert!(delays.buckets.is_empty());
    }
}
