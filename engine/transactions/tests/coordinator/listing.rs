//! What is shown of transactions.

use std::collections::BTreeSet;
use std::time::Duration;

use ninefold_time::Clock;
use ninefold_transactions::{
    Filter, Outcome, Participant, Participants, Producer, ProducerId, TransactionError, TransactionState,
    TransactionVersion,
};

use crate::{TIMEOUT, World, settle};

const ORDERS: Participant<'_> = Participant::Partition {
    topic: "orders",
    partition: 0,
};

/// One transactional id in every state that can be seen, in their order; their transactions began a second apart.
async fn populated() -> (World, Vec<Producer>) {
    let world = World::new().await;
    let ids = ["a-empty", "b-ongoing", "c-preparing", "d-committed", "e-aborted"];
    let mut producers = Vec::new();
    for id in ids {
        producers.push(world.initialize(id).await);
        if id != "a-empty" {
            let producer = *producers.last().unwrap();
            world.transactions.add(id, producer, &[ORDERS]).await.unwrap();
        }
        world.advance(Duration::from_secs(1)).await;
    }
    let two = TransactionVersion::Two;
    for (number, outcome) in [(3, Outcome::Commit), (4, Outcome::Abort)] {
        let ended = world
            .transactions
            .end(ids[number], producers[number], outcome, two)
            .await;
        producers[number] = ended.unwrap();
    }
    settle().await;
    world.logs.set_unreachable(&[ORDERS]);
    let ended = world
        .transactions
        .end(ids[2], producers[2], Outcome::Commit, two)
        .await;
    producers[2] = ended.unwrap();
    settle().await;
    (world, producers)
}

#[tokio::test]
async fn lists_are_filtered() {
    let (world, producers) = populated().await;
    let listed = |filter: Filter| {
        let listings = world.transactions.list(&filter).unwrap();
        let ids = listings.iter().map(|listing| &listing.id.as_str()[..1]);
        ids.collect::<String>()
    };
    let states = |states: &[TransactionState]| Filter {
        states: states.iter().copied().collect(),
        ..Filter::default()
    };
    let producer_ids = |ids: &[ProducerId]| Filter {
        producer_ids: ids.iter().copied().collect(),
        ..Filter::default()
    };
    let longer_than = |milliseconds| Filter {
        running_longer_than: Some(Duration::from_millis(milliseconds)),
        ..Filter::default()
    };
    let pattern = |pattern: &str| Filter {
        id_pattern: Some(pattern.to_owned()),
        ..Filter::default()
    };
    assert_eq!(listed(Filter::default()), "abcde");
    assert_eq!(listed(states(&[TransactionState::Ongoing])), "b");
    let ended = [TransactionState::CompleteCommit, TransactionState::CompleteAbort];
    assert_eq!(listed(states(&ended)), "de");
    assert_eq!(
        listed(states(&[TransactionState::PrepareCommit, TransactionState::Dead])),
        "c"
    );
    assert_eq!(
        listed(producer_ids(&[producers[1].id, producers[3].id, ProducerId(77)])),
        "bd"
    );
    // They began 4, 3, 2 and 1 seconds ago; the empty one never did.
    assert_eq!(listed(longer_than(2_000)), "bc");
    assert_eq!(listed(longer_than(1_999)), "bcd");
    assert_eq!(listed(longer_than(0)), "bcde");
    assert_eq!(listed(pattern(".*(ongoing|empty)")), "ab");
    assert_eq!(listed(pattern("ongoing")), "");
    let both = Filter {
        id_pattern: Some("[a-c].*".to_owned()),
        ..states(&[TransactionState::Ongoing, TransactionState::CompleteAbort])
    };
    assert_eq!(listed(both), "b");
    for invalid in ["(", "a)(b", &"x".repeat(2_000), "(\\w{100}){100}"] {
        let refused = world.transactions.list(&pattern(invalid));
        assert!(
            matches!(refused, Err(TransactionError::InvalidPattern(_))),
            "{invalid}"
        );
    }
}

#[tokio::test]
async fn a_listing_tells_whose_it_is() {
    let (world, producers) = populated().await;
    let listings = world.transactions.list(&Filter::default()).unwrap();
    let listed: Vec<_> = listings.iter().map(|listing| listing.producer_id).collect();
    let expected: Vec<_> = producers.iter().map(|producer| producer.id).collect();
    assert_eq!(listed, expected);
    assert_eq!(listed.iter().collect::<BTreeSet<_>>().len(), 5);
    let states: Vec<_> = listings.iter().map(|listing| listing.state.name()).collect();
    assert_eq!(
        states,
        [
            "Empty",
            "Ongoing",
            "PrepareCommit",
            "CompleteCommit",
            "CompleteAbort"
        ]
    );
}

#[tokio::test]
async fn a_description_tells_of_the_last_transaction() {
    let (world, producers) = populated().await;
    let now = world.clock.now();
    let orders = Participants::from_iter([ORDERS]);
    // Seconds since it began, and what takes part.
    let cases = [
        ("a-empty", None, Participants::default()),
        ("b-ongoing", Some(4), orders.clone()),
        ("c-preparing", Some(3), orders),
        ("d-committed", Some(2), Participants::default()),
    ];
    for ((id, seconds, participants), producer) in cases.into_iter().zip(producers) {
        let described = world.transactions.describe(id).unwrap();
        assert_eq!(
            (described.producer, described.timeout),
            (producer, TIMEOUT),
            "{id}"
        );
        let started_at = seconds.map(|seconds| now - Duration::from_secs(seconds));
        assert_eq!(described.started_at, started_at, "{id}");
        assert_eq!(described.participants, participants, "{id}");
    }
    let unknown = world.transactions.describe("unknown");
    assert_eq!(unknown, Err(TransactionError::NoSuchTransactionalId));
}
