//! Every door, and the engines they stand on: the one place that knows them all.

use std::sync::Arc;

use ninefold_model::ServiceModel;
use ninefold_protocol::Door;
use ninefold_queue::{QueueEngine, QueueError};
use ninefold_store::{Store, Table};
use ninefold_time::Clock;

/// The engines of a running server.
pub(crate) struct Engines {
    pub(crate) queues: Arc<QueueEngine>,
}

/// The tables of every engine.
pub(crate) fn tables() -> Vec<Table> {
    QueueEngine::TABLES.to_vec()
}

impl Engines {
    /// Opens every engine on a store.
    pub(crate) async fn open(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Result<Self, QueueError> {
        let queues = QueueEngine::open(store, clock, ninefold_queue::Limits::default()).await?;
        Ok(Engines { queues })
    }

    /// Starts what engines do by themselves.
    pub(crate) fn start(&self) {
        tokio::spawn(Arc::clone(&self.queues).run());
    }

    /// Every door.
    pub(crate) fn doors(&self, clock: &Arc<dyn Clock>) -> Vec<Arc<dyn Door>> {
        let _ = clock;
        vec![]
    }
}

/// The operations of every door, by service, without opening anything.
pub(crate) fn operations() -> Vec<(&'static ServiceModel, &'static [&'static str])> {
    vec![]
}
