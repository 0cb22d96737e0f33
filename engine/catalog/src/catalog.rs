//! The records of one kind.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;
use ninefold_store::{Batch, Durability, PartitionId, ScanLimit, ScanRange, Store, Table, commit};
use parking_lot::RwLock;
use tokio::sync::Mutex;

use crate::record::{decode, encode};
use crate::{CatalogError, Record};

/// Records read at a time when a catalog is opened.
const PAGE_ENTRIES: usize = 1_000;
/// So many changes, of different records, may be under way at one time.
const TURNS: usize = 64;

/// The records of one kind, by key. Keys are opaque and ordered: those with a common prefix list together.
pub struct Catalog<R> {
    store: Arc<dyn Store>,
    table: Table,
    records: RwLock<BTreeMap<Bytes, Arc<R>>>,
    /// Changes of one key take turns, from looking at the record to its being durable.
    turns: [Mutex<()>; TURNS],
}

/// What becomes of a record.
#[derive(Debug)]
pub enum Change<R> {
    /// It stays as it is.
    Keep,
    /// It is this from now on.
    Put(R),
    /// It is no more.
    Delete,
}

impl<R: Record> Catalog<R> {
    /// Opens the catalog that a store keeps in a table.
    ///
    /// # Errors
    ///
    /// If the store fails or a record is damaged.
    pub fn open(store: Arc<dyn Store>, table: Table) -> Result<Self, CatalogError> {
        let mut records = BTreeMap::new();
        for partition in store.partitions() {
            read_partition(&*store, partition, table, &mut records)?;
        }
        Ok(Catalog {
            store,
            table,
            records: RwLock::new(records),
            turns: [const { Mutex::const_new(()) }; TURNS],
        })
    }

    /// The record of a key.
    pub fn get(&self, key: &[u8]) -> Option<Arc<R>> {
        self.records.read().get(key).cloned()
    }

    /// Records whose keys begin with `prefix`, in the keys' order, after `after`, at most `limit`.
    pub fn page(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Vec<(Bytes, Arc<R>)> {
        let start = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        self.records
            .read()
            .range::<[u8], _>((start, Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(prefix))
            .take(limit)
            .map(|(key, record)| (key.clone(), Arc::clone(record)))
            .collect()
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records.read().len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.records.read().is_empty()
    }

    /// Changes the record of a key by what it is now; durable when it returns. Says what it is then.
    ///
    /// # Errors
    ///
    /// What `change` refuses with, or if the store fails; then nothing has changed.
    pub async fn change<E: From<CatalogError>>(
        &self,
        key: &[u8],
        change: impl FnOnce(Option<&Arc<R>>) -> Result<Change<R>, E>,
    ) -> Result<Option<Arc<R>>, E> {
        let partition = PartitionId::of(key);
        let _turn = self.turns[usize::from(partition.number()) % TURNS].lock().await;
        let current = self.get(key);
        let mut batch = Batch::new(partition);
        let next = match change(current.as_ref())? {
            Change::Keep => return Ok(current),
            Change::Put(record) => {
                let stored = encode(&record).map_err(|reason| self.damaged(reason))?;
                batch.put(self.table, key, stored);
                Some(Arc::new(record))
            }
            Change::Delete => {
                batch.delete(self.table, key);
                None
            }
        };
        let committed = commit(&*self.store, batch, Durability::Durable).await;
        committed.map_err(CatalogError::from)?;
        let mut records = self.records.write();
        match &next {
            Some(record) => drop(records.insert(Bytes::copy_from_slice(key), Arc::clone(record))),
            None => drop(records.remove(key)),
        }
        Ok(next)
    }

    /// Sets the record of a key, whatever it was.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn put(&self, key: &[u8], record: R) -> Result<(), CatalogError> {
        self.change::<CatalogError>(key, |_| Ok(Change::Put(record)))
            .await
            .map(drop)
    }

    /// Removes the record of a key; one that is not there is no error.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn delete(&self, key: &[u8]) -> Result<(), CatalogError> {
        let changed = self.change::<CatalogError>(key, |current| match current {
            Some(_) => Ok(Change::Delete),
            None => Ok(Change::Keep),
        });
        changed.await.map(drop)
    }

    fn damaged(&self, reason: String) -> CatalogError {
        CatalogError::Damaged {
            table: self.table.name(),
            reason,
        }
    }
}

fn read_partition<R: Record>(
    store: &dyn Store,
    partition: PartitionId,
    table: Table,
    records: &mut BTreeMap<Bytes, Arc<R>>,
) -> Result<(), CatalogError> {
    let mut range = ScanRange::all();
    loop {
        let page = store.scan(partition, table, range.clone(), ScanLimit::entries(PAGE_ENTRIES))?;
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        range = range.resume_after(last);
        for (key, stored) in page {
            let record = decode(&stored).map_err(|reason| CatalogError::Damaged {
                table: table.name(),
                reason,
            })?;
            records.insert(key, Arc::new(record));
        }
    }
}
