//! One thing after the other.

use std::sync::Arc;
use std::time::Duration;

use ninefold_store::{MemoryStore, StoreError};
use ninefold_transactions::{
    Outcome, Participant, Participants, Producer, TransactionError, TransactionState, TransactionVersion,
    TransactionalId, TransactionsConfig,
};

use crate::{TIMEOUT, World, request, settle};
use Outcome::{Abort, Commit};
use TransactionError::{
    ConcurrentTransactions, InvalidProducerEpoch, InvalidProducerIdMapping, InvalidState, NotParticipating,
    ProducerFenced,
};
use TransactionVersion::{One, Two};

const ID: &str = "payments";
const ORDERS: Participant<'_> = Participant::Partition {
    topic: "orders",
    partition: 0,
};
const BILLS: Participant<'_> = Participant::Partition {
    topic: "bills",
    partition: 1,
};
const GROUP: Participant<'_> = Participant::Group("billing");

impl World {
    fn state(&self) -> TransactionState {
        self.transactions.describe(ID).unwrap().state
    }

    async fn end(
        &self,
        producer: Producer,
        outcome: Outcome,
        version: TransactionVersion,
    ) -> Result<Producer, TransactionError> {
        self.transactions.end(ID, producer, outcome, version).await
    }

    /// A transaction that has written to all three.
    async fn ongoing(&self) -> Producer {
        let producer = self.initialize(ID).await;
        let all = [ORDERS, BILLS, GROUP];
        self.transactions.add(ID, producer, &all).await.unwrap();
        for participant in all {
            self.write(ID, producer, participant, 1);
        }
        producer
    }

    fn assert_ended(&self, outcome: Outcome) {
        assert_eq!(self.logs.open(), [0_u64; 0]);
        let outcomes = self.logs.outcomes();
        assert_eq!(outcomes[&1].iter().collect::<Vec<_>>(), [&outcome]);
    }
}

fn bumped(producer: Producer) -> Producer {
    Producer {
        epoch: producer.epoch + 1,
        ..producer
    }
}

#[tokio::test]
async fn a_transaction_ends_where_it_has_written() {
    for (outcome, version) in [(Commit, One), (Abort, One), (Commit, Two), (Abort, Two)] {
        let world = World::new().await;
        let producer = world.ongoing().await;
        let next = world.end(producer, outcome, version).await.unwrap();
        let expected = if version == One {
            producer
        } else {
            bumped(producer)
        };
        assert_eq!(next, expected);
        settle().await;
        world.assert_ended(outcome);
        let calls = world.logs.calls();
        assert_eq!(calls.len(), 1);
        assert_eq!((calls[0].producer, calls[0].version), (expected, version));
        assert_eq!(
            calls[0].participants,
            Participants::from_iter([ORDERS, BILLS, GROUP])
        );
        assert_eq!(world.end(producer, outcome, version).await, Ok(next));
        assert_eq!(world.logs.calls().len(), 1);
    }
}

#[tokio::test]
async fn the_decision_is_durable_before_any_marker_is_written() {
    let world = World::new().await;
    let producer = world.ongoing().await;
    world.store.hold();
    let transactions = Arc::clone(&world.transactions);
    let ending = tokio::spawn(async move { transactions.end(ID, producer, Commit, Two).await });
    settle().await;
    assert!(!ending.is_finished() && world.logs.calls().is_empty());
    assert_eq!(world.state(), TransactionState::Ongoing);
    world.store.release();
    assert_eq!(ending.await.unwrap(), Ok(bumped(producer)));
    settle().await;
    world.assert_ended(Commit);
}

#[tokio::test]
async fn a_decision_outlives_a_crash_with_markers_half_written() {
    for (outcome, version) in [(Commit, One), (Abort, One), (Commit, Two), (Abort, Two)] {
        let mut world = World::new().await;
        let epoch = world.transactions.coordinator_epoch();
        let producer = world.ongoing().await;
        world.logs.set_budget(Some(1));
        let next = world.end(producer, outcome, version).await.unwrap();
        settle().await;
        assert_eq!(world.logs.open().len(), 2);
        world.crash(false).await;
        assert!(world.transactions.coordinator_epoch() > epoch);
        let other = if outcome == Commit { Abort } else { Commit };
        assert_eq!(
            world.end(producer, outcome, version).await,
            Err(ConcurrentTransactions)
        );
        assert_eq!(world.end(producer, other, version).await, Err(InvalidState));
        world.logs.set_budget(None);
        world.advance(Duration::from_secs(1)).await;
        world.assert_ended(outcome);
        assert_eq!(world.end(producer, outcome, version).await, Ok(next));
        let last = world.logs.calls().pop().unwrap();
        assert_eq!(last.coordinator_epoch, world.transactions.coordinator_epoch());
    }
}

#[tokio::test]
async fn a_completion_that_a_crash_takes_is_made_up_for() {
    let mut world = World::new().await;
    let producer = world.ongoing().await;
    world.end(producer, Commit, Two).await.unwrap();
    settle().await;
    assert_eq!(world.state(), TransactionState::CompleteCommit);
    world.crash(false).await;
    assert_eq!(world.state(), TransactionState::CompleteCommit);
    assert_eq!(world.logs.calls().len(), 2);
    world.assert_ended(Commit);
}

#[tokio::test]
async fn an_answer_that_a_crash_takes_can_be_asked_for_again() {
    for is_written in [false, true] {
        let mut world = World::new().await;
        let producer = world.ongoing().await;
        world.store.hold();
        let transactions = Arc::clone(&world.transactions);
        let ending = tokio::spawn(async move { transactions.end(ID, producer, Commit, Two).await });
        settle().await;
        world.crash(is_written).await;
        assert_eq!(ending.await.unwrap(), Err(StoreError::Closed.into()));
        assert_eq!(world.end(producer, Commit, Two).await, Ok(bumped(producer)));
        settle().await;
        world.assert_ended(Commit);
    }
}

#[tokio::test]
async fn a_request_that_is_given_up_is_carried_out_all_the_same() {
    let world = World::new().await;
    let producer = world.ongoing().await;
    world.store.hold();
    let transactions = Arc::clone(&world.transactions);
    let ending = tokio::spawn(async move { transactions.end(ID, producer, Commit, Two).await });
    settle().await;
    ending.abort();
    settle().await;
    world.store.release();
    settle().await;
    world.assert_ended(Commit);
    assert_eq!(world.end(producer, Commit, Two).await, Ok(bumped(producer)));
}

#[tokio::test]
async fn markers_are_tried_again_where_they_were_not_written() {
    let world = World::new().await;
    let producer = world.ongoing().await;
    world.logs.set_unreachable(&[BILLS]);
    let next = world.end(producer, Commit, Two).await.unwrap();
    settle().await;
    assert_eq!(world.state(), TransactionState::PrepareCommit);
    let refused = world.transactions.initialize(ID, request(None)).await;
    assert_eq!(refused, Err(ConcurrentTransactions));
    world.advance(Duration::from_millis(100)).await;
    world.advance(Duration::from_millis(199)).await;
    assert_eq!(world.logs.calls().len(), 2);
    world.logs.set_unreachable(&[]);
    world.advance(Duration::from_millis(1)).await;
    world.assert_ended(Commit);
    let calls = world.logs.calls();
    assert_eq!(calls.len(), 3);
    assert_eq!(calls[2].participants, Participants::from_iter([BILLS]));
    assert_eq!(world.initialize(ID).await, bumped(next));
}

#[tokio::test]
async fn a_writer_of_markers_may_fail_badly() {
    let world = World::new().await;
    let producer = world.ongoing().await;
    world.logs.panic_next();
    world.end(producer, Abort, One).await.unwrap();
    settle().await;
    assert_eq!(world.state(), TransactionState::PrepareAbort);
    world.advance(Duration::from_secs(1)).await;
    assert_eq!(world.state(), TransactionState::CompleteAbort);
}

#[tokio::test]
async fn what_the_store_refuses_has_not_happened() {
    let world = World::new().await;
    let producer = world.ongoing().await;
    world.store.refuse_next();
    let refused = world.end(producer, Commit, Two).await;
    assert_eq!(refused, Err(StoreError::Overloaded.into()));
    assert_eq!(world.state(), TransactionState::Ongoing);
    world.end(producer, Commit, Two).await.unwrap();
    world.store.refuse_next();
    settle().await;
    assert_eq!(world.state(), TransactionState::PrepareCommit);
    world.advance(Duration::from_millis(100)).await;
    assert_eq!(world.state(), TransactionState::CompleteCommit);
    assert_eq!(world.logs.calls().len(), 1);
}

#[tokio::test]
async fn a_newcomer_aborts_what_is_under_way_and_fences_its_producer() {
    let world = World::new().await;
    let old = world.ongoing().await;
    let refused = world.transactions.initialize(ID, request(None)).await;
    assert_eq!(refused, Err(ConcurrentTransactions));
    settle().await;
    world.assert_ended(Abort);
    let new = world.initialize(ID).await;
    assert_eq!(new, bumped(bumped(old)));
    for version in [One, Two] {
        assert_eq!(world.end(old, Commit, version).await, Err(ProducerFenced));
    }
    assert_eq!(
        world.transactions.add(ID, old, &[ORDERS]).await,
        Err(ProducerFenced)
    );
    let written = world.transactions.admit_adding(ID, old, &[ORDERS]).await;
    assert_eq!(written.unwrap_err(), InvalidProducerEpoch);
    assert_eq!(world.transactions.verify(ID, old, &[ORDERS]), Err(ProducerFenced));
    let recovered = world.transactions.initialize(ID, request(Some(old))).await;
    assert_eq!(recovered, Err(ProducerFenced));
    let unknown = world.transactions.add("refunds", new, &[ORDERS]).await;
    assert_eq!(unknown, Err(InvalidProducerIdMapping));
    assert_eq!(world.state(), TransactionState::Empty);
}

#[tokio::test]
async fn a_transaction_that_takes_too_long_is_aborted() {
    let world = World::new().await;
    let producer = world.ongoing().await;
    world.advance(TIMEOUT - Duration::from_millis(1)).await;
    assert_eq!(world.state(), TransactionState::Ongoing);
    world.advance(Duration::from_millis(1)).await;
    world.assert_ended(Abort);
    assert_eq!(world.end(producer, Commit, Two).await, Err(ProducerFenced));
    let calls = world.logs.calls();
    assert_eq!((calls.len(), calls[0].producer), (1, bumped(producer)));
}

#[tokio::test]
async fn the_time_of_a_transaction_counts_across_a_restart() {
    let mut world = World::new().await;
    world.ongoing().await;
    world.advance(TIMEOUT / 2).await;
    world.crash(false).await;
    world.advance(TIMEOUT / 2 - Duration::from_millis(1)).await;
    assert_eq!(world.state(), TransactionState::Ongoing);
    world.advance(Duration::from_millis(1)).await;
    world.assert_ended(Abort);
}

#[tokio::test]
async fn an_operator_aborts() {
    let world = World::new().await;
    let unknown = world.transactions.abort(ID).await;
    assert_eq!(unknown, Err(TransactionError::NoSuchTransactionalId));
    let producer = world.ongoing().await;
    world.transactions.abort(ID).await.unwrap();
    settle().await;
    world.assert_ended(Abort);
    world.transactions.abort(ID).await.unwrap();
    assert_eq!(world.logs.calls().len(), 1);
    assert_eq!(world.end(producer, Commit, One).await, Err(ProducerFenced));
}

#[tokio::test]
async fn no_marker_is_written_while_somebody_writes() {
    for version in [One, Two] {
        let world = World::new().await;
        let producer = world.ongoing().await;
        let first = world.transactions.admit(ID, producer, &[ORDERS]).unwrap();
        let second = world.transactions.admit(ID, producer, &[ORDERS, GROUP]).unwrap();
        world.end(producer, Commit, version).await.unwrap();
        drop(first);
        world.advance(Duration::from_secs(1)).await;
        assert!(world.logs.calls().is_empty());
        let late = world.transactions.admit(ID, producer, &[ORDERS]);
        let refusal = if version == One {
            ConcurrentTransactions
        } else {
            InvalidProducerEpoch
        };
        assert_eq!(late.unwrap_err(), refusal);
        world.logs.append(ORDERS, producer, 1);
        drop(second);
        settle().await;
        world.assert_ended(Commit);
    }
}

#[tokio::test]
async fn who_adds_before_it_writes_is_let_in_to_what_was_added() {
    let world = World::new().await;
    let producer = world.initialize(ID).await;
    let admitted = |participants: &[Participant<'_>]| {
        let admission = world.transactions.admit(ID, producer, participants);
        admission.map(drop)
    };
    assert_eq!(admitted(&[ORDERS]), Err(NotParticipating));
    world
        .transactions
        .add(ID, producer, &[ORDERS, GROUP])
        .await
        .unwrap();
    assert_eq!(admitted(&[ORDERS]), Ok(()));
    assert_eq!(admitted(&[GROUP, ORDERS]), Ok(()));
    assert_eq!(admitted(&[ORDERS, BILLS]), Err(NotParticipating));
    let verified = world.transactions.verify(ID, producer, &[BILLS, ORDERS, GROUP]);
    assert_eq!(verified, Ok(vec![false, true, true]));
    world.logs.set_budget(Some(0));
    world.end(producer, Commit, One).await.unwrap();
    assert_eq!(admitted(&[ORDERS]), Err(ConcurrentTransactions));
    let verified = world.transactions.verify(ID, producer, &[ORDERS]);
    assert_eq!(verified, Err(ConcurrentTransactions));
    world.logs.set_budget(None);
    world.advance(Duration::from_secs(1)).await;
    assert_eq!(admitted(&[ORDERS]), Err(NotParticipating));
    assert_eq!(
        world.transactions.verify(ID, producer, &[ORDERS]),
        Ok(vec![false])
    );
}

#[tokio::test]
async fn a_write_extends_its_transaction() {
    let world = World::new().await;
    let producer = world.initialize(ID).await;
    for participants in [&[ORDERS][..], &[ORDERS], &[BILLS, ORDERS], &[GROUP]] {
        let admission = world.transactions.admit_adding(ID, producer, participants).await;
        drop(admission.unwrap());
    }
    let described = world.transactions.describe(ID).unwrap();
    assert_eq!(
        described.participants,
        Participants::from_iter([ORDERS, BILLS, GROUP])
    );
    // Where everybody takes part already nothing is stored.
    world.store.hold();
    let admission = world
        .transactions
        .admit_adding(ID, producer, &[GROUP, BILLS])
        .await;
    drop(admission.unwrap());
}

#[tokio::test]
async fn a_write_waits_for_the_transaction_before() {
    let config = TransactionsConfig {
        admission_wait: Duration::from_secs(1),
        ..TransactionsConfig::default()
    };
    let world = World::on(Arc::new(MemoryStore::new()), config).await;
    let producer = world.ongoing().await;
    world.logs.set_unreachable(&[BILLS]);
    let next = world.end(producer, Commit, Two).await.unwrap();
    let transactions = Arc::clone(&world.transactions);
    let write = tokio::spawn(async move { transactions.admit_adding(ID, next, &[ORDERS]).await.map(drop) });
    settle().await;
    assert!(!write.is_finished());
    world.logs.set_unreachable(&[]);
    world.advance(Duration::from_millis(100)).await;
    assert_eq!(write.await.unwrap(), Ok(()));
    assert_eq!(world.state(), TransactionState::Ongoing);
    world.assert_ended(Commit);
}

#[tokio::test]
async fn a_write_does_not_wait_forever() {
    let world = World::new().await;
    let producer = world.ongoing().await;
    world.logs.set_unreachable(&[BILLS]);
    let next = world.end(producer, Commit, Two).await.unwrap();
    let transactions = Arc::clone(&world.transactions);
    let write = tokio::spawn(async move { transactions.admit_adding(ID, next, &[ORDERS]).await.map(drop) });
    settle().await;
    world.advance(Duration::from_millis(99)).await;
    assert!(!write.is_finished());
    world.advance(Duration::from_millis(1)).await;
    assert_eq!(write.await.unwrap(), Err(ConcurrentTransactions));
}

#[tokio::test]
async fn a_transactional_id_that_is_not_used_is_forgotten() {
    let mut world = World::new().await;
    let week = world.config.expiration;
    let first = world.ongoing().await;
    world.end(first, Commit, One).await.unwrap();
    settle().await;
    world.advance(week - Duration::from_millis(1)).await;
    let second = world.initialize(ID).await;
    assert_eq!(second, bumped(first));
    world.advance(week - Duration::from_millis(1)).await;
    assert_eq!(world.state(), TransactionState::Empty);
    world.store.refuse_next();
    world.advance(Duration::from_millis(1)).await;
    assert_eq!(world.state(), TransactionState::Empty);
    world.advance(Duration::from_millis(100)).await;
    let unknown = |world: &World| {
        let described = world.transactions.describe(ID);
        assert_eq!(described, Err(TransactionError::NoSuchTransactionalId));
    };
    unknown(&world);
    assert_eq!(world.end(second, Abort, Two).await, Err(InvalidProducerIdMapping));
    world.crash(false).await;
    unknown(&world);
    let third = world
        .transactions
        .initialize(ID, request(Some(second)))
        .await
        .unwrap();
    assert!(third.id > second.id && third.epoch == 0);
}

#[tokio::test]
async fn a_transactional_id_that_is_used_again_at_the_last_moment_is_not_forgotten() {
    let world = World::new().await;
    let producer = world.initialize(ID).await;
    world.store.hold();
    let transactions = Arc::clone(&world.transactions);
    let adding = tokio::spawn(async move { transactions.add(ID, producer, &[ORDERS]).await });
    settle().await;
    world.advance(world.config.expiration).await;
    world.store.release();
    assert_eq!(adding.await.unwrap(), Ok(()));
    settle().await;
    // It has taken too long meanwhile, which is not the same.
    assert_eq!(world.state(), TransactionState::CompleteAbort);
}

#[tokio::test]
async fn what_is_removed_stays_removed_while_markers_are_on_their_way() {
    let mut world = World::new().await;
    let producer = world.ongoing().await;
    world.logs.set_unreachable(&[BILLS]);
    world.end(producer, Commit, Two).await.unwrap();
    settle().await;
    let id = TransactionalId::new(ID).unwrap();
    world.transactions.remove(&id).await.unwrap();
    world.logs.set_unreachable(&[]);
    world.advance(TIMEOUT).await;
    for _ in 0..2 {
        let described = world.transactions.describe(ID);
        assert_eq!(described, Err(TransactionError::NoSuchTransactionalId));
        world.crash(true).await;
    }
}

#[tokio::test]
async fn there_are_not_more_than_may_be() {
    let config = TransactionsConfig {
        transactional_ids: 1,
        participants: 2,
        ..TransactionsConfig::default()
    };
    let world = World::on(Arc::new(MemoryStore::new()), config).await;
    let producer = world.initialize(ID).await;
    let second = world.transactions.initialize("second", request(None)).await;
    assert_eq!(second, Err(TransactionError::TooManyTransactionalIds));
    let three = world
        .transactions
        .add(ID, producer, &[ORDERS, BILLS, GROUP])
        .await;
    assert_eq!(three, Err(TransactionError::TooManyParticipants));
    world
        .transactions
        .add(ID, producer, &[ORDERS, BILLS])
        .await
        .unwrap();
    let third = world.transactions.admit_adding(ID, producer, &[GROUP]).await;
    assert_eq!(third.unwrap_err(), TransactionError::TooManyParticipants);
}

#[tokio::test]
async fn an_id_is_neither_empty_nor_too_long() {
    let world = World::new().await;
    let producer = world.transactions.new_producer().await.unwrap();
    for id in ["", &"x".repeat(1_025)] {
        let refused = world.transactions.initialize(id, request(None)).await;
        assert!(matches!(refused, Err(TransactionError::InvalidRequest(_))));
    }
    let refused = world.transactions.add("", producer, &[ORDERS]).await;
    assert!(matches!(refused, Err(TransactionError::InvalidRequest(_))));
    let refused = world.transactions.describe("");
    assert!(matches!(refused, Err(TransactionError::InvalidRequest(_))));
}

#[tokio::test]
async fn the_coordinator_epoch_grows_with_every_start() {
    let mut world = World::new().await;
    let mut epochs = vec![world.transactions.coordinator_epoch()];
    for _ in 0..3 {
        world.crash(false).await;
        epochs.push(world.transactions.coordinator_epoch());
    }
    assert!(epochs.is_sorted_by(|one, next| one < next), "{epochs:?}");
}

#[tokio::test]
async fn many_transactions_are_ended_at_once() {
    let world = World::new().await;
    let mut ending = Vec::new();
    for number in 0..1_500_u64 {
        let id = format!("worker-{number}");
        let producer = world.initialize(&id).await;
        world.transactions.add(&id, producer, &[ORDERS]).await.unwrap();
        world.write(&id, producer, ORDERS, number);
        ending.push((id, producer));
    }
    world.logs.set_budget(Some(0));
    for (id, producer) in ending {
        world.transactions.end(&id, producer, Commit, Two).await.unwrap();
    }
    settle().await;
    world.logs.set_budget(None);
    for _ in 0..20 {
        world.advance(Duration::from_secs(1)).await;
    }
    assert_eq!(world.logs.open(), [0_u64; 0]);
    let outcomes = world.logs.outcomes();
    assert_eq!(outcomes.len(), 1_500);
    assert!(outcomes.values().all(|outcomes| outcomes.iter().eq([&Commit])));
}
