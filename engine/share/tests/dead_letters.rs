//! What becomes of records that were delivered too often where a group wants them as dead letters, case by case.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

mod fixture;

use std::sync::Arc;

use ninefold_share::{
    Acquired, Exhausted, LeaseError, Orphans, Receipt, Settings, Share, StartPosition, Verdict,
};
use ninefold_time::Clock;
use tokio::sync::Notify;

use crate::fixture::{Fixture, LEASE, deliveries, offsets, request};

const SETTINGS: Settings = Settings {
    delivery_limit: 2,
    exhausted: Exhausted::SetAside,
    window_records: 2_000,
    isolation: ninefold_log::Isolation::Uncommitted,
    orphans: Orphans::Keep,
};

async fn share(fixture: &Fixture) -> Arc<Share> {
    fixture.share_with(SETTINGS, StartPosition::Earliest).await
}

async fn dead_letters(share: &Share) -> Acquired {
    share.acquire_dead_letters(100, 1 << 20, LEASE).await.unwrap()
}

fn receipts(acquired: &Acquired) -> Vec<Receipt> {
    acquired.leases().map(|lease| lease.receipt).collect()
}

/// Appends so many records and delivers them until they are dead letters.
async fn die(fixture: &Fixture, share: &Arc<Share>, records: usize) {
    fixture.append(records).await;
    for _ in 0..SETTINGS.delivery_limit {
        share.acquire(&request("a", records)).await.unwrap();
        fixture.advance(LEASE.as_secs());
    }
}

#[tokio::test]
async fn a_dead_letter_is_the_record_that_it_was() {
    let fixture = Fixture::new().await;
    let share = share(&fixture).await;
    let began = fixture.clock.now();
    die(&fixture, &share, 2).await;
    let found = dead_letters(&share).await;
    assert_eq!(deliveries(&found), [(0, 3), (1, 3)]);
    assert!(found.leases().all(|lease| lease.first_delivered_at == began));
    assert!(share.acquire(&request("a", 9)).await.unwrap().is_empty());
    let description = share.describe().await.unwrap();
    assert_eq!((description.start_offset, description.lag), (2, 0));
    assert_eq!(share.count_dead_letters(), (0, 2));
    let restored = share.restore(&receipts(&found)[..1]).await.unwrap();
    assert!(restored[0].is_ok());
    let again = share.acquire(&request("a", 9)).await.unwrap();
    assert_eq!(deliveries(&again), [(0, 1)]);
    assert_eq!(
        again.leases().next().unwrap().first_delivered_at,
        fixture.clock.now()
    );
}

#[tokio::test]
async fn whoever_waits_for_dead_letters_is_told_when_there_may_be_some() {
    let fixture = Fixture::new().await;
    let share = share(&fixture).await;
    let notify = Arc::new(Notify::new());
    let _watching = share.watch_dead_letters(&notify);
    fixture.append(1).await;
    share.acquire(&request("a", 1)).await.unwrap();
    fixture.advance(LEASE.as_secs());
    assert!(dead_letters(&share).await.is_empty());
    let acquired = share.acquire(&request("a", 1)).await.unwrap();
    // The lease of what is to be one ends then.
    assert_eq!(share.next_dead_letter_event(), Some(fixture.clock.now() + LEASE));
    let release = (0, receipts(&acquired)[0], Verdict::Release);
    assert!(share.decide_by_receipt(&[release]).await.unwrap()[0].is_ok());
    notify.notified().await;
    let found = dead_letters(&share).await;
    assert_eq!(offsets(&found), [0]);
    assert!(dead_letters(&share).await.is_empty());
    let release = (receipts(&found)[0], Verdict::Release);
    assert!(share.decide_on_dead_letters(&[release]).await.unwrap()[0].is_ok());
    notify.notified().await;
    let found = dead_letters(&share).await;
    assert_eq!(deliveries(&found), [(0, 4)]);
    let accept = (receipts(&found)[0], Verdict::Accept);
    let answers = share.decide_on_dead_letters(&[accept]).await.unwrap();
    assert!(answers[0].is_ok());
    let answers = share.decide_on_dead_letters(&[accept]).await.unwrap();
    assert!(matches!(answers[0], Err(LeaseError::NoSuchMessage)));
    let answers = share.restore(&receipts(&found)).await.unwrap();
    assert!(matches!(answers[0], Err(LeaseError::NoSuchMessage)));
}

#[tokio::test]
async fn what_the_log_lets_go_is_no_dead_letter() {
    let fixture = Fixture::new().await;
    let share = share(&fixture).await;
    die(&fixture, &share, 4).await;
    share.sweep().await.unwrap();
    assert_eq!(share.count_dead_letters(), (4, 0));
    fixture.partition().delete_before(1).await.unwrap();
    share.sweep().await.unwrap();
    assert_eq!(share.count_dead_letters(), (3, 0));
    // As if the log had let go of it.
    share.let_go_before(3);
    assert_eq!(offsets(&dead_letters(&share).await), [3]);
    assert_eq!(share.count_dead_letters(), (0, 1));
    fixture.append(1).await;
    assert_eq!(offsets(&share.acquire(&request("a", 9)).await.unwrap()), [4]);
    share.let_go_before(9);
    fixture.append(1).await;
    fixture.advance(LEASE.as_secs());
    assert!(share.acquire(&request("a", 9)).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_lower_limit_holds_for_what_was_delivered_already() {
    let fixture = Fixture::new().await;
    let endless = Settings {
        delivery_limit: u32::MAX,
        ..SETTINGS
    };
    let share = fixture.share_with(endless, StartPosition::Earliest).await;
    fixture.append(1).await;
    for count in 1..=7 {
        let acquired = share.acquire(&request("a", 1)).await.unwrap();
        assert_eq!(deliveries(&acquired), [(0, count)]);
        fixture.advance(LEASE.as_secs());
    }
    assert!(dead_letters(&share).await.is_empty());
    share.configure(SETTINGS);
    assert!(share.acquire(&request("a", 1)).await.unwrap().is_empty());
    assert_eq!(deliveries(&dead_letters(&share).await), [(0, 8)]);
}

#[tokio::test]
async fn dead_letters_outlive_a_crash_and_end_with_their_share() {
    let mut fixture = Fixture::new().await;
    let alive = share(&fixture).await;
    die(&fixture, &alive, 2).await;
    let found = dead_letters(&alive).await;
    assert!(alive.restore(&receipts(&found)[..1]).await.unwrap()[0].is_ok());
    drop(alive);
    fixture.restart(true).await;
    let again = share(&fixture).await;
    assert_eq!(
        deliveries(&again.acquire(&request("a", 9)).await.unwrap()),
        [(0, 1)]
    );
    fixture.advance(LEASE.as_secs());
    assert_eq!(offsets(&dead_letters(&again).await), [1]);
    assert!(fixture.shares.delete(&fixture.key("group")).await.unwrap());
    assert!(again.acquire_dead_letters(9, 1 << 20, LEASE).await.is_err());
    let anew = share(&fixture).await;
    assert!(dead_letters(&anew).await.is_empty());
    assert_eq!(
        deliveries(&anew.acquire(&request("a", 9)).await.unwrap()),
        [(0, 1), (1, 1)]
    );
}

/// What is there of three records after a crash at each moment of what `act` does with dead letters: each is in one place, once.
async fn crash_during(act: impl AsyncFn(&Arc<Share>), prepare: impl AsyncFn(&Fixture, &Arc<Share>)) -> usize {
    let mut moments = 0;
    loop {
        let mut fixture = Fixture::new().await;
        let alive = share(&fixture).await;
        die(&fixture, &alive, 3).await;
        prepare(&fixture, &alive).await;
        let before = fixture.store.submitted();
        act(&alive).await;
        let after = fixture.store.submitted();
        drop(alive);
        let store = Arc::clone(&fixture.store);
        fixture
            .restart_after(|| store.crash_after(before + moments))
            .await;
        fixture.advance(10 * LEASE.as_secs());
        let again = share(&fixture).await;
        let mut found = offsets(&again.acquire(&request("a", 9)).await.unwrap());
        found.extend(offsets(&dead_letters(&again).await));
        found.sort_unstable();
        assert_eq!(found, [0, 1, 2], "after {moments} of {} batches", after - before);
        if before + moments == after {
            return moments;
        }
        moments += 1;
    }
}

#[tokio::test]
async fn a_crash_while_dead_letters_move_neither_loses_nor_doubles_one() {
    let set_aside = async |share: &Arc<Share>| share.sweep().await.unwrap();
    let batches = crash_during(set_aside, async |_, _| ()).await;
    // At least: noted, arrived, gone.
    assert!(batches >= 3, "{batches}");
    let restore = async |share: &Arc<Share>| {
        let receipts = receipts(&dead_letters(share).await);
        let restored = share.restore(&receipts).await.unwrap();
        assert!(restored.iter().all(Result::is_ok));
    };
    let batches = crash_during(restore, async |_, share| share.sweep().await.unwrap()).await;
    assert!(batches >= 4, "{batches}");
}
