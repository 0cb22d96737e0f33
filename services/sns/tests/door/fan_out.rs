//! Who gets which messages, and in which form.

use std::time::Duration;

use ninefold_model::{Map, Value};

use crate::fixture::Fixture;

fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

async fn subscribe(fixture: &Fixture, topic: &str, queue: &str, attributes: &[(&'static str, &str)]) {
    let mut input = Map::new();
    input.insert("TopicArn", text(topic));
    input.insert("Protocol", text("sqs"));
    input.insert(
        "Endpoint",
        text(&format!("arn:aws:sqs:us-east-1:123456789012:{queue}")),
    );
    input.insert(
        "Attributes",
        attributes
            .iter()
            .map(|(name, value)| (*name, *value))
            .collect::<Map>(),
    );
    fixture.call_with("Subscribe", input).await.unwrap();
}

/// Publishes `one`, which is of kind `a`, and `two`.
async fn publish_two(fixture: &Fixture, topic: &str) {
    let entry = |message: &str| {
        let mut entry = Map::new();
        entry.insert("Id", text(message));
        entry.insert("Message", text(message));
        entry
    };
    let mut kind = Map::new();
    kind.insert("DataType", text("String"));
    kind.insert("StringValue", text("a"));
    let mut attributes = Map::new();
    attributes.insert("kind", kind);
    let mut one = entry("one");
    one.insert("MessageAttributes", attributes);
    let entries = vec![Value::Map(one), Value::Map(entry("two"))];
    let mut input = Map::new();
    input.insert("TopicArn", text(topic));
    input.insert("PublishBatchRequestEntries", entries);
    let output = fixture.call_with("PublishBatch", input).await.unwrap();
    let successful = output.get("Successful").and_then(Value::as_list);
    assert_eq!(successful.map(<[Value]>::len), Some(2));
}

#[tokio::test]
async fn queues_get_what_they_want_in_the_form_they_want() {
    let fixture = Fixture::new().await;
    let topic = fixture.topic("topic").await;
    let raw = ("RawMessageDelivery", "true");
    subscribe(&fixture, &topic, "raw", &[raw]).await;
    subscribe(&fixture, &topic, "raw-too", &[raw]).await;
    subscribe(
        &fixture,
        &topic,
        "some",
        &[raw, ("FilterPolicy", r#"{"kind":["a"]}"#)],
    )
    .await;
    subscribe(&fixture, &topic, "enveloped", &[]).await;
    subscribe(&fixture, &topic, "enveloped-too", &[]).await;
    publish_two(&fixture, &topic).await;
    let by_queue = fixture.queues.by_queue.lock();
    assert_eq!(by_queue["raw"], ["one", "two"]);
    assert_eq!(by_queue["raw-too"], ["one", "two"]);
    assert_eq!(by_queue["some"], ["one"]);
    for queue in ["enveloped", "enveloped-too"] {
        let [one, two] = &by_queue[queue][..] else {
            panic!("{queue} got {:?}", by_queue[queue]);
        };
        assert!(one.contains("\"Message\" : \"one\"") && one.contains("\"kind\""));
        assert!(two.contains("\"Message\" : \"two\"") && !two.contains("\"kind\""));
    }
    // Everybody ends their own subscription.
    assert_ne!(by_queue["enveloped"], by_queue["enveloped-too"]);
}

#[tokio::test]
async fn a_queue_that_takes_nothing_holds_up_nobody_and_gets_everything_later() {
    let fixture = Fixture::new().await;
    let topic = fixture.topic("topic").await;
    for queue in ["open", "closed"] {
        subscribe(&fixture, &topic, queue, &[("RawMessageDelivery", "true")]).await;
    }
    *fixture.queues.closed.lock() = Some("closed".to_owned());
    publish_two(&fixture, &topic).await;
    assert_eq!(fixture.queues.by_queue.lock()["open"], ["one", "two"]);
    assert!(!fixture.queues.by_queue.lock().contains_key("closed"));
    *fixture.queues.closed.lock() = None;
    fixture.pass(Duration::from_secs(600)).await;
    let mut late = fixture.queues.by_queue.lock()["closed"].clone();
    late.sort_unstable();
    assert_eq!(late, ["one", "two"]);
    assert_eq!(fixture.queues.by_queue.lock()["open"], ["one", "two"]);
}

#[tokio::test]
async fn a_publish_over_the_query_protocol_takes_the_short_way_unless_something_about_it_is_unusual() {
    let fixture = Fixture::new().await;
    let topic = fixture.topic("topic").await;
    subscribe(&fixture, &topic, "raw", &[("RawMessageDelivery", "true")]).await;
    let publish = |parameters: &str| fixture.publish_form(&format!("Action=Publish&{parameters}"));

    let usual = format!("TopicArn={topic}&Message=one+two%21&Subject=three");
    let published = publish(&usual).unwrap().await.unwrap();
    let [("MessageId", id)] = &published[..] else {
        panic!("{published:?}");
    };
    assert_eq!(id.len(), 36);
    assert_eq!(*fixture.queues.bodies.lock(), ["one two!"]);

    for (wrong, code) in [
        (format!("TopicArn={topic}&Message="), "InvalidParameter"),
        (
            format!("TopicArn={topic}&Message=a&MessageDeduplicationId=1"),
            "InvalidParameter",
        ),
        (format!("TopicArn={topic}-other&Message=a"), "NotFound"),
    ] {
        let refused = publish(&wrong).unwrap().await.unwrap_err();
        assert_eq!(refused.query_code(), code, "{wrong}");
    }
    for unusual in [
        format!("TopicArn={topic}"),
        "Message=a&PhoneNumber=%2B491701234567".to_owned(),
        format!("TopicArn={topic}&Message=a&Message=b"),
        format!("TopicArn={topic}&Message=a&MessageStructure=json"),
        format!("TopicArn={topic}&Message=a&MessageAttributes.entry.1.Name=b"),
    ] {
        assert!(publish(&unusual).is_none(), "{unusual}");
    }
    assert_eq!(fixture.queues.bodies.lock().len(), 1);
}
