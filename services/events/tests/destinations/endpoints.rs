use serde_json::{Value as Json, json};

use crate::fixture::{ACCOUNT, Fixture, REGION, text};
use crate::server::{Answer, Server};

fn bus(region: &str, name: &str) -> Json {
    json!({"EventBusArn": format!("arn:aws:events:{region}:{ACCOUNT}:event-bus/{name}")})
}

fn create(buses: &[Json], secondary: &str) -> Json {
    json!({
        "Name": "shop-endpoint", "Description": "both regions",
        "RoutingConfig": {"FailoverConfig": {
            "Primary": {"HealthCheck": "arn:aws:route53:::healthcheck/0123-abcd"},
            "Secondary": {"Route": secondary},
        }},
        "ReplicationConfig": {"State": "DISABLED"},
        "EventBuses": buses,
    })
}

#[tokio::test]
async fn an_endpoint_lives() {
    let fixture = Fixture::new().await;
    fixture.done("CreateEventBus", json!({"Name": "shop"})).await;
    let input = create(&[bus(REGION, "shop"), bus("us-east-1", "shop")], "us-east-1");
    let created = fixture.done("CreateEndpoint", input.clone()).await;
    let arn = format!("arn:aws:events:{REGION}:{ACCOUNT}:endpoint/shop-endpoint");
    for (name, value) in [("Arn", json!(arn)), ("State", json!("ACTIVE"))] {
        assert_eq!(created[name], value);
    }
    for name in ["RoutingConfig", "ReplicationConfig", "EventBuses"] {
        assert_eq!(created[name], input[name]);
    }
    let described = fixture
        .done("DescribeEndpoint", json!({"Name": "shop-endpoint"}))
        .await;
    assert_eq!(described["Description"], "both regions");
    let id = text(&described, "EndpointId");
    let (one, other) = id.split_once('.').unwrap();
    assert_eq!((one.len(), other.len()), (10, 3));
    assert_eq!(described["EndpointUrl"], "http://localhost:4566");

    let elsewhere = json!({"Name": "shop-endpoint", "HomeRegion": REGION});
    let elsewhere = fixture
        .call_in("us-east-1", "DescribeEndpoint", elsewhere)
        .await
        .unwrap();
    assert_eq!(elsewhere, described);
    let updated = fixture
        .done(
            "UpdateEndpoint",
            json!({"Name": "shop-endpoint", "Description": "changed"}),
        )
        .await;
    assert_eq!(updated["EndpointId"], id);
    let listed = fixture.done("ListEndpoints", json!({"NamePrefix": "shop"})).await;
    assert_eq!(listed["Endpoints"][0]["Description"], "changed");
    let listed = fixture
        .call_in("us-east-1", "ListEndpoints", json!({}))
        .await
        .unwrap();
    assert_eq!(listed["Endpoints"], json!([]));
    fixture
        .done("DeleteEndpoint", json!({"Name": "shop-endpoint"}))
        .await;
    for operation in ["DescribeEndpoint", "UpdateEndpoint", "DeleteEndpoint"] {
        let refused = fixture.refused(operation, json!({"Name": "shop-endpoint"})).await;
        assert_eq!(refused.0, "ResourceNotFoundException");
    }
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let fixture = Fixture::new().await;
    fixture.done("CreateEventBus", json!({"Name": "shop"})).await;
    let (here, there) = (bus(REGION, "shop"), bus("us-east-1", "shop"));
    let fine = create(&[here.clone(), there.clone()], "us-east-1");
    let with = |name: &str, value: Json| {
        let mut input = fine.clone();
        input[name] = value;
        input
    };
    let mut without_replication = fine.clone();
    without_replication
        .as_object_mut()
        .unwrap()
        .remove("ReplicationConfig");
    for (input, code, says) in [
        (
            with("ReplicationConfig", json!({"State": "ENABLED"})),
            "ValidationException",
            "does not exist on this server",
        ),
        (
            with("ReplicationConfig", json!({})),
            "ValidationException",
            "does not exist on this server",
        ),
        (
            without_replication,
            "ValidationException",
            "does not exist on this server",
        ),
        (
            create(&[here.clone(), bus("us-east-1", "other")], "us-east-1"),
            "ValidationException",
            "must be identical",
        ),
        (
            create(&[here.clone(), here.clone()], "us-east-1"),
            "ValidationException",
            "must be in eu-central-1",
        ),
        (
            create(&[here.clone(), there.clone()], "us-west-2"),
            "ValidationException",
            "of the secondary route",
        ),
        (
            create(&[there.clone(), bus("us-west-2", "shop")], "us-west-2"),
            "ValidationException",
            "must be in",
        ),
        (
            create(std::slice::from_ref(&here), "us-east-1"),
            "ValidationException",
            "length",
        ),
        (
            create(&[bus(REGION, "absent"), bus("us-east-1", "absent")], "us-east-1"),
            "ResourceNotFoundException",
            "Event bus absent does not exist.",
        ),
    ] {
        let (found, message) = fixture.refused("CreateEndpoint", input.clone()).await;
        assert_eq!(found, code, "{input}: {message}");
        assert!(message.contains(says), "{input}: {message}");
    }
    // The order of the buses is of no importance.
    fixture
        .done("CreateEndpoint", create(&[there, here], "us-east-1"))
        .await;
    let (code, _) = fixture.refused("CreateEndpoint", fine).await;
    assert_eq!(code, "ResourceAlreadyExistsException");
}

#[tokio::test]
async fn events_for_an_endpoint_go_to_its_primary_bus() {
    let fixture = Fixture::new().await;
    let server = Server::start(Answer::status(200)).await;
    let connection = fixture.basic_connection("c").await;
    let destination = fixture.destination("api", &connection, &server.url("/")).await;
    fixture.done("CreateEventBus", json!({"Name": "shop"})).await;
    let rule = json!({"Name": "all", "EventBusName": "shop", "EventPattern": r#"{"source": ["shop"]}"#});
    fixture.done("PutRule", rule).await;
    let targets =
        json!({"Rule": "all", "EventBusName": "shop", "Targets": [{"Id": "t", "Arn": destination}]});
    fixture.done("PutTargets", targets).await;
    let input = create(&[bus(REGION, "shop"), bus("us-east-1", "shop")], "us-east-1");
    fixture.done("CreateEndpoint", input).await;
    let described = fixture
        .done("DescribeEndpoint", json!({"Name": "shop-endpoint"}))
        .await;
    let id = text(&described, "EndpointId");

    let put = |id: &str, bus: Option<&str>| {
        let mut entry = json!({"Source": "shop", "DetailType": "order", "Detail": "{}"});
        if let Some(bus) = bus {
            entry["EventBusName"] = json!(bus);
        }
        json!({"EndpointId": id, "Entries": [entry]})
    };
    // Whatever the region that the client means.
    let output = fixture
        .call_in("us-east-1", "PutEvents", put(&id, Some("shop")))
        .await
        .unwrap();
    assert_eq!(output["FailedEntryCount"], 0);
    fixture
        .until("the event has come", async || server.count() == 1)
        .await;
    let event: Json = serde_json::from_str(server.received()[0].text()).unwrap();
    assert_eq!(event["region"], REGION);

    let (code, message) = fixture
        .refused("PutEvents", put("unknown.abc", Some("shop")))
        .await;
    assert_eq!(
        (&*code, &*message),
        (
            "ResourceNotFoundException",
            "Endpoint unknown.abc does not exist."
        )
    );
    for bus in [None, Some("other")] {
        let (code, message) = fixture.refused("PutEvents", put(&id, bus)).await;
        assert_eq!(code, "ValidationException");
        assert!(message.contains("not the event bus of the endpoint"), "{message}");
    }
}
