//! What the engines refuse, in the protocol's codes: the one place where they are chosen.

use ninefold_catalog::CatalogError;
use ninefold_groups::GroupError;
use ninefold_kafka_protocol::ErrorCode;
use ninefold_log::{AppendError, LogError, ReadError};
use ninefold_record_batch::BatchError;
use ninefold_streams::StreamsError;
use ninefold_transactions::TransactionError;

/// A refusal: its code, and what a person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: ErrorCode,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Refusal {
            code,
            message: message.into(),
        }
    }

    /// A failure on this side: logged, since clients are told little of it.
    fn internal(code: ErrorCode, error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "a request failed");
        Refusal::new(code, error.to_string())
    }
}

impl From<CatalogError> for Refusal {
    fn from(error: CatalogError) -> Self {
        Refusal::internal(ErrorCode::KafkaStorageError, &error)
    }
}

impl From<StreamsError> for Refusal {
    fn from(error: StreamsError) -> Self {
        let code = match &error {
            StreamsError::Exists => ErrorCode::TopicAlreadyExists,
            StreamsError::NotFound => ErrorCode::UnknownTopicOrPartition,
            StreamsError::TooManyShards { .. } => ErrorCode::InvalidPartitions,
            StreamsError::Catalog(_) | StreamsError::Log(_) => {
                return Refusal::internal(ErrorCode::KafkaStorageError, &error);
            }
        };
        Refusal::new(code, error.to_string())
    }
}

/// Why a batch was not appended.
pub(crate) fn of_append(error: &AppendError) -> ErrorCode {
    match error {
        AppendError::Batch(error) => of_batch(error),
        AppendError::TooLarge { .. } => ErrorCode::MessageTooLarge,
        AppendError::KeyMissing { .. } => ErrorCode::InvalidRecord,
        AppendError::OutOfOrderSequence { .. } => ErrorCode::OutOfOrderSequenceNumber,
        AppendError::ProducerFenced { .. } => ErrorCode::InvalidProducerEpoch,
        AppendError::TransactionState { .. } => ErrorCode::InvalidTxnState,
        AppendError::CoordinatorFenced { .. } => ErrorCode::TransactionCoordinatorFenced,
        AppendError::Sealed => ErrorCode::PolicyViolation,
        AppendError::Deleted => ErrorCode::UnknownTopicOrPartition,
        // Nothing was appended, and the client is to try again.
        AppendError::Overloaded => ErrorCode::NotEnoughReplicas,
        AppendError::ReadOnly { .. } | AppendError::Closed => ErrorCode::KafkaStorageError,
    }
}

/// What is wrong with a batch that a client sent.
pub(crate) fn of_batch(error: &BatchError) -> ErrorCode {
    match error {
        BatchError::UnsupportedMagic(_) => ErrorCode::UnsupportedForMessageFormat,
        BatchError::UnsupportedCompression(_) => ErrorCode::UnsupportedCompressionType,
        BatchError::ClientBaseOffset(_)
        | BatchError::ClientControl
        | BatchError::ClientSequence(_)
        | BatchError::ClientLogAppendTime
        | BatchError::InvalidRecordCount { .. } => ErrorCode::InvalidRecord,
        _ => ErrorCode::CorruptMessage,
    }
}

/// Why nothing was read.
pub(crate) fn of_read(error: &ReadError) -> ErrorCode {
    match error {
        ReadError::OutOfRange { .. } => ErrorCode::OffsetOutOfRange,
        ReadError::Deleted => ErrorCode::UnknownTopicOrPartition,
        ReadError::Io { .. } | ReadError::Damaged { .. } => {
            tracing::error!(%error, "a read failed");
            ErrorCode::KafkaStorageError
        }
    }
}

/// Why the log was not changed.
pub(crate) fn of_log(error: &LogError) -> ErrorCode {
    match error {
        LogError::OutOfRange { .. } => ErrorCode::OffsetOutOfRange,
        LogError::Deleted => ErrorCode::UnknownTopicOrPartition,
        LogError::ReadOnly { .. } | LogError::Store(_) => {
            tracing::error!(%error, "a change of the log failed");
            ErrorCode::KafkaStorageError
        }
    }
}

/// Why a group has refused.
pub(crate) fn of_group(error: &GroupError) -> ErrorCode {
    match error {
        GroupError::InvalidGroupId => ErrorCode::InvalidGroupId,
        GroupError::InvalidRequest(_) => ErrorCode::InvalidRequest,
        GroupError::InvalidSessionTimeout => ErrorCode::InvalidSessionTimeout,
        GroupError::InconsistentProtocol => ErrorCode::InconsistentGroupProtocol,
        GroupError::GroupFull => ErrorCode::GroupMaxSizeReached,
        GroupError::MemberIdRequired(_) => ErrorCode::MemberIdRequired,
        GroupError::UnknownMember => ErrorCode::UnknownMemberId,
        GroupError::FencedInstance => ErrorCode::FencedInstanceId,
        GroupError::IllegalGeneration => ErrorCode::IllegalGeneration,
        GroupError::RebalanceInProgress => ErrorCode::RebalanceInProgress,
        GroupError::NoSuchGroup => ErrorCode::GroupIdNotFound,
        GroupError::FencedMemberEpoch => ErrorCode::FencedMemberEpoch,
        GroupError::UnreleasedInstance => ErrorCode::UnreleasedInstanceId,
        GroupError::UnsupportedAssignor => ErrorCode::UnsupportedAssignor,
        GroupError::StaleMemberEpoch => ErrorCode::StaleMemberEpoch,
        GroupError::InvalidRegularExpression(_) => ErrorCode::InvalidRegularExpression,
        GroupError::NotEmpty => ErrorCode::NonEmptyGroup,
        GroupError::SubscribedToTopic => ErrorCode::GroupSubscribedToTopic,
        GroupError::OffsetMetadataTooLarge => ErrorCode::OffsetMetadataTooLarge,
        GroupError::TooManyOffsets => ErrorCode::InvalidCommitOffsetSize,
        GroupError::UnstableOffset => ErrorCode::UnstableOffsetCommit,
        GroupError::TooLarge => ErrorCode::MessageTooLarge,
        GroupError::Unavailable => ErrorCode::CoordinatorNotAvailable,
        GroupError::Store(error) => {
            tracing::error!(%error, "a group could not be changed");
            ErrorCode::CoordinatorNotAvailable
        }
    }
}

/// The number of a refusal, or that of none.
pub(crate) fn of_group_outcome<T>(outcome: &Result<T, GroupError>) -> i16 {
    outcome.as_ref().err().map_or(0, |error| of_group(error).code())
}

/// Why the coordinator of transactions has refused.
pub(crate) fn of_transaction(error: &TransactionError) -> ErrorCode {
    match error {
        TransactionError::InvalidRequest(_) => ErrorCode::InvalidRequest,
        TransactionError::InvalidTimeout => ErrorCode::InvalidTransactionTimeout,
        TransactionError::TwoPhaseCommitDisabled => ErrorCode::TransactionalIdAuthorizationFailed,
        TransactionError::KeepPreparedUnsupported => ErrorCode::UnsupportedVersion,
        TransactionError::InvalidProducerIdMapping => ErrorCode::InvalidProducerIdMapping,
        TransactionError::ProducerFenced => ErrorCode::ProducerFenced,
        TransactionError::InvalidProducerEpoch => ErrorCode::InvalidProducerEpoch,
        TransactionError::ConcurrentTransactions => ErrorCode::ConcurrentTransactions,
        TransactionError::InvalidState => ErrorCode::InvalidTxnState,
        TransactionError::NotParticipating | TransactionError::TooManyParticipants => {
            ErrorCode::TransactionAbortable
        }
        TransactionError::NoSuchTransactionalId => ErrorCode::TransactionalIdNotFound,
        TransactionError::InvalidPattern(_) => ErrorCode::InvalidRegularExpression,
        TransactionError::TooManyTransactionalIds | TransactionError::ProducerIdsExhausted => {
            ErrorCode::CoordinatorNotAvailable
        }
        TransactionError::Store(error) => {
            tracing::error!(%error, "a transaction could not be changed");
            ErrorCode::CoordinatorNotAvailable
        }
    }
}
