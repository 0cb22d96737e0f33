//! Attributes: what a new queue has, what can be set, what is refused.

use serde_json::{Value, json};

use crate::support::{Sqs, arn, redrive_to};

const SSE: &str = "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or \
                   SQS SSE.";

async fn all(sqs: &Sqs, url: &str) -> Value {
    let input = json!({"QueueUrl": url, "AttributeNames": ["All"]});
    sqs.call("GetQueueAttributes", input).await["Attributes"].clone()
}

#[tokio::test]
async fn a_new_queue_has_the_defaults() {
    let sqs = Sqs::new().await;
    let mut expected = json!({
        "ApproximateNumberOfMessages": "0",
        "ApproximateNumberOfMessagesDelayed": "0",
        "ApproximateNumberOfMessagesNotVisible": "0",
        "CreatedTimestamp": "1767225600",
        "DelaySeconds": "0",
        "LastModifiedTimestamp": "1767225600",
        "MaximumMessageSize": "1048576",
        "MessageRetentionPeriod": "345600",
        "QueueArn": arn("standard"),
        "ReceiveMessageWaitTimeSeconds": "0",
        "SqsManagedSseEnabled": "true",
        "VisibilityTimeout": "30",
    });
    let standard = sqs.create("standard", json!({})).await;
    assert_eq!(all(&sqs, &standard).await, expected);
    let fifo = sqs.create_fifo("ordered.fifo").await;
    let more = json!({
        "ContentBasedDeduplication": "false",
        "DeduplicationScope": "queue",
        "FifoQueue": "true",
        "FifoThroughputLimit": "perQueue",
        "QueueArn": arn("ordered.fifo"),
    });
    expected
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    assert_eq!(all(&sqs, &fifo).await, expected);
}

#[tokio::test]
async fn attributes_are_found_by_name() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({"VisibilityTimeout": "9"})).await;
    let get = |names: Value| json!({"QueueUrl": url, "AttributeNames": names});
    let found = sqs
        .call(
            "GetQueueAttributes",
            get(json!(["VisibilityTimeout", "DelaySeconds"])),
        )
        .await;
    assert_eq!(
        found,
        json!({"Attributes": {"VisibilityTimeout": "9", "DelaySeconds": "0"}})
    );
    for names in [
        json!([]),
        json!(["Policy", "RedrivePolicy", "KmsMasterKeyId", "FifoQueue"]),
    ] {
        assert_eq!(sqs.call("GetQueueAttributes", get(names)).await, json!({}));
    }
    let refused = sqs.refuse("GetQueueAttributes", get(json!(["Nonsense"]))).await;
    assert_eq!(
        refused.parts(),
        ("InvalidAttributeName", 400, "Unknown Attribute Nonsense.")
    );
}

#[tokio::test]
async fn values_within_bounds_are_kept() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    for (name, value) in [
        ("DelaySeconds", "900"),
        ("MaximumMessageSize", "1024"),
        ("MessageRetentionPeriod", "60"),
        ("MessageRetentionPeriod", "1209600"),
        ("ReceiveMessageWaitTimeSeconds", "20"),
        ("VisibilityTimeout", "0"),
        ("VisibilityTimeout", "43200"),
        ("SqsManagedSseEnabled", "false"),
    ] {
        sqs.set(&url, json!({name: value})).await.unwrap();
        assert_eq!(sqs.attribute(&url, name).await.as_deref(), Some(value), "{name}");
    }
}

#[tokio::test]
async fn values_out_of_bounds_are_refused() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    for (name, value) in [
        ("DelaySeconds", "-1"),
        ("DelaySeconds", "901"),
        ("DelaySeconds", "soon"),
        ("DelaySeconds", ""),
        ("DelaySeconds", "+1"),
        ("MaximumMessageSize", "1023"),
        ("MaximumMessageSize", "1048577"),
        ("MessageRetentionPeriod", "59"),
        ("MessageRetentionPeriod", "1209601"),
        ("ReceiveMessageWaitTimeSeconds", "21"),
        ("VisibilityTimeout", "43201"),
        ("VisibilityTimeout", "99999999999"),
        ("KmsDataKeyReusePeriodSeconds", "59"),
        ("KmsDataKeyReusePeriodSeconds", "86401"),
        ("SqsManagedSseEnabled", "perhaps"),
        ("Policy", "{not json"),
        ("Policy", r#"{"Version":"2012-10-17"}"#),
    ] {
        let refused = sqs.set(&url, json!({name: value})).await.unwrap_err();
        assert_eq!(
            (refused.shape.as_str(), refused.status),
            ("InvalidAttributeValue", 400),
            "{name}={value}"
        );
        let expected = format!("Invalid value for the parameter {name}.");
        assert!(refused.message.starts_with(&expected), "{}", refused.message);
    }
    let both = json!({"DelaySeconds": "5", "VisibilityTimeout": "-1"});
    sqs.set(&url, both).await.unwrap_err();
    assert_eq!(sqs.attribute(&url, "DelaySeconds").await.as_deref(), Some("0"));
}

#[tokio::test]
async fn attributes_that_a_queue_does_not_have_are_refused() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    for name in [
        "FifoQueue",
        "ContentBasedDeduplication",
        "DeduplicationScope",
        "FifoThroughputLimit",
        "QueueArn",
        "CreatedTimestamp",
        "ApproximateNumberOfMessages",
        "All",
        "Nonsense",
    ] {
        let refused = sqs.set(&url, json!({name: "x"})).await.unwrap_err();
        assert_eq!(refused.shape, "InvalidAttributeName", "{name}");
        let create = json!({"QueueName": "other", "Attributes": {name: "x"}});
        if name != "FifoQueue" {
            let refused = sqs.refuse("CreateQueue", create).await;
            assert_eq!(refused.shape, "InvalidAttributeName", "{name}");
        }
    }
    let refused = sqs.set(&url, json!({"FifoQueue": "true"})).await.unwrap_err();
    assert_eq!(refused.message, "Unknown Attribute FifoQueue.");
    let fifo = sqs.create_fifo("o.fifo").await;
    let refused = sqs.set(&fifo, json!({"FifoQueue": "false"})).await.unwrap_err();
    assert_eq!(
        refused.parts(),
        (
            "InvalidAttributeValue",
            400,
            "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported."
        )
    );
}

#[tokio::test]
async fn throughput_by_group_needs_deduplication_by_group() {
    let sqs = Sqs::new().await;
    let url = sqs.create_fifo("o.fifo").await;
    let refused = sqs
        .set(&url, json!({"FifoThroughputLimit": "perMessageGroupId"}))
        .await;
    assert_eq!(refused.unwrap_err().shape, "InvalidAttributeValue");
    let high = json!({"FifoThroughputLimit": "perMessageGroupId", "DeduplicationScope": "messageGroup"});
    sqs.set(&url, high).await.unwrap();
    let refused = sqs.set(&url, json!({"DeduplicationScope": "queue"})).await;
    assert_eq!(refused.unwrap_err().shape, "InvalidAttributeValue");
    for (name, value) in [
        ("DeduplicationScope", "galaxy"),
        ("FifoThroughputLimit", "unbounded"),
        ("ContentBasedDeduplication", "maybe"),
    ] {
        let refused = sqs.set(&url, json!({name: value})).await.unwrap_err();
        assert_eq!(refused.shape, "InvalidAttributeValue", "{name}");
    }
}

#[tokio::test]
async fn a_key_excludes_managed_encryption() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    let key = json!({"KmsMasterKeyId": "alias/mine", "KmsDataKeyReusePeriodSeconds": "6000"});
    sqs.set(&url, key).await.unwrap();
    let found = all(&sqs, &url).await;
    assert_eq!(found["KmsMasterKeyId"], "alias/mine");
    assert_eq!(found["KmsDataKeyReusePeriodSeconds"], "6000");
    assert_eq!(found["SqsManagedSseEnabled"], "false");
    let both = json!({"KmsMasterKeyId": "alias/mine", "SqsManagedSseEnabled": "true"});
    let refused = sqs.set(&url, both.clone()).await.unwrap_err();
    assert_eq!(refused.parts(), ("InvalidAttributeName", 400, SSE));
    let refused = sqs
        .refuse("CreateQueue", json!({"QueueName": "r", "Attributes": both}))
        .await;
    assert_eq!(refused.parts(), ("InvalidAttributeName", 400, SSE));
    sqs.set(&url, json!({"SqsManagedSseEnabled": "true"}))
        .await
        .unwrap();
    let found = all(&sqs, &url).await;
    assert_eq!(found["SqsManagedSseEnabled"], "true");
    assert_eq!(found.get("KmsMasterKeyId"), None);
    sqs.set(&url, json!({"KmsMasterKeyId": "alias/other"}))
        .await
        .unwrap();
    sqs.set(&url, json!({"KmsMasterKeyId": ""})).await.unwrap();
    assert_eq!(sqs.attribute(&url, "KmsMasterKeyId").await, None);
}

#[tokio::test]
async fn a_policy_is_kept_and_removed() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "sqs:SendMessage", "Resource": arn("q"),
        }],
    });
    sqs.set(&url, json!({"Policy": policy.to_string()}))
        .await
        .unwrap();
    let kept = sqs.attribute(&url, "Policy").await.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&kept).unwrap(), policy);
    sqs.set(&url, json!({"Policy": ""})).await.unwrap();
    assert_eq!(sqs.attribute(&url, "Policy").await, None);
}

#[tokio::test]
async fn a_change_is_dated() {
    let sqs = Sqs::new().await;
    let url = sqs.create("q", json!({})).await;
    sqs.advance(5);
    sqs.set(&url, json!({"DelaySeconds": "1"})).await.unwrap();
    let found = all(&sqs, &url).await;
    assert_eq!(found["CreatedTimestamp"], "1767225600");
    assert_eq!(found["LastModifiedTimestamp"], "1767225605");
}

#[tokio::test]
async fn attributes_act() {
    let sqs = Sqs::new().await;
    sqs.create("dead", json!({})).await;
    let attributes = json!({
        "DelaySeconds": "3", "VisibilityTimeout": "7", "RedrivePolicy": redrive_to("dead", 1),
        "MessageRetentionPeriod": "60",
    });
    let url = sqs.create("q", attributes).await;
    sqs.send(&url, "x").await;
    assert_eq!(sqs.counts(&url).await, (0, 0, 1));
    sqs.advance(3);
    assert_eq!(sqs.receive(&url).await.len(), 1);
    sqs.advance(6);
    assert_eq!(sqs.counts(&url).await, (0, 1, 0));
    sqs.advance(1);
    assert_eq!(sqs.counts(&url).await, (1, 0, 0));
}
