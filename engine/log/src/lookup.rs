//! Finding an offset by time.

use std::fs::File;
use std::sync::Arc;

use bytes::Bytes;
use ninefold_record_batch::{Batch, BatchError};
use tokio::task::spawn_blocking;

use crate::ReadError;
use crate::partition::Partition;
use crate::read::{Chunk, SegmentReader};
use crate::segment::Segment;

/// A batch is not taken apart beyond this many bytes of records.
const DECOMPRESSED_BYTES: usize = 256 << 20;

/// A record's offset and its time, in milliseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedOffset {
    /// The offset.
    pub offset: i64,
    /// The timestamp.
    pub timestamp: i64,
}

impl Partition {
    /// The first record from the start on whose timestamp is this one or later.
    ///
    /// # Errors
    ///
    /// If a file can't be read or is damaged.
    pub async fn offset_for_time(self: &Arc<Self>, timestamp: i64) -> Result<Option<TimedOffset>, ReadError> {
        let (start_offset, segments, in_tail) = {
            let state = self.state();
            if state.is_deleted {
                return Err(ReadError::Deleted);
            }
            let later = state.flushed.segments.iter().filter(|segment| {
                segment.max_timestamp >= timestamp && segment.end_offset > state.start_offset
            });
            let from = state.flushed.end_offset.max(state.start_offset);
            let in_tail = state
                .tail
                .from(from)
                .take_while(|batch| batch.header.next_offset() <= state.durable_offset)
                .find(|batch| batch.header.max_timestamp >= timestamp)
                .map(|batch| batch.bytes.clone());
            (state.start_offset, later.cloned().collect::<Vec<_>>(), in_tail)
        };
        let partition = Arc::clone(self);
        let search = move || partition.search(&segments, in_tail, start_offset, timestamp);
        spawn_blocking(search).await.map_err(|error| ReadError::Io {
            path: self.shared.files.of(self.number),
            source: std::io::Error::other(error),
        })?
    }

    /// The record with the latest timestamp; the first of several.
    ///
    /// # Errors
    ///
    /// As [`Partition::offset_for_time`].
    pub async fn latest_time(self: &Arc<Self>) -> Result<Option<TimedOffset>, ReadError> {
        let latest = {
            let state = self.state();
            let from = state.start_offset;
            let flushed = state.flushed.segments.iter().map(|segment| segment.max_timestamp);
            let durable = state
                .tail
                .from(from)
                .take_while(|batch| batch.header.next_offset() <= state.durable_offset)
                .map(|batch| batch.header.max_timestamp);
            flushed.chain(durable).max()
        };
        match latest {
            Some(timestamp) => self.offset_for_time(timestamp).await,
            None => Ok(None),
        }
    }

    fn search(
        &self,
        segments: &[Arc<Segment>],
        in_tail: Option<Bytes>,
        start_offset: i64,
        timestamp: i64,
    ) -> Result<Option<TimedOffset>, ReadError> {
        for segment in segments {
            let found = self.search_segment(segment, start_offset, timestamp)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        match in_tail {
            Some(bytes) => {
                first_record(bytes, start_offset, timestamp).map_err(|source| ReadError::Damaged {
                    path: self.shared.files.of(self.number),
                    position: 0,
                    source,
                })
            }
            None => Ok(None),
        }
    }

    fn search_segment(
        &self,
        segment: &Segment,
        start_offset: i64,
        timestamp: i64,
    ) -> Result<Option<TimedOffset>, ReadError> {
        let path = self.shared.files.batches(self.number, segment);
        let index_path = self.shared.files.index(self.number, segment);
        let open = |path: &std::path::Path| {
            File::open(path).map_err(|source| ReadError::Io {
                path: path.to_owned(),
                source,
            })
        };
        let (batches, index) = (open(&path)?, open(&index_path)?);
        let reader = SegmentReader {
            segment,
            path: &path,
            batches: &batches,
            index: &index,
        };
        let (before, _) = reader.search(|entry| entry.max_timestamp_before < timestamp)?;
        let mut position = before.map_or(0, |entry| entry.position);
        // Whose latest record is in time may have none that is and can be read still.
        while let Some((place, header)) = reader.first_from(position, |header| {
            header.max_timestamp >= timestamp && header.next_offset() > start_offset
        })? {
            let chunk = Chunk::File {
                file: Arc::new(batches.try_clone().map_err(|source| reader.failed(source))?),
                position: place,
                bytes: header.total_bytes(),
            };
            let bytes = chunk.load().map_err(|source| reader.failed(source))?;
            let found =
                first_record(bytes, start_offset, timestamp).map_err(|source| ReadError::Damaged {
                    path: path.clone(),
                    position: place,
                    source,
                })?;
            if found.is_some() {
                return Ok(found);
            }
            position = place + header.total_bytes() as u64;
        }
        Ok(None)
    }
}

fn first_record(bytes: Bytes, start_offset: i64, timestamp: i64) -> Result<Option<TimedOffset>, BatchError> {
    for record in Batch::parse(bytes)?.records(DECOMPRESSED_BYTES)? {
        let record = record?;
        if record.timestamp >= timestamp && record.offset >= start_offset {
            return Ok(Some(TimedOffset {
                offset: record.offset,
                timestamp: record.timestamp,
            }));
        }
    }
    Ok(None)
}
