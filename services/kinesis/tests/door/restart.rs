//! What outlives a restart: all of it.

use serde_json::json;

use crate::support::{Kinesis, data_of, shard_id};

#[tokio::test]
async fn records_shards_settings_and_iterators_are_there_again() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let (_, number) = kinesis.put("orders", "key", "before").await;
    let split = json!({"StreamName": "orders", "ShardToSplit": "0", "NewStartingHashKey": "1000"});
    kinesis.call("SplitShard", split).await;
    kinesis.put_at("orders", 0, "child").await;
    let consumer = kinesis.register("orders", "billing").await;
    let retention = json!({"StreamName": "orders", "RetentionPeriodHours": 48});
    kinesis.call("IncreaseStreamRetentionPeriod", retention).await;
    let shards = kinesis.shards("orders", json!({})).await;
    let iterator = kinesis.oldest("orders", 0).await;
    let kinesis = kinesis.restarted().await;
    assert_eq!(kinesis.shards("orders", json!({})).await, shards);
    let read = kinesis.get(&iterator).await;
    assert_eq!(data_of(&read), ["before"]);
    assert_eq!(read["Records"][0]["SequenceNumber"], number);
    assert_eq!(read["ChildShards"][0]["ShardId"], shard_id(1));
    assert_eq!(kinesis.all_of("orders", 1).await, ["child"]);
    assert_eq!(kinesis.summary("orders").await["RetentionPeriodHours"], 48);
    kinesis
        .call("DescribeStreamConsumer", json!({"ConsumerARN": consumer}))
        .await;
    kinesis.put_at("orders", 0, "after").await;
    assert_eq!(kinesis.all_of("orders", 1).await, ["child", "after"]);
}
