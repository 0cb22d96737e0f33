//! Series of entries in the store.

use std::sync::Arc;

use bytes::Bytes;
use ninefold_store::{
    Batch, Durability, PartitionId, ScanLimit, ScanRange, Store, StoreError, Table, commit,
};
use ninefold_time::Timestamp;

use crate::stored::{
    AGES, ENTRIES, TALLIES, age_key, age_start, decode_entry, decode_length, encode_length, encode_payload,
    end, entry_key, place_of, prefix,
};
use crate::tally::{AllSeries, Tally};

/// Entries removed, and names of series read, at a time.
const PAGE_ENTRIES: usize = 500;

/// Where an entry stands in its series: by time, then by sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// When it happened.
    pub at: Timestamp,
    /// Tells apart what happened at one time.
    pub sequence: u64,
}

impl Place {
    /// Before everything at this time.
    pub const fn at(at: Timestamp) -> Self {
        Place { at, sequence: 0 }
    }

    /// Right behind this one.
    pub const fn next(self) -> Self {
        Place {
            at: self.at,
            sequence: self.sequence.saturating_add(1),
        }
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

/// An entry that gets its sequence when it is appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// When it happened: its place is by this.
    pub at: Timestamp,
    /// When it came: its age is by this.
    pub kept_since: Timestamp,
    /// What is kept.
    pub payload: Bytes,
}

/// Series of entries, each in the partition of its name.
///
/// The tallies are in memory, so no two archives on one store may have a series in common.
pub struct Archive {
    store: Arc<dyn Store>,
    series: AllSeries,
}

impl Archive {
    /// The tables that the archive keeps in the store.
    pub const TABLES: &'static [Table] = &[ENTRIES, TALLIES, AGES];

    /// The archive in a store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Archive {
            store,
            series: AllSeries::default(),
        }
    }

    /// Puts an entry at its place, kept since then; durable when it returns. What stands there already stays as it is.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn append(&self, series: &[u8], place: Place, payload: &[u8]) -> Result<(), StoreError> {
        let key = entry_key(series, place);
        let partition = PartitionId::of(series);
        if self.store.get(partition, ENTRIES, &key)?.is_some() {
            return Ok(());
        }
        let known = self.series.get(&*self.store, series)?;
        let committed = known.change(&*self.store, series, Durability::Durable, |batch, tally| {
            tally.next_sequence = tally.next_sequence.max(place.next().sequence);
            put_entry(batch, tally, series, (place, place.at), payload);
        })?;
        committed.await
    }

    /// Appends entries all together, giving each a sequence that the series has never had before; durable when it returns.
    ///
    /// # Errors
    ///
    /// If the store fails; then none of them is there, or the store takes nothing any more.
    pub async fn append_all(&self, series: &[u8], entries: &[NewEntry]) -> Result<(), StoreError> {
        if entries.is_empty() {
            return Ok(());
        }
        let known = self.series.get(&*self.store, series)?;
        let committed = known.change(&*self.store, series, Durability::Durable, |batch, tally| {
            for entry in entries {
                let place = Place {
                    at: entry.at,
                    sequence: tally.take_sequence(),
                };
                put_entry(batch, tally, series, (place, entry.kept_since), &entry.payload);
            }
        })?;
        committed.await
    }

    /// How much a series has, with what is just being appended.
    ///
    /// # Errors
    ///
    /// If the store fails or the tally is damaged.
    pub fn tally(&self, series: &[u8]) -> Result<Tally, StoreError> {
        Ok(self.series.get(&*self.store, series)?.tally())
    }

    /// Entries from a place on, that one included, up to another one, that one not included; at most `limit`, in order, and
    /// about 1 MiB. Where there are any, there is at least one.
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
            Some(until) => entry_key(series, until),
            None => end(series),
        };
        let range = ScanRange::between(entry_key(series, from), end);
        let partition = PartitionId::of(series);
        let found = self
            .store
            .scan(partition, ENTRIES, range, ScanLimit::entries(limit))?;
        found
            .into_iter()
            .map(|(key, stored)| decode_entry(&key, &stored))
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

    /// Removes a page of the entries that are kept since before that; says whether there may be more.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn remove_before(&self, series: &[u8], time: Timestamp) -> Result<bool, StoreError> {
        let known = self.series.get(&*self.store, series)?;
        let _turn = known.removal.lock().await;
        let range = ScanRange::prefix(prefix(series)).before(age_start(series, time));
        let limit = ScanLimit::entries(PAGE_ENTRIES);
        let page = self.store.scan(PartitionId::of(series), AGES, range, limit)?;
        if page.is_empty() {
            return Ok(false);
        }
        let mut removed = Vec::with_capacity(page.len());
        for (key, stored) in &page {
            removed.push((key, entry_key(series, place_of(key)?), decode_length(stored)?));
        }
        let committed = known.change(&*self.store, series, Durability::Relaxed, |batch, tally| {
            for (age_key, entry_key, payload_bytes) in removed {
                batch.delete(AGES, age_key);
                batch.delete(ENTRIES, entry_key);
                tally.remove(payload_bytes);
            }
        })?;
        committed.await.map(|()| true)
    }

    /// The names of the series that begin with a prefix, in no particular order: those with entries, and those that had some.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub fn series(&self, prefix: &[u8]) -> Result<Vec<Bytes>, StoreError> {
        let mut names = Vec::new();
        for partition in self.store.partitions() {
            let mut range = ScanRange::prefix(Bytes::copy_from_slice(prefix));
            loop {
                let limit = ScanLimit::entries(PAGE_ENTRIES);
                let page = self.store.scan(partition, TALLIES, range.clone(), limit)?;
                let Some((last, _)) = page.last() else {
                    break;
                };
                range = range.resume_after(last);
                names.extend(page.into_iter().map(|(name, _)| name));
            }
        }
        Ok(names)
    }

    /// Forgets a series that is empty and not in use; one that isn't stays. Its sequences may be given out again.
    ///
    /// # Errors
    ///
    /// If the store fails.
    pub async fn forget(&self, series: &[u8]) -> Result<(), StoreError> {
        if self.tally(series)?.entries > 0 || !self.series.take_out(series) {
            return Ok(());
        }
        let mut batch = Batch::new(PartitionId::of(series));
        batch.delete(TALLIES, series);
        commit(&*self.store, batch, Durability::Relaxed).await
    }
}

fn put_entry(
    batch: &mut Batch,
    tally: &mut Tally,
    series: &[u8],
    (place, kept_since): (Place, Timestamp),
    payload: &[u8],
) {
    let payload_bytes = payload.len() as u64;
    tally.add(payload_bytes);
    batch.put(ENTRIES, entry_key(series, place), encode_payload(payload));
    batch.put(
        AGES,
        age_key(series, kept_since, place),
        encode_length(payload_bytes),
    );
}
