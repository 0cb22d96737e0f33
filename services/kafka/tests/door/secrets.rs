//! SCRAM secrets: which a cluster has, and who can authenticate then.

use serde_json::{Value as Json, json};

use crate::fixture::{ACCOUNT, Fixture, REGION, id_of, settle, text};

fn scram() -> Json {
    json!({ "ClientAuthentication": { "Sasl": { "Scram": { "Enabled": true } } } })
}

fn pairs(fixture: &Fixture, arn: &str) -> Vec<(String, String)> {
    fixture.host.credentials(id_of(arn))
}

fn pair(username: &str, password: &str) -> (String, String) {
    (username.to_owned(), password.to_owned())
}

#[tokio::test]
async fn secrets_let_users_in() {
    let mut fixture = Fixture::new().await;
    let arn = fixture.cluster("shop", scram()).await;
    let alice = fixture.secrets.put("AmazonMSK_alice", "alice", "one");
    let bob = fixture.secrets.put("AmazonMSK_bob", "bob", "two");
    let unknown = alice.replace("alice", "carol");
    let input = json!({ "ClusterArn": arn, "SecretArnList": [alice, bob, unknown, "x"] });
    let answer = fixture.done("BatchAssociateScramSecret", input).await;
    assert_eq!(answer["ClusterArn"], arn);
    let unprocessed = answer["UnprocessedScramSecrets"].as_array().unwrap();
    let expected = json!({
        "ErrorCode": "InvalidSecretArn", "ErrorMessage": "Amazon MSK wasn't able to access the provided secret.",
        "SecretArn": unknown,
    });
    assert_eq!((unprocessed.len(), &unprocessed[0]), (2, &expected));
    assert_eq!(pairs(&fixture, &arn), [pair("alice", "one"), pair("bob", "two")]);
    let listed = fixture
        .done("ListScramSecrets", json!({ "ClusterArn": arn, "MaxResults": 1 }))
        .await;
    assert_eq!(listed["SecretArnList"], json!([alice]));
    fixture.reopen().await;
    assert_eq!(pairs(&fixture, &arn).len(), 2);
    let input = json!({ "ClusterArn": arn, "SecretArnList": [alice, unknown] });
    let answer = fixture.done("BatchDisassociateScramSecret", input).await;
    assert_eq!(answer["UnprocessedScramSecrets"].as_array().unwrap().len(), 1);
    assert_eq!(pairs(&fixture, &arn), [pair("bob", "two")]);
    let listed = fixture
        .done("ListScramSecrets", json!({ "ClusterArn": arn }))
        .await;
    assert_eq!(listed, json!({ "SecretArnList": [bob] }));
}

#[tokio::test]
async fn a_changed_password_counts_after_a_while() {
    let fixture = Fixture::new().await;
    let running = tokio::spawn(fixture.door.clone().run());
    let arn = fixture.cluster("shop", scram()).await;
    let alice = fixture.secrets.put("AmazonMSK_alice", "alice", "one");
    let input = json!({ "ClusterArn": arn, "SecretArnList": [alice] });
    fixture.done("BatchAssociateScramSecret", input).await;
    fixture.secrets.put("AmazonMSK_alice", "alice", "two");
    settle().await;
    assert_eq!(pairs(&fixture, &arn), [pair("alice", "one")]);
    let next = fixture.clock.next_deadline().unwrap();
    fixture.clock.advance_to(next);
    settle().await;
    assert_eq!(pairs(&fixture, &arn), [pair("alice", "two")]);
    running.abort();
}

#[tokio::test]
async fn what_is_no_secret_of_a_cluster_is_refused() {
    let fixture = Fixture::new().await;
    let arn = fixture.cluster("shop", scram()).await;
    let elsewhere = format!("arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:AmazonMSK_x");
    let misnamed = format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:x");
    for (secret, expected) in [
        (
            elsewhere,
            "Secrets must be in the account and region of the cluster.",
        ),
        (misnamed, "Secret names must have the prefix 'AmazonMSK_'"),
    ] {
        let input = json!({ "ClusterArn": arn, "SecretArnList": [secret] });
        let answer = fixture.done("BatchAssociateScramSecret", input).await;
        let message = text(&answer["UnprocessedScramSecrets"][0]["ErrorMessage"]);
        assert!(message.ends_with(expected), "{message}");
    }
    let plain = fixture.cluster("plain", json!({})).await;
    let eleven = ["x"; 11];
    for (arn, secrets, expected) in [
        (
            &plain,
            &eleven[..1],
            "SASL/SCRAM authentication is not turned on for the cluster.",
        ),
        (&arn, &eleven[..], "Specify between 1 and 10 secrets."),
        (&arn, &eleven[..0], "Specify between 1 and 10 secrets."),
    ] {
        let input = json!({ "ClusterArn": arn, "SecretArnList": secrets });
        let (code, message) = fixture.refused("BatchAssociateScramSecret", input).await;
        assert_eq!((&*code, &*message), ("BadRequestException", expected));
    }
}
