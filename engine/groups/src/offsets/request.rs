//! What is asked about offsets, and answered.

use std::sync::Arc;
use std::time::Duration;

use super::{NamedPartition, StoredOffset};
use crate::{GroupError, GroupId, InstanceId, MemberId};

/// Names a transactional producer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProducerId(pub i64);

/// Who commits or fetches.
#[derive(Clone, Debug, Default)]
pub struct Committer {
    /// The member; none for whoever is in no group.
    pub member: Option<MemberId>,
    /// Its name across restarts, if it has one.
    pub instance: Option<InstanceId>,
    /// Its generation or epoch; below zero for whoever is in no group.
    pub epoch: i32,
}

/// An offset of a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartitionOffset {
    /// The name of the topic.
    pub topic: Arc<str>,
    /// The partition.
    pub partition: u32,
    /// The next offset to read.
    pub offset: i64,
    /// The leader epoch of the last record read, if it is known.
    pub leader_epoch: Option<i32>,
    /// What the client wants to remember with it.
    pub metadata: Arc<str>,
}

/// OffsetCommit.
#[derive(Clone, Debug)]
pub struct OffsetCommit {
    /// The group.
    pub group: GroupId,
    /// Who commits.
    pub committer: Committer,
    /// How long to keep the offsets, where the client says so (versions 2 to 4).
    pub retention: Option<Duration>,
    /// The offsets.
    pub offsets: Vec<PartitionOffset>,
}

/// TxnOffsetCommit.
#[derive(Clone, Debug)]
pub struct TransactionalCommit {
    /// The group.
    pub group: GroupId,
    /// Who commits.
    pub committer: Committer,
    /// The producer whose transaction it is.
    pub producer: ProducerId,
    /// The offsets.
    pub offsets: Vec<PartitionOffset>,
}

/// What became of one offset of a commit.
pub type Committed = Result<(), GroupError>;

/// OffsetFetch, of one group.
#[derive(Clone, Debug)]
pub struct FetchOffsets {
    /// The group.
    pub group: GroupId,
    /// Who asks; nobody in particular if it is the default with an epoch below zero.
    pub committer: Committer,
    /// Of which partitions; none for all.
    pub partitions: Option<Vec<NamedPartition>>,
    /// Whether to refuse offsets that a transaction is about to change.
    pub require_stable: bool,
}

/// What was committed of a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedOffset {
    /// The name of the topic.
    pub topic: Arc<str>,
    /// The partition.
    pub partition: u32,
    /// The offset, if one was committed, or [`GroupError::UnstableOffset`].
    pub offset: Result<Option<PartitionOffset>, GroupError>,
}

/// OffsetDelete.
#[derive(Clone, Debug)]
pub struct DeleteOffsets {
    /// The group.
    pub group: GroupId,
    /// Of which partitions.
    pub partitions: Vec<NamedPartition>,
}

/// What became of one partition of an OffsetDelete.
pub type OffsetDeletion = Result<(), GroupError>;

impl PartitionOffset {
    /// Makes what clients see of what is stored of a partition.
    pub(super) fn of(partition: &NamedPartition) -> impl Fn(&StoredOffset) -> Self {
        move |stored| PartitionOffset {
            topic: Arc::clone(&partition.0),
            partition: partition.1,
            offset: stored.offset,
            leader_epoch: stored.leader_epoch,
            metadata: Arc::clone(&stored.metadata),
        }
    }
}
