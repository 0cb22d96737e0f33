//! Who uses too much has to wait.

use std::time::Duration;

use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::alter_client_quotas::{
    AlterClientQuotasRequest, OpData, RequestEntityData, RequestEntryData,
};
use ninefold_kafka_protocol::messages::api_versions::ApiVersionsRequest;
use ninefold_kafka_protocol::messages::describe_client_quotas::{ComponentData, DescribeClientQuotasRequest};
use ninefold_kafka_protocol::messages::describe_quorum::DescribeQuorumRequest;
use ninefold_kafka_protocol::messages::fetch::{FetchPartition, FetchRequest, FetchTopic};
use ninefold_kafka_protocol::messages::produce::{PartitionProduceData, ProduceRequest, TopicProduceData};
use ninefold_kafka_protocol::messages::{Request, Response};
use ninefold_record_batch::BatchBuilder;
use ninefold_time::Clock;

use crate::fixture::{Client, Fixture};

/// Sets a quota; the code of the answer.
pub(crate) async fn set_quota(fixture: &Fixture, entity: (&str, Option<&str>), key: &str, value: f64) -> i16 {
    let (kind, name) = entity;
    let entry = RequestEntryData {
        entity: vec![RequestEntityData {
            entity_type: kind.into(),
            entity_name: name.map(Into::into),
        }],
        ops: vec![OpData {
            key: key.into(),
            value,
            remove: value == 0.0,
        }],
    };
    let request = AlterClientQuotasRequest {
        entries: vec![entry],
        validate_only: false,
    };
    match fixture.administrator().await.ask(request, 1).await {
        Response::AlterClientQuotas(response) => response.entries[0].error_code,
        other => panic!("{other:?}"),
    }
}

fn produce(fixture: &Fixture, bytes: usize) -> Request {
    let now = i64::try_from(fixture.clock.now().as_millis()).unwrap();
    let mut batch = BatchBuilder::new();
    batch.push(now, None, Some(&vec![0; bytes]), &[]).unwrap();
    ProduceRequest {
        acks: -1,
        timeout_ms: 1_000,
        topic_data: vec![TopicProduceData {
            name: "orders".into(),
            partition_data: vec![PartitionProduceData {
                index: 0,
                records: Some(batch.build(0)),
            }],
            ..TopicProduceData::default()
        }],
        ..ProduceRequest::default()
    }
    .into()
}

fn fetch() -> Request {
    FetchRequest {
        max_wait_ms: 0,
        min_bytes: 0,
        max_bytes: 1 << 20,
        topics: vec![FetchTopic {
            topic: "orders".into(),
            partitions: vec![FetchPartition {
                partition: 0,
                partition_max_bytes: 1 << 20,
                ..FetchPartition::default()
            }],
            ..FetchTopic::default()
        }],
        ..FetchRequest::default()
    }
    .into()
}

/// Waits until the server waits for a time, which it does when it has muted a connection.
async fn until_waiting(fixture: &Fixture, throttle: Duration) {
    let until = fixture.clock.now() + throttle;
    let waiting = async {
        while fixture.clock.next_deadline() != Some(until) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waiting)
        .await
        .unwrap();
}

/// After an answer that tells of a throttle: nothing is answered until that time has passed.
pub(crate) async fn expect_muted(fixture: &Fixture, client: &mut Client, throttle_time_ms: i32) {
    let throttle = Duration::from_millis(u64::try_from(throttle_time_ms).unwrap());
    let request = Request::from(ApiVersionsRequest::default());
    client.send(&request, 0).await;
    until_waiting(fixture, throttle).await;
    let mut nothing = [0; 1];
    let read = client.stream.try_read(&mut nothing);
    assert_eq!(read.unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    fixture.clock.advance(throttle);
    let response = client.receive(&request, 0).await;
    assert!(matches!(response, Response::ApiVersions(_)));
}

#[tokio::test]
async fn who_produces_too_much_is_told_and_muted() {
    let fixture = Fixture::new().await;
    fixture.create_topic("orders").await;
    let code = set_quota(
        &fixture,
        ("client-id", Some("app")),
        "producer_byte_rate",
        1_000.0,
    )
    .await;
    assert_eq!(code, 0);
    let mut client = Client::connect(fixture.administration.address(), "app").await;
    let request = produce(&fixture, 12_000);
    let Response::Produce(response) = client.ask(request.clone(), 9).await else {
        panic!("another answer");
    };
    assert_eq!(response.responses[0].partition_responses[0].error_code, 0);
    // Ten seconds' worth is free; the rest, and what is around the record, takes two seconds and a bit.
    assert!(
        (2_000..2_300).contains(&response.throttle_time_ms),
        "{}",
        response.throttle_time_ms
    );
    expect_muted(&fixture, &mut client, response.throttle_time_ms).await;
    // Others have no quota.
    let mut other = Client::connect(fixture.administration.address(), "other").await;
    let Response::Produce(response) = other.ask(request, 9).await else {
        panic!("another answer");
    };
    assert_eq!(response.throttle_time_ms, 0);
}

#[tokio::test]
async fn who_fetches_too_much_is_told_and_muted() {
    let fixture = Fixture::new().await;
    fixture.create_topic("orders").await;
    let mut client = Client::connect(fixture.administration.address(), "app").await;
    client.ask(produce(&fixture, 12_000), 9).await;
    assert_eq!(
        set_quota(&fixture, ("user", None), "consumer_byte_rate", 1_000.0).await,
        0
    );
    let Response::Fetch(response) = client.ask(fetch(), 11).await else {
        panic!("another answer");
    };
    assert!(
        (2_000..2_300).contains(&response.throttle_time_ms),
        "{}",
        response.throttle_time_ms
    );
    expect_muted(&fixture, &mut client, response.throttle_time_ms).await;
}

/// Asks until an answer tells of a throttle, in milliseconds.
async fn until_throttled(client: &mut Client, request: &Request, version: i16) -> i32 {
    let throttled = async {
        loop {
            let mut response = client.ask(request.clone(), version).await;
            match response.throttle_time_ms() {
                Some(0) => {}
                told => return *told.unwrap(),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), throttled)
        .await
        .unwrap()
}

/// A thread's time for a hundredth of a millisecond in ten seconds: whatever takes any time takes more than that soon.
const NEXT_TO_NO_TIME: f64 = 0.000_1;

#[tokio::test]
async fn who_takes_too_much_time_is_told_and_muted() {
    let fixture = Fixture::new().await;
    fixture.create_topic("orders").await;
    let app = ("client-id", Some("app"));
    assert_eq!(
        set_quota(&fixture, app, "request_percentage", NEXT_TO_NO_TIME).await,
        0
    );
    let mut client = Client::connect(fixture.administration.address(), "app").await;
    for (request, version) in [
        (ApiVersionsRequest::default().into(), 1),
        (produce(&fixture, 10), 9),
        (fetch(), 11),
        (DescribeClientQuotasRequest::default().into(), 1),
    ] {
        // What is missing is more than a second's worth, but nobody waits for longer at one time.
        assert_eq!(until_throttled(&mut client, &request, version).await, 1_000);
        expect_muted(&fixture, &mut client, 1_000).await;
        // That answer was throttled too.
        fixture.clock.advance(Duration::from_secs(1));
    }
    // Others have no quota.
    let mut other = Client::connect(fixture.administration.address(), "other").await;
    let mut response = other.ask(ApiVersionsRequest::default(), 1).await;
    assert_eq!(response.throttle_time_ms(), Some(&mut 0));
}

#[tokio::test]
async fn who_exceeds_several_quotas_waits_for_the_longest() {
    let fixture = Fixture::new().await;
    fixture.create_topic("orders").await;
    for (key, value) in [
        ("producer_byte_rate", 1_000.0),
        ("request_percentage", NEXT_TO_NO_TIME),
    ] {
        assert_eq!(set_quota(&fixture, ("user", None), key, value).await, 0);
    }
    let mut client = Client::connect(fixture.administration.address(), "app").await;
    let request = produce(&fixture, 12_000);
    let mut response = client.ask(request, 9).await;
    let throttle_time_ms = *response.throttle_time_ms().unwrap();
    assert!((2_000..2_300).contains(&throttle_time_ms), "{throttle_time_ms}");
    expect_muted(&fixture, &mut client, throttle_time_ms).await;
}

/// What can't tell of a throttle, which in Kafka is for brokers among themselves.
#[tokio::test]
async fn some_requests_are_exempt() {
    let fixture = Fixture::new().await;
    let app = ("client-id", Some("app"));
    assert_eq!(
        set_quota(&fixture, app, "request_percentage", NEXT_TO_NO_TIME).await,
        0
    );
    // One connection owes time, and another one of the same client hears of it only where it can.
    let mut debtor = Client::connect(fixture.administration.address(), "app").await;
    until_throttled(&mut debtor, &ApiVersionsRequest::default().into(), 1).await;
    let mut client = Client::connect(fixture.administration.address(), "app").await;
    for _ in 0..3 {
        let mut response = client.ask(DescribeQuorumRequest::default(), 2).await;
        assert_eq!(response.throttle_time_ms(), None);
    }
    let mut response = client.ask(ApiVersionsRequest::default(), 1).await;
    assert_eq!(response.throttle_time_ms(), Some(&mut 1_000));
}

#[tokio::test]
async fn authentication_takes_nobodys_time() {
    let fixture = Fixture::new().await;
    drop(fixture.user("alice").await);
    let code = set_quota(&fixture, ("user", None), "request_percentage", NEXT_TO_NO_TIME).await;
    assert_eq!(code, 0);
    let request = ApiVersionsRequest::default().into();
    // Who is nobody in particular owes time, whatever the client.
    let mut anonymous = fixture.administrator().await;
    until_throttled(&mut anonymous, &request, 1).await;
    let mut client = Client::connect(fixture.secured.address(), "app").await;
    let mut response = client.ask(request.clone(), 1).await;
    assert_eq!(response.throttle_time_ms(), Some(&mut 0));
    assert_eq!(client.authenticate("alice", "alice").await, 0);
    assert_eq!(until_throttled(&mut client, &request, 1).await, 1_000);
}

#[tokio::test]
async fn who_connects_too_often_is_sent_away() {
    let fixture = Fixture::new().await;
    // Ten connections are free.
    let code = set_quota(
        &fixture,
        ("ip", Some("127.0.0.1")),
        "connection_creation_rate",
        1.0,
    )
    .await;
    assert_eq!(code, 0);
    for _ in 0..10 {
        let mut client = Client::connect(fixture.administration.address(), "app").await;
        client.ask(ApiVersionsRequest::default(), 0).await;
    }
    let client = Client::connect(fixture.administration.address(), "app").await;
    until_waiting(&fixture, Duration::from_secs(1)).await;
    fixture.clock.advance(Duration::from_secs(1));
    client.expect_closed().await;
}

#[tokio::test]
async fn quotas_are_described_as_they_were_set() {
    let fixture = Fixture::new().await;
    let alice = ("user", Some("alice"));
    assert_eq!(set_quota(&fixture, alice, "producer_byte_rate", 1_024.0).await, 0);
    assert_eq!(
        set_quota(&fixture, ("user", None), "request_percentage", 12.5).await,
        0
    );
    let invalid = ErrorCode::InvalidRequest.code();
    for (entity, key, value) in [
        (alice, "producer_byte_rate", 0.5),
        (alice, "producer_byte_rate", -1.0),
        (alice, "connection_creation_rate", 1.0),
        (alice, "unknown", 1.0),
        (("user", Some("")), "producer_byte_rate", 1.0),
        (("group", Some("x")), "producer_byte_rate", 1.0),
        (("ip", Some("nowhere")), "connection_creation_rate", 1.0),
        (("ip", Some("10.0.0.1")), "producer_byte_rate", 1.0),
    ] {
        let code = set_quota(&fixture, entity, key, value).await;
        assert_eq!(code, invalid, "{entity:?} {key} {value}");
    }
    let described = |match_type: i8, name: Option<&str>| DescribeClientQuotasRequest {
        components: vec![ComponentData {
            entity_type: "user".into(),
            match_type,
            r#match: name.map(Into::into),
        }],
        strict: true,
    };
    let mut administrator = fixture.administrator().await;
    for (request, expected) in [
        (
            described(0, Some("alice")),
            vec![(Some("alice"), "producer_byte_rate", 1_024.0)],
        ),
        (described(1, None), vec![(None, "request_percentage", 12.5)]),
        (described(0, Some("bob")), Vec::new()),
    ] {
        let Response::DescribeClientQuotas(response) = administrator.ask(request, 1).await else {
            panic!("another answer");
        };
        let entries = response.entries.unwrap();
        let found: Vec<_> = entries
            .iter()
            .map(|entry| {
                let value = &entry.values[0];
                (entry.entity[0].entity_name.as_deref(), &*value.key, value.value)
            })
            .collect();
        assert_eq!(found, expected);
    }
    // Removed.
    assert_eq!(set_quota(&fixture, alice, "producer_byte_rate", 0.0).await, 0);
    let any = described(2, None);
    let Response::DescribeClientQuotas(response) = administrator.ask(any, 1).await else {
        panic!("another answer");
    };
    assert_eq!(response.entries.map(|entries| entries.len()), Some(1));
}
