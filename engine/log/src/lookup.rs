//! Finding an offset by time.

use std::sync::Arc;

use ninefold_record_batch::{Batch, BatchError};
use tokio::task::spawn_blocking;

use crate::ReadError;
use crate::partition::{Partition, State};
use crate::reader::SegmentReader;
use crate::segment::Segment;
use crate::tail::TailBatch;

/// A batch is not taken apart beyond this many bytes of records.
pub(crate) const DECOMPRESSED_BYTES: usize = 256 << 20;

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
        self.look_up(move |view| view.search(timestamp)).await
    }

    /// The record with the latest timestamp; the first of several.
    ///
    /// # Errors
    ///
    /// As [`Partition::offset_for_time`].
    pub async fn latest_time(self: &Arc<Self>) -> Result<Option<TimedOffset>, ReadError> {
        let latest = |view: &View| match view.latest_timestamp()? {
            Some(timestamp) => view.search(timestamp),
            None => Ok(None),
        };
        self.look_up(latest).await
    }

    /// Looks something up in what can be read now; again, if what it was looked up in was replaced meanwhile.
    async fn look_up<T: Send + 'static>(
        self: &Arc<Self>,
        look_up: impl Fn(&View) -> Result<T, ReadError> + Clone + Send + 'static,
    ) -> Result<T, ReadError> {
        loop {
            let view = Arc::new(self.view()?);
            let (in_thread, look_up) = (Arc::clone(&view), look_up.clone());
            let outcome = spawn_blocking(move || look_up(&in_thread)).await;
            let outcome = outcome.map_err(|error| ReadError::Io {
                path: self.shared.files.of(self.number),
                source: std::io::Error::other(error),
            })?;
            let state = self.state();
            let is_present = view.segments.iter().all(|segment| state.has(segment));
            if state.flushed.end_offset == view.flushed_end_offset && (outcome.is_ok() || is_present) {
                return outcome;
            }
        }
    }

    fn view(self: &Arc<Self>) -> Result<View, ReadError> {
        let state = self.state();
        if state.is_deleted {
            return Err(ReadError::Deleted);
        }
        let segments = state.flushed.segments.iter();
        Ok(View {
            partition: Arc::clone(self),
            start_offset: state.start_offset,
            flushed_end_offset: state.flushed.end_offset,
            segments: segments
                .filter(|segment| segment.end_offset > state.start_offset)
                .cloned()
                .collect(),
        })
    }
}

/// What can be read at a moment: segments, and behind them the tail.
struct View {
    partition: Arc<Partition>,
    start_offset: i64,
    flushed_end_offset: i64,
    segments: Vec<Arc<Segment>>,
}

impl View {
    fn search(&self, timestamp: i64) -> Result<Option<TimedOffset>, ReadError> {
        for segment in &self.segments {
            if segment.max_timestamp < timestamp {
                continue;
            }
            let found = self.search_segment(segment, timestamp)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        self.search_tail(timestamp)
    }

    fn search_segment(
        &self,
        segment: &Arc<Segment>,
        timestamp: i64,
    ) -> Result<Option<TimedOffset>, ReadError> {
        let reader = self.open(segment)?;
        let (before, _) = reader.search(|entry| entry.max_timestamp_before < timestamp)?;
        let mut position = before.map_or(0, |entry| entry.position);
        // Whose latest record is in time may have none that is and can be read still.
        while let Some((place, header)) = reader.first_from(position, |header| {
            header.max_timestamp >= timestamp && header.next_offset() > self.start_offset
        })? {
            let batch = reader.batch(place, &header)?;
            let found = first_record(&batch, self.start_offset, timestamp)
                .map_err(|source| reader.damaged(place, source))?;
            if found.is_some() {
                return Ok(found);
            }
            position = place + header.total_bytes() as u64;
        }
        Ok(None)
    }

    fn search_tail(&self, timestamp: i64) -> Result<Option<TimedOffset>, ReadError> {
        let mut from_offset = self.flushed_end_offset.max(self.start_offset);
        loop {
            let state = self.partition.state();
            let in_time = durable_tail(&state, from_offset)
                .find(|batch| batch.header.max_timestamp >= timestamp)
                .cloned();
            drop(state);
            let Some(batch) = in_time else {
                return Ok(None);
            };
            from_offset = batch.header.next_offset();
            let found = Batch::parse(batch.bytes)
                .and_then(|batch| first_record(&batch, self.start_offset, timestamp))
                .map_err(|source| self.damaged(source))?;
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    fn latest_timestamp(&self) -> Result<Option<i64>, ReadError> {
        let mut latest = None;
        for segment in &self.segments {
            latest = latest.max(if segment.base_offset >= self.start_offset {
                Some(segment.max_timestamp)
            } else {
                self.latest_in_part(segment)?
            });
        }
        let (first, in_others) = {
            let state = self.partition.state();
            let mut tail = durable_tail(&state, self.flushed_end_offset.max(self.start_offset));
            let first = tail.next().cloned();
            (first, tail.map(|batch| batch.header.max_timestamp).max())
        };
        latest = latest.max(in_others);
        if let Some(first) = first {
            let in_first =
                Batch::parse(first.bytes).and_then(|batch| latest_record(&batch, self.start_offset));
            latest = latest.max(in_first.map_err(|source| self.damaged(source))?);
        }
        Ok(latest)
    }

    /// Of the segment that holds the first offset that can be read.
    fn latest_in_part(&self, segment: &Arc<Segment>) -> Result<Option<i64>, ReadError> {
        let mut batches = self.open(segment)?.scan(self.start_offset)?;
        let mut latest = None;
        while let Some(batch) = batches.next()? {
            let in_batch = latest_record(&batch, self.start_offset);
            latest = latest.max(in_batch.map_err(|source| batches.damaged(source))?);
        }
        Ok(latest)
    }

    fn open(&self, segment: &Arc<Segment>) -> Result<SegmentReader, ReadError> {
        SegmentReader::open(&self.partition.shared.files, self.partition.number, segment)
    }

    fn damaged(&self, source: BatchError) -> ReadError {
        ReadError::Damaged {
            path: self.partition.shared.files.of(self.partition.number),
            position: 0,
            source,
        }
    }
}

/// What can be read of the tail, from an offset on.
fn durable_tail(state: &State, from_offset: i64) -> impl Iterator<Item = &TailBatch> {
    let batches = state.tail.from(from_offset);
    batches.take_while(|batch| batch.header.next_offset() <= state.durable_offset)
}

/// The latest timestamp of the records from an offset on.
fn latest_record(batch: &Batch, start_offset: i64) -> Result<Option<i64>, BatchError> {
    let header = batch.header();
    if header.base_offset >= start_offset {
        return Ok((header.record_count > 0).then_some(header.max_timestamp));
    }
    let mut latest = None;
    for record in batch.records(DECOMPRESSED_BYTES)? {
        let record = record?;
        if record.offset >= start_offset {
            latest = latest.max(Some(record.timestamp));
        }
    }
    Ok(latest)
}

fn first_record(batch: &Batch, start_offset: i64, timestamp: i64) -> Result<Option<TimedOffset>, BatchError> {
    for record in batch.records(DECOMPRESSED_BYTES)? {
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
