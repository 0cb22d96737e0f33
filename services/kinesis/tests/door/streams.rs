//! Streams: made, listed, deleted.

use serde_json::json;

use crate::support::{BEGINNING, Kinesis, message, shard_id, stream_arn};

#[tokio::test]
async fn a_stream_has_shards_that_cover_all_hash_keys() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 3).await;
    let described = kinesis
        .call("DescribeStream", json!({"StreamName": "orders"}))
        .await;
    let description = &described["StreamDescription"];
    let expected = json!({
        "StreamName": "orders", "StreamARN": stream_arn("orders"), "StreamStatus": "ACTIVE",
        "StreamModeDetails": {"StreamMode": "PROVISIONED"}, "HasMoreShards": false, "RetentionPeriodHours": 24,
        "StreamCreationTimestamp": BEGINNING, "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
        "EncryptionType": "NONE", "Shards": description["Shards"],
    });
    assert_eq!(*description, expected);
    let ranges: Vec<_> = description["Shards"]
        .as_array()
        .unwrap()
        .iter()
        .map(|shard| &shard["HashKeyRange"])
        .collect();
    assert_eq!(
        json!(ranges),
        json!([
            {"StartingHashKey": "0", "EndingHashKey": "113427455640312821154458202477256070484"},
            {
                "StartingHashKey": "113427455640312821154458202477256070485",
                "EndingHashKey": "226854911280625642308916404954512140969",
            },
            {
                "StartingHashKey": "226854911280625642308916404954512140970",
                "EndingHashKey": "340282366920938463463374607431768211455",
            },
        ])
    );
    let shard = &description["Shards"][1];
    assert_eq!(shard["ShardId"], shard_id(1));
    let start = shard["SequenceNumberRange"]["StartingSequenceNumber"]
        .as_str()
        .unwrap();
    assert_eq!(start.len(), 56);
    assert_eq!(shard["SequenceNumberRange"].as_object().unwrap().len(), 1);
}

#[tokio::test]
async fn a_name_is_taken_once() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let again = kinesis
        .refuse("CreateStream", json!({"StreamName": "orders", "ShardCount": 1}))
        .await;
    assert_eq!(
        message(again, "ResourceInUseException"),
        "Stream orders under account 123456789012 already exists."
    );
}

#[tokio::test]
async fn what_the_model_forbids_is_refused_in_its_words() {
    let kinesis = Kinesis::new().await;
    for (input, expected) in [
        (
            json!({"ShardCount": 0}),
            "2 validation errors detected: Value null at 'streamName' failed to satisfy constraint: Member must not be null; \
             Value '0' at 'shardCount' failed to satisfy constraint: Member must have value greater than or equal to 1",
        ),
        (
            json!({"StreamName": "a b", "ShardCount": 1}),
            "1 validation error detected: Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy \
             regular expression pattern: [a-zA-Z0-9_.-]+",
        ),
        (
            json!({"StreamName": "orders"}),
            "1 validation error detected: Value null at 'shardCount' failed to satisfy constraint: Member must not be null",
        ),
    ] {
        let refused = kinesis.refuse("CreateStream", input).await;
        assert_eq!(message(refused, "ValidationException"), expected);
    }
    let many = kinesis
        .refuse(
            "CreateStream",
            json!({"StreamName": "many", "ShardCount": 10_001}),
        )
        .await;
    message(many, "LimitExceededException");
}

#[tokio::test]
async fn a_stream_is_named_by_name_or_arn() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let arn = stream_arn("orders");
    for input in [
        json!({"StreamARN": arn}),
        json!({"StreamName": "orders", "StreamARN": arn}),
    ] {
        kinesis.call("DescribeStream", input).await;
    }
    let neither = kinesis.refuse("DescribeStream", json!({})).await;
    message(neither, "InvalidArgumentException");
    let other = json!({"StreamName": "other", "StreamARN": arn});
    message(
        kinesis.refuse("DescribeStream", other).await,
        "InvalidArgumentException",
    );
    let unknown = kinesis
        .refuse("DescribeStream", json!({"StreamName": "unknown"}))
        .await;
    assert_eq!(
        message(unknown, "ResourceNotFoundException"),
        "Stream unknown under account 123456789012 not found."
    );
}

#[tokio::test]
async fn streams_are_listed_page_by_page() {
    let kinesis = Kinesis::new().await;
    for name in ["b", "a", "d", "c", "e"] {
        kinesis.create(name, 1).await;
    }
    let first = kinesis.call("ListStreams", json!({"Limit": 2})).await;
    assert_eq!(
        (&first["StreamNames"], &first["HasMoreStreams"]),
        (&json!(["a", "b"]), &json!(true))
    );
    assert_eq!(first["StreamSummaries"][1]["StreamARN"], stream_arn("b"));
    let next = kinesis
        .call(
            "ListStreams",
            json!({"Limit": 2, "NextToken": first["NextToken"]}),
        )
        .await;
    assert_eq!(next["StreamNames"], json!(["c", "d"]));
    let last = kinesis
        .call("ListStreams", json!({"ExclusiveStartStreamName": "d"}))
        .await;
    assert_eq!(
        (&last["StreamNames"], &last["HasMoreStreams"]),
        (&json!(["e"]), &json!(false))
    );
    assert_eq!(last.get("NextToken"), None);
    kinesis.advance(301);
    let late = kinesis
        .refuse("ListStreams", json!({"NextToken": first["NextToken"]}))
        .await;
    message(late, "ExpiredNextTokenException");
}

#[tokio::test]
async fn a_deleted_stream_is_gone_with_its_records() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    kinesis.put("orders", "key", "old").await;
    let iterator = kinesis.oldest("orders", 0).await;
    kinesis
        .call("DeleteStream", json!({"StreamName": "orders"}))
        .await;
    message(
        kinesis
            .refuse("DescribeStreamSummary", json!({"StreamName": "orders"}))
            .await,
        "ResourceNotFoundException",
    );
    kinesis.create("orders", 1).await;
    assert_eq!(kinesis.all_of("orders", 0).await, [""; 0]);
    let refused = kinesis
        .refuse("GetRecords", json!({"ShardIterator": iterator}))
        .await;
    assert_eq!(
        message(refused, "ResourceNotFoundException"),
        "Shard shardId-000000000000 in stream orders under account 123456789012 does not exist"
    );
}

#[tokio::test]
async fn channels_are_refused_with_a_reason() {
    let kinesis = Kinesis::new().await;
    let refused = kinesis.refuse("ListChannels", json!({})).await;
    assert!(message(refused, "ValidationException").contains("object store"));
}
