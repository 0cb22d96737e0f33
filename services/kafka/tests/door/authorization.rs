//! Every operation asks whether the caller may do it, before it says whether anything exists.

use ninefold_kafka::KafkaDoor;
use serde_json::{Value as Json, json};

use crate::fixture::{ACCOUNT, Fixture, REGION, cluster_input};

const ID: &str = "abcdefab-1234-abcd-5678-cdef0123ab01-2";

fn arn(kind: &str, path: &str) -> String {
    format!("arn:aws:kafka:{REGION}:{ACCOUNT}:{kind}/{path}")
}

/// What every operation takes, all together: each of them reads its own.
fn anything() -> Json {
    let cluster = arn("cluster", &format!("missing/{ID}"));
    let mut input = cluster_input("missing", json!({}));
    let members = json!({
        "ClusterArn": cluster, "ResourceArn": cluster, "TargetClusterArn": cluster,
        "ClusterOperationArn": arn("cluster-operation", &format!("missing/{ID}/{ID}")).trim_end_matches("-2"),
        "Arn": arn("configuration", &format!("missing/{ID}")), "Name": "missing", "Revision": 1, "ServerProperties": "",
        "ReplicatorArn": arn("replicator", "missing"), "ReplicatorName": "missing", "KafkaClusters": [],
        "ReplicationInfoList": [], "ServiceExecutionRoleArn": "role",
        "ChannelArn": arn("channel", "missing"), "ChannelName": "missing", "TopicConfigurationList": [],
        "VpcConnectionArn": arn("vpc-connection", "missing"), "Authentication": "SASL_IAM", "VpcId": "vpc-1",
        "ClientSubnets": [], "SecurityGroups": [], "SecretArnList": [], "BrokerIds": [], "TagKeys": [], "Tags": {},
        "TopicName": "missing", "PartitionCount": 1, "ReplicationFactor": 1, "CurrentVersion": "K1", "Policy": "{}",
        "TargetNumberOfBrokerNodes": 3, "TargetInstanceType": "kafka.m5.large", "TargetBrokerEBSVolumeInfo": [],
        "TargetKafkaVersion": "3.9.x", "Rebalancing": {}, "ConfigurationInfo": { "Arn": "x", "Revision": 1 },
    });
    for (member, value) in members.as_object().unwrap() {
        input[member] = value.clone();
    }
    input
}

#[tokio::test]
async fn every_operation_asks_first() {
    let fixture = Fixture::new().await;
    *fixture.notes.denies.lock() = true;
    for operation in KafkaDoor::OPERATIONS {
        let (code, _) = fixture.refused(operation, anything()).await;
        assert_eq!(code, "AccessDeniedException", "{operation}");
        let asked = std::mem::take(&mut *fixture.notes.asked.lock());
        let expected = match operation.contains("Topic") {
            true => "kafka-cluster:Connect".to_owned(),
            false => format!("kafka:{operation}"),
        };
        assert_eq!(asked.len(), 1, "{operation}");
        assert_eq!(asked[0].0, expected);
    }
}

#[tokio::test]
async fn topics_need_what_clients_of_kafka_need() {
    let fixture = Fixture::new().await;
    let cluster = fixture.cluster("shop", json!({})).await;
    let topic = format!("{}/orders", cluster.replace(":cluster/", ":topic/"));
    let any_topic = format!("{}/*", cluster.replace(":cluster/", ":topic/"));
    let mut input = anything();
    input["ClusterArn"] = json!(cluster);
    input["TopicName"] = json!("orders");
    for (operation, resource, actions) in [
        ("CreateTopic", &topic, &["CreateTopic"][..]),
        (
            "DescribeTopic",
            &topic,
            &["DescribeTopic", "DescribeTopicDynamicConfiguration"],
        ),
        (
            "DescribeTopicPartitions",
            &topic,
            &["DescribeTopic", "DescribeTopicDynamicConfiguration"],
        ),
        ("ListTopics", &any_topic, &["DescribeTopic"]),
        (
            "UpdateTopic",
            &topic,
            &["DescribeTopic", "AlterTopic", "AlterTopicDynamicConfiguration"],
        ),
        ("DeleteTopic", &topic, &["DescribeTopic", "DeleteTopic"]),
    ] {
        fixture.notes.asked.lock().clear();
        // What comes of it is not the question.
        let _ = fixture.call(operation, input.clone()).await;
        let asked: Vec<(String, String)> = std::mem::take(&mut *fixture.notes.asked.lock())
            .into_iter()
            .map(|(action, resource, _)| (action, resource))
            .collect();
        let mut expected = vec![("kafka-cluster:Connect".to_owned(), cluster.clone())];
        expected.extend(
            actions
                .iter()
                .map(|action| (format!("kafka-cluster:{action}"), resource.clone())),
        );
        assert_eq!(asked, expected, "{operation}");
    }
}

#[tokio::test]
async fn what_there_cannot_be_here_is_refused_with_a_reason() {
    let fixture = Fixture::new().await;
    let cluster = fixture.cluster("shop", json!({})).await;
    let mut input = anything();
    input["ClusterArn"] = json!(cluster);
    input["TargetClusterArn"] = json!(cluster);
    for (operation, expected) in [
        ("CreateChannel", "no object store"),
        ("CreateReplicator", "doesn't copy topics between clusters"),
        (
            "CreateVpcConnection",
            "VPC connections do not exist on this server",
        ),
        (
            "RejectClientVpcConnection",
            "VPC connections do not exist on this server",
        ),
    ] {
        let (code, message) = fixture.refused(operation, input.clone()).await;
        assert_eq!(code, "BadRequestException", "{operation}");
        assert!(message.contains(expected), "{operation}: {message}");
    }
    for operation in [
        "DescribeChannel",
        "UpdateChannel",
        "DeleteChannel",
        "DescribeReplicator",
        "UpdateReplicationInfo",
        "DeleteReplicator",
        "DescribeVpcConnection",
        "DeleteVpcConnection",
    ] {
        assert_eq!(
            fixture.refused(operation, input.clone()).await.0,
            "NotFoundException",
            "{operation}"
        );
    }
    for (operation, member) in [
        ("ListChannels", "Channels"),
        ("ListReplicators", "Replicators"),
        ("ListVpcConnections", "VpcConnections"),
        ("ListClientVpcConnections", "ClientVpcConnections"),
    ] {
        assert_eq!(
            fixture.done(operation, input.clone()).await,
            json!({ member: [] })
        );
    }
}
