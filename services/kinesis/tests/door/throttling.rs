//! AWS's limits of throughput, where they are wanted, and on-demand streams that grow.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ninefold_kinesis::Throttling;
use serde_json::json;
use std::sync::Arc;

use crate::support::{Kinesis, message, shard_number};

#[tokio::test]
async fn a_shard_takes_so_much_a_second_and_no_more() {
    let kinesis = Kinesis::with_throttling(Throttling::Aws).await;
    kinesis.create("orders", 1).await;
    let half = STANDARD.encode("x".repeat(600 << 10));
    let entry = json!({"PartitionKey": "key", "Data": half});
    let put = json!({"StreamName": "orders", "Records": [entry, entry]});
    let answer = kinesis.call("PutRecords", put.clone()).await;
    assert_eq!(answer["FailedRecordCount"], 1);
    assert_eq!(
        answer["Records"][1],
        json!({
            "ErrorCode": "ProvisionedThroughputExceededException",
            "ErrorMessage": "Rate exceeded for shard shardId-000000000000 in stream orders under account 123456789012.",
        })
    );
    let one = json!({"StreamName": "orders", "PartitionKey": "key", "Data": half});
    message(
        kinesis.refuse("PutRecord", one).await,
        "ProvisionedThroughputExceededException",
    );
    kinesis.advance(1);
    assert_eq!(kinesis.call("PutRecords", put).await["FailedRecordCount"], 1);
    assert_eq!(kinesis.all_of("orders", 0).await.len(), 2);
}

#[tokio::test]
async fn a_shard_is_read_five_times_a_second() {
    let kinesis = Kinesis::with_throttling(Throttling::Aws).await;
    kinesis.create("orders", 1).await;
    let iterator = kinesis.oldest("orders", 0).await;
    for _ in 0..5 {
        kinesis.get(&iterator).await;
    }
    let refused = kinesis
        .refuse("GetRecords", json!({"ShardIterator": iterator}))
        .await;
    message(refused, "ProvisionedThroughputExceededException");
    kinesis.advance(1);
    kinesis.get(&iterator).await;
}

#[tokio::test]
async fn a_stream_can_say_otherwise() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let entries: Vec<_> = (0..500)
        .map(|_| json!({"PartitionKey": "key", "Data": ""}))
        .collect();
    let put = json!({"StreamName": "orders", "Records": entries});
    let failed = async || {
        let mut failed = 0;
        for _ in 0..3 {
            failed += kinesis.call("PutRecords", put.clone()).await["FailedRecordCount"]
                .as_u64()
                .unwrap();
        }
        failed
    };
    assert_eq!(failed().await, 0);
    let tags = json!({"StreamName": "orders", "Tags": {"ninefold:throttling": "aws"}});
    kinesis.call("AddTagsToStream", tags).await;
    assert_eq!(failed().await, 500);
}

#[tokio::test]
async fn calls_are_counted_by_account() {
    let kinesis = Kinesis::with_throttling(Throttling::Aws).await;
    for _ in 0..5 {
        kinesis.call("ListStreams", json!({})).await;
    }
    message(
        kinesis.refuse("ListStreams", json!({})).await,
        "LimitExceededException",
    );
    kinesis
        .call_as(crate::support::OTHER_ACCOUNT, "ListStreams", json!({}))
        .await
        .unwrap();
    kinesis.advance(1);
    kinesis.call("ListStreams", json!({})).await;
}

#[tokio::test]
async fn the_number_of_shards_changes_ten_times_a_day() {
    let kinesis = Kinesis::with_throttling(Throttling::Aws).await;
    kinesis.create("orders", 1).await;
    let scale = |count: u64| json!({"StreamName": "orders", "TargetShardCount": count, "ScalingType": "UNIFORM_SCALING"});
    for round in 0..10 {
        kinesis.call("UpdateShardCount", scale(2 - round % 2)).await;
        kinesis.advance(1);
    }
    message(
        kinesis.refuse("UpdateShardCount", scale(2)).await,
        "LimitExceededException",
    );
    kinesis.advance(86_400 - 10);
    kinesis.call("UpdateShardCount", scale(2)).await;
}

#[tokio::test]
async fn an_on_demand_stream_splits_its_busy_shards() {
    let kinesis = Kinesis::new().await;
    kinesis.create_on_demand("orders").await;
    kinesis.create("provisioned", 1).await;
    let running = tokio::spawn(Arc::clone(&kinesis.door).run());
    while kinesis.clock.next_deadline().is_none() {
        tokio::task::yield_now().await;
    }
    // More than half of a thousand records a second, for half a minute.
    let entry = json!({"PartitionKey": "key", "ExplicitHashKey": "0", "Data": ""});
    for _ in 0..31 {
        for stream in ["orders", "provisioned"] {
            let input = json!({"StreamName": stream, "Records": vec![entry.clone(); 500]});
            kinesis.call("PutRecords", input).await;
        }
    }
    kinesis.put_at("orders", u128::MAX, "little").await;
    kinesis.advance(30);
    // Whatever the sweep does is done by others: wait for it, not for a time.
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(20);
    while kinesis.open_shards("orders").await.len() < 5 {
        assert!(tokio::time::Instant::now() < deadline, "no shard was split");
        tokio::task::yield_now().await;
    }
    assert_eq!(kinesis.open_shards("orders").await, [1, 2, 3, 4, 5]);
    let shards = kinesis
        .shards("orders", json!({"ExclusiveStartShardId": "3"}))
        .await;
    assert!(
        shards
            .iter()
            .all(|shard| shard_number(&shard["ParentShardId"]) == 0)
    );
    assert_eq!(kinesis.open_shards("provisioned").await, [0]);
    running.abort();
}
