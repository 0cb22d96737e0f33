//! Streams, their shards and what a crash leaves of a change.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use ninefold_log::{Log, LogOptions, Settings};
use ninefold_store::{MemoryStore, StoreError};
use ninefold_streams::{
    Birth, HashRange, NewShard, NewStream, Reshaping, Stream, StreamKey, Streams, StreamsError,
};
use ninefold_time::{ManualClock, Timestamp};
use serde_json::json;
use tempfile::TempDir;

struct Fixture {
    directory: TempDir,
    store: Arc<MemoryStore>,
    clock: Arc<ManualClock>,
    log: Arc<Log>,
    streams: Streams,
}

impl Fixture {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp::from_secs(1_800_000_000)));
        Self::open(directory, Arc::new(MemoryStore::new()), clock).await
    }

    async fn open(directory: TempDir, store: Arc<MemoryStore>, clock: Arc<ManualClock>) -> Self {
        let options = LogOptions::new(directory.path().join("streams"));
        let log = Arc::new(Log::open(&options, store.clone(), clock.clone()).unwrap());
        let streams = Streams::open(store.clone(), Arc::clone(&log), clock.clone());
        let streams = streams.await.unwrap();
        Fixture {
            directory,
            store,
            clock,
            log,
            streams,
        }
    }

    async fn reopen(self) -> Self {
        drop((self.streams, self.log));
        Self::open(self.directory, self.store, self.clock).await
    }
}

fn orders() -> StreamKey {
    StreamKey::new("000000000000/us-east-1", "orders")
}

fn new_stream(shards: u32) -> NewStream {
    let shard = |range| NewShard {
        hash_range: Some(range),
        parents: Vec::new(),
    };
    NewStream {
        birth: Birth::Kinesis,
        shards: HashRange::even(shards).into_iter().map(shard).collect(),
        settings: Settings::default(),
        attachment: ("kinesis".to_owned(), json!({"retention_hours": 24})),
    }
}

/// Splits the first shard of a stream.
fn split(first: HashRange) -> Reshaping {
    let middle = first.last / 2;
    let range = |first, last| NewShard {
        hash_range: Some(HashRange { first, last }),
        parents: vec![0],
    };
    Reshaping {
        close: vec![0],
        open: vec![range(0, middle), range(middle + 1, first.last)],
    }
}

#[tokio::test]
async fn a_stream_is_there_again_with_all_that_is_known_of_it() {
    let mut fixture = Fixture::new().await;
    let made = fixture.streams.create(orders(), new_stream(2)).await.unwrap();
    let again = fixture.streams.create(orders(), new_stream(2)).await.unwrap_err();
    assert!(matches!(again, StreamsError::Exists), "{again}");
    let configs = |_: &Stream| Ok::<_, StreamsError>(json!({"segment.ms": 5}));
    fixture.streams.attach(&orders(), "kafka", configs).await.unwrap();
    for _ in 0..2 {
        let stream = fixture.streams.get(&orders()).unwrap();
        assert_eq!(stream.record.id, made.record.id);
        assert_eq!(
            stream.attachment("kinesis"),
            Some(&json!({"retention_hours": 24}))
        );
        assert_eq!(stream.attachment("kafka"), Some(&json!({"segment.ms": 5})));
        assert_eq!(fixture.streams.by_id(made.record.id).unwrap().key, orders());
        assert_eq!(
            (stream.shard_of(0), stream.shard_of(u128::MAX)),
            (Some(0), Some(1))
        );
        fixture = fixture.reopen().await;
    }
}

#[tokio::test]
async fn a_closed_shard_takes_nothing_and_its_children_take_its_hash_keys() {
    let mut fixture = Fixture::new().await;
    fixture.streams.create(orders(), new_stream(2)).await.unwrap();
    let split = |stream: &Stream| Ok::<_, StreamsError>(split(stream.record.shards[0].hash_range.unwrap()));
    fixture.streams.reshape(&orders(), split).await.unwrap();
    for _ in 0..2 {
        let stream = fixture.streams.get(&orders()).unwrap();
        assert_eq!(stream.partitions.len(), 4);
        assert!(!stream.record.shards[0].is_open() && stream.partitions[0].is_sealed());
        assert_eq!(
            (stream.shard_of(0), stream.shard_of(u128::MAX)),
            (Some(2), Some(1))
        );
        assert_eq!(stream.record.shards[3].parents, [0]);
        fixture = fixture.reopen().await;
    }
}

#[tokio::test]
async fn what_a_crash_left_of_a_change_is_undone() {
    let fixture = Fixture::new().await;
    let stream = fixture.streams.create(orders(), new_stream(1)).await.unwrap();
    // As if it had come in the middle of a split.
    stream.partitions[0].seal().await.unwrap();
    let orphan = fixture.log.create(Settings::default()).await.unwrap().number();
    drop(stream);
    let fixture = fixture.reopen().await;
    assert!(!fixture.streams.get(&orders()).unwrap().partitions[0].is_sealed());
    assert!(fixture.log.partition(orphan).is_none());
}

#[tokio::test]
async fn a_shard_that_could_not_be_closed_goes_on() {
    let fixture = Fixture::new().await;
    fixture.streams.create(orders(), new_stream(1)).await.unwrap();
    let split = |stream: &Stream| {
        fixture.store.fail_next(StoreError::Overloaded);
        Ok::<_, StreamsError>(split(stream.record.shards[0].hash_range.unwrap()))
    };
    fixture.streams.reshape(&orders(), split).await.unwrap_err();
    let stream = fixture.streams.get(&orders()).unwrap();
    assert!(stream.record.shards[0].is_open() && !stream.partitions[0].is_sealed());
}

#[tokio::test]
async fn deleting_takes_the_records_and_frees_the_name() {
    let fixture = Fixture::new().await;
    let mut changes = fixture.streams.changes();
    let stream = fixture.streams.create(orders(), new_stream(3)).await.unwrap();
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    fixture.streams.delete(&orders()).await.unwrap();
    assert!(changes.has_changed().unwrap());
    assert!(fixture.streams.get(&orders()).is_none() && fixture.streams.by_id(stream.record.id).is_none());
    assert!(fixture.log.numbers().is_empty());
    let missing = fixture.streams.delete(&orders()).await.unwrap_err();
    assert!(matches!(missing, StreamsError::NotFound), "{missing}");
    let again = fixture.streams.create(orders(), new_stream(1)).await.unwrap();
    assert_ne!(again.record.id, stream.record.id);
}

#[tokio::test]
async fn pages_are_of_one_namespace_in_the_order_of_names() {
    let fixture = Fixture::new().await;
    for (namespace, name) in [("a", "2"), ("a", "1"), ("b", "0"), ("a", "3")] {
        let key = StreamKey::new(namespace, name);
        fixture.streams.create(key, new_stream(1)).await.unwrap();
    }
    let names = |after: Option<&str>, limit| -> Vec<String> {
        let page = fixture.streams.page("a", after, limit);
        page.iter().map(|stream| stream.key.name.clone()).collect()
    };
    assert_eq!(names(None, 2), ["1", "2"]);
    assert_eq!(names(Some("2"), 2), ["3"]);
    assert_eq!(fixture.streams.all().len(), 4);
}
