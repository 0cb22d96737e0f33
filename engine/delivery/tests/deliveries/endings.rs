//! How items end that are not delivered.

use std::time::Duration;

use ninefold_delivery::{Ending, Terms, Then};
use ninefold_queue::MessageId;

use crate::fixture::{Behaviour, Fixture, answer, target, terms};

#[tokio::test]
async fn what_is_refused_is_dead_lettered_at_once() {
    let fixture = Fixture::new().await;
    fixture.behave("a", Behaviour::Refuses);
    fixture.accept("a", [1]).await;
    fixture.settle().await;
    assert_eq!(
        fixture.courier.script.lock().buried,
        [(1, Ending::Refused(answer(400)))]
    );
    assert_eq!((fixture.pushes().len(), fixture.backlog("a").items()), (1, 0));
    assert_eq!(fixture.engine.figures().dead_lettered, 1);
}

#[tokio::test]
async fn what_fails_too_often_is_dead_lettered() {
    let fixture = Fixture::new().await;
    fixture.behave("a", Behaviour::Fails);
    fixture.accept("a", [1]).await;
    fixture.pass(Duration::from_secs(60)).await;
    assert_eq!(
        fixture.courier.script.lock().buried,
        [(1, Ending::Exhausted(answer(503)))]
    );
    assert_eq!((fixture.pushes().len(), fixture.backlog("a").items()), (4, 0));
}

#[tokio::test]
async fn what_would_become_too_old_is_not_tried_again() {
    let fixture = Fixture::new().await;
    let hurried = Terms {
        maximum_age: Duration::from_secs(2),
        ..terms()
    };
    fixture
        .courier
        .script
        .lock()
        .terms
        .insert("a".to_owned(), hurried);
    fixture.behave("a", Behaviour::Fails);
    fixture.accept("a", [1]).await;
    fixture.pass(Duration::from_secs(60)).await;
    assert_eq!(fixture.pushes().len(), 2);
    assert_eq!(fixture.courier.script.lock().buried.len(), 1);
}

#[tokio::test]
async fn what_became_too_old_while_it_waited_is_not_pushed() {
    let mut fixture = Fixture::new().await;
    fixture.behave("a", Behaviour::Hangs);
    // More than may be under way at one time.
    fixture.accept("a", 0..20).await;
    fixture.settle().await;
    let pushed = fixture.pushes().len();
    assert!(pushed < 20);
    fixture.clock.advance(Duration::from_secs(3_601));
    fixture.restart().await;
    fixture.pass(Duration::from_secs(10)).await;
    assert_eq!(fixture.backlog("a").items(), 0);
    let script = fixture.courier.script.lock();
    let expired = script
        .buried
        .iter()
        .filter(|(_, ending)| *ending == Ending::Expired);
    assert!(expired.count() >= 20 - pushed);
}

#[tokio::test]
async fn without_a_dead_letter_queue_it_is_dropped_and_that_is_known() {
    let fixture = Fixture::new().await;
    fixture.courier.script.lock().has_no_dead_letter_queue = true;
    fixture.behave("a", Behaviour::Refuses);
    fixture.accept("a", [1]).await;
    fixture.settle().await;
    assert_eq!(fixture.engine.attempts_of(MessageId(1))[0].then, Then::Dropped);
    assert_eq!(fixture.engine.figures().dropped, 1);
}

#[tokio::test]
async fn a_dead_letter_queue_that_is_away_is_tried_again_without_pushing() {
    let fixture = Fixture::new().await;
    fixture.courier.script.lock().burials_fail = true;
    fixture.behave("a", Behaviour::Fails);
    fixture.accept("a", [1]).await;
    fixture.pass(Duration::from_secs(300)).await;
    assert_eq!((fixture.pushes().len(), fixture.backlog("a").items()), (4, 1));
    fixture.courier.script.lock().burials_fail = false;
    fixture.pass(Duration::from_secs(61)).await;
    assert_eq!((fixture.pushes().len(), fixture.backlog("a").items()), (4, 0));
    assert_eq!(fixture.courier.script.lock().buried.len(), 1);
}

#[tokio::test]
async fn a_target_that_is_removed_takes_its_backlog_along() {
    let fixture = Fixture::new().await;
    fixture.behave("a", Behaviour::Fails);
    fixture.accept("a", [1]).await;
    fixture.settle().await;
    fixture.engine.remove(&target("a")).await.unwrap();
    fixture.pass(Duration::from_secs(60)).await;
    assert_eq!(fixture.pushes().len(), 1);
    assert!(fixture.engine.backlog(&target("a")).is_none());
    // It can be there again.
    fixture.behave("a", Behaviour::Takes);
    fixture.accept("a", [2]).await;
    fixture.settle().await;
    assert_eq!(fixture.courier.script.lock().taken, [2]);
}
