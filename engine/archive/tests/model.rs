//! The archive beside a list: whatever is done to it, across reopenings, entries, order and tallies are the list's.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join_all;
use ninefold_archive::{Archive, NewEntry, Place, StoreError, Tally};
use ninefold_store::MemoryStore;
use ninefold_time::Timestamp;
use proptest::prelude::*;

/// The first one's name is the beginning of the second one's.
const SERIES: [&[u8]; 2] = [b"orders", b"orders2"];
/// Times are few, so that many entries share one.
const TIMES: u64 = 12;

#[derive(Clone, Debug)]
enum Step {
    /// Time, time since when it is kept, and length of each entry.
    AppendAll(usize, Vec<(u64, u64, usize)>),
    /// At a place chosen by whoever appends it.
    Append(usize, u64, u64),
    /// All that is kept since before a time.
    Remove(usize, u64),
    Page(usize, u64, u64, usize),
    /// Appending is refused once.
    Refuse(usize),
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let series = 0..SERIES.len();
    let entries = prop::collection::vec((0..TIMES, 0..TIMES, 0..40_usize), 0..20);
    prop_oneof![
        4 => (series.clone(), entries).prop_map(|(series, entries)| Step::AppendAll(series, entries)),
        2 => (series.clone(), 0..TIMES, 0..20_u64).prop_map(|(series, at, sequence)| Step::Append(series, at, sequence)),
        2 => (series.clone(), 0..=TIMES).prop_map(|(series, time)| Step::Remove(series, time)),
        3 => (series.clone(), 0..TIMES, 0..=TIMES, 1..30_usize)
            .prop_map(|(series, from, until, limit)| Step::Page(series, from, until, limit)),
        1 => series.prop_map(Step::Refuse),
        1 => Just(Step::Reopen),
    ]
}

#[derive(Clone, Debug)]
struct Kept {
    place: Place,
    kept_since: u64,
    payload: Bytes,
}

#[derive(Default)]
struct Model {
    entries: Vec<Kept>,
    next_sequence: u64,
}

impl Model {
    fn put(&mut self, kept: Kept) {
        if self.entries.iter().all(|known| known.place != kept.place) {
            self.next_sequence = self.next_sequence.max(kept.place.sequence + 1);
            self.entries.push(kept);
            self.entries.sort_by_key(|kept| kept.place);
        }
    }

    fn between(&self, from: u64, until: u64, limit: usize) -> Vec<(Place, Bytes)> {
        let is_within = |kept: &&Kept| (from..until).contains(&kept.place.at.as_millis());
        let within = self.entries.iter().filter(is_within).take(limit);
        within.map(|kept| (kept.place, kept.payload.clone())).collect()
    }
}

fn payload(number: u64, length: usize) -> Bytes {
    Bytes::from(format!("{number}{}", "x".repeat(length)))
}

fn page(archive: &Archive, series: usize, from: u64, until: u64, limit: usize) -> Vec<(Place, Bytes)> {
    let at = |time| Place::at(Timestamp::from_millis(time));
    let page = archive
        .page(SERIES[series], at(from), Some(at(until)), limit)
        .unwrap();
    page.into_iter()
        .map(|entry| (entry.place, entry.payload))
        .collect()
}

fn check_tally(archive: &Archive, series: usize, model: &Model) {
    let tally: Tally = archive.tally(SERIES[series]).unwrap();
    let bytes: usize = model.entries.iter().map(|kept| kept.payload.len()).sum();
    assert_eq!(
        (tally.entries, tally.bytes),
        (model.entries.len() as u64, bytes as u64)
    );
}

async fn append_all(archive: &Archive, series: usize, model: &mut Model, entries: &[(u64, u64, usize)]) {
    let mut new = Vec::new();
    let mut expected = Vec::new();
    for (offset, (at, kept_since, length)) in entries.iter().enumerate() {
        let sequence = model.next_sequence + offset as u64;
        let payload = payload(sequence, *length);
        let at = Timestamp::from_millis(*at);
        expected.push(Kept {
            place: Place { at, sequence },
            kept_since: *kept_since,
            payload: payload.clone(),
        });
        new.push(NewEntry {
            at,
            kept_since: Timestamp::from_millis(*kept_since),
            payload,
        });
    }
    archive.append_all(SERIES[series], &new).await.unwrap();
    expected.into_iter().for_each(|kept| model.put(kept));
}

async fn refuse(archive: &Archive, store: &MemoryStore, series: usize) {
    let new = NewEntry {
        at: Timestamp::EPOCH,
        kept_since: Timestamp::EPOCH,
        payload: Bytes::from_static(b"refused"),
    };
    store.fail_next(StoreError::Overloaded);
    let refused = archive.append_all(SERIES[series], &[new]).await;
    assert_eq!(refused, Err(StoreError::Overloaded));
}

async fn run(steps: Vec<Step>) {
    let store = Arc::new(MemoryStore::new());
    let mut archive = Archive::new(store.clone());
    let mut models = [Model::default(), Model::default()];
    for step in steps {
        match step {
            Step::AppendAll(series, entries) => {
                append_all(&archive, series, &mut models[series], &entries).await;
            }
            Step::Append(series, at, sequence) => {
                let at = Timestamp::from_millis(at);
                let kept = Kept {
                    place: Place { at, sequence },
                    kept_since: at.as_millis(),
                    payload: payload(sequence, 3),
                };
                let appended = archive.append(SERIES[series], kept.place, &kept.payload).await;
                appended.unwrap();
                models[series].put(kept);
            }
            Step::Remove(series, time) => {
                let before = Timestamp::from_millis(time);
                while archive.remove_before(SERIES[series], before).await.unwrap() {}
                models[series].entries.retain(|kept| kept.kept_since >= time);
            }
            Step::Page(series, from, until, limit) => {
                let expected = models[series].between(from, until, limit);
                assert_eq!(page(&archive, series, from, until, limit), expected);
            }
            Step::Refuse(series) => refuse(&archive, &store, series).await,
            Step::Reopen => archive = Archive::new(store.clone()),
        }
        for (series, model) in models.iter().enumerate() {
            check_tally(&archive, series, model);
        }
    }
    let reopened = Archive::new(store);
    for (series, model) in models.iter().enumerate() {
        check_tally(&reopened, series, model);
        assert_eq!(
            page(&reopened, series, 0, TIMES, 1_000),
            model.between(0, TIMES, 1_000)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_archive_is_a_list(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(run(steps));
    }
}

fn entries(count: usize) -> Vec<NewEntry> {
    let entry = NewEntry {
        at: Timestamp::from_millis(1),
        kept_since: Timestamp::from_millis(2),
        payload: Bytes::from_static(b"12345"),
    };
    vec![entry; count]
}

#[tokio::test]
async fn appends_and_removals_under_way_together_are_counted_once() {
    let store = Arc::new(MemoryStore::new());
    let archive = Archive::new(store.clone());
    archive.append_all(b"a", &entries(700)).await.unwrap();
    store.hold();
    let appended: Vec<_> = (0..5).map(|_| entries(3)).collect();
    let appends = appended.iter().map(|entries| archive.append_all(b"a", entries));
    let removals = (0..3).map(|_| archive.remove_before(b"a", Timestamp::MAX));
    let release = async {
        while archive.tally(b"a").unwrap().entries > 0 {
            tokio::task::yield_now().await;
            while store.release_one() {}
        }
        store.release();
    };
    let (appended, removed, ()) = tokio::join!(join_all(appends), join_all(removals), release);
    assert!(appended.into_iter().all(|outcome| outcome.is_ok()));
    assert!(removed.into_iter().all(|outcome| outcome.is_ok()));
    assert_eq!(
        archive.tally(b"a").unwrap(),
        Archive::new(store.clone()).tally(b"a").unwrap()
    );
    assert_eq!(archive.first(b"a").unwrap(), None);
}

#[tokio::test]
async fn sequences_are_never_given_out_again() {
    let store = Arc::new(MemoryStore::new());
    let mut sequences = HashSet::new();
    for _ in 0..3 {
        let archive = Archive::new(store.clone());
        archive.append_all(b"a", &entries(4)).await.unwrap();
        let from = Place::at(Timestamp::EPOCH);
        for entry in archive.page(b"a", from, None, 10).unwrap() {
            assert!(sequences.insert(entry.place.sequence));
        }
        while archive.remove_before(b"a", Timestamp::MAX).await.unwrap() {}
    }
    assert_eq!(sequences.len(), 12);
}

#[tokio::test]
async fn series_are_listed_and_forgotten_once_they_are_empty() {
    let store = Arc::new(MemoryStore::new());
    let archive = Archive::new(store.clone());
    for series in [&b"x/1"[..], b"x/2", b"y/1"] {
        archive.append_all(series, &entries(1)).await.unwrap();
    }
    archive.forget(b"x/1").await.unwrap();
    while archive.remove_before(b"x/2", Timestamp::MAX).await.unwrap() {}
    archive.forget(b"x/2").await.unwrap();
    assert_eq!(archive.series(b"x/").unwrap(), [&b"x/1"[..]]);
    assert_eq!(archive.tally(b"x/1").unwrap().entries, 1);
    let mut all = Archive::new(store).series(b"").unwrap();
    all.sort();
    assert_eq!(all, [&b"x/1"[..], b"y/1"]);
}
