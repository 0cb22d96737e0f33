use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;

use bytes::Bytes;
use parking_lot::Mutex;

use crate::batch::{PREFIX_BYTES, prefixed};
use crate::scan::end_of_prefix;
use crate::{
    Batch, Completion, Direction, Durability, Entry, PartitionId, ScanLimit, ScanRange, Store, StoreError,
    StoreFigures, StoreState, Table,
};

/// The engine for tests: everything in memory, nothing survives it.
///
/// A batch is committed and completed before [`Store::submit`] returns, unless completions are
/// [held](MemoryStore::hold), which leaves batches in flight until the test lets them go.
#[derive(Default)]
pub struct MemoryStore(Mutex<State>);

#[derive(Default)]
struct State {
    tables: BTreeMap<u8, BTreeMap<Bytes, Bytes>>,
    held: bool,
    in_flight: VecDeque<(Batch, Completion)>,
    fail_next: VecDeque<StoreError>,
    read_only: Option<std::sync::Arc<str>>,
    closed: bool,
    figures: StoreFigures,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        MemoryStore::default()
    }

    /// The next batch submitted fails with `error` and is not applied. Calls add up.
    pub fn fail_next(&self, error: StoreError) {
        self.0.lock().fail_next.push_back(error);
    }

    /// Makes every later batch complete with [`StoreError::ReadOnly`], as after a failed sync.
    pub fn make_read_only(&self, reason: &str) {
        self.0.lock().read_only = Some(reason.into());
    }

    /// From now on batches stay in flight, invisible and not completed, until [`MemoryStore::release`].
    pub fn hold(&self) {
        self.0.lock().held = true;
    }

    /// How many batches are in flight.
    pub fn in_flight(&self) -> usize {
        self.0.lock().in_flight.len()
    }

    /// Commits and completes what is in flight, in order, and what is submitted later at once again.
    pub fn release(&self) {
        self.0.lock().held = false;
        while self.release_one() {}
    }

    /// Commits and completes the oldest batch in flight; false if there is none.
    pub fn release_one(&self) -> bool {
        let next = {
            let mut state = self.0.lock();
            state
                .in_flight
                .pop_front()
                .map(|(batch, completion)| (state.apply(batch), completion))
        };
        match next {
            Some((outcome, completion)) => {
                completion(outcome);
                true
            }
            None => false,
        }
    }
}

impl State {
    fn apply(&mut self, batch: Batch) -> Result<(), StoreError> {
        let refusal = self.refusal();
        if let Some(error) = refusal {
            self.figures.failed_batches += 1;
            return Err(error);
        }
        self.figures.batches += 1;
        self.figures.rounds += 1;
        self.figures.syncs += 1;
        self.figures.bytes_written += batch.bytes() as u64;
        for operation in batch.into_operations() {
            let table = self.tables.entry(operation.table.id()).or_default();
            match operation.value {
                Some(value) => table.insert(operation.prefixed_key, value),
                None => table.remove(&operation.prefixed_key),
            };
        }
        Ok(())
    }

    fn refusal(&mut self) -> Option<StoreError> {
        if let Some(reason) = &self.read_only {
            return Some(StoreError::ReadOnly {
                reason: reason.clone(),
            });
        }
        self.fail_next.pop_front()
    }
}

impl Store for MemoryStore {
    fn submit(&self, batch: Batch, _durability: Durability, completion: Completion) {
        let mut state = self.0.lock();
        if state.held && !state.closed {
            state.in_flight.push_back((batch, completion));
            return;
        }
        let outcome = if state.closed {
            Err(StoreError::Closed)
        } else {
            state.apply(batch)
        };
        drop(state);
        completion(outcome);
    }

    fn get(&self, partition: PartitionId, table: Table, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        let state = self.0.lock();
        Ok(state
            .tables
            .get(&table.id())
            .and_then(|entries| entries.get(&prefixed(partition, key)).cloned()))
    }

    fn scan(
        &self,
        partition: PartitionId,
        table: Table,
        range: ScanRange,
        limit: ScanLimit,
    ) -> Result<Vec<Entry>, StoreError> {
        let state = self.0.lock();
        let Some(entries) = state.tables.get(&table.id()).filter(|_| !range.is_empty()) else {
            return Ok(Vec::new());
        };
        let start = Bound::Included(prefixed(partition, range.start()));
        let end = match range.end() {
            Some(end) => Some(prefixed(partition, end)),
            None => end_of_prefix(&partition.prefix()),
        };
        let found = entries.range((start, end.map_or(Bound::Unbounded, Bound::Excluded)));
        Ok(match range.direction() {
            Direction::Forward => page(found, limit),
            Direction::Reverse => page(found.rev(), limit),
        })
    }

    fn partitions(&self) -> Vec<PartitionId> {
        PartitionId::all().collect()
    }

    fn state(&self) -> StoreState {
        match &self.0.lock().read_only {
            Some(reason) => StoreState::ReadOnly {
                reason: reason.clone(),
            },
            None => StoreState::Healthy,
        }
    }

    fn figures(&self) -> StoreFigures {
        self.0.lock().figures.clone()
    }

    fn close(&self) {
        self.release();
        self.0.lock().closed = true;
    }
}

fn page<'a>(found: impl Iterator<Item = (&'a Bytes, &'a Bytes)>, limit: ScanLimit) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut bytes = 0;
    for (key, value) in found {
        if limit.is_reached(entries.len(), bytes) {
            break;
        }
        bytes += key.len() - PREFIX_BYTES + value.len();
        entries.push((key.slice(PREFIX_BYTES..), value.clone()));
    }
    entries
}
