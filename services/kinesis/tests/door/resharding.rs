//! Splitting, merging and scaling shards, and what readers see of it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{Kinesis, data_of, message, shard_id, shard_number, stream_arn};

const MIDDLE: u128 = 1 << 127;

async fn split(kinesis: &Kinesis, stream: &str, shard: u64, key: u128) {
    let input =
        json!({"StreamName": stream, "ShardToSplit": shard_id(shard), "NewStartingHashKey": key.to_string()});
    kinesis.call("SplitShard", input).await;
}

async fn scale(kinesis: &Kinesis, stream: &str, count: u64) -> Value {
    let input = json!({"StreamName": stream, "TargetShardCount": count, "ScalingType": "UNIFORM_SCALING"});
    kinesis.call("UpdateShardCount", input).await
}

fn ids(shards: &[Value]) -> Vec<u64> {
    shards
        .iter()
        .map(|shard| shard_number(&shard["ShardId"]))
        .collect()
}

#[tokio::test]
async fn a_split_shard_ends_and_its_children_go_on() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let (_, before) = kinesis.put_at("orders", 0, "before").await;
    let latest = kinesis
        .iterator("orders", 0, json!({"ShardIteratorType": "LATEST"}))
        .await;
    split(&kinesis, "orders", 0, MIDDLE).await;
    let (low, after) = kinesis.put_at("orders", 0, "low").await;
    assert_eq!((low, kinesis.put_at("orders", MIDDLE, "high").await.0), (1, 2));
    assert!(before < after);
    let shards = kinesis.shards("orders", json!({})).await;
    assert_eq!(ids(&shards), [0, 1, 2]);
    assert!(
        shards[0]["SequenceNumberRange"]["EndingSequenceNumber"]
            .as_str()
            .unwrap()
            > &*before
    );
    for (shard, range) in [
        (
            &shards[1],
            json!({"StartingHashKey": "0", "EndingHashKey": (MIDDLE - 1).to_string()}),
        ),
        (
            &shards[2],
            json!({"StartingHashKey": MIDDLE.to_string(), "EndingHashKey": u128::MAX.to_string()}),
        ),
    ] {
        assert_eq!(
            (&shard["ParentShardId"], &shard["HashKeyRange"]),
            (&json!(shard_id(0)), &range)
        );
        assert_eq!(shard.get("AdjacentParentShardId"), None);
        assert_eq!(shard["SequenceNumberRange"].get("EndingSequenceNumber"), None);
    }
    let children = json!([
        {"ShardId": shard_id(1), "ParentShards": [shard_id(0)], "HashKeyRange": shards[1]["HashKeyRange"]},
        {"ShardId": shard_id(2), "ParentShards": [shard_id(0)], "HashKeyRange": shards[2]["HashKeyRange"]},
    ]);
    for (iterator, expected) in [
        (kinesis.oldest("orders", 0).await, &["before"][..]),
        (latest, &[]),
    ] {
        let read = kinesis.get(&iterator).await;
        assert_eq!(data_of(&read), expected);
        assert_eq!(read.get("NextShardIterator"), None);
        assert_eq!(read["ChildShards"], children);
    }
    assert_eq!(kinesis.all_of("orders", 1).await, ["low"]);
    let end = json!({
        "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
        "StartingSequenceNumber": shards[0]["SequenceNumberRange"]["EndingSequenceNumber"],
    });
    let iterator = kinesis.iterator("orders", 0, end).await;
    assert_eq!(kinesis.get(&iterator).await["ChildShards"], children);
}

#[tokio::test]
async fn merged_shards_have_one_child() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 3).await;
    let merge = |first: &str, second: &str| json!({"StreamName": "orders", "ShardToMerge": first, "AdjacentShardToMerge": second});
    for (first, second) in [
        ("shard-0", "shard-2"),
        ("shard-1", "shard-0"),
        ("shard-1", "shard-1"),
    ] {
        let refused = kinesis.refuse("MergeShards", merge(first, second)).await;
        assert!(
            message(refused, "InvalidArgumentException")
                .ends_with("are not an adjacent pair of shards eligible for merging")
        );
    }
    kinesis.call("MergeShards", merge("shard-1", "shard-2")).await;
    let shards = kinesis.shards("orders", json!({})).await;
    assert_eq!(
        (&shards[3]["ParentShardId"], &shards[3]["AdjacentParentShardId"]),
        (&json!(shard_id(1)), &json!(shard_id(2)))
    );
    assert_eq!(kinesis.open_shards("orders").await, [0, 3]);
    let again = kinesis.refuse("MergeShards", merge("shard-0", "shard-1")).await;
    message(again, "InvalidArgumentException");
    for wrong in ["2147483648", "ABKLFD8"] {
        let refused = kinesis.refuse("MergeShards", merge(wrong, "shard-0")).await;
        assert_eq!(
            message(refused, "ResourceNotFoundException"),
            format!("Could not find shard {wrong} in stream orders under account 123456789012.")
        );
    }
}

#[tokio::test]
async fn a_shard_is_split_within_its_range() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 2).await;
    for key in [0, 1, MIDDLE - 1, MIDDLE] {
        let input =
            json!({"StreamName": "orders", "ShardToSplit": "0", "NewStartingHashKey": key.to_string()});
        let refused = kinesis.refuse("SplitShard", input).await;
        assert_eq!(
            message(refused, "InvalidArgumentException"),
            format!(
                "NewStartingHashKey {key} used in SplitShard() on shard shardId-000000000000 in stream orders under account \
                 123456789012 is not both greater than one plus the shard's StartingHashKey 0 and less than the shard's \
                 EndingHashKey {}.",
                MIDDLE - 1
            )
        );
    }
    split(&kinesis, "orders", 0, 2).await;
    let closed = json!({"StreamName": "orders", "ShardToSplit": "0", "NewStartingHashKey": "7"});
    message(
        kinesis.refuse("SplitShard", closed).await,
        "InvalidArgumentException",
    );
}

#[tokio::test]
async fn shards_are_listed_by_what_they_were() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 2).await;
    kinesis.advance(3_600);
    split(&kinesis, "orders", 0, 1 << 126).await;
    let split_at = kinesis.now_seconds();
    kinesis.advance(3_600);
    let merge = json!({"StreamName": "orders", "ShardToMerge": "3", "AdjacentShardToMerge": "1"});
    kinesis.call("MergeShards", merge).await;
    let filtered = async |filter: Value| ids(&kinesis.shards("orders", json!({"ShardFilter": filter})).await);
    assert_eq!(
        filtered(json!({"Type": "FROM_TRIM_HORIZON"})).await,
        [0, 1, 2, 3, 4]
    );
    assert_eq!(filtered(json!({"Type": "AT_TRIM_HORIZON"})).await, [0, 1]);
    assert_eq!(filtered(json!({"Type": "AT_LATEST"})).await, [2, 4]);
    assert_eq!(
        filtered(json!({"Type": "AFTER_SHARD_ID", "ShardId": shard_id(2)})).await,
        [3, 4]
    );
    assert_eq!(
        filtered(json!({"Type": "AT_TIMESTAMP", "Timestamp": split_at - 1})).await,
        [0, 1]
    );
    assert_eq!(
        filtered(json!({"Type": "AT_TIMESTAMP", "Timestamp": split_at})).await,
        [1, 2, 3]
    );
    assert_eq!(
        filtered(json!({"Type": "AT_TIMESTAMP", "Timestamp": 0})).await,
        [0, 1]
    );
    assert_eq!(
        filtered(json!({"Type": "FROM_TIMESTAMP", "Timestamp": split_at + 1})).await,
        [1, 2, 3, 4]
    );
    for wrong in [
        json!({"Type": "AT_TIMESTAMP"}),
        json!({"Type": "AFTER_SHARD_ID"}),
        json!({"Type": "AT_LATEST", "ShardId": shard_id(0)}),
        json!({"Type": "AT_LATEST", "Timestamp": 0}),
        json!({"Type": "AT_TIMESTAMP", "Timestamp": 2_000_000_000}),
    ] {
        let refused = kinesis
            .refuse(
                "ListShards",
                json!({"StreamName": "orders", "ShardFilter": wrong}),
            )
            .await;
        message(refused, "InvalidArgumentException");
    }
    // What was closed for longer than the retention holds nothing, and is not there any more.
    kinesis.advance(23 * 3_600 + 1);
    assert_eq!(filtered(json!({"Type": "FROM_TRIM_HORIZON"})).await, [1, 2, 3, 4]);
    let gone = json!({"StreamName": "orders", "ShardId": shard_id(0), "ShardIteratorType": "TRIM_HORIZON"});
    message(
        kinesis.refuse("GetShardIterator", gone).await,
        "ResourceNotFoundException",
    );
}

#[tokio::test]
async fn shards_are_listed_page_by_page() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 5).await;
    let first = json!({"StreamName": "orders", "MaxResults": 2, "ShardFilter": {"Type": "AT_LATEST"}});
    let first = kinesis.call("ListShards", first).await;
    assert_eq!(ids(first["Shards"].as_array().unwrap()), [0, 1]);
    let token = &first["NextToken"];
    let rest = kinesis.call("ListShards", json!({"NextToken": token})).await;
    assert_eq!(ids(rest["Shards"].as_array().unwrap()), [2, 3, 4]);
    assert_eq!(rest.get("NextToken"), None);
    let after = kinesis
        .shards("orders", json!({"ExclusiveStartShardId": shard_id(3)}))
        .await;
    assert_eq!(ids(&after), [4]);
    for (input, expected) in [
        (json!({}), "Either NextToken or StreamName should be provided."),
        (
            json!({"NextToken": token, "StreamName": "orders"}),
            "NextToken and StreamName cannot be provided together.",
        ),
    ] {
        let refused = kinesis.refuse("ListShards", input).await;
        assert_eq!(message(refused, "InvalidArgumentException"), expected);
    }
    let forged = kinesis.refuse("ListShards", json!({"NextToken": "AAAA"})).await;
    message(forged, "InvalidArgumentException");
    kinesis.advance(301);
    let late = kinesis.refuse("ListShards", json!({"NextToken": token})).await;
    message(late, "ExpiredNextTokenException");
    let described = kinesis
        .call("DescribeStream", json!({"StreamName": "orders", "Limit": 3}))
        .await;
    assert_eq!(described["StreamDescription"]["HasMoreShards"], true);
    let rest = json!({"StreamName": "orders", "ExclusiveStartShardId": shard_id(2)});
    let rest = kinesis.call("DescribeStream", rest).await;
    assert_eq!(
        ids(rest["StreamDescription"]["Shards"].as_array().unwrap()),
        [3, 4]
    );
}

#[tokio::test]
async fn scaling_ends_in_equal_shards_and_keeps_order() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 5).await;
    for (round, target) in [3_u64, 6, 4, 8, 7].into_iter().enumerate() {
        for hash_key in (0..16).map(|part| part << 124) {
            kinesis.put_at("orders", hash_key, &round.to_string()).await;
        }
        let answer = scale(&kinesis, "orders", target).await;
        assert_eq!(
            (&answer["TargetShardCount"], &answer["StreamARN"]),
            (&json!(target), &json!(stream_arn("orders")))
        );
        let open = kinesis
            .shards("orders", json!({"ShardFilter": {"Type": "AT_LATEST"}}))
            .await;
        let mut starts: Vec<u128> = open
            .iter()
            .map(|shard| {
                shard["HashKeyRange"]["StartingHashKey"]
                    .as_str()
                    .unwrap()
                    .parse()
                    .unwrap()
            })
            .collect();
        starts.sort_unstable();
        let length = u128::MAX / u128::from(target);
        assert_eq!(starts.len() as u64, target);
        assert!(
            starts
                .iter()
                .zip(0..)
                .all(|(start, place)| start.abs_diff(length * place) <= u128::from(target))
        );
    }
    // Every shard comes from two others at most, and all of them are there.
    let all = kinesis.shards("orders", json!({})).await;
    let numbers = ids(&all);
    let mut parents = all
        .iter()
        .flat_map(|shard| [&shard["ParentShardId"], &shard["AdjacentParentShardId"]]);
    assert!(parents.all(|parent| parent.is_null() || numbers.contains(&shard_number(parent))));
    let mut records = Vec::new();
    for number in numbers {
        records.extend(kinesis.all_of("orders", number).await);
    }
    assert_eq!(records.len(), 5 * 16);
}

#[tokio::test]
async fn scaling_has_limits() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 4).await;
    for (target, expected) in [
        (
            9,
            "UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: 4, Target shard count: 9",
        ),
        (
            1,
            "UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: 4, Target shard count: 1",
        ),
        (
            10_001,
            "Target shard count or number of open shards cannot be greater than 10000. Current open shard count: 4, Target shard count: 10001",
        ),
    ] {
        let input =
            json!({"StreamName": "orders", "TargetShardCount": target, "ScalingType": "UNIFORM_SCALING"});
        assert_eq!(
            message(
                kinesis.refuse("UpdateShardCount", input).await,
                "LimitExceededException"
            ),
            expected
        );
    }
    kinesis.create_on_demand("auto").await;
    let input = json!({"StreamName": "auto", "TargetShardCount": 5, "ScalingType": "UNIFORM_SCALING"});
    assert_eq!(
        message(
            kinesis.refuse("UpdateShardCount", input).await,
            "ValidationException"
        ),
        "Request is invalid. Stream auto under account 123456789012 is in On-Demand mode."
    );
}

#[tokio::test]
async fn nothing_is_lost_while_shards_change() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 2).await;
    let puts = async {
        for number in 0..200 {
            let entries: Vec<_> = (0..4)
                .map(|part| {
                    let hash_key = (part * 2 + 1) << 125_u128;
                    json!({
                        "PartitionKey": "key", "ExplicitHashKey": u128::to_string(&hash_key),
                        "Data": STANDARD.encode(format!("{part}/{number}")),
                    })
                })
                .collect();
            let answer = kinesis
                .call("PutRecords", json!({"StreamName": "orders", "Records": entries}))
                .await;
            assert_eq!(answer["FailedRecordCount"], 0);
            tokio::task::yield_now().await;
        }
    };
    let changes = async {
        for target in [4, 8, 5, 3, 6, 3] {
            scale(&kinesis, "orders", target).await;
        }
    };
    tokio::join!(puts, changes);
    // Read as a client does: parents before children.
    let mut read = Vec::new();
    for shard in kinesis.shards("orders", json!({})).await {
        read.extend(kinesis.all_of("orders", shard_number(&shard["ShardId"])).await);
    }
    for part in 0..4 {
        let prefix = format!("{part}/");
        let of_part: Vec<_> = read
            .iter()
            .filter_map(|data| data.strip_prefix(&prefix))
            .collect();
        let expected: Vec<_> = (0..200).map(|number: i32| number.to_string()).collect();
        assert_eq!(of_part, expected);
    }
}
