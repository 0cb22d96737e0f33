//! Every door, and the engines they stand on: the one place that knows them all.

use std::io;
use std::path::Path;
use std::sync::Arc;

use ninefold_model::ServiceModel;
use ninefold_protocol::Door;
use ninefold_queue::{Limits, QueueEngine, QueueError};
use ninefold_sqs::SqsDoor;
use ninefold_store::{Store, Table};
use ninefold_sts::StsDoor;
use ninefold_time::Clock;

use crate::secret_file::read_or_create_secret;

/// Seals the receipt handles of SQS; in the data directory, since handles outlive the process.
const RECEIPT_SECRET: &str = "receipts.secret";

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
        let queues = QueueEngine::open(store, clock, Limits::default()).await?;
        Ok(Engines { queues })
    }

    /// Starts what engines do by themselves.
    pub(crate) fn start(&self) {
        tokio::spawn(Arc::clone(&self.queues).run());
    }

    /// Every door. `data` is the data directory.
    pub(crate) fn doors(&self, data: &Path, clock: &Arc<dyn Clock>) -> io::Result<Vec<Arc<dyn Door>>> {
        let receipt_secret = read_or_create_secret(&data.join(RECEIPT_SECRET))?;
        let sqs = SqsDoor::new(Arc::clone(&self.queues), Arc::clone(clock), receipt_secret);
        Ok(vec![Arc::new(sqs), Arc::new(StsDoor)])
    }
}

/// The operations of every door, by service, without opening anything.
pub(crate) fn operations() -> Vec<(&'static ServiceModel, &'static [&'static str])> {
    vec![
        (ninefold_model::sqs(), SqsDoor::OPERATIONS),
        (ninefold_model::sts(), StsDoor::OPERATIONS),
    ]
}
