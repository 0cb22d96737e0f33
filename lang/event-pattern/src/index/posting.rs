use smallvec::SmallVec;

/// The number of a branch in the index.
pub(super) type BranchId = u32;

/// The branches that are filed at one place; most often it is one.
#[derive(Debug, Default)]
pub(super) struct Posting(SmallVec<[BranchId; 4]>);

impl Posting {
    pub(super) fn insert(&mut self, branch: BranchId) {
        self.0.push(branch);
    }

    /// Takes a branch away, once. The order of the others may change.
    pub(super) fn remove(&mut self, branch: BranchId) {
        if let Some(index) = self.0.iter().position(|other| *other == branch) {
            self.0.swap_remove(index);
        }
        if self.0.len() * 4 < self.0.capacity() {
            self.0.shrink_to_fit();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = BranchId> {
        self.0.iter().copied()
    }

    pub(super) fn add_to(&self, candidates: &mut Vec<BranchId>) {
        candidates.extend_from_slice(&self.0);
    }
}
