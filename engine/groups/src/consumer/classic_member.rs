//! Members of a consumer group that still speak the classic protocol, while a group is upgraded member by member (KIP-848).
//!
//! The group assigns for them too. Their generation is their epoch; a join takes them as far as they can go, a sync tells them
//! what they may have, and a heartbeat when to join anew.

use std::sync::Arc;

use super::member::ClassicProtocol;
use super::{ConsumerGroup, Member, Progress, STATIC_LEAVE_EPOCH, Timer, without_epochs};
use crate::answers::Work;
use crate::classic::{JoinRequest, Joined, Leaving, Left, MemberClaim, SyncRequest, Synced};
use crate::consumer_protocol::{CONSUMER_PROTOCOL, Subscription, by_id, write_assignment};
use crate::{GroupError, InstanceId, MemberId};

impl ConsumerGroup {
    /// JoinGroup to a consumer group that has members.
    pub(crate) fn join(&mut self, request: &JoinRequest, work: &Work<'_>) -> Result<Joined, GroupError> {
        let first = request.protocols.first();
        let (Some(first), true) = (first, self.speaks_with_all(request)) else {
            return Err(GroupError::InconsistentProtocol);
        };
        let Some(subscription) = Subscription::read(&first.metadata) else {
            return Err(GroupError::InconsistentProtocol);
        };
        let id = match &request.member {
            Some(id) => id.clone(),
            None => MemberId::generate(&request.client.id),
        };
        let limit = work.config.consumer.members;
        if self.members.len() >= limit && !self.members.contains_key(&id) {
            return Err(GroupError::GroupFull);
        }
        match (&request.member, &request.instance) {
            (None, None) if request.takes_member_id => return Err(GroupError::MemberIdRequired(id)),
            (Some(id), Some(instance)) => self.validate(id, Some(instance)).map(drop)?,
            (None, Some(instance)) => {
                if let Some(holder) = self.statics.get(instance).cloned() {
                    self.succeed(&holder, &id);
                }
            }
            (_, None) => (),
        }
        let is_resubscribed = self.take_join(&id, request, &subscription);
        self.look_at_topics(is_resubscribed, work);
        self.update_targets(work);
        let owned = subscription
            .owned
            .as_deref()
            .map(|owned| by_id(owned, work.topics));
        // Without a word on it, a member that joins has nothing: so did consumers before they could keep partitions.
        let owned = owned.unwrap_or_default();
        self.reconcile(&id, is_resubscribed, Some(&owned), work);
        self.changes.member(&id);
        self.start_session(&id, work);
        let member = &self.members[&id];
        let (generation, rebalance_timeout) = (member.epoch, member.rebalance_timeout);
        self.timers.cancel(&Timer::Join(id.clone()));
        self.timers
            .set(Timer::Sync(id.clone()), work.now + rebalance_timeout);
        Ok(Joined {
            member: id,
            generation,
            protocol_type: Some(CONSUMER_PROTOCOL.into()),
            protocol: Some(Arc::clone(&first.name)),
            leader: None,
            members: Vec::new(),
            skip_assignment: false,
        })
    }

    /// Whether a member speaks the protocol of consumers, and something that all other members of its kind do.
    fn speaks_with_all(&self, request: &JoinRequest) -> bool {
        let spoken_by = |classic: &ClassicProtocol, name: &Arc<str>| {
            let mut protocols = classic.protocols.iter();
            protocols.any(|protocol| protocol.name == *name)
        };
        let is_common = |name: &Arc<str>| {
            let mut classic = self.members.values().filter_map(|member| member.classic.as_ref());
            classic.all(|classic| spoken_by(classic, name))
        };
        &*request.protocol_type == CONSUMER_PROTOCOL
            && request.protocols.iter().any(|protocol| is_common(&protocol.name))
    }

    /// Takes what a member says of itself, and says whether it is subscribed to something else than before.
    fn take_join(&mut self, id: &MemberId, request: &JoinRequest, subscription: &Subscription) -> bool {
        let is_new = !self.members.contains_key(id);
        let member = self.members.entry(id.clone()).or_default();
        member.client.clone_from(&request.client);
        member.rebalance_timeout = request.rebalance_timeout;
        member.assignor = None;
        member.classic = Some(ClassicProtocol {
            session_timeout: request.session_timeout,
            protocols: request.protocols.clone(),
        });
        let before = std::mem::take(&mut member.subscription);
        member.subscription.names = subscription.topics.iter().cloned().collect();
        let is_resubscribed = is_new || member.subscription != before;
        if let Some(instance) = &request.instance {
            member.instance = Some(instance.clone());
            self.statics.insert(instance.clone(), id.clone());
        }
        self.forget_unused_patterns();
        is_resubscribed
    }

    /// SyncGroup of a member that has joined.
    pub(crate) fn sync(&mut self, request: &SyncRequest, work: &Work<'_>) -> Result<Synced, GroupError> {
        let id = &request.claim.member;
        let (member, classic) = self.validate_classic(&request.claim)?;
        let spoken = classic.protocols.first().map(|protocol| &protocol.name);
        let is_type = request
            .protocol_type
            .as_deref()
            .is_none_or(|said| said == CONSUMER_PROTOCOL);
        let is_protocol = request.protocol.as_ref().is_none_or(|said| Some(said) == spoken);
        if !is_type || !is_protocol {
            return Err(GroupError::InconsistentProtocol);
        }
        if self.epoch > member.epoch && member.progress != Progress::Revoking {
            let rebalance_timeout = member.rebalance_timeout;
            self.expect_join(id, rebalance_timeout, work);
            return Err(GroupError::RebalanceInProgress);
        }
        let synced = Synced {
            protocol_type: Some(CONSUMER_PROTOCOL.into()),
            protocol: spoken.cloned(),
            assignment: write_assignment(
                classic.assignment_version(),
                &without_epochs(&member.assigned),
                work.topics,
            ),
        };
        self.timers.cancel(&Timer::Sync(id.clone()));
        self.start_session(id, work);
        Ok(synced)
    }

    /// Heartbeat. The member has to join anew when there is something new for it, or when it has to give up partitions.
    pub(crate) fn classic_heartbeat(
        &mut self,
        claim: &MemberClaim,
        work: &Work<'_>,
    ) -> Result<(), GroupError> {
        let (member, _) = self.validate_classic(claim)?;
        let has_news = member.epoch < self.epoch
            || match member.progress {
                Progress::Revoking => true,
                Progress::Waiting => !self.waits_for_others(&claim.member, member),
                Progress::Stable => false,
            };
        let rebalance_timeout = member.rebalance_timeout;
        self.start_session(&claim.member, work);
        if has_news {
            self.expect_join(&claim.member, rebalance_timeout, work);
            return Err(GroupError::RebalanceInProgress);
        }
        Ok(())
    }

    /// LeaveGroup, of members of either protocol.
    pub(crate) fn classic_leave(&mut self, members: &[Leaving], work: &Work<'_>) -> Vec<Left> {
        let leave = |leaving: &Leaving| {
            let id = match (&leaving.member, &leaving.instance) {
                (Some(id), instance) => self.validate(id, instance.as_ref()).map(|_| id.clone())?,
                (None, Some(instance)) => {
                    let holder = self.statics.get(instance);
                    holder.cloned().ok_or(GroupError::UnknownMember)?
                }
                (None, None) => return Err(GroupError::UnknownMember),
            };
            self.remove(&id, work.now);
            Ok(())
        };
        members.iter().map(leave).collect()
    }

    fn validate(&self, id: &MemberId, instance: Option<&InstanceId>) -> Result<&Member, GroupError> {
        if let Some(instance) = instance {
            match self.statics.get(instance) {
                None => return Err(GroupError::UnknownMember),
                Some(holder) if holder != id => return Err(GroupError::FencedInstance),
                Some(_) => (),
            }
        }
        self.members.get(id).ok_or(GroupError::UnknownMember)
    }

    fn validate_classic(&self, claim: &MemberClaim) -> Result<(&Member, &ClassicProtocol), GroupError> {
        let member = self.validate(&claim.member, claim.instance.as_ref())?;
        let classic = member.classic.as_ref().ok_or(GroupError::UnknownMember)?;
        if member.epoch == claim.generation && member.epoch != STATIC_LEAVE_EPOCH {
            Ok((member, classic))
        } else {
            Err(GroupError::IllegalGeneration)
        }
    }

    /// Whether everything that a member is to have and has not is with others.
    fn waits_for_others(&self, id: &MemberId, member: &Member) -> bool {
        let mut missing = crate::assign::each(&member.target).filter(|one| {
            let assigned = member.assigned.get(&one.topic);
            assigned.is_none_or(|assigned| !assigned.contains_key(&one.partition))
        });
        missing.all(|one| self.owners.get(&one).is_some_and(|owner| owner != id))
    }

    /// A member has been told to join anew: it has to in time.
    fn expect_join(&mut self, id: &MemberId, timeout: std::time::Duration, work: &Work<'_>) {
        let timer = Timer::Join(id.clone());
        if self.timers.get(&timer).is_none() {
            self.timers.set(timer, work.now + timeout);
        }
    }
}

impl ClassicProtocol {
    /// The version that the member reads.
    pub(crate) fn assignment_version(&self) -> i16 {
        let first = self.protocols.first();
        let subscription = first.and_then(|protocol| Subscription::read(&protocol.metadata));
        subscription.map_or(0, |subscription| subscription.version)
    }
}
