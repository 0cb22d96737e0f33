//! Of each key the latest record stays, and everything that readers and producers need.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod fixture;

use std::sync::Arc;
use std::time::Duration;

use fixture::{Fixture, START_MILLISECONDS, append, keyed, keyed_by, read, records, refused};
use ninefold_log::{AppendError, Cleanup, Isolation, Partition, ReadRequest, Settings};
use ninefold_record_batch::{Batch, BatchBuilder, EndTransactionMarker, MarkerKind, split};
use ninefold_store::MemoryStore;

const PRODUCER: (i64, i16) = (4_000, 3);
const NO_LIMIT: u64 = u64::MAX;

fn settings() -> Settings {
    Settings {
        cleanup: Cleanup::Compact,
        // Every flush begins another one.
        segment_milliseconds: 0,
        delete_retention_milliseconds: 60_000,
        min_dirty_parts_per_million: 0,
        ..Settings::default()
    }
}

/// Everything that is left: offset, key, value.
async fn left(partition: &Arc<Partition>) -> Vec<(i64, String, Option<String>)> {
    let mut left = Vec::new();
    let mut next = partition.start_offset();
    loop {
        let read = read(partition, next, 1 << 20).await;
        let text = |bytes: bytes::Bytes| String::from_utf8_lossy(&bytes).into_owned();
        for record in records(&read) {
            let key = record.key.map(text).unwrap_or_default();
            left.push((record.offset, key, record.value.map(text)));
        }
        let Some(last) = batches(&read).pop() else {
            return left;
        };
        next = last.header().next_offset();
    }
}

fn batches(read: &ninefold_log::Read) -> Vec<Batch> {
    let chunks = read.chunks.iter().map(|chunk| chunk.load().unwrap());
    chunks.flat_map(split).map(Result::unwrap).collect()
}

fn texts(left: &[(i64, String, Option<String>)]) -> Vec<(i64, &str, Option<&str>)> {
    left.iter()
        .map(|(offset, key, value)| (*offset, &**key, value.as_deref()))
        .collect()
}

async fn flushed(fixture: &Fixture, partition: &Arc<Partition>, batch: &Batch) -> i64 {
    let offset = append(partition, batch).await;
    fixture.log.flush().await.unwrap();
    offset
}

async fn end_transaction(fixture: &Fixture, partition: &Arc<Partition>, kind: MarkerKind) {
    let marker = EndTransactionMarker {
        kind,
        coordinator_epoch: 1,
    };
    let append = partition.append_marker(PRODUCER.0, PRODUCER.1, &marker);
    append.unwrap().await.unwrap();
    fixture.log.flush().await.unwrap();
}

#[tokio::test]
async fn the_latest_record_of_each_key_stays_at_its_offset() {
    let mut fixture = Fixture::new();
    let partition = fixture.partition(settings()).await;
    flushed(
        &fixture,
        &partition,
        &keyed(&[("a", Some("1")), ("b", Some("1"))]),
    )
    .await;
    flushed(
        &fixture,
        &partition,
        &keyed(&[("c", Some("1")), ("a", Some("2"))]),
    )
    .await;
    flushed(&fixture, &partition, &keyed(&[("a", Some("3"))])).await;
    flushed(&fixture, &partition, &keyed(&[("b", Some("2"))])).await;
    assert!(!fixture.log.compact(NO_LIMIT).await.unwrap());
    // The last segment is left as it is, and does not count.
    let expected = [
        (1, "b", Some("1")),
        (2, "c", Some("1")),
        (4, "a", Some("3")),
        (5, "b", Some("2")),
    ];
    let number = partition.number();
    assert_eq!(texts(&left(&partition).await), expected);
    assert_eq!((partition.start_offset(), partition.end_offset()), (0, 6));
    drop(partition);
    fixture = fixture.reopen();
    let partition = fixture.log.partition(number).unwrap();
    assert_eq!(texts(&left(&partition).await), expected);
    flushed(&fixture, &partition, &keyed(&[("c", None)])).await;
    fixture.log.compact(NO_LIMIT).await.unwrap();
    assert_eq!(
        texts(&left(&partition).await)[..2],
        [(2, "c", Some("1")), (4, "a", Some("3"))]
    );
}

#[tokio::test]
async fn a_read_from_an_offset_that_is_no_more_goes_on_behind_it() {
    let fixture = Fixture::new();
    let partition = fixture.partition(settings()).await;
    for value in ["1", "2", "3", "4"] {
        flushed(&fixture, &partition, &keyed(&[("a", Some(value))])).await;
    }
    fixture.log.compact(NO_LIMIT).await.unwrap();
    for from in 0..4 {
        let read = read(&partition, from, 1).await;
        assert_eq!(records(&read)[0].offset, from.max(2), "{from}");
    }
    let latest = partition.latest_time().await.unwrap().unwrap();
    assert_eq!(latest.offset, 2);
    assert_eq!(partition.offset_for_time(0).await.unwrap().unwrap().offset, 2);
}

#[tokio::test]
async fn a_deletion_stays_for_its_time() {
    let fixture = Fixture::new();
    let partition = fixture.partition(settings()).await;
    flushed(
        &fixture,
        &partition,
        &keyed(&[("a", Some("1")), ("b", Some("1"))]),
    )
    .await;
    flushed(&fixture, &partition, &keyed(&[("a", None)])).await;
    for _ in 0..2 {
        flushed(&fixture, &partition, &keyed(&[("c", Some("1"))])).await;
        fixture.log.compact(NO_LIMIT).await.unwrap();
        let left = left(&partition).await;
        assert_eq!(texts(&left)[..2], [(1, "b", Some("1")), (2, "a", None)]);
        fixture.clock.advance(Duration::from_millis(59_999));
    }
    fixture.clock.advance(Duration::from_millis(1));
    flushed(&fixture, &partition, &keyed(&[("c", Some("2"))])).await;
    fixture.log.compact(NO_LIMIT).await.unwrap();
    let left = left(&partition).await;
    assert_eq!(
        texts(&left),
        [(1, "b", Some("1")), (4, "c", Some("1")), (5, "c", Some("2"))]
    );
}

#[tokio::test]
async fn what_was_aborted_goes_and_its_marker_after_it() {
    let mut fixture = Fixture::new();
    let partition = fixture.partition(settings()).await;
    let number = partition.number();
    flushed(&fixture, &partition, &keyed(&[("a", Some("kept"))])).await;
    flushed(
        &fixture,
        &partition,
        &keyed_by(PRODUCER, 0, &[("a", Some("void"))]),
    )
    .await;
    fixture.log.compact(NO_LIMIT).await.unwrap();
    // Nobody knows yet what becomes of it.
    assert_eq!(left(&partition).await.len(), 2);
    end_transaction(&fixture, &partition, MarkerKind::Abort).await;
    flushed(
        &fixture,
        &partition,
        &keyed_by(PRODUCER, 1, &[("b", Some("valid"))]),
    )
    .await;
    end_transaction(&fixture, &partition, MarkerKind::Commit).await;
    drop(partition);
    for round in 0..4 {
        let partition = fixture.log.partition(number).unwrap();
        flushed(&fixture, &partition, &keyed(&[("c", Some("1"))])).await;
        fixture.log.compact(NO_LIMIT).await.unwrap();
        let left = left(&partition).await;
        let request = ReadRequest {
            from_offset: 0,
            max_bytes: 1 << 20,
            at_least_one: true,
            isolation: Isolation::Committed,
        };
        let aborted = partition.read(request).await.unwrap().aborted;
        // Its marker stays with a horizon in the second round, and goes when that has passed.
        let has_marker = round < 3;
        assert_eq!(aborted.len(), usize::from(has_marker), "{round}");
        assert_eq!(
            left.iter().any(|(offset, ..)| *offset == 2),
            has_marker,
            "{round}"
        );
        assert_eq!(texts(&left)[0], (0, "a", Some("kept")));
        assert!(left.iter().any(|(offset, ..)| *offset == 3), "{left:?}");
        assert!(left.iter().all(|(offset, ..)| *offset != 1), "{left:?}");
        fixture.clock.advance(Duration::from_secs(40));
        drop(partition);
        fixture = fixture.reopen();
    }
}

#[tokio::test]
async fn the_last_batch_of_a_producer_stays_without_records() {
    let fixture = Fixture::new();
    let partition = fixture.partition(settings()).await;
    flushed(&fixture, &partition, &keyed_by(PRODUCER, 0, &[("a", Some("1"))])).await;
    end_transaction(&fixture, &partition, MarkerKind::Commit).await;
    flushed(&fixture, &partition, &keyed(&[("a", Some("2"))])).await;
    flushed(&fixture, &partition, &keyed(&[("b", Some("2"))])).await;
    fixture.log.compact(NO_LIMIT).await.unwrap();
    let first = batches(&read(&partition, 0, 1).await).remove(0);
    assert_eq!(first.header().record_count, 0);
    assert_eq!(
        (first.header().producer_id, first.header().base_sequence),
        (4_000, 0)
    );
    let again = partition
        .append(&keyed_by(PRODUCER, 0, &[("a", Some("1"))]))
        .unwrap();
    assert!(again.await.unwrap().is_duplicate);
}

#[tokio::test]
async fn few_keys_at_a_time_take_several_rounds_and_come_to_the_same() {
    for compaction_keys in [1, 2, 5, 1_000] {
        let fixture = Fixture::with_compaction_keys(compaction_keys);
        let partition = fixture.partition(settings()).await;
        for number in 0..30 {
            let key = format!("{}", number % 7);
            flushed(
                &fixture,
                &partition,
                &keyed(&[(&key, Some("1")), ("x", Some("1"))]),
            )
            .await;
        }
        let mut calls = 0;
        while fixture.log.compact(1).await.unwrap() {
            calls += 1;
            assert!(calls < 10_000, "it comes to an end");
        }
        assert!(calls > 1);
        let left = left(&partition).await;
        let offsets: Vec<i64> = left.iter().map(|(offset, ..)| *offset).collect();
        assert_eq!(
            offsets,
            [44, 46, 48, 50, 52, 54, 56, 57, 58, 59],
            "{compaction_keys}"
        );
    }
}

#[tokio::test]
async fn neighbours_are_merged_up_to_the_length_of_a_segment() {
    let fixture = Fixture::new();
    let one = keyed(&[("0", Some(&*"x".repeat(400)))]).bytes().len() as u64;
    let partition = fixture
        .partition(Settings {
            segment_bytes: 3 * one,
            ..settings()
        })
        .await;
    for key in ["0", "1", "2", "3", "4", "5", "6"] {
        flushed(&fixture, &partition, &keyed(&[(key, Some(&*"x".repeat(400)))])).await;
    }
    assert_eq!(fixture.segment_files(&partition).len(), 7);
    fixture.log.compact(NO_LIMIT).await.unwrap();
    let files = fixture.segment_files(&partition);
    assert_eq!(
        files,
        [
            "00000000000000000000.1.batches",
            "00000000000000000003.1.batches",
            "00000000000000000006.0.batches"
        ]
    );
    assert_eq!(left(&partition).await.len(), 7);
}

#[tokio::test]
async fn settings_say_when_compaction_is_worth_it() {
    let fixture = Fixture::new();
    let lazy = Settings {
        min_dirty_parts_per_million: 600_000,
        compaction_lag_milliseconds: 10_000,
        max_compaction_lag_milliseconds: Some(3_600_000),
        ..settings()
    };
    let partition = fixture.partition(lazy).await;
    let now = START_MILLISECONDS as i64;
    for number in 0..3 {
        let mut builder = BatchBuilder::new();
        builder.push(now, Some(b"a"), Some(b"1"), &[]).unwrap();
        let batch = Batch::parse(builder.build(0)).unwrap();
        assert_eq!(flushed(&fixture, &partition, &batch).await, number);
    }
    fixture.log.compact(NO_LIMIT).await.unwrap();
    assert_eq!(left(&partition).await.len(), 3, "they are too young");
    fixture.clock.advance(Duration::from_secs(10));
    fixture.log.compact(NO_LIMIT).await.unwrap();
    assert_eq!(left(&partition).await.len(), 2);
    flushed(&fixture, &partition, &keyed(&[("a", Some("2"))])).await;
    fixture.log.compact(NO_LIMIT).await.unwrap();
    assert_eq!(left(&partition).await.len(), 3, "half of it is too little");
    fixture.clock.advance(Duration::from_secs(3_601));
    fixture.log.compact(NO_LIMIT).await.unwrap();
    assert_eq!(left(&partition).await.len(), 2, "it has waited long enough");
}

#[tokio::test]
async fn records_without_keys_are_refused_where_they_would_be_compacted() {
    let fixture = Fixture::new();
    let partition = fixture.partition(settings()).await;
    let mut builder = BatchBuilder::new().compression(ninefold_record_batch::Compression::Gzip);
    builder.push(1, Some(b"a"), None, &[]).unwrap();
    builder.push(1, None, Some(b"1"), &[]).unwrap();
    let batch = Batch::parse(builder.build(0)).unwrap();
    let error = refused(&partition, &batch);
    assert!(matches!(error, AppendError::KeyMissing { index: 1 }), "{error}");
    partition
        .configure(Settings {
            cleanup: Cleanup::Delete,
            ..settings()
        })
        .await
        .unwrap();
    append(&partition, &batch).await;
}

/// Twelve segments of four keys, which were compacted once and have more to compact.
async fn half_compacted() -> (Fixture, Arc<Partition>) {
    let fixture = Fixture::new();
    let partition = fixture
        .partition(Settings {
            segment_bytes: 500,
            ..settings()
        })
        .await;
    for round in 0..12 {
        let (key, value) = (format!("{}", round % 4), format!("{round}").repeat(40));
        flushed(
            &fixture,
            &partition,
            &keyed(&[(&key, Some(&value)), ("x", Some("1"))]),
        )
        .await;
        if round == 7 {
            fixture.log.compact(NO_LIMIT).await.unwrap();
        }
    }
    (fixture, partition)
}

/// Of each key the last record.
async fn latest(partition: &Arc<Partition>) -> Vec<(String, i64, Option<String>)> {
    let all = left(partition).await.into_iter();
    let latest: std::collections::BTreeMap<_, _> =
        all.map(|(offset, key, value)| (key, (offset, value))).collect();
    latest
        .into_iter()
        .map(|(key, (offset, value))| (key, offset, value))
        .collect()
}

#[tokio::test]
async fn a_disk_that_fails_at_any_moment_leaves_the_old_segments_or_the_new_ones() {
    let mut failures = 0;
    for operations in 0.. {
        let (fixture, partition) = half_compacted().await;
        let (expected, number) = (latest(&partition).await, partition.number());
        fixture.medium.fail_after(operations);
        let compacted = fixture.log.compact(NO_LIMIT).await;
        assert_eq!(latest(&partition).await, expected);
        if compacted.is_ok() {
            assert!(operations >= 10, "every write and sync was made to fail once");
            break;
        }
        failures += 1;
        // What failed is begun anew, at once or after the end.
        let crashed = fixture.crashed();
        fixture.medium.heal();
        assert!(fixture.log.failure().is_none());
        fixture.log.compact(NO_LIMIT).await.unwrap();
        assert_eq!(latest(&partition).await, expected);
        drop((fixture, partition));
        let partition = crashed.log.partition(number).unwrap();
        assert_eq!(latest(&partition).await, expected);
        crashed.log.compact(NO_LIMIT).await.unwrap();
        assert_eq!(latest(&partition).await, expected);
        // The last segment has two of the keys too.
        assert_eq!(left(&partition).await.len(), expected.len() + 2);
    }
    assert!(failures >= 10);
}

#[tokio::test]
async fn a_crash_before_and_after_the_record_is_durable_leaves_files_that_are_removed() {
    let (fixture, partition) = half_compacted().await;
    let (expected, number) = (latest(&partition).await, partition.number());
    let before = fixture.segment_files(&partition);
    let _held = Held::new(&fixture.store);
    let mut compacting = std::pin::pin!(fixture.log.compact(NO_LIMIT));
    let mut crashes = 0;
    loop {
        // One record after the other is on its way to the store, which is held.
        tokio::select! {
            compacted = &mut compacting => {
                compacted.unwrap();
                break;
            }
            () = until(|| fixture.store.in_flight() > 0) => {}
        }
        for is_durable in [false, true] {
            if is_durable {
                fixture.store.release_one();
            }
            let crashed = fixture.crashed();
            let partition = crashed.log.partition(number).unwrap();
            assert_eq!(latest(&partition).await, expected, "{is_durable}");
            crashed.log.sweep().await.unwrap();
            let named = crashed.segment_files(&partition);
            assert!(named.len() <= before.len());
            assert_eq!(latest(&partition).await, expected, "{is_durable}");
            crashed.log.compact(NO_LIMIT).await.unwrap();
            assert_eq!(latest(&partition).await, expected, "{is_durable}");
            crashes += 1;
        }
    }
    assert!(crashes >= 6, "{crashes}");
    assert_eq!(latest(&partition).await, expected);
}

/// A store that lets its batches go in the end, so that a test that fails comes to its end.
struct Held(Arc<MemoryStore>);

impl Held {
    fn new(store: &Arc<MemoryStore>) -> Self {
        store.hold();
        Held(Arc::clone(store))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.release();
    }
}

/// Polls until something is so.
async fn until(is_so: impl Fn() -> bool) {
    for _ in 0..10_000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("it has not come about within ten seconds");
}

#[tokio::test]
async fn a_reader_that_has_the_old_files_open_goes_on() {
    let (fixture, partition) = half_compacted().await;
    let reading = read(&partition, 0, 1 << 20).await;
    let before = records(&reading);
    fixture.log.compact(NO_LIMIT).await.unwrap();
    assert_eq!(records(&reading), before);
}

#[tokio::test]
async fn reads_and_lookups_beside_compaction_find_everything() {
    let (fixture, partition) = half_compacted().await;
    let expected = latest(&partition).await;
    let compacting = async {
        for round in 0..20 {
            flushed(&fixture, &partition, &keyed(&[("y", Some(&format!("{round}")))])).await;
            fixture.log.compact(NO_LIMIT).await.unwrap();
        }
    };
    let reading = async {
        for _ in 0..200 {
            let latest = latest(&partition).await;
            assert_eq!(latest[..expected.len()], expected);
            assert!(partition.latest_time().await.unwrap().is_some());
        }
    };
    tokio::join!(compacting, reading);
}

#[tokio::test]
async fn a_damaged_partition_is_left_alone_and_others_are_compacted() {
    let (fixture, partition) = half_compacted().await;
    let other = fixture.partition(settings()).await;
    for _ in 0..3 {
        flushed(&fixture, &other, &keyed(&[("a", Some("1"))])).await;
    }
    let directory = fixture.directory.path().join("streams/segments");
    let directory = directory.join(partition.number().get().to_string());
    let file = directory.join(&fixture.segment_files(&partition)[1]);
    let mut bytes = std::fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let error = loop {
        match fixture.log.compact(1).await {
            Ok(is_more) => assert!(is_more),
            Err(error) => break error.to_string(),
        }
    };
    assert!(error.contains("is damaged at byte"), "{error}");
    assert!(!fixture.log.compact(NO_LIMIT).await.unwrap());
    assert_eq!(left(&other).await.len(), 2);
}

#[tokio::test]
async fn what_fills_no_journal_is_compacted_too() {
    let fixture = Fixture::new();
    let partition = fixture
        .partition(Settings {
            segment_milliseconds: 5_000,
            ..settings()
        })
        .await;
    append(&partition, &keyed(&[("a", Some("1"))])).await;
    fixture.clock.advance(Duration::from_secs(3));
    append(&partition, &keyed(&[("a", Some("2"))])).await;
    fixture.clock.advance(Duration::from_secs(3));
    append(&partition, &keyed(&[("a", Some("3"))])).await;
    fixture.log.sweep().await.unwrap();
    // The first two were appended within one segment's time, the third after it.
    assert_eq!(fixture.segment_files(&partition).len(), 2);
    fixture.log.compact(NO_LIMIT).await.unwrap();
    let expected = [(1, "a", Some("2")), (2, "a", Some("3"))];
    assert_eq!(texts(&left(&partition).await), expected);
}
