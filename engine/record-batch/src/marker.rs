//! The markers that end transactions: batches with one control record, which the broker writes.

use bytes::{Buf, Bytes};

use crate::builder::BatchBuilder;
use crate::error::BatchError;
use crate::header::NO_SEQUENCE;
use crate::record::Record;

/// The version of key and value.
const VERSION: i16 = 0;

const ABORT: i16 = 0;
const COMMIT: i16 = 1;

/// How a producer's transaction ended in this log (KIP-98).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndTransactionMarker {
    /// How it ended.
    pub kind: MarkerKind,
    /// The epoch of the coordinator that ended it: one with an earlier epoch is one no longer.
    pub coordinator_epoch: i32,
}

/// How a transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MarkerKind {
    /// What it wrote is valid.
    Commit,
    /// What it wrote is void.
    Abort,
}

impl EndTransactionMarker {
    /// The control batch that ends the transaction of a producer. The time is in milliseconds since 1970.
    pub fn encode(&self, producer_id: i64, producer_epoch: i16, timestamp: i64, base_offset: i64) -> Bytes {
        let kind = match self.kind {
            MarkerKind::Abort => ABORT,
            MarkerKind::Commit => COMMIT,
        };
        let key = [VERSION.to_be_bytes(), kind.to_be_bytes()].concat();
        let value = [&VERSION.to_be_bytes()[..], &self.coordinator_epoch.to_be_bytes()].concat();
        let mut builder = BatchBuilder::new()
            .producer(producer_id, producer_epoch, NO_SEQUENCE)
            .transactional()
            .control();
        builder
            .push(timestamp, Some(&key), Some(&value), &[])
            .expect("a marker is small and the first record");
        builder.build(base_offset)
    }

    /// Reads a record of a control batch. None is a control record of another kind. Later versions are read as far as this one
    /// goes.
    ///
    /// # Errors
    ///
    /// It is no control record.
    pub fn decode(record: &Record) -> Result<Option<Self>, BatchError> {
        let malformed = BatchError::InvalidControlRecord;
        let mut key = record.key.as_deref().unwrap_or_default();
        let (Ok(VERSION..), Ok(kind)) = (key.try_get_i16(), key.try_get_i16()) else {
            return Err(malformed);
        };
        let kind = match kind {
            ABORT => MarkerKind::Abort,
            COMMIT => MarkerKind::Commit,
            _ => return Ok(None),
        };
        let mut value = record.value.as_deref().unwrap_or_default();
        match (value.try_get_i16(), value.try_get_i32()) {
            (Ok(VERSION..), Ok(coordinator_epoch)) => Ok(Some(EndTransactionMarker {
                kind,
                coordinator_epoch,
            })),
            _ => Err(malformed),
        }
    }
}
