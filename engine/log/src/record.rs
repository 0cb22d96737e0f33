//! What the store keeps of a partition, and of the log as a whole.

use bytes::Bytes;
use ninefold_store::{Batch, PartitionId, ScanLimit, ScanRange, Store, Table};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::partition::State;
use crate::progress::Progress;
use crate::segment::Segment;
use crate::{OpenError, PartitionNumber, Settings};

const PARTITIONS: Table = Table::new(24, "log.partitions");
const LOG: Table = Table::new(25, "log.log");
/// The tables of the log in the store.
pub const TABLES: [Table; 2] = [PARTITIONS, LOG];

const FORMAT: u8 = 1;
/// Records read at a time when the log is opened.
const PAGE_ENTRIES: usize = 1_000;
/// The only key of the table of the log.
const LOG_KEY: &[u8] = b"log";

/// What is known of a partition besides its batches.
#[derive(Debug, Deserialize)]
pub(crate) struct PartitionRecord {
    pub(crate) settings: Settings,
    pub(crate) start_offset: i64,
    pub(crate) is_sealed: bool,
    /// Everything before it is in segments.
    pub(crate) flushed_end_offset: i64,
    pub(crate) segments: Vec<Segment>,
    /// Everything before it is compacted.
    pub(crate) compacted_offset: i64,
    /// Of producers and transactions, up to the end of the segments.
    pub(crate) progress: Progress,
}

/// A [`PartitionRecord`] to be written.
#[derive(Debug, Serialize)]
struct PartitionRecordView<'a> {
    settings: &'a Settings,
    start_offset: i64,
    is_sealed: bool,
    flushed_end_offset: i64,
    segments: Vec<&'a Segment>,
    compacted_offset: i64,
    progress: &'a Progress,
}

/// What is known of the log.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct LogRecord {
    /// Marks the rounds of its journal.
    pub(crate) journal: u64,
    /// Everything up to this round is in segments.
    pub(crate) applied_round: u64,
    /// Everything up to this round was synced.
    pub(crate) synced_round: u64,
    /// No partition has a number from here on.
    pub(crate) next_number: u64,
}

/// A new partition.
pub(crate) fn put_new(number: PartitionNumber, settings: &Settings) -> Batch {
    let record = PartitionRecordView {
        settings,
        start_offset: 0,
        is_sealed: false,
        flushed_end_offset: 0,
        segments: Vec::new(),
        compacted_offset: 0,
        progress: &Progress::default(),
    };
    put_record(number, &record)
}

/// A partition as it is.
pub(crate) fn put(number: PartitionNumber, state: &State) -> Batch {
    let record = PartitionRecordView {
        settings: &state.settings,
        start_offset: state.start_offset,
        is_sealed: state.is_sealed,
        flushed_end_offset: state.flushed.end_offset,
        segments: state.flushed.segments.iter().map(|segment| &**segment).collect(),
        compacted_offset: state.flushed.compacted_offset,
        progress: &state.flushed.progress,
    };
    put_record(number, &record)
}

fn put_record(number: PartitionNumber, record: &PartitionRecordView<'_>) -> Batch {
    let key = number.get().to_be_bytes();
    let mut batch = Batch::new(PartitionId::of(&key));
    batch.put(PARTITIONS, key, encode(record));
    batch
}

/// A partition is no more.
pub(crate) fn delete(number: PartitionNumber) -> Batch {
    let key = number.get().to_be_bytes();
    let mut batch = Batch::new(PartitionId::of(&key));
    batch.delete(PARTITIONS, key);
    batch
}

/// The log as it is.
pub(crate) fn put_log(record: &LogRecord) -> Batch {
    let mut batch = Batch::new(PartitionId::of(LOG_KEY));
    batch.put(LOG, LOG_KEY, encode(record));
    batch
}

/// The log as it was.
pub(crate) fn read_log(store: &dyn Store) -> Result<Option<LogRecord>, OpenError> {
    let stored = store.get(PartitionId::of(LOG_KEY), LOG, LOG_KEY)?;
    stored.map(|stored| decode(&stored, 0)).transpose()
}

/// All partitions.
pub(crate) fn read_partitions(
    store: &dyn Store,
    mut each: impl FnMut(PartitionNumber, PartitionRecord),
) -> Result<(), OpenError> {
    for partition in store.partitions() {
        let mut range = ScanRange::all();
        loop {
            let limit = ScanLimit::entries(PAGE_ENTRIES);
            let page = store.scan(partition, PARTITIONS, range.clone(), limit)?;
            let Some((last, _)) = page.last() else {
                break;
            };
            range = range.resume_after(last);
            for (key, stored) in &page {
                let number = key.first_chunk().copied().map_or(0, u64::from_be_bytes);
                each(PartitionNumber::new(number), decode(stored, number)?);
            }
        }
    }
    Ok(())
}

fn encode(record: &impl Serialize) -> Bytes {
    let mut bytes = vec![FORMAT];
    serde_json::to_writer(&mut bytes, record).expect("records have no keys but text and numbers");
    Bytes::from(bytes)
}

fn decode<T: DeserializeOwned>(stored: &[u8], partition: u64) -> Result<T, OpenError> {
    let detail = match stored.split_first() {
        Some((&FORMAT, json)) => match serde_json::from_slice(json) {
            Ok(record) => return Ok(record),
            Err(error) => error.to_string(),
        },
        Some((format, _)) => format!("its format is {format}, and this release knows {FORMAT}"),
        None => "its record is empty".to_owned(),
    };
    Err(OpenError::Record { partition, detail })
}
