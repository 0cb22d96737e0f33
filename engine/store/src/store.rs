use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;

use crate::{Batch, PartitionId, ScanLimit, ScanRange, StoreError, StoreFigures, Table};

/// When a batch counts as committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Once it survives power loss: after the sync of its round.
    Durable,
    /// Once it is applied. It rides along with the next sync, and may be lost until then.
    Relaxed,
}

/// Told the outcome of one batch, exactly once. Runs on the store's own thread, so it must be short and not block.
pub type Completion = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// A key and its value.
pub type Entry = (Bytes, Bytes);

/// Whether a store takes changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreState {
    /// It does.
    Healthy,
    /// A write or a sync failed: it only answers reads, until it is opened anew.
    ReadOnly {
        /// What failed.
        reason: Arc<str>,
    },
}

/// Partitioned, ordered, durable storage. Shared as `Arc<dyn Store>`.
pub trait Store: Send + Sync + 'static {
    /// Queues a batch and returns at once; never blocks, never runs `completion` before it returns unless the batch is
    /// refused (closed, read-only, overloaded, unknown table) or the engine commits at once.
    ///
    /// Batches of one partition are applied and completed in the order they were submitted. A batch is visible to
    /// reads at the latest when it is completed. After a failure nothing submitted later is applied either.
    fn submit(&self, batch: Batch, durability: Durability, completion: Completion);

    /// The value of a key.
    ///
    /// # Errors
    ///
    /// If the table is unknown or the data cannot be read.
    fn get(&self, partition: PartitionId, table: Table, key: &[u8]) -> Result<Option<Bytes>, StoreError>;

    /// One page of entries in the range's order, from one point in time, within the limit. A page shorter than
    /// `limit.entries` and `limit.bytes` is the last one. At least one entry is returned if there is any and
    /// `limit.entries` is not zero.
    ///
    /// # Errors
    ///
    /// As [`Store::get`].
    fn scan(
        &self,
        partition: PartitionId,
        table: Table,
        range: ScanRange,
        limit: ScanLimit,
    ) -> Result<Vec<Entry>, StoreError>;

    /// The partitions owned here, ascending.
    fn partitions(&self) -> Vec<PartitionId>;

    /// Whether changes are accepted.
    fn state(&self) -> StoreState;

    /// What the store has done, for metrics.
    fn figures(&self) -> StoreFigures;

    /// Commits and syncs what was submitted before and stops; what is submitted later completes with
    /// [`StoreError::Closed`]. Blocks until done; reads still work. Closing twice is no error.
    fn close(&self);
}

/// Submits a batch at once (not first when polled) and returns a future for its outcome.
///
/// Dropping the future does not withdraw the batch. A store that goes away without an answer yields
/// [`StoreError::Closed`].
pub fn commit(
    store: &dyn Store,
    batch: Batch,
    durability: Durability,
) -> impl Future<Output = Result<(), StoreError>> + Send + 'static + use<> {
    let (sender, receiver) = oneshot::channel();
    // A receiver that is gone does not care for the outcome.
    store.submit(
        batch,
        durability,
        Box::new(move |outcome| drop(sender.send(outcome))),
    );
    async move { receiver.await.unwrap_or(Err(StoreError::Closed)) }
}
