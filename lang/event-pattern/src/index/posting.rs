use super::access::Access;
use super::conditions::ConditionId;
use super::key::Key;
use super::paths::PathId;
use super::search::Search;
use smallvec::SmallVec;

/// The number of a branch in the index.
pub(super) type BranchId = u32;

/// A field that is to have a value, and the keys of which the value has to have one.
pub(super) type Anchor<'k> = (PathId, &'k [Key]);

/// The most fields by which the branches filed at one place are told apart.
const MAXIMUM_FIELDS: usize = 8;

/// A branch as it is filed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) branch: BranchId,
    /// A condition of the branch that many others have too: what it takes to find out whether that holds is at hand, so most
    /// branches that don't match are never touched.
    pub(super) gate: Option<ConditionId>,
}

/// The branches that are filed at one place.
///
/// Most often it is one. Where there are many, those that come later are filed by the value of one more field, below.
#[derive(Debug, Default)]
pub(super) struct Posting {
    branches: SmallVec<[Entry; 2]>,
    by_field: Option<Box<Fields>>,
}

/// Most often it is one field.
type Fields = SmallVec<[(PathId, Access); 1]>;

impl Posting {
    pub(super) fn insert(&mut self, entry: Entry) {
        self.branches.push(entry);
    }

    /// Takes a branch away, once. The order of the others may change.
    pub(super) fn remove(&mut self, branch: BranchId) {
        if let Some(index) = self.branches.iter().position(|other| other.branch == branch) {
            self.branches.swap_remove(index);
        }
        if self.branches.len() * 4 < self.branches.capacity() {
            self.branches.shrink_to_fit();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.branches.is_empty() && self.by_field.is_none()
    }

    /// How many branches are found along with one that is filed under these anchors. `None` if none can be.
    pub(super) fn others(&self, anchors: &[Anchor<'_>]) -> Option<usize> {
        let Some(((path, keys), deeper)) = anchors.split_first() else {
            return Some(self.branches.len());
        };
        let Some(fields) = &self.by_field else {
            return Some(0);
        };
        match fields.iter().find(|(other, _)| other == path) {
            Some((_, access)) => access.others(keys, deeper),
            None => (fields.len() < MAXIMUM_FIELDS).then_some(0),
        }
    }

    /// Calls `edit` with every posting that a branch with these anchors belongs into.
    pub(super) fn edit(&mut self, anchors: &[Anchor<'_>], edit: &dyn Fn(&mut Self)) {
        let Some(((path, keys), deeper)) = anchors.split_first() else {
            return edit(self);
        };
        let fields = self.by_field.get_or_insert_default();
        let index = fields.iter().position(|(other, _)| other == path);
        let index = index.unwrap_or_else(|| {
            fields.push((*path, Access::default()));
            fields.len() - 1
        });
        let access = &mut fields[index].1;
        access.edit(keys, &|posting| posting.edit(deeper, edit));
        if access.is_empty() {
            fields.swap_remove(index);
        }
        if fields.is_empty() {
            self.by_field = None;
        }
    }

    /// Finds the branches whose anchors the event may fit.
    pub(super) fn collect(&self, search: &mut Search<'_, '_>) {
        search.find(&self.branches);
        for (path, access) in self.by_field.iter().flat_map(|fields| fields.iter()) {
            let values = search.findings.at(*path);
            if !values.is_empty() {
                access.collect(values, search);
            }
        }
    }
}

#[cfg(test)]
impl Posting {
    /// Files a branch that nothing else is known of.
    pub(super) fn insert_ungated(&mut self, branch: BranchId) {
        self.insert(Entry { branch, gate: None });
    }

    /// The branches that are filed right here.
    pub(super) fn here(&self) -> impl Iterator<Item = BranchId> {
        self.branches.iter().map(|entry| entry.branch)
    }
}
