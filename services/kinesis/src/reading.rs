//! Reading records of a shard from an offset on.

use bytes::Bytes;
use ninefold_log::{AbortedTransaction, Chunk, Isolation, Read, ReadError, ReadRequest};
use ninefold_protocol::ServiceError;
use ninefold_record_batch::{Batch, BatchError, Record, split};
use tokio::task::spawn_blocking;

use crate::errors;
use crate::stream::Shard;

/// A compressed batch, which only other doors append, is taken apart up to this size.
const DECOMPRESSED_BYTES: usize = 64 << 20;
/// The header that a record has whose stream was encrypted when it came; its value is the kind.
pub(crate) const ENCRYPTION_HEADER: &[u8] = b"kinesis.encryption";

/// What is to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) from_offset: i64,
    pub(crate) records: usize,
    /// Data and partition keys together; the first record may be longer.
    pub(crate) bytes: usize,
    /// Records of before then are left out.
    pub(crate) horizon_milliseconds: Option<u64>,
}

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) records: Vec<Record>,
    pub(crate) bytes: usize,
    /// Where to go on.
    pub(crate) next_offset: i64,
    /// Whether there is nothing after it so far.
    pub(crate) is_at_tip: bool,
}

/// Why nothing more is taken.
enum Stop {
    Full,
    Failed(ServiceError),
}

impl Shard {
    /// Reads records from an offset on, or from the first that can be read.
    pub(crate) async fn read(&self, wanted: &Wanted) -> Result<Reading, ServiceError> {
        let horizon = wanted
            .horizon_milliseconds
            .map(|milliseconds| i64::try_from(milliseconds).unwrap_or(i64::MAX));
        let end_offset = self.partition.last_stable_offset();
        let mut reading = Reading {
            next_offset: wanted
                .from_offset
                .max(self.partition.start_offset())
                .min(end_offset),
            ..Reading::default()
        };
        let mut has_jumped = false;
        while reading.records.len() < wanted.records && reading.bytes < wanted.bytes {
            let Some(read) = self.read_log(&mut reading, wanted).await? else {
                continue;
            };
            let last_stable_offset = read.last_stable_offset;
            reading.is_at_tip = reading.next_offset >= last_stable_offset;
            if read.chunks.is_empty() {
                break;
            }
            let batches = load(read.chunks).await?;
            if let Some(horizon) = horizon
                && !has_jumped
                && batches
                    .first()
                    .is_some_and(|batch| batch.header().max_timestamp < horizon)
            {
                // There may be much that is too old: not to be read through.
                has_jumped = true;
                let first = self.partition.offset_for_time(horizon).await;
                let first = first.map_err(|error| errors::from_read(&error))?;
                reading.next_offset = first.map_or(last_stable_offset, |first| first.offset);
                continue;
            }
            match reading.take(batches, &read.aborted, wanted, horizon) {
                Ok(()) => {}
                Err(Stop::Full) => break,
                Err(Stop::Failed(error)) => return Err(error),
            }
        }
        reading.is_at_tip = reading.next_offset >= self.partition.last_stable_offset();
        Ok(reading)
    }

    /// None if what was wanted is gone by now, and has to be asked for anew.
    async fn read_log(&self, reading: &mut Reading, wanted: &Wanted) -> Result<Option<Read>, ServiceError> {
        let request = ReadRequest {
            from_offset: reading.next_offset,
            max_bytes: wanted.bytes - reading.bytes,
            at_least_one: true,
            isolation: Isolation::Committed,
        };
        match self.partition.read(request).await {
            Ok(read) => Ok(Some(read)),
            Err(ReadError::OutOfRange {
                offset, start_offset, ..
            }) if offset < start_offset => {
                reading.next_offset = start_offset;
                Ok(None)
            }
            Err(error) => Err(errors::from_read(&error)),
        }
    }
}

async fn load(chunks: Vec<Chunk>) -> Result<Vec<Batch>, ServiceError> {
    let is_in_memory = chunks.iter().all(|chunk| matches!(chunk, Chunk::Memory(_)));
    if is_in_memory {
        return batches_of(&chunks);
    }
    let loaded = spawn_blocking(move || batches_of(&chunks)).await;
    loaded.unwrap_or_else(|error| {
        tracing::error!(%error, "records could not be read");
        Err(ServiceError::internal("The stored records could not be read."))
    })
}

fn batches_of(chunks: &[Chunk]) -> Result<Vec<Batch>, ServiceError> {
    let mut batches = Vec::with_capacity(chunks.len());
    for chunk in chunks {
        let bytes = chunk.load().map_err(|error| damaged(&error))?;
        for batch in split(bytes) {
            batches.push(batch.map_err(|error| damaged(&error))?);
        }
    }
    Ok(batches)
}

pub(crate) fn damaged(error: &dyn std::error::Error) -> ServiceError {
    tracing::error!(%error, "records could not be read");
    ServiceError::internal("The stored records could not be read.")
}

impl Reading {
    fn take(
        &mut self,
        batches: Vec<Batch>,
        aborted: &[AbortedTransaction],
        wanted: &Wanted,
        horizon: Option<i64>,
    ) -> Result<(), Stop> {
        for batch in batches {
            let header = *batch.header();
            let is_too_old = horizon.is_some_and(|horizon| header.max_timestamp < horizon);
            if !header.attributes.is_control() && !is_too_old && !is_aborted(&batch, aborted) {
                let records = batch.records(DECOMPRESSED_BYTES).map_err(unreadable)?;
                self.take_records(records, wanted, horizon)?;
            }
            self.next_offset = header.next_offset();
        }
        Ok(())
    }

    fn take_records(
        &mut self,
        records: impl Iterator<Item = Result<Record, BatchError>>,
        wanted: &Wanted,
        horizon: Option<i64>,
    ) -> Result<(), Stop> {
        for record in records {
            let record = record.map_err(unreadable)?;
            let is_too_old = horizon.is_some_and(|horizon| record.timestamp < horizon);
            if record.offset < self.next_offset || is_too_old {
                continue;
            }
            let bytes = size(&record);
            let is_too_much = self.bytes + bytes > wanted.bytes && !self.records.is_empty();
            if is_too_much || self.records.len() >= wanted.records {
                self.next_offset = record.offset;
                return Err(Stop::Full);
            }
            self.bytes += bytes;
            self.next_offset = record.offset + 1;
            self.records.push(record);
        }
        Ok(())
    }

    /// How far behind the tip the reader is, in milliseconds.
    pub(crate) fn milliseconds_behind(&self, now_milliseconds: u64) -> u64 {
        match self.records.last() {
            Some(last) if !self.is_at_tip => {
                now_milliseconds.saturating_sub(u64::try_from(last.timestamp).unwrap_or(0))
            }
            _ => 0,
        }
    }
}

/// The bytes of a record that count.
pub(crate) fn size(record: &Record) -> usize {
    let bytes = |part: &Option<Bytes>| part.as_ref().map_or(0, Bytes::len);
    bytes(&record.key) + bytes(&record.value)
}

fn is_aborted(batch: &Batch, aborted: &[AbortedTransaction]) -> bool {
    let header = batch.header();
    let offsets = |transaction: &AbortedTransaction| transaction.first_offset..transaction.marker_offset;
    header.attributes.is_transactional()
        && aborted.iter().any(|transaction| {
            transaction.producer_id == header.producer_id
                && offsets(transaction).contains(&header.base_offset)
        })
}

fn unreadable(error: BatchError) -> Stop {
    Stop::Failed(damaged(&error))
}
