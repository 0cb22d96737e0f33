//! One whole batch, and many of them one after the other.

use bytes::Bytes;

use crate::error::BatchError;
use crate::header::{Attributes, HEADER_BYTES, Header, NO_PRODUCER_ID, TimestampType, at};
use crate::record::Records;

/// Exactly one batch: its bytes, and what its header says. That these are right, [`Batch::verify`] finds out.
#[derive(Clone, Debug)]
pub struct Batch {
    header: Header,
    bytes: Bytes,
}

impl Batch {
    /// The batch that `bytes` are.
    ///
    /// # Errors
    ///
    /// As [`Header::parse`], and where the bytes end before the batch does or go on after it.
    pub fn parse(mut bytes: Bytes) -> Result<Batch, BatchError> {
        let batch = Batch::take(&mut bytes)?;
        if bytes.is_empty() {
            Ok(batch)
        } else {
            Err(BatchError::Excess {
                excess_bytes: bytes.len(),
            })
        }
    }

    /// Takes the batch at the start of `bytes` off them.
    fn take(bytes: &mut Bytes) -> Result<Batch, BatchError> {
        let header = Header::parse(bytes)?;
        if bytes.len() < header.total_bytes() {
            return Err(BatchError::Truncated {
                needed_bytes: header.total_bytes(),
                available_bytes: bytes.len(),
            });
        }
        Ok(Batch {
            header,
            bytes: bytes.split_to(header.total_bytes()),
        })
    }

    /// What the batch says about itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The whole batch, as it is on disk and on the wire.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The records as they stand after the header, compressed if the batch is.
    pub(crate) fn payload(&self) -> Bytes {
        self.bytes.slice(HEADER_BYTES..)
    }

    /// Whether the bytes are those that were sent or written: the checksum is right and the compression exists. That version,
    /// offsets and counts go together is known since the header was parsed. Records aren't looked at.
    ///
    /// # Errors
    ///
    /// They are not.
    pub fn verify(&self) -> Result<(), BatchError> {
        let computed = checksum(&self.bytes);
        if computed != self.header.crc {
            return Err(BatchError::Checksum {
                stored: self.header.crc,
                computed,
            });
        }
        self.header.attributes.compression().map(drop)
    }

    /// [`Batch::verify`], and what Kafka asks besides of a batch that comes from a producer: offsets from zero and without
    /// gaps, at least one record, a sequence where there is a producer id, no control records, and no claim to be the log's
    /// time.
    ///
    /// # Errors
    ///
    /// The batch is damaged, or no producer may send it.
    pub fn verify_from_client(&self) -> Result<(), BatchError> {
        self.verify()?;
        let header = &self.header;
        if header.base_offset != 0 {
            return Err(BatchError::ClientBaseOffset(header.base_offset));
        }
        if i64::from(header.record_count) != i64::from(header.last_offset_delta) + 1 {
            return Err(BatchError::InvalidRecordCount {
                record_count: header.record_count,
                last_offset_delta: header.last_offset_delta,
            });
        }
        if header.attributes.is_control() {
            return Err(BatchError::ClientControl);
        }
        if header.producer_id > NO_PRODUCER_ID && header.base_sequence < 0 {
            return Err(BatchError::ClientSequence(header.base_sequence));
        }
        if header.attributes.timestamp_type() == TimestampType::LogAppendTime {
            return Err(BatchError::ClientLogAppendTime);
        }
        Ok(())
    }

    /// The batch's records. Those of an uncompressed batch are slices of it. Those of a compressed one are slices of what is
    /// decompressed here, all at once, for which no more than twice `limit_bytes` is used, or thrice with Zstandard.
    ///
    /// # Errors
    ///
    /// They can't be decompressed, or would be larger than `limit_bytes`.
    pub fn records(&self, limit_bytes: usize) -> Result<Records, BatchError> {
        Records::of(self, limit_bytes)
    }
}

/// Takes consecutive batches apart, none of which is copied. What is no batch, and a batch that isn't there as a whole, is an
/// error, after which nothing more comes.
pub fn split(bytes: Bytes) -> impl Iterator<Item = Result<Batch, BatchError>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let batch = Batch::take(&mut rest);
        if batch.is_err() {
            rest.clear();
        }
        Some(batch)
    })
}

/// Gives a whole batch its place in a log. These fields are outside of the checksum.
///
/// # Panics
///
/// There is less than a header.
pub fn place(batch: &mut [u8], base_offset: i64, partition_leader_epoch: i32) {
    put(batch, at::BASE_OFFSET, base_offset.to_be_bytes());
    put(batch, at::LEADER_EPOCH, partition_leader_epoch.to_be_bytes());
}

/// Gives all records of a whole batch the log's time, and the batch a new checksum. Nothing is decompressed: it is the header
/// that has that time.
///
/// # Panics
///
/// There is less than a header.
pub fn stamp(batch: &mut [u8], log_append_time_milliseconds: i64) {
    let before = Attributes::from_bits(i16::from_be_bytes([
        batch[at::ATTRIBUTES],
        batch[at::ATTRIBUTES + 1],
    ]));
    let attributes = before.with_timestamp_type(TimestampType::LogAppendTime);
    put(batch, at::ATTRIBUTES, attributes.bits().to_be_bytes());
    put(
        batch,
        at::MAX_TIMESTAMP,
        log_append_time_milliseconds.to_be_bytes(),
    );
    seal(batch);
}

/// Writes the checksum of a whole batch into it.
pub(crate) fn seal(batch: &mut [u8]) {
    let computed = checksum(batch);
    put(batch, at::CRC, computed.to_be_bytes());
}

/// Writes a field of the header.
pub(crate) fn put<const BYTES: usize>(batch: &mut [u8], position: usize, field: [u8; BYTES]) {
    batch[position..position + BYTES].copy_from_slice(&field);
}

fn checksum(batch: &[u8]) -> u32 {
    crc32c::crc32c(&batch[at::ATTRIBUTES..])
}
