use serde_json::{Value as Json, json};

use crate::fixture::{ACCOUNT, Fixture, REGION, text};

const URL: &str = "https://api.example.com/orders/*";

#[tokio::test]
async fn an_api_destination_lives() {
    let fixture = Fixture::new().await;
    let connection = fixture.basic_connection("c").await;
    let input = json!({
        "Name": "api", "Description": "orders", "ConnectionArn": connection, "InvocationEndpoint": URL, "HttpMethod": "POST",
    });
    let created = fixture.done("CreateApiDestination", input).await;
    let arn = text(&created, "ApiDestinationArn");
    let prefix = format!("arn:aws:events:{REGION}:{ACCOUNT}:api-destination/api/");
    assert_eq!(arn.strip_prefix(&prefix).map(str::len), Some(36), "{arn}");
    assert_eq!(created["ApiDestinationState"], "ACTIVE");
    assert_eq!(created.as_object().unwrap().len(), 4, "{created}");

    let described = fixture
        .done("DescribeApiDestination", json!({"Name": "api"}))
        .await;
    let mut expected = json!({
        "ApiDestinationArn": arn, "ApiDestinationState": "ACTIVE", "ConnectionArn": connection, "Description": "orders",
        "HttpMethod": "POST", "InvocationEndpoint": URL, "InvocationRateLimitPerSecond": 300, "Name": "api",
    });
    for time in ["CreationTime", "LastModifiedTime"] {
        assert!(described[time].is_number());
        expected[time] = described[time].clone();
    }
    assert_eq!(described, expected);

    let update = json!({"Name": "api", "HttpMethod": "PUT", "InvocationRateLimitPerSecond": 5});
    let updated = fixture.done("UpdateApiDestination", update).await;
    assert_eq!(updated["ApiDestinationArn"], arn);
    let described = fixture
        .done("DescribeApiDestination", json!({"Name": "api"}))
        .await;
    assert_eq!(
        (
            &described["HttpMethod"],
            &described["InvocationRateLimitPerSecond"],
            &described["Description"]
        ),
        (&json!("PUT"), &json!(5), &json!("orders"))
    );

    assert_eq!(
        fixture.done("DeleteApiDestination", json!({"Name": "api"})).await,
        json!({})
    );
    assert_eq!(
        fixture
            .refused("DescribeApiDestination", json!({"Name": "api"}))
            .await,
        (
            "ResourceNotFoundException".to_owned(),
            "Failed to describe the api-destination(s). An api-destination 'api' does not exist.".to_owned()
        )
    );
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let fixture = Fixture::new().await;
    let connection = fixture.basic_connection("c").await;
    fixture.destination("there", &connection, URL).await;
    let create = |name: &str, connection: &str, url: &str, method: &str| json!({"Name": name, "ConnectionArn": connection, "InvocationEndpoint": url, "HttpMethod": method});
    let other = connection.replace("connection/c/", "connection/d/");
    let former = format!("{}0", &connection[..connection.len() - 1]);
    let former = if former == connection {
        format!("{}1", &connection[..connection.len() - 1])
    } else {
        former
    };
    for (operation, input, code, says) in [
        (
            "CreateApiDestination",
            create("there", &connection, URL, "POST"),
            "ResourceAlreadyExistsException",
            "An api-destination 'there' already exists.",
        ),
        (
            "CreateApiDestination",
            create("api", &other, URL, "POST"),
            "ResourceNotFoundException",
            "does not exist",
        ),
        (
            "CreateApiDestination",
            create("api", &former, URL, "POST"),
            "ResourceNotFoundException",
            "does not exist",
        ),
        (
            "CreateApiDestination",
            create(
                "api",
                "invalid-connection-arn",
                "invalid-endpoint",
                "INVALID_METHOD",
            ),
            "ValidationException",
            "2 validation errors detected",
        ),
        (
            "CreateApiDestination",
            create("api", &connection, "invalid-endpoint", "POST"),
            "ValidationException",
            "Parameter InvocationEndpoint is not valid.",
        ),
        (
            "UpdateApiDestination",
            json!({"Name": "api"}),
            "ResourceNotFoundException",
            "Failed to update the api-destination(s).",
        ),
        (
            "DeleteApiDestination",
            json!({"Name": "api"}),
            "ResourceNotFoundException",
            "Failed to delete the api-destination(s).",
        ),
    ] {
        let (found, message) = fixture.refused(operation, input.clone()).await;
        assert_eq!(found, code, "{operation} {input}: {message}");
        assert!(message.contains(says), "{operation} {input}: {message}");
    }
    let elsewhere = create("api", &connection, URL, "POST");
    let refused = fixture
        .call_in("us-east-1", "CreateApiDestination", elsewhere)
        .await
        .unwrap_err();
    assert_eq!(refused.code, "ResourceNotFoundException");
}

#[tokio::test]
async fn lists_are_of_a_prefix_or_of_a_connection() {
    let fixture = Fixture::new().await;
    let (one, other) = (
        fixture.basic_connection("one").await,
        fixture.basic_connection("other").await,
    );
    for (name, connection) in [("a1", &one), ("a2", &other), ("b1", &one)] {
        fixture.destination(name, connection, URL).await;
    }
    let names = async |input: Json| -> Vec<String> {
        let page = fixture.done("ListApiDestinations", input).await;
        let destinations = page["ApiDestinations"].as_array().unwrap();
        destinations
            .iter()
            .map(|destination| text(destination, "Name"))
            .collect()
    };
    assert_eq!(names(json!({})).await, ["a1", "a2", "b1"]);
    assert_eq!(names(json!({"NamePrefix": "a"})).await, ["a1", "a2"]);
    assert_eq!(names(json!({ "ConnectionArn": one })).await, ["a1", "b1"]);
    assert_eq!(names(json!({"Limit": 1})).await, ["a1"]);
}

#[tokio::test]
async fn targets_say_what_they_add_to_requests() {
    let fixture = Fixture::new().await;
    let connection = fixture.basic_connection("c").await;
    let arn = fixture.destination("api", &connection, URL).await;
    fixture
        .done(
            "PutRule",
            json!({"Name": "all", "EventPattern": r#"{"source": ["shop"]}"#}),
        )
        .await;
    for (parameters, says) in [
        (json!({"PathParameterValues": ["$.detail["]}), "is no valid path"),
        (
            json!({"HeaderParameters": {"X-A": "$.detail.a["}}),
            "is no valid path",
        ),
    ] {
        let target = json!({"Id": "t", "Arn": arn, "HttpParameters": parameters});
        let (code, message) = fixture
            .refused("PutTargets", json!({"Rule": "all", "Targets": [target]}))
            .await;
        assert_eq!(code, "ValidationException");
        assert!(message.contains(says), "{message}");
    }
    for elsewhere in [
        arn.replace(ACCOUNT, "210987654321"),
        arn.replace(REGION, "us-east-1"),
    ] {
        let target = json!({"Id": "t", "Arn": elsewhere});
        let (code, message) = fixture
            .refused("PutTargets", json!({"Rule": "all", "Targets": [target]}))
            .await;
        assert_eq!(code, "ValidationException");
        assert!(message.contains("of the rule's account and Region"), "{message}");
    }
}
