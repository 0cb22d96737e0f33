//! Hot operations over CBOR, as the Java SDK speaks it: bytes are bytes, times are milliseconds.

use bytes::Bytes;
use http::Request;
use ninefold_model::Timestamp;
use ninefold_protocol::{Codec, Registry, answer};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::json;

use crate::queues::queue;
use crate::support::{ACCOUNT, BEGINNING, Kinesis, context};

/// Written as bytes.
struct Data(&'static [u8]);

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PutRecord {
    stream_name: &'static str,
    partition_key: &'static str,
    data: Data,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GetRecords {
    shard_iterator: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    shard_id: String,
    sequence_number: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page<'a> {
    #[serde(borrow)]
    records: Vec<Record<'a>>,
    next_shard_iterator: String,
    millis_behind_latest: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Record<'a> {
    sequence_number: String,
    approximate_arrival_timestamp: Timestamp,
    data: &'a [u8],
    partition_key: String,
}

#[derive(Serialize)]
struct ReceiveQueueRecords {
    #[serde(rename = "QueueARN")]
    queue_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Received<'a> {
    #[serde(borrow)]
    queue_records: Vec<QueueRecord<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct QueueRecord<'a> {
    approximate_arrival_timestamp: Timestamp,
    first_receive_timestamp: Timestamp,
    data: &'a [u8],
}

async fn call<T: Serialize>(kinesis: &Kinesis, operation: &str, input: &T) -> Bytes {
    let request = Request::post("/")
        .header("x-amz-target", format!("Kinesis_20131202.{operation}"))
        .header("content-type", "application/x-amz-cbor-1.1");
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let body = Codec::Cbor.write(input).unwrap();
    let route = Registry::new([ninefold_model::kinesis()])
        .route(&parts, &body, Some("kinesis"))
        .unwrap();
    let mut context = context(ACCOUNT);
    context.protocol = route.protocol;
    let response = answer(&*kinesis.door, context, route, parts, body).await;
    assert_eq!(response.status(), 200, "{:?}", response.body());
    assert_eq!(response.headers()["content-type"], "application/x-amz-cbor-1.1");
    response.into_body()
}

#[tokio::test]
async fn records_are_put_and_read() {
    let kinesis = Kinesis::new().await;
    kinesis.create("orders", 1).await;
    let input = PutRecord {
        stream_name: "orders",
        partition_key: "käse",
        data: Data(&[0, 255, 7]),
    };
    let answered = call(&kinesis, "PutRecord", &input).await;
    let put: Put = Codec::Cbor.read(&answered).unwrap();
    assert_eq!(put.shard_id, "shardId-000000000000");
    let shard_iterator = kinesis.oldest("orders", 0).await;
    let answered = call(&kinesis, "GetRecords", &GetRecords { shard_iterator }).await;
    let page: Page<'_> = Codec::Cbor.read(&answered).unwrap();
    let [record] = &page.records[..] else {
        panic!("{} records", page.records.len());
    };
    assert_eq!((record.data, &*record.partition_key), (&[0, 255, 7][..], "käse"));
    assert_eq!(record.sequence_number, put.sequence_number);
    let arrived = Timestamp::from_milliseconds(i64::try_from(BEGINNING * 1_000).unwrap());
    assert_eq!(record.approximate_arrival_timestamp, arrived);
    assert_eq!(page.millis_behind_latest, 0);
    assert!(!page.next_shard_iterator.is_empty());
}

#[tokio::test]
async fn records_are_received_from_queues() {
    let kinesis = Kinesis::new().await;
    kinesis.create_on_demand("orders").await;
    let queue_arn = queue(&kinesis, "orders", "billing", json!({})).await;
    let input = PutRecord {
        stream_name: "orders",
        partition_key: "key",
        data: Data(&[0, 255, 7]),
    };
    call(&kinesis, "PutRecord", &input).await;
    kinesis.advance(1);
    let answered = call(
        &kinesis,
        "ReceiveQueueRecords",
        &ReceiveQueueRecords { queue_arn },
    )
    .await;
    let received: Received<'_> = Codec::Cbor.read(&answered).unwrap();
    let [record] = &received.queue_records[..] else {
        panic!("{} records", received.queue_records.len());
    };
    assert_eq!(record.data, [0, 255, 7]);
    let at = |seconds: u64| Timestamp::from_milliseconds(i64::try_from(seconds * 1_000).unwrap());
    assert_eq!(record.approximate_arrival_timestamp, at(BEGINNING));
    assert_eq!(record.first_receive_timestamp, at(BEGINNING + 1));
}
