//! What members of consumer groups ask, and what they are answered.

use std::sync::Arc;
use std::time::Duration;

use super::member::AssignedPartitions;
use crate::answers::Work;
use crate::assign::Assignor;
use crate::config::{MEMBER_ID_BYTES, SUBSCRIBED_TOPICS};
use crate::{Client, GroupError, GroupId, InstanceId, MemberId, Pace, Partitions};

/// The epoch of a member that joins.
pub const JOIN_EPOCH: i32 = 0;
/// The epoch of a member that leaves.
pub const LEAVE_EPOCH: i32 = -1;
/// The epoch of a static member that will be back.
pub const STATIC_LEAVE_EPOCH: i32 = -2;

/// ConsumerGroupHeartbeat. What is left out has not changed since it was last said.
#[derive(Clone, Debug)]
pub struct ConsumerHeartbeat {
    /// The group.
    pub group: GroupId,
    /// The id that the member chose; none when it joins and is to be given one (version 0).
    pub member: Option<MemberId>,
    /// The epoch it knows, or [`JOIN_EPOCH`], [`LEAVE_EPOCH`], [`STATIC_LEAVE_EPOCH`].
    pub epoch: i32,
    /// Its name across restarts, if it has one.
    pub instance: Option<InstanceId>,
    /// The rack it is in: shown, not otherwise used.
    pub rack: Option<Arc<str>>,
    /// Where it comes from.
    pub client: Client,
    /// So long it wants to have to give up partitions.
    pub rebalance_timeout: Option<Duration>,
    /// The topics it is subscribed to.
    pub topics: Option<Vec<Arc<str>>>,
    /// A pattern of the topics it is subscribed to; empty for none.
    pub pattern: Option<Arc<str>>,
    /// The name of the assignor it asks for.
    pub assignor: Option<Arc<str>>,
    /// The partitions it has. What it was told that it may have and does not name is given to others when it is to be; so it says
    /// this when it has taken over what it was told, and not before.
    pub owned: Option<Partitions>,
    /// The pace of its group; that of all groups if `None`.
    pub pace: Option<Pace>,
}

/// The answer to ConsumerGroupHeartbeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerBeat {
    /// The member's id.
    pub member: MemberId,
    /// Its epoch from now on.
    pub epoch: i32,
    /// When it is to be heard of again.
    pub heartbeat_interval: Duration,
    /// What it may have from now on, if that has changed or may not have been heard.
    pub assignment: Option<Partitions>,
}

impl ConsumerHeartbeat {
    /// How the member is to be heard of.
    pub(crate) fn pace(&self, work: &Work<'_>) -> Pace {
        self.pace.unwrap_or(work.config.consumer.pace())
    }

    /// Checks what can be checked without knowing the group, as `GroupCoordinatorService` does.
    pub(crate) fn validate(&self) -> Result<(), GroupError> {
        self.validate_members()?;
        if let Some(name) = &self.assignor
            && Assignor::named(name).is_none()
        {
            return Err(GroupError::UnsupportedAssignor);
        }
        let id_bytes = self.member.as_ref().map_or(1, |id| id.as_str().len());
        let instance_bytes = self.instance.as_ref().map_or(1, |id| id.as_str().len());
        if !(1..=MEMBER_ID_BYTES).contains(&id_bytes) || instance_bytes > MEMBER_ID_BYTES {
            return Err(GroupError::InvalidRequest("the member id is empty or too long"));
        }
        if self
            .topics
            .as_ref()
            .is_some_and(|topics| topics.len() > SUBSCRIBED_TOPICS)
        {
            return Err(GroupError::TooLarge);
        }
        Ok(())
    }

    /// What has to be there, and what must not be, with which epoch.
    fn validate_members(&self) -> Result<(), GroupError> {
        let complain = |what| Err(GroupError::InvalidRequest(what));
        if self
            .instance
            .as_ref()
            .is_some_and(|instance| instance.as_str().is_empty())
        {
            return complain("the instance id is empty");
        }
        if self.rack.as_deref().is_some_and(str::is_empty) {
            return complain("the rack id is empty");
        }
        // An empty one is fine: who looks for topics by a pattern of its own may not have found any yet.
        let is_subscribed = self.topics.is_some() || self.pattern.is_some();
        match self.epoch {
            JOIN_EPOCH if self.rebalance_timeout.is_none() => {
                complain("the rebalance timeout is required to join")
            }
            JOIN_EPOCH if self.owned.as_ref().is_none_or(|owned| !owned.is_empty()) => {
                complain("a member that joins has no partitions, and has to say so")
            }
            JOIN_EPOCH if !is_subscribed => complain("a subscription is required to join"),
            JOIN_EPOCH => Ok(()),
            _ if self.member.is_none() => complain("the member id is required"),
            STATIC_LEAVE_EPOCH if self.instance.is_none() => complain("the instance id is required"),
            LEAVE_EPOCH | STATIC_LEAVE_EPOCH | 1.. => Ok(()),
            _ => complain("there is no such epoch"),
        }
    }

    /// Whether a member said everything there is to say: it may not have heard what it was answered before.
    pub(super) fn is_full(&self) -> bool {
        self.epoch == JOIN_EPOCH
            || (self.rebalance_timeout.is_some()
                && (self.topics.is_some() || self.pattern.is_some())
                && self.owned.is_some())
    }
}

/// Partitions, whenever they were assigned.
pub(crate) fn without_epochs(assigned: &AssignedPartitions) -> Partitions {
    assigned
        .iter()
        .map(|(topic, partitions)| (*topic, partitions.keys().copied().collect()))
        .collect()
}
