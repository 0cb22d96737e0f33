//! The header of a batch: 61 bytes in front of the records.

use bytes::Buf;
use serde::{Deserialize, Serialize};

use crate::error::BatchError;

/// The bytes in front of the records.
pub const HEADER_BYTES: usize = 61;

/// The bytes that a batch's length doesn't count: the offset and the length itself.
pub const OVERHEAD_BYTES: usize = 12;

/// The timestamp of a record without one.
pub const NO_TIMESTAMP: i64 = -1;

/// The producer id of a batch that isn't idempotent.
pub const NO_PRODUCER_ID: i64 = -1;

/// The producer epoch of a batch that isn't idempotent.
pub const NO_PRODUCER_EPOCH: i16 = -1;

/// The sequence of a batch that isn't idempotent, and of markers.
pub const NO_SEQUENCE: i32 = -1;

/// The leader epoch of a batch that no log has placed yet.
pub const UNKNOWN_LEADER_EPOCH: i32 = -1;

/// The only version of the format that is supported.
pub(crate) const MAGIC: i8 = 2;

/// Where the fields stand.
pub(crate) mod at {
    pub(crate) const BASE_OFFSET: usize = 0;
    pub(crate) const LENGTH: usize = 8;
    pub(crate) const LEADER_EPOCH: usize = 12;
    pub(crate) const MAGIC: usize = 16;
    pub(crate) const CRC: usize = 17;
    /// From here to the batch's end, everything counts for the checksum.
    pub(crate) const ATTRIBUTES: usize = 21;
    pub(crate) const LAST_OFFSET_DELTA: usize = 23;
    pub(crate) const BASE_TIMESTAMP: usize = 27;
    pub(crate) const MAX_TIMESTAMP: usize = 35;
    pub(crate) const PRODUCER_ID: usize = 43;
    pub(crate) const PRODUCER_EPOCH: usize = 51;
    pub(crate) const BASE_SEQUENCE: usize = 53;
    pub(crate) const RECORD_COUNT: usize = 57;
}

/// What a batch says about itself before its records. Times are milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The offset of the first record; records that compaction left out keep theirs, so it may be of none that is still there.
    pub base_offset: i64,
    /// How many bytes follow this field: [`OVERHEAD_BYTES`] fewer than the batch has.
    pub batch_length: i32,
    /// The epoch of the leader that placed the batch, or [`UNKNOWN_LEADER_EPOCH`].
    pub partition_leader_epoch: i32,
    /// CRC-32C of everything after it.
    pub crc: u32,
    /// Compression, the meaning of timestamps, and what kind of batch it is.
    pub attributes: Attributes,
    /// How much later than the first offset the last one is. It is also how much later the last sequence is than the first.
    pub last_offset_delta: i32,
    /// What the records' timestamps are counted from; in a batch with a delete horizon, that horizon.
    pub base_timestamp: i64,
    /// The latest timestamp, or the log's time with [`TimestampType::LogAppendTime`].
    pub max_timestamp: i64,
    /// Whose batch it is, or [`NO_PRODUCER_ID`].
    pub producer_id: i64,
    /// The producer's epoch, or [`NO_PRODUCER_EPOCH`].
    pub producer_epoch: i16,
    /// The producer's sequence of the first record, or [`NO_SEQUENCE`].
    pub base_sequence: i32,
    /// How many records there are; after compaction, it may be none.
    pub record_count: i32,
}

impl Header {
    /// Reads the header at the start of `bytes`, which needn't have the rest of the batch. The checksum isn't looked at.
    ///
    /// # Errors
    ///
    /// There are fewer than [`HEADER_BYTES`], it is of another version, or lengths, offsets and counts are impossible.
    pub fn parse(bytes: &[u8]) -> Result<Header, BatchError> {
        // The magic byte stands at the same place in all versions, and old messages can be shorter than our header.
        if let Some(&magic) = bytes.get(at::MAGIC)
            && magic.cast_signed() != MAGIC
        {
            return Err(BatchError::UnsupportedMagic(magic.cast_signed()));
        }
        let Some(mut fields) = bytes.get(..HEADER_BYTES) else {
            return Err(BatchError::Truncated {
                needed_bytes: HEADER_BYTES,
                available_bytes: bytes.len(),
            });
        };
        let base_offset = fields.get_i64();
        let batch_length = fields.get_i32();
        let partition_leader_epoch = fields.get_i32();
        fields.advance(1);
        let header = Header {
            base_offset,
            batch_length,
            partition_leader_epoch,
            crc: fields.get_u32(),
            attributes: Attributes(fields.get_i16()),
            last_offset_delta: fields.get_i32(),
            base_timestamp: fields.get_i64(),
            max_timestamp: fields.get_i64(),
            producer_id: fields.get_i64(),
            producer_epoch: fields.get_i16(),
            base_sequence: fields.get_i32(),
            record_count: fields.get_i32(),
        };
        header.check()?;
        Ok(header)
    }

    /// What the other methods rely on.
    fn check(&self) -> Result<(), BatchError> {
        if self.batch_length < (HEADER_BYTES - OVERHEAD_BYTES) as i32 {
            return Err(BatchError::InvalidLength(self.batch_length));
        }
        let offsets = i64::from(self.last_offset_delta) + 1;
        if self.base_offset < 0 || offsets < 1 || self.base_offset.checked_add(offsets).is_none() {
            return Err(BatchError::InvalidOffsets {
                base_offset: self.base_offset,
                last_offset_delta: self.last_offset_delta,
            });
        }
        if self.record_count < 0 || i64::from(self.record_count) > offsets {
            return Err(BatchError::InvalidRecordCount {
                record_count: self.record_count,
                last_offset_delta: self.last_offset_delta,
            });
        }
        Ok(())
    }

    /// The offset of the last record, or of the last that there was before compaction.
    pub fn last_offset(&self) -> i64 {
        self.base_offset + i64::from(self.last_offset_delta)
    }

    /// The offset after the batch.
    pub fn next_offset(&self) -> i64 {
        self.last_offset() + 1
    }

    /// The bytes of the whole batch, header included.
    pub fn total_bytes(&self) -> usize {
        OVERHEAD_BYTES + self.batch_length as usize
    }

    /// The producer's sequence of the last record, or [`NO_SEQUENCE`]. Sequences go on at zero after the largest `i32`.
    pub fn last_sequence(&self) -> i32 {
        if self.base_sequence == NO_SEQUENCE {
            return NO_SEQUENCE;
        }
        self.base_sequence.wrapping_add(self.last_offset_delta) & i32::MAX
    }
}

/// The bits that say what kind of batch it is. Those without a meaning are kept as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attributes(i16);

const COMPRESSION: i16 = 0b111;
const LOG_APPEND_TIME: i16 = 1 << 3;
const TRANSACTIONAL: i16 = 1 << 4;
const CONTROL: i16 = 1 << 5;
const DELETE_HORIZON: i16 = 1 << 6;

impl Attributes {
    /// The attributes as a header has them.
    pub fn from_bits(bits: i16) -> Self {
        Attributes(bits)
    }

    /// As they stand in a header.
    pub fn bits(self) -> i16 {
        self.0
    }

    /// How the records are compressed.
    ///
    /// # Errors
    ///
    /// In a way that doesn't exist.
    pub fn compression(self) -> Result<Compression, BatchError> {
        match self.0 & COMPRESSION {
            0 => Ok(Compression::None),
            1 => Ok(Compression::Gzip),
            2 => Ok(Compression::Snappy),
            3 => Ok(Compression::Lz4),
            4 => Ok(Compression::Zstd),
            other => Err(BatchError::UnsupportedCompression(other as u8)),
        }
    }

    /// Whose time the records have.
    pub fn timestamp_type(self) -> TimestampType {
        if self.0 & LOG_APPEND_TIME == 0 {
            TimestampType::CreateTime
        } else {
            TimestampType::LogAppendTime
        }
    }

    /// Whether the batch belongs to a transaction.
    pub fn is_transactional(self) -> bool {
        self.0 & TRANSACTIONAL != 0
    }

    /// Whether its records are for brokers and clients, and not for applications.
    pub fn is_control(self) -> bool {
        self.0 & CONTROL != 0
    }

    /// Whether the base timestamp is the time from which tombstones and markers may be removed (KIP-534).
    pub fn has_delete_horizon(self) -> bool {
        self.0 & DELETE_HORIZON != 0
    }

    pub(crate) fn with_compression(self, compression: Compression) -> Self {
        Attributes((self.0 & !COMPRESSION) | compression as i16)
    }

    pub(crate) fn with_timestamp_type(self, timestamp_type: TimestampType) -> Self {
        self.with(LOG_APPEND_TIME, timestamp_type == TimestampType::LogAppendTime)
    }

    pub(crate) fn with_transactional(self) -> Self {
        self.with(TRANSACTIONAL, true)
    }

    pub(crate) fn with_control(self) -> Self {
        self.with(CONTROL, true)
    }

    pub(crate) fn with_delete_horizon(self, has_one: bool) -> Self {
        self.with(DELETE_HORIZON, has_one)
    }

    fn with(self, bit: i16, set: bool) -> Self {
        Attributes(if set { self.0 | bit } else { self.0 & !bit })
    }
}

/// How the records of a batch are compressed, all together. The numbers are those of the format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Compression {
    /// They are not.
    #[default]
    None = 0,
    /// RFC 1952.
    Gzip = 1,
    /// Snappy, in the framing of snappy-java or in none.
    Snappy = 2,
    /// LZ4's frame format.
    Lz4 = 3,
    /// RFC 8878 (KIP-110).
    Zstd = 4,
}

/// Whose time the records of a batch have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TimestampType {
    /// The producer's, of each record.
    #[default]
    CreateTime,
    /// The log's when it took the batch: the same for all records.
    LogAppendTime,
}
