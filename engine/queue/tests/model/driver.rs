//! Does every step to the engine and to the specification, and compares.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_queue::{
    Limits, MessageId, NewMessage, Queue, QueueConfig, QueueEngine, QueueKey, QueueKind, Receipt,
    ReceiveRequest, Received,
};
use ninefold_store::MemoryStore;
use ninefold_time::{Clock, ManualClock, Timestamp};

use crate::specification::Specification;
use crate::steps::{Sending, Step};

/// Sweeps that are enough for everything there may be.
const SWEEPS: usize = 40;

/// An engine and its specification.
pub(crate) struct Driver {
    store: Arc<MemoryStore>,
    clock: ManualClock,
    limits: Limits,
    engine: Arc<QueueEngine>,
    queue: Arc<Queue>,
    specification: Specification,
    /// Every receipt given out, with its message.
    receipts: Vec<(MessageId, Receipt)>,
    next_id: u128,
}

pub(crate) fn key(name: &'static str) -> QueueKey {
    QueueKey(Bytes::from_static(name.as_bytes()))
}

pub(crate) fn config(kind: QueueKind) -> QueueConfig {
    QueueConfig {
        kind,
        delay_seconds: 0,
        visibility_timeout_seconds: 30,
        retention_seconds: 345_600,
        in_flight_limit: 10_000,
        dead_letter: None,
    }
}

pub(crate) async fn open(store: &Arc<MemoryStore>, clock: &ManualClock, limits: Limits) -> Arc<QueueEngine> {
    QueueEngine::open(store.clone(), Arc::new(clock.clone()), limits)
        .await
        .unwrap()
}

pub(crate) fn request(maximum_messages: usize, visibility_timeout_seconds: Option<u32>) -> ReceiveRequest {
    ReceiveRequest {
        maximum_messages,
        visibility_timeout_seconds,
        wait: Duration::ZERO,
        attempt: None,
    }
}

impl Driver {
    pub(crate) async fn new(kind: QueueKind, limits: Limits) -> Self {
        let (store, clock) = (Arc::new(MemoryStore::new()), ManualClock::default());
        let engine = open(&store, &clock, limits).await;
        let config = config(kind);
        let queue = engine
            .create(key("queue"), config.clone(), Bytes::new())
            .await
            .unwrap();
        Driver {
            store,
            clock,
            limits,
            engine,
            queue,
            specification: Specification::new(config),
            receipts: Vec::new(),
            next_id: 0,
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) async fn take(&mut self, step: Step) {
        match step {
            Step::Send(sendings) => self.send(sendings).await,
            Step::Receive {
                maximum,
                visibility_seconds,
            } => {
                self.receive(maximum, visibility_seconds).await;
            }
            Step::Delete(number) => self.delete(number).await,
            Step::ChangeVisibility { receipt, seconds } => self.change_visibility(receipt, seconds).await,
            Step::AdvanceMilliseconds(milliseconds) => {
                self.clock.advance(Duration::from_millis(milliseconds))
            }
            Step::Purge => {
                self.queue.purge().await.unwrap();
                self.specification.messages.clear();
            }
            Step::Sweep => self.sweep().await,
            Step::Restart => self.restart().await,
            Step::Configure {
                delay_seconds,
                visibility_timeout_seconds,
                retention_seconds,
            } => {
                let config = &mut self.specification.config;
                // Of a FIFO queue the delay goes for messages sent before, too; when is not specified.
                if config.kind == QueueKind::Standard {
                    config.delay_seconds = delay_seconds;
                }
                config.visibility_timeout_seconds = visibility_timeout_seconds;
                // What a longer retention would bring back may be gone or not.
                config.retention_seconds = config.retention_seconds.min(retention_seconds);
                self.engine
                    .update(&self.queue, config.clone(), Bytes::new())
                    .await
                    .unwrap();
            }
        }
        self.compare_counts();
    }

    async fn sweep(&mut self) {
        // One sweep does only so much, so that it never stalls a queue.
        for _ in 0..SWEEPS {
            self.engine.sweep().await;
        }
        self.specification.drop_swept(self.now());
    }

    async fn restart(&mut self) {
        self.engine = open(&self.store, &self.clock, self.limits).await;
        self.queue = self.engine.queue(&key("queue")).unwrap();
    }

    async fn send(&mut self, sendings: Vec<Sending>) {
        let is_fifo = self.specification.is_fifo();
        let messages: Vec<NewMessage> = sendings
            .iter()
            .map(|sending| self.new_message(sending, is_fifo))
            .collect();
        let sent = self.queue.send(messages.clone()).await.unwrap();
        assert_eq!(sent.len(), messages.len());
        let now = self.now();
        for (message, sent) in messages.into_iter().zip(sent) {
            let group = message.group.as_deref().map(str::to_owned);
            let deduplication = message.deduplication.as_deref().unwrap_or_default();
            let original = match is_fifo {
                true => self.specification.original(group.as_ref(), deduplication, now),
                false => None,
            };
            match original {
                Some(original) => assert_eq!((sent.id, sent.sequence), original),
                None => {
                    assert_eq!(sent.id, message.id);
                    let delay = message.delay_seconds;
                    self.specification
                        .sent(sent.id, sent.sequence, group, deduplication, delay, now);
                }
            }
        }
    }

    fn new_message(&mut self, sending: &Sending, is_fifo: bool) -> NewMessage {
        self.next_id += 1;
        let group = sending.group.or(is_fifo.then_some(9));
        NewMessage {
            id: MessageId(self.next_id),
            payload: Bytes::from(self.next_id.to_string().repeat(50)),
            group: group.map(|group| group.to_string().into()),
            deduplication: is_fifo.then(|| sending.deduplication.to_string().into()),
            delay_seconds: sending.delay_seconds.filter(|_| !is_fifo),
        }
    }

    /// Receives, and says how many messages came.
    async fn receive(&mut self, maximum: usize, visibility_seconds: Option<u32>) -> usize {
        let now = self.now();
        let available = self.specification.available(now).len();
        let received = self
            .queue
            .receive(request(maximum, visibility_seconds))
            .await
            .unwrap();
        let expected = maximum.min(available);
        // Groups that wait may fill what is loaded, and a page may end within a group.
        // Nor does one receive pass over more outdated messages than a few pages.
        let holds_outdated = self.specification.holds_outdated(now);
        if self.specification.is_fifo() || holds_outdated {
            assert!(received.len() <= expected);
            let may_be_empty = holds_outdated || self.limits != Limits::default();
            assert!(may_be_empty || received.is_empty() == (expected == 0));
        } else {
            assert_eq!(received.len(), expected, "of {available} available ones");
        }
        for Received { id, payload, .. } in &received {
            assert_eq!(*payload, id.0.to_string().repeat(50).as_bytes());
        }
        self.specification.received(&received, visibility_seconds, now);
        let receipts = received.iter().map(|received| (received.id, received.receipt));
        self.receipts.extend(receipts);
        received.len()
    }

    fn receipt(&self, number: usize) -> Option<(MessageId, Receipt)> {
        let last = self.receipts.len().checked_sub(1)?;
        Some(self.receipts[last - number % self.receipts.len()])
    }

    /// Whether the engine may or may not have dropped this message already.
    fn is_undecided(&self, id: MessageId) -> bool {
        let message = self.specification.find(id);
        message.is_some_and(|message| self.specification.is_outdated(message, self.now()))
    }

    async fn delete(&mut self, number: usize) {
        let Some((id, receipt)) = self.receipt(number) else {
            return;
        };
        let undecided = self.is_undecided(id);
        let deleted = self.queue.delete(&[receipt]).await.pop().unwrap().is_ok();
        let now = self.now();
        if undecided {
            self.specification
                .messages
                .retain(|message| message.id != id || !deleted);
            return;
        }
        assert_eq!(deleted, self.specification.delete(id, receipt.lease, now));
    }

    async fn change_visibility(&mut self, number: usize, seconds: u32) {
        let Some((id, receipt)) = self.receipt(number) else {
            return;
        };
        if self.is_undecided(id) {
            return;
        }
        let changed = self
            .queue
            .change_visibility(&[(receipt, seconds)])
            .await
            .pop()
            .unwrap();
        let expected = self
            .specification
            .change_visibility(id, receipt.lease, seconds, self.now());
        assert_eq!(format!("{changed:?}"), format!("{expected:?}"));
    }

    fn compare_counts(&self) {
        let now = self.now();
        if self.specification.holds_outdated(now) {
            return;
        }
        let counts = self.queue.counts();
        let figures = (counts.visible, counts.in_flight, counts.delayed);
        assert_eq!(figures, self.specification.figures(now));
    }

    /// Receives and deletes until nothing is left on either side.
    pub(crate) async fn drain(&mut self) {
        // Later than any delay or lease.
        self.clock.advance(Duration::from_secs(43_300));
        self.sweep().await;
        loop {
            let before = self.receipts.len();
            if self.receive(10, Some(600)).await == 0 {
                break;
            }
            for (id, receipt) in self.receipts.split_off(before) {
                self.queue.delete(&[receipt]).await.pop().unwrap().unwrap();
                assert!(self.specification.delete(id, receipt.lease, self.clock.now()));
            }
            self.compare_counts();
        }
        assert!(
            self.specification.messages.is_empty(),
            "{:?}",
            self.specification.messages
        );
        let counts = self.queue.counts();
        assert_eq!((counts.visible, counts.in_flight, counts.delayed), (0, 0, 0));
    }
}
