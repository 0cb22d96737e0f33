//! What the engines refuse, in the protocol's codes: the one place where they are chosen.

use ninefold_kafka_protocol::ErrorCode;
use ninefold_log::{AppendError, LogError, ReadError};
use ninefold_record_batch::BatchError;
use ninefold_streams::StreamsError;

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
        AppendError::KeyMissing => ErrorCode::InvalidRecord,
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
