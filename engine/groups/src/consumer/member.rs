//! A member of a consumer group.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::assign::Assignor;
use crate::classic::Protocol;
use crate::{Client, InstanceId, Partitions, TopicId, TopicPartition};

/// Partitions, and the member's epoch from which on it has had each.
pub(crate) type AssignedPartitions = BTreeMap<TopicId, BTreeMap<u32, i32>>;

/// How far a member is on its way to what it is to have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It has what belongs to its epoch.
    #[default]
    Stable,
    /// It has to give up partitions.
    Revoking,
    /// Some of its partitions have not been given up by others.
    Waiting,
}

/// What there is to know of a member that speaks the classic protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClassicProtocol {
    /// It says itself how long its sessions are.
    pub(crate) session_timeout: Duration,
    /// What it speaks.
    pub(crate) protocols: Vec<Protocol>,
}

/// What a member wants to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Subscription {
    pub(crate) names: BTreeSet<Arc<str>>,
    pub(crate) pattern: Option<Arc<str>>,
}

/// What a group knows of a member; its id is the key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) instance: Option<InstanceId>,
    pub(crate) rack: Option<Arc<str>>,
    pub(crate) client: Client,
    pub(crate) rebalance_timeout: Duration,
    pub(crate) subscription: Subscription,
    pub(crate) assignor: Option<Assignor>,
    pub(crate) epoch: i32,
    /// The one before: its answer may have been lost.
    pub(crate) previous_epoch: i32,
    pub(crate) progress: Progress,
    /// What it may have.
    pub(crate) assigned: AssignedPartitions,
    /// What it may still have and was told to give up.
    pub(crate) revoking: AssignedPartitions,
    /// What it is to have.
    pub(crate) target: Partitions,
    /// What it says in the classic protocol, if it speaks that.
    pub(crate) classic: Option<ClassicProtocol>,
}

impl Member {
    /// Every partition that nobody else may be given.
    pub(crate) fn held(&self) -> impl Iterator<Item = TopicPartition> {
        self.assigned
            .iter()
            .chain(&self.revoking)
            .flat_map(|(topic, partitions)| {
                partitions.keys().map(|partition| TopicPartition {
                    topic: *topic,
                    partition: *partition,
                })
            })
    }

    pub(crate) fn has_reached(&self, epoch: i32) -> bool {
        self.progress == Progress::Stable && self.epoch == epoch
    }
}
