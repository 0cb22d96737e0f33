//! What whoever keeps references in a queue builds on: marks, leases without waiting, dispositions, and looking without receiving.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_queue::{
    Disposition, Glimpse, LeaseError, Limits, MessageId, NewMessage, Queue, QueueConfig, QueueEngine,
    QueueKey, QueueKind, Receipt, Strictness,
};
use ninefold_store::MemoryStore;
use ninefold_time::ManualClock;

const KEY: QueueKey = QueueKey(Bytes::from_static(b"queue"));
const LEASE: Duration = Duration::from_millis(1_500);

struct Fixture {
    store: Arc<MemoryStore>,
    clock: ManualClock,
    queue: Arc<Queue>,
}

impl Fixture {
    async fn new() -> Self {
        let (store, clock) = (Arc::new(MemoryStore::new()), ManualClock::default());
        let config = QueueConfig {
            kind: QueueKind::Standard,
            delay_seconds: 0,
            visibility_timeout_seconds: 30,
            retention_seconds: u32::MAX,
            in_flight_limit: u32::MAX,
            dead_letter: None,
        };
        let engine = open(&store, &clock).await;
        let queue = engine.create(KEY, config, Bytes::new()).await.unwrap();
        Fixture { store, clock, queue }
    }

    async fn restart(&mut self) {
        self.queue = open(&self.store, &self.clock).await.queue(&KEY).unwrap();
    }

    async fn send(&self, ids: &[u128], mark: &'static str) {
        let messages = ids.iter().map(|id| NewMessage {
            id: MessageId(*id),
            payload: Bytes::new(),
            group: None,
            deduplication: None,
            delay_seconds: None,
        });
        let sending = self
            .queue
            .begin_to_send_marked(messages.collect(), Bytes::from(mark))
            .unwrap();
        sending.finish().await.unwrap();
    }

    /// Leases up to so many; receipts by their count of receives.
    fn lease(&self, maximum: usize) -> Vec<(u128, Receipt)> {
        let received = self.queue.lease(maximum, LEASE).unwrap();
        received
            .iter()
            .map(|message| (message.id.0, message.receipt))
            .collect()
    }

    /// Identities, counts of receives, and whether they are leased.
    fn browse(&self) -> Vec<(u128, u32, bool)> {
        let glimpses = self.queue.browse(100).unwrap();
        let told = |glimpse: &Glimpse| (glimpse.id.0, glimpse.receipt.lease, glimpse.is_leased);
        glimpses.iter().map(told).collect()
    }
}

async fn open(store: &Arc<MemoryStore>, clock: &ManualClock) -> Arc<QueueEngine> {
    QueueEngine::open(store.clone(), Arc::new(clock.clone()), Limits::default())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_mark_is_kept_with_what_is_sent() {
    let mut fixture = Fixture::new().await;
    assert_eq!(fixture.queue.mark(), None);
    fixture.send(&[1, 2], "two").await;
    fixture.send(&[3], "three").await;
    fixture.restart().await;
    assert_eq!(fixture.queue.mark(), Some(Bytes::from("three")));
    assert_eq!(fixture.browse(), [(1, 0, false), (2, 0, false), (3, 0, false)]);
    fixture.queue.purge_marked(Bytes::from("none")).await.unwrap();
    fixture.restart().await;
    assert_eq!(fixture.queue.mark(), Some(Bytes::from("none")));
    assert_eq!(fixture.browse(), []);
}

#[tokio::test]
async fn the_mark_of_a_deleted_queue_is_gone() {
    let fixture = Fixture::new().await;
    fixture.send(&[1], "one").await;
    let engine = open(&fixture.store, &fixture.clock).await;
    engine.delete(&KEY).await.unwrap();
    engine.sweep().await;
    let config = QueueConfig::clone(&fixture.queue.config());
    let anew = engine.create(KEY, config, Bytes::new()).await.unwrap();
    assert_eq!(anew.mark(), None);
}

#[tokio::test]
async fn leases_are_disposed_of_in_different_ways_at_once() {
    let mut fixture = Fixture::new().await;
    fixture.send(&[1, 2, 3, 4], "").await;
    let leased = fixture.lease(4);
    let dispositions = [
        (leased[0].1, Disposition::Delete),
        (leased[1].1, Disposition::Release),
        (leased[2].1, Disposition::Undo),
        (leased[3].1, Disposition::Extend(LEASE * 2)),
    ];
    let disposing = fixture
        .queue
        .begin_to_dispose(&dispositions, Strictness::Whole)
        .unwrap();
    assert!(disposing.finish().await.unwrap().iter().all(Result::is_ok));
    let expected = [(2, 1, false), (3, 0, false), (4, 1, true)];
    assert_eq!(fixture.browse(), expected);
    fixture.restart().await;
    assert_eq!(fixture.browse(), expected);
    fixture.clock.advance(LEASE);
    let again = fixture.lease(4);
    let counts: Vec<_> = again.iter().map(|(id, receipt)| (*id, receipt.lease)).collect();
    assert_eq!(counts, [(2, 2), (3, 1)]);
}

#[tokio::test]
async fn only_leases_in_force_are_disposed_of() {
    let fixture = Fixture::new().await;
    fixture.send(&[1, 2], "").await;
    let first = fixture.lease(1)[0].1;
    fixture.clock.advance(LEASE);
    let leased = fixture.lease(2);
    let dispositions = [(first, Disposition::Delete), (leased[1].1, Disposition::Delete)];
    let whole = fixture
        .queue
        .begin_to_dispose(&dispositions, Strictness::Whole)
        .unwrap();
    assert!(matches!(whole.answers(), [Err(LeaseError::NotInFlight), Ok(())]));
    assert_eq!(fixture.browse(), [(1, 2, true), (2, 1, true)]);
    let each = fixture
        .queue
        .begin_to_dispose(&dispositions, Strictness::Each)
        .unwrap();
    assert!(matches!(
        &each.finish().await.unwrap()[..],
        [Err(LeaseError::NotInFlight), Ok(())]
    ));
    assert_eq!(fixture.browse(), [(1, 2, true)]);
    let gone = fixture
        .queue
        .begin_to_dispose(&dispositions[1..], Strictness::Each)
        .unwrap();
    assert!(matches!(gone.answers(), [Err(LeaseError::NoSuchMessage)]));
}

#[tokio::test]
async fn the_end_of_a_lease_is_known_ahead() {
    let fixture = Fixture::new().await;
    assert_eq!(fixture.queue.next_event(), None);
    fixture.send(&[1], "").await;
    fixture.lease(1);
    let ends_at = ninefold_time::Clock::now(&fixture.clock) + LEASE;
    assert_eq!(fixture.queue.next_event(), Some(ends_at));
    assert!(fixture.lease(1).is_empty());
    fixture.clock.advance_to(ends_at);
    assert_eq!(fixture.lease(1).len(), 1);
}

#[tokio::test]
async fn messages_move_to_another_queue_and_back_as_what_they_are() {
    let fixture = Fixture::new().await;
    let engine = open(&fixture.store, &fixture.clock).await;
    let queue = engine.queue(&KEY).unwrap();
    let other_key = QueueKey(Bytes::from_static(b"other"));
    let config = QueueConfig::clone(&queue.config());
    let other = engine
        .create(other_key.clone(), config, Bytes::new())
        .await
        .unwrap();
    let fixture = Fixture { queue, ..fixture };
    fixture.send(&[1, 2, 3], "mark").await;
    let first = fixture.lease(2);
    // Only what was received often enough, and is in flight no more.
    let exhausted = fixture.queue.move_exhausted(1, &other).await.unwrap();
    assert_eq!((exhausted.moved.len(), exhausted.has_leased), (0, true));
    fixture.clock.advance(LEASE);
    let exhausted = fixture.queue.move_exhausted(1, &other).await.unwrap();
    assert_eq!(exhausted.moved, [first[0].1, first[1].1]);
    assert!(!exhausted.has_leased);
    assert_eq!(fixture.browse(), [(3, 0, false)]);

    let received = other.lease(9, LEASE).unwrap();
    let found: Vec<_> = received
        .iter()
        .map(|message| (message.id.0, message.receive_count))
        .collect();
    assert_eq!(found, [(1, 2), (2, 2)]);
    assert!(
        received
            .iter()
            .all(|message| message.first_received_at_origin.is_some())
    );
    assert_eq!(received[0].origin, Some(KEY));
    let (one, two) = (received[0].receipt, received[1].receipt);
    let answers = other.move_leased(&[one, one], &fixture.queue).await.unwrap();
    assert!(matches!(answers[..], [Ok(()), Err(LeaseError::NotInFlight)]));
    fixture.clock.advance(LEASE);
    let answers = other.move_leased(&[two, one], &fixture.queue).await.unwrap();
    assert!(matches!(
        answers[..],
        [Err(LeaseError::NotInFlight), Err(LeaseError::NoSuchMessage)]
    ));
    let mut again = fixture.queue.lease(9, LEASE).unwrap();
    again.sort_unstable_by_key(|message| message.id.0);
    let found: Vec<_> = again
        .iter()
        .map(|message| (message.id.0, message.receive_count, message.origin.clone()))
        .collect();
    assert_eq!(found, [(1, 1, None), (3, 1, None)]);

    // To a queue that is gone nothing goes.
    engine.delete(&other_key).await.unwrap();
    fixture.clock.advance(LEASE);
    assert!(fixture.queue.move_exhausted(1, &other).await.is_err());
    assert_eq!(fixture.lease(9).len(), 2);
}
