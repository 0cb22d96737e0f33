//! Cluster policies, which brokers know too, and tags.

use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, cluster_input, id_of, text};

fn policy(arn: &str) -> String {
    let statement = json!({
        "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::210987654321:root" },
        "Action": ["kafka:GetBootstrapBrokers", "kafka-cluster:*"], "Resource": arn,
    });
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

#[tokio::test]
async fn a_policy_is_put_changed_and_deleted() {
    let fixture = Fixture::new().await;
    let arn = fixture.cluster("shared", json!({})).await;
    let named = json!({ "ClusterArn": arn });
    assert_eq!(
        fixture.refused("GetClusterPolicy", named.clone()).await.0,
        "NotFoundException"
    );
    let put = json!({ "ClusterArn": arn, "Policy": policy(&arn) });
    let version = fixture.done("PutClusterPolicy", put.clone()).await["CurrentVersion"].clone();
    let got = fixture.done("GetClusterPolicy", named.clone()).await;
    assert_eq!(got, json!({ "CurrentVersion": version, "Policy": policy(&arn) }));
    let known = fixture.host.settings(id_of(&arn)).unwrap().policy;
    assert_eq!(known, Some(policy(&arn)));
    fixture.done("GetBootstrapBrokers", named.clone()).await;
    let asked = fixture.notes.asked.lock().last().cloned().unwrap();
    assert_eq!(
        asked,
        (
            "kafka:GetBootstrapBrokers".to_owned(),
            arn.clone(),
            Some(policy(&arn))
        )
    );
    let mut stale = put.clone();
    stale["CurrentVersion"] = json!("K1");
    let (code, message) = fixture.refused("PutClusterPolicy", stale).await;
    assert_eq!(code, "BadRequestException");
    assert!(
        message.starts_with("The version of the cluster policy isn't current."),
        "{message}"
    );
    let mut current = put;
    current["CurrentVersion"] = version.clone();
    assert_ne!(
        fixture.done("PutClusterPolicy", current).await["CurrentVersion"],
        version
    );
    assert_eq!(
        fixture.done("DeleteClusterPolicy", named.clone()).await,
        json!({})
    );
    assert_eq!(fixture.host.settings(id_of(&arn)).unwrap().policy, None);
    assert_eq!(
        fixture.refused("DeleteClusterPolicy", named).await.0,
        "NotFoundException"
    );
    let long = format!("{}{}", policy(&arn), " ".repeat(20_480));
    for (wrong, expected) in [
        ("{}", "The policy is not valid: "),
        (&*long, "no more than 20480 bytes"),
    ] {
        let put = json!({ "ClusterArn": arn, "Policy": wrong });
        let (_, message) = fixture.refused("PutClusterPolicy", put).await;
        assert!(message.contains(expected), "{message}");
    }
}

#[tokio::test]
async fn tags_come_and_go() {
    let fixture = Fixture::new().await;
    let arn = fixture
        .cluster("tagged", json!({ "Tags": { "a": "1", "b": "2" } }))
        .await;
    let tag = json!({ "ResourceArn": arn, "Tags": { "b": "3", "c": "" } });
    assert_eq!(fixture.done("TagResource", tag).await, json!({}));
    let untag = json!({ "ResourceArn": arn, "TagKeys": ["a", "x"] });
    assert_eq!(fixture.done("UntagResource", untag).await, json!({}));
    let tags = json!({ "Tags": { "b": "3", "c": "" } });
    let named = json!({ "ResourceArn": arn });
    assert_eq!(fixture.done("ListTagsForResource", named).await, tags);
    assert_eq!(fixture.described(&arn).await["Tags"], tags["Tags"]);
    let many: serde_json::Map<String, Json> = (0..49).map(|number| (number.to_string(), json!(""))).collect();
    let (long_key, long_value) = ("k".repeat(129), "v".repeat(257));
    for tags in [
        json!(many),
        json!({ "": "" }),
        json!({ long_key: "" }),
        json!({ "k": long_value }),
        json!({ "AWS:k": "" }),
    ] {
        let tag = json!({ "ResourceArn": arn, "Tags": tags });
        assert_eq!(fixture.refused("TagResource", tag).await.0, "BadRequestException");
    }
    let gone = arn.replace("tagged", "missing");
    let named = json!({ "ResourceArn": gone });
    assert_eq!(
        fixture.refused("ListTagsForResource", named).await.0,
        "NotFoundException"
    );
    let too_many = cluster_input(
        "x",
        json!({ "Tags": (0..51).map(|number| (number.to_string(), json!(""))).collect::<serde_json::Map<_, _>>() }),
    );
    let (_, message) = fixture.refused("CreateCluster", too_many).await;
    assert_eq!(message, "A resource can have no more than 50 tags.");
    assert_eq!(text(&fixture.described(&arn).await["ClusterArn"]), arn);
}
