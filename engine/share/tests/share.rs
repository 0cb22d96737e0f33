//! What a share does, case by case.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

mod fixture;

use std::sync::Arc;
use std::time::Duration;

use ninefold_log::Isolation;
use ninefold_record_batch::MarkerKind;
use ninefold_share::{
    AcquireRequest, AcquiredRange, Claim, LeaseError, Orphans, Settings, Share, ShareError, StartPosition,
    Verdict,
};
use ninefold_time::Clock;

use crate::fixture::{Fixture, deliveries, member, offsets, request};

async fn decide(
    share: &Share,
    name: &str,
    (first, last): (i64, i64),
    verdict: Verdict,
) -> Result<(), ShareError> {
    let claim = Claim { first, last, verdict };
    share.decide(&member(name), &[claim]).await
}

#[tokio::test]
async fn hundreds_of_records_take_a_few_batches_of_the_store() {
    let fixture = Fixture::new().await;
    let share = fixture.share().await;
    fixture.append(900).await;
    let before = fixture.store.submitted();
    let acquired = share.acquire(&request("a", 500)).await.unwrap();
    assert_eq!(
        acquired.ranges(),
        [AcquiredRange {
            first: 0,
            last: 499,
            delivery_count: 1
        }]
    );
    // The references, and the leases.
    assert_eq!(fixture.store.submitted() - before, 2);
    decide(&share, "a", (0, 499), Verdict::Accept).await.unwrap();
    assert_eq!(fixture.store.submitted() - before, 3);
    assert_eq!(
        share.acquire(&request("b", 500)).await.unwrap().leases().count(),
        400
    );
    assert_eq!(fixture.store.submitted() - before, 4);
    let description = share.describe().await.unwrap();
    assert_eq!((description.start_offset, description.next_offset), (500, 900));
    assert_eq!((description.in_flight, description.lag), (400, 400));
}

#[tokio::test]
async fn only_who_holds_a_record_decides_on_it() {
    let fixture = Fixture::new().await;
    let share = fixture.share().await;
    fixture.append(4).await;
    share.acquire(&request("a", 3)).await.unwrap();
    let not_held = |outcome: Result<(), ShareError>| match outcome {
        Err(ShareError::NotHeld { offset }) => offset,
        other => panic!("{other:?}"),
    };
    assert_eq!(not_held(decide(&share, "b", (0, 0), Verdict::Accept).await), 0);
    // All of it or nothing.
    assert_eq!(not_held(decide(&share, "a", (1, 3), Verdict::Accept).await), 3);
    decide(&share, "a", (1, 1), Verdict::Accept).await.unwrap();
    assert_eq!(not_held(decide(&share, "a", (0, 2), Verdict::Accept).await), 1);
    // Where a member sees no record, there may be none.
    decide(&share, "a", (1, 9), Verdict::Gap).await.unwrap();
    assert_eq!(share.describe().await.unwrap().in_flight, 1);
    let everything = decide(&share, "a", (0, i64::MAX), Verdict::Accept).await;
    assert_eq!(not_held(everything), 1);
    for (first, last) in [(-1, 0), (2, 1)] {
        let outcome = decide(&share, "a", (first, last), Verdict::Gap).await;
        assert!(matches!(outcome, Err(ShareError::InvalidRange { .. })));
    }
    fixture.advance(30);
    assert_eq!(not_held(decide(&share, "a", (0, 0), Verdict::Accept).await), 0);
}

#[tokio::test]
async fn a_renewed_lease_lasts() {
    let fixture = Fixture::new().await;
    let share = fixture.share().await;
    fixture.append(1).await;
    share.acquire(&request("a", 1)).await.unwrap();
    fixture.advance(20);
    let renewal = Verdict::Renew(Duration::from_secs(30));
    decide(&share, "a", (0, 0), renewal).await.unwrap();
    fixture.advance(20);
    assert!(share.acquire(&request("b", 1)).await.unwrap().is_empty());
    fixture.advance(10);
    let again = share.acquire(&request("b", 1)).await.unwrap();
    assert_eq!(deliveries(&again), [(0, 2)]);
}

#[tokio::test]
async fn a_record_is_rejected_when_it_was_delivered_too_often() {
    let fixture = Fixture::new().await;
    let settings = Settings {
        delivery_limit: 2,
        ..Settings::default()
    };
    let share = fixture.share_with(settings, StartPosition::Earliest).await;
    fixture.append(3).await;
    share.acquire(&request("a", 3)).await.unwrap();
    fixture.advance(30);
    let last = share.acquire(&request("a", 3)).await.unwrap();
    assert_eq!(deliveries(&last), [(0, 2), (1, 2), (2, 2)]);
    decide(&share, "a", (0, 0), Verdict::Release).await.unwrap();
    assert_eq!(share.describe().await.unwrap().start_offset, 1);
    fixture.advance(30);
    assert_eq!(share.describe().await.unwrap().start_offset, 3);
    assert!(share.acquire(&request("a", 3)).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_there_is_no_room_for_was_not_delivered() {
    let fixture = Fixture::new().await;
    let share = fixture.share().await;
    for _ in 0..3 {
        fixture.append(2).await;
    }
    let narrow = |max_bytes| AcquireRequest {
        max_bytes,
        ..request("a", 9)
    };
    let first = share.acquire(&narrow(1)).await.unwrap();
    assert_eq!(deliveries(&first), [(0, 1), (1, 1)]);
    let batch_bytes = first.batches[0].batch.bytes().len();
    let second = share.acquire(&narrow(2 * batch_bytes)).await.unwrap();
    assert_eq!(deliveries(&second), [(2, 1), (3, 1), (4, 1), (5, 1)]);
}

#[tokio::test]
async fn readers_of_committed_records_see_no_others() {
    let fixture = Fixture::new().await;
    let committed = Settings {
        isolation: Isolation::Committed,
        ..Settings::default()
    };
    let share = fixture.share_with(committed, StartPosition::Earliest).await;
    fixture.append(1).await;
    fixture.append_in_transaction(1, 2).await;
    fixture.append_in_transaction(2, 2).await;
    let early = share.acquire(&request("a", 9)).await.unwrap();
    assert_eq!(offsets(&early), [0]);
    fixture.end_transaction(1, MarkerKind::Abort).await;
    fixture.end_transaction(2, MarkerKind::Commit).await;
    let late = share.acquire(&request("a", 9)).await.unwrap();
    assert_eq!(offsets(&late), [3, 4]);
    fixture.append(1).await;
    assert_eq!(offsets(&share.acquire(&request("a", 9)).await.unwrap()), [7]);
}

#[tokio::test]
async fn whoever_waits_is_given_what_comes_and_what_comes_back() {
    let fixture = Fixture::new().await;
    let share = fixture.share().await;
    let wait = |name: &'static str| {
        let (share, until) = (Arc::clone(&share), fixture.clock.now() + Duration::from_secs(60));
        tokio::spawn(async move { share.acquire_until(&request(name, 9), until).await.unwrap() })
    };
    let waiting = wait("a");
    tokio::task::yield_now().await;
    fixture.append(2).await;
    assert_eq!(deliveries(&waiting.await.unwrap()), [(0, 1), (1, 1)]);

    let waiting = wait("b");
    tokio::task::yield_now().await;
    decide(&share, "a", (1, 1), Verdict::Release).await.unwrap();
    assert_eq!(deliveries(&waiting.await.unwrap()), [(1, 2)]);

    let waiting = wait("b");
    tokio::task::yield_now().await;
    while fixture.clock.next_deadline().is_none() {
        tokio::task::yield_now().await;
    }
    fixture.advance(30);
    assert_eq!(deliveries(&waiting.await.unwrap()), [(0, 2), (1, 3)]);

    let waiting = wait("a");
    while fixture.clock.next_deadline().is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(share.release_all(&member("b")).await.unwrap(), 2);
    assert_eq!(deliveries(&waiting.await.unwrap()), [(0, 3), (1, 4)]);
}

#[tokio::test]
async fn receipts_outlive_a_start() {
    let mut fixture = Fixture::new().await;
    let settings = Settings {
        orphans: Orphans::Keep,
        ..Settings::default()
    };
    let share = fixture.share_with(settings, StartPosition::Earliest).await;
    fixture.append(2).await;
    let acquired = share.acquire(&request("a", 2)).await.unwrap();
    let leases: Vec<_> = acquired.leases().copied().collect();
    drop(share);
    fixture.restart(false).await;
    let share = fixture.share_with(settings, StartPosition::Latest).await;
    assert!(share.acquire(&request("b", 2)).await.unwrap().is_empty());
    let accept = (leases[0].offset, leases[0].receipt, Verdict::Accept);
    let answers = share.decide_by_receipt(&[accept, accept]).await.unwrap();
    assert!(answers.iter().all(Result::is_ok));
    fixture.advance(30);
    let late = (leases[1].offset, leases[1].receipt, Verdict::Accept);
    let answers = share.decide_by_receipt(&[accept, late]).await.unwrap();
    assert!(matches!(
        &answers[..],
        [Err(LeaseError::NoSuchMessage), Err(LeaseError::NotInFlight)]
    ));
    let again = share.acquire(&request("b", 2)).await.unwrap();
    assert_eq!(deliveries(&again), [(1, 2)]);
}

#[tokio::test]
async fn what_was_finished_stays_so_after_a_crash() {
    let mut fixture = Fixture::new().await;
    let share = fixture.share().await;
    fixture.append(6).await;
    share.acquire(&request("a", 4)).await.unwrap();
    decide(&share, "a", (1, 2), Verdict::Accept).await.unwrap();
    share.acquire(&request("a", 9)).await.unwrap();
    drop(share);
    fixture.restart(true).await;
    let share = fixture
        .share_with(Settings::default(), StartPosition::Latest)
        .await;
    let again = share.acquire(&request("b", 9)).await.unwrap();
    assert_eq!(offsets(&again), [0, 3, 4, 5]);
}

#[tokio::test]
async fn a_share_begins_where_it_is_told_and_can_be_moved() {
    let mut fixture = Fixture::new().await;
    fixture.append(4).await;
    let share = fixture
        .share_with(Settings::default(), StartPosition::Latest)
        .await;
    assert!(share.acquire(&request("a", 9)).await.unwrap().is_empty());
    share.reset(2).await.unwrap();
    assert_eq!(offsets(&share.acquire(&request("a", 1)).await.unwrap()), [2]);
    drop(share);
    fixture.restart(true).await;
    let share = fixture.share().await;
    assert_eq!(share.describe().await.unwrap().start_offset, 2);
    share.acquire(&request("a", 9)).await.unwrap();
    share.reset(0).await.unwrap();
    let outcome = decide(&share, "a", (2, 2), Verdict::Accept).await;
    assert!(matches!(outcome, Err(ShareError::NotHeld { offset: 2 })));
    let everything = share.acquire(&request("b", 9)).await.unwrap();
    assert_eq!(deliveries(&everything), [(0, 1), (1, 1), (2, 1), (3, 1)]);

    let partition = fixture.partition();
    for (time, expected) in [(7, 0), (8, 4)] {
        let key = fixture.key(if time == 7 { "seven" } else { "eight" });
        let share = fixture
            .shares
            .open(&key, &partition, Settings::default(), StartPosition::At(time))
            .await
            .unwrap();
        assert_eq!(share.describe().await.unwrap().start_offset, expected);
    }
}

#[tokio::test]
async fn groups_share_by_themselves_and_can_be_deleted() {
    let fixture = Fixture::new().await;
    let (share, partition) = (fixture.share().await, fixture.partition());
    let other_key = fixture.key("other");
    let other = fixture
        .shares
        .open(
            &other_key,
            &partition,
            Settings::default(),
            StartPosition::Earliest,
        )
        .await
        .unwrap();
    fixture.append(2).await;
    for share in [&share, &other] {
        assert_eq!(offsets(&share.acquire(&request("a", 9)).await.unwrap()), [0, 1]);
    }
    let key = fixture.key("group");
    assert_eq!(fixture.shares.of_group(&key.group), std::slice::from_ref(&key));
    fixture.shares.delete_group(&key.group).await.unwrap();
    assert!(fixture.shares.of_group(&key.group).is_empty());
    let outcome = share.acquire(&request("a", 9)).await;
    assert!(matches!(outcome, Err(ShareError::NoSuchShare)));
    assert!(fixture.shares.contains(&other_key));
    fixture.shares.delete_partition(&partition).await.unwrap();
    assert!(!fixture.shares.contains(&other_key));
    assert!(!fixture.shares.delete(&other_key).await.unwrap());
    let anew = fixture.share().await;
    assert_eq!(
        deliveries(&anew.acquire(&request("a", 9)).await.unwrap()),
        [(0, 1), (1, 1)]
    );
}
