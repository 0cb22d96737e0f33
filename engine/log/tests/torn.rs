//! What the end of power leaves: sectors of the journal that were written, lost, or are garbage, and segments that are longer or
//! shorter than the record says.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod fixture;

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fixture::{Fixture, append, batch, values};
use ninefold_journal::{JournalId, decode, list, round_up};
use ninefold_log::{AppendError, DurabilityMode, Log, LogOptions, Partition, ReadError, ReadRequest, TABLES};
use ninefold_log::{Isolation, Settings};
use ninefold_store::{PartitionId, Store};
use proptest::collection::vec;
use proptest::prelude::*;

/// Disks persist a sector as a whole or not at all.
const SECTOR_BYTES: u64 = 512;
const BATCHES: i64 = 6;

/// What became of a sector that was written and not synced when the power failed.
#[derive(Debug, Clone, Copy)]
enum Sector {
    Written,
    Lost,
    Garbage(u8),
}

fn sector() -> impl Strategy<Value = Sector> {
    prop_oneof![
        6 => Just(Sector::Written),
        2 => Just(Sector::Lost),
        1 => (1..=u8::MAX).prop_map(Sector::Garbage),
    ]
}

/// Where a round is in the journal.
struct Extent {
    segment: PathBuf,
    round: u64,
    start: u64,
    end: u64,
}

/// The rounds of the journal in a directory, in order.
fn rounds(directory: &Path, store: &dyn Store) -> Vec<Extent> {
    let key = b"log";
    let record = store.get(PartitionId::of(key), TABLES[1], key).unwrap().unwrap();
    let record: serde_json::Value = serde_json::from_slice(&record[1..]).unwrap();
    let journal = JournalId::new(record["journal"].as_u64().unwrap());
    let mut rounds = Vec::new();
    for (_, segment) in list(&directory.join("streams/journal")).unwrap() {
        let content = fs::read(&segment).unwrap();
        let mut offset = 0;
        while let Ok(round) = decode(&content, offset, journal) {
            offset = round_up(round.extent.end);
            rounds.push(Extent {
                segment: segment.clone(),
                round: round.marker.round,
                start: round.extent.start as u64,
                end: offset as u64,
            });
        }
    }
    rounds.sort_by_key(|round| round.round);
    rounds
}

/// Does to the sectors from one offset to another what becomes of them.
fn tear(file: &Path, start: u64, end: u64, mut fate: impl Iterator<Item = Sector>) {
    let file = OpenOptions::new().write(true).open(file).unwrap();
    for offset in (start..end).step_by(SECTOR_BYTES as usize) {
        let byte = match fate.next().unwrap_or(Sector::Written) {
            Sector::Written => continue,
            Sector::Lost => 0,
            Sector::Garbage(byte) => byte,
        };
        file.write_all_at(&[byte; SECTOR_BYTES as usize], offset).unwrap();
    }
}

fn value(number: i64) -> String {
    // Some rounds have several blocks, others one.
    format!("{number}-{}", "x".repeat((number * 2_500) as usize))
}

/// The power fails while the round after so many is written; before it, so many are synced for certain.
async fn check_crash(mode: DurabilityMode, complete: usize, synced: usize, fates: Vec<Sector>) {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(ninefold_store::MemoryStore::new());
    let clock = Arc::new(ninefold_time::ManualClock::default());
    let options = |directory: &Path| LogOptions {
        durability_mode: mode,
        ..LogOptions::new(directory.join("streams"))
    };
    let log = Log::open(&options(directory.path()), store.clone(), clock.clone()).unwrap();
    let number = log.create(Settings::default()).await.unwrap().number();
    for place in 0..BATCHES {
        let offset = append(&log.partition(number).unwrap(), &batch(1, &[&value(place)])).await;
        assert_eq!(offset, place);
    }
    let crashed = tempfile::tempdir().unwrap();
    fixture::copy(directory.path(), crashed.path());
    let rounds = rounds(crashed.path(), &*store);
    assert_eq!(rounds.len(), BATCHES as usize);
    for later in &rounds[complete + 1..] {
        tear(
            &later.segment,
            later.start,
            later.end,
            std::iter::repeat(Sector::Lost),
        );
    }
    let torn = &rounds[complete];
    let start = rounds[synced].start;
    tear(&torn.segment, start, torn.end, fates.into_iter());

    let log = Log::open(
        &options(crashed.path()),
        Arc::new(fixture::copy_of(&store)),
        clock.clone(),
    )
    .unwrap();
    let partition = log.partition(number).unwrap();
    let end_offset = partition.end_offset();
    assert!((synced as i64..=complete as i64 + 1).contains(&end_offset));
    let expected: Vec<_> = (0..end_offset).map(|place| (place, value(place))).collect();
    assert_eq!(values(&partition, 0).await, expected);
    // What comes after it takes the place of what was lost.
    assert_eq!(append(&partition, &batch(1, &["new"])).await, end_offset);
    let expected: Vec<_> = expected
        .into_iter()
        .chain([(end_offset, "new".to_owned())])
        .collect();
    assert_eq!(values(&partition, 0).await, expected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_becomes_of_the_last_round_those_before_it_are_there(
        complete in 0..BATCHES as usize,
        fates in vec(sector(), 0..48),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check_crash(DurabilityMode::Sync, complete, complete, fates));
    }

    #[test]
    fn without_syncs_the_beginning_of_what_was_written_is_there(
        complete in 0..BATCHES as usize,
        fates in vec(sector(), 0..160),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(check_crash(DurabilityMode::OsCache, complete, 0, fates));
    }
}

/// One segment with two batches, and where its files are.
async fn flushed() -> (Fixture, Arc<Partition>, PathBuf) {
    let fixture = Fixture::new();
    let partition = fixture.partition(Settings::default()).await;
    append(&partition, &batch(1, &["a"])).await;
    append(&partition, &batch(2, &["b"])).await;
    fixture.log.flush().await.unwrap();
    let number = partition.number();
    drop(partition);
    // Nothing is in memory any more.
    let fixture = fixture.reopen();
    let partition = fixture.log.partition(number).unwrap();
    let directory = fixture.directory.path().join("streams/segments");
    let file = directory
        .join(number.get().to_string())
        .join(&fixture.segment_files(&partition)[0]);
    (fixture, partition, file)
}

async fn read_error(partition: &Arc<Partition>) -> ReadError {
    let request = ReadRequest {
        from_offset: 0,
        max_bytes: 1 << 20,
        at_least_one: true,
        isolation: Isolation::Uncommitted,
    };
    partition.read(request).await.unwrap_err()
}

#[tokio::test]
async fn what_a_crash_has_left_behind_a_segment_is_overwritten() {
    let (fixture, partition, file) = flushed().await;
    for path in [&file, &file.with_extension("index")] {
        let mut bytes = fs::read(path).unwrap();
        bytes.extend_from_slice(&[7; 300]);
        fs::write(path, bytes).unwrap();
    }
    let expected = |values: &[&str]| fixture::expected(0, values);
    assert_eq!(values(&partition, 0).await, expected(&["a", "b"]));
    append(&partition, &batch(3, &["c"])).await;
    fixture.log.flush().await.unwrap();
    let number = partition.number();
    drop(partition);
    let fixture = fixture.reopen();
    let partition = fixture.log.partition(number).unwrap();
    assert_eq!(values(&partition, 0).await, expected(&["a", "b", "c"]));
}

#[tokio::test]
async fn a_segment_that_has_less_than_its_record_says_is_damaged_and_not_gone_on_with() {
    for extension in ["batches", "index"] {
        let (fixture, partition, file) = flushed().await;
        let file = file.with_extension(extension);
        let length = fs::metadata(&file).unwrap().len();
        let shortened = OpenOptions::new().write(true).open(&file).unwrap();
        shortened.set_len(length - 1).unwrap();
        let error = read_error(&partition).await;
        assert!(
            matches!(&error, ReadError::Damaged { path, position, .. } if *path == file && *position == length - 1),
            "{error}"
        );
        let by_time = partition.offset_for_time(0).await.unwrap_err();
        assert!(matches!(by_time, ReadError::Damaged { .. }), "{by_time}");
        append(&partition, &batch(3, &["c"])).await;
        let error = fixture.log.flush().await.unwrap_err().to_string();
        assert!(error.contains(&*file.to_string_lossy()), "{error}");
        assert!(
            error.contains(&format!("has {} bytes, and {length} were written", length - 1)),
            "{error}"
        );
        let refused = fixture::refused(&partition, &batch(4, &["d"]));
        assert!(matches!(refused, AppendError::ReadOnly { .. }), "{refused}");
    }
}

#[tokio::test]
async fn an_index_that_points_elsewhere_is_noticed() {
    let (_fixture, partition, file) = flushed().await;
    let index = OpenOptions::new()
        .write(true)
        .open(file.with_extension("index"))
        .unwrap();
    let second_batch = fs::metadata(&file).unwrap().len() / 2;
    index.write_all_at(&second_batch.to_le_bytes(), 8).unwrap();
    let error = read_error(&partition).await;
    assert!(matches!(error, ReadError::Damaged { .. }), "{error}");
}
