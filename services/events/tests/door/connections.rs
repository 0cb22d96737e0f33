//! What EventBridge tells of connections on the default bus.

use serde_json::{Value as Json, json};

use crate::fixture::{ACCOUNT, Fixture, REGION, settle};

/// Detail types, in the order they came; checks what all of these events have.
fn told(events: &[Json], connection_arn: &str) -> Vec<String> {
    let types = events.iter().map(|event| {
        assert_eq!(
            (&event["source"], &event["account"]),
            (&json!("aws.events"), &json!(ACCOUNT))
        );
        assert_eq!(
            (&event["region"], &event["resources"]),
            (&json!(REGION), &json!([connection_arn]))
        );
        let written = event["time"]
            .as_str()
            .unwrap()
            .replace('T', " ")
            .replace('Z', " +0000 UTC");
        let detail = json!({ "ConnectionName": "shop", "Timestamp": written });
        assert_eq!(event["detail"], detail);
        event["detail-type"].as_str().unwrap().to_owned()
    });
    types.collect()
}

#[tokio::test]
async fn what_happens_to_a_connection_is_told_on_the_default_bus() {
    let fixture = Fixture::new().await;
    let queue = fixture.queue("told").await;
    let pattern = json!({ "source": ["aws.events"], "detail-type": [{ "prefix": "Connection " }] });
    fixture.rule("default", "connections", pattern, &queue).await;
    let parameters =
        |password: &str| json!({ "BasicAuthParameters": { "Username": "u", "Password": password } });
    let created = fixture
        .done(
            "CreateConnection",
            json!({ "Name": "shop", "AuthorizationType": "BASIC", "AuthParameters": parameters("one") }),
        )
        .await;
    let arn = created["ConnectionArn"].as_str().unwrap();
    let shop = json!({ "Name": "shop" });
    for (operation, input, expected) in [
        (
            "DescribeConnection",
            &shop,
            &["Creation Started", "Authorized"][..],
        ),
        (
            "UpdateConnection",
            &json!({ "Name": "shop", "Description": "To the shop" }),
            &["Update Started"],
        ),
        (
            "UpdateConnection",
            &json!({ "Name": "shop", "AuthParameters": parameters("two") }),
            &["Update Started", "Authorized"],
        ),
        (
            "DeauthorizeConnection",
            &shop,
            &["Deauthorization Started", "Deauthorized"],
        ),
        ("DeleteConnection", &shop, &["Deletion Started"]),
    ] {
        fixture.done(operation, input.clone()).await;
        settle().await;
        let expected: Vec<_> = expected.iter().map(|end| format!("Connection {end}")).collect();
        assert_eq!(
            told(&fixture.received("told").await, arn),
            expected,
            "{operation}"
        );
    }
    let refused = fixture.refused("DeleteConnection", shop).await;
    assert_eq!(refused.0, "ResourceNotFoundException");
    settle().await;
    assert_eq!(fixture.received("told").await, Vec::<Json>::new());
}
