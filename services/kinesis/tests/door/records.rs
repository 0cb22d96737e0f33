//! Putting records.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{Kinesis, message, shard_number, stream_arn};

fn entry(key: &str, data: &str) -> Value {
    json!({"PartitionKey": key, "Data": STANDARD.encode(data)})
}

#[tokio::test]
async fn a_record_goes_where_the_hash_of_its_key_says() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 4).await;
    for key in ["a", "b", "c", "d", "ä", "zz", "partition-17"] {
        let digest = <md5::Md5 as md5::Digest>::digest(key.as_bytes());
        let shard = u128::from_be_bytes(digest.into()) >> 126;
        let (put, _) = kinesis.put("orders", key, key).await;
        assert_eq!(u128::from(put), shard, "{key}");
    }
    for (hash_key, shard) in [(0, 0), ((1 << 126) - 1, 0), (1 << 126, 1), (u128::MAX, 3)] {
        assert_eq!(kinesis.put_at("orders", hash_key, "x").await.0, shard);
    }
}

#[tokio::test]
async fn records_of_a_request_keep_their_order_in_every_shard() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 3).await;
    let entries: Vec<_> = (0..500)
        .map(|number| entry(&format!("key-{}", number % 7), &number.to_string()))
        .collect();
    let answer = kinesis
        .call("PutRecords", json!({"StreamName": "orders", "Records": entries}))
        .await;
    assert_eq!(answer["FailedRecordCount"], 0);
    let placed: Vec<(u64, &str)> = answer["Records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| {
            (
                shard_number(&record["ShardId"]),
                record["SequenceNumber"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(placed.len(), 500);
    for shard in 0..3 {
        let expected: Vec<_> = placed
            .iter()
            .zip(0..)
            .filter(|((place, _), _)| *place == shard)
            .collect();
        let iterator = kinesis.oldest("orders", shard).await;
        let read = kinesis.get(&iterator).await;
        let read: Vec<(String, &str)> = crate::support::data_of(&read)
            .into_iter()
            .zip(
                read["Records"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|record| record["SequenceNumber"].as_str().unwrap()),
            )
            .collect();
        let expected: Vec<(String, &str)> = expected
            .iter()
            .map(|((_, sequence), number)| (number.to_string(), *sequence))
            .collect();
        assert_eq!(read, expected);
        assert!(read.windows(2).all(|pair| pair[0].1 < pair[1].1));
    }
}

#[tokio::test]
async fn one_wrong_record_refuses_all() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let wrong = json!({"PartitionKey": "a", "Data": "", "ExplicitHashKey": "340282366920938463463374607431768211456"});
    let input = json!({"StreamName": "orders", "Records": [entry("a", "1"), wrong]});
    let refused = kinesis.refuse("PutRecords", input).await;
    assert!(message(refused, "InvalidArgumentException").starts_with("Invalid ExplicitHashKey."));
    assert_eq!(kinesis.all_of("orders", 0).await, [""; 0]);
}

#[tokio::test]
async fn sizes_are_limited() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    // Encoded once: that takes its time.
    let largest = STANDARD.encode(vec![b'x'; (1 << 20) - 3]);
    let larger = STANDARD.encode(vec![b'x'; (1 << 20) - 2]);
    let record = |data: &str| json!({"StreamName": "orders", "PartitionKey": "key", "Data": data});
    kinesis.call("PutRecord", record(&largest)).await;
    let refused = kinesis.refuse("PutRecord", record(&larger)).await;
    assert!(message(refused, "InvalidArgumentException").contains("1048577 bytes"));
    let limit = json!({"StreamARN": stream_arn("orders"), "MaxRecordSizeInKiB": 2_048});
    kinesis.call("UpdateMaxRecordSize", limit).await;
    kinesis.call("PutRecord", record(&larger)).await;
    let many = |count| {
        let entry = json!({"PartitionKey": "key", "Data": largest});
        json!({"StreamName": "orders", "Records": vec![entry; count]})
    };
    message(
        kinesis.refuse("PutRecords", many(11)).await,
        "InvalidArgumentException",
    );
    assert_eq!(kinesis.call("PutRecords", many(10)).await["FailedRecordCount"], 0);
}

#[tokio::test]
async fn inputs_are_checked_by_the_model() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let long_key = "ä".repeat(257);
    for (input, member) in [
        (json!({"PartitionKey": ""}), "partitionKey"),
        (json!({"PartitionKey": long_key}), "partitionKey"),
        (json!({}), "partitionKey"),
        (json!({"PartitionKey": "a", "Data": null}), "data"),
        (
            json!({"PartitionKey": "a", "ExplicitHashKey": "07"}),
            "explicitHashKey",
        ),
        (
            json!({"PartitionKey": "a", "SequenceNumberForOrdering": "x"}),
            "sequenceNumberForOrdering",
        ),
        (json!({"PartitionKey": "a", "StreamName": "a/b"}), "streamName"),
    ] {
        let mut record = json!({"StreamName": "orders", "Data": "AAAA"});
        for (name, value) in input.as_object().unwrap() {
            record[name] = value.clone();
        }
        let refused = kinesis.refuse("PutRecord", record).await;
        assert!(
            message(refused, "ValidationException").contains(&format!("'{member}'")),
            "{input}"
        );
    }
    let none = kinesis
        .refuse("PutRecords", json!({"StreamName": "orders", "Records": []}))
        .await;
    message(none, "ValidationException");
    let many: Vec<_> = (0..501).map(|_| entry("a", "")).collect();
    let many = kinesis
        .refuse("PutRecords", json!({"StreamName": "orders", "Records": many}))
        .await;
    message(many, "ValidationException");
    let unreadable = json!({"StreamName": "orders", "PartitionKey": "a", "Data": "*"});
    message(
        kinesis.refuse("PutRecord", unreadable).await,
        "SerializationException",
    );
    kinesis.put("orders", &"ä".repeat(256), "").await;
}

#[tokio::test]
async fn a_record_can_be_put_after_another() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 2).await;
    let (_, first) = kinesis.put_at("orders", 0, "1").await;
    let after = |number: &str| {
        json!({
            "StreamName": "orders", "PartitionKey": "a", "ExplicitHashKey": "0", "Data": "",
            "SequenceNumberForOrdering": number,
        })
    };
    let second = kinesis.call("PutRecord", after(&first)).await;
    assert!(*second["SequenceNumber"].as_str().unwrap() > *first);
    for wrong in ["1", "49543463076548007577105092703039560359975228518395019266"] {
        let refused = kinesis.refuse("PutRecord", after(wrong)).await;
        assert_eq!(
            message(refused, "InvalidArgumentException"),
            format!(
                "ExclusiveMinimumSequenceNumber {wrong} used in PutRecord on stream orders under account 123456789012 is invalid."
            )
        );
    }
}

#[tokio::test]
async fn a_dry_run_puts_nothing() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let iterator = kinesis.oldest("orders", 0).await;
    let records = [entry("a", "1")];
    for (operation, input) in [
        (
            "PutRecord",
            json!({"StreamName": "orders", "PartitionKey": "a", "Data": "", "DryRun": true}),
        ),
        (
            "PutRecords",
            json!({"StreamName": "orders", "Records": records, "DryRun": true}),
        ),
        ("GetRecords", json!({"ShardIterator": iterator, "DryRun": true})),
        (
            "GetShardIterator",
            json!({"StreamName": "orders", "ShardId": "0", "ShardIteratorType": "LATEST", "DryRun": true}),
        ),
    ] {
        message(kinesis.refuse(operation, input).await, "DryRunOperationException");
    }
    let wrong = json!({"StreamName": "unknown", "PartitionKey": "a", "Data": "", "DryRun": true});
    message(
        kinesis.refuse("PutRecord", wrong).await,
        "ResourceNotFoundException",
    );
    assert_eq!(kinesis.all_of("orders", 0).await, [""; 0]);
}

#[tokio::test]
async fn the_server_spreads_records_where_that_is_wanted() {
    let kinesis = Kinesis::new().await;
    kinesis.create_on_demand("orders").await;
    let auto = json!({"StreamARN": stream_arn("orders"), "RecordDistributionStrategy": "AUTO"});
    kinesis.call("UpdateStreamRecordDistributionStrategy", auto).await;
    let entries: Vec<_> = (0..200).map(|_| json!({"Data": ""})).collect();
    let put = kinesis
        .call("PutRecords", json!({"StreamName": "orders", "Records": entries}))
        .await;
    let mut counts = [0; 4];
    for record in put["Records"].as_array().unwrap() {
        counts[usize::try_from(shard_number(&record["ShardId"])).unwrap()] += 1;
    }
    assert!(counts.iter().all(|count| *count > 10), "{counts:?}");
    kinesis.put("orders", "same", "1").await;
    let read = kinesis.get(&kinesis.oldest("orders", 0).await).await;
    assert_eq!(read["Records"][0].get("PartitionKey"), None);
    kinesis.create("provisioned", 1).await;
    let refused = json!({"StreamARN": stream_arn("provisioned"), "RecordDistributionStrategy": "AUTO"});
    message(
        kinesis
            .refuse("UpdateStreamRecordDistributionStrategy", refused)
            .await,
        "InvalidArgumentException",
    );
}
