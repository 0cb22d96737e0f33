//! Tags.

use serde_json::{Value, json};

use crate::support::Sqs;

async fn tags(sqs: &Sqs, url: &str) -> Value {
    sqs.call("ListQueueTags", json!({"QueueUrl": url})).await
}

fn numbered(count: usize) -> Value {
    (0..count)
        .map(|number| (format!("key-{number}"), json!("value")))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[tokio::test]
async fn tags_come_and_go() {
    let sqs = Sqs::new().await;
    let created = sqs
        .call(
            "CreateQueue",
            json!({"QueueName": "q", "tags": {"team": "orders"}}),
        )
        .await;
    let url = created["QueueUrl"].as_str().unwrap();
    assert_eq!(tags(&sqs, url).await, json!({"Tags": {"team": "orders"}}));
    let more = json!({"team": "billing", "empty": ""});
    sqs.call("TagQueue", json!({"QueueUrl": url, "Tags": more})).await;
    assert_eq!(tags(&sqs, url).await, json!({"Tags": more}));
    let keys = json!(["team", "empty", "never-there"]);
    sqs.call("UntagQueue", json!({"QueueUrl": url, "TagKeys": keys}))
        .await;
    assert_eq!(tags(&sqs, url).await, json!({}));
}

#[tokio::test]
async fn tags_are_limited() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    sqs.call("TagQueue", json!({"QueueUrl": url, "Tags": numbered(50)}))
        .await;
    let tag = |key: &str, value: &str| json!({"QueueUrl": url, "Tags": {key: value}});
    sqs.call("TagQueue", tag("key-0", "changed")).await;
    let refused = sqs.refuse("TagQueue", tag("one-more", "x")).await;
    assert_eq!(
        refused.parts(),
        (
            "InvalidParameterValueException",
            400,
            "Too many tags added for queue q."
        )
    );
    let long = "k".repeat(129);
    let value = "v".repeat(257);
    for input in [
        tag("", "x"),
        tag(&long, "x"),
        tag("key-1", &value),
        tag("aws:mine", "x"),
    ] {
        let refused = sqs.refuse("TagQueue", input).await;
        assert_eq!(refused.shape, "InvalidParameterValueException");
    }
    let refused = sqs.refuse("TagQueue", json!({"QueueUrl": url, "Tags": {}})).await;
    assert_eq!(refused.message, "The request must contain the parameter Tags.");
    let refused = sqs
        .refuse("CreateQueue", json!({"QueueName": "r", "tags": numbered(51)}))
        .await;
    assert_eq!(refused.message, "Too many tags added for queue r.");
}
