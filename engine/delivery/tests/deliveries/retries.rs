//! When items are pushed.

use std::time::Duration;

use ninefold_delivery::{DeduplicationScope, Ending, Item, Limits, Ordering, RetryPolicy, Terms, Then};
use ninefold_queue::MessageId;
use ninefold_time::Clock;

use crate::fixture::{Behaviour, Fixture, Push, item, target, terms};

/// Seconds after the start of each push of an item.
fn seconds_of(pushes: &[Push], item: u128, start: ninefold_time::Timestamp) -> Vec<u64> {
    let of_item = pushes.iter().filter(|push| push.item == item);
    of_item
        .map(|push| push.at.duration_since(start).as_secs())
        .collect()
}

#[tokio::test]
async fn an_item_that_is_taken_is_pushed_once() {
    let fixture = Fixture::new().await;
    fixture.accept("a", [1]).await;
    fixture.pass(Duration::from_secs(3_600)).await;
    assert_eq!(fixture.pushes().len(), 1);
    assert_eq!(fixture.backlog("a").items(), 0);
    let figures = fixture.engine.figures();
    assert_eq!(
        (figures.accepted, figures.delivered, figures.under_way),
        (1, 1, 0)
    );
}

#[tokio::test]
async fn a_failed_push_is_repeated_as_the_policy_says() {
    let fixture = Fixture::new().await;
    let start = fixture.clock.now();
    fixture.behave("a", Behaviour::FailsFirst(3));
    fixture.accept("a", [1]).await;
    fixture.pass(Duration::from_secs(60)).await;
    // 1, 2 and 3 seconds after one another.
    assert_eq!(seconds_of(&fixture.pushes(), 1, start), [0, 1, 3, 6]);
    assert_eq!(fixture.courier.script.lock().taken, [1]);
    let attempts = fixture.engine.attempts_of(MessageId(1));
    assert_eq!(
        attempts.iter().map(|attempt| attempt.number).collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    let second = start + Duration::from_secs(1);
    assert_eq!(attempts[0].then, Then::RetryAt(second.as_millis()));
    assert_eq!(attempts[3].then, Then::Delivered);
}

#[tokio::test]
async fn a_target_may_ask_for_more_time_than_the_policy_gives_but_not_for_less() {
    for (asked_seconds, waited_seconds) in [(30, 30), (0, 1)] {
        let fixture = Fixture::new().await;
        let start = fixture.clock.now();
        fixture.behave("a", Behaviour::Postpones(Duration::from_secs(asked_seconds)));
        fixture.accept("a", [1]).await;
        fixture.pass(Duration::from_secs(60)).await;
        assert_eq!(seconds_of(&fixture.pushes(), 1, start), [0, waited_seconds]);
    }
}

#[tokio::test]
async fn a_push_that_hangs_is_given_up_in_time() {
    let fixture = Fixture::new().await;
    let start = fixture.clock.now();
    fixture.behave("a", Behaviour::Hangs);
    fixture.accept("a", [1]).await;
    fixture.pass(Duration::from_secs(20)).await;
    assert_eq!(seconds_of(&fixture.pushes(), 1, start), [0, 16]);
    let attempts = fixture.engine.attempts_of(MessageId(1));
    assert_eq!(attempts[0].answer.text, "no answer within 15s");
}

#[tokio::test]
async fn a_panic_of_the_courier_costs_one_lease() {
    let fixture = Fixture::new().await;
    fixture.behave("a", Behaviour::Panics);
    fixture.accept("a", [1]).await;
    fixture.settle().await;
    assert_eq!((fixture.pushes().len(), fixture.backlog("a").under_way()), (1, 0));
    fixture.behave("a", Behaviour::Takes);
    // Its own time and a little more.
    fixture.pass(Duration::from_secs(20)).await;
    assert_eq!(fixture.courier.script.lock().taken, [1]);
}

#[tokio::test]
async fn no_second_has_more_pushes_than_the_target_wants() {
    let fixture = Fixture::new().await;
    let start = fixture.clock.now();
    let limited = Terms {
        pushes_per_second: Some(5.0),
        ..terms()
    };
    fixture
        .courier
        .script
        .lock()
        .terms
        .insert("a".to_owned(), limited);
    fixture.accept("a", 0..50).await;
    fixture.pass(Duration::from_secs(30)).await;
    let pushes = fixture.pushes();
    assert_eq!(pushes.len(), 50);
    for second in 0..10 {
        let in_second = |push: &&Push| push.at.duration_since(start).as_secs() == second;
        assert!(pushes.iter().filter(in_second).count() <= 6, "in second {second}");
    }
    let last = pushes.iter().map(|push| push.at).max().unwrap();
    assert!((9..=11).contains(&last.duration_since(start).as_secs()));
}

#[tokio::test]
async fn targets_share_a_rate_that_both_name() {
    let fixture = Fixture::new().await;
    let start = fixture.clock.now();
    let limited = Terms {
        pushes_per_second: Some(5.0),
        shared_rate: Some("both".into()),
        ..terms()
    };
    for target in ["a", "b"] {
        let terms = &mut fixture.courier.script.lock().terms;
        terms.insert(target.to_owned(), limited.clone());
    }
    fixture.accept("a", 0..25).await;
    fixture.accept("b", 25..50).await;
    fixture.pass(Duration::from_secs(30)).await;
    let pushes = fixture.pushes();
    assert_eq!(pushes.len(), 50);
    let last = pushes.iter().map(|push| push.at).max().unwrap();
    assert!((8..=11).contains(&last.duration_since(start).as_secs()));
}

#[tokio::test]
async fn a_group_waits_for_its_first_item_and_others_do_not() {
    let fixture = Fixture::new().await;
    let items = [(1, "a"), (2, "b"), (3, "a"), (4, "b"), (5, "a")];
    fixture.behave("t", Behaviour::FailsFirst(1));
    let items = items.map(|(id, group)| item(id, Some(group))).to_vec();
    fixture
        .engine
        .accept(&target("t"), Ordering::Grouped(DeduplicationScope::Queue), items)
        .await
        .unwrap();
    fixture.pass(Duration::from_secs(60)).await;
    let taken = fixture.courier.script.lock().taken.clone();
    let of = |ids: &[u128]| {
        taken
            .iter()
            .copied()
            .filter(|id| ids.contains(id))
            .collect::<Vec<_>>()
    };
    assert_eq!(of(&[1, 3, 5]), [1, 3, 5]);
    assert_eq!(of(&[2, 4]), [2, 4]);
    // An item of the group was never tried before the one in front of it was taken.
    let pushes = fixture.pushes();
    let first_of_3 = pushes.iter().position(|push| push.item == 3).unwrap();
    let last_of_1 = pushes.iter().rposition(|push| push.item == 1).unwrap();
    assert!(last_of_1 < first_of_3);
}

#[tokio::test]
async fn a_restart_goes_on_where_it_was() {
    let mut fixture = Fixture::new().await;
    fixture.behave("a", Behaviour::Fails);
    fixture.accept("a", 0..100).await;
    fixture.settle().await;
    fixture.restart().await;
    fixture.behave("a", Behaviour::Takes);
    fixture.pass(Duration::from_secs(120)).await;
    let mut taken = fixture.courier.script.lock().taken.clone();
    taken.sort_unstable();
    taken.dedup();
    assert_eq!(taken, (0..100).collect::<Vec<u128>>());
    assert_eq!(fixture.backlog("a").items(), 0);
    // What failed before the restart is still known.
    assert_eq!(fixture.engine.attempts_of(MessageId(0))[0].number, 1);
}

#[tokio::test]
async fn what_waits_for_another_attempt_does_not_fill_the_memory() {
    let fixture = Fixture::with_limits(Limits { pushes_under_way: 16 }).await;
    let patient = Terms {
        retry: RetryPolicy::Exponential {
            first: Duration::from_secs(600),
            longest: Duration::from_secs(600),
            retries: 100,
        },
        maximum_age: Duration::from_secs(86_400),
        ..terms()
    };
    fixture
        .courier
        .script
        .lock()
        .terms
        .insert("a".to_owned(), patient);
    fixture.behave("a", Behaviour::Fails);
    for start in 0..25 {
        fixture.accept("a", start * 1_000..(start + 1) * 1_000).await;
    }
    fixture.pass(Duration::from_secs(300)).await;
    // One probe a second.
    assert!(fixture.pushes().len() < 350, "{} pushes", fixture.pushes().len());
    assert_eq!(fixture.backlog("a").items(), 25_000);
    assert!(fixture.backlog("a").items_tried() <= 20_000);
}

#[tokio::test]
async fn while_a_target_is_down_items_end_as_their_policy_says() {
    let fixture = Fixture::new().await;
    let start = fixture.clock.now();
    fixture.behave("a", Behaviour::Fails);
    fixture.accept("a", 0..1_000).await;
    fixture.pass(Duration::from_secs(10)).await;
    assert_eq!(fixture.backlog("a").items(), 0);
    let script = fixture.courier.script.lock();
    assert_eq!(script.buried.len(), 1_000);
    assert!(
        script
            .buried
            .iter()
            .all(|(_, ending)| matches!(ending, Ending::Exhausted(_)))
    );
    let pushes = &script.pushes;
    assert!(pushes.len() < 50, "{} pushes", pushes.len());
    assert!(
        pushes
            .iter()
            .all(|push| push.at.duration_since(start) < Duration::from_secs(10))
    );
}

#[tokio::test]
async fn duplicates_are_told_apart_as_far_as_was_asked_for() {
    let fixture = Fixture::new().await;
    let accept = |id, group, scope| {
        let item = Item {
            deduplication: Some("d".into()),
            ..item(id, Some(group))
        };
        let (engine, target) = (&fixture.engine, target("t"));
        async move {
            let accepted = engine.accept(&target, Ordering::Grouped(scope), vec![item]).await;
            accepted.unwrap()[0].id.0
        }
    };
    assert_eq!(accept(1, "a", DeduplicationScope::MessageGroup).await, 1);
    assert_eq!(accept(2, "b", DeduplicationScope::MessageGroup).await, 2);
    assert_eq!(accept(3, "a", DeduplicationScope::MessageGroup).await, 1);
    assert_eq!(accept(4, "a", DeduplicationScope::Queue).await, 4);
    assert_eq!(accept(5, "b", DeduplicationScope::Queue).await, 4);
}
