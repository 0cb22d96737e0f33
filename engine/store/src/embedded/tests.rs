mod ranges;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::sync::mpsc;

use proptest::prelude::*;

use super::fault::{FaultyMedium, RoundExtent, Sector};
use super::*;
use crate::conformance;

const ITEMS: Table = Table::new(1, "items");
const OTHERS: Table = Table::new(2, "others");

fn options(directory: &Path) -> EmbeddedOptions {
    EmbeddedOptions::new(directory, [ITEMS, OTHERS])
}

fn open(directory: &Path) -> EmbeddedStore {
    EmbeddedStore::open(options(directory)).unwrap()
}

fn open_error(directory: &Path) -> OpenError {
    EmbeddedStore::open(options(directory))
        .err()
        .expect("the store must not open")
}

fn partition() -> PartitionId {
    PartitionId::of(b"test")
}

fn commit(
    store: &dyn Store,
    durability: Durability,
    fill: impl FnOnce(&mut Batch),
) -> Result<(), StoreError> {
    let mut batch = Batch::new(partition());
    fill(&mut batch);
    let (sender, receiver) = mpsc::channel();
    store.submit(
        batch,
        durability,
        Box::new(move |outcome| sender.send(outcome).unwrap()),
    );
    receiver.recv().unwrap()
}

fn put(store: &dyn Store, durability: Durability, key: &[u8]) -> Result<(), StoreError> {
    commit(store, durability, |batch| batch.put(ITEMS, key, vec![7; 300]))
}

fn keys(store: &dyn Store) -> Vec<Vec<u8>> {
    let page = store
        .scan(partition(), ITEMS, ScanRange::all(), ScanLimit::entries(100_000))
        .unwrap();
    page.into_iter().map(|(key, _)| key.to_vec()).collect()
}

fn read_only(reason: &str) -> StoreError {
    StoreError::ReadOnly {
        reason: reason.into(),
    }
}

#[test]
fn conforms() {
    for (mode, memtable_bytes) in [
        (DurabilityMode::Sync, 64 << 20),
        (DurabilityMode::OsCache, 64 << 20),
        // Everything goes to the tables soon.
        (DurabilityMode::Sync, 2_000),
    ] {
        let directories = tempfile::tempdir().unwrap();
        let next = std::cell::Cell::new(0);
        let options = |directory: &str, tables: &[Table]| EmbeddedOptions {
            durability_mode: mode,
            memtable_bytes,
            ..EmbeddedOptions::new(directories.path().join(directory), tables)
        };
        conformance::run(|tables| {
            next.set(next.get() + 1);
            Arc::new(EmbeddedStore::open(options(&next.get().to_string(), tables)).unwrap())
        });
        conformance::run_persistent(|tables| {
            Arc::new(EmbeddedStore::open(options("persistent", tables)).unwrap())
        });
    }
}

#[test]
fn a_second_process_is_refused_and_told_who_holds_the_directory() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let error = open_error(directory.path());
    let OpenError::InUse {
        pid, host, held_for, ..
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!(*pid, Some(std::process::id()));
    assert!(!host.is_empty() && held_for.is_some());
    assert!(error.to_string().contains("stop that process"), "{error}");
    drop(store);
    open(directory.path());
}

#[test]
fn a_table_that_was_not_opened_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let unknown = Table::new(3, "unknown");
    let error = StoreError::UnknownTable { table: "unknown" };
    assert_eq!(store.get(partition(), unknown, b"key"), Err(error.clone()));
    assert_eq!(
        commit(&store, Durability::Durable, |batch| batch.delete(unknown, b"key")),
        Err(error)
    );
    let same_number = Table::new(1, "renamed");
    assert!(store.get(partition(), same_number, b"key").is_err());
}

#[test]
fn a_format_from_the_future_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()));
    let file = directory.path().join("FORMAT");
    let newer = std::fs::read_to_string(&file)
        .unwrap()
        .replace("\"format\": 3", "\"format\": 4");
    std::fs::write(&file, &newer).unwrap();
    let error = open_error(directory.path()).to_string();
    assert!(
        error.contains("format version 4") && error.contains("use the release that wrote it"),
        "{error}"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), newer);
}

#[test]
fn a_store_of_the_format_before_is_read_and_brought_up_to_date() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    assert_eq!(put(&store, Durability::Durable, b"key"), Ok(()));
    drop(store);
    let file = directory.path().join("FORMAT");
    let present = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, present.replace("\"format\": 3", "\"format\": 2")).unwrap();
    assert_eq!(keys(&open(directory.path())), [b"key"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), present);
}

#[test]
fn data_without_a_format_is_refused_but_an_interrupted_creation_starts_over() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()));
    std::fs::remove_file(directory.path().join("FORMAT")).unwrap();
    assert!(matches!(open_error(directory.path()), OpenError::Format { .. }));
    std::fs::write(directory.path().join("CREATING"), "").unwrap();
    std::fs::remove_file(directory.path().join("store/version")).unwrap();
    let store = open(directory.path());
    assert_eq!(put(&store, Durability::Durable, b"key"), Ok(()));
    drop(store);
    assert_eq!(keys(&open(directory.path())), [b"key"]);
    assert!(!directory.path().join("CREATING").exists());
}

#[test]
fn a_directory_that_cannot_be_written_is_refused_with_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "not a directory").unwrap();
    for path in [file.clone(), file.join("below")] {
        let error = open_error(&path);
        assert!(matches!(error, OpenError::NotWritable { .. }), "{error}");
        assert!(
            error.to_string().contains("check its owner, its permissions"),
            "{error}"
        );
    }
    let kinds = [ErrorKind::PermissionDenied, ErrorKind::ReadOnlyFilesystem];
    for kind in kinds {
        assert!(matches!(
            open_failed(&file, kind.into()),
            OpenError::NotWritable { .. }
        ));
    }
    assert!(matches!(
        open_failed(&file, ErrorKind::StorageFull.into()),
        OpenError::DiskFull { .. }
    ));
}

#[test]
fn after_a_failed_sync_nothing_is_acknowledged_and_reads_go_on() {
    for kind in [ErrorKind::StorageFull, ErrorKind::Other] {
        let directory = tempfile::tempdir().unwrap();
        let medium = Arc::new(FaultyMedium::default());
        let store = fault::open(options(directory.path()), medium.clone()).unwrap();
        assert_eq!(put(&store, Durability::Durable, b"before"), Ok(()));
        medium.fail_next_sync(kind);
        let error = read_only(&std::io::Error::from(kind).to_string());
        assert_eq!(put(&store, Durability::Durable, b"failed"), Err(error.clone()));
        assert_eq!(put(&store, Durability::Durable, b"later"), Err(error.clone()));
        assert_eq!(put(&store, Durability::Relaxed, b"later"), Err(error));
        assert!(matches!(store.state(), StoreState::ReadOnly { .. }));
        assert_eq!(keys(&store), [b"before"]);
        assert_eq!(store.figures().failed_batches, 3);
        drop(store);
        let store = open(directory.path());
        assert_eq!(store.state(), StoreState::Healthy);
        // Nobody was told that it is there, nor that it isn't.
        let keys: Vec<_> = keys(&store).into_iter().filter(|key| key != b"failed").collect();
        assert_eq!(keys, [b"before"]);
    }
}

#[test]
fn a_failed_write_fails_relaxed_batches_too() {
    let directory = tempfile::tempdir().unwrap();
    let medium = Arc::new(FaultyMedium::default());
    let store = fault::open(options(directory.path()), medium.clone()).unwrap();
    medium.fail_next_write(ErrorKind::StorageFull);
    assert!(matches!(
        put(&store, Durability::Relaxed, b"key"),
        Err(StoreError::ReadOnly { .. })
    ));
    assert!(keys(&store).is_empty());
}

#[test]
fn relaxed_batches_are_synced_soon_and_when_closed() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    assert_eq!(put(&store, Durability::Relaxed, b"soon"), Ok(()));
    while store.figures().syncs == 0 {
        std::thread::yield_now();
    }
    assert_eq!(store.figures().rounds, 1);
    assert_eq!(put(&store, Durability::Relaxed, b"closed"), Ok(()));
    store.close();
    assert_eq!(store.figures().syncs, 2);
}

#[test]
fn a_panicking_completion_stops_nobody_else() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    store.submit(
        Batch::new(partition()),
        Durability::Durable,
        Box::new(|_| panic!("a mistake of the caller")),
    );
    assert_eq!(put(&store, Durability::Durable, b"key"), Ok(()));
}

#[test]
fn a_batch_beyond_the_queue_limit_is_refused_as_overload() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let value = Bytes::from(vec![0; Batch::MAX_VALUE_BYTES]);
    let fill = |batch: &mut Batch| (0..4_u8).for_each(|key| batch.put(ITEMS, [key], value.clone()));
    assert_eq!(
        commit(&store, Durability::Durable, fill),
        Err(StoreError::Overloaded)
    );
    assert_eq!(put(&store, Durability::Durable, b"key"), Ok(()));
}

/// A directory as `kill -9` leaves it, with `count` durable rounds of one batch, and where those are.
fn killed_after(count: u32, target: &Path) -> Vec<RoundExtent> {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    for number in 0..count {
        assert_eq!(put(&store, Durability::Durable, &number.to_be_bytes()), Ok(()));
    }
    fault::copy(directory.path(), target).unwrap();
    let rounds = fault::rounds(target).unwrap();
    assert_eq!(rounds.len(), count as usize);
    rounds
}

#[test]
fn damage_before_acknowledged_commits_is_refused_and_nothing_is_changed() {
    let directory = tempfile::tempdir().unwrap();
    let rounds = killed_after(5, directory.path());
    let damaged = &rounds[2];
    let segment = &damaged.segment;
    let intact = std::fs::read(segment).unwrap();
    // Behind that come zeros, under no checksum.
    for offset in damaged.start..damaged.start + 350 {
        fault::damage(segment, offset, 1).unwrap();
        let before = std::fs::read(segment).unwrap();
        let error = open_error(directory.path());
        let OpenError::Damaged {
            file, offset: place, ..
        } = &error
        else {
            panic!("{error}")
        };
        assert_eq!((file, *place), (segment, damaged.start), "{error}");
        assert!(
            error
                .to_string()
                .contains("Restore the data directory from a backup"),
            "{error}"
        );
        assert!(std::fs::read(segment).unwrap() == before, "the log was changed");
        std::fs::write(segment, &intact).unwrap();
    }
    assert_eq!(keys(&open(directory.path())).len(), 5);
}

#[test]
fn acknowledged_commits_cut_out_of_the_middle_are_missed() {
    let directory = tempfile::tempdir().unwrap();
    let rounds = killed_after(5, directory.path());
    let mut content = std::fs::read(&rounds[0].segment).unwrap();
    content.drain(rounds[1].start as usize..rounds[1].end as usize);
    std::fs::write(&rounds[0].segment, content).unwrap();
    let error = open_error(directory.path()).to_string();
    assert!(
        error.contains("up to round 4 were synced, but round 1 is the last"),
        "{error}"
    );
}

#[test]
fn a_log_that_lost_its_end_after_a_clean_close_is_refused() {
    for zeros in [false, true] {
        let directory = tempfile::tempdir().unwrap();
        let store = open(directory.path());
        for key in 0..3_u8 {
            assert_eq!(put(&store, Durability::Durable, &[key]), Ok(()));
        }
        drop(store);
        let last = fault::rounds(directory.path()).unwrap().pop().unwrap();
        let segment = std::fs::OpenOptions::new()
            .write(true)
            .open(&last.segment)
            .unwrap();
        let length = segment.metadata().unwrap().len();
        segment.set_len(last.start).unwrap();
        if zeros {
            segment.set_len(length).unwrap();
        }
        let error = open_error(directory.path()).to_string();
        assert!(error.contains("commits up to round 3 were synced"), "{error}");
    }
}

#[test]
fn a_copied_log_inside_a_value_is_not_taken_for_commits() {
    let directory = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    let foreign = killed_after(3, other.path());
    let segment = std::fs::read(&foreign[0].segment).unwrap()[..foreign[2].end as usize].to_vec();
    let source = tempfile::tempdir().unwrap();
    let store = open(source.path());
    assert_eq!(put(&store, Durability::Durable, b"first"), Ok(()));
    commit(&store, Durability::Durable, |batch| {
        batch.put(ITEMS, b"second", segment)
    })
    .unwrap();
    let rounds = fault::rounds(source.path()).unwrap();
    let mut sectors = 0;
    let first_lost = || {
        sectors += 1;
        if sectors == 1 {
            Sector::Lost
        } else {
            Sector::Written
        }
    };
    fault::crash(source.path(), directory.path(), &rounds[1], first_lost).unwrap();
    assert_eq!(keys(&open(directory.path())), [b"first"]);
}

/// Options with which everything is moved to the tables after some dozen entries.
fn small(directory: &Path) -> EmbeddedOptions {
    EmbeddedOptions {
        memtable_bytes: 10_000,
        ..options(directory)
    }
}

#[test]
fn what_moves_to_the_tables_stays_readable_and_frees_the_log() {
    let directory = tempfile::tempdir().unwrap();
    for reopened in 0..3_u8 {
        let store = EmbeddedStore::open(small(directory.path())).unwrap();
        for key in 0..100_u8 {
            assert_eq!(put(&store, Durability::Durable, &[reopened, key]), Ok(()));
            let deleted = commit(&store, Durability::Relaxed, |batch| {
                batch.delete(ITEMS, [reopened, key - key % 2])
            });
            assert_eq!(deleted, Ok(()));
        }
        let left: Vec<_> = (0..=reopened)
            .flat_map(|reopened| (0..50_u8).map(move |key| vec![reopened, 2 * key + 1]))
            .collect();
        assert_eq!(keys(&store), left);
    }
    assert!(format::read_applied_round(directory.path()).unwrap() > 400);
    let segments = std::fs::read_dir(directory.path().join(LOG)).unwrap().count();
    assert!(segments <= 8, "{segments} segments of the log are kept");
}

#[test]
fn tables_that_have_vanished_are_missed() {
    let directory = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(small(directory.path())).unwrap();
    for key in 0..100_u8 {
        assert_eq!(put(&store, Durability::Durable, &[key]), Ok(()));
    }
    drop(store);
    let tables = directory.path().join(DATABASE);
    std::fs::remove_dir_all(&tables).unwrap();
    let error = open_error(directory.path()).to_string();
    assert!(error.contains("they are missing"), "{error}");
    std::fs::create_dir(&tables).unwrap();
    let error = open_error(directory.path()).to_string();
    assert!(
        error.contains("they are empty, but commits up to round"),
        "{error}"
    );
}

#[test]
fn a_failure_to_write_tables_makes_the_store_read_only() {
    let directory = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(small(directory.path())).unwrap();
    // Until there is a first table to lose the place of.
    let mut acknowledged = Vec::new();
    while store.tables.keyspace(ITEMS).unwrap().is_none() {
        let key = format!("before {}", acknowledged.len()).into_bytes();
        assert_eq!(put(&store, Durability::Durable, &key), Ok(()));
        acknowledged.push(key);
    }
    while store.layers.read().frozen.is_some() {
        std::thread::yield_now();
    }
    let keyspace = store.tables.keyspace(ITEMS).unwrap().unwrap();
    let (tables, moved) = (keyspace.path().join("tables"), directory.path().join("moved"));
    std::fs::rename(&tables, &moved).unwrap();
    for key in 0..=u8::MAX {
        match put(&store, Durability::Durable, &[key]) {
            Ok(()) => acknowledged.push(vec![key]),
            Err(error) => {
                assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
                break;
            }
        }
    }
    assert!(matches!(store.state(), StoreState::ReadOnly { .. }));
    std::fs::rename(moved, tables).unwrap();
    acknowledged.sort();
    assert_eq!(keys(&store), acknowledged);
}

#[test]
fn damaged_tables_are_reported_when_read_or_opened() {
    let directory = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(small(directory.path())).unwrap();
    for key in 0..200_u8 {
        assert_eq!(put(&store, Durability::Relaxed, &[key]), Ok(()));
    }
    let tables = store
        .tables
        .keyspace(ITEMS)
        .unwrap()
        .unwrap()
        .path()
        .join("tables");
    drop(store);
    let tables = std::fs::read_dir(tables).unwrap().map(|entry| entry.unwrap());
    let largest = tables.max_by_key(|entry| entry.metadata().unwrap().len());
    let table = largest.unwrap().path();
    let intact = std::fs::read(&table).unwrap();

    fault::damage(&table, 2_000, 8).unwrap();
    let store = open(directory.path());
    let error = store.scan(partition(), ITEMS, ScanRange::all(), ScanLimit::entries(1_000));
    assert!(matches!(error, Err(StoreError::Damaged { .. })), "{error:?}");
    drop(store);

    std::fs::write(&table, &intact[..intact.len() / 2]).unwrap();
    let error = open_error(directory.path());
    assert!(matches!(error, OpenError::DamagedTables { .. }), "{error}");
    std::fs::remove_file(&table).unwrap();
    let error = open_error(directory.path());
    assert!(matches!(error, OpenError::DamagedTables { .. }), "{error}");
}

/// One batch of the crash test: what it sets, and how long its caller waits.
#[derive(Debug, Clone)]
struct Step {
    /// Deleted first: from the first key on, that many.
    ranges: Vec<(u8, u8)>,
    puts: Vec<(u8, u16)>,
    deletes: Vec<u8>,
    durable: bool,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let puts = prop::collection::vec((0..12_u8, 0..3_000_u16), 0..4);
    let deletes = prop::collection::vec(0..12_u8, 0..2);
    let ranges = prop::collection::vec((0..12_u8, 0..6_u8), 0..2);
    let step = (ranges, puts, deletes, prop::bool::weighted(0.4));
    let step = step.prop_map(|(ranges, puts, deletes, durable)| Step {
        ranges,
        puts,
        deletes,
        durable,
    });
    prop::collection::vec(step, 1..14)
}

fn sector() -> impl Strategy<Value = Sector> {
    prop_oneof![
        Just(Sector::Written),
        Just(Sector::Written),
        Just(Sector::Lost),
        any::<u8>().prop_map(Sector::Garbage),
    ]
}

type Content = BTreeMap<(u8, Vec<u8>), Vec<u8>>;

fn apply(content: &mut Content, number: usize, step: &Step) {
    for (start, length) in &step.ranges {
        let deleted = (ITEMS.id(), vec![*start])..(ITEMS.id(), vec![start + length]);
        content.retain(|key, _| !deleted.contains(key));
    }
    for (key, length) in &step.puts {
        let value = vec![number as u8; usize::from(*length)];
        content.insert((ITEMS.id(), vec![*key]), value.clone());
        content.insert((OTHERS.id(), vec![*key]), value);
    }
    for key in &step.deletes {
        content.remove(&(ITEMS.id(), vec![*key]));
    }
}

fn content(store: &dyn Store) -> Content {
    let mut content = Content::new();
    for table in [ITEMS, OTHERS] {
        let page = store
            .scan(partition(), table, ScanRange::all(), ScanLimit::entries(1_000))
            .unwrap();
        content.extend(
            page.into_iter()
                .map(|(key, value)| ((table.id(), key.to_vec()), value.to_vec())),
        );
    }
    content
}

/// Commits the steps one round each, onto the last of `before`; returns that and the content after 1, 2, … of them.
fn play(store: &dyn Store, steps: &[Step], before: &[Content]) -> Vec<Content> {
    let mut contents = vec![before.last().unwrap().clone()];
    for (number, step) in steps.iter().enumerate() {
        let durability = if step.durable {
            Durability::Durable
        } else {
            Durability::Relaxed
        };
        let outcome = commit(store, durability, |batch| {
            for (start, length) in &step.ranges {
                batch.delete_range(ITEMS, &ScanRange::between(vec![*start], vec![start + length]));
            }
            for (key, length) in &step.puts {
                let value = vec![number as u8; usize::from(*length)];
                batch.put(ITEMS, [*key], value.clone());
                batch.put(OTHERS, [*key], value);
            }
            step.deletes.iter().for_each(|key| batch.delete(ITEMS, [*key]));
        });
        assert_eq!(outcome, Ok(()));
        let mut next = contents[number].clone();
        apply(&mut next, number, step);
        contents.push(next);
    }
    contents
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// The power fails while a round is written or synced: whatever became of the sectors that were not synced, the
    /// store opens with every acknowledged batch and no batch in part.
    #[test]
    fn a_crash_loses_nothing_acknowledged_and_tears_no_batch(
        steps in steps(),
        crash_at in any::<prop::sample::Index>(),
        fates in prop::collection::vec(sector(), 16),
        durable in any::<bool>(),
        restarted in any::<bool>(),
        moving in any::<bool>(),
    ) {
        let (source, target) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mode = if durable { DurabilityMode::Sync } else { DurabilityMode::OsCache };
        let options = |directory: &Path| EmbeddedOptions {
            durability_mode: mode,
            ..if moving { small(directory) } else { options(directory) }
        };
        let contents = if restarted {
            // A restart goes on in another segment of the log.
            let (before, after) = steps.split_at(steps.len() / 2);
            let mut contents = play(&EmbeddedStore::open(options(source.path())).unwrap(), before, &[Content::new()]);
            contents.extend(play(&EmbeddedStore::open(options(source.path())).unwrap(), after, &contents).split_off(1));
            contents
        } else {
            play(&EmbeddedStore::open(options(source.path())).unwrap(), &steps, &[Content::new()])
        };
        let rounds = fault::rounds(source.path()).unwrap();
        let applied = format::read_applied_round(source.path()).unwrap();
        prop_assert_eq!(rounds.len() as u64 + applied, steps.len() as u64);
        if rounds.is_empty() {
            let recovered = content(&EmbeddedStore::open(options(source.path())).unwrap());
            prop_assert_eq!(&recovered, contents.last().unwrap());
            return Ok(());
        }

        // The crash happens in this round; it knows up to where everything had been synced.
        let crashed = &rounds[crash_at.index(rounds.len())];
        let mut fates = fates.into_iter().cycle();
        fault::crash(source.path(), target.path(), crashed, || fates.next().unwrap()).unwrap();

        let store = EmbeddedStore::open(options(target.path())).unwrap();
        let recovered = content(&store);
        let possible = &contents[crashed.synced_round.max(applied) as usize..=crashed.round as usize];
        prop_assert!(possible.contains(&recovered), "not the content after any of the rounds that may survive");
        prop_assert_eq!(put(&store, Durability::Durable, b"goes on"), Ok(()));
        let before = content(&store);
        drop(store);
        prop_assert_eq!(content(&EmbeddedStore::open(options(target.path())).unwrap()), before);
    }
}
