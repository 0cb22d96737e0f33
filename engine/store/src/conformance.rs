//! What every engine has to do, as cases that any of them can be run through:
//!
//! ```
//! # use std::sync::Arc;
//! # use ninefold_store::{MemoryStore, Store, conformance};
//! # #[cfg(feature = "memory")]
//! conformance::run(|_tables| Arc::new(MemoryStore::new()) as Arc<dyn Store>);
//! ```

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use bytes::Bytes;

use crate::{
    Batch, Durability, PARTITION_COUNT, PartitionId, ScanLimit, ScanRange, Store, StoreError, StoreState,
    Table,
};

/// The tables the cases use.
pub const TABLES: [Table; 2] = [
    Table::new(201, "conformance.items"),
    Table::new(202, "conformance.counters"),
];

const ITEMS: Table = TABLES[0];
const COUNTERS: Table = TABLES[1];
const NO_LIMIT: ScanLimit = ScanLimit {
    entries: usize::MAX,
    bytes: usize::MAX,
};
/// Far beyond what any engine needs; only a batch that never completes takes so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A named case; it panics where the store does not do what it should.
pub type Case = (&'static str, fn(&dyn Store));

/// The cases, each of which wants an empty store.
pub const CASES: [Case; 13] = [
    ("a batch is applied as a whole", a_batch_is_applied_as_a_whole),
    (
        "a batch is visible when it is completed",
        a_batch_is_visible_when_completed,
    ),
    (
        "batches complete in the order they were submitted",
        batches_complete_in_order,
    ),
    ("the last change to a key wins", the_last_change_wins),
    (
        "coalesced puts leave the last value",
        coalesced_puts_leave_the_last_value,
    ),
    ("scans return ranges in order", scans_return_ranges_in_order),
    (
        "a deleted range takes what was before and nothing else",
        a_deleted_range_takes_what_was_before,
    ),
    ("deleted ranges may overlap", deleted_ranges_may_overlap),
    (
        "scans keep to their limits and can be resumed",
        scans_keep_to_their_limits,
    ),
    (
        "partitions and tables are isolated",
        partitions_and_tables_are_isolated,
    ),
    (
        "keys and values may hold any bytes",
        keys_and_values_may_hold_any_bytes,
    ),
    (
        "submitting from many threads loses nothing",
        many_threads_lose_nothing,
    ),
    (
        "closing completes what was submitted and refuses the rest",
        closing_refuses_the_rest,
    ),
];

/// Runs every case on an empty store of its own, which `open` makes with the given tables.
///
/// # Panics
///
/// If the store fails a case; the case's name is printed with the panic of the thread it runs on.
pub fn run(open: impl Fn(&[Table]) -> Arc<dyn Store>) {
    for (name, case) in CASES {
        let store = open(&TABLES);
        let thread = std::thread::Builder::new().name(name.to_owned());
        let case = thread
            .spawn(move || case(&*store))
            .expect("a thread for the case");
        assert!(case.join().is_ok(), "the store fails the case: {name}");
    }
}

/// Runs the case for engines that keep their data: `open` opens the same store each time.
///
/// # Panics
///
/// As [`run`].
pub fn run_persistent(open: impl Fn(&[Table]) -> Arc<dyn Store>) {
    for round in 0..3_u8 {
        let store = open(&TABLES);
        for earlier in 0..round {
            assert_eq!(
                get(&*store, ITEMS, &[earlier]),
                Some(Bytes::from_static(b"kept")),
                "after reopening"
            );
            assert_eq!(
                get(&*store, COUNTERS, &[earlier]),
                None,
                "a deleted key is back after reopening"
            );
            assert_eq!(
                get(&*store, COUNTERS, &[earlier, 7]),
                None,
                "a key of a deleted range is back after reopening"
            );
            assert_eq!(
                get(&*store, COUNTERS, &[earlier, 8]),
                Some(Bytes::from_static(b"put back")),
                "what was put into a deleted range is gone after reopening"
            );
        }
        commit(&*store, |batch| {
            batch.put(ITEMS, [round], &b"kept"[..]);
            batch.put(COUNTERS, [round], &b"deleted next"[..]);
            (0..20).for_each(|key| batch.put(COUNTERS, [round, key], &b"deleted next"[..]));
        });
        commit(&*store, |batch| {
            batch.delete_range(
                COUNTERS,
                &ScanRange::between([round, 0].to_vec(), [round, 99].to_vec()),
            );
            batch.put(COUNTERS, [round, 8], &b"put back"[..]);
        });
        let deletion = submit(&*store, Durability::Relaxed, |batch| {
            batch.delete(COUNTERS, [round])
        });
        store.close();
        wait(&deletion).expect("closing commits what was submitted before");
    }
}

fn partition() -> PartitionId {
    PartitionId::of(b"conformance")
}

fn submit(
    store: &dyn Store,
    durability: Durability,
    fill: impl FnOnce(&mut Batch),
) -> Receiver<Result<(), StoreError>> {
    submit_to(store, partition(), durability, fill)
}

fn submit_to(
    store: &dyn Store,
    partition: PartitionId,
    durability: Durability,
    fill: impl FnOnce(&mut Batch),
) -> Receiver<Result<(), StoreError>> {
    let mut batch = Batch::new(partition);
    fill(&mut batch);
    let (sender, receiver) = mpsc::channel();
    // Nobody listens any more when the case has failed.
    store.submit(
        batch,
        durability,
        Box::new(move |outcome| drop(sender.send(outcome))),
    );
    receiver
}

fn wait(receiver: &Receiver<Result<(), StoreError>>) -> Result<(), StoreError> {
    receiver.recv_timeout(PATIENCE).expect("every batch is completed")
}

fn commit(store: &dyn Store, fill: impl FnOnce(&mut Batch)) {
    wait(&submit(store, Durability::Durable, fill)).expect("the batch is committed");
}

fn get(store: &dyn Store, table: Table, key: &[u8]) -> Option<Bytes> {
    store.get(partition(), table, key).expect("the key can be read")
}

fn scan(store: &dyn Store, range: ScanRange, limit: ScanLimit) -> Vec<Vec<u8>> {
    let entries = store
        .scan(partition(), ITEMS, range, limit)
        .expect("the range can be read");
    entries.into_iter().map(|(key, _)| key.to_vec()).collect()
}

fn a_batch_is_applied_as_a_whole(store: &dyn Store) {
    const KEYS: u8 = 20;
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for version in 0..200_u8 {
                commit(store, |batch| {
                    (0..KEYS).for_each(|key| batch.put(ITEMS, [key], vec![version]))
                });
            }
        });
        while !writer.is_finished() {
            let entries = store
                .scan(partition(), ITEMS, ScanRange::all(), NO_LIMIT)
                .expect("readable");
            assert!(
                entries.is_empty() || entries.len() == usize::from(KEYS),
                "{} of {KEYS} keys",
                entries.len()
            );
            let versions: Vec<_> = entries.iter().map(|(_, value)| value).collect();
            assert!(
                versions.windows(2).all(|pair| pair[0] == pair[1]),
                "a batch seen in part: {versions:?}"
            );
        }
    });
    assert_eq!(get(store, ITEMS, &[0]), Some(Bytes::from_static(&[199])));
}

fn a_batch_is_visible_when_completed(store: &dyn Store) {
    for durability in [Durability::Durable, Durability::Relaxed] {
        assert_eq!(
            wait(&submit(store, durability, |batch| batch.put(
                ITEMS,
                b"key",
                &b"value"[..]
            ))),
            Ok(())
        );
        assert_eq!(get(store, ITEMS, b"key"), Some(Bytes::from_static(b"value")));
        assert_eq!(
            wait(&submit(store, durability, |batch| batch.delete(ITEMS, b"key"))),
            Ok(())
        );
        assert_eq!(get(store, ITEMS, b"key"), None);
        assert_eq!(
            wait(&submit(store, durability, |_| ())),
            Ok(()),
            "an empty batch is no error"
        );
    }
    assert_eq!(store.state(), StoreState::Healthy);
}

fn batches_complete_in_order(store: &dyn Store) {
    let (sender, receiver) = mpsc::channel();
    for number in 0..5_000_u32 {
        let mut batch = Batch::new(partition());
        batch.put(ITEMS, b"latest", number.to_be_bytes().to_vec());
        let durability = if number % 3 == 0 {
            Durability::Durable
        } else {
            Durability::Relaxed
        };
        let sender = sender.clone();
        store.submit(
            batch,
            durability,
            Box::new(move |outcome| drop(sender.send((number, outcome)))),
        );
    }
    for expected in 0..5_000 {
        let (number, outcome) = receiver.recv_timeout(PATIENCE).expect("every batch is completed");
        assert_eq!((number, outcome), (expected, Ok(())));
    }
    assert_eq!(
        get(store, ITEMS, b"latest"),
        Some(Bytes::copy_from_slice(&4_999_u32.to_be_bytes()))
    );
}

fn the_last_change_wins(store: &dyn Store) {
    commit(store, |batch| {
        batch.put(ITEMS, b"put twice", &b"1"[..]);
        batch.put(ITEMS, b"put twice", &b"2"[..]);
        batch.put(ITEMS, b"put, deleted", &b"1"[..]);
        batch.delete(ITEMS, b"put, deleted");
        batch.delete(ITEMS, b"deleted, put");
        batch.put(ITEMS, b"deleted, put", &b"1"[..]);
        batch.delete(ITEMS, b"never there");
    });
    assert_eq!(get(store, ITEMS, b"put twice"), Some(Bytes::from_static(b"2")));
    assert_eq!(get(store, ITEMS, b"put, deleted"), None);
    assert_eq!(get(store, ITEMS, b"deleted, put"), Some(Bytes::from_static(b"1")));
    let expected: [&[u8]; 2] = [b"deleted, put", b"put twice"];
    assert_eq!(scan(store, ScanRange::all(), NO_LIMIT), expected);
}

fn coalesced_puts_leave_the_last_value(store: &dyn Store) {
    let pending: Vec<_> = (0..1_000_u32)
        .map(|number| {
            submit(store, Durability::Relaxed, |batch| {
                batch.put_coalesced(COUNTERS, b"count", number.to_be_bytes().to_vec());
                if number == 500 {
                    batch.delete(COUNTERS, b"gone");
                } else if number < 500 {
                    batch.put_coalesced(COUNTERS, b"gone", number.to_be_bytes().to_vec());
                }
            })
        })
        .collect();
    for outcome in &pending {
        assert_eq!(wait(outcome), Ok(()));
    }
    assert_eq!(
        get(store, COUNTERS, b"count"),
        Some(Bytes::copy_from_slice(&999_u32.to_be_bytes()))
    );
    assert_eq!(get(store, COUNTERS, b"gone"), None);
}

fn a_deleted_range_takes_what_was_before(store: &dyn Store) {
    let others = || PartitionId::all().filter(|other| *other != partition());
    for other in others() {
        let put = submit_to(store, other, Durability::Durable, |batch| {
            batch.put(ITEMS, b"m", &b"value"[..])
        });
        assert_eq!(wait(&put), Ok(()));
    }
    let value = || Bytes::from_static(b"value");
    commit(store, |batch| {
        (b'a'..=b'z').for_each(|key| batch.put(ITEMS, [key], value()));
        batch.put(COUNTERS, b"m", value());
    });
    commit(store, |batch| {
        batch.put(ITEMS, b"dd", value());
        batch.delete_range(ITEMS, &ScanRange::between(&b"c"[..], &b"x"[..]));
        batch.put(ITEMS, b"e", &b"again"[..]);
        batch.delete_range(ITEMS, &ScanRange::between(&b"b"[..], &b"b"[..]));
    });
    commit(store, |batch| batch.put(ITEMS, b"f", &b"again"[..]));
    let left: Vec<Vec<u8>> = [b'a', b'b', b'e', b'f', b'x', b'y', b'z']
        .map(|key| vec![key])
        .to_vec();
    let reversed: Vec<_> = left.iter().rev().cloned().collect();
    assert_eq!(scan(store, ScanRange::all(), NO_LIMIT), left);
    assert_eq!(scan(store, ScanRange::all().reversed(), NO_LIMIT), reversed);
    assert_eq!(
        scan(store, ScanRange::after(b"b"), ScanLimit::entries(3)),
        left[2..5]
    );
    assert_eq!(get(store, ITEMS, b"d"), None);
    assert_eq!(get(store, ITEMS, b"dd"), None);
    assert_eq!(get(store, ITEMS, b"e"), Some(Bytes::from_static(b"again")));
    assert_eq!(get(store, COUNTERS, b"m"), Some(value()), "of another table");

    commit(store, |batch| batch.delete_range(ITEMS, &ScanRange::all()));
    assert!(scan(store, ScanRange::all(), NO_LIMIT).is_empty());
    for other in others() {
        let found = store.get(other, ITEMS, b"m");
        assert_eq!(found, Ok(Some(value())), "of another partition");
    }
}

fn deleted_ranges_may_overlap(store: &dyn Store) {
    let between = |start: u8, end: u8| ScanRange::between(vec![start], vec![end]);
    let put = |batch: &mut Batch, key: u8| batch.put(ITEMS, [key], &b"value"[..]);
    commit(store, |batch| (0..40).for_each(|key| put(batch, key)));
    commit(store, |batch| batch.delete_range(ITEMS, &between(10, 20)));
    commit(store, |batch| [12, 17].iter().for_each(|key| put(batch, *key)));
    commit(store, |batch| batch.delete_range(ITEMS, &between(15, 25)));
    commit(store, |batch| batch.delete_range(ITEMS, &between(11, 12)));
    commit(store, |batch| put(batch, 22));
    let left: Vec<_> = (0..10)
        .chain([12, 22])
        .chain(25..40)
        .map(|key| vec![key])
        .collect();
    assert_eq!(scan(store, ScanRange::all(), NO_LIMIT), left);
    commit(store, |batch| batch.delete_range(ITEMS, &between(5, 30)));
    commit(store, |batch| put(batch, 7));
    let left: Vec<_> = (0..5).chain([7]).chain(30..40).map(|key| vec![key]).collect();
    assert_eq!(scan(store, ScanRange::all(), NO_LIMIT), left);
    assert_eq!(get(store, ITEMS, &[12]), None);
}

fn scans_return_ranges_in_order(store: &dyn Store) {
    let keys: [&[u8]; 6] = [b"", b"a", b"a\0", b"ab", b"b", b"\xff\xff"];
    commit(store, |batch| {
        keys.iter()
            .rev()
            .for_each(|key| batch.put(ITEMS, key, &b"value"[..]))
    });
    let cases: [(ScanRange, &[&[u8]]); 9] = [
        (ScanRange::all(), &keys),
        (ScanRange::from(&b"ab"[..]), &keys[3..]),
        (ScanRange::after(b"a"), &keys[2..]),
        (ScanRange::between(&b"a"[..], &b"b"[..]), &keys[1..4]),
        (ScanRange::between(&b"b"[..], &b"a"[..]), &[]),
        (ScanRange::between(&b"a"[..], &b"a"[..]), &[]),
        (ScanRange::prefix(&b"a"[..]), &keys[1..4]),
        (ScanRange::prefix(&b"\xff"[..]), &keys[5..]),
        (ScanRange::all().before(&b"a"[..]), &keys[..1]),
    ];
    for (range, expected) in cases {
        assert_eq!(scan(store, range.clone(), NO_LIMIT), expected, "{range:?}");
        let reversed: Vec<_> = expected.iter().rev().copied().collect();
        assert_eq!(
            scan(store, range.clone().reversed(), NO_LIMIT),
            reversed,
            "{range:?} reversed"
        );
    }
}

fn scans_keep_to_their_limits(store: &dyn Store) {
    commit(store, |batch| {
        (0..100_u8).for_each(|key| batch.put(ITEMS, [key], vec![0; 99]))
    });
    let keys = |range: std::ops::Range<u8>| range.map(|key| vec![key]).collect::<Vec<_>>();
    assert_eq!(scan(store, ScanRange::all(), ScanLimit::entries(0)), keys(0..0));
    assert_eq!(scan(store, ScanRange::all(), ScanLimit::entries(7)), keys(0..7));
    let hundreds = |bytes| ScanLimit {
        entries: usize::MAX,
        bytes,
    };
    assert_eq!(
        scan(store, ScanRange::all(), hundreds(1)),
        keys(0..1),
        "at least one entry"
    );
    assert_eq!(scan(store, ScanRange::all(), hundreds(300)), keys(0..3));
    assert_eq!(scan(store, ScanRange::all(), hundreds(301)), keys(0..4));
    let last: Vec<_> = keys(93..100).into_iter().rev().collect();
    assert_eq!(
        scan(store, ScanRange::all().reversed(), ScanLimit::entries(7)),
        last
    );

    let mut all = Vec::new();
    let mut range = ScanRange::all();
    loop {
        let page = scan(store, range.clone(), ScanLimit::entries(33));
        let Some(key) = page.last() else { break };
        range = range.resume_after(key);
        all.extend(page);
    }
    assert_eq!(all, keys(0..100));
}

fn partitions_and_tables_are_isolated(store: &dyn Store) {
    let owned = store.partitions();
    assert!(owned.len() == usize::from(PARTITION_COUNT) && owned.is_sorted());
    for partition in owned.iter().copied() {
        let value = vec![partition.number() as u8];
        let outcome = submit_to(store, partition, Durability::Durable, |batch| {
            batch.put(ITEMS, b"key", value.clone());
            batch.put(ITEMS, partition.number().to_be_bytes(), value.clone());
        });
        assert_eq!(wait(&outcome), Ok(()));
    }
    for partition in owned {
        let value = Bytes::from(vec![partition.number() as u8]);
        assert_eq!(store.get(partition, ITEMS, b"key"), Ok(Some(value)));
        assert_eq!(store.get(partition, COUNTERS, b"key"), Ok(None));
        for range in [ScanRange::all(), ScanRange::all().reversed()] {
            let entries = store.scan(partition, ITEMS, range, NO_LIMIT).expect("readable");
            assert_eq!(entries.len(), 2, "{entries:?}");
        }
    }
}

fn keys_and_values_may_hold_any_bytes(store: &dyn Store) {
    let long_key = vec![0xff; Batch::MAX_KEY_BYTES];
    let large_value = Bytes::from((0..5_000_000_u32).map(|number| number as u8).collect::<Vec<_>>());
    commit(store, |batch| {
        batch.put(ITEMS, b"", Bytes::new());
        batch.put(ITEMS, &long_key, large_value.clone());
    });
    assert_eq!(get(store, ITEMS, b""), Some(Bytes::new()));
    assert_eq!(get(store, ITEMS, &long_key), Some(large_value));
}

fn many_threads_lose_nothing(store: &dyn Store) {
    const THREADS: u8 = 8;
    const BATCHES: u32 = 300;
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            scope.spawn(move || {
                let key = |number: u32| [&[thread][..], &number.to_be_bytes()].concat();
                let pending: Vec<_> = (0..BATCHES)
                    .map(|number| {
                        submit(store, Durability::Durable, |batch| {
                            batch.put(ITEMS, key(number), &b"value"[..])
                        })
                    })
                    .collect();
                for outcome in &pending {
                    assert_eq!(wait(outcome), Ok(()));
                }
            });
        }
    });
    let count = usize::from(THREADS) * BATCHES as usize;
    assert_eq!(scan(store, ScanRange::all(), NO_LIMIT).len(), count);
    let figures = store.figures();
    assert_eq!(figures.batches, count as u64);
    assert!(
        figures.rounds <= figures.batches && figures.syncs <= figures.rounds,
        "{figures:?}"
    );
}

fn closing_refuses_the_rest(store: &dyn Store) {
    let pending: Vec<_> = (0..100_u8)
        .map(|key| {
            submit(store, Durability::Relaxed, |batch| {
                batch.put(ITEMS, [key], &b"value"[..])
            })
        })
        .collect();
    store.close();
    for outcome in &pending {
        assert_eq!(wait(outcome), Ok(()));
    }
    let late = submit(store, Durability::Durable, |batch| {
        batch.put(ITEMS, b"late", &b"value"[..])
    });
    assert_eq!(wait(&late), Err(StoreError::Closed));
    assert_eq!(
        scan(store, ScanRange::all(), NO_LIMIT).len(),
        100,
        "reads still work"
    );
    store.close();
}
