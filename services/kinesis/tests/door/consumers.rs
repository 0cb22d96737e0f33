//! Consumers: registered, listed, deregistered.

use serde_json::json;

use crate::support::{BEGINNING, Kinesis, message, stream_arn};

#[tokio::test]
async fn a_consumer_is_described_by_either_name() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let arn = kinesis.register("orders", "billing").await;
    assert_eq!(
        arn,
        format!("{}/consumer/billing:{BEGINNING}", stream_arn("orders"))
    );
    let named = json!({"StreamARN": stream_arn("orders"), "ConsumerName": "billing"});
    for input in [json!({"ConsumerARN": arn}), named.clone()] {
        let described = kinesis.call("DescribeStreamConsumer", input).await;
        assert_eq!(
            described["ConsumerDescription"],
            json!({
                "ConsumerName": "billing", "ConsumerARN": arn, "ConsumerStatus": "ACTIVE",
                "ConsumerCreationTimestamp": BEGINNING, "StreamARN": stream_arn("orders"),
            })
        );
    }
    let again = json!({"StreamARN": stream_arn("orders"), "ConsumerName": "billing"});
    message(
        kinesis.refuse("RegisterStreamConsumer", again).await,
        "ResourceInUseException",
    );
    kinesis.call("DeregisterStreamConsumer", named.clone()).await;
    let gone = kinesis.refuse("DescribeStreamConsumer", named).await;
    assert_eq!(
        message(gone, "ResourceNotFoundException"),
        "Consumer billing, account 123456789012 not found."
    );
    message(
        kinesis.refuse("DescribeStreamConsumer", json!({})).await,
        "InvalidArgumentException",
    );
}

#[tokio::test]
async fn consumers_are_listed_page_by_page_and_limited() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    for number in 0..20 {
        kinesis.register("orders", &format!("consumer-{number:02}")).await;
    }
    let one_more = json!({"StreamARN": stream_arn("orders"), "ConsumerName": "one-more"});
    message(
        kinesis.refuse("RegisterStreamConsumer", one_more).await,
        "LimitExceededException",
    );
    let mut names = Vec::new();
    let mut token = None;
    for _ in 0..3 {
        let mut input = json!({"StreamARN": stream_arn("orders"), "MaxResults": 8});
        if let Some(token) = token {
            input["NextToken"] = token;
        }
        let page = kinesis.call("ListStreamConsumers", input).await;
        names.extend(
            page["Consumers"]
                .as_array()
                .unwrap()
                .iter()
                .map(|consumer| consumer["ConsumerName"].clone()),
        );
        token = page.get("NextToken").cloned();
    }
    assert_eq!((names.len(), token), (20, None));
    assert_eq!(names[19], "consumer-19");
    let created =
        |seconds: u64| json!({"StreamARN": stream_arn("orders"), "StreamCreationTimestamp": seconds});
    kinesis.call("ListStreamConsumers", created(BEGINNING)).await;
    message(
        kinesis
            .refuse("ListStreamConsumers", created(BEGINNING - 1))
            .await,
        "ResourceNotFoundException",
    );
}

#[tokio::test]
async fn consumers_keep_a_stream_unless_it_is_said_otherwise() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    kinesis.register("orders", "billing").await;
    let delete = kinesis
        .refuse("DeleteStream", json!({"StreamName": "orders"}))
        .await;
    message(delete, "ResourceInUseException");
    let enforced = json!({"StreamName": "orders", "EnforceConsumerDeletion": true});
    kinesis.call("DeleteStream", enforced).await;
    kinesis.create("orders", 1).await;
    assert_eq!(kinesis.summary("orders").await["ConsumerCount"], 0);
    kinesis.register("orders", "billing").await;
}

#[tokio::test]
async fn consumers_have_tags() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let input =
        json!({"StreamARN": stream_arn("orders"), "ConsumerName": "billing", "Tags": {"team": "shop"}});
    let registered = kinesis.call("RegisterStreamConsumer", input).await;
    let arn = &registered["Consumer"]["ConsumerARN"];
    kinesis
        .call(
            "TagResource",
            json!({"ResourceARN": arn, "Tags": {"stage": "test"}}),
        )
        .await;
    kinesis
        .call("UntagResource", json!({"ResourceARN": arn, "TagKeys": ["team"]}))
        .await;
    let listed = kinesis
        .call("ListTagsForResource", json!({"ResourceARN": arn}))
        .await;
    assert_eq!(listed["Tags"], json!([{"Key": "stage", "Value": "test"}]));
}
