//! The engine: every queue of the server.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use ninefold_store::{Batch, Durability, Store, Table, commit};
use ninefold_time::Clock;
use parking_lot::Mutex;

use crate::directory::Directory;
use crate::queue::QueueParts;
use crate::records::{QUEUES, QueueRecord, QueueStatus, TABLES, TALLIES, Tally, number_key, partition_of};
use crate::recovery::recover;
use crate::redrive::{Redrive, sorted_redrives};
use crate::state::{CacheBudget, Recent, State};
use crate::sweep::Grave;
use crate::{Limits, Queue, QueueConfig, QueueError, QueueKey, RedriveId};

/// How often the engine looks after what nobody asks for.
const SWEEP_INTERVAL: Duration = Duration::from_secs(1);

/// Every queue of the server.
pub struct QueueEngine {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) redrives: Mutex<HashMap<RedriveId, Arc<Redrive>>>,
    limits: Limits,
    cache: Arc<CacheBudget>,
    graves: Mutex<Vec<Grave>>,
    next_number: AtomicU64,
    /// Creations, changes and deletions happen one after the other.
    changes: tokio::sync::Mutex<()>,
}

impl QueueEngine {
    /// The tables that the engine keeps in the store.
    pub const TABLES: &'static [Table] = &TABLES;

    /// Opens the engine on a store and brings back every queue in it.
    ///
    /// # Errors
    ///
    /// If the store fails or a record in it is damaged.
    pub async fn open(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        limits: Limits,
    ) -> Result<Arc<Self>, QueueError> {
        let cache = CacheBudget::new(limits.cache_bytes);
        let recovered = recover(&store, &clock, limits, &cache).await?;
        Ok(Arc::new(QueueEngine {
            store,
            clock,
            directory: recovered.directory,
            redrives: Mutex::new(sorted_redrives(recovered.redrives)),
            limits,
            cache,
            graves: Mutex::new(recovered.graves),
            next_number: AtomicU64::new(recovered.highest_number + 1),
            changes: tokio::sync::Mutex::default(),
        }))
    }

    /// Looks after everything that has to happen by itself: resumes redrives, then sweeps every second. Never returns;
    /// to be spawned once and dropped at shutdown.
    pub async fn run(self: Arc<Self>) {
        self.resume_redrives();
        loop {
            self.clock.sleep_until(self.clock.now() + SWEEP_INTERVAL).await;
            self.sweep().await;
        }
    }

    /// One round of looking after every queue: retention, lapsed leases, what purges and deletions have left.
    pub async fn sweep(&self) {
        for queue in self.queues(b"", None, usize::MAX) {
            match queue.sweep().await {
                Ok(()) | Err(QueueError::NoSuchQueue) => (),
                Err(error) => tracing::warn!(queue = %queue.key(), %error, "a queue could not be swept"),
            }
        }
        let graves = std::mem::take(&mut *self.graves.lock());
        for grave in graves {
            if let Err(error) = grave.sweep(&*self.store).await {
                tracing::warn!(%error, "what a deleted queue has left could not be removed");
                self.graves.lock().push(grave);
            }
        }
    }

    /// Creates a queue; durable when it returns.
    ///
    /// `attachment` is the door's own record of the queue, kept beside the engine's.
    ///
    /// # Errors
    ///
    /// [`QueueError::Exists`] when there is a queue with this key, or if the store fails.
    pub async fn create(
        &self,
        key: QueueKey,
        config: QueueConfig,
        attachment: Bytes,
    ) -> Result<Arc<Queue>, QueueError> {
        let _turn = self.changes.lock().await;
        if self.directory.get(&key).is_some() {
            return Err(QueueError::Exists);
        }
        let number = self.next_number.fetch_add(1, Ordering::Relaxed);
        let tally = Tally::EMPTY;
        let record = QueueRecord {
            status: QueueStatus::Active,
            key,
            config,
            attachment,
        };
        let mut batch = Batch::new(partition_of(&record.key));
        batch.put(QUEUES, number_key(number), record.encode());
        batch.put(TALLIES, number_key(number), tally.encode());
        commit(&*self.store, batch, Durability::Durable).await?;
        // A new queue has no past: whatever isn't in memory was never sent.
        let recent = Recent::new(ninefold_time::Timestamp::EPOCH);
        let parts = QueueParts {
            number,
            state: State::new(
                record.config.kind,
                tally,
                self.limits,
                Arc::clone(&self.cache),
                recent,
            ),
            key: record.key,
            config: record.config,
            attachment: record.attachment,
        };
        let directory = Arc::downgrade(&self.directory);
        let queue = Queue::new(parts, Arc::clone(&self.store), Arc::clone(&self.clock), directory);
        self.directory.insert(Arc::clone(&queue));
        Ok(queue)
    }

    /// Changes a queue's settings and the door's record of it, as one; durable when it returns.
    ///
    /// # Errors
    ///
    /// [`QueueError::NoSuchQueue`] when it was deleted, or if the store fails.
    pub async fn update(
        &self,
        queue: &Queue,
        config: QueueConfig,
        attachment: Bytes,
    ) -> Result<(), QueueError> {
        let _turn = self.changes.lock().await;
        drop(queue.lock_active()?);
        self.write_record(queue, QueueStatus::Active, &config, &attachment)
            .await?;
        queue.set(config, attachment);
        Ok(())
    }

    /// Deletes a queue with everything in it; durable when it returns.
    ///
    /// # Errors
    ///
    /// [`QueueError::NoSuchQueue`] when there is no queue with this key, or if the store fails.
    pub async fn delete(&self, key: &QueueKey) -> Result<(), QueueError> {
        let _turn = self.changes.lock().await;
        let queue = self.directory.get(key).ok_or(QueueError::NoSuchQueue)?;
        self.write_record(&queue, QueueStatus::Deleted, &queue.config(), &queue.attachment())
            .await?;
        self.directory.remove(key);
        queue.close();
        let grave = Grave::new(queue.partition(), queue.number());
        self.graves.lock().push(grave);
        Ok(())
    }

    async fn write_record(
        &self,
        queue: &Queue,
        status: QueueStatus,
        config: &QueueConfig,
        attachment: &Bytes,
    ) -> Result<(), QueueError> {
        let record = QueueRecord {
            status,
            key: queue.key().clone(),
            config: config.clone(),
            attachment: attachment.clone(),
        };
        let mut batch = queue.batch();
        batch.put(QUEUES, number_key(queue.number()), record.encode());
        Ok(commit(&*self.store, batch, Durability::Durable).await?)
    }

    /// The queue with this key.
    pub fn queue(&self, key: &QueueKey) -> Option<Arc<Queue>> {
        self.directory.get(key)
    }

    /// Queues whose keys begin with `prefix`, in key order, after `after`, at most `limit`.
    pub fn queues(&self, prefix: &[u8], after: Option<&QueueKey>, limit: usize) -> Vec<Arc<Queue>> {
        self.directory.page(prefix, after, limit)
    }
}
