//! A store that refuses a batch while others that build upon it stand in line.

use std::sync::Arc;

use bytes::Bytes;
use ninefold_groups::{ConsumerHeartbeat, GroupError, Groups, GroupsConfig};
use ninefold_store::{
    Batch, Completion, Durability, Entry, MemoryStore, PartitionId, ScanLimit, ScanRange, Store, StoreError,
    StoreFigures, StoreState, Table,
};
use ninefold_time::ManualClock;
use parking_lot::Mutex;

use crate::fixture::{TestTopics, Waiting, consumer_beat, consumer_join, group, now};

type Interruption = Box<dyn FnOnce() + Send>;

/// Does something before it refuses a batch.
#[derive(Default)]
struct RefusingStore {
    inner: MemoryStore,
    interruption: Mutex<Option<Interruption>>,
}

impl Store for RefusingStore {
    fn submit(&self, batch: Batch, durability: Durability, completion: Completion) {
        let interruption = self.interruption.lock().take();
        if let Some(interrupt) = interruption {
            interrupt();
            self.inner.fail_next(StoreError::Overloaded);
        }
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

#[test]
fn what_builds_upon_a_refused_batch_is_not_stored_either() {
    let store = Arc::new(RefusingStore::default());
    let topics = Arc::new(TestTopics::default());
    let open = || {
        let clock = Arc::new(ManualClock::default());
        Groups::open(store.clone(), clock, topics.clone(), GroupsConfig::default()).unwrap()
    };
    let groups = open();
    let beat = |request: ConsumerHeartbeat| now(groups.consumer_heartbeat(request));
    beat(consumer_join("a", &["orders"])).unwrap();
    let before = groups.describe(&group());
    let later = Arc::new(Mutex::new(None));
    let (slot, others) = (Arc::clone(&later), Arc::clone(&groups));
    *store.interruption.lock() = Some(Box::new(move || {
        let others = Arc::clone(&others);
        let join = async move { others.consumer_heartbeat(consumer_join("c", &["orders"])).await };
        *slot.lock() = Some(Waiting::new(join));
    }));
    let refused = Err(GroupError::Store(StoreError::Overloaded));
    assert_eq!(beat(consumer_join("b", &["orders"])), refused);
    let later = later.lock().take().unwrap();
    assert_eq!(later.answer(), refused);
    groups.expire();
    assert_eq!(groups.describe(&group()), before);
    assert_eq!(open().describe(&group()), before);
    assert_eq!(beat(consumer_beat("a", 1, None)).unwrap().epoch, 1);
}
