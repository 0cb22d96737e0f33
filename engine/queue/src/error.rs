//! What can go wrong in the queue engine.

use ninefold_store::StoreError;

/// An operation on a queue that could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// No queue has this key, or it was deleted while the operation ran.
    #[error("the queue does not exist")]
    NoSuchQueue,
    /// A queue with this key exists already.
    #[error("a queue with this key exists already")]
    Exists,
    /// As many messages are in flight as the queue allows.
    #[error("too many messages are in flight")]
    InFlightLimit,
    /// A redrive of this source queue is running already.
    #[error("a redrive of this queue is running already")]
    RedriveRunning,
    /// No running redrive has this id.
    #[error("no running redrive has this id")]
    NoSuchRedrive,
    /// The store refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record in the store can't be read back.
    #[error("a stored record is damaged: {0}")]
    Damaged(&'static str),
}

/// Why a receipt could not be used to delete its message.
#[derive(Debug, thiserror::Error)]
pub enum DeleteError {
    /// FIFO queues only: the lease that this receipt stands for has run out.
    #[error("the receipt has expired")]
    Expired,
    /// The queue is gone or the store failed.
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// Why the visibility of a message could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// The message isn't in flight.
    #[error("the message is not in flight")]
    NotInFlight,
    /// The message was deleted or dropped.
    #[error("the message does not exist")]
    NoSuchMessage,
    /// FIFO queues only: the lease that this receipt stands for has run out.
    #[error("the receipt has expired")]
    Expired,
    /// The new deadline would lie more than twelve hours after the message was received.
    #[error("the total visibility timeout is beyond the maximum")]
    TotalVisibilityExceeded,
    /// The queue is gone or the store failed.
    #[error(transparent)]
    Queue(#[from] QueueError),
}
