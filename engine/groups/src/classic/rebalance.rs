//! Rebalances: beginning one, waiting for members, completing it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{ClassicGroup, FirstRebalance, Member, Phase, Timer};
use crate::GroupError;
use crate::MemberId;
use crate::answers::Work;
use crate::consumer_protocol::CONSUMER_PROTOCOL;

impl ClassicGroup {
    /// Takes members over that have to join anew.
    pub(crate) fn take_over(&mut self, members: BTreeMap<MemberId, Member>, work: &mut Work<'_>) {
        self.protocol_type = Some(CONSUMER_PROTOCOL.into());
        self.leader = members.keys().next().cloned();
        for (id, member) in &members {
            if let Some(instance) = &member.instance {
                self.statics.insert(instance.clone(), id.clone());
            }
        }
        self.members = members;
        self.protocol = self.vote();
        self.read_subscriptions();
        let ids: Vec<MemberId> = self.members.keys().cloned().collect();
        for id in &ids {
            self.start_session(id, work.now);
        }
        self.enter(Phase::Stable, work.now);
        self.prepare_rebalance(work);
    }

    /// Sends everybody away who waits: to join anew.
    pub(crate) fn dismiss_all(&mut self, work: &mut Work<'_>) {
        for member in self.members.values_mut() {
            member.dismiss(&GroupError::RebalanceInProgress, work);
        }
    }

    /// Begins a rebalance, unless there is one: then it may be complete now.
    pub(super) fn rebalance_or_complete(&mut self, work: &mut Work<'_>) {
        match self.phase {
            Phase::Empty | Phase::Completing | Phase::Stable => self.prepare_rebalance(work),
            Phase::Preparing | Phase::PreparingFirst(_) => self.complete_join_if_all_have(work),
        }
    }

    pub(super) fn prepare_rebalance(&mut self, work: &mut Work<'_>) {
        for member in self.members.values_mut() {
            if let Some(reply) = member.sync.take() {
                work.answer_sync(reply, Err(GroupError::RebalanceInProgress));
            }
        }
        self.awaited_syncs.clear();
        self.timers.cancel(&Timer::Sync);
        if matches!(self.phase, Phase::Empty) {
            let delay = work.config.classic.initial_rebalance_delay;
            self.timers.set(Timer::Join, work.now + delay);
            let first = FirstRebalance {
                delay,
                remaining: self.rebalance_timeout().saturating_sub(delay),
                has_new_member: false,
            };
            return self.enter(Phase::PreparingFirst(first), work.now);
        }
        self.enter(Phase::Preparing, work.now);
        if self.has_everybody_joined() {
            self.complete_join(work);
        } else {
            self.timers.set(Timer::Join, work.now + self.rebalance_timeout());
        }
    }

    fn has_everybody_joined(&self) -> bool {
        self.pending.is_empty() && self.members.values().all(|member| member.is_joining())
    }

    /// Completes the join, unless somebody is still waited for or more members are.
    pub(super) fn complete_join_if_all_have(&mut self, work: &mut Work<'_>) {
        if matches!(self.phase, Phase::Preparing) && self.has_everybody_joined() {
            self.complete_join(work);
        }
    }

    /// The time to join is over, or it is not needed any more.
    pub(super) fn join_timed_out(&mut self, work: &mut Work<'_>) {
        if let Phase::PreparingFirst(first) = &mut self.phase
            && first.has_new_member
            && !first.remaining.is_zero()
        {
            let delay = work.config.classic.initial_rebalance_delay.min(first.remaining);
            *first = FirstRebalance {
                delay,
                remaining: first.remaining.saturating_sub(first.delay),
                has_new_member: false,
            };
            return self.timers.set(Timer::Join, work.now + delay);
        }
        self.complete_join(work);
    }

    fn complete_join(&mut self, work: &mut Work<'_>) {
        self.timers.cancel(&Timer::Join);
        let absent = self.members.iter();
        let absent: Vec<MemberId> = absent
            .filter(|(_, member)| !member.is_joining() && member.instance.is_none())
            .map(|(id, _)| id.clone())
            .collect();
        for id in absent {
            self.remove(&id, work);
        }
        if self.members.is_empty() {
            return self.become_empty(work);
        }
        if !self.elect_leader() {
            // Only static members are left, and none is there: until their sessions end, they may come back.
            let deadline = work.now + self.rebalance_timeout().max(Duration::from_millis(1));
            return self.timers.set(Timer::Join, deadline);
        }
        self.generation += 1;
        self.protocol = self.vote();
        self.read_subscriptions();
        self.enter(Phase::Completing, work.now);
        let ids: Vec<MemberId> = self.members.keys().cloned().collect();
        for id in &ids {
            let answer = self.joined(id);
            let Some(member) = self.members.get_mut(id) else {
                continue;
            };
            member.is_new = false;
            if let Some(reply) = member.join.take() {
                work.answer_join(reply, Ok(answer));
            }
            self.start_session(id, work.now);
        }
        self.awaited_syncs = ids.into_iter().collect();
        self.timers.set(Timer::Sync, work.now + self.rebalance_timeout());
    }

    fn become_empty(&mut self, work: &mut Work<'_>) {
        self.generation += 1;
        self.protocol = None;
        self.leader = None;
        self.read_subscriptions();
        self.awaited_syncs.clear();
        self.timers.cancel(&Timer::Sync);
        self.enter(Phase::Empty, work.now);
        self.changes.everything();
    }

    /// The leader stays if it has joined; otherwise somebody who has takes over.
    fn elect_leader(&mut self) -> bool {
        let leader = self.leader.as_ref().and_then(|leader| self.members.get(leader));
        if leader.is_some_and(|leader| leader.is_joining()) {
            return true;
        }
        let joined = self.members.iter().find(|(_, member)| member.is_joining());
        match joined.map(|(id, _)| id.clone()) {
            Some(id) => {
                self.leader = Some(id);
                true
            }
            None => false,
        }
    }
}
