//! The engine: every queue of the server.

use std::sync::Arc;

use bytes::Bytes;
use ninefold_store::Store;
use ninefold_time::Clock;

use crate::{Queue, QueueConfig, QueueError, QueueKey, RedriveDestination, RedriveId, RedriveReport};

/// Every queue of the server.
pub struct QueueEngine {}

impl QueueEngine {
    /// Opens the engine on a store and brings back every queue in it.
    pub fn open(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Result<Arc<Self>, QueueError> {
        unimplemented!()
    }

    /// Creates a queue; durable when it returns.
    ///
    /// `attachment` is the door's own record of the queue, kept beside the engine's.
    pub async fn create(
        &self,
        key: QueueKey,
        config: QueueConfig,
        attachment: Bytes,
    ) -> Result<Arc<Queue>, QueueError> {
        unimplemented!()
    }

    /// Changes a queue's settings and the door's record of it, as one; durable when it returns.
    pub async fn update(&self, queue: &Queue, config: QueueConfig, attachment: Bytes) -> Result<(), QueueError> {
        unimplemented!()
    }

    /// Deletes a queue with everything in it.
    pub async fn delete(&self, key: &QueueKey) -> Result<(), QueueError> {
        unimplemented!()
    }

    /// The queue with this key.
    pub fn queue(&self, key: &QueueKey) -> Option<Arc<Queue>> {
        unimplemented!()
    }

    /// Queues whose keys begin with `prefix`, in key order, after `after`, at most `limit`.
    pub fn queues(&self, prefix: &[u8], after: Option<&QueueKey>, limit: usize) -> Vec<Arc<Queue>> {
        unimplemented!()
    }

    /// Starts to move what `source` holds. One redrive of a source runs at a time.
    pub async fn start_redrive(
        self: &Arc<Self>,
        source: &Arc<Queue>,
        destination: RedriveDestination,
        rate_per_second: Option<u32>,
    ) -> Result<RedriveId, QueueError> {
        unimplemented!()
    }

    /// Stops a running redrive; returns what it had moved.
    pub async fn cancel_redrive(&self, id: RedriveId) -> Result<u64, QueueError> {
        unimplemented!()
    }

    /// The running redrive with this id, or what became of it.
    pub fn redrive(&self, id: RedriveId) -> Option<RedriveReport> {
        unimplemented!()
    }

    /// The redrives of a source queue, newest first, at most `limit`.
    pub fn redrives(&self, source: &QueueKey, limit: usize) -> Vec<RedriveReport> {
        unimplemented!()
    }
}
