use ninefold_queue::QueueError;
use ninefold_store::StoreError;

/// Why items were not accepted.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The backlog refused them.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The record of what happened could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}
