//! Configurations and their revisions.

use serde_json::{Value as Json, json};

use crate::fixture::{ACCOUNT, Fixture, REGION, text};

async fn configuration(fixture: &Fixture, name: &str, properties: &str) -> String {
    let input = json!({ "Name": name, "Description": "first", "ServerProperties": properties });
    text(&fixture.done("CreateConfiguration", input).await["Arn"])
}

#[tokio::test]
async fn a_configuration_has_revisions() {
    let fixture = Fixture::new().await;
    let properties = "auto.create.topics.enable = true\n# as many as we need\nnum.partitions=3\n";
    let input = json!({
        "Name": "shop", "Description": "first", "KafkaVersions": ["3.8.x.kraft"], "ServerProperties": properties,
    });
    let created = fixture.done("CreateConfiguration", input).await;
    let arn = text(&created["Arn"]);
    assert!(
        arn.starts_with(&format!("arn:aws:kafka:{REGION}:{ACCOUNT}:configuration/shop/")),
        "{arn}"
    );
    let time = &created["CreationTime"];
    let first = json!({ "CreationTime": time, "Description": "first", "Revision": 1 });
    let expected = json!({
        "Arn": arn, "CreationTime": time, "LatestRevision": first, "Name": "shop", "State": "ACTIVE",
    });
    assert_eq!(created, expected);
    let update = json!({ "Arn": arn, "Description": "second", "ServerProperties": "num.partitions=5" });
    let updated = fixture.done("UpdateConfiguration", update).await;
    let second = json!({ "CreationTime": time, "Description": "second", "Revision": 2 });
    assert_eq!(updated, json!({ "Arn": arn, "LatestRevision": second }));
    let described = fixture.done("DescribeConfiguration", json!({ "Arn": arn })).await;
    let expected = json!({
        "Arn": arn, "CreationTime": time, "Description": "first", "KafkaVersions": ["3.8.x.kraft"],
        "LatestRevision": second, "Name": "shop", "State": "ACTIVE",
    });
    assert_eq!(described, expected);
    let named = json!({ "Arn": arn, "Revision": 1 });
    let revision = fixture.done("DescribeConfigurationRevision", named).await;
    let expected = json!({
        "Arn": arn, "CreationTime": time, "Description": "first", "Revision": 1, "ServerProperties": properties,
    });
    assert_eq!(revision, expected);
    let listed = fixture
        .done(
            "ListConfigurationRevisions",
            json!({ "Arn": arn, "MaxResults": 1 }),
        )
        .await;
    assert_eq!(listed["Revisions"], json!([first]));
    let rest = json!({ "Arn": arn, "NextToken": listed["NextToken"] });
    let listed = fixture.done("ListConfigurationRevisions", rest).await;
    assert_eq!(listed, json!({ "Revisions": [second] }));
    let listed = fixture.done("ListConfigurations", json!({})).await;
    assert_eq!(listed, json!({ "Configurations": [described] }));
}

#[tokio::test]
async fn configurations_in_use_stay() {
    let mut fixture = Fixture::new().await;
    let arn = configuration(&fixture, "used", "num.partitions=3").await;
    let info = json!({ "ConfigurationInfo": { "Arn": arn, "Revision": 1 } });
    let cluster = fixture.cluster("user", info).await;
    let named = json!({ "Arn": arn });
    let (code, message) = fixture.refused("DeleteConfiguration", named.clone()).await;
    assert_eq!(code, "BadRequestException");
    assert_eq!(
        message,
        "Configuration is in use by one or more clusters. Dissociate the configuration from the clusters."
    );
    fixture
        .done("DeleteCluster", json!({ "ClusterArn": cluster }))
        .await;
    let deleted = fixture.done("DeleteConfiguration", named.clone()).await;
    assert_eq!(deleted, json!({ "Arn": arn, "State": "DELETING" }));
    fixture.reopen().await;
    for operation in [
        "DescribeConfiguration",
        "DeleteConfiguration",
        "ListConfigurationRevisions",
    ] {
        let (code, message) = fixture.refused(operation, named.clone()).await;
        assert_eq!(
            (&*code, &*message),
            ("BadRequestException", "Configuration ARN does not exist.")
        );
    }
    let again = configuration(&fixture, "used", "num.partitions=3").await;
    assert_ne!(again, arn);
}

#[tokio::test]
async fn what_is_no_configuration_is_refused() {
    let fixture = Fixture::new().await;
    let arn = configuration(&fixture, "shop", "").await;
    let create = |name: &str, properties: &str| json!({ "Name": name, "ServerProperties": properties });
    let long = "#".repeat(16_385);
    let cases: [(&str, Json, &str); 9] = [
        (
            "CreateConfiguration",
            create("a_b", ""),
            "characters that are not valid",
        ),
        ("CreateConfiguration", create("", ""), "must not be empty"),
        (
            "CreateConfiguration",
            create("x", "no.such.key=1"),
            "Key 'no.such.key' is not supported",
        ),
        (
            "CreateConfiguration",
            create("x", "num.partitions=0"),
            "Value '0' of key 'num.partitions' is not valid",
        ),
        (
            "CreateConfiguration",
            create("x", &long),
            "no more than 16384 bytes",
        ),
        (
            "CreateConfiguration",
            json!({ "Name": "x", "ServerProperties": "", "KafkaVersions": ["9.9"] }),
            "Unsupported KafkaVersion [9.9].",
        ),
        (
            "UpdateConfiguration",
            json!({ "Arn": arn, "ServerProperties": "x=y" }),
            "Key 'x' is not supported",
        ),
        (
            "DescribeConfigurationRevision",
            json!({ "Arn": arn, "Revision": 2 }),
            "revision does not exist",
        ),
        (
            "DescribeConfiguration",
            json!({ "Arn": "shop" }),
            "Invalid Configuration ARN.",
        ),
    ];
    for (operation, input, expected) in cases {
        let (code, message) = fixture.refused(operation, input.clone()).await;
        assert_eq!(code, "BadRequestException", "{input}");
        assert!(message.contains(expected), "{input}: {message}");
    }
    let (code, message) = fixture.refused("CreateConfiguration", create("shop", "")).await;
    assert_eq!(
        (&*code, &*message),
        ("ConflictException", "A resource with this name already exists.")
    );
}

#[tokio::test]
async fn revisions_have_an_end() {
    let fixture = Fixture::new().await;
    let arn = configuration(&fixture, "many", "").await;
    let update = json!({ "Arn": arn, "ServerProperties": "" });
    for _ in 1..50 {
        fixture.done("UpdateConfiguration", update.clone()).await;
    }
    let (_, message) = fixture.refused("UpdateConfiguration", update).await;
    assert_eq!(message, "A configuration can have no more than 50 revisions.");
}

#[tokio::test]
async fn versions_of_kafka_are_listed() {
    let fixture = Fixture::new().await;
    let listed = fixture.done("ListKafkaVersions", json!({})).await;
    let versions = listed["KafkaVersions"].as_array().unwrap();
    let active = json!({ "Version": "4.1.x.kraft", "Status": "ACTIVE" });
    let deprecated = json!({ "Version": "2.8.1", "Status": "DEPRECATED" });
    assert!(versions.contains(&active) && versions.contains(&deprecated));
    let page = fixture
        .done("ListKafkaVersions", json!({ "MaxResults": 30 }))
        .await;
    let rest = json!({ "NextToken": page["NextToken"] });
    let rest = fixture.done("ListKafkaVersions", rest).await;
    let together = [&page, &rest].map(|page| page["KafkaVersions"].as_array().unwrap().len());
    assert_eq!(together.iter().sum::<usize>(), versions.len());
    let arn = fixture.cluster("shop", json!({})).await;
    let compatible = fixture
        .done("GetCompatibleKafkaVersions", json!({ "ClusterArn": arn }))
        .await;
    let targets = ["3.9.x.kraft", "4.0.x.kraft", "4.1.x.kraft"];
    let expected = json!([{ "SourceVersion": "3.8.x.kraft", "TargetVersions": targets }]);
    assert_eq!(compatible, json!({ "CompatibleKafkaVersions": expected }));
    let all = fixture.done("GetCompatibleKafkaVersions", json!({})).await;
    assert!(all["CompatibleKafkaVersions"].as_array().unwrap().len() > 4);
}
