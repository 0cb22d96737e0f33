//! Who makes and deletes too many partitions has to wait, and is refused what it wants if it understands that (KIP-599).

use std::time::Duration;

use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::Response;
use ninefold_kafka_protocol::messages::create_partitions::{CreatePartitionsRequest, CreatePartitionsTopic};
use ninefold_kafka_protocol::messages::create_topics::{CreatableTopic, CreateTopicsRequest};
use ninefold_kafka_protocol::messages::delete_topics::{DeleteTopicState, DeleteTopicsRequest};
use ninefold_kafka_protocol::messages::metadata::{MetadataRequest, MetadataRequestTopic};

use crate::fixture::{Client, Fixture};
use crate::quotas::{expect_muted, set_quota};

/// The code for each topic, and how long to wait.
type Outcome = (Vec<i16>, i32);

const REFUSED: i16 = ErrorCode::ThrottlingQuotaExceeded as i16;

/// A client that may make or delete one partition in a second, and eleven at once.
async fn limited() -> (Fixture, Client) {
    let fixture = Fixture::new().await;
    let app = ("client-id", Some("app"));
    assert_eq!(set_quota(&fixture, app, "controller_mutation_rate", 1.0).await, 0);
    let client = Client::connect(fixture.administration.address(), "app").await;
    (fixture, client)
}

async fn create(
    client: &mut Client,
    version: i16,
    validate_only: bool,
    topics: &[(&'static str, i32)],
) -> Outcome {
    let topic = |(name, partitions): &(&'static str, i32)| CreatableTopic {
        name: (*name).into(),
        num_partitions: *partitions,
        replication_factor: 1,
        ..CreatableTopic::default()
    };
    let request = CreateTopicsRequest {
        topics: topics.iter().map(topic).collect(),
        timeout_ms: 1_000,
        validate_only,
    };
    let Response::CreateTopics(response) = client.ask(request, version).await else {
        panic!("another answer");
    };
    let codes = response.topics.iter().map(|topic| topic.error_code);
    (codes.collect(), response.throttle_time_ms)
}

async fn grow(client: &mut Client, version: i16, validate_only: bool, name: &str, count: i32) -> Outcome {
    let request = CreatePartitionsRequest {
        topics: vec![CreatePartitionsTopic {
            name: name.into(),
            count,
            assignments: None,
        }],
        timeout_ms: 1_000,
        validate_only,
    };
    let Response::CreatePartitions(response) = client.ask(request, version).await else {
        panic!("another answer");
    };
    let codes = response.results.iter().map(|topic| topic.error_code);
    (codes.collect(), response.throttle_time_ms)
}

async fn delete(client: &mut Client, version: i16, names: &[&'static str]) -> Outcome {
    let is_new = version >= 6;
    let topic = |name: &&'static str| DeleteTopicState {
        name: Some((*name).into()),
        ..DeleteTopicState::default()
    };
    let request = DeleteTopicsRequest {
        topics: names.iter().filter(|_| is_new).map(topic).collect(),
        topic_names: names
            .iter()
            .filter(|_| !is_new)
            .map(|name| (*name).into())
            .collect(),
        timeout_ms: 1_000,
    };
    let Response::DeleteTopics(response) = client.ask(request, version).await else {
        panic!("another answer");
    };
    let codes = response.responses.iter().map(|topic| topic.error_code);
    (codes.collect(), response.throttle_time_ms)
}

#[tokio::test]
async fn new_clients_are_refused_what_is_too_much() {
    let (fixture, mut client) = limited().await;
    // The second topic is too much, but something was left; the third one has to wait until nothing is missing.
    let outcome = create(&mut client, 7, false, &[("a", 10), ("b", 3), ("c", 1)]).await;
    assert_eq!(outcome, (vec![0, 0, REFUSED], 2_000));
    expect_muted(&fixture, &mut client, 2_000).await;
    assert_eq!(create(&mut client, 6, false, &[("c", 4)]).await, (vec![0], 0));
    assert_eq!(delete(&mut client, 6, &["a"]).await, (vec![REFUSED], 4_000));
    expect_muted(&fixture, &mut client, 4_000).await;
    assert_eq!(
        delete(&mut client, 5, &["a", "b"]).await,
        (vec![0, REFUSED], 10_000)
    );
    expect_muted(&fixture, &mut client, 10_000).await;
    assert_eq!(grow(&mut client, 3, false, "b", 5).await, (vec![0], 0));
    assert_eq!(grow(&mut client, 3, false, "b", 6).await, (vec![REFUSED], 2_000));
    // Others may.
    let mut other = Client::connect(fixture.administration.address(), "other").await;
    assert_eq!(delete(&mut other, 6, &["b", "c"]).await, (vec![0, 0], 0));
}

#[tokio::test]
async fn old_clients_have_to_wait_afterwards() {
    let (fixture, mut client) = limited().await;
    let outcome = create(&mut client, 5, false, &[("a", 10), ("b", 2), ("c", 1)]).await;
    assert_eq!(outcome, (vec![0, 0, 0], 2_000));
    expect_muted(&fixture, &mut client, 2_000).await;
    assert_eq!(grow(&mut client, 2, false, "b", 3).await, (vec![0], 1_000));
    expect_muted(&fixture, &mut client, 1_000).await;
    assert_eq!(delete(&mut client, 4, &["a", "b"]).await, (vec![0, 0], 13_000));
    expect_muted(&fixture, &mut client, 13_000).await;
}

#[tokio::test]
async fn what_changes_nothing_costs_nothing() {
    let (_fixture, mut client) = limited().await;
    let outcome = create(&mut client, 7, true, &[("a", 10), ("b", 10), ("c", 10)]).await;
    assert_eq!(outcome, (vec![0, 0, 0], 0));
    assert_eq!(create(&mut client, 7, false, &[("a", 1)]).await, (vec![0], 0));
    assert_eq!(grow(&mut client, 3, true, "a", 90).await, (vec![0], 0));
    let exists = ErrorCode::TopicAlreadyExists.code();
    assert_eq!(
        create(&mut client, 7, false, &[("a", 90)]).await,
        (vec![exists], 0)
    );
    let unknown = ErrorCode::UnknownTopicOrPartition.code();
    assert_eq!(delete(&mut client, 6, &["b"]).await, (vec![unknown], 0));
    // Ten of eleven are left.
    let outcome = create(&mut client, 7, false, &[("b", 10), ("c", 1), ("d", 1)]).await;
    assert_eq!(outcome, (vec![0, 0, REFUSED], 1_000));
}

#[tokio::test]
async fn topics_that_are_made_by_asking_for_them_count() {
    let (fixture, mut client) = limited().await;
    assert_eq!(create(&mut client, 7, false, &[("a", 12)]).await, (vec![0], 0));
    let request = MetadataRequest {
        topics: Some(vec![MetadataRequestTopic {
            name: Some("b".into()),
            ..MetadataRequestTopic::default()
        }]),
        allow_auto_topic_creation: true,
        ..MetadataRequest::default()
    };
    for expected in [ErrorCode::UnknownTopicOrPartition.code(), 0] {
        let Response::Metadata(response) = client.ask(request.clone(), 12).await else {
            panic!("another answer");
        };
        assert_eq!(
            (response.topics[0].error_code, response.throttle_time_ms),
            (expected, 0)
        );
        fixture.clock.advance(Duration::from_secs(1));
    }
}
