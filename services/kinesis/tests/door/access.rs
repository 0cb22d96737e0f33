//! Policies of streams and consumers.

use serde_json::json;

use crate::support::{Kinesis, OTHER_ACCOUNT, message, shard_id, stream_arn};

fn policy(resource: &str, actions: &[&str]) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}, "Action": actions, "Resource": resource,
        }],
    })
    .to_string()
}

#[tokio::test]
async fn a_policy_is_kept_and_taken_away() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let consumer = kinesis.register("orders", "billing").await;
    for arn in [&stream_arn("orders"), &consumer] {
        let resource = json!({"ResourceARN": arn});
        message(
            kinesis.refuse("GetResourcePolicy", resource.clone()).await,
            "ResourceNotFoundException",
        );
        let policy = policy(arn, &["kinesis:ListShards"]);
        kinesis
            .call("PutResourcePolicy", json!({"ResourceARN": arn, "Policy": policy}))
            .await;
        assert_eq!(
            kinesis.call("GetResourcePolicy", resource.clone()).await["Policy"],
            policy
        );
        kinesis.call("DeleteResourcePolicy", resource.clone()).await;
        message(
            kinesis.refuse("DeleteResourcePolicy", resource).await,
            "ResourceNotFoundException",
        );
        let wrong = json!({"ResourceARN": arn, "Policy": "{}"});
        message(
            kinesis.refuse("PutResourcePolicy", wrong).await,
            "InvalidArgumentException",
        );
    }
    let queue = json!({"ResourceARN": "arn:aws:kinesis:eu-central-1:123456789012:queue/abc"});
    message(
        kinesis.refuse("GetResourcePolicy", queue).await,
        "ResourceNotFoundException",
    );
}

#[tokio::test]
async fn another_account_may_what_the_policy_says_of_records_only() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let arn = stream_arn("orders");
    let put = json!({"StreamARN": arn, "PartitionKey": "a", "Data": ""});
    let denied = kinesis
        .call_as(OTHER_ACCOUNT, "PutRecord", put.clone())
        .await
        .unwrap_err();
    message(denied, "AccessDeniedException");
    let actions = [
        "kinesis:PutRecord",
        "kinesis:GetShardIterator",
        "kinesis:GetRecords",
        "kinesis:DeleteStream",
    ];
    kinesis
        .call(
            "PutResourcePolicy",
            json!({"ResourceARN": arn, "Policy": policy(&arn, &actions)}),
        )
        .await;
    kinesis.call_as(OTHER_ACCOUNT, "PutRecord", put).await.unwrap();
    let position = json!({"StreamARN": arn, "ShardId": shard_id(0), "ShardIteratorType": "TRIM_HORIZON"});
    let iterator = kinesis
        .call_as(OTHER_ACCOUNT, "GetShardIterator", position)
        .await
        .unwrap();
    let input = json!({"StreamARN": arn, "ShardIterator": iterator["ShardIterator"]});
    let read = kinesis.call_as(OTHER_ACCOUNT, "GetRecords", input).await.unwrap();
    assert_eq!(read["Records"].as_array().unwrap().len(), 1);
    for (operation, input) in [
        ("DeleteStream", json!({"StreamARN": arn})),
        ("ListShards", json!({"StreamARN": arn})),
        ("DescribeStream", json!({"StreamARN": stream_arn("unknown")})),
    ] {
        let denied = kinesis
            .call_as(OTHER_ACCOUNT, operation, input)
            .await
            .unwrap_err();
        message(denied, "AccessDeniedException");
    }
}

#[tokio::test]
async fn names_are_of_an_account() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let own = json!({"StreamName": "orders", "ShardCount": 2});
    kinesis.call_as(OTHER_ACCOUNT, "CreateStream", own).await.unwrap();
    assert_eq!(kinesis.summary("orders").await["OpenShardCount"], 1);
    let listed = kinesis
        .call_as(OTHER_ACCOUNT, "ListStreams", json!({}))
        .await
        .unwrap();
    assert_eq!(listed["StreamNames"], json!(["orders"]));
}
