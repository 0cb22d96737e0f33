//! Records of queues: received, acknowledged, received again, set aside, restored.

use serde_json::{Value, json};

use crate::queues::queue;
use crate::support::{BEGINNING, Kinesis, message, stream_arn, text_of};

/// A queue on a stream with a shard.
async fn orders(attributes: Value) -> (Kinesis, String) {
    let kinesis = Kinesis::new().await;
    kinesis.create_on_demand("orders").await;
    let arn = queue(&kinesis, "orders", "billing", attributes).await;
    (kinesis, arn)
}

fn dead_after(receives: u32) -> Value {
    json!({"DeadLetterConfiguration": {"TargetType": "BUILT_IN", "MaxReceiveCount": receives}})
}

/// Receives what there is now, or will be within a second that nobody has to wait for.
async fn receive_by(kinesis: &Kinesis, operation: &str, queue: &str, further: Value) -> Vec<Value> {
    let mut input = json!({"QueueARN": queue, "WaitTimeSeconds": 1});
    for (name, value) in further.as_object().unwrap() {
        input[name] = value.clone();
    }
    let later = async {
        while kinesis.clock.next_deadline().is_none() {
            tokio::task::yield_now().await;
        }
        kinesis.advance(1);
        std::future::pending::<()>().await;
    };
    let answer = tokio::select! {
        answer = kinesis.call(operation, input) => answer,
        () = later => unreachable!("it waits for the answer"),
    };
    answer["QueueRecords"].as_array().unwrap().clone()
}

async fn receive(kinesis: &Kinesis, queue: &str) -> Vec<Value> {
    receive_by(kinesis, "ReceiveQueueRecords", queue, json!({})).await
}

async fn receive_dead_letters(kinesis: &Kinesis, queue: &str) -> Vec<Value> {
    receive_by(kinesis, "ReceiveDeadLetterQueueRecords", queue, json!({})).await
}

fn data(records: &[Value]) -> Vec<String> {
    let mut data: Vec<String> = records.iter().map(|record| text_of(&record["Data"])).collect();
    data.sort_unstable();
    data
}

fn counts(records: &[Value]) -> Vec<u64> {
    let counts = records
        .iter()
        .map(|record| record["ReceiveCount"].as_u64().unwrap());
    counts.collect()
}

/// Does an operation about records; the codes of the entries that failed.
async fn about(
    kinesis: &Kinesis,
    operation: &str,
    queue: &str,
    records: &[Value],
    further: Value,
) -> Vec<String> {
    let entry = |record: &Value| {
        let mut entry = further.clone();
        entry["ReceiptHandle"] = record["ReceiptHandle"].clone();
        entry
    };
    let entries: Vec<Value> = records.iter().map(entry).collect();
    let answer = kinesis
        .call(operation, json!({"QueueARN": queue, "Entries": entries}))
        .await;
    let failed = answer["Failed"].as_array().unwrap();
    assert_eq!(
        answer["Successful"].as_array().unwrap().len() + failed.len(),
        records.len()
    );
    let code = |entry: &Value| entry["ErrorCode"].as_str().unwrap().to_owned();
    failed.iter().map(code).collect()
}

async fn acknowledge(kinesis: &Kinesis, queue: &str, records: &[Value]) -> Vec<String> {
    about(kinesis, "AcknowledgeQueueRecords", queue, records, json!({})).await
}

async fn set_visibility(kinesis: &Kinesis, queue: &str, records: &[Value], seconds: u32) -> Vec<String> {
    let further = json!({"VisibilityTimeoutSeconds": seconds});
    about(kinesis, "UpdateQueueRecordsVisibility", queue, records, further).await
}

const NONE_FAILED: [String; 0] = [];

#[tokio::test]
async fn what_is_acknowledged_is_not_received_again() {
    let (kinesis, billing) = orders(json!({})).await;
    let shipping = queue(&kinesis, "orders", "shipping", json!({})).await;
    kinesis.put("orders", "key", "one").await;
    let received = receive(&kinesis, &billing).await;
    let record = &received[0];
    assert_eq!(text_of(&record["Data"]), "one");
    assert_eq!(record["PartitionKey"], "key");
    assert_eq!(record["ReceiveCount"], 1);
    assert_eq!(record["ApproximateArrivalTimestamp"], BEGINNING);
    assert_eq!(record["FirstReceiveTimestamp"], BEGINNING);
    let elsewhere = receive(&kinesis, &shipping).await;
    assert_eq!(elsewhere[0]["RecordId"], record["RecordId"]);
    assert_ne!(elsewhere[0]["ReceiptHandle"], record["ReceiptHandle"]);
    assert_eq!(
        acknowledge(&kinesis, &billing, &elsewhere).await,
        ["InvalidArgumentException"]
    );
    assert_eq!(acknowledge(&kinesis, &billing, &received).await, NONE_FAILED);
    assert_eq!(
        acknowledge(&kinesis, &billing, &received).await,
        ["ResourceNotFoundException"]
    );
    kinesis.advance(30);
    assert!(receive(&kinesis, &billing).await.is_empty());
    assert_eq!(counts(&receive(&kinesis, &shipping).await), [2]);
    let nonsense = json!({"ReceiptHandle": "nonsense"});
    assert_eq!(
        acknowledge(&kinesis, &billing, &[nonsense]).await,
        ["InvalidArgumentException"]
    );
}

#[tokio::test]
async fn a_record_is_its_receivers_for_as_long_as_is_said() {
    let (kinesis, billing) = orders(json!({"VisibilityTimeoutSeconds": 10})).await;
    kinesis.put("orders", "key", "one").await;
    let first = receive(&kinesis, &billing).await;
    assert_eq!(set_visibility(&kinesis, &billing, &first, 60).await, NONE_FAILED);
    kinesis.advance(58);
    assert!(receive(&kinesis, &billing).await.is_empty());
    kinesis.advance(1);
    let second = receive(&kinesis, &billing).await;
    assert_eq!(counts(&second), [2]);
    assert_eq!(second[0]["FirstReceiveTimestamp"], BEGINNING);
    for failed in [
        acknowledge(&kinesis, &billing, &first).await,
        set_visibility(&kinesis, &billing, &first, 60).await,
    ] {
        assert_eq!(failed, ["InvalidArgumentException"]);
    }
    assert_eq!(set_visibility(&kinesis, &billing, &second, 0).await, NONE_FAILED);
    let further = json!({"VisibilityTimeoutSeconds": 5});
    let third = receive_by(&kinesis, "ReceiveQueueRecords", &billing, further).await;
    kinesis.advance(1);
    assert_eq!(
        set_visibility(&kinesis, &billing, &third, 43_200).await,
        ["InvalidArgumentException"]
    );
    kinesis.advance(4);
    assert_eq!(counts(&receive(&kinesis, &billing).await), [4]);
}

#[tokio::test]
async fn whoever_waits_is_given_what_comes_and_what_comes_back() {
    let (kinesis, billing) = orders(json!({})).await;
    let input = json!({"QueueARN": billing, "WaitTimeSeconds": 20, "Limit": 1});
    let put = async {
        while kinesis.clock.next_deadline().is_none() {
            tokio::task::yield_now().await;
        }
        kinesis.put("orders", "key", "one").await;
    };
    let (answer, ()) = tokio::join!(kinesis.call("ReceiveQueueRecords", input.clone()), put);
    assert_eq!(answer["QueueRecords"].as_array().unwrap().len(), 1);
    assert_eq!(kinesis.now_seconds(), BEGINNING);
    kinesis.advance(20);
    let later = async {
        while kinesis.clock.next_deadline().is_none() {
            tokio::task::yield_now().await;
        }
        kinesis.advance(10);
    };
    let (answer, ()) = tokio::join!(kinesis.call("ReceiveQueueRecords", input.clone()), later);
    assert_eq!(counts(answer["QueueRecords"].as_array().unwrap()), [2]);
    let deleted = async {
        while kinesis.clock.next_deadline().is_none() {
            tokio::task::yield_now().await;
        }
        kinesis.call("DeleteQueue", json!({"QueueARN": billing})).await;
    };
    let (refused, ()) = tokio::join!(kinesis.refuse("ReceiveQueueRecords", input), deleted);
    message(refused, "ResourceNotFoundException");
}

#[tokio::test]
async fn what_was_received_too_often_is_a_dead_letter_until_it_is_restored() {
    let (kinesis, billing) = orders(dead_after(2)).await;
    kinesis.put("orders", "key", "poison").await;
    kinesis.put("orders", "key", "fine").await;
    let first = receive(&kinesis, &billing).await;
    let fine: Vec<Value> = first
        .iter()
        .filter(|record| text_of(&record["Data"]) == "fine")
        .cloned()
        .collect();
    acknowledge(&kinesis, &billing, &fine).await;
    assert!(receive_dead_letters(&kinesis, &billing).await.is_empty());
    kinesis.advance(30);
    assert_eq!(counts(&receive(&kinesis, &billing).await), [2]);
    let input = json!({"QueueARN": billing, "WaitTimeSeconds": 20});
    kinesis.advance(20);
    let later = async {
        while kinesis.clock.next_deadline().is_none() {
            tokio::task::yield_now().await;
        }
        kinesis.advance(10);
    };
    let (answer, ()) = tokio::join!(kinesis.call("ReceiveDeadLetterQueueRecords", input), later);
    let dead = answer["QueueRecords"].as_array().unwrap().clone();
    assert_eq!((data(&dead), counts(&dead)), (vec!["poison".to_owned()], vec![3]));
    assert_eq!(dead[0]["FirstReceiveTimestamp"], BEGINNING);
    let poison = first.iter().find(|record| **record != fine[0]).unwrap();
    assert_eq!(dead[0]["RecordId"], poison["RecordId"]);
    assert!(receive(&kinesis, &billing).await.is_empty());

    // Each operation is for its own side.
    assert_eq!(
        acknowledge(&kinesis, &billing, &dead).await,
        ["InvalidArgumentException"]
    );
    let keep = json!({"VisibilityTimeoutSeconds": 600});
    let operation = "UpdateDeadLetterQueueRecordsVisibility";
    assert_eq!(
        about(&kinesis, operation, &billing, &dead, keep).await,
        NONE_FAILED
    );
    kinesis.advance(500);
    assert!(receive_dead_letters(&kinesis, &billing).await.is_empty());
    let operation = "RestoreDeadLetterQueueRecords";
    assert_eq!(
        about(&kinesis, operation, &billing, &dead, json!({})).await,
        NONE_FAILED
    );
    assert_eq!(
        about(&kinesis, operation, &billing, &dead, json!({})).await,
        ["ResourceNotFoundException"]
    );
    let restored = receive(&kinesis, &billing).await;
    assert_eq!(counts(&restored), [1]);
    assert_eq!(restored[0]["RecordId"], dead[0]["RecordId"]);
    set_visibility(&kinesis, &billing, &restored, 0).await;
    let last = receive(&kinesis, &billing).await;
    set_visibility(&kinesis, &billing, &last, 0).await;
    let dead = receive_dead_letters(&kinesis, &billing).await;
    let operation = "AcknowledgeDeadLetterQueueRecords";
    assert_eq!(
        about(&kinesis, operation, &billing, &dead, json!({})).await,
        NONE_FAILED
    );
    kinesis.advance(600);
    assert!(receive_dead_letters(&kinesis, &billing).await.is_empty());
}

#[tokio::test]
async fn how_often_a_record_is_received_can_be_changed() {
    let (kinesis, billing) = orders(json!({"DeadLetterConfiguration": {"TargetType": "NONE"}})).await;
    kinesis.put("orders", "key", "poison").await;
    for count in 1..=10 {
        let received = receive(&kinesis, &billing).await;
        assert_eq!(counts(&received), [count]);
        set_visibility(&kinesis, &billing, &received, 0).await;
    }
    assert!(receive_dead_letters(&kinesis, &billing).await.is_empty());
    kinesis
        .call(
            "UpdateQueue",
            json!({"QueueARN": billing, "QueueAttributes": dead_after(3)}),
        )
        .await;
    assert!(receive(&kinesis, &billing).await.is_empty());
    assert_eq!(counts(&receive_dead_letters(&kinesis, &billing).await), [11]);
}

#[tokio::test]
async fn a_queue_begins_where_it_is_told() {
    let kinesis = Kinesis::new().await;
    kinesis.create_on_demand("orders").await;
    kinesis.put("orders", "key", "early").await;
    kinesis.advance(10);
    kinesis.put("orders", "key", "late").await;
    let mut queues = Vec::new();
    for position in [
        json!({"Type": "LATEST"}),
        json!({"Type": "AT_TIMESTAMP", "Timestamp": BEGINNING + 5}),
        json!({"Type": "TRIM_HORIZON"}),
    ] {
        let input = json!({
            "QueueName": format!("queue-{}", queues.len()),
            "StreamConfigurationList": [{"StreamARN": stream_arn("orders"), "StartingPosition": position}],
        });
        let created = kinesis.call("CreateQueue", input).await;
        queues.push(
            created["QueueDescription"]["QueueARN"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    kinesis.put("orders", "key", "new").await;
    let kinesis = kinesis.restarted().await;
    assert_eq!(data(&receive(&kinesis, &queues[0]).await), ["new"]);
    assert_eq!(data(&receive(&kinesis, &queues[1]).await), ["late", "new"]);
    assert_eq!(
        data(&receive(&kinesis, &queues[2]).await),
        ["early", "late", "new"]
    );
}

#[tokio::test]
async fn shards_that_come_later_belong_to_the_queue() {
    let (kinesis, billing) = orders(json!({})).await;
    kinesis
        .call(
            "UpdateAccountSettings",
            json!({"MinimumThroughputBillingCommitment": {"Status": "ENABLED"}}),
        )
        .await;
    kinesis.put_at("orders", 0, "before").await;
    let latest = json!({
        "QueueName": "latest", "StreamConfigurationList": [{"StreamARN": stream_arn("orders")}],
    });
    let latest = kinesis.call("CreateQueue", latest).await;
    let latest = latest["QueueDescription"]["QueueARN"].as_str().unwrap();
    let received = receive(&kinesis, &billing).await;
    assert_eq!(data(&received), ["before"]);
    let input = json!({"QueueARN": billing, "WaitTimeSeconds": 20});
    let scaled = async {
        while kinesis.clock.next_deadline().is_none() {
            tokio::task::yield_now().await;
        }
        let warm = json!({"StreamName": "orders", "WarmThroughputMiBps": 8});
        kinesis.call("UpdateStreamWarmThroughput", warm).await;
        kinesis.put_at("orders", 0, "after").await;
    };
    let (answer, ()) = tokio::join!(kinesis.call("ReceiveQueueRecords", input), scaled);
    assert_eq!(data(answer["QueueRecords"].as_array().unwrap()), ["after"]);
    assert!(!kinesis.open_shards("orders").await.contains(&0));
    // The closed shard goes on giving what is not acknowledged.
    kinesis.advance(40);
    assert_eq!(data(&receive(&kinesis, &billing).await), ["after", "before"]);
    assert_eq!(data(&receive(&kinesis, latest).await), ["after"]);
}

#[tokio::test]
async fn what_the_stream_does_not_retain_is_not_received() {
    let (kinesis, billing) = orders(dead_after(1)).await;
    kinesis.put_at("orders", 0, "dead").await;
    receive(&kinesis, &billing).await;
    kinesis.advance(30);
    assert_eq!(data(&receive_dead_letters(&kinesis, &billing).await), ["dead"]);
    kinesis.put_at("orders", 0, "old").await;
    kinesis.advance(86_400);
    kinesis.put_at("orders", 0, "new").await;
    kinesis.advance(1);
    assert!(receive_dead_letters(&kinesis, &billing).await.is_empty());
    assert_eq!(data(&receive(&kinesis, &billing).await), ["new"]);
}

#[tokio::test]
async fn deliveries_outlive_a_start() {
    let (kinesis, billing) = orders(dead_after(2)).await;
    kinesis.put("orders", "key", "poison").await;
    for _ in 0..2 {
        let received = receive(&kinesis, &billing).await;
        set_visibility(&kinesis, &billing, &received, 0).await;
    }
    let dead = receive_dead_letters(&kinesis, &billing).await;
    for number in 0..3 {
        kinesis.put("orders", "key", &number.to_string()).await;
    }
    let received = receive(&kinesis, &billing).await;
    assert_eq!(received.len(), 3);
    let kinesis = kinesis.restarted().await;
    assert!(receive(&kinesis, &billing).await.is_empty());
    assert!(receive_dead_letters(&kinesis, &billing).await.is_empty());
    assert_eq!(acknowledge(&kinesis, &billing, &received[..1]).await, NONE_FAILED);
    let operation = "RestoreDeadLetterQueueRecords";
    assert_eq!(
        about(&kinesis, operation, &billing, &dead, json!({})).await,
        NONE_FAILED
    );
    assert_eq!(counts(&receive(&kinesis, &billing).await), [1]);
    let kinesis = kinesis.restarted().await;
    kinesis.advance(30);
    let mut counts = counts(&receive(&kinesis, &billing).await);
    counts.sort_unstable();
    assert_eq!(counts, [2, 2, 2]);
}
