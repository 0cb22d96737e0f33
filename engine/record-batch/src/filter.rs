//! Leaving records out of a batch, as compaction does.

use bytes::Bytes;

use crate::batch::Batch;
use crate::builder::BatchBuilder;
use crate::error::BatchError;
use crate::record::Record;

/// What is left of a batch.
#[derive(Clone, Debug)]
pub enum Filtered {
    /// Every record: the batch can stay as it is.
    Everything,
    /// Some: a batch in the place of the other, with the same offsets, producer, times and compression.
    Some(Batch),
    /// No record. [`Batch::emptied`] makes a batch of that, where it is to be remembered how far the producer was.
    Nothing,
}

impl Batch {
    /// Keeps the records that `keep` takes. With a delete horizon (milliseconds since 1970) the batch gets one if it has none
    /// yet, and is made anew even if every record stays.
    ///
    /// The latest timestamp is then that of the records that are left, or stays what it was if it is the log's time.
    ///
    /// # Errors
    ///
    /// As [`Batch::records`], and where a record can't be read.
    pub fn filter(
        &self,
        limit_bytes: usize,
        delete_horizon: Option<i64>,
        mut keep: impl FnMut(&Record) -> bool,
    ) -> Result<Filtered, BatchError> {
        let header = self.header();
        let horizon = delete_horizon.filter(|_| !header.attributes.has_delete_horizon());
        let mut builder = BatchBuilder::in_place_of(header);
        if let Some(milliseconds) = horizon {
            builder = builder.delete_horizon(milliseconds);
        }
        for record in self.records(limit_bytes)? {
            let record = record?;
            if keep(&record) {
                builder.append(
                    (record.offset - header.base_offset) as i32,
                    record.timestamp,
                    record.key.as_deref(),
                    record.value.as_deref(),
                    record
                        .headers
                        .iter()
                        .map(|header| (&*header.key, header.value.as_deref())),
                )?;
            }
        }
        if builder.is_empty() {
            Ok(Filtered::Nothing)
        } else if builder.record_count() == header.record_count && horizon.is_none() {
            Ok(Filtered::Everything)
        } else {
            Batch::parse(builder.build(header.base_offset)).map(Filtered::Some)
        }
    }

    /// The batch without its records: what says, after all of them are gone, how far its producer was.
    pub fn emptied(&self) -> Bytes {
        BatchBuilder::in_place_of(self.header()).build(self.header().base_offset)
    }
}
