//! SyncGroup: the leader gives, everybody gets.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use super::{ClassicGroup, MemberClaim, Phase, SyncRequest, Synced, Timer};
use crate::answers::{Reply, Work};
use crate::{GroupError, MemberId};

impl ClassicGroup {
    /// Asks for a member's assignment, and gives those of all if it is the leader's.
    pub(crate) fn sync(&mut self, request: SyncRequest, reply: Reply<Synced>, work: &mut Work<'_>) {
        if let Err(error) = self.validate_sync(&request) {
            return work.answer_sync(reply, Err(error));
        }
        let id = &request.claim.member;
        self.awaited_syncs.remove(id);
        if self.awaited_syncs.is_empty() {
            self.timers.cancel(&Timer::Sync);
        }
        if matches!(self.phase, Phase::Stable) {
            let answer = self.synced(id);
            return work.answer_sync(reply, Ok(answer));
        }
        if let Some(member) = self.members.get_mut(id)
            && let Some(earlier) = member.sync.replace(reply)
        {
            work.answer_sync(earlier, Err(GroupError::RebalanceInProgress));
        }
        if self.is_leader(id) {
            self.assign(request.assignments, work);
        }
    }

    fn validate_sync(&self, request: &SyncRequest) -> Result<(), GroupError> {
        self.validate_claim(&request.claim)?;
        let differs = |said: &Option<Arc<str>>, is: &Option<Arc<str>>| said.is_some() && said != is;
        if differs(&request.protocol_type, &self.protocol_type) || differs(&request.protocol, &self.protocol)
        {
            return Err(GroupError::InconsistentProtocol);
        }
        match self.phase {
            Phase::Empty => Err(GroupError::UnknownMember),
            Phase::Preparing | Phase::PreparingFirst(_) => Err(GroupError::RebalanceInProgress),
            Phase::Completing | Phase::Stable => Ok(()),
        }
    }

    pub(super) fn validate_claim(&self, claim: &MemberClaim) -> Result<(), GroupError> {
        self.validate(&claim.member, claim.instance.as_ref())?;
        if claim.generation == self.generation {
            Ok(())
        } else {
            Err(GroupError::IllegalGeneration)
        }
    }

    fn assign(&mut self, assignments: Vec<(MemberId, Bytes)>, work: &mut Work<'_>) {
        let mut assignments: HashMap<MemberId, Bytes> = assignments.into_iter().collect();
        for (id, member) in &mut self.members {
            member.assignment = assignments.remove(id).unwrap_or_default();
        }
        self.enter(Phase::Stable, work.now);
        self.changes.everything();
        let ids: Vec<MemberId> = self.members.keys().cloned().collect();
        for id in &ids {
            let answer = self.synced(id);
            if let Some(reply) = self.members.get_mut(id).and_then(|member| member.sync.take()) {
                work.answer_sync(reply, Ok(answer));
                // While it waited, its session did not end.
                self.start_session(id, work.now);
            }
        }
    }

    fn synced(&self, id: &MemberId) -> Synced {
        let member = self.members.get(id);
        Synced {
            protocol_type: self.protocol_type.clone(),
            protocol: self.protocol.clone(),
            assignment: member.map(|member| member.assignment.clone()).unwrap_or_default(),
        }
    }
}
