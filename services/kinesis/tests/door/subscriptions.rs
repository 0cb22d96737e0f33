//! Subscriptions of consumers to shards.

use std::time::Duration;

use ninefold_kinesis::{Subscription, SubscriptionEvent, Throttling};
use ninefold_protocol::Codec;
use ninefold_time::Clock;
use serde_json::{Value, json};

use crate::support::{Kinesis, data_of, shard_id};

/// The next event, as JSON.
async fn next(subscription: &mut Subscription) -> Value {
    let event: SubscriptionEvent = subscription.next().await.unwrap().unwrap();
    serde_json::from_slice(&Codec::Json.write(&event).unwrap()).unwrap()
}

/// Waits until somebody waits for the clock, then lets time go by.
async fn hear_nothing(kinesis: &Kinesis, seconds: u64) {
    while kinesis.clock.next_deadline().is_none() {
        tokio::task::yield_now().await;
    }
    kinesis.advance(seconds);
}

#[tokio::test]
async fn records_come_as_they_are_put() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    kinesis.put("orders", "key", "0").await;
    let consumer = kinesis.register("orders", "billing").await;
    let mut subscription = kinesis
        .subscribe(&consumer, 0, json!({"Type": "TRIM_HORIZON"}))
        .await
        .unwrap();
    let event = next(&mut subscription).await;
    assert_eq!(
        (data_of(&event), &event["MillisBehindLatest"]),
        (vec!["0".to_owned()], &json!(0))
    );
    assert_eq!(
        event["ContinuationSequenceNumber"],
        event["Records"][0]["SequenceNumber"]
    );
    let (event, (_, number)) = tokio::join!(next(&mut subscription), kinesis.put("orders", "key", "1"));
    assert_eq!(
        (data_of(&event), &event["ContinuationSequenceNumber"]),
        (vec!["1".to_owned()], &json!(number))
    );
}

#[tokio::test]
async fn a_subscriber_hears_something_every_few_seconds_for_five_minutes() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let consumer = kinesis.register("orders", "billing").await;
    let mut subscription = kinesis
        .subscribe(&consumer, 0, json!({"Type": "LATEST"}))
        .await
        .unwrap();
    for _ in 0..60 {
        let event = next(&mut subscription).await;
        assert!(
            event["Records"].as_array().unwrap().is_empty()
                && event["ContinuationSequenceNumber"].is_string()
        );
        kinesis.advance(5);
    }
    assert!(subscription.next().await.is_none());
}

#[tokio::test]
async fn nothing_is_said_twice_within_a_few_seconds() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let consumer = kinesis.register("orders", "billing").await;
    let mut subscription = kinesis
        .subscribe(&consumer, 0, json!({"Type": "LATEST"}))
        .await
        .unwrap();
    next(&mut subscription).await;
    let ((), event) = tokio::join!(hear_nothing(&kinesis, 5), next(&mut subscription));
    assert_eq!(data_of(&event), [""; 0]);
}

#[tokio::test]
async fn a_consumer_gets_so_much_of_a_shard_a_second_and_no_more() {
    let kinesis = Kinesis::with_throttling(Throttling::Aws).await;
    kinesis.create("orders", 1).await;
    for _ in 0..3 {
        kinesis.put("orders", "key", &"x".repeat(1_000 << 10)).await;
        kinesis.advance(1);
    }
    let consumer = kinesis.register("orders", "billing").await;
    let mut subscription = kinesis
        .subscribe(&consumer, 0, json!({"Type": "TRIM_HORIZON"}))
        .await
        .unwrap();
    let first = next(&mut subscription).await;
    let began_at = kinesis.clock.now();
    let ((), second) = tokio::join!(hear_nothing(&kinesis, 1), next(&mut subscription));
    assert_eq!((data_of(&first).len(), data_of(&second).len()), (2, 1));
    assert_eq!(kinesis.clock.now(), began_at + Duration::from_secs(1));
}

#[tokio::test]
async fn a_shard_ends_with_its_children() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let consumer = kinesis.register("orders", "billing").await;
    let mut subscription = kinesis
        .subscribe(&consumer, 0, json!({"Type": "LATEST"}))
        .await
        .unwrap();
    next(&mut subscription).await;
    let split = json!({"StreamName": "orders", "ShardToSplit": "0", "NewStartingHashKey": "1000"});
    let (event, _) = tokio::join!(next(&mut subscription), kinesis.call("SplitShard", split));
    assert_eq!(event.get("ContinuationSequenceNumber"), None);
    let children: Vec<_> = event["ChildShards"]
        .as_array()
        .unwrap()
        .iter()
        .map(|child| &child["ShardId"])
        .collect();
    assert_eq!(children, [&json!(shard_id(1)), &json!(shard_id(2))]);
    assert!(subscription.next().await.is_none());
}

#[tokio::test]
async fn a_subscription_can_be_taken_over_after_a_while() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 2).await;
    let consumer = kinesis.register("orders", "billing").await;
    let latest = json!({"Type": "LATEST"});
    let mut first = kinesis.subscribe(&consumer, 0, latest.clone()).await.unwrap();
    let refused = kinesis
        .subscribe(&consumer, 0, latest.clone())
        .await
        .err()
        .unwrap();
    assert_eq!(refused.code, "ResourceInUseException");
    kinesis.subscribe(&consumer, 1, latest.clone()).await.unwrap();
    next(&mut first).await;
    kinesis.advance(5);
    let mut second = kinesis.subscribe(&consumer, 0, latest.clone()).await.unwrap();
    let ended = first.next().await.unwrap().unwrap_err();
    assert_eq!(ended.code, "ResourceInUseException");
    assert!(first.next().await.is_none());
    drop(first);
    next(&mut second).await;
    // Whose connection is gone has no subscription any more.
    drop(second);
    kinesis.subscribe(&consumer, 0, latest).await.unwrap();
}

#[tokio::test]
async fn a_subscription_ends_with_its_consumer_and_stream() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let consumer = kinesis.register("orders", "billing").await;
    let latest = json!({"Type": "LATEST"});
    let mut subscription = kinesis.subscribe(&consumer, 0, latest.clone()).await.unwrap();
    next(&mut subscription).await;
    let deregister = kinesis.call("DeregisterStreamConsumer", json!({"ConsumerARN": consumer}));
    let (ended, _) = tokio::join!(subscription.next(), deregister);
    assert_eq!(ended.unwrap().unwrap_err().code, "ResourceNotFoundException");
    let refused = kinesis
        .subscribe(&consumer, 0, latest.clone())
        .await
        .err()
        .unwrap();
    assert_eq!(refused.code, "ResourceNotFoundException");
    let consumer = kinesis.register("orders", "shipping").await;
    let mut subscription = kinesis.subscribe(&consumer, 0, latest).await.unwrap();
    next(&mut subscription).await;
    let delete = kinesis.call(
        "DeleteStream",
        json!({"StreamName": "orders", "EnforceConsumerDeletion": true}),
    );
    let (ended, _) = tokio::join!(subscription.next(), delete);
    assert_eq!(ended.unwrap().unwrap_err().code, "ResourceNotFoundException");
}

#[tokio::test]
async fn a_subscriber_goes_on_where_the_last_one_ended() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    kinesis.put("orders", "key", "0").await;
    kinesis.put("orders", "key", "1").await;
    let consumer = kinesis.register("orders", "billing").await;
    let mut subscription = kinesis
        .subscribe(&consumer, 0, json!({"Type": "TRIM_HORIZON"}))
        .await
        .unwrap();
    let event = next(&mut subscription).await;
    drop(subscription);
    kinesis.put("orders", "key", "2").await;
    let position =
        json!({"Type": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": event["ContinuationSequenceNumber"]});
    let mut subscription = kinesis.subscribe(&consumer, 0, position).await.unwrap();
    assert_eq!(data_of(&next(&mut subscription).await), ["2"]);
    let wrong = kinesis
        .subscribe(&consumer, 7, json!({"Type": "LATEST"}))
        .await
        .err()
        .unwrap();
    assert_eq!(wrong.code, "ResourceNotFoundException");
}
