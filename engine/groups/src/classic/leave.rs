//! LeaveGroup.

use super::{ClassicGroup, Leaving, Left, Phase};
use crate::GroupError;
use crate::answers::Work;

impl ClassicGroup {
    /// Lets members go; says of each whether it was one.
    pub(crate) fn leave(&mut self, members: &[Leaving], work: &mut Work<'_>) -> Vec<Left> {
        let left: Vec<Left> = members
            .iter()
            .map(|leaving| self.leave_one(leaving, work))
            .collect();
        if left.iter().any(Result::is_ok) && !matches!(self.phase, Phase::Empty) {
            self.rebalance_or_complete(work);
        }
        left
    }

    fn leave_one(&mut self, leaving: &Leaving, work: &mut Work<'_>) -> Left {
        let id = match (&leaving.member, &leaving.instance) {
            (Some(id), _) if self.pending.contains(id) => id.clone(),
            (Some(id), instance) => {
                self.validate(id, instance.as_ref())?;
                id.clone()
            }
            // An administrator removes a static member.
            (None, Some(instance)) => self
                .statics
                .get(instance)
                .cloned()
                .ok_or(GroupError::UnknownMember)?,
            (None, None) => return Err(GroupError::UnknownMember),
        };
        self.remove(&id, work);
        Ok(())
    }
}
