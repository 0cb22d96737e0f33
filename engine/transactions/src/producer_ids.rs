//! Giving out producer ids.

use std::ops::Range;
use std::sync::Arc;

use ninefold_store::{Batch, Durability, Store, commit};
use tokio::sync::Mutex;

use crate::records::{COORDINATOR, PRODUCER_IDS_KEY, coordinator_partition, encode, read_producer_ids};
use crate::{OpenError, ProducerId, TransactionError};

/// So many ids are taken from the store at once. What is left of them at the end is given to nobody.
const BLOCK: i64 = 1_000;

/// Gives out producer ids, none of them twice.
pub(crate) struct ProducerIds {
    store: Arc<dyn Store>,
    /// Those that the store says are given out, and aren't.
    available: Mutex<Range<i64>>,
}

impl ProducerIds {
    pub(crate) fn open(store: Arc<dyn Store>) -> Result<Self, OpenError> {
        let ProducerId(next) = read_producer_ids(&*store)?.unwrap_or(ProducerId(0));
        Ok(ProducerIds {
            store,
            available: Mutex::new(next..next),
        })
    }

    /// An id that nobody had.
    pub(crate) async fn draw(&self) -> Result<ProducerId, TransactionError> {
        let mut available = self.available.lock().await;
        if available.is_empty() {
            let first = available.end;
            let end = first
                .checked_add(BLOCK)
                .ok_or(TransactionError::ProducerIdsExhausted)?;
            let mut batch = Batch::new(coordinator_partition());
            batch.put(COORDINATOR, PRODUCER_IDS_KEY, encode(&ProducerId(end)));
            // Whoever doesn't wait for the end of this leaves a block of which none was given out: it's taken again.
            commit(&*self.store, batch, Durability::Durable).await?;
            *available = first..end;
        }
        let id = available.start;
        available.start += 1;
        Ok(ProducerId(id))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ninefold_store::{MemoryStore, StoreError};

    use super::*;

    async fn draw(ids: &ProducerIds) -> i64 {
        ids.draw().await.unwrap().0
    }

    #[tokio::test]
    async fn none_is_given_out_twice_across_blocks_and_restarts() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let mut drawn = BTreeSet::new();
        for count in [1, 1_500, 1_000, 3] {
            let ids = ProducerIds::open(Arc::clone(&store)).unwrap();
            for _ in 0..count {
                assert!(drawn.insert(draw(&ids).await));
            }
        }
        assert_eq!(drawn.first(), Some(&0));
    }

    #[tokio::test]
    async fn none_is_given_out_before_that_is_durable() {
        let store = Arc::new(MemoryStore::new());
        let ids = ProducerIds::open(store.clone()).unwrap();
        store.fail_next(StoreError::Overloaded);
        assert_eq!(ids.draw().await, Err(StoreError::Overloaded.into()));
        assert_eq!(draw(&ids).await, 0);
        store.hold();
        for expected in 1..BLOCK {
            assert_eq!(draw(&ids).await, expected);
        }
        let mut waiting = tokio::spawn(async move { draw(&ids).await });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        store.release();
        assert_eq!((&mut waiting).await.unwrap(), BLOCK);
    }

    #[tokio::test]
    async fn they_end() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let mut batch = Batch::new(coordinator_partition());
        batch.put(COORDINATOR, PRODUCER_IDS_KEY, encode(&ProducerId(i64::MAX - 1)));
        commit(&*store, batch, Durability::Durable).await.unwrap();
        let ids = ProducerIds::open(store).unwrap();
        assert_eq!(ids.draw().await, Err(TransactionError::ProducerIdsExhausted));
    }
}
