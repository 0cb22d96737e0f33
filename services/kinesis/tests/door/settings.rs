//! What can be set of a stream and of an account.

use serde_json::json;

use crate::support::{BEGINNING, Kinesis, data_of, message, stream_arn};

#[tokio::test]
async fn retention_has_a_range_and_directions() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let retention = |hours: i64| json!({"StreamName": "orders", "RetentionPeriodHours": hours});
    for (operation, hours, expected) in [
        (
            "IncreaseStreamRetentionPeriod",
            23,
            "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short.",
        ),
        (
            "IncreaseStreamRetentionPeriod",
            8_761,
            "Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too long.",
        ),
        (
            "DecreaseStreamRetentionPeriod",
            25,
            "Requested retention period (25 hours) for stream orders can not be longer than existing retention period (24 \
             hours). Use IncreaseRetentionPeriod API.",
        ),
    ] {
        let refused = kinesis.refuse(operation, retention(hours)).await;
        assert_eq!(message(refused, "InvalidArgumentException"), expected);
    }
    kinesis
        .call("IncreaseStreamRetentionPeriod", retention(8_760))
        .await;
    assert_eq!(kinesis.summary("orders").await["RetentionPeriodHours"], 8_760);
    let shorter = kinesis
        .refuse("IncreaseStreamRetentionPeriod", retention(48))
        .await;
    message(shorter, "InvalidArgumentException");
    kinesis.call("DecreaseStreamRetentionPeriod", retention(48)).await;
    assert_eq!(kinesis.summary("orders").await["RetentionPeriodHours"], 48);
}

#[tokio::test]
async fn records_say_whether_their_stream_was_encrypted() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    kinesis.put("orders", "key", "plain").await;
    let encryption = json!({"StreamName": "orders", "EncryptionType": "KMS", "KeyId": "alias/orders"});
    kinesis.call("StartStreamEncryption", encryption.clone()).await;
    let summary = kinesis.summary("orders").await;
    assert_eq!(
        (&summary["EncryptionType"], &summary["KeyId"]),
        (&json!("KMS"), &json!("alias/orders"))
    );
    let put = json!({"StreamName": "orders", "PartitionKey": "key", "Data": ""});
    assert_eq!(kinesis.call("PutRecord", put).await["EncryptionType"], "KMS");
    kinesis.call("StopStreamEncryption", encryption).await;
    assert_eq!(kinesis.summary("orders").await["EncryptionType"], "NONE");
    kinesis.put("orders", "key", "plain again").await;
    let read = kinesis.get(&kinesis.oldest("orders", 0).await).await;
    assert_eq!(data_of(&read), ["plain", "", "plain again"]);
    let kinds: Vec<_> = read["Records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["EncryptionType"].as_str())
        .collect();
    assert_eq!(kinds, [None, Some("KMS"), None]);
    let none = json!({"StreamName": "orders", "EncryptionType": "NONE", "KeyId": "alias/orders"});
    message(
        kinesis.refuse("StartStreamEncryption", none).await,
        "ValidationException",
    );
}

#[tokio::test]
async fn metrics_by_shard_are_chosen() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let metrics = |names: &[&str]| json!({"StreamName": "orders", "ShardLevelMetrics": names});
    let enabled = kinesis
        .call(
            "EnableEnhancedMonitoring",
            metrics(&["OutgoingBytes", "IncomingBytes"]),
        )
        .await;
    assert_eq!(
        (
            &enabled["CurrentShardLevelMetrics"],
            &enabled["DesiredShardLevelMetrics"]
        ),
        (&json!([]), &json!(["IncomingBytes", "OutgoingBytes"]))
    );
    let disabled = kinesis
        .call("DisableEnhancedMonitoring", metrics(&["IncomingBytes"]))
        .await;
    assert_eq!(disabled["DesiredShardLevelMetrics"], json!(["OutgoingBytes"]));
    kinesis.call("EnableEnhancedMonitoring", metrics(&["ALL"])).await;
    let all = &kinesis.summary("orders").await["EnhancedMonitoring"][0]["ShardLevelMetrics"];
    assert_eq!(all.as_array().unwrap().len(), 7);
    let disabled = kinesis.call("DisableEnhancedMonitoring", metrics(&["ALL"])).await;
    assert_eq!(disabled["DesiredShardLevelMetrics"], json!([]));
    let wrong = kinesis
        .refuse("EnableEnhancedMonitoring", metrics(&["Everything"]))
        .await;
    message(wrong, "ValidationException");
}

#[tokio::test]
async fn tags_of_both_kinds_are_the_same() {
    let kinesis = Kinesis::new().await;
    let tagged = json!({"StreamName": "orders", "ShardCount": 1, "Tags": {"team": "shop"}});
    kinesis.call("CreateStream", tagged).await;
    let arn = stream_arn("orders");
    kinesis
        .call(
            "AddTagsToStream",
            json!({"StreamName": "orders", "Tags": {"cost": "1", "team": "till"}}),
        )
        .await;
    kinesis
        .call(
            "TagResource",
            json!({"ResourceARN": arn, "Tags": {"stage": "test"}}),
        )
        .await;
    let listed = kinesis
        .call("ListTagsForResource", json!({"ResourceARN": arn}))
        .await;
    let tags = json!([
        {"Key": "cost", "Value": "1"}, {"Key": "stage", "Value": "test"}, {"Key": "team", "Value": "till"},
    ]);
    assert_eq!(listed["Tags"], tags);
    let first = kinesis
        .call("ListTagsForStream", json!({"StreamName": "orders", "Limit": 2}))
        .await;
    assert_eq!(
        (first["Tags"].as_array().unwrap().len(), &first["HasMoreTags"]),
        (2, &json!(true))
    );
    let rest = json!({"StreamName": "orders", "ExclusiveStartTagKey": "stage"});
    let rest = kinesis.call("ListTagsForStream", rest).await;
    assert_eq!(
        (&rest["Tags"], &rest["HasMoreTags"]),
        (&json!([tags[2]]), &json!(false))
    );
    kinesis
        .call(
            "RemoveTagsFromStream",
            json!({"StreamName": "orders", "TagKeys": ["cost", "none"]}),
        )
        .await;
    kinesis
        .call("UntagResource", json!({"ResourceARN": arn, "TagKeys": ["team"]}))
        .await;
    let left = kinesis
        .call("ListTagsForStream", json!({"StreamName": "orders"}))
        .await;
    assert_eq!(left["Tags"], json!([tags[1]]));
}

#[tokio::test]
async fn tags_have_limits() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let add = |tags: serde_json::Value| json!({"StreamName": "orders", "Tags": tags});
    for (tags, expected) in [
        (json!({"a;b": "1"}), "Some tags contain invalid characters."),
        (
            json!({"a": "50%"}),
            "Failed to add tags to stream orders under account 123456789012 because some tags contained illegal",
        ),
        (
            (0..51)
                .map(|number| (number.to_string(), "x".into()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
            "Failed to add tags to stream orders under account 123456789012 because a given stream cannot have more than 50",
        ),
    ] {
        let refused = kinesis.refuse("AddTagsToStream", add(tags)).await;
        let text = message(refused, "InvalidArgumentException");
        assert!(text.starts_with(expected), "{text}");
    }
    kinesis
        .call("AddTagsToStream", add(json!({"ключ / _.=+-@:": "ü"})))
        .await;
}

#[tokio::test]
async fn the_mode_can_be_changed() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 2).await;
    let mode =
        |mode: &str| json!({"StreamARN": stream_arn("orders"), "StreamModeDetails": {"StreamMode": mode}});
    kinesis.call("UpdateStreamMode", mode("ON_DEMAND")).await;
    assert_eq!(
        kinesis.summary("orders").await["StreamModeDetails"]["StreamMode"],
        "ON_DEMAND"
    );
    kinesis.call("UpdateStreamMode", mode("PROVISIONED")).await;
    let summary = kinesis.summary("orders").await;
    assert_eq!(
        (
            &summary["StreamModeDetails"]["StreamMode"],
            &summary["OpenShardCount"]
        ),
        (&json!("PROVISIONED"), &json!(2))
    );
}

#[tokio::test]
async fn warm_throughput_needs_a_commitment() {
    let kinesis = Kinesis::new().await;
    kinesis.create_on_demand("orders").await;
    let warm = |throughput: u64| json!({"StreamName": "orders", "WarmThroughputMiBps": throughput});
    message(
        kinesis.refuse("UpdateStreamWarmThroughput", warm(8)).await,
        "ValidationException",
    );
    let commitment = |status: &str| json!({"MinimumThroughputBillingCommitment": {"Status": status}});
    let described = kinesis.call("DescribeAccountSettings", json!({})).await;
    assert_eq!(described, commitment("DISABLED"));
    let enabled = kinesis.call("UpdateAccountSettings", commitment("ENABLED")).await;
    assert_eq!(
        enabled["MinimumThroughputBillingCommitment"],
        json!({"Status": "ENABLED", "StartedAt": BEGINNING, "EarliestAllowedEndAt": BEGINNING + 86_400})
    );
    let warmed = kinesis.call("UpdateStreamWarmThroughput", warm(8)).await;
    assert_eq!(
        warmed["WarmThroughput"],
        json!({"TargetMiBps": 8, "CurrentMiBps": 4})
    );
    let summary = kinesis.summary("orders").await;
    assert_eq!(
        (
            &summary["OpenShardCount"],
            &summary["WarmThroughput"]["CurrentMiBps"]
        ),
        (&json!(8), &json!(8))
    );
    kinesis.call("UpdateStreamWarmThroughput", warm(0)).await;
    assert_eq!(kinesis.summary("orders").await["OpenShardCount"], 4);
    let ending = kinesis
        .call("UpdateAccountSettings", commitment("DISABLED"))
        .await;
    assert_eq!(
        ending["MinimumThroughputBillingCommitment"]["Status"],
        "ENABLED_UNTIL_EARLIEST_ALLOWED_END"
    );
    kinesis.advance(86_400);
    let ended = kinesis.call("DescribeAccountSettings", json!({})).await;
    assert_eq!(
        ended["MinimumThroughputBillingCommitment"],
        json!({"Status": "DISABLED", "StartedAt": BEGINNING, "EndedAt": BEGINNING + 86_400})
    );
    message(
        kinesis.refuse("UpdateStreamWarmThroughput", warm(8)).await,
        "ValidationException",
    );
}
