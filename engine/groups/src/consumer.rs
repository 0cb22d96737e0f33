//! Consumer groups (KIP-848): members say what they are subscribed to, the group assigns, and every member is led from what it
//! has to what it is to have, step by step, so that no partition is given to one before another one has given it up.
//!
//! Follows `ConsumerGroup`, `CurrentAssignmentBuilder` and `consumerGroupHeartbeat` of Apache Kafka's group coordinator.

mod classic_member;
mod heartbeat;
mod leave;
mod member;
mod pattern;
mod reconcile;
mod record;
mod request;
mod target;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use ninefold_time::Timestamp;

use crate::answers::Work;
use crate::assign::Assignor;
use crate::changes::Changes;
use crate::timers::Timers;
use crate::topics::Topics;
use crate::{GroupError, InstanceId, MemberId, Pace, TopicPartition};

pub(crate) use member::{AssignedPartitions, ClassicProtocol, Member, Progress};
pub(crate) use pattern::Pattern;
pub(crate) use request::without_epochs;
pub use request::{ConsumerBeat, ConsumerHeartbeat, JOIN_EPOCH, LEAVE_EPOCH, STATIC_LEAVE_EPOCH};

/// What a group of this kind is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConsumerState {
    /// It has no members.
    Empty,
    /// What its members are to have is outdated.
    Assigning,
    /// Not every member has what it is to have.
    Reconciling,
    /// Every member has.
    Stable,
}

impl ConsumerState {
    /// The name that Kafka gives it.
    pub fn name(self) -> &'static str {
        match self {
            ConsumerState::Empty => "Empty",
            ConsumerState::Assigning => "Assigning",
            ConsumerState::Reconciling => "Reconciling",
            ConsumerState::Stable => "Stable",
        }
    }
}

/// The state of a consumer group.
#[derive(Debug, Default)]
pub(crate) struct ConsumerGroup {
    /// Raised with every change that needs a new assignment.
    pub(crate) epoch: i32,
    /// The epoch that members' targets belong to.
    pub(crate) assignment_epoch: i32,
    pub(crate) members: BTreeMap<MemberId, Member>,
    /// When the last member left.
    pub(crate) empty_since: Timestamp,
    statics: BTreeMap<InstanceId, MemberId>,
    /// Who has each partition, or has not yet confirmed that it gave it up.
    owners: HashMap<TopicPartition, MemberId>,
    patterns: BTreeMap<Arc<str>, Pattern>,
    /// The topics that members are subscribed to, as they were last looked at.
    fingerprint: u64,
    topics_version: Option<u64>,
    pub(crate) timers: Timers<Timer>,
    pub(crate) changes: Changes,
}

/// What can time out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    Session(MemberId),
    /// The member has to have given up partitions by then.
    Revocation(MemberId),
    /// The member was told to join anew, in the classic protocol, and has to by then.
    Join(MemberId),
    /// The member has joined, in the classic protocol, and has to ask for its assignment by then.
    Sync(MemberId),
}

impl ConsumerGroup {
    /// A group that takes the place of one without members.
    pub(crate) fn after(epoch: i32, empty_since: Timestamp) -> Self {
        let mut group = ConsumerGroup {
            epoch,
            assignment_epoch: epoch,
            empty_since,
            ..ConsumerGroup::default()
        };
        group.changes.everything();
        group
    }

    pub(crate) fn state(&self) -> ConsumerState {
        if self.members.is_empty() {
            ConsumerState::Empty
        } else if self.epoch > self.assignment_epoch {
            ConsumerState::Assigning
        } else if self
            .members
            .values()
            .all(|member| member.has_reached(self.assignment_epoch))
        {
            ConsumerState::Stable
        } else {
            ConsumerState::Reconciling
        }
    }

    /// The assignor that most members ask for.
    pub(crate) fn assignor(&self, default: Assignor) -> Assignor {
        let mut votes: BTreeMap<Assignor, usize> = BTreeMap::new();
        for assignor in self.members.values().filter_map(|member| member.assignor) {
            *votes.entry(assignor).or_default() += 1;
        }
        let winner = votes.into_iter().max_by_key(|(_, votes)| *votes);
        winner.map_or(default, |(assignor, _)| assignor)
    }

    /// The names of the topics that a member is subscribed to.
    pub(crate) fn subscribed_names<'a>(&'a self, member: &'a Member) -> impl Iterator<Item = &'a Arc<str>> {
        let pattern = member.subscription.pattern.as_ref();
        let matched = pattern.and_then(|source| self.patterns.get(source));
        let matched = matched.into_iter().flat_map(|pattern| &pattern.topics);
        member.subscription.names.iter().chain(matched)
    }

    pub(crate) fn is_subscribed(&self, topic: &str) -> bool {
        self.members
            .values()
            .any(|member| self.subscribed_names(member).any(|name| **name == *topic))
    }

    fn all_subscribed_names(&self) -> BTreeSet<Arc<str>> {
        let members = self.members.values();
        members
            .flat_map(|member| self.subscribed_names(member).cloned())
            .collect()
    }

    /// Whether it has members, and none of them speaks the protocol of consumer groups any more.
    pub(crate) fn is_classic_only(&self) -> bool {
        let mut members = self.members.values();
        !self.members.is_empty() && members.all(|member| member.classic.is_some())
    }

    fn start_session(&mut self, id: &MemberId, work: &Work<'_>) {
        self.start_session_of(id, work.config.consumer.pace(), work);
    }

    /// As [`ConsumerGroup::start_session`], at the pace of the group.
    fn start_session_of(&mut self, id: &MemberId, pace: Pace, work: &Work<'_>) {
        if let Some(member) = self.members.get(id) {
            let classic = member.classic.as_ref();
            let session = classic.map_or(pace.session_timeout, |classic| classic.session_timeout);
            self.timers.set(Timer::Session(id.clone()), work.now + session);
        }
    }

    /// Takes members in as they are. A partition that two of them claim is the first one's.
    pub(crate) fn admit(&mut self, members: BTreeMap<MemberId, Member>, work: &Work<'_>) {
        for (id, mut member) in members {
            if let Some(instance) = &member.instance {
                self.statics.insert(instance.clone(), id.clone());
            }
            for (topic, partitions) in &mut member.assigned {
                partitions.retain(|partition, _| {
                    let one = TopicPartition {
                        topic: *topic,
                        partition: *partition,
                    };
                    !self.owners.contains_key(&one)
                });
            }
            member.assigned.retain(|_, partitions| !partitions.is_empty());
            for one in member.held() {
                self.owners.insert(one, id.clone());
            }
            self.members.insert(id.clone(), member);
            self.start_session(&id, work);
        }
    }

    fn raise_epoch(&mut self) {
        self.epoch += 1;
        self.changes.group();
    }

    /// Whether offsets may be committed by this member, or by somebody outside of the group (epoch below zero).
    ///
    /// A commit with an older epoch is taken for partitions that the member has had since then (KIP-1251), so that a commit
    /// under way when the epoch rises is not lost.
    pub(crate) fn validate_commit<'a>(
        &self,
        member: Option<&MemberId>,
        epoch: i32,
        mut partitions: impl Iterator<Item = (&'a str, u32)>,
        topics: &Topics,
    ) -> Result<(), GroupError> {
        if epoch < 0 && self.members.is_empty() {
            return Ok(());
        }
        let member = member.and_then(|member| self.members.get(member));
        let member = member.ok_or(GroupError::UnknownMember)?;
        let has_had_since = |(name, partition): (&str, u32)| {
            let topic = topics.named(name).map(|topic| topic.id);
            let assigned = topic.and_then(|topic| member.assigned.get(&topic));
            let since = assigned.and_then(|partitions| partitions.get(&partition));
            since.is_some_and(|since| *since <= epoch)
        };
        if member.classic.is_some() && epoch != member.epoch {
            return Err(GroupError::IllegalGeneration);
        }
        let is_taken =
            epoch == member.epoch || (0 < epoch && epoch < member.epoch && partitions.all(has_had_since));
        if is_taken {
            Ok(())
        } else {
            Err(GroupError::StaleMemberEpoch)
        }
    }

    /// Whether a member may fetch offsets; whoever doesn't say who it is may.
    pub(crate) fn validate_fetch(&self, member: Option<&MemberId>, epoch: i32) -> Result<(), GroupError> {
        let Some(member) = member else {
            return if epoch < 0 {
                Ok(())
            } else {
                Err(GroupError::UnknownMember)
            };
        };
        let member = self.members.get(member).ok_or(GroupError::UnknownMember)?;
        if member.epoch == epoch {
            Ok(())
        } else {
            Err(GroupError::StaleMemberEpoch)
        }
    }

    /// Does what is due.
    pub(crate) fn expire(&mut self, work: &Work<'_>) {
        while let Some(timer) = self.timers.take_due(work.now) {
            let (Timer::Session(member)
            | Timer::Revocation(member)
            | Timer::Join(member)
            | Timer::Sync(member)) = timer;
            self.remove(&member, work.now);
        }
    }
}
