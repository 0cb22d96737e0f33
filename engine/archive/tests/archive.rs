//! An archive on the in-memory store.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use std::sync::Arc;

use ninefold_archive::{Archive, Place};
use ninefold_store::MemoryStore;
use ninefold_time::Timestamp;

fn place(at: u64, sequence: u64) -> Place {
    Place {
        at: Timestamp::from_millis(at),
        sequence,
    }
}

/// Entries of two series, one of whose names is the beginning of the other's.
async fn filled() -> Archive {
    let archive = Archive::new(Arc::new(MemoryStore::new()));
    for (at, sequence) in [(10, 1), (10, 2), (20, 3), (30, 4)] {
        let payload = format!("a{sequence}");
        archive
            .append(b"a", place(at, sequence), payload.as_bytes())
            .await
            .unwrap();
    }
    archive.append(b"ab", place(15, 9), b"other").await.unwrap();
    archive
}

fn texts(archive: &Archive, from: Place, until: Option<Place>, limit: usize) -> Vec<String> {
    let page = archive.page(b"a", from, until, limit).unwrap();
    page.iter()
        .map(|entry| String::from_utf8(entry.payload.to_vec()).unwrap())
        .collect()
}

#[tokio::test]
async fn entries_are_read_from_any_point_in_order() {
    let archive = filled().await;
    assert_eq!(texts(&archive, place(0, 0), None, 9), ["a1", "a2", "a3", "a4"]);
    assert_eq!(texts(&archive, place(10, 2), None, 2), ["a2", "a3"]);
    assert_eq!(texts(&archive, place(10, 0), Some(place(20, 0)), 9), ["a1", "a2"]);
    assert!(texts(&archive, place(31, 0), None, 9).is_empty());
    assert_eq!(archive.first(b"ab").unwrap(), Some(place(15, 9)));
    assert_eq!(archive.first(b"c").unwrap(), None);
}

#[tokio::test]
async fn appending_at_a_place_again_changes_nothing() {
    let archive = filled().await;
    archive.append(b"a", place(20, 3), b"a3").await.unwrap();
    assert_eq!(texts(&archive, place(0, 0), None, 9).len(), 4);
}

#[tokio::test]
async fn what_is_too_old_is_removed() {
    let archive = filled().await;
    archive
        .remove_before(b"a", Timestamp::from_millis(20))
        .await
        .unwrap();
    assert_eq!(texts(&archive, place(0, 0), None, 9), ["a3", "a4"]);
    archive.remove_before(b"a", Timestamp::MAX).await.unwrap();
    assert!(texts(&archive, place(0, 0), None, 9).is_empty());
    assert!(archive.first(b"ab").unwrap().is_some());
}
