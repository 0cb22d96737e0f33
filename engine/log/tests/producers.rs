//! Idempotent and transactional producers.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod fixture;

use std::sync::Arc;

use fixture::{Fixture, append, batch, refused, sequenced};
use ninefold_log::{AppendError, Isolation, Partition, Read, ReadRequest, Settings};
use ninefold_record_batch::{EndTransactionMarker, MarkerKind};

const PRODUCER: (i64, i16) = (4_000, 3);

async fn committed(partition: &Arc<Partition>, from_offset: i64) -> Read {
    let request = ReadRequest {
        from_offset,
        max_bytes: 1 << 20,
        at_least_one: true,
        isolation: Isolation::Committed,
    };
    partition.read(request).await.unwrap()
}

fn marker(kind: MarkerKind, coordinator_epoch: i32) -> EndTransactionMarker {
    EndTransactionMarker {
        kind,
        coordinator_epoch,
    }
}

#[tokio::test]
async fn a_batch_that_is_sent_again_gets_the_offset_it_had() {
    let mut fixture = Fixture::new();
    let number = fixture.partition(Settings::default()).await.number();
    for round in 0..3 {
        let partition = fixture.log.partition(number).unwrap();
        if round == 0 {
            for sequence in 0..6 {
                assert_eq!(
                    append(&partition, &sequenced(PRODUCER, sequence * 2, &["a", "b"], false)).await,
                    i64::from(sequence) * 2
                );
            }
        }
        for sequence in 1..6 {
            let again = sequenced(PRODUCER, sequence * 2, &["a", "b"], false);
            let appended = partition.append(&again).unwrap().await.unwrap();
            assert_eq!(
                (appended.base_offset, appended.is_duplicate),
                (i64::from(sequence) * 2, true)
            );
        }
        // Older ones than the last five are not remembered.
        let error = refused(&partition, &sequenced(PRODUCER, 0, &["a", "b"], false));
        assert!(
            matches!(error, AppendError::OutOfOrderSequence { expected: 12, .. }),
            "{error}"
        );
        assert_eq!(partition.end_offset(), 12);
        drop(partition);
        if round == 1 {
            fixture.log.flush().await.unwrap();
        }
        fixture = fixture.reopen();
    }
}

#[tokio::test]
async fn gaps_old_epochs_and_epochs_that_do_not_begin_at_zero_are_refused() {
    let fixture = Fixture::new();
    let partition = fixture.partition(Settings::default()).await;
    append(&partition, &sequenced(PRODUCER, 5, &["a"], false)).await;
    let gap = refused(&partition, &sequenced(PRODUCER, 7, &["b"], false));
    assert!(
        matches!(
            gap,
            AppendError::OutOfOrderSequence {
                expected: 6,
                sequence: 7,
                ..
            }
        ),
        "{gap}"
    );
    let newer = refused(&partition, &sequenced((4_000, 4), 6, &["b"], false));
    assert!(
        matches!(newer, AppendError::OutOfOrderSequence { expected: 0, .. }),
        "{newer}"
    );
    append(&partition, &sequenced((4_000, 4), 0, &["b"], false)).await;
    let old = refused(&partition, &sequenced(PRODUCER, 6, &["c"], false));
    assert!(
        matches!(
            old,
            AppendError::ProducerFenced {
                current_epoch: 4,
                epoch: 3,
                ..
            }
        ),
        "{old}"
    );
}

#[tokio::test]
async fn sequence_numbers_go_on_with_zero_after_the_highest() {
    let fixture = Fixture::new();
    let partition = fixture.partition(Settings::default()).await;
    append(
        &partition,
        &sequenced(PRODUCER, i32::MAX - 1, &["a", "b", "c"], false),
    )
    .await;
    assert_eq!(
        append(&partition, &sequenced(PRODUCER, 1, &["d"], false)).await,
        3
    );
}

#[tokio::test]
async fn readers_of_finished_transactions_see_nothing_of_one_under_way_and_know_what_was_aborted() {
    let mut fixture = Fixture::new();
    let number = fixture.partition(Settings::default()).await.number();
    let partition = fixture.log.partition(number).unwrap();
    append(&partition, &batch(1, &["before"])).await;
    append(&partition, &sequenced(PRODUCER, 0, &["in"], true)).await;
    append(&partition, &batch(1, &["beside"])).await;
    assert_eq!((partition.last_stable_offset(), partition.end_offset()), (1, 3));
    assert_eq!(fixture::records(&committed(&partition, 0).await).len(), 1);
    assert_eq!(committed(&partition, 1).await.bytes, 0);
    let mixed = refused(&partition, &sequenced(PRODUCER, 1, &["mixed"], false));
    assert!(matches!(mixed, AppendError::TransactionState { .. }), "{mixed}");
    partition
        .append_marker(4_000, 3, &marker(MarkerKind::Abort, 1))
        .unwrap()
        .await
        .unwrap();
    append(&partition, &sequenced(PRODUCER, 1, &["second"], true)).await;
    partition
        .append_marker(4_000, 3, &marker(MarkerKind::Commit, 1))
        .unwrap()
        .await
        .unwrap();
    drop(partition);
    for round in 0..3 {
        let partition = fixture.log.partition(number).unwrap();
        assert_eq!(partition.last_stable_offset(), 6, "{round}");
        let aborted = committed(&partition, 0).await.aborted;
        let aborted: Vec<_> = aborted
            .iter()
            .map(|one| (one.producer_id, one.first_offset, one.marker_offset))
            .collect();
        assert_eq!(aborted, [(4_000, 1, 3)]);
        assert_eq!(committed(&partition, 4).await.aborted, []);
        drop(partition);
        if round == 1 {
            fixture.log.flush().await.unwrap();
        }
        fixture = fixture.reopen();
    }
}

#[tokio::test]
async fn a_transaction_under_way_outlives_a_flush_and_a_restart() {
    let mut fixture = Fixture::new();
    let number = fixture.partition(Settings::default()).await.number();
    let partition = fixture.log.partition(number).unwrap();
    append(&partition, &sequenced(PRODUCER, 0, &["in"], true)).await;
    drop(partition);
    for _ in 0..2 {
        fixture.log.flush().await.unwrap();
        fixture = fixture.reopen();
        let partition = fixture.log.partition(number).unwrap();
        assert_eq!((partition.last_stable_offset(), partition.end_offset()), (0, 1));
        assert_eq!(partition.producers()[0].transaction_start_offset, Some(0));
    }
    let partition = fixture.log.partition(number).unwrap();
    let fenced = partition
        .append_marker(4_000, 2, &marker(MarkerKind::Abort, 1))
        .map(drop)
        .unwrap_err();
    assert!(matches!(fenced, AppendError::ProducerFenced { .. }), "{fenced}");
    partition
        .append_marker(4_000, 4, &marker(MarkerKind::Abort, 5))
        .unwrap()
        .await
        .unwrap();
    let fenced = partition
        .append_marker(4_000, 4, &marker(MarkerKind::Commit, 4))
        .map(drop)
        .unwrap_err();
    assert!(
        matches!(fenced, AppendError::CoordinatorFenced { current_epoch: 5, .. }),
        "{fenced}"
    );
    assert_eq!(partition.last_stable_offset(), 2);
    let fenced = refused(&partition, &sequenced(PRODUCER, 1, &["late"], true));
    assert!(matches!(fenced, AppendError::ProducerFenced { .. }), "{fenced}");
}

#[tokio::test]
async fn a_marker_that_cannot_be_read_any_more_still_ends_its_transaction_after_a_restart() {
    let mut fixture = Fixture::new();
    let number = fixture.partition(Settings::default()).await.number();
    let partition = fixture.log.partition(number).unwrap();
    append(&partition, &sequenced(PRODUCER, 0, &["in"], true)).await;
    fixture.log.flush().await.unwrap();
    let ended = partition.append_marker(4_000, 3, &marker(MarkerKind::Abort, 1));
    ended.unwrap().await.unwrap();
    append(&partition, &batch(1, &["after"])).await;
    partition.delete_before(2).await.unwrap();
    fixture.log.sweep().await.unwrap();
    fixture.log.flush().await.unwrap();
    drop(partition);
    fixture = fixture.reopen();
    let partition = fixture.log.partition(number).unwrap();
    assert_eq!((partition.last_stable_offset(), partition.end_offset()), (3, 3));
}
