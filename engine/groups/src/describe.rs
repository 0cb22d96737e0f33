//! What there is to say of groups.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;

use crate::assign::{Assignor, Partitions};
use crate::classic::{ClassicGroup, ClassicState};
use crate::consumer::{ConsumerGroup, ConsumerState, without_epochs};
use crate::group::{Group, Kind};
use crate::share::ShareGroup;
use crate::topics::Topics;
use crate::{Client, GroupId, InstanceId, MemberId, TopicId};

/// A group of any kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Description {
    /// DescribeGroups.
    Classic(ClassicDescription),
    /// ConsumerGroupDescribe.
    Consumer(ConsumerDescription),
    /// ShareGroupDescribe.
    Share(ShareDescription),
}

/// A classic group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassicDescription {
    /// What its members are about.
    pub state: ClassicState,
    /// Its generation.
    pub generation: i32,
    /// What kind of group it is; none of one that only has offsets.
    pub protocol_type: Option<Arc<str>>,
    /// What all members speak, if the group is stable.
    pub protocol: Option<Arc<str>>,
    /// Its members.
    pub members: Vec<ClassicMember>,
}

/// A member of a classic group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassicMember {
    /// Its id.
    pub member: MemberId,
    /// Its name across restarts.
    pub instance: Option<InstanceId>,
    /// Where it comes from.
    pub client: Client,
    /// What it says of itself, if the group is stable.
    pub metadata: Bytes,
    /// What the leader gave it, if the group is stable.
    pub assignment: Bytes,
}

/// A consumer group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerDescription {
    /// What it is about.
    pub state: ConsumerState,
    /// Its epoch.
    pub epoch: i32,
    /// The epoch of what members are to have.
    pub assignment_epoch: i32,
    /// How it assigns.
    pub assignor: Assignor,
    /// Its members.
    pub members: Vec<ConsumerMember>,
}

/// A member of a consumer group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerMember {
    /// Its id.
    pub member: MemberId,
    /// Its name across restarts.
    pub instance: Option<InstanceId>,
    /// The rack it is in.
    pub rack: Option<Arc<str>>,
    /// Its epoch.
    pub epoch: i32,
    /// Where it comes from.
    pub client: Client,
    /// The topics it is subscribed to by name.
    pub topics: BTreeSet<Arc<str>>,
    /// The pattern it is subscribed to.
    pub pattern: Option<Arc<str>>,
    /// What it may have.
    pub assignment: NamedPartitions,
    /// What it is to have.
    pub target: NamedPartitions,
}

/// A share group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareDescription {
    /// Whether it has no members (`Empty`, otherwise `Stable`).
    pub is_empty: bool,
    /// Its epoch.
    pub epoch: i32,
    /// The epoch of what members are to have.
    pub assignment_epoch: i32,
    /// Its members.
    pub members: Vec<ShareMember>,
}

/// A member of a share group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareMember {
    /// Its id.
    pub member: MemberId,
    /// The rack it is in.
    pub rack: Option<Arc<str>>,
    /// Its epoch.
    pub epoch: i32,
    /// Where it comes from.
    pub client: Client,
    /// The topics it is subscribed to.
    pub topics: BTreeSet<Arc<str>>,
    /// What it reads.
    pub assignment: NamedPartitions,
}

/// Partitions of topics that there are, with the topics' names.
pub type NamedPartitions = Vec<(TopicId, Arc<str>, BTreeSet<u32>)>;

/// A group, in a list of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Its id.
    pub group: GroupId,
    /// What kind of group it is for clients; empty of one that only has offsets.
    pub protocol_type: Arc<str>,
    /// How it works (`classic`, `consumer`, `share`).
    pub kind: &'static str,
    /// The name of its state.
    pub state: &'static str,
}

pub(crate) fn describe(group: &Group, topics: &Topics, default_assignor: Assignor) -> Description {
    match &group.kind {
        Kind::Classic(classic) => Description::Classic(describe_classic(classic)),
        Kind::Consumer(consumer) => {
            Description::Consumer(describe_consumer(consumer, topics, default_assignor))
        }
        Kind::Share(share) => Description::Share(describe_share(share, topics)),
    }
}

pub(crate) fn list(id: &GroupId, group: &Group) -> Listing {
    let (protocol_type, kind, state) = match &group.kind {
        Kind::Classic(classic) => {
            let protocol_type = classic.protocol_type.clone().unwrap_or_default();
            (protocol_type, "classic", classic.state().name())
        }
        Kind::Consumer(consumer) => ("consumer".into(), "consumer", consumer.state().name()),
        Kind::Share(share) if share.members.is_empty() => ("share".into(), "share", "Empty"),
        Kind::Share(_) => ("share".into(), "share", "Stable"),
    };
    Listing {
        group: id.clone(),
        protocol_type,
        kind,
        state,
    }
}

fn describe_classic(group: &ClassicGroup) -> ClassicDescription {
    let is_stable = group.state() == ClassicState::Stable;
    let members = group.members.iter().map(|(id, member)| ClassicMember {
        member: id.clone(),
        instance: member.instance.clone(),
        client: member.client.clone(),
        metadata: match is_stable {
            true => member.metadata(group.protocol.as_ref()),
            false => Bytes::new(),
        },
        assignment: match is_stable {
            true => member.assignment.clone(),
            false => Bytes::new(),
        },
    });
    ClassicDescription {
        state: group.state(),
        generation: group.generation,
        protocol_type: group.protocol_type.clone(),
        protocol: group.protocol.clone().filter(|_| is_stable),
        members: members.collect(),
    }
}

fn describe_consumer(
    group: &ConsumerGroup,
    topics: &Topics,
    default_assignor: Assignor,
) -> ConsumerDescription {
    let members = group.members.iter().map(|(id, member)| ConsumerMember {
        member: id.clone(),
        instance: member.instance.clone(),
        rack: member.rack.clone(),
        epoch: member.epoch,
        client: member.client.clone(),
        topics: member.subscription.names.clone(),
        pattern: member.subscription.pattern.clone(),
        assignment: name(without_epochs(&member.assigned), topics),
        target: name(member.target.clone(), topics),
    });
    ConsumerDescription {
        state: group.state(),
        epoch: group.epoch,
        assignment_epoch: group.assignment_epoch,
        assignor: group.assignor(default_assignor),
        members: members.collect(),
    }
}

fn describe_share(group: &ShareGroup, topics: &Topics) -> ShareDescription {
    let members = group.members.iter().map(|(id, member)| ShareMember {
        member: id.clone(),
        rack: member.rack.clone(),
        epoch: member.epoch,
        client: member.client.clone(),
        topics: member.topics.clone(),
        assignment: name(member.assigned.clone(), topics),
    });
    ShareDescription {
        is_empty: group.members.is_empty(),
        epoch: group.epoch,
        assignment_epoch: group.assignment_epoch,
        members: members.collect(),
    }
}

fn name(partitions: Partitions, topics: &Topics) -> NamedPartitions {
    let partitions = partitions.into_iter();
    partitions
        .filter_map(|(id, numbers)| Some((id, Arc::clone(topics.name_of(id)?), numbers)))
        .collect()
}
