//! How much a series has: kept exactly, in the same batches as what it counts.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use ninefold_store::{Batch, Durability, PartitionId, Store, StoreError};
use parking_lot::Mutex;
use tokio::sync::oneshot;

use crate::stored::{TALLIES, decode_tally, encode_tally};

/// How much a series has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many entries.
    pub entries: u64,
    /// Their payloads together, in bytes.
    pub bytes: u64,
    /// The sequence of the entry that is appended next; never given out again.
    pub(crate) next_sequence: u64,
}

impl Tally {
    pub(crate) fn add(&mut self, payload_bytes: u64) {
        self.entries += 1;
        self.bytes += payload_bytes;
    }

    pub(crate) fn remove(&mut self, payload_bytes: u64) {
        self.entries = self.entries.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(payload_bytes);
    }

    pub(crate) fn take_sequence(&mut self) -> u64 {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        sequence
    }
}

/// A series that was used since the archive was opened.
#[derive(Default)]
pub(crate) struct Series {
    /// With everything that was submitted.
    tally: Mutex<Tally>,
    /// Held while entries are looked for and removed, so that none is counted off twice.
    pub(crate) removal: tokio::sync::Mutex<()>,
}

impl Series {
    pub(crate) fn tally(&self) -> Tally {
        *self.tally.lock()
    }

    /// Submits what `change` puts into a batch, together with the tally that it leaves. Changes of a series are submitted in the
    /// order of their tallies, so that the one stored last is right.
    ///
    /// # Errors
    ///
    /// If the batch is refused: then nothing has changed.
    pub(crate) fn change<C: FnOnce(&mut Batch, &mut Tally)>(
        &self,
        store: &dyn Store,
        name: &[u8],
        durability: Durability,
        change: C,
    ) -> Result<impl Future<Output = Result<(), StoreError>> + Send + use<C>, StoreError> {
        let mut tally = self.tally.lock();
        let mut next = *tally;
        let mut batch = Batch::new(PartitionId::of(name));
        change(&mut batch, &mut next);
        batch.put_coalesced(TALLIES, name, encode_tally(&next));
        let (sender, mut receiver) = oneshot::channel();
        let completion = move |outcome| drop(sender.send(outcome));
        store.submit(batch, durability, Box::new(completion));
        // A batch that is refused is so at once, and counts for nothing. One that fails later fails with all that come after it.
        let at_once = match receiver.try_recv() {
            Ok(outcome) => Some(outcome?),
            Err(oneshot::error::TryRecvError::Empty) => None,
            Err(oneshot::error::TryRecvError::Closed) => return Err(StoreError::Closed),
        };
        *tally = next;
        Ok(async move {
            match at_once {
                Some(()) => Ok(()),
                None => receiver.await.unwrap_or(Err(StoreError::Closed)),
            }
        })
    }
}

/// The series that were used since the archive was opened.
#[derive(Default)]
pub(crate) struct AllSeries(Mutex<HashMap<Bytes, Arc<Series>>>);

impl AllSeries {
    /// The series of a name; its tally is read when it is used for the first time.
    pub(crate) fn get(&self, store: &dyn Store, name: &[u8]) -> Result<Arc<Series>, StoreError> {
        let mut known = self.0.lock();
        if let Some(series) = known.get(name) {
            return Ok(Arc::clone(series));
        }
        let tally = match store.get(PartitionId::of(name), TALLIES, name)? {
            Some(stored) => decode_tally(&stored)?,
            None => Tally::default(),
        };
        let series = Arc::new(Series {
            tally: Mutex::new(tally),
            ..Series::default()
        });
        known.insert(Bytes::copy_from_slice(name), Arc::clone(&series));
        Ok(series)
    }

    /// Takes out a series that is empty and that nobody else holds; says whether it did.
    pub(crate) fn take_out(&self, name: &[u8]) -> bool {
        let mut known = self.0.lock();
        let is_free = |series: &Arc<Series>| Arc::strong_count(series) == 1 && series.tally().entries == 0;
        let is_empty = known.get(name).is_none_or(is_free);
        if is_empty {
            known.remove(name);
        }
        is_empty
    }
}
