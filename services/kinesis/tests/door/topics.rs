//! Streams that another door has made: topics with partitions.

use ninefold_log::{Partition, Settings};
use ninefold_record_batch::{Batch, BatchBuilder, EndTransactionMarker, MarkerKind};
use ninefold_streams::{Birth, NewShard, NewStream, StreamKey};
use serde_json::json;
use std::sync::Arc;

use crate::support::{ACCOUNT, Kinesis, REGION, data_of, message, shard_number};

async fn make_topic(kinesis: &Kinesis, partitions: usize) -> Vec<Arc<Partition>> {
    let partition = || NewShard {
        hash_range: None,
        parents: Vec::new(),
    };
    let new = NewStream {
        birth: Birth::Kafka,
        shards: std::iter::repeat_with(partition).take(partitions).collect(),
        settings: Settings::default(),
        attachment: ("kafka".to_owned(), json!({})),
    };
    let key = StreamKey::new(format!("{ACCOUNT}/{REGION}"), "topic");
    kinesis.streams.create(key, new).await.unwrap().partitions.clone()
}

#[tokio::test]
async fn a_topic_is_a_stream_whose_shards_are_fixed() {
    let kinesis = Kinesis::new().await;
    make_topic(&kinesis, 2).await;
    assert_eq!(kinesis.put_at("topic", 0, "low").await.0, 0);
    assert_eq!(kinesis.put_at("topic", u128::MAX, "high").await.0, 1);
    assert_eq!(kinesis.all_of("topic", 1).await, ["high"]);
    assert_eq!(kinesis.summary("topic").await["RetentionPeriodHours"], 7 * 24);
    let split = json!({"StreamName": "topic", "ShardToSplit": "0", "NewStartingHashKey": "1000"});
    let refused = kinesis.refuse("SplitShard", split).await;
    assert!(message(refused, "ValidationException").contains("Kafka topic"));
    kinesis
        .call(
            "AddTagsToStream",
            json!({"StreamName": "topic", "Tags": {"team": "shop"}}),
        )
        .await;
    let shards = kinesis.shards("topic", json!({})).await;
    assert_eq!(
        shards
            .iter()
            .map(|shard| shard_number(&shard["ShardId"]))
            .collect::<Vec<_>>(),
        [0, 1]
    );
}

#[tokio::test]
async fn only_finished_transactions_are_seen() {
    let kinesis = Kinesis::new().await;
    let partition = make_topic(&kinesis, 1).await.remove(0);
    let append = async |producer: i64, sequence: i32, data: &str| {
        let mut builder = BatchBuilder::new()
            .producer(producer, 0, sequence)
            .transactional();
        builder
            .push(1_800_000_000_000, None, Some(data.as_bytes()), &[])
            .unwrap();
        partition
            .append(&Batch::parse(builder.build(0)).unwrap())
            .unwrap()
            .await
            .unwrap();
    };
    let end = async |producer: i64, kind: MarkerKind| {
        let marker = EndTransactionMarker {
            kind,
            coordinator_epoch: 0,
        };
        partition
            .append_marker(producer, 0, &marker)
            .unwrap()
            .await
            .unwrap();
    };
    append(1, 0, "committed").await;
    append(2, 0, "aborted").await;
    assert_eq!(kinesis.all_of("topic", 0).await, [""; 0]);
    end(1, MarkerKind::Commit).await;
    end(2, MarkerKind::Abort).await;
    kinesis.put("topic", "key", "plain").await;
    let iterator = kinesis.oldest("topic", 0).await;
    let read = kinesis.get(&iterator).await;
    assert_eq!(data_of(&read), ["committed", "plain"]);
    let numbers: Vec<_> = read["Records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["SequenceNumber"].as_str())
        .collect();
    assert!(numbers[0] < numbers[1]);
}
