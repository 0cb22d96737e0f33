//! Deleting ranges: what becomes of them in the tables.

use super::*;

/// The keys under one prefix: more than are deleted one by one.
const MANY: u32 = 12_000;

fn key(prefix: u8, number: u32) -> Vec<u8> {
    [&[prefix][..], &number.to_be_bytes()].concat()
}

fn put_all(store: &dyn Store, prefix: u8, value: &'static [u8]) {
    let numbers: Vec<u32> = (0..MANY).collect();
    for some in numbers.chunks(1_000) {
        let outcome = commit(store, Durability::Relaxed, |batch| {
            some.iter()
                .for_each(|number| batch.put(ITEMS, key(prefix, *number), value));
        });
        assert_eq!(outcome, Ok(()));
    }
}

fn delete_prefix(store: &dyn Store, prefix: u8) {
    let outcome = commit(store, Durability::Durable, |batch| {
        batch.delete_range(ITEMS, &ScanRange::prefix(vec![prefix]));
    });
    assert_eq!(outcome, Ok(()));
}

/// Has everything up to now moved to the tables: fills memory with something of another table.
fn move_to_tables(store: &EmbeddedStore) {
    let moved = |store: &EmbeddedStore| {
        let layers = store.layers.read();
        let changes = layers.active.tables().find(|(table, _)| *table == ITEMS.id());
        changes.is_none() && layers.frozen.is_none()
    };
    while !moved(store) {
        let outcome = commit(store, Durability::Relaxed, |batch| {
            batch.put(OTHERS, b"filler", vec![0; 700_000]);
        });
        assert_eq!(outcome, Ok(()));
    }
}

/// Options with which some 6,000 keys are moved to the tables together.
fn middling(directory: &Path) -> EmbeddedOptions {
    EmbeddedOptions {
        memtable_bytes: 700_000,
        ..options(directory)
    }
}

fn count(store: &dyn Store, prefix: u8) -> usize {
    let limit = ScanLimit::entries(100_000);
    let page = store.scan(partition(), ITEMS, ScanRange::prefix(vec![prefix]), limit);
    page.unwrap().len()
}

#[test]
fn a_large_range_is_dropped_from_the_tables_and_older_values_do_not_come_back() {
    let directory = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(middling(directory.path())).unwrap();
    for prefix in [1, 2, 3] {
        put_all(&store, prefix, b"first");
    }
    move_to_tables(&store);
    // Newer files say that these are gone: when they are dropped, older ones must not be heard.
    let outcome = commit(&store, Durability::Relaxed, |batch| {
        (0..MANY / 8).for_each(|number| batch.delete(ITEMS, key(2, number)));
    });
    assert_eq!(outcome, Ok(()));
    move_to_tables(&store);
    let disk_bytes = store.tables.disk_bytes();

    delete_prefix(&store, 2);
    let put_back = commit(&store, Durability::Durable, |batch| {
        batch.put(ITEMS, key(2, 7), &b"second"[..])
    });
    assert_eq!(put_back, Ok(()));
    let is_as_expected = |store: &EmbeddedStore| {
        assert_eq!((count(store, 1), count(store, 3)), (MANY as usize, MANY as usize));
        assert_eq!(count(store, 2), 1);
        let value = |number| store.get(partition(), ITEMS, &key(2, number)).unwrap();
        assert_eq!(value(7), Some(Bytes::from_static(b"second")));
        assert_eq!((value(8), value(MANY - 1)), (None, None));
    };
    is_as_expected(&store);
    move_to_tables(&store);
    is_as_expected(&store);
    drop(store);
    let store = EmbeddedStore::open(middling(directory.path())).unwrap();
    is_as_expected(&store);
    assert!(store.tables.disk_bytes() < disk_bytes);
}

#[test]
fn readers_never_see_a_range_that_is_being_dropped() {
    let directory = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(middling(directory.path())).unwrap();
    put_all(&store, 1, b"first");
    put_all(&store, 1, b"second");
    move_to_tables(&store);
    delete_prefix(&store, 1);
    std::thread::scope(|scope| {
        let mover = scope.spawn(|| move_to_tables(&store));
        let mut number = 0;
        while !mover.is_finished() {
            assert_eq!(count(&store, 1), 0);
            assert_eq!(store.get(partition(), ITEMS, &key(1, number % MANY)), Ok(None));
            number += 997;
        }
    });
    assert_eq!(count(&store, 1), 0);
}

#[test]
fn a_crash_between_the_tables_and_the_note_of_it_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let (before, crashed) = (directory.path().join("before"), directory.path().join("crashed"));
    let source = directory.path().join("source");
    let store = EmbeddedStore::open(middling(&source)).unwrap();
    put_all(&store, 1, b"first");
    put_all(&store, 2, b"first");
    move_to_tables(&store);
    delete_prefix(&store, 1);
    let put_back = commit(&store, Durability::Durable, |batch| {
        batch.put(ITEMS, key(1, 7), &b"second"[..]);
        batch.put(ITEMS, key(1, 8), &b"second"[..]);
        batch.delete_range(ITEMS, &ScanRange::between(key(1, 8), key(1, 9)));
    });
    assert_eq!(put_back, Ok(()));
    drop(store);
    fault::copy(&source, &before).unwrap();
    let store = EmbeddedStore::open(middling(&source)).unwrap();
    move_to_tables(&store);
    drop(store);

    // What the log says, over tables that have taken it over already.
    fault::copy(&before, &crashed).unwrap();
    std::fs::remove_dir_all(crashed.join(DATABASE)).unwrap();
    fault::copy(&source.join(DATABASE), &crashed.join(DATABASE)).unwrap();
    for crashed in [before, crashed] {
        let store = EmbeddedStore::open(middling(&crashed)).unwrap();
        let is_as_expected = |store: &EmbeddedStore| {
            assert_eq!((count(store, 1), count(store, 2)), (1, MANY as usize));
            let value = store.get(partition(), ITEMS, &key(1, 7));
            assert_eq!(value, Ok(Some(Bytes::from_static(b"second"))));
        };
        is_as_expected(&store);
        move_to_tables(&store);
        is_as_expected(&store);
        drop(store);
        is_as_expected(&EmbeddedStore::open(middling(&crashed)).unwrap());
    }
}

#[test]
fn a_range_gets_to_the_tables_although_nothing_else_happens() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()));
    let wait_for_round = |round| {
        while format::read_applied_round(directory.path()).unwrap() < round {
            std::thread::yield_now();
        }
    };
    let impatient = || EmbeddedOptions {
        range_patience: Duration::ZERO,
        ..options(directory.path())
    };
    let store = EmbeddedStore::open(impatient()).unwrap();
    assert_eq!(put(&store, Durability::Durable, &key(1, 7)), Ok(()));
    delete_prefix(&store, 1);
    wait_for_round(2);
    drop(store);
    let store = open(directory.path());
    delete_prefix(&store, 1);
    assert_eq!(put(&store, Durability::Relaxed, &key(1, 8)), Ok(()));
    drop(store);
    // It is found in the log.
    let store = EmbeddedStore::open(impatient()).unwrap();
    wait_for_round(4);
    assert_eq!(keys(&store), [key(1, 8)]);
}
