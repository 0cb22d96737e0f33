//! The engine: the backlogs of every target of one door.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use ninefold_queue::{
    DeduplicationId, DeduplicationScope, GroupId, MessageId, QueueEngine, QueueError, QueueKey, Sent,
};
use ninefold_store::{Store, Table};
use ninefold_time::Clock;
use parking_lot::RwLock;
use tokio::sync::Semaphore;

use crate::figures::Counters;
use crate::history::{ATTEMPTS, History};
use crate::rate::SharedRates;
use crate::{Attempt, Backlog, Courier, DeliveryError, DeliveryFigures};

/// Names a target: opaque, ordered bytes chosen by the door.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetKey(pub Bytes);

/// Something to be delivered.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its identity.
    pub id: MessageId,
    /// What the courier gets, unread by the engine.
    pub payload: Bytes,
    /// The group it is ordered in; required for [`Ordering::Grouped`].
    pub group: Option<GroupId>,
    /// In ordered backlogs: two items with one of these within five minutes are one item. Without it, every item counts.
    pub deduplication: Option<DeduplicationId>,
}

/// In which order a target gets its items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ordering {
    /// In no particular one.
    Unordered,
    /// In the order they were accepted, within their groups: a group waits for its first item.
    Grouped(DeduplicationScope),
}

/// What all deliveries together may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Pushes under way at one time.
    pub pushes_under_way: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            pushes_under_way: 4_096,
        }
    }
}

/// The deliveries of one door.
pub struct DeliveryEngine {
    shared: Arc<Shared>,
    backlogs: RwLock<HashMap<TargetKey, Arc<Backlog>>>,
    /// What the keys of the backlogs' queues begin with.
    prefix: Bytes,
}

/// What every backlog needs.
pub(crate) struct Shared {
    pub(crate) queues: Arc<QueueEngine>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) courier: OnceLock<Arc<dyn Courier>>,
    pub(crate) history: History,
    pub(crate) counters: Counters,
    pub(crate) room: Arc<Semaphore>,
    pub(crate) shared_rates: Arc<SharedRates>,
    limits: Limits,
}

impl DeliveryEngine {
    /// The tables that the engine keeps in the store.
    pub const TABLES: &'static [Table] = &[ATTEMPTS];
    /// What the keys of all backlogs' queues begin with: nothing that a door names a queue of its own by.
    pub const QUEUE_PREFIX: &'static [u8] = b"\0delivery/";

    /// Opens the deliveries of the door `name`. Nothing is pushed before [`DeliveryEngine::start`].
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub fn open(
        name: &str,
        queues: Arc<QueueEngine>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        limits: Limits,
    ) -> Result<Self, DeliveryError> {
        let prefix = Bytes::from([Self::QUEUE_PREFIX, name.as_bytes(), b"/"].concat());
        let shared = Arc::new(Shared {
            queues,
            clock,
            courier: OnceLock::new(),
            history: History::open(store, name)?,
            counters: Counters::default(),
            room: Arc::new(Semaphore::new(limits.pushes_under_way)),
            shared_rates: Arc::default(),
            limits,
        });
        let found = shared.queues.queues(&prefix, None, usize::MAX);
        let backlogs = found.into_iter().map(|queue| {
            let target = TargetKey(queue.key().0.slice(prefix.len()..));
            (target.clone(), Backlog::new(target, queue, Arc::clone(&shared)))
        });
        Ok(DeliveryEngine {
            backlogs: RwLock::new(backlogs.collect()),
            shared: Arc::clone(&shared),
            prefix,
        })
    }

    /// Begins to push: what was accepted before a restart, and from now on whatever is accepted.
    ///
    /// # Panics
    ///
    /// When called twice.
    pub fn start(&self, courier: Arc<dyn Courier>) {
        let is_first = self.shared.courier.set(courier).is_ok();
        assert!(is_first, "the engine is started once");
        for backlog in self.backlogs.read().values() {
            backlog.drive();
        }
    }

    /// Takes items for one target; durable when it returns. Says what became of each: a duplicate is the item it
    /// duplicates.
    ///
    /// # Errors
    ///
    /// If the store fails: then none was taken.
    pub async fn accept(
        &self,
        target: &TargetKey,
        ordering: Ordering,
        items: Vec<Item>,
    ) -> Result<Vec<Sent>, DeliveryError> {
        let backlog = match self.backlog(target) {
            Some(backlog) => backlog,
            None => self.create(target, ordering).await?,
        };
        if backlog.is_ordered_otherwise(ordering) {
            let config = Backlog::queue_config(ordering);
            self.shared
                .queues
                .update(backlog.queue(), config, Bytes::new())
                .await?;
        }
        let count = items.len();
        let accepted = backlog.accept(items).await?;
        self.shared.counters.accepted.add(count);
        Ok(accepted)
    }

    /// The backlog of a target that has or had one.
    pub fn backlog(&self, target: &TargetKey) -> Option<Arc<Backlog>> {
        self.backlogs.read().get(target).cloned()
    }

    /// Forgets a target, and what waits for it; durable when it returns.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn remove(&self, target: &TargetKey) -> Result<(), DeliveryError> {
        if self.backlogs.write().remove(target).is_none() {
            return Ok(());
        }
        match self.shared.queues.delete(&self.queue_key(target)).await {
            Ok(()) | Err(QueueError::NoSuchQueue) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Every target that has or had a backlog.
    pub fn targets(&self) -> Vec<TargetKey> {
        self.backlogs.read().keys().cloned().collect()
    }

    /// How many items have not come to an end, of all targets together.
    pub fn items(&self) -> u64 {
        self.backlogs.read().values().map(|backlog| backlog.items()).sum()
    }

    /// What is known of the attempts to deliver an item, oldest first.
    pub fn attempts_of(&self, id: MessageId) -> Vec<Arc<Attempt>> {
        self.shared.history.of(id)
    }

    /// The last attempts, newest first.
    pub fn last_attempts(&self, limit: usize) -> Vec<Arc<Attempt>> {
        self.shared.history.last(limit)
    }

    /// What the engine has done since the start.
    pub fn figures(&self) -> DeliveryFigures {
        let counters = &self.shared.counters;
        let room = self.shared.room.available_permits();
        DeliveryFigures {
            accepted: counters.accepted.get(),
            delivered: counters.delivered.get(),
            failed_attempts: counters.failed_attempts.get(),
            dead_lettered: counters.dead_lettered.get(),
            dropped: counters.dropped.get(),
            under_way: self.shared.limits.pushes_under_way.saturating_sub(room) as u64,
        }
    }

    async fn create(&self, target: &TargetKey, ordering: Ordering) -> Result<Arc<Backlog>, DeliveryError> {
        let key = self.queue_key(target);
        let created = self
            .shared
            .queues
            .create(key.clone(), Backlog::queue_config(ordering), Bytes::new())
            .await;
        let queue = match created {
            Ok(queue) => queue,
            // Somebody else was first.
            Err(QueueError::Exists) => self.shared.queues.queue(&key).ok_or(QueueError::NoSuchQueue)?,
            Err(error) => return Err(error.into()),
        };
        let mut backlogs = self.backlogs.write();
        let backlog = backlogs
            .entry(target.clone())
            .or_insert_with(|| Backlog::new(target.clone(), queue, Arc::clone(&self.shared)));
        Ok(Arc::clone(backlog))
    }

    fn queue_key(&self, target: &TargetKey) -> QueueKey {
        QueueKey(Bytes::from([&self.prefix[..], &target.0[..]].concat()))
    }
}
