//! Sweeping removes everything that has to go, and never goes past what it has removed before: an ordered store
//! remembers removed keys for a while, so that looking for what is left from the beginning on, time and again, would take
//! longer and longer.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_queue::{
    DeduplicationScope, Limits, MessageId, NewMessage, Queue, QueueConfig, QueueEngine, QueueKey, QueueKind,
    ReceiveRequest,
};
use ninefold_store::{
    Batch, Completion, Durability, Entry, MemoryStore, PartitionId, ScanLimit, ScanRange, Store, StoreError,
    StoreFigures, StoreState, Table,
};
use ninefold_time::ManualClock;
use parking_lot::Mutex;

/// More than three pages.
const MESSAGES: usize = 3_500;
const RETENTION_SECONDS: u32 = 60;
const SWEEPS: usize = 3;

/// A store that notes where each scan begins that finds something.
#[derive(Default)]
struct Watched {
    store: MemoryStore,
    starts: Mutex<Vec<(&'static str, Bytes)>>,
}

impl Store for Watched {
    fn submit(&self, batch: Batch, durability: Durability, completion: Completion) {
        self.store.submit(batch, durability, completion);
    }

    fn get(&self, partition: PartitionId, table: Table, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.store.get(partition, table, key)
    }

    fn scan(
        &self,
        partition: PartitionId,
        table: Table,
        range: ScanRange,
        limit: ScanLimit,
    ) -> Result<Vec<Entry>, StoreError> {
        let start = Bytes::copy_from_slice(range.start());
        let page = self.store.scan(partition, table, range, limit)?;
        if !page.is_empty() {
            self.starts.lock().push((table.name(), start));
        }
        Ok(page)
    }

    fn partitions(&self) -> Vec<PartitionId> {
        self.store.partitions()
    }

    fn state(&self) -> StoreState {
        self.store.state()
    }

    fn figures(&self) -> StoreFigures {
        self.store.figures()
    }

    fn close(&self) {
        self.store.close();
    }
}

struct Fixture {
    store: Arc<Watched>,
    clock: ManualClock,
    engine: Arc<QueueEngine>,
}

impl Fixture {
    async fn new() -> Self {
        let (store, clock) = (Arc::new(Watched::default()), ManualClock::default());
        let engine = Self::open(&store, &clock).await;
        Fixture { store, clock, engine }
    }

    async fn open(store: &Arc<Watched>, clock: &ManualClock) -> Arc<QueueEngine> {
        QueueEngine::open(store.clone(), Arc::new(clock.clone()), Limits::default())
            .await
            .unwrap()
    }

    /// After it nothing of any queue is loaded.
    async fn restart(&mut self) {
        self.engine = Self::open(&self.store, &self.clock).await;
    }

    /// A queue with so many messages.
    async fn filled(&self, kind: QueueKind) -> Arc<Queue> {
        let config = QueueConfig {
            kind,
            delay_seconds: 0,
            visibility_timeout_seconds: 30,
            retention_seconds: RETENTION_SECONDS,
            in_flight_limit: 10_000,
            dead_letter: None,
        };
        let queue = self.engine.create(key(), config, Bytes::new()).await.unwrap();
        let is_fifo = kind != QueueKind::Standard;
        let messages = (0..MESSAGES).map(|number| NewMessage {
            id: MessageId(number as u128),
            payload: Bytes::new(),
            group: is_fifo.then(|| "group".into()),
            deduplication: is_fifo.then(|| number.to_string().as_str().into()),
            delay_seconds: None,
        });
        queue.send(messages.collect()).await.unwrap();
        queue
    }

    /// How many entries of a table there are, in all partitions.
    fn count(&self, table: &str) -> usize {
        let table = *QueueEngine::TABLES
            .iter()
            .find(|known| known.name() == table)
            .unwrap();
        let limit = ScanLimit::entries(2 * MESSAGES);
        let partitions = self.store.partitions().into_iter();
        let entries = partitions.map(|partition| {
            let page = self.store.store.scan(partition, table, ScanRange::all(), limit);
            page.unwrap().len()
        });
        entries.sum()
    }

    /// Sweeps, and checks that no scan that found something began where an earlier one did, or before.
    async fn sweep(&self, table: &str) {
        self.store.starts.lock().clear();
        for _ in 0..SWEEPS {
            self.engine.sweep().await;
        }
        let starts = self.store.starts.lock();
        let of_table: Vec<&Bytes> = starts
            .iter()
            .filter(|(name, _)| *name == table)
            .map(|(_, start)| start)
            .collect();
        assert!(of_table.len() > 3, "the table takes several pages");
        assert!(
            of_table.is_sorted_by(|first, second| first < second),
            "{of_table:?}"
        );
    }
}

fn request(maximum_messages: usize) -> ReceiveRequest {
    ReceiveRequest {
        maximum_messages,
        visibility_timeout_seconds: None,
        wait: Duration::ZERO,
        attempt: None,
    }
}

fn key() -> QueueKey {
    QueueKey(Bytes::from_static(b"queue"))
}

#[tokio::test]
async fn a_deleted_queue_leaves_nothing() {
    let fixture = Fixture::new().await;
    fixture.filled(QueueKind::Standard).await;
    fixture.engine.delete(&key()).await.unwrap();
    assert_eq!(fixture.count("queue.messages"), MESSAGES);
    fixture.engine.sweep().await;
    for table in QueueEngine::TABLES {
        assert_eq!(fixture.count(table.name()), 0, "{}", table.name());
    }
}

#[tokio::test]
async fn a_purge_takes_what_was_sent_before_and_nothing_else() {
    let mut fixture = Fixture::new().await;
    let queue = fixture.filled(QueueKind::Standard).await;
    let message = |number: u128, delay_seconds| NewMessage {
        id: MessageId(number),
        payload: Bytes::new(),
        group: None,
        deduplication: None,
        delay_seconds: Some(delay_seconds),
    };
    queue
        .send(vec![message(10_001, 20), message(10_002, 40)])
        .await
        .unwrap();
    assert_eq!(queue.receive(request(10)).await.unwrap().len(), 10);
    assert_eq!(fixture.count("queue.leases"), 10);
    // Their commits are under way when the queue is purged.
    fixture.store.store.hold();
    let sending = tokio::spawn({
        let queue = Arc::clone(&queue);
        async move { queue.send(vec![message(10_003, 0), message(10_004, 20)]).await }
    });
    tokio::task::yield_now().await;
    let purging = tokio::spawn({
        let queue = Arc::clone(&queue);
        async move { queue.purge().await }
    });
    tokio::task::yield_now().await;
    // This one will stand among those that were purged.
    let sending_later = tokio::spawn({
        let queue = Arc::clone(&queue);
        async move { queue.send(vec![message(10_005, 30)]).await }
    });
    tokio::task::yield_now().await;
    assert_eq!(fixture.store.store.in_flight(), 3);
    fixture.store.store.release();
    sending.await.unwrap().unwrap();
    purging.await.unwrap().unwrap();
    sending_later.await.unwrap().unwrap();
    for restarted in [false, true] {
        if restarted {
            fixture.restart().await;
        }
        assert_eq!(fixture.count("queue.messages"), 1);
        assert_eq!(fixture.count("queue.leases"), 0);
        let counts = fixture.engine.queue(&key()).unwrap().counts();
        assert_eq!((counts.visible, counts.in_flight, counts.delayed), (0, 0, 1));
    }
    fixture.clock.advance(Duration::from_secs(30));
    let queue = fixture.engine.queue(&key()).unwrap();
    let received = queue.receive(request(10)).await.unwrap();
    let ids: Vec<_> = received.iter().map(|received| received.id).collect();
    assert_eq!(ids, [MessageId(10_005)]);
}

#[tokio::test]
async fn outdated_messages_that_are_not_loaded_are_removed() {
    let mut fixture = Fixture::new().await;
    fixture.filled(QueueKind::Standard).await;
    fixture.restart().await;
    fixture
        .clock
        .advance(Duration::from_secs(u64::from(RETENTION_SECONDS) + 1));
    fixture.sweep("queue.messages").await;
    assert_eq!(fixture.count("queue.messages"), 0);
    let queue = fixture.engine.queue(&key()).unwrap();
    assert_eq!(queue.counts().visible, 0);
}

#[tokio::test]
async fn deduplication_ids_are_forgotten_after_their_window() {
    let fixture = Fixture::new().await;
    let kind = QueueKind::Fifo {
        deduplication_scope: DeduplicationScope::Queue,
    };
    fixture.filled(kind).await;
    assert_eq!(fixture.count("queue.deduplication"), MESSAGES);
    fixture.clock.advance(Duration::from_secs(3_600));
    fixture.engine.sweep().await;
    assert_eq!(fixture.count("queue.deduplication"), 0);
}
