use std::io;

use ninefold_log::ReadError;
use ninefold_queue::QueueError;
use ninefold_record_batch::BatchError;

/// What can go wrong with shared records.
#[derive(Debug, thiserror::Error)]
pub enum ShareError {
    /// The group does not share this partition, or does not any more.
    #[error("the partition is not shared by this group")]
    NoSuchShare,
    /// A record is not held by this member (any more), so that it can't decide on it.
    #[error("the record at offset {offset} is not held by this member")]
    NotHeld {
        /// Where it is.
        offset: i64,
    },
    /// Offsets that make no sense together.
    #[error("there are no offsets from {first} to {last}")]
    InvalidRange {
        /// The first.
        first: i64,
        /// The last.
        last: i64,
    },
    /// The log can't be read.
    #[error(transparent)]
    Log(#[from] ReadError),
    /// A file of the log can't be read.
    #[error("the log can't be read: {0}")]
    Io(#[from] io::Error),
    /// What the log holds is no batch.
    #[error("the log is damaged: {0}")]
    Batch(#[from] BatchError),
    /// The references can't be read or written.
    #[error(transparent)]
    Queue(QueueError),
    /// What the store has of the cursor is no cursor.
    #[error("the stored cursor is damaged")]
    DamagedCursor,
    /// The server stops.
    #[error("the server stops")]
    Stopping,
}

impl From<QueueError> for ShareError {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::NoSuchQueue => ShareError::NoSuchShare,
            other => ShareError::Queue(other),
        }
    }
}
