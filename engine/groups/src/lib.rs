//! Groups: who reads which partition, and up to where it has read.
//!
//! Three kinds of groups share one name space. In a **classic** group members join together and a leader among them assigns
//! ([`Groups::join`], [`Groups::sync`]). In a **consumer** group (KIP-848) the group assigns and leads every member there
//! ([`Groups::consumer_heartbeat`]). In a **share** group (KIP-932) a partition may have several members
//! ([`Groups::share_heartbeat`]). Offsets are committed for the first two, or for no members at all ([`Groups::commit`]).
//!
//! Each kind is a state machine that knows no input and output, and the time only as it is told. [`Groups`] keeps them, one lock
//! for each partition of the store; sends what has changed to the store; and answers when it is durable. Everything of a
//! request is one batch.

mod answers;
mod assign;
mod changes;
mod classic;
mod config;
mod consumer;
mod consumer_protocol;
mod describe;
mod error;
mod group;
mod groups;
mod identity;
mod load;
mod migration;
mod offsets;
mod records;
mod shard;
mod share;
mod timers;
mod topics;

pub use assign::{Assignor, Partitions};
pub use classic::{
    ClassicState, JoinRequest, Joined, JoinedMember, LeaveRequest, Leaving, Left, MemberClaim, Protocol,
    SyncRequest, Synced,
};
pub use config::{ClassicConfig, ConsumerConfig, GroupsConfig, OffsetsConfig, Pace, ShareConfig};
pub use consumer::{
    ConsumerBeat, ConsumerHeartbeat, ConsumerState, JOIN_EPOCH, LEAVE_EPOCH, STATIC_LEAVE_EPOCH,
};
pub use describe::{
    ClassicDescription, ClassicMember, ConsumerDescription, ConsumerMember, Description, Listing,
    NamedPartitions, ShareDescription, ShareMember,
};
pub use error::{GroupError, OpenError};
pub use groups::Groups;
pub use identity::{Client, GroupId, InstanceId, MemberId, TopicId, TopicPartition};
pub use offsets::{
    Committed, Committer, DeleteOffsets, FetchOffsets, FetchedOffset, NamedPartition, OffsetCommit,
    OffsetDeletion, PartitionOffset, ProducerId, TransactionalCommit,
};
pub use share::{ShareBeat, ShareHeartbeat};
pub use topics::{Topic, TopicSource};
