//! What branches ask of their fields. Most is asked by many of them, so it is kept once: that saves memory, and what is
//! tested often stays in the processor's cache.

use super::fingerprint::Fingerprints;
use super::key::Key;
use super::paths::{PathId, Paths};
use super::posting::Anchor;
use super::scan::Findings;
use crate::branch::Test;
use hashbrown::{DefaultHashBuilder, HashTable};
use slab::Slab;
use smallvec::SmallVec;
use std::hash::BuildHasher;

/// The number of a condition in the index.
pub(super) type ConditionId = u32;

/// All conditions, each once.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    conditions: Slab<Condition>,
    numbers: HashTable<ConditionId>,
    hasher: DefaultHashBuilder,
}

/// What is asked of a field.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) path: PathId,
    pub(super) test: Test,
    /// What a branch is filed under at this path; none if there is to be no value.
    keys: SmallVec<[Key; 1]>,
    /// How many branches ask it.
    uses: usize,
}

impl Condition {
    /// How a branch is filed that asks it. `None` if there is to be no value.
    pub(super) fn anchor(&self) -> Option<Anchor<'_>> {
        match &self.test {
            Test::Any(_) => Some((self.path, &self.keys)),
            Test::Absent => None,
        }
    }

    /// Whether it may hold, as far as this field alone can tell.
    pub(super) fn may_hold(&self, findings: &Findings<'_>) -> bool {
        let found = findings.at(self.path);
        match &self.test {
            // Most often a fingerprint says it, which is quicker than to read the text.
            Test::Any(_) => match self.keys[..] {
                [Key::Exact(fingerprint)] => found.iter().any(|finding| finding.fingerprint == fingerprint),
                _ => found.iter().any(|finding| self.test.fits(&finding.value)),
            },
            Test::Absent => found.iter().all(|finding| finding.in_element),
        }
    }
}

impl Conditions {
    pub(super) fn get(&self, id: ConditionId) -> &Condition {
        &self.conditions[id as usize]
    }

    /// How many branches ask it.
    pub(super) fn uses(&self, id: ConditionId) -> usize {
        self.get(id).uses
    }

    /// The number of a condition, which stays until it is released as often.
    pub(super) fn acquire(
        &mut self,
        path: &str,
        test: &Test,
        paths: &mut Paths,
        fingerprints: &Fingerprints,
    ) -> ConditionId {
        let path = paths.acquire(path);
        let Self {
            conditions,
            numbers,
            hasher,
        } = self;
        let hash = hasher.hash_one((path, test));
        let same = |id: &ConditionId| {
            let condition = &conditions[*id as usize];
            condition.path == path && condition.test == *test
        };
        if let Some(id) = numbers.find(hash, same).copied() {
            conditions[id as usize].uses += 1;
            paths.release(path);
            return id;
        }
        let keys = match test {
            Test::Any(predicates) => fingerprints.keys(predicates),
            Test::Absent => SmallVec::new(),
        };
        let id = super::as_u32(conditions.insert(Condition {
            path,
            test: test.clone(),
            keys,
            uses: 1,
        }));
        numbers.insert_unique(hash, id, |id| {
            let condition = &conditions[*id as usize];
            hasher.hash_one((condition.path, &condition.test))
        });
        id
    }

    /// Gives a condition back. What nobody asks any more goes.
    pub(super) fn release(&mut self, id: ConditionId, paths: &mut Paths) {
        let condition = &mut self.conditions[id as usize];
        condition.uses -= 1;
        if condition.uses > 0 {
            return;
        }
        let condition = self.conditions.remove(id as usize);
        let hash = self.hasher.hash_one((condition.path, &condition.test));
        if let Ok(entry) = self.numbers.find_entry(hash, |other| *other == id) {
            entry.remove();
        }
        paths.release(condition.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::predicate::Predicate;

    #[test]
    fn conditions_are_kept_once_as_long_as_they_are_needed() {
        let exists = Test::Any([Predicate::Exists].into_iter().collect());
        let (mut conditions, mut paths) = (Conditions::default(), Paths::default());
        let fingerprints = Fingerprints::default();
        let first = conditions.acquire("a.b", &exists, &mut paths, &fingerprints);
        assert_eq!(
            conditions.acquire("a.b", &exists, &mut paths, &fingerprints),
            first
        );
        assert_eq!(conditions.uses(first), 2);
        let others = [("a.b", &Test::Absent), ("a", &exists)].map(|(path, test)| {
            let other = conditions.acquire(path, test, &mut paths, &fingerprints);
            assert_ne!(other, first);
            other
        });
        for id in [first, others[0], first, others[1]] {
            assert!(!conditions.conditions.is_empty());
            conditions.release(id, &mut paths);
        }
        assert!(conditions.conditions.is_empty() && conditions.numbers.is_empty());
        assert_eq!(paths.child(paths.root(), "a"), None);
    }
}
