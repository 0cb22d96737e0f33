//! Many patterns at once.
//!
//! An event is read once; of its fields only those are kept that some pattern names. A branch of a pattern can only match an
//! event in which one of its fields, its *anchor*, has a value that fits, so it is filed under what its anchor admits
//! ([`access`]), and found when the event has such a value. The anchor is the field that says most: what few other branches ask
//! is rarely found. Where many branches share even that, they are told apart by a second anchor, and a third ([`posting`]).
//! What has been found is then tested field by field. So the time depends on the event, and on how many branches share the
//! rarest of their values, but not on how many patterns there are.

mod access;
mod affixes;
mod conditions;
mod filed;
mod fingerprint;
mod fragments;
mod key;
mod networks;
mod paths;
mod posting;
mod ranges;
mod scan;
mod search;

use crate::error::EventError;
use crate::event::{Event, utf8};
use crate::pattern::EventPattern;
use crate::scalar::Scalar;
use conditions::Conditions;
use filed::{Filed, Verdict};
use fingerprint::Fingerprints;
use hashbrown::HashMap;
use paths::Paths;
use posting::{BranchId, Posting};
use scan::Findings;
use search::Search;
use slab::Slab;
use std::cell::OnceCell;
use std::fmt;
use std::hash::Hash;

/// Patterns by their ids, to be matched with an event all at once.
///
/// Changes take effect at once. An insertion takes time in proportion to the pattern; a removal looks through what is filed at the
/// same places too. The memory is in proportion to the patterns that are there.
///
/// Readers share an index; a change needs it alone, for microseconds: behind a lock of both kinds, everybody sees each change
/// whole and at once.
pub struct PatternIndex<Id> {
    paths: Paths,
    conditions: Conditions,
    branches: Slab<Filed>,
    patterns: Slab<Entry<Id>>,
    numbers: HashMap<Id, PatternNumber>,
    fingerprints: Fingerprints,
    /// Branches that only ask for fields to be absent: any event may match those.
    unanchored: Posting,
}

type PatternNumber = u32;

struct Entry<Id> {
    id: Id,
    branches: Box<[BranchId]>,
}

impl<Id> Default for PatternIndex<Id> {
    fn default() -> Self {
        Self {
            paths: Paths::default(),
            conditions: Conditions::default(),
            branches: Slab::new(),
            patterns: Slab::new(),
            numbers: HashMap::new(),
            fingerprints: Fingerprints::default(),
            unanchored: Posting::default(),
        }
    }
}

impl<Id> fmt::Debug for PatternIndex<Id> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PatternIndex")
            .field("patterns", &self.patterns.len())
            .field("branches", &self.branches.len())
            .finish_non_exhaustive()
    }
}

impl<Id: Clone + Eq + Hash> PatternIndex<Id> {
    /// An index without patterns.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many patterns there are.
    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    /// Whether there are no patterns.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Adds a pattern, in place of the one that had this id.
    pub fn insert(&mut self, id: Id, pattern: &EventPattern) {
        self.remove(&id);
        let slot = self.patterns.vacant_entry();
        let number = as_u32(slot.key());
        let mut filed = Vec::with_capacity(pattern.branches().len());
        for branch in pattern.branches() {
            let branch = Filed::new(
                branch,
                number,
                &mut self.conditions,
                &mut self.paths,
                &self.fingerprints,
            );
            let slot = self.branches.vacant_entry();
            let branch_id = as_u32(slot.key());
            let entry = branch.entry(branch_id);
            let edit = |posting: &mut Posting| posting.insert(entry);
            branch.edit_postings(&self.conditions, &mut self.paths, &mut self.unanchored, &edit);
            slot.insert(branch);
            filed.push(branch_id);
        }
        slot.insert(Entry {
            id: id.clone(),
            branches: filed.into(),
        });
        self.numbers.insert(id, number);
    }

    /// Takes the pattern with this id away. Returns whether there was one.
    pub fn remove(&mut self, id: &Id) -> bool {
        let Some(number) = self.numbers.remove(id) else {
            return false;
        };
        let entry = self.patterns.remove(number as usize);
        for branch_id in entry.branches {
            let branch = self.branches.remove(branch_id as usize);
            let edit = |posting: &mut Posting| posting.remove(branch_id);
            branch.edit_postings(&self.conditions, &mut self.paths, &mut self.unanchored, &edit);
            for condition in branch.conditions {
                self.conditions.release(condition, &mut self.paths);
            }
        }
        true
    }

    /// The ids of the patterns that match a JSON event, each once, in no particular order.
    ///
    /// # Errors
    /// The event is not a JSON object.
    pub fn matches(&self, event: &[u8]) -> Result<Vec<Id>, EventError> {
        let findings = scan::event(utf8(event)?, &self.paths, &self.fingerprints)?;
        let whole = || Some(Event::parse(event).expect("the scan has validated the whole event"));
        Ok(self.matching(&findings, whole))
    }

    /// The ids of the patterns that match the event that consists of these fields, each once, in no particular order.
    /// A field with several values has as many of these.
    pub fn matches_fields<'a>(&self, fields: impl IntoIterator<Item = (&'a str, Scalar<'a>)>) -> Vec<Id> {
        let findings = scan::fields(fields, &self.paths, &self.fingerprints);
        // Without arrays of objects no pattern needs the whole.
        self.matching(&findings, || None)
    }

    fn matching<'a>(&self, findings: &Findings<'a>, whole: impl Fn() -> Option<Event<'a>>) -> Vec<Id> {
        let mut search = Search::new(findings, &self.fingerprints, &self.conditions);
        self.unanchored.collect(&mut search);
        for (path, values) in findings.by_path() {
            self.paths.access(path).collect(values, &mut search);
        }
        let event = OnceCell::new();
        let mut matching = Vec::new();
        for candidate in search.candidates() {
            let filed = &self.branches[candidate as usize];
            let matches = match filed.judge(findings, &self.conditions) {
                Verdict::Matches => true,
                Verdict::Differs => false,
                Verdict::DependsOnArrays => event
                    .get_or_init(&whole)
                    .as_ref()
                    .is_some_and(|event| filed.branch.matches(event)),
            };
            if matches {
                matching.push(filed.pattern);
            }
        }
        matching.sort_unstable();
        matching.dedup();
        let id = |number: PatternNumber| self.patterns[number as usize].id.clone();
        matching.into_iter().map(id).collect()
    }
}

fn as_u32(key: usize) -> u32 {
    u32::try_from(key).expect("more than 4,294,967,295 patterns don't fit into memory")
}
