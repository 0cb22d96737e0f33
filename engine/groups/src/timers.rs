//! What is to happen to a group at which time.

use std::collections::{BTreeMap, BTreeSet};

use ninefold_time::Timestamp;

/// At most one deadline for every key, in order.
#[derive(Debug)]
pub(crate) struct Timers<K> {
    deadlines: BTreeMap<K, Timestamp>,
    order: BTreeSet<(Timestamp, K)>,
}

impl<K> Default for Timers<K> {
    fn default() -> Self {
        Timers {
            deadlines: BTreeMap::new(),
            order: BTreeSet::new(),
        }
    }
}

impl<K: Ord + Clone> Timers<K> {
    /// Sets or moves a key's deadline.
    pub(crate) fn set(&mut self, key: K, deadline: Timestamp) {
        if let Some(earlier) = self.deadlines.insert(key.clone(), deadline) {
            self.order.remove(&(earlier, key.clone()));
        }
        self.order.insert((deadline, key));
    }

    pub(crate) fn cancel(&mut self, key: &K) {
        if let Some(deadline) = self.deadlines.remove(key) {
            self.order.remove(&(deadline, key.clone()));
        }
    }

    pub(crate) fn get(&self, key: &K) -> Option<Timestamp> {
        self.deadlines.get(key).copied()
    }

    /// The earliest deadline.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.order.first().map(|(deadline, _)| *deadline)
    }

    /// Takes a key whose deadline has come.
    pub(crate) fn take_due(&mut self, now: Timestamp) -> Option<K> {
        if self.next()? > now {
            return None;
        }
        let (_, key) = self.order.pop_first()?;
        self.deadlines.remove(&key);
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_deadline_and_comes_due_once() {
        let at = Timestamp::from_secs;
        let mut timers = Timers::default();
        timers.set("a", at(5));
        timers.set("b", at(3));
        timers.set("a", at(2));
        assert_eq!(timers.get(&"a"), Some(at(2)));
        assert_eq!(timers.next(), Some(at(2)));
        assert_eq!(timers.take_due(at(1)), None);
        assert_eq!(timers.take_due(at(9)), Some("a"));
        timers.set("c", at(4));
        timers.cancel(&"b");
        assert_eq!(timers.take_due(at(9)), Some("c"));
        assert_eq!(timers.take_due(at(9)), None);
    }
}
