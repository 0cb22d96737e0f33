//! What time does: confirmations that run out, queues that come back, deletions that were interrupted.

use std::time::Duration;

use ninefold_model::Value;

use crate::fixture::Fixture;

const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:orders";
const FOREIGN_QUEUE: &str = "arn:aws:sqs:us-east-1:999999999999:orders";
const DAY: Duration = Duration::from_secs(86_400);

fn subscriptions(output: &Value) -> usize {
    output
        .get("Subscriptions")
        .and_then(Value::as_list)
        .map_or(0, <[Value]>::len)
}

#[tokio::test]
async fn a_subscription_that_nobody_confirms_goes_away() {
    let fixture = Fixture::new().await;
    let topic = fixture.topic("topic").await;
    let input = [
        ("TopicArn", &*topic),
        ("Protocol", "sqs"),
        ("Endpoint", FOREIGN_QUEUE),
    ];
    fixture.call("Subscribe", &input).await.unwrap();
    for expected in [1, 0] {
        fixture.pass(2 * DAY).await;
        let input = [("TopicArn", &*topic)];
        let listed = fixture.call("ListSubscriptionsByTopic", &input).await.unwrap();
        assert_eq!(subscriptions(&listed), expected);
    }
}

#[tokio::test]
async fn a_queue_that_is_away_for_an_hour_gets_its_messages_then() {
    let mut fixture = Fixture::new().await;
    let topic = fixture.topic("topic").await;
    let input = [("TopicArn", &*topic), ("Protocol", "sqs"), ("Endpoint", QUEUE)];
    fixture.call("Subscribe", &input).await.unwrap();
    *fixture.queues.is_away.lock() = true;
    let publish = [("TopicArn", &*topic), ("Message", "patience")];
    fixture.call("Publish", &publish).await.unwrap();
    fixture.pass(Duration::from_secs(1_800)).await;
    fixture.reopen().await;
    fixture.pass(Duration::from_secs(1_800)).await;
    assert!(fixture.queues.bodies.lock().is_empty());
    *fixture.queues.is_away.lock() = false;
    fixture.pass(Duration::from_secs(60)).await;
    let bodies = fixture.queues.bodies.lock();
    assert!(!bodies.is_empty() && bodies.iter().all(|body| body.contains("\"patience\"")));
}

#[tokio::test]
async fn a_deleted_topic_leaves_nothing_for_one_of_the_same_name() {
    let fixture = Fixture::new().await;
    let topic = fixture.topic("topic").await;
    let input = [("TopicArn", &*topic), ("Protocol", "sqs"), ("Endpoint", QUEUE)];
    fixture.call("Subscribe", &input).await.unwrap();
    *fixture.queues.is_away.lock() = true;
    fixture
        .call("Publish", &[("TopicArn", &topic), ("Message", "old")])
        .await
        .unwrap();
    fixture
        .call("DeleteTopic", &[("TopicArn", &topic)])
        .await
        .unwrap();
    *fixture.queues.is_away.lock() = false;
    assert_eq!(fixture.topic("topic").await, topic);
    fixture.pass(DAY).await;
    assert!(fixture.queues.bodies.lock().is_empty());
    let listed = fixture.call("ListSubscriptions", &[]).await.unwrap();
    assert_eq!(subscriptions(&listed), 0);
}
