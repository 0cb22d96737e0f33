//! What can be wrong with a batch.

use thiserror::Error;

use crate::header::Compression;

/// Why bytes are no batch, or not one that may be taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BatchError {
    /// The bytes end before the batch does: a torn write, or a message cut off.
    #[error("the batch ends after {available_bytes} of {needed_bytes} bytes")]
    Truncated {
        /// How many there would have to be at least.
        needed_bytes: usize,
        /// How many there are.
        available_bytes: usize,
    },
    /// There are bytes after the only batch that there may be.
    #[error("{excess_bytes} bytes follow the batch")]
    Excess {
        /// How many.
        excess_bytes: usize,
    },
    /// The length can't be that of a batch.
    #[error("a batch can't be {0} bytes long")]
    InvalidLength(i32),
    /// Another version of the format: 0 and 1 are the message sets before Kafka 0.11, which Kafka 4 doesn't take either
    /// (KIP-724).
    #[error("batches of version {0} are not supported, only those of version 2")]
    UnsupportedMagic(i8),
    /// The range of offsets is none: a negative one, or one past the largest offset.
    #[error("a batch can't begin at offset {base_offset} and end {last_offset_delta} later")]
    InvalidOffsets {
        /// The first offset.
        base_offset: i64,
        /// How much later the last one is.
        last_offset_delta: i32,
    },
    /// There can't be that many records in the range of offsets.
    #[error("{record_count} records don't go with offsets that end {last_offset_delta} after the first")]
    InvalidRecordCount {
        /// How many records the header says there are.
        record_count: i32,
        /// How much later than the first offset the last one is.
        last_offset_delta: i32,
    },
    /// The bytes are not those that the checksum was made of.
    #[error("the checksum is {computed:#010x} and not {stored:#010x}")]
    Checksum {
        /// What the batch says.
        stored: u32,
        /// What it is.
        computed: u32,
    },
    /// A compression that Kafka doesn't have.
    #[error("there is no compression {0}")]
    UnsupportedCompression(u8),
    /// What is compressed can't be decompressed.
    #[error("the records can't be decompressed ({compression:?}): {reason}")]
    Decompression {
        /// How they should be compressed.
        compression: Compression,
        /// What the decompressor says.
        reason: String,
    },
    /// Decompressed, the records are larger than the caller takes.
    #[error("the decompressed records are larger than {limit_bytes} bytes")]
    LimitExceeded {
        /// What the caller takes.
        limit_bytes: usize,
    },
    /// A record doesn't follow the format.
    #[error("record {index} is malformed: {reason}")]
    InvalidRecord {
        /// Which record of the batch, counted from zero.
        index: i32,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A record's offset is not after that of the one before, or not in the batch's range.
    #[error("offset delta {offset_delta} is out of order or out of range")]
    OffsetOutOfOrder {
        /// The record's offset, counted from the batch's first.
        offset_delta: i32,
    },
    /// There are bytes after the last record.
    #[error("{excess_bytes} bytes follow the last record")]
    ExcessRecords {
        /// How many.
        excess_bytes: usize,
    },
    /// A batch can't become that large.
    #[error(
        "a batch can't hold more than {} bytes of records",
        crate::LARGEST_RECORDS_BYTES
    )]
    TooLarge,
    /// The record of a control batch can't be read.
    #[error("the control record is malformed")]
    InvalidControlRecord,
    /// Producers count offsets from zero; it is the log that knows where a batch will stand.
    #[error("a producer's batch has to begin at offset 0 and not {0}")]
    ClientBaseOffset(i64),
    /// Control records are the broker's.
    #[error("producers can't write control records")]
    ClientControl,
    /// A producer with an id numbers what it sends.
    #[error("sequence {0} of a producer with an id")]
    ClientSequence(i32),
    /// The log's time is the broker's to set.
    #[error("producers can't set the time of the log")]
    ClientLogAppendTime,
}
