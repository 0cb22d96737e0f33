//! Share groups (KIP-932): who is a member, and which partitions each reads. A partition may have several members, so nobody
//! waits for anybody. What becomes of records is not this crate's business.

mod record;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use ninefold_time::Timestamp;

use crate::answers::Work;
use crate::assign::{Subscriber, Subscriptions, simple};
use crate::changes::Changes;
use crate::config::{MEMBER_ID_BYTES, SUBSCRIBED_TOPICS};
use crate::timers::Timers;
use crate::{Client, GroupError, GroupId, JOIN_EPOCH, LEAVE_EPOCH, MemberId, Pace, Partitions};

/// ShareGroupHeartbeat. What is left out has not changed since it was last said.
#[derive(Clone, Debug)]
pub struct ShareHeartbeat {
    /// The group.
    pub group: GroupId,
    /// The id that the member chose.
    pub member: MemberId,
    /// The epoch it knows, or [`JOIN_EPOCH`], [`LEAVE_EPOCH`].
    pub epoch: i32,
    /// The rack it is in: shown, not otherwise used.
    pub rack: Option<Arc<str>>,
    /// Where it comes from.
    pub client: Client,
    /// The topics it is subscribed to.
    pub topics: Option<Vec<Arc<str>>>,
    /// The pace of its group; that of all groups if `None`.
    pub pace: Option<Pace>,
}

/// The answer to ShareGroupHeartbeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareBeat {
    /// The member's id.
    pub member: MemberId,
    /// Its epoch from now on.
    pub epoch: i32,
    /// When it is to be heard of again.
    pub heartbeat_interval: Duration,
    /// What it reads from now on, if that has changed or may not have been heard.
    pub assignment: Option<Partitions>,
}

/// The state of a share group.
#[derive(Debug, Default)]
pub(crate) struct ShareGroup {
    pub(crate) epoch: i32,
    pub(crate) assignment_epoch: i32,
    pub(crate) members: BTreeMap<MemberId, Member>,
    fingerprint: u64,
    topics_version: Option<u64>,
    /// When the session of a member ends.
    pub(crate) timers: Timers<MemberId>,
    pub(crate) changes: Changes,
}

/// What a group knows of a member; its id is the key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) rack: Option<Arc<str>>,
    pub(crate) client: Client,
    pub(crate) topics: BTreeSet<Arc<str>>,
    pub(crate) epoch: i32,
    pub(crate) previous_epoch: i32,
    pub(crate) assigned: Partitions,
    pub(crate) target: Partitions,
}

impl ShareHeartbeat {
    /// Checks what can be checked without knowing the group.
    pub(crate) fn validate(&self) -> Result<(), GroupError> {
        let complain = |what| Err(GroupError::InvalidRequest(what));
        if !(1..=MEMBER_ID_BYTES).contains(&self.member.as_str().len()) {
            return complain("the member id is empty or too long");
        }
        if self.rack.as_deref().is_some_and(str::is_empty) {
            return complain("the rack id is empty");
        }
        let topics = self.topics.as_ref().map_or(0, Vec::len);
        match self.epoch {
            _ if topics > SUBSCRIBED_TOPICS => Err(GroupError::TooLarge),
            JOIN_EPOCH if topics == 0 => complain("a subscription is required to join"),
            JOIN_EPOCH.. | LEAVE_EPOCH => Ok(()),
            _ => complain("there is no such epoch"),
        }
    }
}

impl ShareGroup {
    /// Hears of a member, by a heartbeat that is valid; says what it reads.
    pub(crate) fn heartbeat(
        &mut self,
        request: &ShareHeartbeat,
        work: &Work<'_>,
    ) -> Result<ShareBeat, GroupError> {
        let id = &request.member;
        let pace = request.pace.unwrap_or(work.config.share.pace());
        if request.epoch == LEAVE_EPOCH {
            return self.leave(id, pace);
        }
        let limit = work.config.share.members;
        if self.members.len() >= limit && !self.members.contains_key(id) {
            return Err(GroupError::GroupFull);
        }
        let before = self.members.get(id).cloned();
        check_epoch(before.as_ref(), request.epoch)?;
        let is_resubscribed = self.update(request);
        self.look_at_topics(is_resubscribed, work);
        self.update_targets(work);
        self.timers.set(id.clone(), work.now + pace.session_timeout);
        let epoch = self.assignment_epoch;
        let member = self.members.entry(id.clone()).or_default();
        if member.epoch != epoch {
            member.previous_epoch = std::mem::replace(&mut member.epoch, epoch);
            member.assigned.clone_from(&member.target);
        }
        let has_changed = before
            .as_ref()
            .is_none_or(|before| before.assigned != member.assigned);
        let is_full = request.epoch == JOIN_EPOCH || request.topics.is_some();
        if before.as_ref() != Some(&*member) {
            self.changes.member(id);
        }
        Ok(ShareBeat {
            member: id.clone(),
            epoch,
            heartbeat_interval: pace.heartbeat_interval,
            assignment: (is_full || has_changed).then(|| member.assigned.clone()),
        })
    }

    fn leave(&mut self, id: &MemberId, pace: Pace) -> Result<ShareBeat, GroupError> {
        if !self.members.contains_key(id) {
            return Err(GroupError::UnknownMember);
        }
        self.remove(id);
        Ok(ShareBeat {
            member: id.clone(),
            epoch: LEAVE_EPOCH,
            heartbeat_interval: pace.heartbeat_interval,
            assignment: None,
        })
    }

    fn remove(&mut self, id: &MemberId) {
        if self.members.remove(id).is_some() {
            self.timers.cancel(id);
            self.epoch += 1;
            self.changes.member(id);
        }
    }

    /// Takes what a member says of itself, and says whether it is subscribed to something else than before.
    fn update(&mut self, request: &ShareHeartbeat) -> bool {
        let is_new = !self.members.contains_key(&request.member);
        let member = self.members.entry(request.member.clone()).or_default();
        member.client.clone_from(&request.client);
        if let Some(rack) = &request.rack {
            member.rack = Some(Arc::clone(rack));
        }
        let topics = request
            .topics
            .as_ref()
            .map(|topics| topics.iter().cloned().collect());
        match topics {
            Some(topics) if topics != member.topics => {
                member.topics = topics;
                true
            }
            _ => is_new,
        }
    }

    fn look_at_topics(&mut self, is_resubscribed: bool, work: &Work<'_>) {
        let has_seen = self.topics_version.replace(work.topics.version) == Some(work.topics.version);
        if has_seen && !is_resubscribed {
            return;
        }
        let members = self.members.values();
        let names = members.flat_map(|member| member.topics.iter().cloned()).collect();
        let fingerprint = work.topics.fingerprint(&names);
        if is_resubscribed || fingerprint != self.fingerprint {
            self.fingerprint = fingerprint;
            self.epoch += 1;
            self.changes.group();
        }
    }

    fn update_targets(&mut self, work: &Work<'_>) {
        if self.assignment_epoch >= self.epoch {
            return;
        }
        let targets = simple(&self.subscriptions(work));
        for (id, target) in targets {
            if let Some(member) = self.members.get_mut(&id)
                && member.target != target
            {
                member.target = target;
                self.changes.member(&id);
            }
        }
        self.assignment_epoch = self.epoch;
        self.changes.group();
    }

    fn subscriptions(&self, work: &Work<'_>) -> Subscriptions<'_> {
        let mut topics = BTreeMap::new();
        let mut members = BTreeMap::new();
        for (id, member) in &self.members {
            let known: Vec<_> = member
                .topics
                .iter()
                .filter_map(|name| work.topics.named(name))
                .collect();
            topics.extend(known.iter().map(|topic| (topic.id, topic.partitions)));
            let subscriber = Subscriber {
                topics: known.iter().map(|topic| topic.id).collect(),
                previous: &member.target,
                instance: None,
            };
            members.insert(id, subscriber);
        }
        Subscriptions { topics, members }
    }

    /// Does what is due at this time.
    pub(crate) fn expire(&mut self, now: Timestamp) {
        while let Some(member) = self.timers.take_due(now) {
            self.remove(&member);
        }
    }
}

/// The epoch that a member was given, or the one before: the answer with the new one may have been lost.
fn check_epoch(member: Option<&Member>, epoch: i32) -> Result<(), GroupError> {
    match member {
        _ if epoch == JOIN_EPOCH => Ok(()),
        None => Err(GroupError::UnknownMember),
        Some(member) if epoch == member.epoch => Ok(()),
        Some(member) if epoch < member.epoch && epoch == member.previous_epoch => Ok(()),
        Some(_) => Err(GroupError::FencedMemberEpoch),
    }
}
