//! Every group of the server.

mod administration;
mod classic;
mod consumer;
mod offsets;
mod sweep;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use ninefold_store::{PARTITION_COUNT, Store, Table};
use ninefold_time::{Clock, Timestamp};
use parking_lot::{Mutex, RwLock};
use tokio::sync::Notify;

use crate::answers::Work;
use crate::config::GROUP_ID_BYTES;
use crate::load::load;
use crate::records::{TABLES, partition_of};
use crate::shard::{Environment, Shard};
use crate::topics::{TopicSource, Topics};
use crate::{GroupError, GroupId, GroupsConfig, OpenError};

/// Every group of the server, of each kind. What is answered is durable.
pub struct Groups {
    environment: Arc<Environment>,
    /// By the number of the store's partition.
    shards: Vec<Arc<Shard>>,
    source: Arc<dyn TopicSource>,
    topics_version: AtomicU64,
    next_sweep: Mutex<Timestamp>,
}

impl Groups {
    /// The tables that the engine keeps in the store.
    pub const TABLES: &'static [Table] = &TABLES;

    /// Brings back every group of a store. Members go on where they were: each has a whole session to be heard of.
    ///
    /// # Errors
    ///
    /// If the store fails or a record in it is damaged.
    pub fn open(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        source: Arc<dyn TopicSource>,
        config: GroupsConfig,
    ) -> Result<Arc<Self>, OpenError> {
        let topics = Arc::new(Topics::new(0, source.topics()));
        let next_sweep = clock.now() + config.offsets.check_interval;
        let environment = Arc::new(Environment {
            store,
            clock,
            config,
            topics: RwLock::new(Arc::clone(&topics)),
            earlier: Notify::new(),
            groups: AtomicUsize::new(0),
        });
        let work = Work {
            now: environment.clock.now(),
            config: &environment.config,
            topics: &topics,
            answers: Vec::new(),
        };
        let mut shards = Vec::with_capacity(usize::from(PARTITION_COUNT));
        for partition in ninefold_store::PartitionId::all() {
            let groups = load(&*environment.store, partition, &work)?;
            shards.push(Shard::new(Arc::clone(&environment), groups));
        }
        Ok(Arc::new(Groups {
            environment,
            shards,
            source,
            topics_version: AtomicU64::new(0),
            next_sweep: Mutex::new(next_sweep),
        }))
    }

    /// Does what is due when it is due: ends sessions and rebalances, lets offsets expire. Never returns; to be spawned once
    /// and dropped at shutdown.
    pub async fn run(self: Arc<Self>) {
        loop {
            let earlier = self.environment.earlier.notified();
            tokio::pin!(earlier);
            // From here on nothing that is due earlier is missed.
            earlier.as_mut().enable();
            self.expire();
            let next = self.next_deadline();
            tokio::select! {
                () = earlier => (),
                () = self.environment.clock.sleep_until(next) => (),
            }
        }
    }

    /// Does what is due now.
    pub fn expire(&self) {
        for shard in &self.shards {
            shard.expire();
        }
        let now = self.environment.clock.now();
        let is_due = {
            let mut next = self.next_sweep.lock();
            let is_due = *next <= now;
            if is_due {
                *next = now + self.environment.config.offsets.check_interval;
            }
            is_due
        };
        if is_due {
            self.sweep();
        }
    }

    /// When something is due next.
    fn next_deadline(&self) -> Timestamp {
        let deadlines = self.shards.iter().filter_map(|shard| shard.next_deadline());
        let next_sweep = *self.next_sweep.lock();
        deadlines.min().map_or(next_sweep, |next| next.min(next_sweep))
    }

    /// Looks at the topics anew: to be called when one has come, gone, or got partitions. Groups that are subscribed to it
    /// assign anew with the next heartbeat of a member.
    pub fn topics_changed(&self) {
        // The version is drawn first, so that what was seen last has the highest one.
        let version = self.topics_version.fetch_add(1, Ordering::Relaxed) + 1;
        let topics = Arc::new(Topics::new(version, self.source.topics()));
        let mut current = self.environment.topics.write();
        if current.version < version {
            *current = topics;
        }
    }

    fn shard(&self, group: &GroupId) -> &Arc<Shard> {
        &self.shards[usize::from(partition_of(group).number())]
    }
}

/// Only offsets may belong to a group whose id is empty, as of old clients that are in no group.
fn check_group_id(group: &GroupId, may_be_empty: bool) -> Result<(), GroupError> {
    let bytes = group.as_str().len();
    if bytes > GROUP_ID_BYTES || (bytes == 0 && !may_be_empty) {
        Err(GroupError::InvalidGroupId)
    } else {
        Ok(())
    }
}
