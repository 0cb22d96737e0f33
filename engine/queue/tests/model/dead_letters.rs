//! Dead letters: a queue that gives messages up after so many receives, and the queue they go to.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_queue::{
    DeadLetterPolicy, DeduplicationScope, Limits, MessageId, NewMessage, Queue, QueueConfig, QueueEngine,
    QueueKind,
};
use ninefold_store::MemoryStore;
use ninefold_time::ManualClock;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::driver::{config, key, open, request};

/// So few messages that every receive meets them all.
const MESSAGES: usize = 8;
const LEASE_SECONDS: u32 = 10;

#[derive(Clone, Debug)]
enum Step {
    Send(u8),
    /// Receives all there is; a number of those received, from the first on, is deleted.
    Receive {
        deleted: usize,
    },
    LetLeasesLapse,
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..3_u8).prop_map(Step::Send),
        4 => (0..3_usize).prop_map(|deleted| Step::Receive { deleted }),
        4 => Just(Step::LetLeasesLapse),
        1 => Just(Step::Restart),
    ];
    vec(step, 1..60)
}

/// What is known of a message that is still in the source.
struct Living {
    id: MessageId,
    group: String,
    receive_count: u32,
    is_leased: bool,
}

struct Driver {
    store: Arc<MemoryStore>,
    clock: ManualClock,
    engine: Arc<QueueEngine>,
    source: Arc<Queue>,
    dead: Arc<Queue>,
    is_fifo: bool,
    maximum_receive_count: u32,
    living: Vec<Living>,
    /// In the order in which they were given up.
    buried: Vec<(MessageId, String)>,
    sent: u128,
}

impl Driver {
    async fn new(kind: QueueKind, maximum_receive_count: u32) -> Self {
        let (store, clock) = (Arc::new(MemoryStore::new()), ManualClock::default());
        let engine = open(&store, &clock, Limits::default()).await;
        let dead = engine
            .create(key("dead"), config(kind), Bytes::new())
            .await
            .unwrap();
        let dead_letter = Some(DeadLetterPolicy {
            queue: key("dead"),
            maximum_receive_count,
        });
        let config = QueueConfig {
            dead_letter,
            ..config(kind)
        };
        let source = engine.create(key("source"), config, Bytes::new()).await.unwrap();
        Driver {
            store,
            clock,
            engine,
            source,
            dead,
            is_fifo: kind != QueueKind::Standard,
            maximum_receive_count,
            living: Vec::new(),
            buried: Vec::new(),
            sent: 0,
        }
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Send(group) => self.send(group).await,
            Step::Receive { deleted } => self.receive(deleted).await,
            Step::LetLeasesLapse => {
                self.clock.advance(Duration::from_secs(u64::from(LEASE_SECONDS)));
                self.living
                    .iter_mut()
                    .for_each(|message| message.is_leased = false);
            }
            Step::Restart => {
                self.engine = open(&self.store, &self.clock, Limits::default()).await;
                self.source = self.engine.queue(&key("source")).unwrap();
                self.dead = self.engine.queue(&key("dead")).unwrap();
            }
        }
        self.settle().await;
    }

    async fn send(&mut self, group: u8) {
        if self.living.len() == MESSAGES {
            return;
        }
        self.sent += 1;
        let (id, group) = (MessageId(self.sent), group.to_string());
        let message = NewMessage {
            id,
            payload: Bytes::from_static(b"poison"),
            group: Some(group.as_str().into()),
            deduplication: self.is_fifo.then(|| self.sent.to_string().into()),
            delay_seconds: None,
        };
        self.source.send(vec![message]).await.unwrap();
        self.living.push(Living {
            id,
            group,
            receive_count: 0,
            is_leased: false,
        });
    }

    async fn receive(&mut self, deleted: usize) {
        let received = self
            .source
            .receive(request(10, Some(LEASE_SECONDS)))
            .await
            .unwrap();
        let expected = self.expect_receive();
        let mut ids: Vec<u128> = received.iter().map(|received| received.id.0).collect();
        ids.sort_unstable();
        assert_eq!(ids, expected);
        for received in received.iter().take(deleted) {
            self.source
                .delete(&[received.receipt])
                .await
                .pop()
                .unwrap()
                .unwrap();
            self.living.retain(|message| message.id != received.id);
        }
    }

    /// What a receive must give; what it must give up goes to the dead letters.
    fn expect_receive(&mut self) -> Vec<u128> {
        let (is_fifo, limit) = (self.is_fifo, self.maximum_receive_count);
        let locked: Vec<String> = self
            .living
            .iter()
            .filter(|message| is_fifo && message.is_leased)
            .map(|message| message.group.clone())
            .collect();
        let mut given = Vec::new();
        let mut buried = Vec::new();
        self.living.retain_mut(|message| {
            if message.is_leased || locked.contains(&message.group) {
                return true;
            }
            if message.receive_count >= limit {
                buried.push((message.id, message.group.clone()));
                return false;
            }
            message.receive_count += 1;
            message.is_leased = true;
            given.push(message.id.0);
            true
        });
        self.buried.extend(buried);
        given
    }

    /// Lets the moves in the background come to their end.
    async fn settle(&self) {
        for _ in 0..1_000 {
            let (source, dead) = (self.source.counts(), self.dead.counts());
            let arrived = dead.visible == self.buried.len() as u64;
            if arrived && source.visible + source.in_flight == self.living.len() as u64 {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!(
            "{:?} {:?} of {:?}",
            self.source.counts(),
            self.dead.counts(),
            self.buried
        );
    }

    /// Compares what the dead-letter queue holds with what was given up: all of it, by group in order.
    async fn check_dead_letters(&mut self) {
        let mut found: BTreeMap<String, Vec<MessageId>> = BTreeMap::new();
        loop {
            let received = self.dead.receive(request(10, None)).await.unwrap();
            if received.is_empty() {
                break;
            }
            for received in received {
                assert_eq!(received.receive_count, self.maximum_receive_count + 1);
                assert_eq!(received.origin, Some(key("source")));
                let group = received.group.as_deref().unwrap().to_owned();
                found.entry(group).or_default().push(received.id);
                self.dead
                    .delete(&[received.receipt])
                    .await
                    .pop()
                    .unwrap()
                    .unwrap();
            }
        }
        let mut expected: BTreeMap<String, Vec<MessageId>> = BTreeMap::new();
        for (id, group) in &self.buried {
            expected.entry(group.clone()).or_default().push(*id);
        }
        if !self.is_fifo {
            let sort = |groups: &mut BTreeMap<String, Vec<MessageId>>| {
                groups
                    .values_mut()
                    .for_each(|ids| ids.sort_unstable_by_key(|id| id.0));
            };
            sort(&mut found);
            sort(&mut expected);
        }
        assert_eq!(found, expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn messages_are_given_up_as_specified(
        is_fifo in any::<bool>(),
        maximum_receive_count in 1..=3_u32,
        steps in steps(),
    ) {
        let by_queue = QueueKind::Fifo { deduplication_scope: DeduplicationScope::Queue };
        let kind = if is_fifo { by_queue } else { QueueKind::Standard };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut driver = Driver::new(kind, maximum_receive_count).await;
            for step in steps {
                driver.take(step).await;
            }
            driver.check_dead_letters().await;
        });
    }
}

#[tokio::test]
async fn a_purge_of_the_dead_letter_queue_spares_what_is_on_its_way_there() {
    let mut driver = Driver::new(QueueKind::Standard, 1).await;
    driver.send(0).await;
    driver.receive(0).await;
    driver.take(Step::LetLeasesLapse).await;
    driver.store.hold();
    assert!(
        driver
            .source
            .receive(request(MESSAGES, None))
            .await
            .unwrap()
            .is_empty()
    );
    // Until the first step of the move is under way.
    while driver.store.in_flight() == 0 {
        tokio::task::yield_now().await;
    }
    let purging = tokio::spawn({
        let dead = Arc::clone(&driver.dead);
        async move { dead.purge().await }
    });
    tokio::task::yield_now().await;
    driver.store.release();
    purging.await.unwrap().unwrap();
    while driver.dead.counts().visible == 0 {
        tokio::task::yield_now().await;
    }
    let received = driver.dead.receive(request(MESSAGES, None)).await.unwrap();
    assert_eq!(received.len(), 1);
}
