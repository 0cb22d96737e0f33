//! Clusters: how they come, what is said of them, where clients connect, and how they go.

use ninefold_kafka::host::{HostError, ListenerKind};
use serde_json::{Value as Json, json};

use crate::fixture::{ACCOUNT, Fixture, REGION, cluster_input, id_of, settle, text};

const ON: fn() -> Json = || json!({ "Enabled": true });

#[tokio::test]
async fn a_cluster_is_created_described_and_deleted() {
    let fixture = Fixture::new().await;
    let tags = json!({ "team": "shop" });
    let input = cluster_input("orders", json!({ "Tags": tags }));
    let created = fixture.call("CreateCluster", input.clone()).await.unwrap();
    let arn = text(&created["ClusterArn"]);
    assert_eq!(
        (&created["ClusterName"], &created["State"]),
        (&json!("orders"), &json!("CREATING"))
    );
    let prefix = format!("arn:aws:kafka:{REGION}:{ACCOUNT}:cluster/orders/");
    assert!(arn.starts_with(&prefix) && id_of(&arn).len() >= 38, "{arn}");
    let named = json!({ "ClusterArn": arn });
    let described = fixture.call("DescribeCluster", named.clone()).await.unwrap();
    assert_eq!(described["ClusterInfo"]["State"], "CREATING");
    let refused = fixture.refused("GetBootstrapBrokers", named.clone()).await;
    assert_eq!(refused.0, "ConflictException");
    settle().await;
    let described = fixture.described(&arn).await;
    let mut group = input["BrokerNodeGroupInfo"].clone();
    group["BrokerAZDistribution"] = json!("DEFAULT");
    group["ConnectivityInfo"] = json!({ "PublicAccess": { "Type": "DISABLED" }, "NetworkType": "IPV4" });
    let expected = json!({
        "ClusterArn": arn, "ClusterName": "orders", "State": "ACTIVE", "Tags": tags,
        "CreationTime": described["CreationTime"], "CurrentVersion": described["CurrentVersion"],
        "BrokerNodeGroupInfo": group, "ClientAuthentication": {},
        "CurrentBrokerSoftwareInfo": { "KafkaVersion": "3.8.x.kraft" },
        "EncryptionInfo": { "EncryptionInTransit": { "ClientBroker": "TLS_PLAINTEXT", "InCluster": true } },
        "EnhancedMonitoring": "DEFAULT", "NumberOfBrokerNodes": 3, "StorageMode": "LOCAL",
        "CustomerActionStatus": "NONE",
    });
    assert_eq!(described, expected);
    assert!(text(&described["CurrentVersion"]).starts_with('K'));
    let wrong = json!({ "ClusterArn": arn, "CurrentVersion": "K1" });
    let (code, message) = fixture.refused("DeleteCluster", wrong).await;
    assert_eq!(code, "BadRequestException");
    assert_eq!(
        message,
        "The version of the cluster isn't current. Check the current version and try again."
    );
    let deleted = fixture.call("DeleteCluster", named.clone()).await.unwrap();
    assert_eq!(deleted, json!({ "ClusterArn": arn, "State": "DELETING" }));
    settle().await;
    assert_eq!(fixture.host.settings(id_of(&arn)), None);
    let (code, message) = fixture.refused("DescribeCluster", named).await;
    assert_eq!(
        (&*code, &*message),
        ("NotFoundException", "The requested resource doesn't exist.")
    );
}

#[tokio::test]
async fn both_versions_of_the_api_show_the_same_cluster() {
    let fixture = Fixture::new().await;
    let mut provisioned = cluster_input("v2", json!({}));
    provisioned.as_object_mut().unwrap().remove("ClusterName");
    let input = json!({ "ClusterName": "v2", "Provisioned": provisioned });
    let created = fixture.done("CreateClusterV2", input).await;
    assert_eq!(
        (&created["ClusterType"], &created["State"]),
        (&json!("PROVISIONED"), &json!("CREATING"))
    );
    let named = json!({ "ClusterArn": created["ClusterArn"] });
    let first = fixture.done("DescribeCluster", named.clone()).await;
    let second = fixture.done("DescribeClusterV2", named).await;
    let (first, second) = (&first["ClusterInfo"], &second["ClusterInfo"]);
    for member in ["ClusterArn", "CurrentVersion", "State", "CreationTime"] {
        assert_eq!(first[member], second[member]);
    }
    assert_eq!(
        first["BrokerNodeGroupInfo"],
        second["Provisioned"]["BrokerNodeGroupInfo"]
    );
    assert_eq!(second["ClusterType"], "PROVISIONED");
}

#[tokio::test]
async fn a_serverless_cluster_has_iam_only() {
    let fixture = Fixture::new().await;
    let serverless = json!({
        "VpcConfigs": [{ "SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"] }],
        "ClientAuthentication": { "Sasl": { "Iam": ON() } },
    });
    let input = json!({ "ClusterName": "quick", "Serverless": serverless });
    let created = fixture.done("CreateClusterV2", input).await;
    let arn = text(&created["ClusterArn"]);
    assert!(id_of(&arn).rsplit('-').next().unwrap().starts_with('s'), "{arn}");
    let named = json!({ "ClusterArn": arn });
    let described = fixture.done("DescribeClusterV2", named.clone()).await;
    assert_eq!(described["ClusterInfo"]["Serverless"], serverless);
    assert_eq!(described["ClusterInfo"]["State"], "ACTIVE");
    let brokers = fixture.done("GetBootstrapBrokers", named.clone()).await;
    assert_eq!(
        brokers,
        json!({ "BootstrapBrokerStringSaslIam": "127.0.0.1:9000" })
    );
    let reboot = json!({ "ClusterArn": arn, "BrokerIds": ["1"] });
    for (operation, input) in [
        ("DescribeCluster", named.clone()),
        ("ListNodes", named),
        ("RebootBroker", reboot),
    ] {
        let (code, message) = fixture.refused(operation, input).await;
        assert_eq!(code, "BadRequestException");
        assert_eq!(
            message,
            "This operation cannot be performed on serverless clusters."
        );
    }
    assert_eq!(
        fixture.done("ListClusters", json!({})).await,
        json!({ "ClusterInfoList": [] })
    );
}

#[tokio::test]
async fn clients_connect_as_the_cluster_lets_them() {
    let fixture = Fixture::new().await;
    let everything = json!({
        "ClientAuthentication": { "Sasl": { "Scram": ON(), "Iam": ON() }, "Unauthenticated": ON() },
        "EncryptionInfo": { "EncryptionInTransit": { "ClientBroker": "TLS_PLAINTEXT" } },
        "NumberOfBrokerNodes": 2,
        "BrokerNodeGroupInfo": {
            "ClientSubnets": ["subnet-1", "subnet-2"], "InstanceType": "kafka.m5.large",
            "ConnectivityInfo": { "PublicAccess": { "Type": "SERVICE_PROVIDED_EIPS" } },
        },
    });
    let arn = fixture.cluster("open", everything).await;
    let brokers = fixture
        .done("GetBootstrapBrokers", json!({ "ClusterArn": arn }))
        .await;
    let pair = |first: u16| format!("127.0.0.1:{first},127.0.0.1:{}", first + 4);
    let expected = json!({
        "BootstrapBrokerString": pair(9000), "BootstrapBrokerStringTls": pair(9001),
        "BootstrapBrokerStringSaslScram": pair(9002), "BootstrapBrokerStringSaslIam": pair(9003),
        "BootstrapBrokerStringPublicTls": pair(9001), "BootstrapBrokerStringPublicSaslScram": pair(9002),
        "BootstrapBrokerStringPublicSaslIam": pair(9003),
    });
    assert_eq!(brokers, expected);
    let iam = json!({ "ClientAuthentication": { "Sasl": { "Iam": ON() } } });
    let arn = fixture.cluster("closed", iam).await;
    let brokers = fixture
        .done("GetBootstrapBrokers", json!({ "ClusterArn": arn }))
        .await;
    let names: Vec<&String> = brokers.as_object().unwrap().keys().collect();
    assert_eq!(names, ["BootstrapBrokerStringSaslIam"]);
    let settings = fixture.host.settings(id_of(&arn)).unwrap();
    assert_eq!(settings.listeners, [ListenerKind::SaslIam]);
    assert_eq!((settings.arn, settings.broker_count), (arn, 3));
    assert_eq!(settings.properties["default.replication.factor"], "3");
}

#[tokio::test]
async fn nodes_are_as_many_as_were_asked_for() {
    let fixture = Fixture::new().await;
    let arn = fixture
        .cluster("nodes", json!({ "NumberOfBrokerNodes": 6 }))
        .await;
    let named = json!({ "ClusterArn": arn, "MaxResults": 4 });
    let listed = fixture.done("ListNodes", named.clone()).await;
    let mut nodes = listed["NodeInfoList"].as_array().unwrap().clone();
    assert_eq!(nodes.len(), 4);
    let mut rest = named;
    rest["NextToken"] = listed["NextToken"].clone();
    let listed = fixture.done("ListNodes", rest).await;
    nodes.extend(listed["NodeInfoList"].as_array().unwrap().clone());
    assert_eq!((nodes.len(), listed.get("NextToken")), (6, None));
    for (number, node) in (1..).zip(&nodes) {
        let info = &node["BrokerNodeInfo"];
        assert_eq!(
            (&info["BrokerId"], &info["Endpoints"]),
            (&json!(number), &json!(["127.0.0.1"]))
        );
        assert_eq!(info["ClientVpcIpAddress"], "127.0.0.1");
        assert_eq!(
            (&node["NodeType"], &node["InstanceType"]),
            (&json!("BROKER"), &json!("kafka.m7g.large"))
        );
    }
    assert_eq!(nodes[3]["BrokerNodeInfo"]["ClientSubnet"], "subnet-1");
}

#[tokio::test]
async fn clusters_are_listed_by_name_and_type() {
    let fixture = Fixture::new().await;
    for name in ["a-1", "a-2", "b-1"] {
        fixture.cluster(name, json!({})).await;
    }
    let serverless = json!({
        "VpcConfigs": [{ "SubnetIds": ["subnet-1"] }], "ClientAuthentication": { "Sasl": { "Iam": ON() } },
    });
    let input = json!({ "ClusterName": "a-3", "Serverless": serverless });
    fixture.done("CreateClusterV2", input).await;
    for (operation, filter, expected) in [
        ("ListClusters", json!({}), vec!["a-1", "a-2", "b-1"]),
        (
            "ListClusters",
            json!({ "ClusterNameFilter": "a" }),
            vec!["a-1", "a-2"],
        ),
        ("ListClustersV2", json!({}), vec!["a-1", "a-2", "a-3", "b-1"]),
        (
            "ListClustersV2",
            json!({ "ClusterTypeFilter": "SERVERLESS" }),
            vec!["a-3"],
        ),
        (
            "ListClustersV2",
            json!({ "ClusterNameFilter": "a", "ClusterTypeFilter": "PROVISIONED" }),
            vec!["a-1", "a-2"],
        ),
        ("ListClustersV2", json!({ "ClusterNameFilter": "c" }), vec![]),
    ] {
        for limit in [1, 100] {
            let mut names = Vec::new();
            let mut input = filter.clone();
            input["MaxResults"] = json!(limit);
            loop {
                let listed = fixture.done(operation, input.clone()).await;
                let clusters = listed["ClusterInfoList"].as_array().unwrap();
                assert!(clusters.len() <= limit);
                names.extend(clusters.iter().map(|cluster| text(&cluster["ClusterName"])));
                match listed.get("NextToken") {
                    Some(token) => input["NextToken"] = token.clone(),
                    None => break,
                }
            }
            assert_eq!(names, expected, "{operation} {filter}");
        }
    }
    let wrong = json!({ "ClusterTypeFilter": "OTHER" });
    assert_eq!(
        fixture.refused("ListClustersV2", wrong).await.0,
        "BadRequestException"
    );
}

#[tokio::test]
async fn what_makes_no_cluster_is_refused() {
    let fixture = Fixture::new().await;
    fixture.cluster("taken", json!({})).await;
    let group = |change: Json| {
        let mut group = json!({ "ClientSubnets": ["s-1", "s-2", "s-3"], "InstanceType": "kafka.m5.large" });
        for (member, value) in change.as_object().unwrap() {
            group[member] = value.clone();
        }
        json!({ "BrokerNodeGroupInfo": group })
    };
    for (name, others, expected) in [
        (
            "under_score",
            json!({}),
            "The parameter value contains one or more characters that are not valid.",
        ),
        (
            "-hyphen",
            json!({}),
            "The parameter value contains one or more characters that are not valid.",
        ),
        (
            "x",
            json!({ "KafkaVersion": "2.8.1" }),
            "Unsupported KafkaVersion [2.8.1]. Valid values: [3.6.0, 3.7.x",
        ),
        (
            "x",
            json!({ "NumberOfBrokerNodes": 4 }),
            "must be a multiple of the number of Availability Zones",
        ),
        (
            "x",
            json!({ "NumberOfBrokerNodes": 16 }),
            "failed to satisfy constraint",
        ),
        (
            "x",
            group(json!({ "InstanceType": "m5.large" })),
            "Unsupported InstanceType [m5.large].",
        ),
        (
            "x",
            group(json!({ "ClientSubnets": [] })),
            "Specify either two or three client subnets.",
        ),
        (
            "x",
            group(json!({ "ClientSubnets": ["s", "s", "t"] })),
            "Specify either two or three client subnets.",
        ),
        (
            "x",
            group(json!({ "ConnectivityInfo": { "PublicAccess": { "Type": "ALL" } } })),
            "DISABLED or SERVICE",
        ),
        (
            "x",
            group(
                json!({ "ConnectivityInfo": { "VpcConnectivity": { "ClientAuthentication": { "Sasl": { "Iam": ON() } } } } }),
            ),
            "VPC connections do not exist on this server",
        ),
        (
            "x",
            group(json!({ "InstanceType": "express.m7g.large", "StorageInfo": {} })),
            "Express brokers can't be set",
        ),
        (
            "x",
            json!({ "Rebalancing": { "Status": "ACTIVE" } }),
            "only for clusters with Express brokers",
        ),
        (
            "x",
            json!({ "ClientAuthentication": { "Tls": ON() } }),
            "AWS Private CA",
        ),
        (
            "x",
            json!({ "ConfigurationInfo": { "Arn": "x", "Revision": 1 } }),
            "Invalid Configuration ARN.",
        ),
        (
            "x",
            json!({ "EnhancedMonitoring": "ALL" }),
            "failed to satisfy constraint",
        ),
        (
            "x",
            json!({ "Tags": { "aws:x": "y" } }),
            "keys must not begin with aws:",
        ),
    ] {
        let (code, message) = fixture
            .refused("CreateCluster", cluster_input(name, others.clone()))
            .await;
        assert_eq!(code, "BadRequestException", "{others}");
        assert!(message.contains(expected), "{others}: {message}");
    }
    let (code, message) = fixture
        .refused("CreateCluster", cluster_input("taken", json!({})))
        .await;
    assert_eq!(
        (&*code, &*message),
        ("ConflictException", "A resource with this name already exists.")
    );
    for input in [
        json!({ "ClusterName": "x" }),
        json!({ "ClusterName": "x", "Serverless": { "VpcConfigs": [] } }),
        json!({ "ClusterName": "x", "Serverless": { "VpcConfigs": [{ "SubnetIds": ["s"] }] } }),
    ] {
        assert_eq!(
            fixture.refused("CreateClusterV2", input).await.0,
            "BadRequestException"
        );
    }
    let listed = fixture.done("ListClustersV2", json!({})).await;
    assert_eq!(listed["ClusterInfoList"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn express_brokers_rebalance_by_themselves() {
    let fixture = Fixture::new().await;
    let express = json!({
        "BrokerNodeGroupInfo": { "ClientSubnets": ["s-1", "s-2", "s-3"], "InstanceType": "express.m7g.large" },
    });
    let arn = fixture.cluster("express", express).await;
    let described = fixture.described(&arn).await;
    assert_eq!(described["Rebalancing"], json!({ "Status": "ACTIVE" }));
    assert_eq!(described.get("StorageMode"), None);
}

#[tokio::test]
async fn clusters_are_where_they_were_after_a_restart() {
    let mut fixture = Fixture::new().await;
    let arn = fixture.cluster("lasting", json!({})).await;
    let named = json!({ "ClusterArn": arn });
    let before = fixture.done("GetBootstrapBrokers", named.clone()).await;
    let described = fixture.described(&arn).await;
    fixture.reopen().await;
    assert!(fixture.host.settings(id_of(&arn)).is_some());
    assert_eq!(fixture.done("GetBootstrapBrokers", named).await, before);
    assert_eq!(fixture.described(&arn).await, described);
}

#[tokio::test]
async fn a_cluster_that_cannot_be_opened_has_failed_until_it_can() {
    let mut fixture = Fixture::new().await;
    fixture
        .host
        .fail_once(HostError::Failed("no port is free".to_owned()));
    let arn = fixture.cluster("unlucky", json!({})).await;
    let described = fixture.described(&arn).await;
    assert_eq!(described["State"], "FAILED");
    assert_eq!(described["StateInfo"]["Message"], "no port is free");
    let topics = json!({ "ClusterArn": arn });
    assert_eq!(
        fixture.refused("ListTopics", topics).await.0,
        "BadRequestException"
    );
    fixture.reopen().await;
    assert_eq!(fixture.described(&arn).await["State"], "ACTIVE");
    assert_eq!(fixture.described(&arn).await.get("StateInfo"), None);
}

/// With it ends everything that had no time to run, as at the end of a process.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

#[test]
fn what_was_interrupted_goes_on() {
    let fixture = runtime().block_on(async {
        let fixture = Fixture::new().await;
        fixture
            .call("CreateCluster", cluster_input("half", json!({})))
            .await
            .unwrap();
        fixture
    });
    let fixture = runtime().block_on(async {
        let mut fixture = fixture;
        let listed = fixture.call("ListClusters", json!({})).await.unwrap();
        assert_eq!(listed["ClusterInfoList"][0]["State"], "CREATING");
        fixture.reopen().await;
        let arn = text(&fixture.done("ListClusters", json!({})).await["ClusterInfoList"][0]["ClusterArn"]);
        let described = fixture.described(&arn).await;
        assert_eq!(described["State"], "ACTIVE");
        let wanted = json!({
            "ClusterArn": arn, "CurrentVersion": described["CurrentVersion"], "TargetInstanceType": "kafka.m7g.xlarge",
        });
        fixture.call("UpdateBrokerType", wanted).await.unwrap();
        fixture
    });
    runtime().block_on(async {
        let mut fixture = fixture;
        fixture.reopen().await;
        let listed = fixture.done("ListClusters", json!({})).await;
        let cluster = &listed["ClusterInfoList"][0];
        assert_eq!(cluster["State"], "ACTIVE");
        assert_eq!(cluster["BrokerNodeGroupInfo"]["InstanceType"], "kafka.m7g.xlarge");
        let named = json!({ "ClusterArn": cluster["ClusterArn"] });
        let operations = fixture.done("ListClusterOperations", named).await;
        assert_eq!(
            operations["ClusterOperationInfoList"][0]["OperationState"],
            "UPDATE_COMPLETE"
        );
    });
}

#[test]
fn a_deletion_goes_on() {
    let fixture = runtime().block_on(async {
        let fixture = Fixture::new().await;
        let arn = fixture.cluster("gone", json!({})).await;
        fixture
            .call("DeleteCluster", json!({ "ClusterArn": arn }))
            .await
            .unwrap();
        fixture
    });
    runtime().block_on(async {
        let mut fixture = fixture;
        let listed = fixture.call("ListClusters", json!({})).await.unwrap();
        assert_eq!(listed["ClusterInfoList"][0]["State"], "DELETING");
        fixture.reopen().await;
        assert_eq!(
            fixture.done("ListClusters", json!({})).await,
            json!({ "ClusterInfoList": [] })
        );
        fixture.cluster("gone", json!({})).await;
    });
}
