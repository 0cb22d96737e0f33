use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use parking_lot::Mutex;

use crate::batch::{Change, PREFIX_BYTES, PrefixedKey, prefixed, prefixed_range};
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
    tables: BTreeMap<u8, BTreeMap<PrefixedKey, Bytes>>,
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
            match operation.change {
                Change::Put(value) => drop(table.insert(operation.prefixed_key, value)),
                Change::Delete => drop(table.remove(&operation.prefixed_key)),
                Change::DeleteUntil(end) => {
                    let deleted = operation.prefixed_key..end;
                    table.retain(|key, _| !deleted.contains(key));
                }
            }
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
        let found = entries.range(prefixed_range(partition, &range));
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

fn page<'a>(found: impl Iterator<Item = (&'a PrefixedKey, &'a Bytes)>, limit: ScanLimit) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut bytes = 0;
    for (key, value) in found {
        if limit.is_reached(entries.len(), bytes) {
            break;
        }
        bytes += key.len() - PREFIX_BYTES + value.len();
        entries.push((Bytes::copy_from_slice(&key[PREFIX_BYTES..]), value.clone()));
    }
    entries
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::conformance;

    const ITEMS: Table = Table::new(1, "items");

    fn put(store: &MemoryStore, key: &[u8]) -> Arc<Mutex<Option<Result<(), StoreError>>>> {
        let outcome = Arc::new(Mutex::new(None));
        let told = Arc::clone(&outcome);
        let mut batch = Batch::new(PartitionId::of(b"test"));
        batch.put(ITEMS, key, &b"value"[..]);
        store.submit(
            batch,
            Durability::Durable,
            Box::new(move |outcome| *told.lock() = Some(outcome)),
        );
        outcome
    }

    #[test]
    fn conforms() {
        conformance::run(|_| Arc::new(MemoryStore::new()));
    }

    #[test]
    fn held_batches_are_invisible_until_released_in_order() {
        let store = MemoryStore::new();
        let get = |key: &[u8]| store.get(PartitionId::of(b"test"), ITEMS, key).unwrap();
        store.hold();
        let (first, second) = (put(&store, b"a"), put(&store, b"b"));
        assert_eq!(
            (store.in_flight(), get(b"a"), first.lock().clone()),
            (2, None, None)
        );
        assert!(store.release_one());
        assert_eq!(
            (first.lock().clone(), second.lock().clone()),
            (Some(Ok(())), None)
        );
        assert!(get(b"a").is_some() && get(b"b").is_none());
        store.release();
        assert_eq!((second.lock().clone(), store.in_flight()), (Some(Ok(())), 0));
    }

    #[test]
    fn a_failed_batch_is_not_applied() {
        let store = MemoryStore::new();
        store.fail_next(StoreError::Overloaded);
        assert_eq!(*put(&store, b"a").lock(), Some(Err(StoreError::Overloaded)));
        assert_eq!(*put(&store, b"b").lock(), Some(Ok(())));
        store.make_read_only("test");
        let read_only = StoreError::ReadOnly {
            reason: "test".into(),
        };
        assert_eq!(*put(&store, b"c").lock(), Some(Err(read_only)));
        let entries = store.scan(
            PartitionId::of(b"test"),
            ITEMS,
            ScanRange::all(),
            ScanLimit::entries(9),
        );
        assert_eq!(entries.unwrap().len(), 1);
    }

    #[test]
    fn a_completion_may_submit_again() {
        let store = Arc::new(MemoryStore::new());
        let completed = Arc::new(AtomicUsize::new(0));
        let (again, counter) = (Arc::clone(&store), Arc::clone(&completed));
        let completion = move |_| {
            let counter = Arc::clone(&counter);
            let batch = Batch::new(PartitionId::of(b"test"));
            let count = Box::new(move |_| {
                counter.fetch_add(1, Ordering::Relaxed);
            });
            again.submit(batch, Durability::Durable, count);
        };
        store.submit(
            Batch::new(PartitionId::of(b"test")),
            Durability::Durable,
            Box::new(completion),
        );
        assert_eq!(completed.load(Ordering::Relaxed), 1);
    }
}
