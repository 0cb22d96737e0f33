//! One event on its way through the index.

use super::conditions::Conditions;
use super::fingerprint::Fingerprints;
use super::posting::{BranchId, Entry};
use super::scan::Findings;

/// What is looked for, and what has been found.
#[derive(Debug)]
pub(super) struct Search<'s, 'a> {
    pub(super) findings: &'s Findings<'a>,
    pub(super) fingerprints: &'s Fingerprints,
    conditions: &'s Conditions,
    /// Branches that may match; some of them more than once.
    candidates: Vec<BranchId>,
}

impl<'s, 'a> Search<'s, 'a> {
    pub(super) fn new(
        findings: &'s Findings<'a>,
        fingerprints: &'s Fingerprints,
        conditions: &'s Conditions,
    ) -> Self {
        Self {
            findings,
            fingerprints,
            conditions,
            candidates: Vec::new(),
        }
    }

    /// Takes note of the branches that are filed at one place, of those whose gate holds.
    pub(super) fn find(&mut self, entries: &[Entry]) {
        for Entry { branch, gate } in entries {
            let passes = |gate| self.conditions.get(gate).may_hold(self.findings);
            if gate.is_none_or(passes) {
                self.candidates.push(*branch);
            }
        }
    }

    /// The branches that may match, each once.
    pub(super) fn candidates(self) -> Vec<BranchId> {
        let mut candidates = self.candidates;
        candidates.sort_unstable();
        candidates.dedup();
        candidates
    }
}
