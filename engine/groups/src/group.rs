//! A group of any kind, with its offsets, and what of it is on its way to the store.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use ninefold_store::{Batch, StoreError};
use ninefold_time::Timestamp;
use tokio::sync::oneshot;

use crate::answers::{Answer, Work};
use crate::changes::Changes;
use crate::classic::{ClassicGroup, ClassicState};
use crate::consumer::ConsumerGroup;
use crate::migration::downgrade;
use crate::offsets::{Offsets, Retention};
use crate::records::{GROUPS, GroupRecord, MEMBERS, group_key, member_key, partition_of};
use crate::share::ShareGroup;
use crate::{GroupId, MemberId};

/// A group of any kind. One that nobody has heard of is an empty classic group.
#[derive(Debug)]
pub(crate) enum Kind {
    Classic(Box<ClassicGroup>),
    Consumer(Box<ConsumerGroup>),
    Share(Box<ShareGroup>),
}

/// Somebody who waits until a batch is stored.
pub(crate) enum Waiting {
    Answer(Answer),
    Caller(oneshot::Sender<Result<(), StoreError>>),
}

/// A group and its offsets.
pub(crate) struct Group {
    pub(crate) kind: Kind,
    pub(crate) offsets: Offsets,
    /// Whether there is a record of it, as far as batches were made.
    pub(crate) is_stored: bool,
    /// The members there are records of.
    pub(crate) stored_members: BTreeSet<MemberId>,
    /// Who waits for each batch of the group's own state that is on its way. Everybody who is answered from a state waits until
    /// that is durable, also if somebody else has brought it about.
    pub(crate) commits: BTreeMap<u64, Vec<Waiting>>,
    pub(crate) next_commit: u64,
    /// Batches on their way, those of offsets included.
    pub(crate) under_way: usize,
    /// A batch was not stored: what is in memory is not what is in the store, and has to be read again.
    pub(crate) broken: Option<StoreError>,
}

impl Default for Group {
    fn default() -> Self {
        Group {
            kind: Kind::Classic(Box::default()),
            offsets: Offsets::default(),
            is_stored: false,
            stored_members: BTreeSet::new(),
            commits: BTreeMap::new(),
            next_commit: 0,
            under_way: 0,
            broken: None,
        }
    }
}

impl Group {
    /// Whether nothing would be lost if the group was forgotten.
    pub(crate) fn is_vacant(&self) -> bool {
        !self.is_stored
            && self.under_way == 0
            && self.broken.is_none()
            && self.offsets.is_empty()
            && matches!(&self.kind, Kind::Classic(classic) if classic.is_vacant())
    }

    /// Whether there is something that can be asked for: more than what is on its way of a group that was deleted.
    pub(crate) fn exists(&self) -> bool {
        self.is_stored
            || !self.offsets.is_empty()
            || !matches!(&self.kind, Kind::Classic(classic) if classic.is_vacant())
    }

    /// When the last member that spoke the protocol of consumer groups has gone, the others go on as a classic group.
    pub(crate) fn downgrade_if_classic_only(&mut self, work: &mut Work<'_>) {
        if let Kind::Consumer(consumer) = &self.kind
            && consumer.is_classic_only()
        {
            self.kind = Kind::Classic(Box::new(downgrade(consumer, work)));
        }
    }

    /// A batch with what has changed and can be stored.
    pub(crate) fn changed(&mut self, id: &GroupId) -> Option<Batch> {
        let members = match self.kind.take_changes() {
            Changes::None => return None,
            Changes::Members(members) => members,
            Changes::Everything => {
                let mut members = self.kind.member_ids();
                members.extend(self.stored_members.iter().cloned());
                members
            }
        };
        let mut batch = Batch::new(partition_of(id));
        batch.put(GROUPS, group_key(id), self.kind.record().encode());
        self.is_stored = true;
        for member in members {
            let key = member_key(id, &member);
            match self.kind.member_record(&member) {
                Some(record) => {
                    batch.put(MEMBERS, key, record);
                    self.stored_members.insert(member);
                }
                None => {
                    batch.delete(MEMBERS, key);
                    self.stored_members.remove(&member);
                }
            }
        }
        Some(batch)
    }

    /// Makes it a group that nobody has heard of, and a batch of what that takes but for offsets.
    pub(crate) fn reset(&mut self, id: &GroupId) -> Batch {
        let mut batch = Batch::new(partition_of(id));
        batch.delete(GROUPS, group_key(id));
        for member in std::mem::take(&mut self.stored_members) {
            batch.delete(MEMBERS, member_key(id, &member));
        }
        self.is_stored = false;
        self.kind = Kind::Classic(Box::default());
        batch
    }

    /// From when on its offsets are kept for so long.
    pub(crate) fn retention(&self) -> Retention {
        match &self.kind {
            Kind::Classic(classic) => match (classic.state(), &classic.protocol_type) {
                (_, None) => Retention::SinceCommit,
                (ClassicState::Empty, _) => Retention::Since(classic.since),
                (ClassicState::Stable, _) if classic.knows_subscriptions() => Retention::SinceCommit,
                _ => Retention::Forever,
            },
            Kind::Consumer(consumer) if consumer.members.is_empty() => Retention::Since(consumer.empty_since),
            Kind::Consumer(_) => Retention::SinceCommit,
            Kind::Share(_) => Retention::Forever,
        }
    }
}

impl Kind {
    /// Whether it has no members; share groups are kept all the same.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Kind::Classic(group) => group.state() == ClassicState::Empty,
            Kind::Consumer(group) => group.members.is_empty(),
            Kind::Share(group) => group.members.is_empty(),
        }
    }

    pub(crate) fn is_subscribed(&self, topic: &str) -> bool {
        match self {
            Kind::Classic(group) => group.is_subscribed(topic),
            Kind::Consumer(group) => group.is_subscribed(topic),
            Kind::Share(_) => false,
        }
    }

    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        match self {
            Kind::Classic(group) => group.timers.next(),
            Kind::Consumer(group) => group.timers.next(),
            Kind::Share(group) => group.timers.next(),
        }
    }

    pub(crate) fn expire(&mut self, work: &mut Work<'_>) {
        match self {
            Kind::Classic(group) => group.expire(work),
            Kind::Consumer(group) => group.expire(work),
            Kind::Share(group) => group.expire(work.now),
        }
    }

    fn take_changes(&mut self) -> Changes {
        match self {
            // While members join, the store keeps what was before.
            Kind::Classic(group) => match group.state() {
                ClassicState::Empty | ClassicState::Stable => group.changes.take(),
                ClassicState::PreparingRebalance | ClassicState::CompletingRebalance => Changes::None,
            },
            Kind::Consumer(group) => group.changes.take(),
            Kind::Share(group) => group.changes.take(),
        }
    }

    fn member_ids(&self) -> BTreeSet<MemberId> {
        match self {
            Kind::Classic(group) => group.members.keys().cloned().collect(),
            Kind::Consumer(group) => group.members.keys().cloned().collect(),
            Kind::Share(group) => group.members.keys().cloned().collect(),
        }
    }

    fn record(&self) -> GroupRecord {
        match self {
            Kind::Classic(group) => GroupRecord::Classic(group.record()),
            Kind::Consumer(group) => GroupRecord::Consumer(group.record()),
            Kind::Share(group) => GroupRecord::Share(group.record()),
        }
    }

    fn member_record(&self, member: &MemberId) -> Option<Bytes> {
        match self {
            Kind::Classic(group) => group.members.get(member).map(|member| member.encode()),
            Kind::Consumer(group) => group.members.get(member).map(|member| member.encode()),
            Kind::Share(group) => group.members.get(member).map(|member| member.encode()),
        }
    }
}

impl Waiting {
    pub(crate) fn finish(self, outcome: Result<(), StoreError>) {
        match self {
            Waiting::Answer(answer) => answer.send(outcome),
            // Whoever asked may have gone away.
            Waiting::Caller(sender) => drop(sender.send(outcome)),
        }
    }
}
