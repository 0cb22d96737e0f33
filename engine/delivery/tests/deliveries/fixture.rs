//! An engine whose time and targets the test is master of.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering as AtomicOrdering};
use std::time::Duration;

use bytes::Bytes;
use ninefold_delivery::{
    Answer, Backlog, BoxFuture, Burial, Courier, Curve, Delivery, DeliveryEngine, Ending, FailureKind, Item,
    Limits, Ordering, Outcome, Phases, RetryPolicy, TargetKey, Terms,
};
use ninefold_queue::{MessageId, QueueEngine};
use ninefold_store::{
    Batch, Completion, Durability, Entry, MemoryStore, PartitionId, ScanLimit, ScanRange, Store, StoreError,
    StoreFigures, StoreState, Table,
};
use ninefold_time::{Clock, ManualClock, Timestamp};
use parking_lot::Mutex;

/// How a target behaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Behaviour {
    Takes,
    Fails,
    Refuses,
    /// It never answers.
    Hangs,
    Panics,
    /// It fails so many attempts of each item and then takes it.
    FailsFirst(u32),
    /// Fails the first attempt, and asks for so much time.
    Postpones(Duration),
}

/// What happened at the courier, in order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Push {
    pub(crate) target: String,
    pub(crate) item: u128,
    pub(crate) attempt: u32,
    pub(crate) at: Timestamp,
}

#[derive(Default)]
pub(crate) struct Script {
    pub(crate) behaviours: HashMap<String, Behaviour>,
    pub(crate) pushes: Vec<Push>,
    pub(crate) taken: Vec<u128>,
    pub(crate) buried: Vec<(u128, Ending)>,
    pub(crate) burials_fail: bool,
    pub(crate) has_no_dead_letter_queue: bool,
    pub(crate) terms: HashMap<String, Terms>,
}

pub(crate) struct ScriptedCourier {
    pub(crate) script: Mutex<Script>,
    clock: ManualClock,
    /// With its process: it neither does nor answers anything any more.
    has_ended: AtomicBool,
}

impl Courier for ScriptedCourier {
    fn terms(&self, target: &TargetKey) -> Option<Terms> {
        let known = self.script.lock().terms.get(&name(target)).cloned();
        let is_alive = !self.has_ended.load(AtomicOrdering::Relaxed);
        is_alive.then(|| known.unwrap_or_else(terms))
    }

    fn push<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Outcome> {
        if self.has_ended.load(AtomicOrdering::Relaxed) {
            return Box::pin(std::future::pending());
        }
        let behaviour = {
            let mut script = self.script.lock();
            script.pushes.push(Push {
                target: name(&delivery.target),
                item: delivery.id.0,
                attempt: delivery.attempt,
                at: self.clock.now(),
            });
            let behaviour = script.behaviours.get(&name(&delivery.target));
            match behaviour.copied().unwrap_or(Behaviour::Takes) {
                Behaviour::FailsFirst(attempts) if delivery.attempt <= attempts => Behaviour::Fails,
                Behaviour::FailsFirst(_) => Behaviour::Takes,
                Behaviour::Postpones(_) if delivery.attempt > 1 => Behaviour::Takes,
                other => other,
            }
        };
        Box::pin(async move {
            match behaviour {
                Behaviour::Takes => {
                    self.script.lock().taken.push(delivery.id.0);
                    Outcome::Delivered(answer(200))
                }
                Behaviour::Fails => Outcome::Failed(FailureKind::Transient, answer(503)),
                Behaviour::Postpones(delay) => Outcome::Failed(FailureKind::Postponed(delay), answer(429)),
                Behaviour::Refuses => Outcome::Failed(FailureKind::Permanent, answer(400)),
                Behaviour::Hangs => std::future::pending().await,
                Behaviour::Panics => panic!("as the test wants it"),
                Behaviour::FailsFirst(_) => unreachable!("it was resolved above"),
            }
        })
    }

    fn bury<'a>(
        &'a self,
        delivery: &'a Delivery,
        ending: &'a Ending,
    ) -> BoxFuture<'a, Result<Burial, String>> {
        if self.has_ended.load(AtomicOrdering::Relaxed) {
            return Box::pin(std::future::pending());
        }
        let mut script = self.script.lock();
        let outcome = if script.burials_fail {
            Err("as the test wants it".to_owned())
        } else if script.has_no_dead_letter_queue {
            Ok(Burial::Dropped)
        } else {
            script.buried.push((delivery.id.0, ending.clone()));
            Ok(Burial::Buried)
        };
        Box::pin(std::future::ready(outcome))
    }
}

pub(crate) fn answer(code: u16) -> Answer {
    Answer {
        code: Some(code),
        text: String::new(),
    }
}

/// Three retries after one, two and three seconds.
pub(crate) fn terms() -> Terms {
    Terms {
        retry: RetryPolicy::Phased(Phases {
            immediate_retries: 0,
            minimum_delay_retries: 0,
            backoff_retries: 3,
            maximum_delay_retries: 0,
            minimum_delay: Duration::from_secs(1),
            maximum_delay: Duration::from_secs(3),
            curve: Curve::Linear,
        }),
        maximum_age: Duration::from_secs(3_600),
        timeout: Duration::from_secs(15),
        concurrency: 64,
        pushes_per_second: None,
        shared_rate: None,
    }
}

pub(crate) fn target(name: &str) -> TargetKey {
    TargetKey(Bytes::copy_from_slice(name.as_bytes()))
}

fn name(target: &TargetKey) -> String {
    String::from_utf8(target.0.to_vec()).unwrap()
}

/// The store of one process: once that has ended, nothing that is left of it changes anything.
struct ProcessStore {
    store: Arc<MemoryStore>,
    has_ended: AtomicBool,
}

impl Store for ProcessStore {
    fn submit(&self, batch: Batch, durability: Durability, completion: Completion) {
        if !self.has_ended.load(AtomicOrdering::Relaxed) {
            self.store.submit(batch, durability, completion);
        }
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
        self.store.scan(partition, table, range, limit)
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

pub(crate) struct Fixture {
    store: Arc<MemoryStore>,
    process: Arc<ProcessStore>,
    pub(crate) clock: ManualClock,
    pub(crate) courier: Arc<ScriptedCourier>,
    pub(crate) engine: DeliveryEngine,
    limits: Limits,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        Self::with_limits(Limits::default()).await
    }

    pub(crate) async fn with_limits(limits: Limits) -> Self {
        let (store, clock) = (Arc::new(MemoryStore::new()), ManualClock::default());
        let courier = Arc::new(ScriptedCourier {
            script: Mutex::default(),
            clock: clock.clone(),
            has_ended: AtomicBool::new(false),
        });
        let (process, engine) = Self::open(&store, &clock, limits).await;
        engine.start(courier.clone());
        Fixture {
            store,
            process,
            clock,
            courier,
            engine,
            limits,
        }
    }

    async fn open(
        store: &Arc<MemoryStore>,
        clock: &ManualClock,
        limits: Limits,
    ) -> (Arc<ProcessStore>, DeliveryEngine) {
        let process = Arc::new(ProcessStore {
            store: Arc::clone(store),
            has_ended: AtomicBool::new(false),
        });
        let clock: Arc<dyn Clock> = Arc::new(clock.clone());
        let queues = QueueEngine::open(process.clone(), clock.clone(), ninefold_queue::Limits::default())
            .await
            .unwrap();
        let engine = DeliveryEngine::open("test", queues, process.clone(), clock, limits).unwrap();
        (process, engine)
    }

    /// As if the process had ended and begun anew, with what is stored and nothing else.
    pub(crate) async fn restart(&mut self) {
        self.process.has_ended.store(true, AtomicOrdering::Relaxed);
        let script = std::mem::take(&mut *self.courier.script.lock());
        self.courier.has_ended.store(true, AtomicOrdering::Relaxed);
        self.courier = Arc::new(ScriptedCourier {
            script: Mutex::new(script),
            clock: self.clock.clone(),
            has_ended: AtomicBool::new(false),
        });
        (self.process, self.engine) = Self::open(&self.store, &self.clock, self.limits).await;
        self.engine.start(self.courier.clone());
    }

    pub(crate) fn behave(&self, target: &str, behaviour: Behaviour) {
        self.courier
            .script
            .lock()
            .behaviours
            .insert(target.to_owned(), behaviour);
    }

    pub(crate) async fn accept(&self, name: &str, items: impl IntoIterator<Item = u128>) {
        let items = items.into_iter().map(|id| item(id, None)).collect();
        self.engine
            .accept(&target(name), Ordering::Unordered, items)
            .await
            .unwrap();
    }

    pub(crate) fn backlog(&self, name: &str) -> Arc<Backlog> {
        self.engine.backlog(&target(name)).unwrap()
    }

    pub(crate) fn pushes(&self) -> Vec<Push> {
        self.courier.script.lock().pushes.clone()
    }

    /// Lets everything run that can run without time passing.
    pub(crate) async fn settle(&self) {
        let mut quiet = 0;
        let mut before = self.pushes().len();
        while quiet < 50 {
            tokio::task::yield_now().await;
            let pushes = self.pushes().len();
            quiet = if pushes == before { quiet + 1 } else { 0 };
            before = pushes;
        }
    }

    /// Lets so much time pass, from one event to the next.
    pub(crate) async fn pass(&self, duration: Duration) {
        let until = self.clock.now() + duration;
        self.settle().await;
        while let Some(next) = self.clock.next_deadline().filter(|next| *next <= until) {
            self.clock.advance_to(next);
            self.settle().await;
        }
        self.clock.advance_to(until);
        self.settle().await;
    }
}

pub(crate) fn item(id: u128, group: Option<&str>) -> Item {
    Item {
        id: MessageId(id),
        payload: Bytes::from(id.to_string()),
        group: group.map(Into::into),
        deduplication: None,
    }
}
