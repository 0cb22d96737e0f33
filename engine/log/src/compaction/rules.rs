//! What of a batch stays, as Kafka's `LogCleaner` decides it.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use ninefold_record_batch::{Batch, BatchError, EndTransactionMarker, Filtered, Header, Record};

use super::keys::LatestOffsets;
use crate::AbortedTransaction;
use crate::lookup::DECOMPRESSED_BYTES;
use crate::progress::LastBatch;

/// What is decided by, in one round.
pub(super) struct Rules {
    /// Of the records that were not compacted before.
    pub(super) latest: LatestOffsets,
    /// Up to where they are in there.
    pub(super) mapped_end_offset: i64,
    pub(super) aborted: Aborted,
    pub(super) last_batches: HashMap<i64, LastBatch>,
    pub(super) now_milliseconds: i64,
    /// From when on what is found superfluous now but for being a deletion or a marker may go.
    pub(super) delete_horizon_milliseconds: i64,
}

/// Whose transactions have batches that were looked at, and no marker yet.
pub(super) type Observed = HashSet<i64>;

/// The aborted transactions by producer, in their order.
pub(super) struct Aborted(HashMap<i64, Vec<AbortedTransaction>>);

/// What becomes of a batch.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) left: Left,
    /// Whether it was a marker and is none any more.
    pub(super) loses_marker: bool,
}

/// What is left of a batch.
#[derive(Debug)]
pub(super) enum Left {
    Everything,
    Some(Bytes),
    Nothing,
}

impl Aborted {
    pub(super) fn new(transactions: &[AbortedTransaction]) -> Self {
        let mut of_producers: HashMap<i64, Vec<AbortedTransaction>> = HashMap::new();
        for transaction in transactions {
            let of_producer = of_producers.entry(transaction.producer_id).or_default();
            of_producer.push(*transaction);
        }
        Aborted(of_producers)
    }

    /// Whether a batch belongs to one.
    pub(super) fn has(&self, batch: &Header) -> bool {
        let attributes = batch.attributes;
        if !attributes.is_transactional() || attributes.is_control() {
            return false;
        }
        let of_producer = self.0.get(&batch.producer_id).map_or(&[][..], Vec::as_slice);
        let ended_before =
            of_producer.partition_point(|transaction| transaction.marker_offset < batch.base_offset);
        of_producer
            .get(ended_before)
            .is_some_and(|transaction| transaction.first_offset <= batch.base_offset)
    }
}

impl Rules {
    /// What becomes of a batch; those before it of the same transaction were asked for before.
    pub(super) fn judge(&self, batch: &Batch, observed: &mut Observed) -> Result<Verdict, BatchError> {
        let header = batch.header();
        if header.attributes.is_control() {
            return self.judge_marker(batch, observed);
        }
        if header.attributes.is_transactional() {
            observed.insert(header.producer_id);
        }
        let left = if self.aborted.has(header) {
            self.without_records(batch)
        } else if header.base_offset >= self.mapped_end_offset {
            Left::Everything
        } else {
            self.latest_of(batch)?
        };
        Ok(Verdict {
            left,
            loses_marker: false,
        })
    }

    /// A marker stays until nothing of its transaction is left, and then for the time that deletions stay for.
    fn judge_marker(&self, batch: &Batch, observed: &mut Observed) -> Result<Verdict, BatchError> {
        let header = batch.header();
        let Some(record) = batch.records(DECOMPRESSED_BYTES)?.next().transpose()? else {
            return Ok(Verdict {
                left: self.without_records(batch),
                loses_marker: false,
            });
        };
        let ends_nothing =
            EndTransactionMarker::decode(&record)?.is_some() && !observed.remove(&header.producer_id);
        let left = if ends_nothing && self.is_past_horizon(header) {
            self.without_records(batch)
        } else if ends_nothing {
            self.with_horizon(batch, |_| true)?
        } else {
            Left::Everything
        };
        Ok(Verdict {
            loses_marker: ends_nothing && self.is_past_horizon(header),
            left,
        })
    }

    /// The records that are the latest of their keys.
    fn latest_of(&self, batch: &Batch) -> Result<Left, BatchError> {
        let is_past_horizon = self.is_past_horizon(batch.header());
        let stays = |record: &Record| {
            let Some(key) = &record.key else {
                // It came before the partition was compacted.
                return false;
            };
            let is_latest = self
                .latest
                .latest(key)
                .is_none_or(|latest| record.offset >= latest);
            is_latest && (record.value.is_some() || !is_past_horizon)
        };
        let mut has_deletion = false;
        let filtered = batch.filter(DECOMPRESSED_BYTES, None, |record| {
            let stays = stays(record);
            has_deletion |= stays && record.value.is_none();
            stays
        })?;
        match filtered {
            Filtered::Nothing => Ok(self.without_records(batch)),
            _ if has_deletion && !batch.header().attributes.has_delete_horizon() => {
                self.with_horizon(batch, stays)
            }
            Filtered::Everything => Ok(Left::Everything),
            Filtered::Some(batch) => Ok(Left::Some(batch.bytes().clone())),
        }
    }

    fn with_horizon(&self, batch: &Batch, stays: impl Fn(&Record) -> bool) -> Result<Left, BatchError> {
        let horizon = Some(self.delete_horizon_milliseconds);
        Ok(match batch.filter(DECOMPRESSED_BYTES, horizon, stays)? {
            Filtered::Everything => Left::Everything,
            Filtered::Some(batch) => Left::Some(batch.bytes().clone()),
            Filtered::Nothing => self.without_records(batch),
        })
    }

    /// What is left when no record is: something only if it says how far its producer is.
    fn without_records(&self, batch: &Batch) -> Left {
        if !self.is_last_of_producer(batch.header()) {
            Left::Nothing
        } else if batch.header().record_count == 0 {
            Left::Everything
        } else {
            Left::Some(batch.emptied())
        }
    }

    fn is_last_of_producer(&self, batch: &Header) -> bool {
        match self.last_batches.get(&batch.producer_id) {
            Some(LastBatch::Records { last_offset }) => batch.last_offset() == *last_offset,
            Some(LastBatch::Marker { producer_epoch }) => {
                batch.attributes.is_control() && batch.producer_epoch == *producer_epoch
            }
            None => false,
        }
    }

    fn is_past_horizon(&self, batch: &Header) -> bool {
        batch.attributes.has_delete_horizon() && batch.base_timestamp <= self.now_milliseconds
    }
}
