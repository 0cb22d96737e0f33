//! The queues that exist, by key.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::RwLock;

use crate::{Queue, QueueKey};

/// Every queue of the server.
#[derive(Default)]
pub(crate) struct Directory {
    queues: RwLock<BTreeMap<QueueKey, Arc<Queue>>>,
}

impl Directory {
    pub(crate) fn get(&self, key: &QueueKey) -> Option<Arc<Queue>> {
        self.queues.read().get(key).cloned()
    }

    pub(crate) fn insert(&self, queue: Arc<Queue>) {
        self.queues.write().insert(queue.key().clone(), queue);
    }

    pub(crate) fn remove(&self, key: &QueueKey) -> Option<Arc<Queue>> {
        self.queues.write().remove(key)
    }

    /// Queues whose keys begin with `prefix`, after `after`, at most `limit`.
    pub(crate) fn page(&self, prefix: &[u8], after: Option<&QueueKey>, limit: usize) -> Vec<Arc<Queue>> {
        let first = QueueKey(Bytes::copy_from_slice(prefix));
        let start = match after {
            Some(after) if *after >= first => Bound::Excluded(after),
            _ => Bound::Included(&first),
        };
        self.queues
            .read()
            .range::<QueueKey, _>((start, Bound::Unbounded))
            .take_while(|(key, _)| key.0.starts_with(prefix))
            .take(limit)
            .map(|(_, queue)| Arc::clone(queue))
            .collect()
    }
}
