//! What members of classic groups ask, and what they are answered.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::{Client, GroupId, InstanceId, MemberId};

/// A protocol that a member speaks, and what it says in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protocol {
    /// Its name: of consumers, that of an assignor.
    pub name: Arc<str>,
    /// What the leader gets of this member: of consumers, the subscription.
    pub metadata: Bytes,
}

/// JoinGroup.
#[derive(Clone, Debug)]
pub struct JoinRequest {
    /// The group.
    pub group: GroupId,
    /// The id that it was given; none when it is new.
    pub member: Option<MemberId>,
    /// Its name across restarts, if it has one.
    pub instance: Option<InstanceId>,
    /// Where it comes from.
    pub client: Client,
    /// After so long without a heartbeat it is out.
    pub session_timeout: Duration,
    /// So long it wants to have to join after a rebalance has begun.
    pub rebalance_timeout: Duration,
    /// What kind of group this is: `consumer`, `connect`, …
    pub protocol_type: Arc<str>,
    /// What it speaks, what it prefers first.
    pub protocols: Vec<Protocol>,
    /// Whether a new member can be told to join with an id that it is given (from version 4 on).
    pub takes_member_id: bool,
    /// Whether a leader can be told that there is nothing to assign (from version 9 on, KIP-814).
    pub skips_assignment: bool,
}

/// The answer to JoinGroup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The member's id.
    pub member: MemberId,
    /// The generation it has joined.
    pub generation: i32,
    /// The kind of the group.
    pub protocol_type: Option<Arc<str>>,
    /// What all speak.
    pub protocol: Option<Arc<str>>,
    /// Who assigns.
    pub leader: Option<MemberId>,
    /// All members, if the member is the leader.
    pub members: Vec<JoinedMember>,
    /// The leader has nothing to assign.
    pub skip_assignment: bool,
}

/// A member, as the leader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinedMember {
    /// Its id.
    pub member: MemberId,
    /// Its name across restarts.
    pub instance: Option<InstanceId>,
    /// What it said in the protocol that all speak.
    pub metadata: Bytes,
}

/// Who a request claims to come from, and of which generation.
#[derive(Clone, Debug)]
pub struct MemberClaim {
    /// The group.
    pub group: GroupId,
    /// The member.
    pub member: MemberId,
    /// Its name across restarts, if it has one.
    pub instance: Option<InstanceId>,
    /// The generation it knows.
    pub generation: i32,
}

/// SyncGroup.
#[derive(Clone, Debug)]
pub struct SyncRequest {
    /// Who asks.
    pub claim: MemberClaim,
    /// The kind of group it knows, if it says so.
    pub protocol_type: Option<Arc<str>>,
    /// The protocol it knows, if it says so.
    pub protocol: Option<Arc<str>>,
    /// What the leader gives everybody.
    pub assignments: Vec<(MemberId, Bytes)>,
}

/// The answer to SyncGroup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synced {
    /// The kind of the group.
    pub protocol_type: Option<Arc<str>>,
    /// What all speak.
    pub protocol: Option<Arc<str>>,
    /// What the leader gave.
    pub assignment: Bytes,
}

/// LeaveGroup.
#[derive(Clone, Debug)]
pub struct LeaveRequest {
    /// The group.
    pub group: GroupId,
    /// Who leaves it.
    pub members: Vec<Leaving>,
}

/// A member that leaves, or is made to: by its id, by its instance id, or by both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// Its id.
    pub member: Option<MemberId>,
    /// Its name across restarts.
    pub instance: Option<InstanceId>,
}

/// What became of a member that was to leave.
pub type Left = Result<(), crate::GroupError>;
