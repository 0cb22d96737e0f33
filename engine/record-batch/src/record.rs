//! Reading the records of a batch.

use bytes::Bytes;

use crate::batch::Batch;
use crate::compression::decompress;
use crate::error::BatchError;
use crate::header::TimestampType;
use crate::varint;

/// One record, whose bytes are slices of the batch or of what it was decompressed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Where it stands in the log.
    pub offset: i64,
    /// When it was made, or when the log took it, as the batch says: milliseconds since 1970, or -1.
    pub timestamp: i64,
    /// What it is about.
    pub key: Option<Bytes>,
    /// What it says. None is a tombstone, where logs are compacted.
    pub value: Option<Bytes>,
    /// What else producers say, in their order. Names may occur again.
    pub headers: Vec<RecordHeader>,
}

/// A header of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordHeader {
    /// Its name: UTF-8, says the format, which nobody makes sure of.
    pub key: Bytes,
    /// Its value.
    pub value: Option<Bytes>,
}

/// The records of a batch, in their order. After an error nothing more comes. A record that is all headers takes some thirty
/// times its bytes of memory; one is read at a time.
#[derive(Clone, Debug)]
pub struct Records {
    payload: Bytes,
    position: usize,
    base_offset: i64,
    base_timestamp: i64,
    log_append_time: Option<i64>,
    last_offset_delta: i32,
    previous_offset_delta: i32,
    count: i32,
    next: i32,
}

impl Records {
    pub(crate) fn of(batch: &Batch, limit_bytes: usize) -> Result<Records, BatchError> {
        let header = batch.header();
        let payload = match header.attributes.compression()? {
            // What compaction has emptied has nothing to decompress, whatever it says.
            _ if header.record_count == 0 => Bytes::new(),
            compression => decompress(compression, batch.payload(), limit_bytes)?,
        };
        Ok(Records {
            payload,
            position: 0,
            base_offset: header.base_offset,
            base_timestamp: header.base_timestamp,
            log_append_time: match header.attributes.timestamp_type() {
                TimestampType::CreateTime => None,
                TimestampType::LogAppendTime => Some(header.max_timestamp),
            },
            last_offset_delta: header.last_offset_delta,
            previous_offset_delta: -1,
            count: header.record_count,
            next: 0,
        })
    }

    /// The next record.
    fn read(&mut self) -> Result<Record, BatchError> {
        let index = self.next;
        let malformed = |reason| BatchError::InvalidRecord { index, reason };
        let left = &self.payload[self.position..];
        let (length, taken) = varint::int(left).ok_or(malformed("no length"))?;
        let end = usize::try_from(length)
            .ok()
            .and_then(|length| taken.checked_add(length))
            .filter(|&end| end <= left.len())
            .ok_or(malformed("it is longer than the batch"))?;
        let fields = Fields {
            payload: &self.payload,
            position: self.position + taken,
            end: self.position + end,
        };
        let (offset_delta, record) = self.record(fields).map_err(malformed)?;
        if offset_delta <= self.previous_offset_delta || offset_delta > self.last_offset_delta {
            return Err(BatchError::OffsetOutOfOrder { offset_delta });
        }
        self.previous_offset_delta = offset_delta;
        self.position += end;
        Ok(record)
    }

    /// The record that has these fields, and its offset delta.
    fn record(&self, mut fields: Fields<'_>) -> Result<(i32, Record), &'static str> {
        // The record's attributes have no meaning yet.
        fields.skip_byte()?;
        let timestamp_delta = fields.long()?;
        let offset_delta = fields.int()?;
        let record = Record {
            // An offset delta out of range is found by the caller, who knows which one would be in order.
            offset: self.base_offset.wrapping_add(i64::from(offset_delta)),
            timestamp: (self.log_append_time)
                .unwrap_or_else(|| self.base_timestamp.wrapping_add(timestamp_delta)),
            key: fields.bytes()?,
            value: fields.bytes()?,
            headers: fields.headers()?,
        };
        if fields.left().is_empty() {
            Ok((offset_delta, record))
        } else {
            Err("it is shorter than its length")
        }
    }
}

impl Iterator for Records {
    type Item = Result<Record, BatchError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next < self.count {
            let record = self.read();
            self.next += 1;
            if record.is_err() {
                self.next = self.count;
                self.position = self.payload.len();
            }
            return Some(record);
        }
        let excess_bytes = self.payload.len() - self.position;
        self.position = self.payload.len();
        (excess_bytes > 0).then_some(Err(BatchError::ExcessRecords { excess_bytes }))
    }
}

/// The fields of a record, one after the other.
struct Fields<'a> {
    payload: &'a Bytes,
    position: usize,
    end: usize,
}

impl Fields<'_> {
    fn left(&self) -> &[u8] {
        &self.payload[self.position..self.end]
    }

    fn skip_byte(&mut self) -> Result<(), &'static str> {
        if self.left().is_empty() {
            return Err("it ends before its attributes");
        }
        self.position += 1;
        Ok(())
    }

    fn int(&mut self) -> Result<i32, &'static str> {
        let (value, taken) = varint::int(self.left()).ok_or("a number is cut off or too large")?;
        self.position += taken;
        Ok(value)
    }

    fn long(&mut self) -> Result<i64, &'static str> {
        let (value, taken) = varint::long(self.left()).ok_or("a number is cut off or too large")?;
        self.position += taken;
        Ok(value)
    }

    /// Bytes and their length in front. Less than none is null, as Kafka reads it.
    fn bytes(&mut self) -> Result<Option<Bytes>, &'static str> {
        let Ok(length) = usize::try_from(self.int()?) else {
            return Ok(None);
        };
        if length > self.left().len() {
            return Err("a field is longer than the record");
        }
        let start = self.position;
        self.position += length;
        Ok(Some(self.payload.slice(start..self.position)))
    }

    fn headers(&mut self) -> Result<Vec<RecordHeader>, &'static str> {
        let count = usize::try_from(self.int()?).map_err(|_| "it has fewer headers than none")?;
        // A header takes two bytes at least.
        if count > self.left().len() / 2 {
            return Err("it has more headers than bytes");
        }
        (0..count)
            .map(|_| {
                Ok(RecordHeader {
                    key: self.bytes()?.ok_or("a header has no name")?,
                    value: self.bytes()?,
                })
            })
            .collect()
    }
}
