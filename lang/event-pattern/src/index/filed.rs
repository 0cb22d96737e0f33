//! A branch as it is in the index: under what it is filed, and whether it matches.

use super::PatternNumber;
use super::conditions::{Condition, ConditionId, Conditions};
use super::fingerprint::Fingerprints;
use super::key::{leave_all_open, vagueness};
use super::paths::Paths;
use super::posting::{Anchor, BranchId, Entry, Posting};
use super::scan::Findings;
use crate::branch::{Branch, Path, Test};
use smallvec::SmallVec;
use std::cmp::Reverse;
use std::sync::Arc;

/// As many branches may be filed at one place before they are told apart.
const CROWD: usize = 8;

/// The most anchors of a branch.
const MAXIMUM_ANCHORS: usize = 4;

/// The most places at which a branch is filed so that it is found along with fewer others.
const MAXIMUM_PLACES: usize = 64;

/// A branch in the index.
#[derive(Debug)]
pub(super) struct Filed {
    pub(super) branch: Arc<Branch>,
    pub(super) pattern: PatternNumber,
    /// Those of the conditions that it is filed under, one below the other.
    anchors: SmallVec<[ConditionId; 2]>,
    /// What is asked of its fields, the most common first.
    pub(super) conditions: SmallVec<[ConditionId; 6]>,
}

/// Whether a branch matches, as far as it can be told field by field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Matches,
    Differs,
    /// Several of its fields are in arrays of objects, so it matters which of them are together.
    DependsOnArrays,
}

impl Filed {
    /// Prepares a branch, which is not filed yet.
    pub(super) fn new(
        branch: &Arc<Branch>,
        pattern: PatternNumber,
        conditions: &mut Conditions,
        paths: &mut Paths,
        fingerprints: &Fingerprints,
    ) -> Self {
        let acquire = |(path, test): &(Path, Test)| conditions.acquire(path, test, paths, fingerprints);
        let mut ids: SmallVec<[ConditionId; 6]> = branch.fields.iter().map(acquire).collect();
        ids.sort_by_key(|id| Reverse(conditions.uses(*id)));
        Self {
            branch: Arc::clone(branch),
            pattern,
            anchors: choose_anchors(&ids, conditions, paths),
            conditions: ids,
        }
    }

    /// The branch as it is filed with this number.
    pub(super) fn entry(&self, branch: BranchId) -> Entry {
        let mut conditions = self.conditions.iter().copied();
        Entry {
            branch,
            gate: conditions.find(|id| !self.anchors.contains(id)),
        }
    }

    /// Calls `edit` with every posting that the branch belongs into.
    pub(super) fn edit_postings(
        &self,
        conditions: &Conditions,
        paths: &mut Paths,
        unanchored: &mut Posting,
        edit: &dyn Fn(&mut Posting),
    ) {
        match anchors(&self.anchors, conditions).split_first() {
            None => edit(unanchored),
            Some(((path, keys), deeper)) => paths
                .access_mut(*path)
                .edit(keys, &|posting| posting.edit(deeper, edit)),
        }
    }

    /// Whether the branch matches the event that this was found in.
    pub(super) fn judge(&self, findings: &Findings<'_>, conditions: &Conditions) -> Verdict {
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
/// then, as long as there is a crowd, the one that leaves the fewest of those.
fn choose_anchors(ids: &[ConditionId], conditions: &Conditions, paths: &Paths) -> SmallVec<[ConditionId; 2]> {
    let mut chosen = SmallVec::new();
    let mut places = 1_usize;
    while chosen.len() < MAXIMUM_ANCHORS {
        let others = |id: ConditionId| {
            let (path, keys) = conditions.get(id).anchor()?;
            let tells_apart = !leave_all_open(keys) && places.saturating_mul(keys.len()) <= MAXIMUM_PLACES;
            if chosen.contains(&id) || !(chosen.is_empty() || tells_apart) {
                return None;
            }
            let mut anchors = anchors(&chosen, conditions);
            anchors.push((path, keys));
            let others = others(&anchors, paths)?;
            let cost = others
                .saturating_add(conditions.uses(id))
                .saturating_add(vagueness(keys));
            Some((cost, others, places.saturating_mul(keys.len()), id))
        };
        let candidates = ids.iter().filter_map(|id| others(*id));
        let Some((_, others, now_at, best)) = candidates.min_by_key(|(cost, ..)| *cost) else {
            break;
        };
        chosen.push(best);
        places = now_at;
        if others < CROWD {
            break;
        }
    }
    chosen
}

/// How many branches are found along with one that has these anchors. `None` if none can have them.
fn others(anchors: &[Anchor<'_>], paths: &Paths) -> Option<usize> {
    let ((path, keys), deeper) = anchors.split_first()?;
    paths.access(*path).others(keys, deeper)
}

fn anchors<'c>(ids: &[ConditionId], conditions: &'c Conditions) -> SmallVec<[Anchor<'c>; 2]> {
    ids.iter().filter_map(|id| conditions.get(*id).anchor()).collect()
}
