//! The record batch: Kafka's version 2, the unit in which records are kept, sent and received.
//!
//! A [`Batch`] is the bytes of exactly one batch and its parsed [`Header`]; [`split`] takes consecutive batches apart without
//! copying. What a broker has to write into a batch (offset and leader epoch, [`place`]) stands outside of the checksum, so a
//! batch goes from producers to disk and from disk to consumers as it is; [`stamp`] sets the log's own time, still without
//! decompressing. [`Batch::records`] reads the records, [`BatchBuilder`] makes batches, [`Batch::filter`] leaves records out of
//! one, as compaction does, and [`EndTransactionMarker`] is what ends a transaction in a log.
//!
//! The format is that of <https://kafka.apache.org/documentation/#recordbatch>, as KIP-98 introduced it.

mod batch;
mod builder;
mod compression;
mod error;
mod filter;
mod header;
mod lz4;
mod marker;
mod record;
mod snappy;
mod varint;

pub use batch::{Batch, place, split, stamp};
pub use builder::{BatchBuilder, LARGEST_RECORDS_BYTES};
pub use error::BatchError;
pub use filter::Filtered;
pub use header::{
    Attributes, Compression, HEADER_BYTES, Header, NO_PRODUCER_EPOCH, NO_PRODUCER_ID, NO_SEQUENCE,
    NO_TIMESTAMP, OVERHEAD_BYTES, TimestampType, UNKNOWN_LEADER_EPOCH,
};
pub use marker::{EndTransactionMarker, MarkerKind};
pub use record::{Record, RecordHeader, Records};
