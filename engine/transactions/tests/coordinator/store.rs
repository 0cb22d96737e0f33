//! A store that crashes: what wasn't synced is gone then.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use ninefold_store::{
    Batch, Completion, Durability, Entry, MemoryStore, PartitionId, ScanLimit, ScanRange, Store, StoreError,
    StoreFigures, StoreState, Table,
};
use parking_lot::Mutex;

/// One life of a store, whose contents are those of a disk.
pub(crate) struct CrashingStore {
    disk: Arc<MemoryStore>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    is_dead: bool,
    is_held: bool,
    refusals: usize,
    waiting: VecDeque<(Batch, Durability, Completion)>,
    /// Completed, and not on the disk before the next sync.
    unsynced: Vec<Batch>,
}

impl CrashingStore {
    pub(crate) fn new(disk: Arc<MemoryStore>) -> Self {
        CrashingStore {
            disk,
            state: Mutex::default(),
        }
    }

    /// From now on nothing is completed until it is released.
    pub(crate) fn hold(&self) {
        self.state.lock().is_held = true;
    }

    pub(crate) fn release(&self) {
        self.state.lock().is_held = false;
        self.complete_waiting();
    }

    /// The next batch is refused.
    pub(crate) fn refuse_next(&self) {
        self.state.lock().refusals += 1;
    }

    /// Nothing is completed any more; what waits is on the disk if `is_written`.
    pub(crate) fn crash(&self, is_written: bool) {
        let mut state = self.state.lock();
        state.is_dead = true;
        let waiting = std::mem::take(&mut state.waiting);
        if is_written && !waiting.is_empty() {
            state.sync(&self.disk);
            for (batch, _, _) in &waiting {
                write(&self.disk, batch.clone());
            }
        }
        drop(state);
        // Whoever waits for them hears that they are dropped.
        drop(waiting);
    }

    fn complete_waiting(&self) {
        loop {
            let mut state = self.state.lock();
            if state.is_held {
                return;
            }
            let Some((batch, durability, completion)) = state.waiting.pop_front() else {
                return;
            };
            if durability == Durability::Durable {
                state.sync(&self.disk);
                write(&self.disk, batch);
            } else {
                state.unsynced.push(batch);
            }
            drop(state);
            completion(Ok(()));
        }
    }
}

impl State {
    fn sync(&mut self, disk: &MemoryStore) {
        for batch in self.unsynced.drain(..) {
            write(disk, batch);
        }
    }
}

fn write(disk: &MemoryStore, batch: Batch) {
    disk.submit(batch, Durability::Durable, Box::new(|outcome| outcome.unwrap()));
}

impl Store for CrashingStore {
    fn submit(&self, batch: Batch, durability: Durability, completion: Completion) {
        let mut state = self.state.lock();
        if state.is_dead {
            drop(state);
            completion(Err(StoreError::Closed));
        } else if state.refusals > 0 {
            state.refusals -= 1;
            drop(state);
            completion(Err(StoreError::Overloaded));
        } else {
            state.waiting.push_back((batch, durability, completion));
            drop(state);
            self.complete_waiting();
        }
    }

    fn get(&self, partition: PartitionId, table: Table, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.disk.get(partition, table, key)
    }

    fn scan(
        &self,
        partition: PartitionId,
        table: Table,
        range: ScanRange,
        limit: ScanLimit,
    ) -> Result<Vec<Entry>, StoreError> {
        self.disk.scan(partition, table, range, limit)
    }

    fn partitions(&self) -> Vec<PartitionId> {
        self.disk.partitions()
    }

    fn state(&self) -> StoreState {
        StoreState::Healthy
    }

    fn figures(&self) -> StoreFigures {
        self.disk.figures()
    }

    fn close(&self) {}
}
