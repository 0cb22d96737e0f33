//! A server that can crash, and whoever waits for its answers.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use ninefold_groups::{Groups, GroupsConfig, Topic, TopicId, TopicSource};
use ninefold_store::{
    Batch, Completion, Durability, Entry, MemoryStore, PartitionId, ScanLimit, ScanRange, Store, StoreError,
    StoreFigures, StoreState, Table,
};
use ninefold_time::ManualClock;
use parking_lot::Mutex;

/// A store that takes its time, and forgets what was under way when the server crashes.
#[derive(Default)]
pub(crate) struct SlowStore {
    inner: MemoryStore,
    state: Mutex<Slow>,
}

#[derive(Default)]
struct Slow {
    is_slow: bool,
    line: VecDeque<(Batch, Completion)>,
}

impl SlowStore {
    fn set_slow(&self, is_slow: bool) {
        self.state.lock().is_slow = is_slow;
    }

    /// Commits so many batches of those under way.
    fn commit(&self, count: usize) {
        for _ in 0..count {
            let next = self.state.lock().line.pop_front();
            let Some((batch, completion)) = next else {
                return;
            };
            self.inner.submit(batch, Durability::Durable, completion);
        }
    }

    fn crash(&self) {
        let lost = std::mem::take(&mut *self.state.lock());
        drop(lost);
    }
}

impl Store for SlowStore {
    fn submit(&self, batch: Batch, durability: Durability, completion: Completion) {
        let mut state = self.state.lock();
        if state.is_slow || !state.line.is_empty() {
            state.line.push_back((batch, completion));
            return;
        }
        drop(state);
        self.inner.submit(batch, durability, completion);
    }

    fn get(&self, partition: PartitionId, table: Table, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.inner.get(partition, table, key)
    }

    fn scan(
        &self,
        partition: PartitionId,
        table: Table,
        range: ScanRange,
        limit: ScanLimit,
    ) -> Result<Vec<Entry>, StoreError> {
        self.inner.scan(partition, table, range, limit)
    }

    fn partitions(&self) -> Vec<PartitionId> {
        self.inner.partitions()
    }

    fn state(&self) -> StoreState {
        self.inner.state()
    }

    fn figures(&self) -> StoreFigures {
        self.inner.figures()
    }

    fn close(&self) {
        self.inner.close();
    }
}

/// Topics that can change.
#[derive(Default)]
pub(crate) struct Topics(Mutex<Vec<Topic>>);

impl TopicSource for Topics {
    fn topics(&self) -> Vec<Topic> {
        self.0.lock().clone()
    }
}

/// The server, and what is around it.
pub(crate) struct World {
    store: Arc<SlowStore>,
    pub(crate) clock: ManualClock,
    pub(crate) topics: Arc<Topics>,
    pub(crate) config: GroupsConfig,
    pub(crate) groups: Arc<Groups>,
}

impl World {
    pub(crate) fn new(config: GroupsConfig) -> Self {
        let (store, clock) = (Arc::new(SlowStore::default()), ManualClock::default());
        let topics = Arc::new(Topics::default());
        let groups = Groups::open(
            store.clone(),
            Arc::new(clock.clone()),
            topics.clone(),
            config.clone(),
        );
        World {
            store,
            clock,
            topics,
            config,
            groups: groups.unwrap(),
        }
    }

    /// Topics `t0`, `t1`, … with so many partitions.
    pub(crate) fn set_topics(&self, partitions: &[u32]) {
        let topics = partitions.iter().enumerate().map(|(number, partitions)| Topic {
            id: TopicId(number as u128),
            name: format!("t{number}").into(),
            partitions: *partitions,
        });
        *self.topics.0.lock() = topics.collect();
        self.groups.topics_changed();
    }

    pub(crate) fn set_slow(&self, is_slow: bool) {
        self.store.set_slow(is_slow);
    }

    pub(crate) fn commit_batches(&self, count: usize) {
        self.store.commit(count);
    }

    pub(crate) fn advance(&self, duration: Duration) {
        self.clock.advance(duration);
        self.groups.expire();
    }

    /// Loses what was not stored, and starts again.
    pub(crate) fn crash(&mut self) {
        self.store.crash();
        let clock = Arc::new(self.clock.clone());
        let groups = Groups::open(
            self.store.clone(),
            clock,
            self.topics.clone(),
            self.config.clone(),
        );
        self.groups = groups.unwrap();
    }
}

/// An operation under way.
pub(crate) struct Waiting<T>(Pin<Box<dyn Future<Output = T>>>);

impl<T> Waiting<T> {
    pub(crate) fn new(future: impl Future<Output = T> + 'static) -> Self {
        Waiting(Box::pin(future))
    }

    pub(crate) fn poll(&mut self) -> Option<T> {
        match self.0.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => Some(answer),
            Poll::Pending => None,
        }
    }
}
