//! Targets don't feel each other.

use std::time::Duration;

use ninefold_delivery::{Limits, RetryPolicy, Terms};

use crate::fixture::{Behaviour, Fixture, terms};

#[tokio::test]
async fn slow_and_dead_targets_delay_nobody_else() {
    let fixture = Fixture::with_limits(Limits { pushes_under_way: 64 }).await;
    for number in 0..4 {
        fixture.behave(&format!("slow{number}"), Behaviour::Hangs);
        fixture.behave(&format!("dead{number}"), Behaviour::Fails);
        fixture.accept(&format!("slow{number}"), 0..1_000).await;
        fixture.accept(&format!("dead{number}"), 0..1_000).await;
    }
    fixture.settle().await;
    for number in 0..100 {
        fixture
            .accept(&format!("healthy{number}"), [1_000_000 + number])
            .await;
    }
    // Without any time passing.
    fixture.settle().await;
    let mut taken = fixture.courier.script.lock().taken.clone();
    taken.sort_unstable();
    assert_eq!(taken, (1_000_000..1_000_100).collect::<Vec<u128>>());
}

#[tokio::test]
async fn a_target_that_hangs_gets_less_and_less_to_hold() {
    let fixture = Fixture::new().await;
    fixture.behave("slow", Behaviour::Hangs);
    fixture.accept("slow", 0..1_000).await;
    fixture.settle().await;
    let first = fixture.backlog("slow").under_way();
    fixture.pass(Duration::from_secs(60)).await;
    let later = fixture.backlog("slow").under_way();
    assert!(first > 1 && later <= 1, "{first} and later {later}");
}

#[tokio::test]
async fn a_target_that_is_back_gets_everything_quickly() {
    let fixture = Fixture::new().await;
    let patient = Terms {
        retry: RetryPolicy::Exponential {
            first: Duration::from_secs(5),
            longest: Duration::from_secs(5),
            retries: 100,
        },
        ..terms()
    };
    fixture
        .courier
        .script
        .lock()
        .terms
        .insert("a".to_owned(), patient);
    fixture.behave("a", Behaviour::Fails);
    fixture.accept("a", 0..1_000).await;
    fixture.pass(Duration::from_secs(20)).await;
    let tried = fixture.pushes().len();
    assert!(tried < 50, "the breaker has let {tried} pushes through");
    fixture.behave("a", Behaviour::Takes);
    fixture.pass(Duration::from_secs(11)).await;
    assert_eq!(fixture.backlog("a").items(), 0);
    assert_eq!(fixture.courier.script.lock().taken.len(), 1_000);
}
