use std::time::Duration;

use ninefold_time::Clock;
use serde_json::{Value as Json, json};

use crate::fixture::{Fixture, TestSealer};
use crate::server::{Answer, Server};

const DEAD_LETTERS: &str = "arn:aws:sqs:eu-central-1:123456789012:dead";

fn attribute<'a>(message: &'a Json, name: &str) -> &'a str {
    message["MessageAttributes"][name]["StringValue"]
        .as_str()
        .unwrap_or_default()
}

#[tokio::test]
async fn everything_arrives_as_target_and_connection_say() {
    let fixture = Fixture::new().await;
    let server = Server::start(Answer::status(202)).await;
    let connection = json!({
        "Name": "c", "AuthorizationType": "API_KEY",
        "AuthParameters": {
            "ApiKeyAuthParameters": {"ApiKeyName": "X-Api-Key", "ApiKeyValue": "k3y"},
            "InvocationHttpParameters": {
                "HeaderParameters": [{"Key": "X-Both", "Value": "connection"}],
                "QueryStringParameters": [{"Key": "tenant", "Value": "one"}],
                "BodyParameters": [{"Key": "origin", "Value": "ninefold", "IsValueSecret": true}],
            },
        },
    });
    let created = fixture.done("CreateConnection", connection).await;
    let destination = json!({
        "Name": "api", "ConnectionArn": created["ConnectionArn"], "HttpMethod": "PUT",
        "InvocationEndpoint": server.url("/orders/*/lines/*?fixed=1"),
    });
    let destination = fixture.done("CreateApiDestination", destination).await;
    fixture
        .rule(json!({
            "Id": "t", "Arn": destination["ApiDestinationArn"],
            "InputTransformer": {"InputPathsMap": {"n": "$.detail.n"}, "InputTemplate": r#"{"amount": <n>}"#},
            "HttpParameters": {
                "PathParameterValues": ["$.detail.id", "7"],
                "HeaderParameters": {"X-Both": "target", "X-Kind": "$.detail-type", "X-None": "$.detail.none"},
                "QueryStringParameters": {"n": "$.detail.n"},
            },
        }))
        .await;
    fixture.put(r#"{"id": "a/b", "n": 1.50}"#).await;
    fixture
        .until("the event has come", async || server.count() == 1)
        .await;

    let received = &server.received()[0];
    assert_eq!(received.method, "PUT");
    assert_eq!(
        received.uri.to_string(),
        "/orders/a%2Fb/lines/7?fixed=1&n=1.50&tenant=one"
    );
    assert_eq!(received.text(), r#"{"amount":1.50,"origin":"ninefold"}"#);
    for (name, value) in [
        ("x-api-key", Some("k3y")),
        ("x-both", Some("connection")),
        ("x-kind", Some("order")),
        ("x-none", None),
        ("user-agent", Some("Amazon/EventBridge/ApiDestinations")),
        ("content-type", Some("application/json; charset=utf-8")),
        ("range", Some("bytes=0-1048575")),
    ] {
        assert_eq!(received.header(name), value, "{name}");
    }
}

#[tokio::test]
async fn a_token_is_used_until_the_endpoint_refuses_it() {
    let fixture = Fixture::new().await;
    let (tokens, api) = (
        Server::start(Answer::token("one")).await,
        Server::start(Answer::status(200)).await,
    );
    let connection = fixture.oauth_connection("oauth", &tokens.url("/token")).await;
    let destination = fixture.destination("api", &connection, &api.url("/")).await;
    fixture.rule(json!({"Id": "t", "Arn": destination})).await;
    // One that comes before there is a token waits for it.
    fixture.put("{}").await;
    fixture
        .until("the event has come", async || api.count() == 1)
        .await;
    fixture.until_state("oauth", "AUTHORIZED").await;
    fixture.put("{}").await;
    fixture
        .pass_until(Duration::from_secs(1), || api.count() == 2)
        .await;
    assert_eq!(tokens.count(), 1);

    tokens.answer(Answer::token("two"));
    api.answer(Answer::status(401));
    fixture.clock.advance(Duration::from_secs(10));
    fixture.put("{}").await;
    fixture
        .pass_until(Duration::from_secs(1), || api.count() == 3)
        .await;
    api.answer(Answer::status(200));
    fixture
        .pass_until(Duration::from_secs(5), || api.count() == 4)
        .await;
    let bearers: Vec<String> = api
        .received()
        .iter()
        .map(|request| request.header("authorization").unwrap().to_owned())
        .collect();
    assert_eq!(bearers, ["Bearer one", "Bearer one", "Bearer one", "Bearer two"]);
    fixture.until_state("oauth", "AUTHORIZED").await;
}

#[tokio::test]
async fn a_refused_password_deauthorizes_and_events_wait_for_a_better_one() {
    let fixture = Fixture::new().await;
    let api = Server::start(Answer::status(401)).await;
    let connection = fixture.basic_connection("c").await;
    let destination = fixture.destination("api", &connection, &api.url("/")).await;
    fixture.rule(json!({"Id": "t", "Arn": destination})).await;
    fixture.put(r#"{"n": 1}"#).await;
    fixture.until_state("c", "DEAUTHORIZED").await;
    let described = fixture.done("DescribeConnection", json!({"Name": "c"})).await;
    assert_eq!(
        described["StateReason"],
        "The endpoint has refused the credential with status 401."
    );
    let described = fixture
        .done("DescribeApiDestination", json!({"Name": "api"}))
        .await;
    assert_eq!(described["ApiDestinationState"], "INACTIVE");

    // Nobody is asked meanwhile.
    api.answer(Answer::status(200));
    fixture.pass(Duration::from_secs(30)).await;
    assert_eq!(api.count(), 1);

    let basic = json!({"BasicAuthParameters": {"Password": "a better one"}});
    fixture
        .done("UpdateConnection", json!({"Name": "c", "AuthParameters": basic}))
        .await;
    fixture
        .pass_until(Duration::from_secs(600), || api.count() == 2)
        .await;
    let received = api.received().pop().unwrap();
    assert_eq!(
        received.header("authorization"),
        Some("Basic dXNlcjphIGJldHRlciBvbmU=")
    );
    let event: Json = serde_json::from_str(received.text()).unwrap();
    assert_eq!(event["detail"], json!({"n": 1}));
}

#[tokio::test]
async fn what_is_refused_goes_to_the_dead_letter_queue() {
    let fixture = Fixture::new().await;
    let api = Server::start(Answer(404, &[], "no such order".to_owned())).await;
    let connection = fixture.basic_connection("c").await;
    let destination = fixture.destination("api", &connection, &api.url("/")).await;
    fixture
        .rule(json!({"Id": "t", "Arn": destination, "DeadLetterConfig": {"Arn": DEAD_LETTERS}}))
        .await;
    fixture.put(r#"{"n": 1}"#).await;
    fixture
        .until("it is dead", async || fixture.dead_letters().len() == 1)
        .await;
    let message = &fixture.dead_letters()[0];
    assert_eq!(attribute(message, "ERROR_CODE"), "SDK_CLIENT_ERROR");
    assert_eq!(
        attribute(message, "ERROR_MESSAGE"),
        "Unable to invoke ApiDestination endpoint: It has answered with status 404. no such order"
    );
    assert_eq!(attribute(message, "TARGET_ARN"), destination);
    assert_eq!(api.count(), 1);

    // A destination that is no more.
    fixture.done("DeleteApiDestination", json!({"Name": "api"})).await;
    fixture.put(r#"{"n": 2}"#).await;
    fixture
        .pass_until(Duration::from_secs(1), || fixture.dead_letters().len() == 2)
        .await;
    assert_eq!(attribute(&fixture.dead_letters()[1], "ERROR_CODE"), "NO_RESOURCE");
    assert_eq!(api.count(), 1);
}

#[tokio::test]
async fn what_may_pass_is_tried_again_across_a_restart() {
    let mut fixture = Fixture::new().await;
    let api = Server::start(Answer::status(500)).await;
    let connection = fixture.basic_connection("c").await;
    let destination = fixture.destination("api", &connection, &api.url("/")).await;
    fixture.rule(json!({"Id": "t", "Arn": destination})).await;
    fixture.put(r#"{"n": 1}"#).await;
    fixture.until("it was tried", async || api.count() == 1).await;
    fixture
        .pass_until(Duration::from_secs(60), || api.count() == 3)
        .await;
    fixture.reopen(TestSealer('a')).await;
    api.answer(Answer::status(204));
    fixture
        .pass_until(Duration::from_secs(60), || api.count() >= 4)
        .await;
    let credentials = api.received();
    let credentials = credentials
        .iter()
        .map(|request| request.header("authorization").unwrap());
    assert!(
        credentials
            .into_iter()
            .all(|credential| credential == "Basic dXNlcjpvcGVuIHNlc2FtZQ==")
    );
}

#[tokio::test]
async fn no_more_invocations_begin_in_a_second_than_are_allowed() {
    let fixture = Fixture::new().await;
    let api = Server::start(Answer::status(200)).await;
    let connection = fixture.basic_connection("c").await;
    let destination = fixture.destination("api", &connection, &api.url("/")).await;
    fixture
        .done(
            "UpdateApiDestination",
            json!({"Name": "api", "InvocationRateLimitPerSecond": 2}),
        )
        .await;
    fixture.rule(json!({"Id": "t", "Arn": destination})).await;
    let start = fixture.clock.now();
    for number in 0..10 {
        fixture.put(&format!(r#"{{"n": {number}}}"#)).await;
    }
    fixture
        .pass_until(Duration::from_secs(30), || api.count() == 10)
        .await;
    let took = fixture.clock.now().duration_since(start);
    assert!(
        took >= Duration::from_millis(3_500),
        "10 invocations, 2 a second, took {took:?}"
    );
}

#[tokio::test]
async fn an_endpoint_may_ask_for_time() {
    let fixture = Fixture::new().await;
    let busy = Answer(429, &[("retry-after", "120")], String::new());
    let api = Server::start(busy).await;
    let connection = fixture.basic_connection("c").await;
    let destination = fixture.destination("api", &connection, &api.url("/")).await;
    fixture.rule(json!({"Id": "t", "Arn": destination})).await;
    fixture.put("{}").await;
    fixture.until("it was asked", async || api.count() == 1).await;
    api.answer(Answer::status(200));
    fixture.pass(Duration::from_secs(119)).await;
    assert_eq!(api.count(), 1);
    fixture
        .pass_until(Duration::from_secs(3), || api.count() == 2)
        .await;
}
