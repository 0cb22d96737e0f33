//! Topics without Kafka's protocol.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, text};

fn topic(arn: &str, name: &str, others: Json) -> Json {
    let mut input =
        json!({ "ClusterArn": arn, "TopicName": name, "PartitionCount": 3, "ReplicationFactor": 3 });
    for (member, value) in others.as_object().unwrap() {
        input[member] = value.clone();
    }
    input
}

#[tokio::test]
async fn a_topic_is_created_described_changed_and_deleted() {
    let fixture = Fixture::new().await;
    let arn = fixture.cluster("shop", json!({})).await;
    let configs = STANDARD.encode("retention.ms=604800000\ncompression.type=producer");
    let created = fixture
        .done(
            "CreateTopic",
            topic(&arn, "orders", json!({ "Configs": configs })),
        )
        .await;
    let topic_arn = format!("{}/orders", arn.replace(":cluster/", ":topic/"));
    let changed = |status: &str| json!({ "TopicArn": topic_arn, "TopicName": "orders", "Status": status });
    assert_eq!(created, changed("CREATING"));
    let named = json!({ "ClusterArn": arn, "TopicName": "orders" });
    let mut expected = json!({
        "TopicArn": topic_arn, "TopicName": "orders", "ReplicationFactor": 3, "PartitionCount": 3,
        "Configs": STANDARD.encode("compression.type=producer\nretention.ms=604800000"), "Status": "ACTIVE",
    });
    assert_eq!(fixture.done("DescribeTopic", named.clone()).await, expected);
    let configs = STANDARD.encode(r#"{"retention.ms": "1000"}"#);
    let update = json!({ "ClusterArn": arn, "TopicName": "orders", "PartitionCount": 5, "Configs": configs });
    assert_eq!(fixture.done("UpdateTopic", update).await, changed("UPDATING"));
    expected["PartitionCount"] = json!(5);
    expected["Configs"] = json!(STANDARD.encode("compression.type=producer\nretention.ms=1000"));
    assert_eq!(fixture.done("DescribeTopic", named.clone()).await, expected);
    assert_eq!(
        fixture.done("DeleteTopic", named.clone()).await,
        changed("DELETING")
    );
    assert_eq!(
        fixture.refused("DescribeTopic", named.clone()).await.0,
        "NotFoundException"
    );
    assert_eq!(
        fixture.refused("DeleteTopic", named).await.0,
        "UnknownTopicOrPartitionException"
    );
}

#[tokio::test]
async fn topics_and_partitions_are_listed_page_by_page() {
    let fixture = Fixture::new().await;
    let arn = fixture.cluster("shop", json!({})).await;
    for name in ["a.1", "a.2", "a.3", "b"] {
        fixture.done("CreateTopic", topic(&arn, name, json!({}))).await;
    }
    let (mut names, mut input) = (
        Vec::new(),
        json!({ "ClusterArn": arn, "TopicNameFilter": "a.", "MaxResults": 2 }),
    );
    loop {
        let listed = fixture.done("ListTopics", input.clone()).await;
        let topics = listed["Topics"].as_array().unwrap();
        assert!(topics.len() <= 2);
        names.extend(topics.iter().map(|topic| text(&topic["TopicName"])));
        match listed.get("NextToken") {
            Some(token) => input["NextToken"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(names, ["a.1", "a.2", "a.3"]);
    let listed = fixture.done("ListTopics", json!({ "ClusterArn": arn })).await;
    let expected = json!({
        "TopicArn": format!("{}/b", arn.replace(":cluster/", ":topic/")), "TopicName": "b",
        "ReplicationFactor": 3, "PartitionCount": 3, "OutOfSyncReplicaCount": 0,
    });
    assert_eq!(listed["Topics"][3], expected);
    let input = json!({ "ClusterArn": arn, "TopicName": "b", "MaxResults": 2 });
    let listed = fixture.done("DescribeTopicPartitions", input.clone()).await;
    let partition =
        |number: u32| json!({ "Partition": number, "Leader": 1, "Replicas": [1, 2, 3], "Isr": [1, 2, 3] });
    assert_eq!(listed["Partitions"], json!([partition(0), partition(1)]));
    let mut rest = input;
    rest["NextToken"] = listed["NextToken"].clone();
    let listed = fixture.done("DescribeTopicPartitions", rest).await;
    assert_eq!(listed, json!({ "Partitions": [partition(2)] }));
}

#[tokio::test]
async fn what_makes_no_topic_is_refused() {
    let fixture = Fixture::new().await;
    let arn = fixture.cluster("shop", json!({})).await;
    fixture.done("CreateTopic", topic(&arn, "taken", json!({}))).await;
    let unknown = STANDARD.encode("no.such.config=1");
    let long = "x".repeat(250);
    for (name, others, code, expected) in [
        (
            "taken",
            json!({}),
            "TopicExistsException",
            "Topic 'taken' already exists.",
        ),
        (
            "a b",
            json!({}),
            "BadRequestException",
            "The topic name must have",
        ),
        ("..", json!({}), "BadRequestException", "The topic name must have"),
        (
            &*long,
            json!({}),
            "BadRequestException",
            "The topic name must have",
        ),
        (
            "x",
            json!({ "ReplicationFactor": 4 }),
            "BadRequestException",
            "larger than available brokers: 3",
        ),
        (
            "x",
            json!({ "PartitionCount": 0 }),
            "BadRequestException",
            "failed to satisfy constraint",
        ),
        (
            "x",
            json!({ "Configs": "?" }),
            "BadRequestException",
            "must be encoded in Base64",
        ),
        (
            "x",
            json!({ "Configs": unknown }),
            "BadRequestException",
            "Unknown topic config name",
        ),
        (
            "x",
            json!({ "Configs": STANDARD.encode("{") }),
            "BadRequestException",
            "must be an object with texts",
        ),
    ] {
        let refused = fixture
            .refused("CreateTopic", topic(&arn, name, others.clone()))
            .await;
        assert_eq!(refused.0, code, "{name} {others}");
        assert!(refused.1.contains(expected), "{name} {others}: {}", refused.1);
    }
    for (others, code) in [
        (json!({}), "BadRequestException"),
        (json!({ "PartitionCount": 3 }), "BadRequestException"),
        (json!({ "PartitionCount": -1 }), "BadRequestException"),
    ] {
        let mut input = others.clone();
        input["ClusterArn"] = json!(arn);
        input["TopicName"] = json!("taken");
        assert_eq!(fixture.refused("UpdateTopic", input).await.0, code, "{others}");
    }
    let missing = json!({ "ClusterArn": arn, "TopicName": "missing" });
    assert_eq!(
        fixture
            .refused("DescribeTopicPartitions", missing.clone())
            .await
            .0,
        "NotFoundException"
    );
    let token = json!({ "ClusterArn": arn, "TopicName": "taken", "NextToken": "eA" });
    assert_eq!(
        fixture.refused("DescribeTopicPartitions", token).await.0,
        "BadRequestException"
    );
    fixture.host.restart();
    assert_eq!(
        fixture.refused("DescribeTopic", missing).await.0,
        "ClusterConnectivityException"
    );
}
