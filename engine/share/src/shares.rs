//! Every share of the server.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use ninefold_log::{Partition, PartitionNumber};
use ninefold_queue::{Queue, QueueConfig, QueueEngine, QueueError, QueueKey, QueueKind};
use ninefold_time::Clock;
use parking_lot::Mutex;

use crate::feeder::encode_cursor;
use crate::key::{group_prefix, prefix};
use crate::{Exhausted, Group, Settings, Share, ShareError, ShareKey, StartPosition};

/// Queues listed at a time.
const PAGE: usize = 1_000;

/// Every share of the server: which partitions are shared by which groups.
pub struct Shares {
    queues: Arc<QueueEngine>,
    clock: Arc<dyn Clock>,
    open: Mutex<HashMap<ShareKey, Arc<Share>>>,
    /// Shares come and go one after the other.
    changes: tokio::sync::Mutex<()>,
}

impl Shares {
    /// The shares whose references are in these queues.
    pub fn new(queues: Arc<QueueEngine>, clock: Arc<dyn Clock>) -> Self {
        Shares {
            queues,
            clock,
            open: Mutex::default(),
            changes: tokio::sync::Mutex::default(),
        }
    }

    /// The partition as the group shares it; one that was not shared yet is from now on, durably, from `start` on.
    ///
    /// # Errors
    ///
    /// If the log or the store fails.
    pub async fn open(
        &self,
        key: &ShareKey,
        partition: &Arc<Partition>,
        settings: Settings,
        start: StartPosition,
    ) -> Result<Arc<Share>, ShareError> {
        if let Some(share) = self.opened(key) {
            return Ok(share);
        }
        let _turn = self.changes.lock().await;
        if let Some(share) = self.opened(key) {
            return Ok(share);
        }
        let dead_letters = match settings.exhausted {
            Exhausted::SetAside => Some(self.dead_letters_of(key).await?),
            Exhausted::Reject => None,
        };
        let queue = match self.queues.queue(&key.queue_key()) {
            Some(queue) => queue,
            None => {
                let start_offset = offset_of(partition, start).await?;
                let attachment = encode_cursor(start_offset);
                self.queues
                    .create(key.queue_key(), queue_config(), attachment)
                    .await?
            }
        };
        let share = Share::new(
            (queue, dead_letters),
            Arc::clone(partition),
            Arc::clone(&self.clock),
            settings,
        )?;
        share.adopt().await?;
        self.open.lock().insert(key.clone(), Arc::clone(&share));
        Ok(share)
    }

    /// The queue of a share's dead letters, which is made where there is none.
    async fn dead_letters_of(&self, key: &ShareKey) -> Result<Arc<Queue>, ShareError> {
        let key = key.dead_letters_key();
        Ok(match self.queues.queue(&key) {
            Some(queue) => queue,
            None => self.queues.create(key, queue_config(), Bytes::new()).await?,
        })
    }

    /// The share, if it was opened since the server started.
    pub fn opened(&self, key: &ShareKey) -> Option<Arc<Share>> {
        self.open.lock().get(key).cloned()
    }

    /// Whether the group shares the partition.
    pub fn contains(&self, key: &ShareKey) -> bool {
        self.queues.queue(&key.queue_key()).is_some()
    }

    /// What a group shares, in the order of the partitions' numbers.
    pub fn of_group(&self, group: &Group) -> Vec<ShareKey> {
        self.keys(&group_prefix(group), |_| true)
    }

    /// A group doesn't share a partition any more; durable when it returns. Says whether it did.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn delete(&self, key: &ShareKey) -> Result<bool, ShareError> {
        let _turn = self.changes.lock().await;
        let open = self.open.lock().remove(key);
        // Before the references: as long as these are there, so is the share, and can be deleted again.
        self.delete_queue(&key.dead_letters_key()).await?;
        let deleted = self.delete_queue(&key.queue_key()).await;
        if let Some(share) = open {
            share.wake();
        }
        deleted
    }

    async fn delete_queue(&self, key: &QueueKey) -> Result<bool, ShareError> {
        match self.queues.delete(key).await {
            Ok(()) => Ok(true),
            Err(QueueError::NoSuchQueue) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// A group shares nothing any more; durable when it returns.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn delete_group(&self, group: &Group) -> Result<(), ShareError> {
        for key in self.of_group(group) {
            self.delete(&key).await?;
        }
        Ok(())
    }

    /// No group shares a partition any more, which is about to be deleted; durable when it returns.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn delete_partition(&self, partition: &Partition) -> Result<(), ShareError> {
        self.delete_partitions(|number| number == partition.number())
            .await
    }

    /// No group shares any of these partitions any more, which are gone or about to be; durable when it returns.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn delete_partitions(
        &self,
        is_meant: impl Fn(PartitionNumber) -> bool,
    ) -> Result<(), ShareError> {
        for key in self.keys(prefix(), |key| is_meant(key.partition)) {
            self.delete(&key).await?;
        }
        Ok(())
    }

    /// Looks after every share that was opened: see [`Share::sweep`]. To be called now and then.
    pub async fn sweep(&self) {
        let open: Vec<_> = self.open.lock().values().cloned().collect();
        for share in open {
            match share.sweep().await {
                Ok(()) | Err(ShareError::NoSuchShare) => (),
                Err(error) => tracing::warn!(%error, "a share could not be swept"),
            }
        }
    }

    fn keys(&self, prefix: &[u8], is_wanted: impl Fn(&ShareKey) -> bool) -> Vec<ShareKey> {
        let mut found = Vec::new();
        let mut after: Option<QueueKey> = None;
        loop {
            let page: Vec<Arc<Queue>> = self.queues.queues(prefix, after.as_ref(), PAGE);
            let Some(last) = page.last() else {
                return found;
            };
            after = Some(last.key().clone());
            let keys = page.iter().filter_map(|queue| ShareKey::of_queue(queue.key()));
            found.extend(keys.filter(&is_wanted));
        }
    }
}

/// What the queue behind a share is. Nothing is ever dropped by it: the share decides when a record is finished.
fn queue_config() -> QueueConfig {
    QueueConfig {
        kind: QueueKind::Standard,
        delay_seconds: 0,
        visibility_timeout_seconds: 30,
        retention_seconds: u32::MAX,
        // The window is the limit.
        in_flight_limit: u32::MAX,
        dead_letter: None,
    }
}

async fn offset_of(partition: &Arc<Partition>, start: StartPosition) -> Result<i64, ShareError> {
    Ok(match start {
        StartPosition::Earliest => partition.start_offset(),
        StartPosition::Latest => partition.end_offset(),
        StartPosition::At(milliseconds) => {
            let found = partition.offset_for_time(milliseconds).await?;
            found.map_or_else(|| partition.end_offset(), |found| found.offset)
        }
        StartPosition::Offset(offset) => offset,
    })
}
