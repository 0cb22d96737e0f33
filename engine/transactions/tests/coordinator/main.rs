//! The coordinator on a clock that the test drives, a store that crashes, and partitions that can't always be reached.

#![allow(clippy::unwrap_used, reason = "what is not as expected fails the test")]

mod behaviour;
mod listing;
mod logs;
mod model;
mod store;

use std::sync::Arc;
use std::time::Duration;

use ninefold_store::MemoryStore;
use ninefold_time::ManualClock;
use ninefold_transactions::{Initialize, Participant, Producer, Transactions, TransactionsConfig};
use tokio::task::JoinHandle;

use crate::logs::Logs;
use crate::store::CrashingStore;

/// How long transactions may be ongoing.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A coordinator and what is around it.
struct World {
    clock: ManualClock,
    disk: Arc<MemoryStore>,
    store: Arc<CrashingStore>,
    logs: Arc<Logs>,
    config: TransactionsConfig,
    transactions: Arc<Transactions>,
    running: JoinHandle<()>,
}

impl World {
    async fn new() -> Self {
        Self::on(Arc::new(MemoryStore::new()), TransactionsConfig::default()).await
    }

    async fn on(disk: Arc<MemoryStore>, config: TransactionsConfig) -> Self {
        let (clock, logs) = (ManualClock::default(), Arc::new(Logs::default()));
        let store = Arc::new(CrashingStore::new(Arc::clone(&disk)));
        let (transactions, running) = open(&store, &clock, &logs, config).await;
        World {
            clock,
            disk,
            store,
            logs,
            config,
            transactions,
            running,
        }
    }

    /// The server is killed and started again; what was on its way to the store is there then if `is_written`.
    async fn crash(&mut self, is_written: bool) {
        self.running.abort();
        self.store.crash(is_written);
        self.store = Arc::new(CrashingStore::new(Arc::clone(&self.disk)));
        let opened = open(&self.store, &self.clock, &self.logs, self.config).await;
        (self.transactions, self.running) = opened;
        settle().await;
    }

    async fn advance(&self, duration: Duration) {
        self.clock.advance(duration);
        settle().await;
    }

    /// Somebody new becomes the producer of a transactional id, at once.
    async fn initialize(&self, id: &str) -> Producer {
        self.transactions.initialize(id, request(None)).await.unwrap()
    }

    /// Writes a record with this number to a partition on behalf of a transaction that was extended to it.
    fn write(&self, id: &str, producer: Producer, participant: Participant<'_>, number: u64) {
        let admission = self.transactions.admit(id, producer, &[participant]).unwrap();
        self.logs.append(participant, producer, number);
        drop(admission);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn open(
    store: &Arc<CrashingStore>,
    clock: &ManualClock,
    logs: &Arc<Logs>,
    config: TransactionsConfig,
) -> (Arc<Transactions>, JoinHandle<()>) {
    let clock = Arc::new(clock.clone());
    let opened = Transactions::open(Arc::clone(store) as _, clock, Arc::clone(logs) as _, config);
    let transactions = opened.await.unwrap();
    let running = tokio::spawn(Arc::clone(&transactions).run());
    (transactions, running)
}

fn request(expected: Option<Producer>) -> Initialize {
    Initialize {
        timeout: TIMEOUT,
        expected,
        two_phase_commit: false,
        keep_prepared: false,
    }
}

/// Lets every task do what it can: there is one thread, and nothing that it waits for but the others.
async fn settle() {
    for _ in 0..30 {
        tokio::task::yield_now().await;
    }
}
