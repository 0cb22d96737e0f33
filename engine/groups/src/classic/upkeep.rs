//! Heartbeats, and what happens when they don't come.

use super::{ClassicGroup, MemberClaim, Phase, Timer};
use crate::answers::Work;
use crate::{GroupError, InstanceId, MemberId};

impl ClassicGroup {
    /// A member is still there; it is told when it has to join anew.
    pub(crate) fn heartbeat(&mut self, claim: &MemberClaim, work: &Work<'_>) -> Result<(), GroupError> {
        self.validate_claim(claim)?;
        match self.phase {
            Phase::Empty => Err(GroupError::UnknownMember),
            Phase::Preparing | Phase::PreparingFirst(_) => {
                self.start_session(&claim.member, work.now);
                Err(GroupError::RebalanceInProgress)
            }
            Phase::Completing | Phase::Stable => {
                self.start_session(&claim.member, work.now);
                Ok(())
            }
        }
    }

    /// Whether a commit of offsets is to be taken, from a member or from somebody outside of the group (generation below
    /// zero). Of members it counts as a heartbeat.
    pub(crate) fn validate_commit(
        &mut self,
        member: Option<&MemberId>,
        instance: Option<&InstanceId>,
        generation: i32,
        is_transactional: bool,
        work: &Work<'_>,
    ) -> Result<(), GroupError> {
        let is_empty = matches!(self.phase, Phase::Empty);
        if generation < 0 && is_empty {
            return Ok(());
        }
        if generation >= 0 || member.is_some() || instance.is_some() {
            let member = member.ok_or(GroupError::UnknownMember)?;
            self.validate(member, instance)?;
            if generation != self.generation {
                return Err(GroupError::IllegalGeneration);
            }
            if matches!(
                self.phase,
                Phase::Stable | Phase::Preparing | Phase::PreparingFirst(_)
            ) {
                self.start_session(member, work.now);
            }
        } else if !is_transactional && !is_empty {
            // Old transactional producers don't say who they are.
            return Err(GroupError::UnknownMember);
        }
        if !is_transactional && matches!(self.phase, Phase::Completing) {
            return Err(GroupError::RebalanceInProgress);
        }
        Ok(())
    }

    /// Does what is due.
    pub(crate) fn expire(&mut self, work: &mut Work<'_>) {
        while let Some(timer) = self.timers.take_due(work.now) {
            match timer {
                Timer::Session(id) => self.session_ended(&id, work),
                Timer::Join => self.join_timed_out(work),
                Timer::Sync => self.sync_timed_out(work),
            }
        }
    }

    fn session_ended(&mut self, id: &MemberId, work: &mut Work<'_>) {
        if self.pending.contains(id) {
            self.remove(id, work);
            return self.complete_join_if_all_have(work);
        }
        let is_waiting = self
            .members
            .get(id)
            .is_some_and(|member| !member.is_new && (member.is_joining() || member.sync.is_some()));
        // Who waits for an answer can't send heartbeats; the session begins again with the answer.
        if is_waiting || !self.members.contains_key(id) {
            return;
        }
        self.remove(id, work);
        self.rebalance_or_complete(work);
    }

    /// Members that joined and never asked for their assignment are out.
    fn sync_timed_out(&mut self, work: &mut Work<'_>) {
        if !matches!(self.phase, Phase::Completing | Phase::Stable) || self.awaited_syncs.is_empty() {
            return;
        }
        for id in std::mem::take(&mut self.awaited_syncs) {
            self.remove(&id, work);
        }
        self.prepare_rebalance(work);
    }
}
