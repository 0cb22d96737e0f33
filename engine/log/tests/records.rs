//! What was appended is there: from memory, from segments, and after the log was opened again.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod fixture;

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use fixture::{
    Fixture, START_MILLISECONDS, append, batch, expected, options, read, records, refused, values,
};
use ninefold_log::{
    AppendError, Cleanup, Isolation, Log, OpenError, ReadError, ReadRequest, Settings, TimestampType,
};
use ninefold_record_batch::{Batch, BatchError};
use tokio::sync::Notify;

#[tokio::test]
async fn records_get_consecutive_offsets_and_are_read_from_memory_and_from_segments() {
    let fixture = Fixture::new();
    let partition = fixture.partition(Settings::default()).await;
    assert_eq!(append(&partition, &batch(1, &["a", "b"])).await, 0);
    assert_eq!(append(&partition, &batch(2, &["c"])).await, 2);
    assert_eq!(values(&partition, 0).await, expected(0, &["a", "b", "c"]));
    assert_eq!(values(&partition, 1).await, expected(1, &["b", "c"]));
    fixture.log.flush().await.unwrap();
    assert_eq!(append(&partition, &batch(3, &["d"])).await, 3);
    for from in 0..4 {
        assert_eq!(
            values(&partition, from).await,
            expected(from, &["a", "b", "c", "d"][from as usize..])
        );
    }
    assert_eq!((partition.start_offset(), partition.end_offset()), (0, 4));
}

#[tokio::test]
async fn what_a_producer_sent_is_served_byte_for_byte_but_for_its_place() {
    let fixture = Fixture::new();
    let partition = fixture.partition(Settings::default()).await;
    append(&partition, &batch(1, &["first"])).await;
    let sent = batch(5, &["x", "y"]);
    append(&partition, &sent).await;
    for _ in 0..2 {
        let read = read(&partition, 1, 1 << 20).await;
        let bytes = read.chunks[0].load().unwrap();
        assert_eq!(bytes[..8], 1_i64.to_be_bytes());
        assert_eq!(bytes[16..], sent.bytes()[16..]);
        Batch::parse(bytes).unwrap().verify().unwrap();
        fixture.log.flush().await.unwrap();
    }
}

#[tokio::test]
async fn everything_is_there_when_the_log_is_opened_again() {
    let mut fixture = Fixture::new();
    let partition = fixture.partition(Settings::default()).await;
    let other = fixture.partition(Settings::default()).await.number();
    let number = partition.number();
    append(&partition, &batch(1, &["flushed"])).await;
    fixture.log.flush().await.unwrap();
    append(&partition, &batch(2, &["in the journal"])).await;
    drop(partition);
    for round in 0..3 {
        fixture = fixture.reopen();
        let partition = fixture.log.partition(number).unwrap();
        let found = values(&partition, 0).await;
        assert_eq!(found[..2], expected(0, &["flushed", "in the journal"]));
        assert_eq!(append(&partition, &batch(3, &["more"])).await, 2 + round);
        assert_eq!(fixture.log.partition(other).unwrap().end_offset(), 0);
    }
}

#[tokio::test]
async fn a_read_ends_at_whole_batches_within_its_bytes_but_returns_one_at_least() {
    let fixture = Fixture::new();
    let partition = fixture.partition(Settings::default()).await;
    let long = "x".repeat(3_000);
    for number in 0..10 {
        append(&partition, &batch(number, &[&long])).await;
    }
    for _ in 0..2 {
        assert_eq!(records(&read(&partition, 0, 1).await).len(), 1);
        assert_eq!(records(&read(&partition, 4, 6_500).await).len(), 2);
        assert_eq!(records(&read(&partition, 4, 3_100 * 5).await).len(), 5);
        assert_eq!(records(&read(&partition, 8, 1 << 20).await).len(), 2);
        let request = ReadRequest {
            from_offset: 0,
            max_bytes: 100,
            at_least_one: false,
            isolation: Isolation::Uncommitted,
        };
        assert_eq!(partition.read(request).await.unwrap().bytes, 0);
        assert_eq!(read(&partition, 10, 100).await.bytes, 0);
        fixture.log.flush().await.unwrap();
    }
}

#[tokio::test]
async fn offsets_that_are_not_there_are_refused() {
    let fixture = Fixture::new();
    let partition = fixture.partition(Settings::default()).await;
    append(&partition, &batch(1, &["a", "b", "c"])).await;
    assert_eq!(partition.delete_before(1).await.unwrap(), 1);
    for offset in [-1, 0, 4] {
        let request = ReadRequest {
            from_offset: offset,
            max_bytes: 1,
            at_least_one: true,
            isolation: Isolation::Uncommitted,
        };
        let error = partition.read(request).await.unwrap_err();
        let ReadError::OutOfRange {
            start_offset,
            end_offset,
            ..
        } = error
        else {
            panic!("{error}");
        };
        assert_eq!((start_offset, end_offset), (1, 3));
    }
    partition.delete_before(4).await.unwrap_err();
    assert_eq!(partition.delete_before(0).await.unwrap(), 1);
}

#[tokio::test]
async fn a_start_inside_of_a_batch_of_the_journal_is_there_when_the_log_is_opened_again() {
    let fixture = Fixture::new();
    let partition = fixture.partition(Settings::default()).await;
    append(&partition, &batch(1, &["a", "b", "c"])).await;
    partition.delete_before(1).await.unwrap();
    let number = partition.number();
    drop(partition);
    let fixture = fixture.reopen();
    let partition = fixture.log.partition(number).unwrap();
    assert_eq!((partition.start_offset(), partition.end_offset()), (1, 3));
    assert_eq!(values(&partition, 1).await, expected(1, &["b", "c"]));
}

#[tokio::test]
async fn batches_that_a_partition_does_not_take_change_nothing() {
    let fixture = Fixture::new();
    let settings = Settings {
        batch_bytes: 200,
        ..Settings::default()
    };
    let partition = fixture.partition(settings).await;
    let long = refused(&partition, &batch(1, &[&"x".repeat(200)]));
    assert!(
        matches!(long, AppendError::TooLarge { limit_bytes: 200, .. }),
        "{long}"
    );
    let mut damaged = batch(1, &["a"]).bytes().to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    let damaged = refused(&partition, &Batch::parse(Bytes::from(damaged)).unwrap());
    assert!(
        matches!(damaged, AppendError::Batch(BatchError::Checksum { .. })),
        "{damaged}"
    );
    append(&partition, &batch(1, &["a"])).await;
    assert_eq!(partition.seal().await.unwrap(), 1);
    assert!(matches!(
        refused(&partition, &batch(1, &["b"])),
        AppendError::Sealed
    ));
    let number = partition.number();
    drop(partition);
    let fixture = fixture.reopen();
    let partition = fixture.log.partition(number).unwrap();
    assert!(matches!(
        refused(&partition, &batch(1, &["b"])),
        AppendError::Sealed
    ));
    partition.unseal().await.unwrap();
    assert_eq!(append(&partition, &batch(1, &["b"])).await, 1);
}

#[tokio::test]
async fn the_time_of_the_log_replaces_the_producers_where_that_is_wanted() {
    let fixture = Fixture::new();
    let settings = Settings {
        timestamp_type: TimestampType::LogAppendTime,
        ..Settings::default()
    };
    let partition = fixture.partition(settings).await;
    append(&partition, &batch(5, &["a"])).await;
    let read = read(&partition, 0, 100).await;
    let stored = Batch::parse(read.chunks[0].load().unwrap()).unwrap();
    stored.verify().unwrap();
    assert_eq!(stored.header().max_timestamp, START_MILLISECONDS as i64);
    assert_eq!(records(&read)[0].timestamp, START_MILLISECONDS as i64);
}

#[tokio::test]
async fn whoever_watches_is_woken_when_there_is_something_to_read() {
    let fixture = Fixture::new();
    let partition = fixture.partition(Settings::default()).await;
    let notify = Arc::new(Notify::new());
    let watching = partition.watch(&notify);
    let append = partition.append(&batch(1, &["a"])).unwrap();
    notify.notified().await;
    assert_eq!(partition.end_offset(), 1);
    append.await.unwrap();
    drop(watching);
}

#[tokio::test]
async fn offsets_are_found_by_time_in_segments_and_in_memory() {
    let fixture = Fixture::new();
    let partition = fixture.partition(Settings::default()).await;
    assert_eq!(partition.offset_for_time(0).await.unwrap(), None);
    for second in 0..200_i64 {
        append(&partition, &batch(second * 10, &[&"x".repeat(100), "y"])).await;
        if second == 150 {
            fixture.log.flush().await.unwrap();
        }
    }
    partition.delete_before(21).await.unwrap();
    for (timestamp, expected) in [
        (0, Some(21)),
        (100, Some(21)),
        (101, Some(22)),
        (1_000, Some(200)),
        (1_509, Some(302)),
        (1_990, Some(398)),
        (1_991, None),
    ] {
        let found = partition.offset_for_time(timestamp).await.unwrap();
        assert_eq!(found.map(|found| found.offset), expected, "{timestamp}");
    }
    let latest = partition.latest_time().await.unwrap().unwrap();
    assert_eq!((latest.offset, latest.timestamp), (398, 1_990));
}

#[tokio::test]
async fn segments_go_by_age_and_size_and_not_the_one_at_the_end_for_its_size() {
    let fixture = Fixture::new();
    let settings = Settings {
        segment_bytes: 1_000,
        retention_milliseconds: Some(60_000),
        retention_bytes: Some(2_000),
        ..Settings::default()
    };
    let partition = fixture.partition(settings.clone()).await;
    let now = START_MILLISECONDS as i64;
    for number in 0..12 {
        append(&partition, &batch(now + number, &[&"x".repeat(400)])).await;
    }
    fixture.log.flush().await.unwrap();
    fixture.log.sweep().await.unwrap();
    // Two batches a segment, and 2,000 bytes have to be left.
    assert_eq!(partition.start_offset(), 6);
    assert_eq!(values(&partition, 6).await.len(), 6);
    partition
        .configure(Settings {
            retention_bytes: None,
            cleanup: Cleanup::Compact,
            ..settings.clone()
        })
        .await
        .unwrap();
    fixture.clock.advance(Duration::from_secs(3_600));
    fixture.log.sweep().await.unwrap();
    assert_eq!(partition.start_offset(), 6);
    partition.configure(settings).await.unwrap();
    fixture.log.sweep().await.unwrap();
    assert_eq!((partition.start_offset(), partition.end_offset()), (12, 12));
    assert_eq!(append(&partition, &batch(now, &["next"])).await, 12);
    let number = partition.number();
    drop(partition);
    let fixture = fixture.reopen();
    let partition = fixture.log.partition(number).unwrap();
    assert_eq!(values(&partition, 12).await, expected(12, &["next"]));
}

#[tokio::test]
async fn old_records_go_though_they_fill_no_journal() {
    let fixture = Fixture::new();
    let partition = fixture
        .partition(Settings {
            retention_milliseconds: Some(60_000),
            ..Settings::default()
        })
        .await;
    append(&partition, &batch(START_MILLISECONDS as i64, &["old"])).await;
    fixture.clock.advance(Duration::from_secs(59));
    fixture.log.sweep().await.unwrap();
    assert_eq!(partition.start_offset(), 0);
    fixture.clock.advance(Duration::from_secs(2));
    fixture.log.sweep().await.unwrap();
    assert_eq!((partition.start_offset(), partition.end_offset()), (1, 1));
}

#[tokio::test]
async fn a_deleted_partition_is_gone_with_its_files_and_its_number_is_not_given_again() {
    let fixture = Fixture::new();
    let partition = fixture.partition(Settings::default()).await;
    append(&partition, &batch(1, &["a"])).await;
    fixture.log.flush().await.unwrap();
    append(&partition, &batch(1, &["b"])).await;
    let number = partition.number();
    let files = fixture
        .directory
        .path()
        .join("streams/segments")
        .join(number.get().to_string());
    assert!(files.exists());
    fixture.log.delete(number).await.unwrap();
    assert!(!files.exists());
    assert!(matches!(
        refused(&partition, &batch(1, &["c"])),
        AppendError::Deleted
    ));
    drop(partition);
    let fixture = fixture.reopen();
    assert!(fixture.log.partition(number).is_none());
    assert_ne!(fixture.partition(Settings::default()).await.number(), number);
}

#[tokio::test]
async fn a_torn_end_of_the_journal_is_left_out_and_damage_before_it_refused() {
    let fixture = Fixture::new();
    let partition = fixture.partition(Settings::default()).await;
    for value in ["a", "b", "c"] {
        append(&partition, &batch(1, &[value])).await;
    }
    let number = partition.number();
    drop(partition);
    let Fixture {
        directory,
        store,
        clock,
        log,
        ..
    } = fixture;
    let journal = directory.path().join("streams/journal");
    let file = fs::read_dir(&journal).unwrap().next().unwrap().unwrap().path();
    // As the crash of the process leaves it: nothing says up to where everything was synced but the rounds themselves.
    std::mem::forget(log);
    let intact = fs::read(&file).unwrap();
    let mut torn = intact.clone();
    torn[2 * 4_096 + 100] ^= 1;
    fs::write(&file, &torn).unwrap();
    let reopened = Log::open(&options(&directory), store.clone(), clock.clone()).unwrap();
    let partition = reopened.partition(number).unwrap();
    assert_eq!(values(&partition, 0).await, expected(0, &["a", "b"]));
    std::mem::forget(reopened);
    let mut damaged = intact;
    damaged[4_096 + 100] ^= 1;
    fs::write(&file, &damaged).unwrap();
    let error = Log::open(&options(&directory), store.clone(), clock)
        .map(drop)
        .unwrap_err();
    let OpenError::Journal(error) = error else {
        panic!("{error}");
    };
    assert!(error.to_string().contains("were synced"), "{error}");
}
