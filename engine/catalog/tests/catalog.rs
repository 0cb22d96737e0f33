//! A catalog on the in-memory store.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use std::sync::Arc;

use ninefold_catalog::{Catalog, CatalogError, Change, Record};
use ninefold_store::{Batch, Durability, MemoryStore, PartitionId, Store, Table, commit};
use serde::{Deserialize, Serialize};

const COLOURS: Table = Table::new(1, "test.colours");

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Colour {
    red: u8,
}

impl Record for Colour {
    const FORMAT: u8 = 1;
}

fn store() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

fn names(catalog: &Catalog<Colour>, prefix: &str, after: Option<&str>, limit: usize) -> Vec<String> {
    let page = catalog.page(prefix.as_bytes(), after.map(str::as_bytes), limit);
    page.iter()
        .map(|(key, _)| String::from_utf8(key.to_vec()).unwrap())
        .collect()
}

#[tokio::test]
async fn records_are_there_again_when_it_is_opened_again() {
    let store = store();
    let catalog = Catalog::<Colour>::open(Arc::clone(&store), COLOURS).unwrap();
    for (key, red) in [("a/1", 1), ("a/2", 2), ("b/1", 3)] {
        catalog.put(key.as_bytes(), Colour { red }).await.unwrap();
    }
    catalog.delete(b"a/1").await.unwrap();
    catalog.delete(b"never").await.unwrap();
    let again: Catalog<Colour> = Catalog::open(store, COLOURS).unwrap();
    assert_eq!(again.len(), 2);
    assert_eq!(again.get(b"a/2").as_deref(), Some(&Colour { red: 2 }));
    assert_eq!(again.get(b"a/1"), None);
}

#[tokio::test]
async fn pages_go_on_after_a_key_and_end_with_the_prefix() {
    let catalog = Catalog::<Colour>::open(store(), COLOURS).unwrap();
    for key in ["a/1", "a/2", "a/3", "b/1"] {
        catalog.put(key.as_bytes(), Colour { red: 0 }).await.unwrap();
    }
    assert_eq!(names(&catalog, "a/", None, 2), ["a/1", "a/2"]);
    assert_eq!(names(&catalog, "a/", Some("a/2"), 2), ["a/3"]);
    assert_eq!(names(&catalog, "a/", Some("a/25"), 2), ["a/3"]);
    // What is before the prefix doesn't lead out of it.
    assert_eq!(names(&catalog, "b/", Some("a/1"), 9), ["b/1"]);
    assert!(names(&catalog, "c", None, 9).is_empty());
}

#[tokio::test]
async fn changes_of_one_record_see_each_other() {
    let catalog = Arc::new(Catalog::<Colour>::open(store(), COLOURS).unwrap());
    let mut tasks = Vec::new();
    for _ in 0..100 {
        let catalog = Arc::clone(&catalog);
        tasks.push(tokio::spawn(async move {
            let changed = catalog.change::<CatalogError>(b"key", |current| {
                let red = current.map_or(0, |colour| colour.red);
                Ok(Change::Put(Colour { red: red + 1 }))
            });
            changed.await.unwrap();
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(catalog.get(b"key").as_deref(), Some(&Colour { red: 100 }));
}

#[tokio::test]
async fn a_refused_change_changes_nothing() {
    #[derive(Debug)]
    struct Refused;
    impl From<CatalogError> for Refused {
        fn from(_: CatalogError) -> Self {
            Refused
        }
    }
    let catalog = Catalog::<Colour>::open(store(), COLOURS).unwrap();
    catalog.put(b"key", Colour { red: 7 }).await.unwrap();
    let refused = catalog.change(b"key", |_| Err(Refused)).await;
    assert!(refused.is_err());
    let kept = catalog.change::<CatalogError>(b"key", |_| Ok(Change::Keep)).await;
    assert_eq!(kept.unwrap().as_deref(), Some(&Colour { red: 7 }));
}

#[tokio::test]
async fn a_damaged_record_is_named() {
    let store = store();
    let mut batch = Batch::new(PartitionId::of(b"key"));
    batch.put(COLOURS, b"key", &b"\x02{}"[..]);
    commit(&*store, batch, Durability::Durable).await.unwrap();
    let error = Catalog::<Colour>::open(store, COLOURS).err().unwrap().to_string();
    assert_eq!(
        error,
        "a record of test.colours is damaged: its format is 2, not 1"
    );
}
