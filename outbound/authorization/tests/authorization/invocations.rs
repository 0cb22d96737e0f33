use std::sync::Arc;

use ninefold_outbound_authorization::{
    Authorization, Connection, ConnectionParameters, Credential, Endpoint, Invocation, InvocationError,
    Method, Outcome, TargetParameters,
};
use ninefold_time::{Clock, ManualClock};

use crate::http;
use crate::server::Server;

fn fixed(credential: Credential, parameters: ConnectionParameters) -> Connection {
    Connection::new(
        Authorization::Fixed(credential),
        parameters,
        http(),
        Arc::new(ManualClock::default()),
    )
}

#[tokio::test]
async fn everything_arrives_as_connection_and_target_say() {
    let server = Server::start(|_, _| (202, "taken".to_owned())).await;
    let mut parameters = ConnectionParameters::default();
    parameters.add_header("X-Both", "connection").unwrap();
    parameters.add_query("both", "connection").unwrap();
    parameters.add_body("api_key", "from connection").unwrap();
    let mut target = TargetParameters::default();
    target.add_path_value("a/b").unwrap();
    target.add_header("X-Both", "target").unwrap();
    target.add_header("X-Target", "target").unwrap();
    target.add_query("both", "target").unwrap();
    target.add_query("own", "t t").unwrap();
    let endpoint: Endpoint = server.url("/orders/*?fixed=1").parse().unwrap();
    let connection = fixed(Credential::basic("user", "password").unwrap(), parameters);
    assert_eq!(connection.authorize().await, Ok(()));
    let invocation = Invocation {
        endpoint: &endpoint,
        method: Method::Put,
        target: &target,
        body: r#"{"price":1.50}"#.into(),
    };
    let response = connection.invoke(&invocation).await.unwrap();
    assert_eq!(response.body, "taken");
    let now = ManualClock::default().now();
    assert_eq!(
        Outcome::of(response.status, &response.headers, now),
        Outcome::Delivered
    );

    let received = &server.received()[0];
    assert_eq!(received.method, "PUT");
    assert_eq!(
        received.uri.to_string(),
        "/orders/a%2Fb?fixed=1&own=t%20t&both=connection"
    );
    assert_eq!(received.text(), r#"{"price":1.50,"api_key":"from connection"}"#);
    for (name, value) in [
        ("authorization", "Basic dXNlcjpwYXNzd29yZA=="),
        ("x-both", "connection"),
        ("x-target", "target"),
        ("user-agent", "Amazon/EventBridge/ApiDestinations"),
        ("content-type", "application/json; charset=utf-8"),
        ("range", "bytes=0-1048575"),
        ("content-length", "42"),
    ] {
        assert_eq!(received.header(name), Some(value), "{name}");
    }
}

#[tokio::test]
async fn methods_without_a_body_send_none() {
    let server = Server::start(|_, _| (200, String::new())).await;
    let mut parameters = ConnectionParameters::default();
    parameters.add_body("a", "b").unwrap();
    let connection = fixed(Credential::api_key("X-Key", "k").unwrap(), parameters);
    let endpoint: Endpoint = server.url("/").parse().unwrap();
    for (method, name, body) in [
        (Method::Get, "GET", ""),
        (Method::Head, "HEAD", ""),
        (Method::Delete, "DELETE", r#"{"a":"b"}"#),
        (Method::Options, "OPTIONS", r#"{"a":"b"}"#),
        (Method::Patch, "PATCH", r#"{"a":"b"}"#),
    ] {
        let invocation = Invocation {
            endpoint: &endpoint,
            method,
            target: &TargetParameters::default(),
            body: "{}".into(),
        };
        connection.invoke(&invocation).await.unwrap();
        let received = server.received().pop().unwrap();
        assert_eq!((received.method.as_str(), received.text()), (name, body));
        assert_eq!(received.header("x-key"), Some("k"));
    }
}

#[tokio::test]
async fn what_cannot_be_a_request_is_not_sent() {
    let server = Server::start(|_, _| (200, String::new())).await;
    let mut parameters = ConnectionParameters::default();
    parameters.add_body("a", "b").unwrap();
    let connection = fixed(Credential::api_key("X-Key", "k").unwrap(), parameters);
    for (path, body) in [("/*", "{}"), ("/", "[1]")] {
        let endpoint: Endpoint = server.url(path).parse().unwrap();
        let invocation = Invocation {
            endpoint: &endpoint,
            method: Method::Post,
            target: &TargetParameters::default(),
            body: body.into(),
        };
        let error = connection.invoke(&invocation).await.unwrap_err();
        assert!(
            matches!(
                error,
                InvocationError::PathParameters { .. } | InvocationError::Body { .. }
            ),
            "{error:?}"
        );
        assert!(!error.is_transient());
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn redirects_are_answers() {
    let server = Server::start(|_, _| (302, String::new())).await;
    let connection = fixed(
        Credential::api_key("X-Key", "k").unwrap(),
        ConnectionParameters::default(),
    );
    assert_eq!(crate::invoke(&connection, &server.url("/")).await, 302);
    assert_eq!(server.received().len(), 1);
}
