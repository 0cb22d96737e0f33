//! Changes of clusters, and the operations that they are.

use std::time::Duration;

use ninefold_kafka::host::{HostError, ListenerKind};
use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, id_of, settle, text};

/// An update of a cluster by its current version.
async fn input(fixture: &Fixture, arn: &str, wanted: &Json) -> Json {
    let mut input = wanted.clone();
    input["ClusterArn"] = json!(arn);
    input["CurrentVersion"] = fixture.described(arn).await["CurrentVersion"].clone();
    input
}

/// Does an update to its end; what the operation says of itself.
async fn updated(fixture: &Fixture, operation: &str, arn: &str, wanted: Json) -> Json {
    let input = input(fixture, arn, &wanted).await;
    let answer = fixture.done(operation, input).await;
    assert_eq!(answer["ClusterArn"], arn);
    let named = json!({ "ClusterOperationArn": answer["ClusterOperationArn"] });
    let described = fixture.done("DescribeClusterOperation", named).await;
    described["ClusterOperationInfo"].clone()
}

async fn refused(fixture: &Fixture, operation: &str, arn: &str, wanted: Json) -> String {
    let input = input(fixture, arn, &wanted).await;
    let (code, message) = fixture.refused(operation, input).await;
    assert_eq!(code, "BadRequestException", "{operation} {wanted}");
    message
}

#[tokio::test]
async fn every_update_is_an_operation_and_changes_the_version() {
    let fixture = Fixture::new().await;
    let arn = fixture.cluster("changing", json!({})).await;
    let properties = json!({ "Name": "more", "ServerProperties": "num.partitions=7" });
    let configuration = fixture.done("CreateConfiguration", properties).await["Arn"].clone();
    let configuration = json!({ "Arn": configuration, "Revision": 1 });
    let volume = |size: u32| json!([{ "KafkaBrokerNodeId": "All", "VolumeSizeGB": size }]);
    let fast = json!({ "Enabled": true, "VolumeThroughput": 250 });
    let scram = json!({ "Sasl": { "Scram": { "Enabled": true } } });
    let in_transit = json!({ "EncryptionInTransit": { "ClientBroker": "TLS", "InCluster": true } });
    let public = json!({ "PublicAccess": { "Type": "SERVICE_PROVIDED_EIPS" } });
    let prometheus = json!({ "Prometheus": { "JmxExporter": { "EnabledInBroker": true } } });
    let cases = [
        (
            "UpdateBrokerCount",
            json!({ "TargetNumberOfBrokerNodes": 6 }),
            "INCREASE_BROKER_COUNT",
            json!({ "NumberOfBrokerNodes": 3 }),
            json!({
                "NumberOfBrokerNodes": 6,
                "BrokerCountUpdateInfo": { "CreatedBrokerIds": [4, 5, 6], "DeletedBrokerIds": [] },
            }),
        ),
        (
            "UpdateBrokerCount",
            json!({ "TargetNumberOfBrokerNodes": 3 }),
            "DECREASE_BROKER_COUNT",
            json!({ "NumberOfBrokerNodes": 6 }),
            json!({
                "NumberOfBrokerNodes": 3,
                "BrokerCountUpdateInfo": { "CreatedBrokerIds": [], "DeletedBrokerIds": [4, 5, 6] },
            }),
        ),
        (
            "UpdateBrokerStorage",
            json!({ "TargetBrokerEBSVolumeInfo": volume(200) }),
            "UPDATE_BROKER_STORAGE",
            json!({ "BrokerEBSVolumeInfo": volume(100) }),
            json!({ "BrokerEBSVolumeInfo": volume(200) }),
        ),
        (
            "UpdateStorage",
            json!({ "StorageMode": "TIERED", "ProvisionedThroughput": fast }),
            "UPDATE_STORAGE",
            json!({ "StorageMode": "LOCAL", "BrokerEBSVolumeInfo": volume(200) }),
            json!({
                "StorageMode": "TIERED",
                "BrokerEBSVolumeInfo": [{ "KafkaBrokerNodeId": "All", "VolumeSizeGB": 200, "ProvisionedThroughput": fast }],
            }),
        ),
        (
            "UpdateBrokerType",
            json!({ "TargetInstanceType": "kafka.m7g.xlarge" }),
            "UPDATE_BROKER_TYPE",
            json!({ "InstanceType": "kafka.m7g.large" }),
            json!({ "InstanceType": "kafka.m7g.xlarge" }),
        ),
        (
            "UpdateClusterConfiguration",
            json!({ "ConfigurationInfo": configuration }),
            "UPDATE_CLUSTER_CONFIGURATION",
            json!({}),
            json!({ "ConfigurationInfo": configuration }),
        ),
        (
            "UpdateClusterKafkaVersion",
            json!({ "TargetKafkaVersion": "4.0.x.kraft" }),
            "UPDATE_CLUSTER_KAFKA_VERSION",
            json!({ "KafkaVersion": "3.8.x.kraft", "ConfigurationInfo": configuration }),
            json!({ "KafkaVersion": "4.0.x.kraft", "ConfigurationInfo": configuration }),
        ),
        (
            "UpdateMonitoring",
            json!({ "EnhancedMonitoring": "PER_BROKER", "OpenMonitoring": prometheus }),
            "UPDATE_MONITORING",
            json!({ "EnhancedMonitoring": "DEFAULT" }),
            json!({ "EnhancedMonitoring": "PER_BROKER", "OpenMonitoring": prometheus }),
        ),
        (
            "UpdateConnectivity",
            json!({ "ConnectivityInfo": public }),
            "UPDATE_CONNECTIVITY",
            json!({ "ConnectivityInfo": { "PublicAccess": { "Type": "DISABLED" }, "NetworkType": "IPV4" } }),
            json!({ "ConnectivityInfo": { "PublicAccess": { "Type": "SERVICE_PROVIDED_EIPS" }, "NetworkType": "IPV4" } }),
        ),
        (
            "UpdateSecurity",
            json!({ "ClientAuthentication": scram, "EncryptionInfo": in_transit }),
            "UPDATE_SECURITY",
            json!({
                "ClientAuthentication": {},
                "EncryptionInfo": { "EncryptionInTransit": { "ClientBroker": "TLS_PLAINTEXT", "InCluster": true } },
            }),
            json!({ "ClientAuthentication": scram, "EncryptionInfo": in_transit }),
        ),
    ];
    let count = cases.len();
    for (operation, wanted, kind, source, target) in cases {
        let before = fixture.described(&arn).await["CurrentVersion"].clone();
        let info = updated(&fixture, operation, &arn, wanted).await;
        let found = (&info["OperationType"], &info["OperationState"]);
        assert_eq!(found, (&json!(kind), &json!("UPDATE_COMPLETE")));
        assert_eq!(
            (&info["SourceClusterInfo"], &info["TargetClusterInfo"]),
            (&source, &target),
            "{operation}"
        );
        let described = fixture.described(&arn).await;
        assert_eq!(
            (&described["State"], described.get("ActiveOperationArn")),
            (&json!("ACTIVE"), None)
        );
        assert_ne!(described["CurrentVersion"], before);
    }
    let described = fixture.described(&arn).await;
    let group = &described["BrokerNodeGroupInfo"];
    let storage = json!({ "EbsStorageInfo": { "VolumeSize": 200, "ProvisionedThroughput": fast } });
    assert_eq!(group["StorageInfo"], storage);
    assert_eq!(group["InstanceType"], "kafka.m7g.xlarge");
    let software = json!({
        "KafkaVersion": "4.0.x.kraft", "ConfigurationArn": configuration["Arn"], "ConfigurationRevision": 1,
    });
    assert_eq!(described["CurrentBrokerSoftwareInfo"], software);
    assert_eq!(
        (&described["EnhancedMonitoring"], &described["OpenMonitoring"]),
        (&json!("PER_BROKER"), &prometheus)
    );
    let settings = fixture.host.settings(id_of(&arn)).unwrap();
    assert_eq!(settings.listeners, [ListenerKind::SaslScram]);
    assert_eq!(settings.properties["num.partitions"], "7");
    let listed = fixture
        .done("ListClusterOperations", json!({ "ClusterArn": arn }))
        .await;
    let operations = listed["ClusterOperationInfoList"].as_array().unwrap();
    assert_eq!(operations.len(), count);
    assert_eq!(operations[0]["OperationType"], "UPDATE_SECURITY");
}

#[tokio::test]
async fn an_operation_is_under_way_until_the_host_is_done() {
    let fixture = Fixture::new().await;
    let arn = fixture.cluster("busy", json!({})).await;
    let wanted = input(&fixture, &arn, &json!({ "TargetNumberOfBrokerNodes": 6 })).await;
    let began = fixture.call("UpdateBrokerCount", wanted.clone()).await.unwrap();
    let described = fixture
        .call("DescribeCluster", json!({ "ClusterArn": arn }))
        .await
        .unwrap();
    let described = &described["ClusterInfo"];
    assert_eq!(
        (&described["State"], &described["NumberOfBrokerNodes"]),
        (&json!("UPDATING"), &json!(3))
    );
    assert_eq!(described["ActiveOperationArn"], began["ClusterOperationArn"]);
    let (code, message) = fixture.refused("UpdateBrokerCount", wanted).await;
    assert_eq!(code, "BadRequestException");
    assert!(
        message.ends_with("in one of the following states :[ACTIVE]"),
        "{message}"
    );
    fixture.clock.advance(Duration::from_secs(60));
    settle().await;
    let named = json!({ "ClusterOperationArn": began["ClusterOperationArn"] });
    let first = fixture.done("DescribeClusterOperation", named.clone()).await;
    let second = fixture.done("DescribeClusterOperationV2", named).await;
    let (first, second) = (&first["ClusterOperationInfo"], &second["ClusterOperationInfo"]);
    assert_eq!(first["ClientRequestId"], fixture.context().request_id.to_string());
    assert_ne!(first["CreationTime"], first["EndTime"]);
    assert_eq!(
        (&first["CreationTime"], &first["EndTime"]),
        (&second["StartTime"], &second["EndTime"])
    );
    assert_eq!(
        second["Provisioned"]["TargetClusterInfo"],
        first["TargetClusterInfo"]
    );
    assert_eq!(
        (&second["ClusterType"], &second["OperationArn"]),
        (&json!("PROVISIONED"), &first["OperationArn"])
    );
}

#[tokio::test]
async fn what_the_host_cannot_do_leaves_the_cluster_as_it_was() {
    let fixture = Fixture::new().await;
    let arn = fixture.cluster("steady", json!({})).await;
    let before = fixture.described(&arn).await;
    let listened = fixture
        .done("GetBootstrapBrokers", json!({ "ClusterArn": arn }))
        .await;
    fixture
        .host
        .fail_once(HostError::Failed("no port is free".to_owned()));
    let wanted = json!({ "TargetNumberOfBrokerNodes": 6 });
    let info = updated(&fixture, "UpdateBrokerCount", &arn, wanted).await;
    assert_eq!(info["OperationState"], "UPDATE_FAILED");
    assert_eq!(info["ErrorInfo"]["ErrorString"], "no port is free");
    assert_eq!(fixture.described(&arn).await, before);
    assert_eq!(
        fixture
            .done("GetBootstrapBrokers", json!({ "ClusterArn": arn }))
            .await,
        listened
    );
}

#[tokio::test]
async fn updates_that_make_no_sense_are_refused() {
    let fixture = Fixture::new().await;
    let arn = fixture.cluster("strict", json!({})).await;
    let too_many = json!({ "Name": "too-many", "ServerProperties": "num.partitions=666" });
    let too_many = fixture.done("CreateConfiguration", too_many).await["Arn"].clone();
    let volume = |id: &str, size: u32| json!({ "TargetBrokerEBSVolumeInfo": [{ "KafkaBrokerNodeId": id, "VolumeSizeGB": size }] });
    let no_updates = "The request does not include any updates to the";
    for (operation, wanted, expected) in [
        (
            "UpdateBrokerCount",
            json!({ "TargetNumberOfBrokerNodes": 3 }),
            no_updates,
        ),
        (
            "UpdateBrokerCount",
            json!({ "TargetNumberOfBrokerNodes": 5 }),
            "must be a multiple",
        ),
        (
            "UpdateBrokerStorage",
            volume("All", 100),
            "any updates to the EBS volumes of the cluster.",
        ),
        ("UpdateBrokerStorage", volume("All", 99), "can only grow"),
        ("UpdateBrokerStorage", volume("All", 16_385), "can only grow"),
        ("UpdateBrokerStorage", volume("1", 200), "with All as the ID"),
        (
            "UpdateBrokerStorage",
            json!({ "TargetBrokerEBSVolumeInfo": [] }),
            "with All as the ID",
        ),
        ("UpdateStorage", json!({}), no_updates),
        ("UpdateStorage", json!({ "StorageMode": "LOCAL" }), no_updates),
        (
            "UpdateBrokerType",
            json!({ "TargetInstanceType": "kafka.m7g.large" }),
            no_updates,
        ),
        (
            "UpdateBrokerType",
            json!({ "TargetInstanceType": "express.m7g.large" }),
            "can't become Express",
        ),
        (
            "UpdateBrokerType",
            json!({ "TargetInstanceType": "m7g.large" }),
            "Unsupported InstanceType",
        ),
        (
            "UpdateClusterConfiguration",
            json!({ "ConfigurationInfo": { "Arn": too_many, "Revision": 1 } }),
            "Not so many",
        ),
        (
            "UpdateClusterConfiguration",
            json!({ "ConfigurationInfo": { "Arn": too_many, "Revision": 2 } }),
            "Configuration revision does not exist.",
        ),
        (
            "UpdateClusterKafkaVersion",
            json!({ "TargetKafkaVersion": "3.7.x.kraft" }),
            "Valid values: [3.9.x.kraft,",
        ),
        (
            "UpdateClusterKafkaVersion",
            json!({ "TargetKafkaVersion": "3.9.x" }),
            "Unsupported KafkaVersion [3.9.x]",
        ),
        (
            "UpdateMonitoring",
            json!({ "EnhancedMonitoring": "DEFAULT" }),
            no_updates,
        ),
        (
            "UpdateRebalancing",
            json!({ "Rebalancing": { "Status": "PAUSED" } }),
            "Express brokers",
        ),
        ("UpdateConnectivity", json!({}), no_updates),
        (
            "UpdateConnectivity",
            json!({ "ZookeeperAccess": { "Enabled": true } }),
            "no ZooKeeper nodes",
        ),
        (
            "UpdateSecurity",
            json!({}),
            "any updates to the security setting of the cluster.",
        ),
        (
            "UpdateSecurity",
            json!({ "ClientAuthentication": { "Sasl": { "Iam": { "Enabled": true } } } }),
            "you must also set unauthenticated to true",
        ),
        (
            "UpdateSecurity",
            json!({ "EncryptionInfo": { "EncryptionInTransit": { "InCluster": false } } }),
            "You can only update the encryption setting",
        ),
        (
            "UpdateSecurity",
            json!({ "EncryptionInfo": { "EncryptionAtRest": { "DataVolumeKMSKeyId": "k" } } }),
            "You can only update the encryption setting",
        ),
        (
            "RebootBroker",
            json!({ "BrokerIds": ["4"] }),
            "Broker ID 4 does not exist.",
        ),
        (
            "RebootBroker",
            json!({ "BrokerIds": ["1", "2"] }),
            "one broker at a time",
        ),
    ] {
        let message = refused(&fixture, operation, &arn, wanted.clone()).await;
        assert!(message.contains(expected), "{operation} {wanted}: {message}");
    }
    let stale = json!({ "ClusterArn": arn, "CurrentVersion": "K1", "TargetNumberOfBrokerNodes": 6 });
    let (_, message) = fixture.refused("UpdateBrokerCount", stale).await;
    assert_eq!(
        message,
        "The version of the cluster isn't current. Check the current version and try again."
    );
    let operations = fixture
        .done("ListClusterOperations", json!({ "ClusterArn": arn }))
        .await;
    assert_eq!(operations, json!({ "ClusterOperationInfoList": [] }));
}

#[tokio::test]
async fn express_clusters_pause_rebalancing() {
    let fixture = Fixture::new().await;
    let express = json!({
        "BrokerNodeGroupInfo": { "ClientSubnets": ["s-1", "s-2", "s-3"], "InstanceType": "express.m7g.large" },
    });
    let arn = fixture.cluster("express", express).await;
    let paused = json!({ "Rebalancing": { "Status": "PAUSED" } });
    let info = updated(&fixture, "UpdateRebalancing", &arn, paused.clone()).await;
    assert_eq!(info["OperationType"], "UPDATE_REBALANCING");
    assert_eq!(
        fixture.described(&arn).await["Rebalancing"],
        paused["Rebalancing"]
    );
    let message = refused(&fixture, "UpdateStorage", &arn, json!({ "VolumeSizeGB": 10 })).await;
    assert!(message.contains("Express"), "{message}");
}

#[tokio::test]
async fn a_broker_is_restarted() {
    let fixture = Fixture::new().await;
    let arn = fixture.cluster("restarted", json!({})).await;
    let began = fixture
        .call("RebootBroker", json!({ "ClusterArn": arn, "BrokerIds": ["2"] }))
        .await
        .unwrap();
    let described = fixture
        .call("DescribeCluster", json!({ "ClusterArn": arn }))
        .await
        .unwrap();
    assert_eq!(described["ClusterInfo"]["State"], "REBOOTING_BROKER");
    settle().await;
    assert_eq!(fixture.described(&arn).await["State"], "ACTIVE");
    assert_eq!(fixture.host.reboots(), [[2]]);
    let named = json!({ "ClusterOperationArn": began["ClusterOperationArn"] });
    let described = fixture.done("DescribeClusterOperationV2", named).await;
    assert_eq!(described["ClusterOperationInfo"]["OperationType"], "REBOOT_NODE");
}

#[tokio::test]
async fn the_last_operations_are_remembered() {
    let fixture = Fixture::new().await;
    let arn = fixture.cluster("often", json!({})).await;
    let mut arns = Vec::new();
    for _ in 0..52 {
        let reboot = json!({ "ClusterArn": arn, "BrokerIds": ["1"] });
        arns.insert(
            0,
            text(&fixture.done("RebootBroker", reboot).await["ClusterOperationArn"]),
        );
    }
    for operation in ["ListClusterOperations", "ListClusterOperationsV2"] {
        let (mut seen, mut input) = (Vec::new(), json!({ "ClusterArn": arn, "MaxResults": 20 }));
        loop {
            let listed = fixture.done(operation, input.clone()).await;
            let page = listed["ClusterOperationInfoList"].as_array().unwrap();
            seen.extend(page.iter().map(|info| text(&info["OperationArn"])));
            match listed.get("NextToken") {
                Some(token) => input["NextToken"] = token.clone(),
                None => break,
            }
        }
        assert_eq!(seen, arns[..50]);
    }
    let forgotten = json!({ "ClusterOperationArn": arns[51] });
    assert_eq!(
        fixture.refused("DescribeClusterOperation", forgotten).await.0,
        "NotFoundException"
    );
    let wrong = json!({ "ClusterOperationArn": arn });
    assert_eq!(
        fixture.refused("DescribeClusterOperationV2", wrong).await.0,
        "BadRequestException"
    );
}
