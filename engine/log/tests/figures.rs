//! What a log tells of itself, and what it costs to have many partitions.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod fixture;

use std::sync::Mutex;

use fixture::{Fixture, append, batch, keyed, refused};
use ninefold_log::{Cleanup, Settings};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;
/// What others allocate at the same time would be counted too.
static ALONE: Mutex<()> = Mutex::new(());

const PARTITIONS: usize = 10_000;
/// Each of them has two files.
const USED_PARTITIONS: usize = 1_000;
const FILES: u64 = 512;
const IDLE_PARTITION_BYTES: usize = 8 << 10;

#[test]
fn figures_follow_what_is_done() {
    let _alone = ALONE.lock().unwrap();
    run(async {
        let fixture = Fixture::new();
        let partition = fixture.partition(Settings::default()).await;
        assert_eq!(fixture.log.figures().partitions, 1);
        let batch = batch(1, &["a"]);
        let bytes = batch.bytes().len() as u64;
        append(&partition, &batch).await;
        append(&partition, &batch).await;
        let figures = fixture.log.figures();
        assert_eq!((figures.appended_batches, figures.appended_bytes), (2, 2 * bytes));
        assert_eq!(
            (figures.rounds, figures.syncs, figures.sync_seconds.count),
            (2, 2, 2)
        );
        assert_eq!((figures.cached_bytes, figures.segment_bytes), (2 * bytes, 0));
        assert!(figures.journal_bytes > 2 * bytes);
        fixture.log.flush().await.unwrap();
        let figures = fixture.log.figures();
        assert_eq!((figures.segment_bytes, figures.journal_bytes), (2 * bytes, 0));
        partition.seal().await.unwrap();
        refused(&partition, &batch);
        assert_eq!(fixture.log.figures().refused_appends, 1);
    });
}

#[test]
fn figures_count_what_compaction_reads_and_writes() {
    let _alone = ALONE.lock().unwrap();
    run(async {
        let fixture = Fixture::new();
        let settings = Settings {
            cleanup: Cleanup::Compact,
            segment_milliseconds: 0,
            ..Settings::default()
        };
        let partition = fixture.partition(settings).await;
        for _ in 0..3 {
            append(&partition, &keyed(&[("a", Some("1"))])).await;
            fixture.log.flush().await.unwrap();
        }
        let before = fixture.log.figures();
        fixture.log.compact(u64::MAX).await.unwrap();
        let after = fixture.log.figures();
        let saved = after.compaction_read_bytes - after.compaction_written_bytes;
        assert!(saved > 0);
        assert_eq!(after.segment_bytes, before.segment_bytes - saved);
    });
}

#[test]
fn an_idle_partition_takes_little_memory() {
    let _alone = ALONE.lock().unwrap();
    run(async {
        let mut fixture = Fixture::new();
        let before = ALLOCATOR.current_usage();
        let partitions = fixture
            .log
            .create_many(&Settings::default(), PARTITIONS)
            .await
            .unwrap();
        let numbers: Vec<_> = partitions.iter().map(|partition| partition.number()).collect();
        drop(partitions);
        let created = ALLOCATOR.current_usage() - before;
        // With what the store in memory keeps of them.
        assert!(
            created / PARTITIONS <= IDLE_PARTITION_BYTES,
            "{}",
            created / PARTITIONS
        );
        fixture = fixture.reopen();
        let opened = ALLOCATOR.current_usage() - before;
        assert!(
            opened / PARTITIONS <= IDLE_PARTITION_BYTES,
            "{}",
            opened / PARTITIONS
        );
        let partition = fixture.log.partition(numbers[PARTITIONS - 1]).unwrap();
        assert_eq!(append(&partition, &batch(1, &["a"])).await, 0);
    });
}

#[test]
fn many_partitions_are_flushed_with_few_files_open() {
    let _alone = ALONE.lock().unwrap();
    run(async {
        let mut fixture = Fixture::new();
        let partitions = fixture
            .log
            .create_many(&Settings::default(), USED_PARTITIONS)
            .await
            .unwrap();
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
        let few = rustix::process::Rlimit {
            current: Some(FILES),
            ..limit
        };
        rustix::process::setrlimit(rustix::process::Resource::Nofile, few).unwrap();
        let batch = batch(1, &["a"]);
        let under_way: Vec<_> = partitions
            .iter()
            .map(|partition| partition.append(&batch).unwrap())
            .collect();
        for append in under_way {
            append.await.unwrap();
        }
        fixture.log.flush().await.unwrap();
        rustix::process::setrlimit(rustix::process::Resource::Nofile, limit).unwrap();
        let number = partitions[USED_PARTITIONS - 1].number();
        drop(partitions);
        let before = ALLOCATOR.current_usage();
        fixture = fixture.reopen();
        let grown = ALLOCATOR.current_usage().saturating_sub(before);
        assert!(
            grown / USED_PARTITIONS <= IDLE_PARTITION_BYTES,
            "{}",
            grown / USED_PARTITIONS
        );
        let partition = fixture.log.partition(number).unwrap();
        assert_eq!(fixture::values(&partition, 0).await, fixture::expected(0, &["a"]));
    });
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(test);
}
