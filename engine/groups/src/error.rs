//! What can go wrong.

use ninefold_store::StoreError;

use crate::MemberId;

/// Why a group refused. Each case is one error of the Kafka protocol, named in its documentation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GroupError {
    /// `INVALID_GROUP_ID`: it is empty or too long.
    #[error("the group id is empty or too long")]
    InvalidGroupId,
    /// `INVALID_REQUEST`: a field is missing or contradicts another one.
    #[error("{0}")]
    InvalidRequest(&'static str),
    /// `INVALID_SESSION_TIMEOUT`: out of the configured bounds.
    #[error("the session timeout is not within the allowed range")]
    InvalidSessionTimeout,
    /// `INCONSISTENT_GROUP_PROTOCOL`: the member speaks nothing that all others do.
    #[error("the member's protocols are not those of the group")]
    InconsistentProtocol,
    /// `GROUP_MAX_SIZE_REACHED`.
    #[error("the group has as many members as it may have")]
    GroupFull,
    /// `MEMBER_ID_REQUIRED`: to be asked again with this id (KIP-394).
    #[error("the member has to join with the id {0}")]
    MemberIdRequired(MemberId),
    /// `UNKNOWN_MEMBER_ID`.
    #[error("the group has no such member")]
    UnknownMember,
    /// `FENCED_INSTANCE_ID`: another member has taken the instance id over.
    #[error("another member has this instance id by now")]
    FencedInstance,
    /// `ILLEGAL_GENERATION`.
    #[error("the generation is not the group's")]
    IllegalGeneration,
    /// `REBALANCE_IN_PROGRESS`: to join anew.
    #[error("the group is rebalancing")]
    RebalanceInProgress,
    /// `GROUP_ID_NOT_FOUND`: there is none, or it is of another kind.
    #[error("there is no such group")]
    NoSuchGroup,
    /// `FENCED_MEMBER_EPOCH`: to give up all partitions and join anew (KIP-848).
    #[error("the member's epoch is not the one that the group knows")]
    FencedMemberEpoch,
    /// `UNRELEASED_INSTANCE_ID`: another member has it and has not left.
    #[error("the instance id is still in use")]
    UnreleasedInstance,
    /// `UNSUPPORTED_ASSIGNOR`.
    #[error("there is no such assignor")]
    UnsupportedAssignor,
    /// `STALE_MEMBER_EPOCH`: of a commit or fetch.
    #[error("the member's epoch is outdated")]
    StaleMemberEpoch,
    /// `INVALID_REGULAR_EXPRESSION`, with what is wrong about it.
    #[error("the regular expression is invalid: {0}")]
    InvalidRegularExpression(String),
    /// `NON_EMPTY_GROUP`.
    #[error("the group has members")]
    NotEmpty,
    /// `GROUP_SUBSCRIBED_TO_TOPIC`: its offsets can't be deleted now.
    #[error("the group is subscribed to the topic")]
    SubscribedToTopic,
    /// `OFFSET_METADATA_TOO_LARGE`.
    #[error("the metadata of the offset is too large")]
    OffsetMetadataTooLarge,
    /// `INVALID_COMMIT_OFFSET_SIZE`: the group has as many offsets as it may have.
    #[error("the group has too many offsets")]
    TooManyOffsets,
    /// `UNSTABLE_OFFSET_COMMIT`: a transaction has not decided yet (KIP-447).
    #[error("a transaction on this offset is under way")]
    UnstableOffset,
    /// `MESSAGE_TOO_LARGE`: subscriptions or assignments beyond what is stored of a member.
    #[error("what the member says is too large")]
    TooLarge,
    /// `COORDINATOR_NOT_AVAILABLE`: to be tried again; what was under way may or may not have happened.
    #[error("the group is not available")]
    Unavailable,
    /// `COORDINATOR_NOT_AVAILABLE` too: the store refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why the groups of a store could not be brought back.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record in the store can't be read back.
    #[error("a stored record is damaged: {0}")]
    Damaged(&'static str),
}
