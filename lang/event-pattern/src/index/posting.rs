use super::access::Access;
use super::paths::PathId;
use super::scan::Findings;
use crate::predicate::Predicate;
use hashbrown::HashMap;
use smallvec::SmallVec;

/// The number of a branch in the index.
pub(super) type BranchId = u32;

/// A field that is to have a value, and the predicates of which the value has to fit one.
pub(super) type Anchor<'p> = (PathId, &'p [Predicate]);

/// With so few fields to look at it is quicker to look for each among what was found.
const FEW_FIELDS: usize = 4;

/// The branches that are filed at one place.
///
/// Most often it is one. Where there are many, those that come later are filed by the value of one more field, below.
#[derive(Debug, Default)]
pub(super) struct Posting {
    branches: SmallVec<[BranchId; 4]>,
    by_field: Option<Box<HashMap<PathId, Access>>>,
}

impl Posting {
    pub(super) fn insert(&mut self, branch: BranchId) {
        self.branches.push(branch);
    }

    /// Takes a branch away, once. The order of the others may change.
    pub(super) fn remove(&mut self, branch: BranchId) {
        if let Some(index) = self.branches.iter().position(|other| *other == branch) {
            self.branches.swap_remove(index);
        }
        if self.branches.len() * 4 < self.branches.capacity() {
            self.branches.shrink_to_fit();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.branches.is_empty() && self.by_field.is_none()
    }

    /// How many branches are found along with one that is filed under these anchors.
    pub(super) fn others(&self, anchors: &[Anchor<'_>]) -> usize {
        let Some(((path, predicates), deeper)) = anchors.split_first() else {
            return self.branches.len();
        };
        let access = self.by_field.as_ref().and_then(|fields| fields.get(path));
        access.map_or(0, |access| access.others(predicates, deeper))
    }

    /// Calls `edit` with every posting that a branch with these anchors belongs into.
    pub(super) fn edit(&mut self, anchors: &[Anchor<'_>], edit: &dyn Fn(&mut Self)) {
        let Some(((path, predicates), deeper)) = anchors.split_first() else {
            return edit(self);
        };
        let fields = self.by_field.get_or_insert_default();
        let access = fields.entry(*path).or_default();
        access.edit(predicates, &|posting| posting.edit(deeper, edit));
        if access.is_empty() {
            fields.remove(path);
        }
        if fields.is_empty() {
            self.by_field = None;
        }
    }

    /// Finds the branches whose anchors the event may fit.
    pub(super) fn collect(&self, findings: &Findings<'_>, candidates: &mut Vec<BranchId>) {
        candidates.extend_from_slice(&self.branches);
        let Some(fields) = &self.by_field else {
            return;
        };
        if fields.len() <= FEW_FIELDS {
            for (path, access) in &**fields {
                let values = findings.at(*path);
                if !values.is_empty() {
                    access.collect(values, findings, candidates);
                }
            }
            return;
        }
        for (path, values) in findings.by_path() {
            if let Some(access) = fields.get(&path) {
                access.collect(values, findings, candidates);
            }
        }
    }
}
