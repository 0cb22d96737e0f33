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
mod fingerprint;
mod fragments;
mod key;
mod networks;
mod paths;
mod posting;
mod ranges;
mod scan;

use crate::branch::{Branch, Path, Test};
use crate::error::EventError;
use crate::event::{Event, utf8};
use crate::pattern::EventPattern;
use crate::scalar::Scalar;
use conditions::{Condition, ConditionId, Conditions};
use hashbrown::HashMap;
use fingerprint::Fingerprints;
use key::{Key, leave_all_open};
use paths::Paths;
use posting::{Anchor, BranchId, Posting};
use scan::Findings;
use slab::Slab;
use smallvec::SmallVec;
use std::cell::OnceCell;
use std::cmp::Reverse;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

/// Patterns by their ids, to be matched with an event all at once.
///
/// Changes take effect at once. An insertion takes time in proportion to the pattern; a removal looks through what is filed at the
/// same places too. The memory is in proportion to the patterns that are there.
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

/// The most anchors of a branch.
const MAXIMUM_ANCHORS: usize = 4;

/// The most places at which a branch is filed so that it is found along with fewer others.
const MAXIMUM_PLACES: usize = 64;

/// As many branches may be found together without being told apart.
const CROWDED: usize = 2;

type PatternNumber = u32;

struct Entry<Id> {
    id: Id,
    branches: Box<[BranchId]>,
}

/// A branch in the index.
struct Filed {
    branch: Arc<Branch>,
    pattern: PatternNumber,
    /// Under whose values it is filed, one below the other.
    anchors: SmallVec<[ConditionId; 2]>,
    /// What is asked of its fields, the most common first.
    conditions: SmallVec<[ConditionId; 6]>,
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
            let branch = Filed::new(branch, number, &mut self.conditions, &mut self.paths, &self.filed);
            let slot = self.branches.vacant_entry();
            let branch_id = as_u32(slot.key());
            let anchors = anchors(&branch.anchors, &self.conditions);
            self.filed
                .edit(&anchors, &|posting| posting.insert(branch_id));
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
            self.filed
                .edit(&anchors(&branch.anchors, &self.conditions), &|posting| {
                    posting.remove(branch_id);
                });
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
        let findings = scan::event(utf8(event)?, &self.paths)?;
        let whole = || Some(Event::parse(event).expect("the scan has validated the whole event"));
        Ok(self.matching(&findings, whole))
    }

    /// The ids of the patterns that match the event that consists of these fields, each once, in no particular order.
    /// A field with several values has as many of these.
    pub fn matches_fields<'a>(&self, fields: impl IntoIterator<Item = (&'a str, Scalar<'a>)>) -> Vec<Id> {
        let findings = scan::fields(fields, &self.paths);
        // Without arrays of objects no pattern needs the whole.
        self.matching(&findings, || None)
    }

    fn matching<'a>(&self, findings: &Findings<'a>, whole: impl Fn() -> Option<Event<'a>>) -> Vec<Id> {
        let mut candidates = Vec::new();
        self.filed.collect(findings, &mut candidates);
        candidates.sort_unstable();
        candidates.dedup();
        let event = OnceCell::new();
        let mut matching = Vec::new();
        for candidate in candidates {
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

/// Whether a branch matches, as far as it can be told field by field.
enum Verdict {
    Matches,
    Differs,
    /// Several of its fields are in arrays of objects, so it matters which of them are together.
    DependsOnArrays,
}

impl Filed {
    fn new(
        branch: &Arc<Branch>,
        pattern: PatternNumber,
        conditions: &mut Conditions,
        paths: &mut Paths,
        filed: &Posting,
    ) -> Self {
        let acquire = |(path, test): &(Path, Test)| conditions.acquire(path, test, paths);
        let mut ids: SmallVec<[ConditionId; 6]> = branch.fields.iter().map(acquire).collect();
        ids.sort_by_key(|id| Reverse(conditions.uses(*id)));
        Self {
            branch: Arc::clone(branch),
            pattern,
            anchors: choose_anchors(&ids, conditions, filed),
            conditions: ids,
        }
    }

    fn judge(&self, findings: &Findings<'_>, conditions: &Conditions) -> Verdict {
        // How many fields are found in elements of arrays only, and whether one that is to be absent is.
        let (mut in_elements, mut unwanted_in_element) = (0, false);
        for id in &self.conditions {
            let Condition { path, test, .. } = conditions.get(*id);
            let found = findings.at(*path);
            if *test == Test::Absent {
                if found.iter().any(|finding| !finding.in_element) {
                    return Verdict::Differs;
                }
                unwanted_in_element |= !found.is_empty();
                continue;
            }
            let mut fitting = found
                .iter()
                .filter(|finding| test.fits(&finding.value))
                .peekable();
            if fitting.peek().is_none() {
                return Verdict::Differs;
            }
            in_elements += usize::from(fitting.all(|finding| finding.in_element));
        }
        match (in_elements, unwanted_in_element) {
            (0, false) | (1, false) => Verdict::Matches,
            (0, true) => Verdict::Differs,
            _ => Verdict::DependsOnArrays,
        }
    }
}

/// Chooses of a branch's conditions those that it is filed under: first the one under which the fewest others are found,
/// then, as long as it is crowded there, the one that leaves the fewest of those.
fn choose_anchors(
    ids: &[ConditionId],
    conditions: &Conditions,
    filed: &Posting,
) -> SmallVec<[ConditionId; 2]> {
    let mut chosen = SmallVec::new();
    let mut places = 1_usize;
    while chosen.len() < MAXIMUM_ANCHORS {
        let cost = |id: ConditionId| {
            let (path, predicates) = conditions.get(id).anchor()?;
            let vagueness = vagueness(predicates);
            let tells_apart = vagueness < VAGUE && places.saturating_mul(predicates.len()) <= MAXIMUM_PLACES;
            if chosen.contains(&id) || !(chosen.is_empty() || tells_apart) {
                return None;
            }
            let mut anchors = anchors(&chosen, conditions);
            anchors.push((path, predicates));
            let others = filed.others(&anchors).saturating_add(conditions.uses(id));
            Some((others.saturating_add(vagueness), id))
        };
        let costs = ids.iter().filter_map(|id| cost(*id));
        let Some((_, best)) = costs.min_by_key(|(cost, _)| *cost) else {
            break;
        };
        chosen.push(best);
        let anchors = anchors(&chosen, conditions);
        places = places.saturating_mul(anchors.last().map_or(1, |(_, predicates)| predicates.len()));
        if filed.others(&anchors) < CROWDED {
            break;
        }
    }
    chosen
}

fn anchors<'c>(ids: &[ConditionId], conditions: &'c Conditions) -> SmallVec<[Anchor<'c>; 2]> {
    ids.iter()
        .filter_map(|id| conditions.get(*id).anchor())
        .collect()
}

fn as_u32(key: usize) -> u32 {
    u32::try_from(key).expect("more than 4,294,967,295 patterns don't fit into memory")
}
