//! Classic groups: members that join together, and a leader among them who assigns.
//!
//! Follows `ClassicGroup` and the `classicGroup…` operations of Apache Kafka's `GroupMetadataManager`.

mod join;
mod leave;
mod member;
mod protocols;
mod rebalance;
mod record;
mod request;
mod sync;
mod upkeep;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use ninefold_time::Timestamp;

use crate::answers::Work;
use crate::changes::Changes;
use crate::consumer_protocol::CONSUMER_PROTOCOL;
use crate::timers::Timers;
use crate::{GroupError, InstanceId, MemberId};

pub(crate) use member::Member;
pub use request::{
    JoinRequest, Joined, JoinedMember, LeaveRequest, Leaving, Left, MemberClaim, Protocol, SyncRequest,
    Synced,
};

/// What the members of a group are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClassicState {
    /// There are none.
    Empty,
    /// They are joining.
    PreparingRebalance,
    /// They have joined, and the leader is assigning.
    CompletingRebalance,
    /// They have their assignments.
    Stable,
}

impl ClassicState {
    /// The name that Kafka gives it.
    pub fn name(self) -> &'static str {
        match self {
            ClassicState::Empty => "Empty",
            ClassicState::PreparingRebalance => "PreparingRebalance",
            ClassicState::CompletingRebalance => "CompletingRebalance",
            ClassicState::Stable => "Stable",
        }
    }
}

/// The state of a classic group.
#[derive(Debug, Default)]
pub(crate) struct ClassicGroup {
    pub(crate) phase: Phase,
    /// When the phase began.
    pub(crate) since: Timestamp,
    pub(crate) generation: i32,
    pub(crate) protocol_type: Option<Arc<str>>,
    /// What all members speak in this generation.
    pub(crate) protocol: Option<Arc<str>>,
    pub(crate) leader: Option<MemberId>,
    pub(crate) members: BTreeMap<MemberId, Member>,
    statics: BTreeMap<InstanceId, MemberId>,
    /// Ids that were given out and not joined with yet.
    pending: BTreeSet<MemberId>,
    /// Members that have not asked for their assignment in this generation.
    awaited_syncs: BTreeSet<MemberId>,
    /// The topics of all members, if it is known what they are subscribed to.
    subscribed: Option<BTreeSet<Arc<str>>>,
    pub(crate) timers: Timers<Timer>,
    pub(crate) changes: Changes,
}

/// [`ClassicState`] with what belongs to each.
#[derive(Debug, Default)]
pub(crate) enum Phase {
    #[default]
    Empty,
    /// The group was empty: more members are waited for.
    PreparingFirst(FirstRebalance),
    Preparing,
    Completing,
    Stable,
}

/// How long a group that was empty waits for more members.
#[derive(Debug)]
pub(crate) struct FirstRebalance {
    delay: Duration,
    /// What is left of the time by which the delay can be prolonged.
    remaining: Duration,
    has_new_member: bool,
}

/// What can time out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    Session(MemberId),
    Join,
    Sync,
}

impl ClassicGroup {
    /// A group that takes the place of one without members.
    pub(crate) fn after(generation: i32, since: Timestamp) -> Self {
        let mut group = ClassicGroup {
            generation,
            since,
            ..ClassicGroup::default()
        };
        group.changes.everything();
        group
    }

    pub(crate) fn state(&self) -> ClassicState {
        match self.phase {
            Phase::Empty => ClassicState::Empty,
            Phase::PreparingFirst(_) | Phase::Preparing => ClassicState::PreparingRebalance,
            Phase::Completing => ClassicState::CompletingRebalance,
            Phase::Stable => ClassicState::Stable,
        }
    }

    fn enter(&mut self, phase: Phase, now: Timestamp) {
        self.phase = phase;
        self.since = now;
    }

    /// Whether nothing would be lost if the group was forgotten.
    pub(crate) fn is_vacant(&self) -> bool {
        self.generation == 0 && matches!(self.phase, Phase::Empty) && self.pending.is_empty()
    }

    pub(crate) fn uses_consumer_protocol(&self) -> bool {
        self.protocol_type.as_deref() == Some(CONSUMER_PROTOCOL)
    }

    /// Whether it is known what members are subscribed to.
    pub(crate) fn knows_subscriptions(&self) -> bool {
        self.subscribed.is_some()
    }

    fn is_leader(&self, member: &MemberId) -> bool {
        self.leader.as_ref() == Some(member)
    }

    /// The member that a request claims to come from.
    pub(crate) fn validate(
        &self,
        member: &MemberId,
        instance: Option<&InstanceId>,
    ) -> Result<(), GroupError> {
        if let Some(instance) = instance {
            match self.statics.get(instance) {
                None => return Err(GroupError::UnknownMember),
                Some(holder) if holder != member => return Err(GroupError::FencedInstance),
                Some(_) => (),
            }
        }
        if self.members.contains_key(member) {
            Ok(())
        } else {
            Err(GroupError::UnknownMember)
        }
    }

    /// Takes a member out, and answers whatever it waits for: it has to join anew.
    fn remove(&mut self, id: &MemberId, work: &mut Work<'_>) {
        self.pending.remove(id);
        self.awaited_syncs.remove(id);
        self.timers.cancel(&Timer::Session(id.clone()));
        let Some(mut member) = self.members.remove(id) else {
            return;
        };
        member.dismiss(&GroupError::UnknownMember, work);
        if let Some(instance) = &member.instance
            && self.statics.get(instance) == Some(id)
        {
            self.statics.remove(instance);
        }
        if self.is_leader(id) {
            self.leader = self.members.keys().next().cloned();
        }
    }

    fn start_session(&mut self, id: &MemberId, now: Timestamp) {
        if let Some(member) = self.members.get(id) {
            self.timers
                .set(Timer::Session(id.clone()), now + member.session_timeout);
        }
    }

    /// Whether a topic is one that members are subscribed to, as far as can be known.
    pub(crate) fn is_subscribed(&self, topic: &str) -> bool {
        match &self.subscribed {
            Some(topics) => topics.contains(topic),
            None => self.uses_consumer_protocol(),
        }
    }

    /// The longest that any member wants to have for a rebalance.
    fn rebalance_timeout(&self) -> Duration {
        let timeouts = self.members.values().map(|member| member.rebalance_timeout);
        timeouts.max().unwrap_or_default()
    }
}
