//! What of a group differs from what is stored.

use std::collections::BTreeSet;

use crate::MemberId;

/// Kept by a machine while it works, and taken when its state is stored.
#[derive(Debug, Default)]
pub(crate) enum Changes {
    #[default]
    None,
    /// The group's own record is always written with those of its members.
    Members(BTreeSet<MemberId>),
    Everything,
}

impl Changes {
    /// The group itself.
    pub(crate) fn group(&mut self) {
        if matches!(self, Changes::None) {
            *self = Changes::Members(BTreeSet::new());
        }
    }

    pub(crate) fn member(&mut self, member: &MemberId) {
        self.group();
        if let Changes::Members(members) = self {
            members.insert(member.clone());
        }
    }

    pub(crate) fn everything(&mut self) {
        *self = Changes::Everything;
    }

    pub(crate) fn take(&mut self) -> Self {
        std::mem::take(self)
    }
}
