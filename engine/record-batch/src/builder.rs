//! Making batches.

use bytes::Bytes;

use crate::batch::{put, seal};
use crate::compression::compress;
use crate::error::BatchError;
use crate::header::{
    Attributes, Compression, HEADER_BYTES, Header, MAGIC, NO_PRODUCER_EPOCH, NO_PRODUCER_ID, NO_SEQUENCE,
    NO_TIMESTAMP, OVERHEAD_BYTES, TimestampType, UNKNOWN_LEADER_EPOCH, at,
};
use crate::varint;

/// The most bytes of records that a batch is made with, before compression: what doesn't compress grows a little and has still
/// to be counted by an `i32`.
pub const LARGEST_RECORDS_BYTES: usize = 1 << 30;

/// A batch in the making. Records go in one after the other; what [`BatchBuilder::build`] makes is whole and has its checksum.
#[derive(Clone, Debug)]
pub struct BatchBuilder {
    /// Room for the header, then the records.
    bytes: Vec<u8>,
    partition_leader_epoch: i32,
    attributes: Attributes,
    base_timestamp: Option<i64>,
    latest_timestamp: i64,
    producer_id: i64,
    producer_epoch: i16,
    base_sequence: i32,
    last_offset_delta: Option<i32>,
    record_count: i32,
    replaced: Option<Header>,
}

impl Default for BatchBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl BatchBuilder {
    /// A batch without records, of no producer, uncompressed, with the time of whoever makes the records.
    pub fn new() -> Self {
        BatchBuilder {
            bytes: vec![0; HEADER_BYTES],
            partition_leader_epoch: UNKNOWN_LEADER_EPOCH,
            attributes: Attributes::default(),
            base_timestamp: None,
            latest_timestamp: NO_TIMESTAMP,
            producer_id: NO_PRODUCER_ID,
            producer_epoch: NO_PRODUCER_EPOCH,
            base_sequence: NO_SEQUENCE,
            last_offset_delta: None,
            record_count: 0,
            replaced: None,
        }
    }

    /// A batch to take another's place in the log, as compaction makes it: everything is as it was there, only that it has no
    /// records yet. It ends at the same offset and sequence, whatever it holds in the end. Without records it is a header that
    /// says how far its producer was: then it has the time of the other batch, and neither compression nor a delete horizon.
    pub fn in_place_of(header: &Header) -> Self {
        BatchBuilder {
            partition_leader_epoch: header.partition_leader_epoch,
            attributes: header.attributes,
            base_timestamp: Some(header.base_timestamp),
            producer_id: header.producer_id,
            producer_epoch: header.producer_epoch,
            base_sequence: header.base_sequence,
            replaced: Some(*header),
            ..Self::new()
        }
    }

    /// Whose batch it is: an idempotent producer, its epoch, and the sequence of the first record.
    #[must_use]
    pub fn producer(mut self, id: i64, epoch: i16, sequence: i32) -> Self {
        self.producer_id = id;
        self.producer_epoch = epoch;
        self.base_sequence = sequence;
        self
    }

    /// Makes it part of the producer's transaction.
    #[must_use]
    pub fn transactional(mut self) -> Self {
        self.attributes = self.attributes.with_transactional();
        self
    }

    /// Makes its records those of the broker.
    #[must_use]
    pub(crate) fn control(mut self) -> Self {
        self.attributes = self.attributes.with_control();
        self
    }

    /// How the records are to be compressed.
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> Self {
        self.attributes = self.attributes.with_compression(compression);
        self
    }

    /// Whose time the records have. With the log's, all of them have the latest that one is pushed with, or the one that
    /// [`stamp`](crate::stamp) writes.
    #[must_use]
    pub fn timestamp_type(mut self, timestamp_type: TimestampType) -> Self {
        self.attributes = self.attributes.with_timestamp_type(timestamp_type);
        self
    }

    /// From when on its tombstones and markers may be removed (KIP-534), in milliseconds since 1970. To be said before the first
    /// record, whose timestamp is counted from it.
    #[must_use]
    pub(crate) fn delete_horizon(mut self, milliseconds: i64) -> Self {
        self.attributes = self.attributes.with_delete_horizon(true);
        self.base_timestamp = Some(milliseconds);
        self
    }

    /// Adds a record at the next offset. Its timestamp is in milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// There is no room for it. Then nothing has changed.
    pub fn push(
        &mut self,
        timestamp: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[(&[u8], Option<&[u8]>)],
    ) -> Result<(), BatchError> {
        let offset_delta = match self.last_offset_delta {
            None => 0,
            Some(last) => last.checked_add(1).ok_or(BatchError::TooLarge)?,
        };
        self.push_at(offset_delta, timestamp, key, value, headers)
    }

    /// Adds a record so many offsets after the batch's first: later than the record before, and not later than the batch whose
    /// place this one takes ends.
    ///
    /// # Errors
    ///
    /// It is not, or there is no room for it. Then nothing has changed.
    pub fn push_at(
        &mut self,
        offset_delta: i32,
        timestamp: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[(&[u8], Option<&[u8]>)],
    ) -> Result<(), BatchError> {
        self.append(offset_delta, timestamp, key, value, headers.iter().copied())
    }

    pub(crate) fn append<'a>(
        &mut self,
        offset_delta: i32,
        timestamp: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: impl ExactSizeIterator<Item = (&'a [u8], Option<&'a [u8]>)> + Clone,
    ) -> Result<(), BatchError> {
        let least = self.last_offset_delta.map_or(0, |last| i64::from(last) + 1);
        let most = self.replaced.map_or(i32::MAX, |header| header.last_offset_delta);
        if i64::from(offset_delta) < least || offset_delta > most {
            return Err(BatchError::OffsetOutOfOrder { offset_delta });
        }
        let base_timestamp = self.base_timestamp.unwrap_or(timestamp);
        // Wraps around for times that are further apart than any, and around again when it is read.
        let timestamp_delta = timestamp.wrapping_sub(base_timestamp);
        let fields = [key, value].into_iter();
        let headers_bytes: usize = headers
            .clone()
            .map(|(key, value)| field_bytes(Some(key)) + field_bytes(value))
            .sum();
        let record_bytes = 1
            + varint::encoded_bytes(timestamp_delta)
            + varint::encoded_bytes(i64::from(offset_delta))
            + fields.clone().map(field_bytes).sum::<usize>()
            + varint::encoded_bytes(headers.len() as i64)
            + headers_bytes;
        let longest = LARGEST_RECORDS_BYTES - (self.bytes.len() - HEADER_BYTES);
        if record_bytes.saturating_add(varint::encoded_bytes(record_bytes as i64)) > longest {
            return Err(BatchError::TooLarge);
        }

        varint::put_long(&mut self.bytes, record_bytes as i64);
        self.bytes.push(0);
        varint::put_long(&mut self.bytes, timestamp_delta);
        varint::put_int(&mut self.bytes, offset_delta);
        for field in fields {
            self.put_field(field);
        }
        varint::put_long(&mut self.bytes, headers.len() as i64);
        for (key, value) in headers {
            self.put_field(Some(key));
            self.put_field(value);
        }
        self.base_timestamp = Some(base_timestamp);
        self.latest_timestamp = match self.record_count {
            0 => timestamp,
            _ => self.latest_timestamp.max(timestamp),
        };
        self.last_offset_delta = Some(offset_delta);
        self.record_count += 1;
        Ok(())
    }

    fn put_field(&mut self, field: Option<&[u8]>) {
        match field {
            None => varint::put_int(&mut self.bytes, -1),
            Some(field) => {
                varint::put_long(&mut self.bytes, field.len() as i64);
                self.bytes.extend_from_slice(field);
            }
        }
    }

    /// How many bytes the batch has so far, header included, without compression.
    pub fn byte_count(&self) -> usize {
        self.bytes.len()
    }

    /// How many records it has so far.
    pub fn record_count(&self) -> i32 {
        self.record_count
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.record_count == 0
    }

    /// The whole batch, beginning at an offset that isn't negative. One without records that takes no other's place still takes
    /// one offset.
    pub fn build(mut self, base_offset: i64) -> Bytes {
        if self.is_empty() {
            self.attributes = self
                .attributes
                .with_compression(Compression::None)
                .with_delete_horizon(false);
            self.base_timestamp = None;
        }
        // The batch whose place this one takes may say of itself what doesn't exist.
        let compression = self.attributes.compression().unwrap_or_default();
        self.attributes = self.attributes.with_compression(compression);
        let mut bytes = match compression {
            Compression::None => std::mem::take(&mut self.bytes),
            compression => {
                let compressed = compress(compression, &self.bytes[HEADER_BYTES..]);
                [&[0; HEADER_BYTES][..], &compressed].concat()
            }
        };
        self.write_header(&mut bytes, base_offset);
        seal(&mut bytes);
        bytes.into()
    }

    fn write_header(&self, batch: &mut [u8], base_offset: i64) {
        let max_timestamp = match self.replaced {
            Some(header) if self.is_empty() || has_time_of_log(header) => header.max_timestamp,
            _ => self.latest_timestamp,
        };
        let last_offset_delta = match self.replaced {
            Some(header) => header.last_offset_delta,
            None => self.last_offset_delta.unwrap_or(0),
        };
        let length = (batch.len() - OVERHEAD_BYTES) as i32;
        put(batch, at::BASE_OFFSET, base_offset.to_be_bytes());
        put(batch, at::LENGTH, length.to_be_bytes());
        put(batch, at::LEADER_EPOCH, self.partition_leader_epoch.to_be_bytes());
        put(batch, at::MAGIC, MAGIC.to_be_bytes());
        put(batch, at::ATTRIBUTES, self.attributes.bits().to_be_bytes());
        put(batch, at::LAST_OFFSET_DELTA, last_offset_delta.to_be_bytes());
        put(
            batch,
            at::BASE_TIMESTAMP,
            self.base_timestamp.unwrap_or(NO_TIMESTAMP).to_be_bytes(),
        );
        put(batch, at::MAX_TIMESTAMP, max_timestamp.to_be_bytes());
        put(batch, at::PRODUCER_ID, self.producer_id.to_be_bytes());
        put(batch, at::PRODUCER_EPOCH, self.producer_epoch.to_be_bytes());
        put(batch, at::BASE_SEQUENCE, self.base_sequence.to_be_bytes());
        put(batch, at::RECORD_COUNT, self.record_count.to_be_bytes());
    }
}

fn has_time_of_log(header: Header) -> bool {
    header.attributes.timestamp_type() == TimestampType::LogAppendTime
}

/// What a field takes, its length included.
fn field_bytes(field: Option<&[u8]>) -> usize {
    match field {
        None => varint::encoded_bytes(-1),
        Some(field) => varint::encoded_bytes(field.len() as i64) + field.len(),
    }
}
