//! Heartbeats of members that join or stay.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{ConsumerBeat, ConsumerGroup, ConsumerHeartbeat, JOIN_EPOCH, LEAVE_EPOCH, Member, Pattern};
use super::{STATIC_LEAVE_EPOCH, Timer, without_epochs};
use crate::answers::Work;
use crate::assign::Assignor;
use crate::{GroupError, MemberId, Partitions};

impl ConsumerGroup {
    /// Hears of a member, by a heartbeat that is valid; says what it is to do.
    pub(crate) fn heartbeat(
        &mut self,
        request: &ConsumerHeartbeat,
        work: &Work<'_>,
    ) -> Result<ConsumerBeat, GroupError> {
        if matches!(request.epoch, LEAVE_EPOCH | STATIC_LEAVE_EPOCH) {
            return self.leave(request, work);
        }
        let id = match &request.member {
            Some(id) => id.clone(),
            None => MemberId::generate(""),
        };
        let limit = work.config.consumer.members;
        if self.members.len() >= limit && !self.members.contains_key(&id) {
            return Err(GroupError::GroupFull);
        }
        let predecessor = self.predecessor(&id, request)?;
        let pattern = self.new_pattern(request, work)?;
        // From here on nothing is refused.
        for timer in [Timer::Join, Timer::Sync] {
            self.timers.cancel(&timer(id.clone()));
        }
        if let Some(predecessor) = predecessor {
            self.succeed(&predecessor, &id);
        }
        let before = self.members.get(&id).cloned();
        let is_resubscribed = self.update(&id, request, pattern);
        self.look_at_topics(is_resubscribed, work);
        self.update_targets(work);
        self.reconcile(&id, is_resubscribed, request.owned.as_ref(), work);
        let pace = request.pace(work);
        self.start_session_of(&id, pace, work);
        let member = &self.members[&id];
        if before.as_ref() != Some(member) {
            self.changes.member(&id);
        }
        let has_changed = before.is_none_or(|before| before.assigned != member.assigned);
        let assignment = request.is_full() || has_changed;
        Ok(ConsumerBeat {
            epoch: member.epoch,
            heartbeat_interval: pace.heartbeat_interval,
            assignment: assignment.then(|| without_epochs(&member.assigned)),
            member: id,
        })
    }

    /// Checks that the member is who it says, and finds the one whose place it takes, if it is static and was away.
    fn predecessor(
        &self,
        id: &MemberId,
        request: &ConsumerHeartbeat,
    ) -> Result<Option<MemberId>, GroupError> {
        let Some(instance) = &request.instance else {
            return match self.members.get(id) {
                Some(member) => check_epoch(member, request).map(|()| None),
                None if request.epoch == JOIN_EPOCH => Ok(None),
                None => Err(GroupError::UnknownMember),
            };
        };
        let holder = self.statics.get(instance);
        let Some((holder, member)) = holder.and_then(|holder| self.members.get_key_value(holder)) else {
            return if request.epoch == JOIN_EPOCH {
                Ok(None)
            } else {
                Err(GroupError::UnknownMember)
            };
        };
        match request.epoch {
            // A member that was fenced joins again under the id that it has.
            JOIN_EPOCH if holder == id => Ok(None),
            // One that speaks the classic protocol does not say that it will be back.
            JOIN_EPOCH if member.epoch != STATIC_LEAVE_EPOCH && member.classic.is_none() => {
                Err(GroupError::UnreleasedInstance)
            }
            JOIN_EPOCH if self.members.contains_key(id) => Err(GroupError::UnreleasedInstance),
            JOIN_EPOCH => Ok(Some(holder.clone())),
            _ if holder != id => Err(GroupError::FencedInstance),
            _ => check_epoch(member, request).map(|()| None),
        }
    }

    /// A pattern that nobody was subscribed to before.
    fn new_pattern(
        &self,
        request: &ConsumerHeartbeat,
        work: &Work<'_>,
    ) -> Result<Option<Pattern>, GroupError> {
        match &request.pattern {
            Some(source) if !source.is_empty() && !self.patterns.contains_key(source) => {
                Pattern::compile(source, work.topics).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// A static member is back under a new id, and has everything that it had.
    pub(super) fn succeed(&mut self, predecessor: &MemberId, id: &MemberId) {
        let Some(mut member) = self.members.remove(predecessor) else {
            return;
        };
        member.epoch = 0;
        member.previous_epoch = 0;
        for one in member.held() {
            self.owners.insert(one, id.clone());
        }
        if let Some(instance) = &member.instance {
            self.statics.insert(instance.clone(), id.clone());
        }
        self.cancel_timers(predecessor);
        self.changes.member(predecessor);
        self.members.insert(id.clone(), member);
    }

    /// Takes what a member says of itself, and says whether it is subscribed to something else than before.
    fn update(&mut self, id: &MemberId, request: &ConsumerHeartbeat, pattern: Option<Pattern>) -> bool {
        let is_new = !self.members.contains_key(id);
        let member = self.members.entry(id.clone()).or_default();
        member.client.clone_from(&request.client);
        member.classic = None;
        if let Some(instance) = &request.instance {
            if let Some(earlier) = member.instance.replace(instance.clone()) {
                self.statics.remove(&earlier);
            }
            self.statics.insert(instance.clone(), id.clone());
        }
        if let Some(rack) = &request.rack {
            member.rack = Some(Arc::clone(rack));
        }
        if let Some(timeout) = request.rebalance_timeout {
            member.rebalance_timeout = timeout;
        }
        if let Some(name) = &request.assignor {
            member.assignor = Assignor::named(name);
        }
        let before = member.subscription.clone();
        if let Some(names) = &request.topics {
            member.subscription.names = names.iter().cloned().collect();
        }
        if let Some(source) = &request.pattern {
            member.subscription.pattern = Some(Arc::clone(source)).filter(|source| !source.is_empty());
        }
        let is_resubscribed = is_new || member.subscription != before;
        if let (Some(pattern), Some(source)) = (pattern, &request.pattern) {
            self.patterns.insert(Arc::clone(source), pattern);
        }
        if is_resubscribed {
            self.forget_unused_patterns();
        }
        is_resubscribed
    }

    pub(super) fn forget_unused_patterns(&mut self) {
        if self.patterns.is_empty() {
            return;
        }
        let members = self.members.values();
        let used: BTreeSet<Arc<str>> = members
            .filter_map(|member| member.subscription.pattern.clone())
            .collect();
        self.patterns.retain(|source, _| used.contains(source));
    }

    /// Raises the epoch when there is something new to assign: other subscriptions, or other topics.
    pub(super) fn look_at_topics(&mut self, is_resubscribed: bool, work: &Work<'_>) {
        let has_seen = self.topics_version == Some(work.topics.version);
        if has_seen && !is_resubscribed {
            return;
        }
        if !has_seen {
            for pattern in self.patterns.values_mut() {
                pattern.resolve(work.topics);
            }
            self.topics_version = Some(work.topics.version);
        }
        let fingerprint = work.topics.fingerprint(&self.all_subscribed_names());
        if is_resubscribed || fingerprint != self.fingerprint {
            self.fingerprint = fingerprint;
            self.raise_epoch();
        }
    }
}

/// A member's epoch has to be the one it was given. The one before is taken too, if the answer with the new one may have been
/// lost: then the member has nothing but what it may have.
fn check_epoch(member: &Member, request: &ConsumerHeartbeat) -> Result<(), GroupError> {
    if request.epoch == JOIN_EPOCH || request.epoch == member.epoch {
        return Ok(());
    }
    let may_have_missed_it = request.epoch < member.epoch
        && request.epoch == member.previous_epoch
        && request
            .owned
            .as_ref()
            .is_some_and(|owned| is_within(owned, member));
    if may_have_missed_it {
        Ok(())
    } else {
        Err(GroupError::FencedMemberEpoch)
    }
}

fn is_within(owned: &Partitions, member: &Member) -> bool {
    owned.iter().all(|(topic, partitions)| {
        let assigned = member.assigned.get(topic);
        assigned.is_some_and(|assigned| {
            partitions
                .iter()
                .all(|partition| assigned.contains_key(partition))
        })
    })
}
