use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use ninefold_journal::RecoveryError;
use ninefold_record_batch::BatchError;
use ninefold_store::StoreError;
use thiserror::Error;

/// Why a log can't be opened. Nothing was changed.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The store, in which the partitions are listed, does not answer.
    #[error("the store that lists the partitions of the log: {0}")]
    Store(#[from] StoreError),
    /// The journal can't be read or is damaged.
    #[error("the journal of the log: {0}; restore the data directory from a backup")]
    Journal(#[from] RecoveryError),
    /// A file can't be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A record of a partition can't be understood.
    #[error("partition {partition} of the log: {detail}; restore the data directory from a backup")]
    Record {
        /// The partition's number.
        partition: u64,
        /// What was found.
        detail: String,
    },
    /// There are records, and a store that knows nothing of them.
    #[error("{directory} holds a log that its store does not know; restore both from the same backup")]
    Unknown {
        /// The directory.
        directory: PathBuf,
    },
}

/// Why a change of a partition, other than an append, was not made.
#[derive(Debug, Clone, Error)]
pub enum LogError {
    /// A write or a sync failed before: nothing is written any more.
    #[error("the log is read-only: {reason}")]
    ReadOnly {
        /// What failed.
        reason: Arc<str>,
    },
    /// The store did not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The partition was deleted.
    #[error("the partition was deleted")]
    Deleted,
    /// There is no such offset.
    #[error("offset {offset} is out of range: there are {start_offset} to {end_offset}")]
    OutOfRange {
        /// What was asked for.
        offset: i64,
        /// The first there is.
        start_offset: i64,
        /// Behind the last there is.
        end_offset: i64,
    },
}

/// Why a batch was not appended.
#[derive(Debug, Clone, Error)]
pub enum AppendError {
    /// It is none, or its checksum does not match.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// It is longer than the partition takes.
    #[error("the batch has {bytes} bytes, and {limit_bytes} are allowed")]
    TooLarge {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        limit_bytes: usize,
    },
    /// A record of a compacted partition has no key.
    #[error("record {index} has no key, which those of a compacted partition need")]
    KeyMissing {
        /// Which record of the batch, counted from zero.
        index: usize,
    },
    /// It is not the next of its producer.
    #[error("producer {producer_id} sent sequence {sequence}, and {expected} is next")]
    OutOfOrderSequence {
        /// Which producer.
        producer_id: i64,
        /// The batch's first sequence number.
        sequence: i32,
        /// The one that should have come.
        expected: i32,
    },
    /// The producer has a newer epoch.
    #[error("producer {producer_id} has epoch {current_epoch} by now, not {epoch}")]
    ProducerFenced {
        /// Which producer.
        producer_id: i64,
        /// The batch's epoch.
        epoch: i16,
        /// The newest one.
        current_epoch: i16,
    },
    /// A transactional producer sent something outside of its transaction while it is under way, or the other way round.
    #[error("producer {producer_id} mixes what belongs to its transaction with what doesn't")]
    TransactionState {
        /// Which producer.
        producer_id: i64,
    },
    /// The marker is of a transaction coordinator that was replaced.
    #[error("the transaction coordinator has epoch {current_epoch} by now, not {epoch}")]
    CoordinatorFenced {
        /// The marker's.
        epoch: i32,
        /// The newest one.
        current_epoch: i32,
    },
    /// The partition takes nothing any more.
    #[error("the partition is sealed")]
    Sealed,
    /// The partition was deleted.
    #[error("the partition was deleted")]
    Deleted,
    /// More waits to be written than may.
    #[error("the log is overloaded")]
    Overloaded,
    /// A write or a sync failed: nothing is written any more.
    #[error("the log is read-only: {reason}")]
    ReadOnly {
        /// What failed.
        reason: Arc<str>,
    },
    /// The log was closed.
    #[error("the log is closed")]
    Closed,
}

/// Why nothing was read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// There is no such offset.
    #[error("offset {offset} is out of range: there are {start_offset} to {end_offset}")]
    OutOfRange {
        /// What was asked for.
        offset: i64,
        /// The first there is.
        start_offset: i64,
        /// Behind the last there is.
        end_offset: i64,
    },
    /// The partition was deleted.
    #[error("the partition was deleted")]
    Deleted,
    /// A file can't be read.
    #[error("{path}: {source}")]
    Io {
        /// Which one.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// What a file holds is no batch.
    #[error("{path} is damaged at byte {position}: {source}")]
    Damaged {
        /// Which one.
        path: PathBuf,
        /// Where in it.
        position: u64,
        /// What was found.
        source: BatchError,
    },
}
