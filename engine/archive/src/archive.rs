//! Series of entries in the store.

use std::sync::Arc;

use bytes::Bytes;
use ninefold_store::{
    Batch, Durability, PartitionId, ScanLimit, ScanRange, Store, StoreError, Table, commit,
};
use ninefold_time::Timestamp;

/// Series, 0, time, sequence -> a format byte and the payload.
const ENTRIES: Table = Table::new(21, "archive.entries");
/// The format of what is stored.
const FORMAT: u8 = 1;
/// The length of a place in a key.
const PLACE_BYTES: usize = 16;

/// Where an entry stands in its series: by time, then by sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// When it was published.
    pub at: Timestamp,
    /// Tells apart what was published at one time.
    pub sequence: u64,
}

impl Place {
    /// Before everything at this time.
    pub const fn at(at: Timestamp) -> Self {
        Place { at, sequence: 0 }
    }
}

/// An entry of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands.
    pub place: Place,
    /// What was appended.
    pub payload: Bytes,
}

/// Series of entries, each in the partition of its name.
pub struct Archive {
    store: Arc<dyn Store>,
}

impl Archive {
    /// The tables that the archive keeps in the store.
    pub const TABLES: &'static [Table] = &[ENTRIES];

    /// The archive in a store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Archive { store }
    }

    /// Puts an entry at its place; durable when it returns.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn append(&self, series: &[u8], place: Place, payload: &[u8]) -> Result<(), StoreError> {
        let mut stored = Vec::with_capacity(payload.len() + 1);
        stored.push(FORMAT);
        stored.extend_from_slice(payload);
        let mut batch = Batch::new(PartitionId::of(series));
        batch.put(ENTRIES, key(series, place), stored);
        commit(&*self.store, batch, Durability::Durable).await
    }

    /// Entries from a place on, that one included, up to another one, that one not included; at most `limit`, in order.
    ///
    /// # Errors
    ///
    /// If the store fails or an entry is damaged.
    pub fn page(
        &self,
        series: &[u8],
        from: Place,
        until: Option<Place>,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let end = match until {
            Some(until) => key(series, until),
            None => end(series),
        };
        let range = ScanRange::between(key(series, from), end);
        let partition = PartitionId::of(series);
        let found = self
            .store
            .scan(partition, ENTRIES, range, ScanLimit::entries(limit))?;
        found
            .into_iter()
            .map(|(key, stored)| entry(&key, &stored))
            .collect()
    }

    /// Where the oldest entry of a series stands.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub fn first(&self, series: &[u8]) -> Result<Option<Place>, StoreError> {
        let page = self.page(series, Place::at(Timestamp::EPOCH), None, 1)?;
        Ok(page.first().map(|entry| entry.place))
    }

    /// Removes the entries that are older than that.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn remove_before(&self, series: &[u8], time: Timestamp) -> Result<(), StoreError> {
        let range = ScanRange::prefix(prefix(series)).before(key(series, Place::at(time)));
        let partition = PartitionId::of(series);
        let first = self
            .store
            .scan(partition, ENTRIES, range.clone(), ScanLimit::entries(1))?;
        if first.is_empty() {
            return Ok(());
        }
        let mut batch = Batch::new(partition);
        batch.delete_range(ENTRIES, &range);
        commit(&*self.store, batch, Durability::Relaxed).await
    }
}

fn prefix(series: &[u8]) -> Vec<u8> {
    let mut prefix = Vec::with_capacity(series.len() + 1 + PLACE_BYTES);
    prefix.extend_from_slice(series);
    prefix.push(0);
    prefix
}

/// The first key behind a series.
fn end(series: &[u8]) -> Vec<u8> {
    [series, &[1]].concat()
}

fn key(series: &[u8], place: Place) -> Vec<u8> {
    let mut key = prefix(series);
    key.extend_from_slice(&place.at.as_millis().to_be_bytes());
    key.extend_from_slice(&place.sequence.to_be_bytes());
    key
}

fn entry(key: &[u8], stored: &Bytes) -> Result<Entry, StoreError> {
    let damaged = || StoreError::Damaged {
        detail: "an archived entry can't be read".into(),
    };
    let place = key
        .len()
        .checked_sub(PLACE_BYTES)
        .map(|start| &key[start..])
        .ok_or_else(damaged)?;
    let number = |bytes: &[u8]| bytes.try_into().map(u64::from_be_bytes).map_err(|_| damaged());
    match stored.first() {
        Some(&FORMAT) => Ok(Entry {
            place: Place {
                at: Timestamp::from_millis(number(&place[..8])?),
                sequence: number(&place[8..])?,
            },
            payload: stored.slice(1..),
        }),
        _ => Err(damaged()),
    }
}
