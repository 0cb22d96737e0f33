//! What can go wrong.

use ninefold_store::StoreError;

/// Why the coordinator refused. Each case is one error of the Kafka protocol, named in its documentation. A refusal has changed
/// nothing, except where it says so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransactionError {
    /// `INVALID_REQUEST`: something is missing or too long.
    #[error("{0}")]
    InvalidRequest(&'static str),
    /// `INVALID_TRANSACTION_TIMEOUT`: not positive, or beyond what is allowed.
    #[error("the transaction timeout is not within the allowed range")]
    InvalidTimeout,
    /// `TRANSACTIONAL_ID_AUTHORIZATION_FAILED`: two-phase commit (KIP-939) isn't enabled.
    #[error("two-phase commit is not enabled")]
    TwoPhaseCommitDisabled,
    /// `UNSUPPORTED_VERSION`: a prepared transaction can't be kept (KIP-939).
    #[error("prepared transactions can not be kept")]
    KeepPreparedUnsupported,
    /// `INVALID_PRODUCER_ID_MAPPING`: there is no such transactional id, or its producer has another id.
    #[error("the producer id is not that of the transactional id")]
    InvalidProducerIdMapping,
    /// `PRODUCER_FENCED`: there is a newer one. Clients who don't know it are told [otherwise](Self::before_fencing).
    #[error("there is a newer producer with the same transactional id")]
    ProducerFenced,
    /// `INVALID_PRODUCER_EPOCH`: there is a newer producer, told to one that writes, or whose client is old.
    #[error("the producer's epoch is not the one that counts")]
    InvalidProducerEpoch,
    /// `CONCURRENT_TRANSACTIONS`: the one before is not completed yet. To be tried again; by who writes, after
    /// `NOT_ENOUGH_REPLICAS` to clients that don't know better. An initialization that is told so may have fenced the producer
    /// before, whose transaction is being aborted then.
    #[error("the previous transaction is not completed yet")]
    ConcurrentTransactions,
    /// `INVALID_TXN_STATE`: the transaction can't be ended so.
    #[error("the transaction is not in a state for this")]
    InvalidState,
    /// `TRANSACTION_ABORTABLE` to writes whose client knows it (Produce from version 11 on, TxnOffsetCommit from 4), and
    /// `INVALID_TXN_STATE` to others: what is written to has not been added to the transaction.
    #[error("the transaction does not extend to this")]
    NotParticipating,
    /// `TRANSACTION_ABORTABLE` too: as many partitions and groups take part as may.
    #[error("too many partitions and groups take part in the transaction")]
    TooManyParticipants,
    /// `TRANSACTIONAL_ID_NOT_FOUND`: of those who ask what there is.
    #[error("there is no such transactional id")]
    NoSuchTransactionalId,
    /// `INVALID_REGULAR_EXPRESSION`, with what is wrong about it.
    #[error("the pattern is invalid: {0}")]
    InvalidPattern(String),
    /// `COORDINATOR_NOT_AVAILABLE`: there are as many transactional ids as there may be.
    #[error("there are too many transactional ids")]
    TooManyTransactionalIds,
    /// `COORDINATOR_NOT_AVAILABLE`: no producer ids are left.
    #[error("there are no more producer ids")]
    ProducerIdsExhausted,
    /// `COORDINATOR_NOT_AVAILABLE`: the store refused or failed. What was asked for may or may not have happened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TransactionError {
    /// The error as it is told to clients who don't know of `PRODUCER_FENCED` (InitProducerId before version 4; EndTxn,
    /// AddPartitionsToTxn and AddOffsetsToTxn before version 2), and to who writes (Produce, TxnOffsetCommit): it's
    /// `INVALID_PRODUCER_EPOCH` then.
    #[must_use]
    pub fn before_fencing(self) -> Self {
        match self {
            TransactionError::ProducerFenced => TransactionError::InvalidProducerEpoch,
            other => other,
        }
    }
}

/// Why the transactions of a store could not be brought back.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record in the store can't be read back.
    #[error("the record of {record} is damaged: {detail}")]
    Damaged {
        /// Whose record it is.
        record: String,
        /// What is wrong about it.
        detail: String,
    },
    /// The engine was started as often as it can be.
    #[error("there are no more coordinator epochs")]
    EpochsExhausted,
}
