//! JoinGroup.

use super::{ClassicGroup, JoinRequest, Joined, JoinedMember, Member, Phase, Timer};
use crate::answers::{Reply, Work};
use crate::{GroupError, InstanceId, MemberId};

impl ClassicGroup {
    /// Lets a member join; it is answered when all have.
    pub(crate) fn join(&mut self, request: &JoinRequest, reply: Reply<Joined>, work: &mut Work<'_>) {
        if let Err(error) = self.admit(request, work) {
            if let (GroupError::GroupFull, Some(member)) = (&error, &request.member) {
                self.remove(member, work);
                self.complete_join_if_all_have(work);
            }
            return work.answer_join(reply, Err(error));
        }
        match &request.member {
            Some(member) => self.join_again(member, request, reply, work),
            None => self.join_new(request, reply, work),
        }
    }

    fn admit(&mut self, request: &JoinRequest, work: &Work<'_>) -> Result<(), GroupError> {
        let limit = work.config.classic.members;
        let known = request
            .member
            .as_ref()
            .and_then(|member| self.members.get(member));
        let is_admitted = match self.phase {
            Phase::Empty => true,
            // By those who wait, so that the last ones to join again are out when the limit was lowered.
            Phase::Preparing | Phase::PreparingFirst(_) => {
                known.is_some_and(Member::is_joining) || self.joining() < limit
            }
            Phase::Completing | Phase::Stable => known.is_some() || self.members.len() < limit,
        };
        if !is_admitted {
            return Err(GroupError::GroupFull);
        }
        let is_spoken = self.supports(&request.protocol_type, &request.protocols);
        match &request.member {
            Some(member) if !self.members.contains_key(member) && !self.pending.contains(member) => {
                self.validate(member, request.instance.as_ref())
            }
            _ if is_spoken => Ok(()),
            _ => Err(GroupError::InconsistentProtocol),
        }
    }

    fn join_new(&mut self, request: &JoinRequest, reply: Reply<Joined>, work: &mut Work<'_>) {
        let Some(instance) = &request.instance else {
            let id = MemberId::generate(&request.client.id);
            if !request.takes_member_id {
                return self.add(id, request, reply, work);
            }
            if self.pending.len() >= work.config.classic.members {
                return work.answer_join(reply, Err(GroupError::GroupFull));
            }
            self.pending.insert(id.clone());
            let deadline = work.now + request.session_timeout;
            self.timers.set(Timer::Session(id.clone()), deadline);
            return work.answer_join(reply, Err(GroupError::MemberIdRequired(id)));
        };
        let id = MemberId::generate(instance.as_str());
        match self.statics.get(instance).cloned() {
            Some(holder) => self.replace(instance, &holder, id, request, reply, work),
            None => self.add(id, request, reply, work),
        }
    }

    fn join_again(
        &mut self,
        id: &MemberId,
        request: &JoinRequest,
        reply: Reply<Joined>,
        work: &mut Work<'_>,
    ) {
        if self.pending.contains(id) {
            if request.instance.is_some() {
                let error = GroupError::InvalidRequest("a member that was given its id is not static");
                return work.answer_join(reply, Err(error));
            }
            return self.add(id.clone(), request, reply, work);
        }
        if let Err(error) = self.validate(id, request.instance.as_ref()) {
            return work.answer_join(reply, Err(error));
        }
        let says_the_same = self.members[id.as_str()].protocols == request.protocols;
        match self.phase {
            // It may not have got the answer.
            Phase::Completing if says_the_same => {
                let answer = self.joined(id);
                work.answer_join(reply, Ok(answer));
            }
            // A leader that joins wants to assign anew.
            Phase::Stable if says_the_same && !self.is_leader(id) => {
                let answer = self.joined(id);
                work.answer_join(reply, Ok(answer));
            }
            Phase::Empty => work.answer_join(reply, Err(GroupError::UnknownMember)),
            _ => {
                self.update(id, request, reply, work);
                self.rebalance_or_complete(work);
            }
        }
    }

    /// Takes a new member in.
    fn add(&mut self, id: MemberId, request: &JoinRequest, reply: Reply<Joined>, work: &mut Work<'_>) {
        if let Phase::PreparingFirst(first) = &mut self.phase {
            first.has_new_member = true;
        }
        self.pending.remove(&id);
        if self.members.is_empty() {
            self.protocol_type = Some(request.protocol_type.clone());
        }
        if let Some(instance) = &request.instance {
            self.statics.insert(instance.clone(), id.clone());
        }
        self.leader.get_or_insert_with(|| id.clone());
        let mut member = Member::new(request);
        member.join = Some(reply);
        self.members.insert(id.clone(), member);
        // It doesn't know its id, so it sends no heartbeats. Should it be gone, that is noticed after this time.
        let deadline = work.now + work.config.classic.new_member_join_timeout;
        self.timers.set(Timer::Session(id), deadline);
        self.rebalance_or_complete(work);
    }

    fn update(&mut self, id: &MemberId, request: &JoinRequest, reply: Reply<Joined>, work: &mut Work<'_>) {
        if let Some(member) = self.members.get_mut(id) {
            // Whoever waited under this name before has been replaced by this request.
            member.dismiss(&GroupError::RebalanceInProgress, work);
            member.update(request);
            member.join = Some(reply);
        }
    }

    /// A static member is back under a new id: it takes the place of what it was before.
    fn replace(
        &mut self,
        instance: &InstanceId,
        holder: &MemberId,
        id: MemberId,
        request: &JoinRequest,
        reply: Reply<Joined>,
        work: &mut Work<'_>,
    ) {
        let leader_before = self.leader.clone();
        self.rename(instance, holder, id.clone(), work);
        self.update(&id, request, reply, work);
        self.start_session(&id, work.now);
        match self.phase {
            Phase::Stable if self.vote() == self.protocol => {
                self.changes.everything();
                self.answer_replaced(&id, leader_before, request.skips_assignment, work);
            }
            Phase::Stable => self.rebalance_or_complete(work),
            // The leader may have been told the old id already.
            Phase::Completing => self.prepare_rebalance(work),
            Phase::Empty | Phase::Preparing | Phase::PreparingFirst(_) => {
                self.complete_join_if_all_have(work)
            }
        }
    }

    fn rename(&mut self, instance: &InstanceId, holder: &MemberId, id: MemberId, work: &mut Work<'_>) {
        let Some(mut member) = self.members.remove(holder) else {
            return;
        };
        member.dismiss(&GroupError::FencedInstance, work);
        member.is_new = false;
        self.timers.cancel(&Timer::Session(holder.clone()));
        if self.awaited_syncs.remove(holder) {
            self.awaited_syncs.insert(id.clone());
        }
        if self.is_leader(holder) {
            self.leader = Some(id.clone());
        }
        self.statics.insert(instance.clone(), id.clone());
        self.members.insert(id, member);
    }

    /// What a static member that came back gets when nothing has to be assigned anew.
    fn answer_replaced(
        &mut self,
        id: &MemberId,
        leader_before: Option<MemberId>,
        skips_assignment: bool,
        work: &mut Work<'_>,
    ) {
        let mut answer = self.joined(id);
        if skips_assignment {
            answer.skip_assignment = self.is_leader(id);
        } else {
            // An old client that hears it leads would assign; so it is told who led before.
            answer.leader = leader_before;
            answer.members.clear();
        }
        if let Some(reply) = self.members.get_mut(id).and_then(|member| member.join.take()) {
            work.answer_join(reply, Ok(answer));
        }
    }

    /// How many members have joined and wait.
    pub(super) fn joining(&self) -> usize {
        self.members.values().filter(|member| member.is_joining()).count()
    }

    /// What a member is told of the generation that it is in.
    pub(super) fn joined(&self, id: &MemberId) -> Joined {
        let members = if self.is_leader(id) {
            let members = self.members.iter().map(|(id, member)| JoinedMember {
                member: id.clone(),
                instance: member.instance.clone(),
                metadata: member.metadata(self.protocol.as_ref()),
            });
            members.collect()
        } else {
            Vec::new()
        };
        Joined {
            member: id.clone(),
            generation: self.generation,
            protocol_type: self.protocol_type.clone(),
            protocol: self.protocol.clone(),
            leader: self.leader.clone(),
            members,
            skip_assignment: false,
        }
    }
}
