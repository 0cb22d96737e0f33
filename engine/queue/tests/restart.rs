//! After a restart, whoever waits is woken when a lease from before it ends.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_queue::{
    DeduplicationScope, Limits, MessageId, NewMessage, QueueConfig, QueueEngine, QueueKey, QueueKind,
    ReceiveRequest,
};
use ninefold_store::MemoryStore;
use ninefold_time::{Clock, ManualClock};

const LEASE: Duration = Duration::from_secs(20);

fn request(wait: Duration) -> ReceiveRequest {
    ReceiveRequest {
        maximum_messages: 1,
        visibility_timeout_seconds: Some(u32::try_from(LEASE.as_secs()).unwrap()),
        wait,
        attempt: None,
    }
}

async fn open(store: &Arc<MemoryStore>, clock: &ManualClock) -> Arc<QueueEngine> {
    QueueEngine::open(store.clone(), Arc::new(clock.clone()), Limits::default())
        .await
        .unwrap()
}

async fn wakes_when_the_lease_ends(kind: QueueKind, changed_to_seconds: Option<u32>) {
    let (store, clock) = (Arc::new(MemoryStore::new()), ManualClock::default());
    let engine = open(&store, &clock).await;
    let key = QueueKey(Bytes::from_static(b"queue"));
    let config = QueueConfig {
        kind,
        delay_seconds: 0,
        visibility_timeout_seconds: 30,
        retention_seconds: u32::MAX,
        in_flight_limit: 10,
        dead_letter: None,
    };
    let queue = engine.create(key.clone(), config, Bytes::new()).await.unwrap();
    let is_fifo = kind != QueueKind::Standard;
    queue
        .send(vec![NewMessage {
            id: MessageId(1),
            payload: Bytes::new(),
            group: is_fifo.then(|| "group".into()),
            deduplication: is_fifo.then(|| "1".into()),
            delay_seconds: None,
        }])
        .await
        .unwrap();
    let received = queue.receive(request(Duration::ZERO)).await.unwrap();
    let mut lease = LEASE;
    if let Some(seconds) = changed_to_seconds {
        queue.change_visibility(&[(received[0].receipt, seconds)]).await;
        lease = Duration::from_secs(seconds.into());
    }
    let begun = clock.now();
    let queue = open(&store, &clock).await.queue(&key).unwrap();
    let waiting = tokio::spawn(async move { queue.receive(request(Duration::from_secs(60))).await });
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished());
    assert_eq!(clock.next_deadline(), Some(begun + lease));
    clock.advance_to(begun + lease);
    assert_eq!(waiting.await.unwrap().unwrap().len(), 1);
}

#[tokio::test]
async fn a_waiting_receive_is_woken_when_a_lease_from_before_ends() {
    let fifo = QueueKind::Fifo {
        deduplication_scope: DeduplicationScope::Queue,
    };
    for kind in [QueueKind::Standard, fifo] {
        for changed_to_seconds in [None, Some(1), Some(40)] {
            wakes_when_the_lease_ends(kind, changed_to_seconds).await;
        }
    }
}
