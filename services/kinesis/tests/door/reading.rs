//! Iterators and reading.

use serde_json::json;

use crate::support::{BEGINNING, Kinesis, data_of, message, shard_id};

#[tokio::test]
async fn a_reader_goes_from_iterator_to_iterator() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    for number in 0..5 {
        kinesis.put("orders", "key", &number.to_string()).await;
    }
    let mut iterator = kinesis.oldest("orders", 0).await;
    for expected in [&["0", "1"][..], &["2", "3"], &["4"], &[]] {
        let answer = kinesis
            .call("GetRecords", json!({"ShardIterator": iterator, "Limit": 2}))
            .await;
        assert_eq!(data_of(&answer), expected);
        assert_eq!(answer["MillisBehindLatest"], 0);
        assert_eq!(answer.get("ChildShards"), None);
        iterator = answer["NextShardIterator"].as_str().unwrap().to_owned();
    }
    kinesis.put("orders", "key", "5").await;
    assert_eq!(data_of(&kinesis.get(&iterator).await), ["5"]);
}

#[tokio::test]
async fn a_record_is_as_it_was_put() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    kinesis.clock.advance(std::time::Duration::from_millis(250));
    let (_, sequence_number) = kinesis.put("orders", "käse", "data").await;
    let read = kinesis.get(&kinesis.oldest("orders", 0).await).await;
    assert_eq!(
        read["Records"],
        json!([{
            "SequenceNumber": sequence_number, "ApproximateArrivalTimestamp": BEGINNING as f64 + 0.25,
            "Data": "ZGF0YQ==", "PartitionKey": "käse",
        }])
    );
    // The same in the general way, which decodes by the model.
    let generally = json!({"ShardIterator": kinesis.oldest("orders", 0).await, "StreamARN": crate::support::stream_arn("orders")});
    assert_eq!(
        kinesis.call("GetRecords", generally).await["Records"],
        read["Records"]
    );
}

#[tokio::test]
async fn reading_begins_where_it_is_said_to() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let mut numbers = Vec::new();
    for number in 0..4 {
        numbers.push(kinesis.put("orders", "key", &number.to_string()).await.1);
        kinesis.advance(10);
    }
    let start =
        kinesis.shards("orders", json!({})).await[0]["SequenceNumberRange"]["StartingSequenceNumber"].clone();
    for (position, expected) in [
        (
            json!({"ShardIteratorType": "TRIM_HORIZON"}),
            &["0", "1", "2", "3"][..],
        ),
        (json!({"ShardIteratorType": "LATEST"}), &[]),
        (
            json!({"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": numbers[1]}),
            &["1", "2", "3"],
        ),
        (
            json!({"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": numbers[1]}),
            &["2", "3"],
        ),
        (
            json!({"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": numbers[3]}),
            &[],
        ),
        (
            json!({"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": start}),
            &["0", "1", "2", "3"],
        ),
        (
            json!({"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": start}),
            &["0", "1", "2", "3"],
        ),
        (
            json!({"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": BEGINNING + 11}),
            &["2", "3"],
        ),
        (
            json!({"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": 0}),
            &["0", "1", "2", "3"],
        ),
        (
            json!({"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": BEGINNING + 35}),
            &[],
        ),
    ] {
        let iterator = kinesis.iterator("orders", 0, position.clone()).await;
        assert_eq!(data_of(&kinesis.get(&iterator).await), expected, "{position}");
    }
}

#[tokio::test]
async fn positions_that_make_no_sense_are_refused() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 2).await;
    let (_, of_other) = kinesis.put_at("orders", u128::MAX, "x").await;
    let strange = "49543463076548007577105092703039560359975228518395019266";
    for (position, expected) in [
        (
            json!({"ShardIteratorType": "LATEST", "StartingSequenceNumber": strange}),
            "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON \
             or LATEST and no StartingSequenceNumber. Request specified LATEST and also a StartingSequenceNumber."
                .to_owned(),
        ),
        (
            json!({"ShardIteratorType": "AT_SEQUENCE_NUMBER"}),
            "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON \
             or LATEST and no StartingSequenceNumber. Request specified AT_SEQUENCE_NUMBER and no StartingSequenceNumber."
                .to_owned(),
        ),
        (
            json!({"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": "5"}),
            "StartingSequenceNumber 5 used in GetShardIterator on shard shardId-000000000000 in stream orders under account \
             123456789012 is invalid."
                .to_owned(),
        ),
        (
            json!({"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": of_other}),
            "Invalid StartingSequenceNumber. It encodes shardId-000000000001, while it was used in a call to a shard with \
             shardId-000000000000"
                .to_owned(),
        ),
        (
            json!({"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": strange}),
            format!(
                "StartingSequenceNumber {strange} used in GetShardIterator on shard shardId-000000000000 in stream orders under \
                 account 123456789012 is invalid because it did not come from this stream."
            ),
        ),
        (
            json!({"ShardIteratorType": "AT_TIMESTAMP"}),
            "Must specify a Timestamp parameter for the AT_TIMESTAMP iterator type.".to_owned(),
        ),
    ] {
        let mut input = position;
        input["StreamName"] = "orders".into();
        input["ShardId"] = shard_id(0).into();
        let refused = kinesis.refuse("GetShardIterator", input).await;
        assert_eq!(message(refused, "InvalidArgumentException"), expected);
    }
    let future = json!({
        "StreamName": "orders", "ShardId": "0", "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": BEGINNING + 1,
    });
    message(
        kinesis.refuse("GetShardIterator", future).await,
        "InvalidArgumentException",
    );
}

#[tokio::test]
async fn iterators_are_of_shards_that_there_are() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    for (stream, shard, expected) in [
        (
            "orders",
            "shardId-5",
            "Shard shardId-000000000005 in stream orders under account 123456789012 does not exist",
        ),
        (
            "other",
            "shardId-0",
            "Shard shardId-000000000000 in stream other under account 123456789012 does not exist",
        ),
        (
            "orders",
            "none",
            "Could not find shard none in stream orders under account 123456789012.",
        ),
    ] {
        let input = json!({"StreamName": stream, "ShardId": shard, "ShardIteratorType": "LATEST"});
        let refused = kinesis.refuse("GetShardIterator", input).await;
        assert_eq!(message(refused, "ResourceNotFoundException"), expected);
    }
}

#[tokio::test]
async fn an_iterator_is_good_for_five_minutes() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let iterator = kinesis.oldest("orders", 0).await;
    kinesis.advance(300);
    kinesis.get(&iterator).await;
    kinesis.advance(1);
    let refused = kinesis
        .refuse("GetRecords", json!({"ShardIterator": iterator}))
        .await;
    let text = message(refused, "ExpiredIteratorException");
    assert!(text.contains("tolerated delay of 300000 milliseconds"), "{text}");
    let forged = kinesis
        .refuse("GetRecords", json!({"ShardIterator": "AAAA"}))
        .await;
    assert_eq!(
        message(forged, "InvalidArgumentException"),
        "Invalid ShardIterator."
    );
}

#[tokio::test]
async fn what_is_too_old_is_not_given_any_more() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    kinesis.put("orders", "key", "old").await;
    kinesis.advance(3_600);
    kinesis.put("orders", "key", "young").await;
    kinesis.advance(23 * 3_600);
    assert_eq!(kinesis.all_of("orders", 0).await, ["old", "young"]);
    kinesis.clock.advance(std::time::Duration::from_millis(1));
    assert_eq!(kinesis.all_of("orders", 0).await, ["young"]);
    // Raising the retention does not bring it back; lowering it takes effect at once.
    let retention = |hours: u64| json!({"StreamName": "orders", "RetentionPeriodHours": hours});
    kinesis.call("IncreaseStreamRetentionPeriod", retention(48)).await;
    assert_eq!(kinesis.all_of("orders", 0).await, ["young"]);
    kinesis.advance(20 * 3_600);
    assert_eq!(kinesis.all_of("orders", 0).await, ["young"]);
    kinesis.call("DecreaseStreamRetentionPeriod", retention(24)).await;
    assert_eq!(kinesis.all_of("orders", 0).await, [""; 0]);
    kinesis.put("orders", "key", "new").await;
    assert_eq!(kinesis.all_of("orders", 0).await, ["new"]);
}

#[tokio::test]
async fn a_page_has_ten_mebibytes() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let entry = json!({"PartitionKey": "key", "Data": "AAAA".repeat(330_000)});
    for _ in 0..2 {
        let input = json!({"StreamName": "orders", "Records": vec![entry.clone(); 6]});
        kinesis.call("PutRecords", input).await;
    }
    kinesis.advance(7);
    let first = kinesis.get(&kinesis.oldest("orders", 0).await).await;
    assert_eq!(first["Records"].as_array().unwrap().len(), 10);
    assert_eq!(first["MillisBehindLatest"], 7_000);
    let rest = kinesis.get(first["NextShardIterator"].as_str().unwrap()).await;
    assert_eq!(
        (
            rest["Records"].as_array().unwrap().len(),
            &rest["MillisBehindLatest"]
        ),
        (2, &json!(0))
    );
}
