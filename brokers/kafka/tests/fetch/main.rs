//! What is fetched is what was produced, wherever it is kept and whichever way it goes.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

#[path = "../certified/mod.rs"]
mod certified;
#[allow(dead_code, reason = "every test uses a part of it")]
#[path = "../security/fixture.rs"]
mod fixture;

use bytes::Bytes;
use ninefold_kafka_protocol::Records;
use ninefold_kafka_protocol::messages::Response;
use ninefold_kafka_protocol::messages::fetch::{FetchPartition, FetchRequest, FetchTopic};
use ninefold_kafka_protocol::messages::produce::{PartitionProduceData, ProduceRequest, TopicProduceData};
use ninefold_record_batch::{BatchBuilder, place};
use ninefold_time::Clock;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::certified::certified;
use crate::fixture::{Client, Fixture, listen};

const TOPIC: &str = "orders";
/// Batches of so many bytes each. What is read of a segment is sent from its file if there are 32 KiB of it.
const BATCH_BYTES: [usize; 12] = [
    10, 100_000, 1, 40_000, 3_000, 70_000, 20, 300_000, 32_700, 500, 32_800, 5,
];

/// A batch of one record, whose bytes repeat nowhere.
fn batch(number: usize, milliseconds: i64) -> Bytes {
    let words = (0..BATCH_BYTES[number].div_ceil(8) as u64).flat_map(|word| {
        let seed = word + ((number as u64) << 32);
        seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes()
    });
    let value: Vec<u8> = words.take(BATCH_BYTES[number]).collect();
    let mut builder = BatchBuilder::new();
    builder.push(milliseconds, None, Some(&value), &[]).unwrap();
    builder.build(0)
}

async fn produce(client: &mut Client, records: Bytes) {
    let request = ProduceRequest {
        acks: -1,
        timeout_ms: 1_000,
        topic_data: vec![TopicProduceData {
            name: TOPIC.into(),
            partition_data: vec![PartitionProduceData {
                index: 0,
                records: Some(records),
            }],
            ..TopicProduceData::default()
        }],
        ..ProduceRequest::default()
    };
    let Response::Produce(response) = client.ask(request, 9).await else {
        panic!("another answer");
    };
    assert_eq!(response.responses[0].partition_responses[0].error_code, 0);
}

/// One answer's records from an offset on, as they came.
async fn fetch<S>(client: &mut Client<S>, from_offset: i64, max_bytes: i32) -> Bytes
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let request = FetchRequest {
        max_bytes,
        topics: vec![FetchTopic {
            topic: TOPIC.into(),
            partitions: vec![FetchPartition {
                fetch_offset: from_offset,
                partition_max_bytes: max_bytes,
                ..FetchPartition::default()
            }],
            ..FetchTopic::default()
        }],
        ..FetchRequest::default()
    };
    let Response::Fetch(response) = client.ask(request, 11).await else {
        panic!("another answer");
    };
    let partition = &response.responses[0].partitions[0];
    assert_eq!(partition.error_code, 0);
    let received = partition.records.as_ref().and_then(Records::in_memory);
    received.cloned().unwrap_or_default()
}

#[tokio::test]
async fn segments_are_sent_as_they_are_encrypted_or_not() {
    let fixture = Fixture::new().await;
    fixture.create_topic(TOPIC).await;
    let mut plain = fixture.administrator().await;
    let (connector, acceptor) = certified();
    let listening = listen(&fixture.cluster, Vec::new(), Some(acceptor)).await;
    let stream = TcpStream::connect(listening.address()).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut encrypted = Client::over(connector.connect(name, stream).await.unwrap(), "app");

    let milliseconds = i64::try_from(fixture.clock.now().as_millis()).unwrap();
    let mut expected = Vec::with_capacity(BATCH_BYTES.len());
    for (number, offset) in (0..BATCH_BYTES.len()).zip(0..) {
        let sent = batch(number, milliseconds);
        // Where it is to be, and by what leader, is all that is changed.
        let mut kept = sent.to_vec();
        place(&mut kept, offset, 0);
        expected.push(kept);
        produce(&mut plain, sent).await;
    }
    let cached = fixture.log.figures().cached_bytes;
    fixture.log.flush().await.unwrap();
    // What was read lately is in memory still; it goes when others are moved.
    fixture.log.flush().await.unwrap();
    let figures = fixture.log.figures();
    assert_eq!((figures.cached_bytes, figures.segment_bytes), (0, cached));

    for max_bytes in [1, 33_000, 150_000, 900_000] {
        let mut number = 0;
        while number < expected.len() {
            let offset = i64::try_from(number).unwrap();
            let fetched = fetch(&mut plain, offset, max_bytes).await;
            let mut whole = Vec::new();
            while whole.len() < fetched.len() {
                whole.extend_from_slice(&expected[number]);
                number += 1;
            }
            assert!(fetched == whole, "{max_bytes} bytes from {offset}");
            let fetched = fetch(&mut encrypted, offset, max_bytes).await;
            assert!(fetched == whole, "{max_bytes} bytes from {offset}, encrypted");
        }
    }
}
