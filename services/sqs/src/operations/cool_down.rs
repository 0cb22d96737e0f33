//! What can't be done again at once: making a queue under a name just deleted, and purging.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use ninefold_queue::QueueKey;
use ninefold_time::Timestamp;
use parking_lot::Mutex;

use crate::limits::COOL_DOWN;

/// The most things remembered of one kind.
const REMEMBERED: usize = 100_000;

/// What happened within the last minute.
#[derive(Debug, Default)]
pub(crate) struct CoolDowns {
    deletions: Mutex<Recent<QueueKey>>,
    purges: Mutex<Recent<u64>>,
}

/// When something happened to each of these, if it wasn't long ago.
#[derive(Debug)]
struct Recent<T> {
    times: HashMap<T, Timestamp>,
    /// The same, the oldest first.
    order: VecDeque<(Timestamp, T)>,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Recent {
            times: HashMap::new(),
            order: VecDeque::new(),
        }
    }
}

impl<T: Clone + Eq + Hash> Recent<T> {
    fn contains(&self, thing: &T, now: Timestamp) -> bool {
        self.times.get(thing).is_some_and(|at| now < *at + COOL_DOWN)
    }

    fn insert(&mut self, thing: T, now: Timestamp) {
        while let Some((at, oldest)) = self.order.pop_front_if(|(at, _)| *at + COOL_DOWN <= now) {
            if self.times.get(&oldest) == Some(&at) {
                self.times.remove(&oldest);
            }
        }
        if self.order.len() < REMEMBERED {
            self.times.insert(thing.clone(), now);
            self.order.push_back((now, thing));
        }
    }
}

impl CoolDowns {
    /// Whether a queue of this key was deleted within the last minute.
    pub(crate) fn was_deleted(&self, key: &QueueKey, now: Timestamp) -> bool {
        self.deletions.lock().contains(key, now)
    }

    pub(crate) fn deleted(&self, key: QueueKey, now: Timestamp) {
        self.deletions.lock().insert(key, now);
    }

    /// Notes a purge of the queue of this number, unless there was one within the last minute: then false.
    pub(crate) fn try_purge(&self, number: u64, now: Timestamp) -> bool {
        let mut purges = self.purges.lock();
        if purges.contains(&number, now) {
            return false;
        }
        purges.insert(number, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_minute_has_to_pass() {
        let start = Timestamp::from_secs(1_000);
        let cool_downs = CoolDowns::default();
        assert!(cool_downs.try_purge(1, start));
        assert!(cool_downs.try_purge(2, start));
        assert!(!cool_downs.try_purge(1, start + Duration::from_secs(59)));
        assert!(cool_downs.try_purge(1, start + COOL_DOWN));
    }

    #[test]
    fn what_is_remembered_is_limited() {
        let start = Timestamp::from_secs(1_000);
        let mut recent = Recent::default();
        for number in 0..2 * REMEMBERED {
            recent.insert(number, start);
        }
        assert_eq!(recent.times.len(), REMEMBERED);
        recent.insert(0, start + COOL_DOWN);
        assert_eq!((recent.times.len(), recent.order.len()), (1, 1));
    }
}
