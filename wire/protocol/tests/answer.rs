//! From a routed request to an HTTP response, through a door.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use std::fmt::Display;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::{Request, Response};
use ninefold_model::{Map, Operation, ServiceModel, Value, Violation};
use ninefold_protocol::{
    AccountId, Authorizer, BoxFuture, CallContext, Codec, Door, Endpoint, ErrorForm, Principal,
    PrincipalKind, Protocol, Region, Registry, RequestId, Route, ServiceError, answer, refuse,
};

/// A door that answers with what it was asked.
struct Mirror;

impl Door for Mirror {
    fn model(&self) -> &'static ServiceModel {
        ninefold_model::sqs()
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "CreateQueue",
            "GetQueueUrl",
            "SendMessage",
            "DeleteQueue",
            "ReceiveMessage",
        ]
    }

    fn call(
        &self,
        context: CallContext,
        operation: &'static Operation,
        input: Value,
    ) -> BoxFuture<'_, Result<Value, ServiceError>> {
        Box::pin(async move {
            context.authorize(&format!("sqs:{}", operation.name), &"arn:aws:sqs:::q", None)?;
            match operation.name {
                "DeleteQueue" => Err(ServiceError::modelled(
                    self.model(),
                    "QueueDoesNotExist",
                    "No such queue.",
                )),
                "SendMessage" => Ok(members([("MessageId", text(&input, "QueueUrl"))])),
                _ => Ok(members([("QueueUrl", text(&input, "QueueName"))])),
            }
        })
    }

    fn call_bytes<'a>(
        &'a self,
        _context: &CallContext,
        operation: &'static Operation,
        body: &Bytes,
    ) -> Option<BoxFuture<'a, Result<Bytes, ServiceError>>> {
        if operation.name != "ReceiveMessage" || !body.starts_with(b"{\"fast\"") {
            return None;
        }
        Some(Box::pin(async { Ok(Bytes::from_static(b"{\"Messages\":[]}")) }))
    }

    fn call_cbor<'a>(
        &'a self,
        _context: &CallContext,
        operation: &'static Operation,
        body: &Bytes,
    ) -> Option<BoxFuture<'a, Result<Bytes, ServiceError>>> {
        let is_hot = operation.name == "ReceiveMessage" && body.is_empty();
        is_hot.then(|| -> BoxFuture<'a, _> { Box::pin(async { Ok(Bytes::from_static(&[0xa0])) }) })
    }

    fn complete(&self, context: &CallContext, route: &Route, input: &mut Map) {
        if route.protocol == Protocol::Query && !input.contains("QueueUrl") && route.path != "/" {
            input.insert("QueueUrl", format!("{}{}", context.endpoint, route.path));
        }
    }

    fn reject(&self, operation: &'static Operation, violations: &[Violation]) -> Result<(), ServiceError> {
        match operation.name {
            "CreateQueue" => Ok(()),
            _ => Err(ServiceError::validation(ninefold_model::describe(violations))),
        }
    }
}

fn members<const N: usize>(members: [(&'static str, String); N]) -> Value {
    Value::Map(Map::from_iter(members))
}

fn text(input: &Value, name: &str) -> String {
    input
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or("nothing")
        .to_owned()
}

struct OnlyRoot;

impl Authorizer for OnlyRoot {
    fn authorize(
        &self,
        context: &CallContext,
        action: &str,
        _: &dyn Display,
        _: Option<&str>,
    ) -> Result<(), ServiceError> {
        match context.principal.kind {
            PrincipalKind::Root => Ok(()),
            _ => Err(ServiceError::access_denied(format!(
                "not authorized to perform: {action}"
            ))),
        }
    }
}

const REQUEST_ID: RequestId = RequestId::from_random_bits(7);

fn send(kind: PrincipalKind, request: Request<&'static str>) -> Response<Bytes> {
    let (parts, body) = request.into_parts();
    let body = Bytes::from_static(body.as_bytes());
    let route = match Registry::new([ninefold_model::sqs()]).route(&parts, &body, None) {
        Ok(route) => route,
        Err(refused) => {
            return refuse(
                ErrorForm::of(refused.protocol, &parts.headers),
                REQUEST_ID,
                refused.model,
                refused.error,
            );
        }
    };
    let context = CallContext {
        request_id: REQUEST_ID,
        principal: Principal {
            account: AccountId::parse("123456789012").unwrap(),
            arn: "arn:aws:iam::123456789012:root".to_owned(),
            access_key_id: None,
            kind,
        },
        region: Region::parse("eu-central-1").unwrap(),
        endpoint: Endpoint {
            scheme: "http",
            host: "localhost:4566".to_owned(),
        },
        source_ip: None,
        protocol: route.protocol,
        source: None,
        authorizer: Arc::new(OnlyRoot),
    };
    ready(answer(&Mirror, context, route, parts, body))
}

/// The result of a future that never waits.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("the door of this test never waits"),
    }
}

fn json(operation: &str, body: &'static str) -> Request<&'static str> {
    Request::post("/")
        .header("x-amz-target", format!("AmazonSQS.{operation}"))
        .body(body)
        .unwrap()
}

fn query(path: &str, body: &'static str) -> Request<&'static str> {
    Request::post(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .unwrap()
}

fn seen(response: &Response<Bytes>) -> (u16, &str) {
    (
        response.status().as_u16(),
        std::str::from_utf8(response.body()).unwrap(),
    )
}

#[test]
fn json_goes_through_the_door_and_back() {
    let response = send(
        PrincipalKind::Root,
        json("GetQueueUrl", r#"{"QueueName":"orders"}"#),
    );
    assert_eq!(seen(&response), (200, r#"{"QueueUrl":"orders"}"#));
    assert_eq!(response.headers()["content-type"], "application/x-amz-json-1.0");
    assert_eq!(response.headers()["x-amzn-requestid"], REQUEST_ID.to_string());
    assert!(response.extensions().get::<ServiceError>().is_none());
}

#[test]
fn query_takes_the_queue_from_the_path() {
    let response = send(
        PrincipalKind::Root,
        query(
            "/123456789012/orders",
            "Action=SendMessage&Version=2012-11-05&MessageBody=x",
        ),
    );
    let body = "<?xml version=\"1.0\"?><SendMessageResponse xmlns=\"http://queue.amazonaws.com/doc/2012-11-05/\">\
                <SendMessageResult><MessageId>http://localhost:4566/123456789012/orders</MessageId></SendMessageResult>\
                <ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000007</RequestId></ResponseMetadata>\
                </SendMessageResponse>";
    assert_eq!(seen(&response), (200, body));
    assert_eq!(response.headers()["content-type"], "text/xml");
}

#[test]
fn the_fast_path_comes_first_and_leaves_the_rest() {
    let response = send(PrincipalKind::Root, json("ReceiveMessage", r#"{"fast":1}"#));
    assert_eq!(seen(&response), (200, r#"{"Messages":[]}"#));
    let response = send(PrincipalKind::Root, json("ReceiveMessage", r#"{"slow":1}"#));
    assert_eq!(response.status(), 400);
}

#[test]
fn errors_are_answered_in_the_requests_protocol() {
    let response = send(PrincipalKind::Root, json("DeleteQueue", r#"{"QueueUrl":"x"}"#));
    let body = r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"No such queue."}"#;
    assert_eq!(seen(&response), (400, body));
    assert!(!response.headers().contains_key("x-amzn-query-error"));
    assert_eq!(
        response.extensions().get::<ServiceError>().unwrap().code,
        "QueueDoesNotExist"
    );

    let mut request = json("DeleteQueue", r#"{"QueueUrl":"x"}"#);
    request
        .headers_mut()
        .insert("x-amzn-query-mode", "true".parse().unwrap());
    let response = send(PrincipalKind::Root, request);
    assert_eq!(
        response.headers()["x-amzn-query-error"],
        "AWS.SimpleQueueService.NonExistentQueue;Sender"
    );

    let response = send(
        PrincipalKind::Root,
        query("/", "Action=DeleteQueue&Version=2012-11-05&QueueUrl=x"),
    );
    assert_eq!(response.status(), 400);
    assert!(
        seen(&response)
            .1
            .contains("<Code>AWS.SimpleQueueService.NonExistentQueue</Code>")
    );
}

fn cbor(operation: &str, body: &'static str) -> Request<&'static str> {
    let mut request = json(operation, body);
    let content_type = "application/x-amz-cbor-1.1".parse().unwrap();
    request.headers_mut().insert("content-type", content_type);
    request
}

#[test]
fn cbor_is_answered_in_cbor() {
    // A map that nothing ends.
    let response = send(
        PrincipalKind::Root,
        cbor("GetQueueUrl", "\u{bf}iQueueNameforders"),
    );
    assert_eq!(response.status(), 400);
    let refused: serde_json::Value = Codec::Cbor.read(response.body()).unwrap();
    assert_eq!(refused["__type"], "SerializationException");
    assert!(
        refused["message"].as_str().unwrap().contains("into cbor"),
        "{refused}"
    );

    let response = send(PrincipalKind::Root, cbor("ReceiveMessage", ""));
    assert_eq!(
        (response.status().as_u16(), &**response.body()),
        (200, &[0xa0][..])
    );
    // Not hot: the general way.
    let response = send(PrincipalKind::Root, cbor("CreateQueue", ""));
    assert_eq!(response.headers()["content-type"], "application/x-amz-cbor-1.1");
    let answered: serde_json::Value = Codec::Cbor.read(response.body()).unwrap();
    assert_eq!(answered.to_string(), r#"{"QueueUrl":"nothing"}"#);

    let response = send(PrincipalKind::User, cbor("CreateQueue", ""));
    assert_eq!(response.status(), 403);
    let refused: serde_json::Value = Codec::Cbor.read(response.body()).unwrap();
    let expected =
        r#"{"__type":"AccessDeniedException","message":"not authorized to perform: sqs:CreateQueue"}"#;
    assert_eq!(refused.to_string(), expected);
    assert_eq!(
        response.extensions().get::<ServiceError>().unwrap().code,
        "AccessDeniedException"
    );
}

#[test]
fn aws_json_1_1_names_errors_without_a_namespace() {
    let refused = |protocol| {
        let (parts, ()) = Request::post("/").body(()).unwrap().into_parts();
        let error = ServiceError::common(
            403,
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        );
        refuse(ErrorForm::of(protocol, &parts.headers), REQUEST_ID, None, error)
    };
    let response = refused(Protocol::AwsJson11);
    let body = r#"{"__type":"MissingAuthenticationTokenException","Message":"Missing Authentication Token"}"#;
    assert_eq!(seen(&response), (403, body));
    assert!(
        seen(&refused(Protocol::AwsJson10))
            .1
            .contains("com.amazon.coral.service#Missing")
    );
}

#[test]
fn bad_inputs_never_reach_the_door() {
    let cases = [
        (
            json("GetQueueUrl", "{"),
            "com.amazon.coral.service#SerializationException",
        ),
        (
            json("GetQueueUrl", r#"{"QueueName":1}"#),
            "NUMBER_VALUE can not be converted to a String",
        ),
        (
            json("GetQueueUrl", "{}"),
            "Value null at 'queueName' failed to satisfy constraint: Member must not be null",
        ),
        (json("SendMessage", ""), "2 validation errors detected"),
        (
            query("/", "Action=GetQueueUrl&Version=2012-11-05"),
            "<Code>ValidationError</Code>",
        ),
        (
            json("Explode", "{}"),
            "com.amazon.coral.service#UnknownOperationException",
        ),
        (
            query("/", "Action=Explode&Version=2012-11-05"),
            "<Code>InvalidAction</Code>",
        ),
    ];
    for (request, expected) in cases {
        let response = send(PrincipalKind::Root, request);
        let (status, body) = seen(&response);
        assert_eq!(status, 400);
        assert!(body.contains(expected), "{body}");
    }
}

#[test]
fn a_door_may_let_an_invalid_input_through() {
    let response = send(PrincipalKind::Root, json("CreateQueue", "{}"));
    assert_eq!(seen(&response), (200, r#"{"QueueUrl":"nothing"}"#));
}

#[test]
fn what_the_door_lacks_or_forbids_is_refused() {
    let response = send(PrincipalKind::Root, json("PurgeQueue", r#"{"QueueUrl":"x"}"#));
    assert_eq!(response.status(), 501);
    let response = send(
        PrincipalKind::User,
        json("GetQueueUrl", r#"{"QueueName":"orders"}"#),
    );
    let body = r#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"not authorized to perform: sqs:GetQueueUrl"}"#;
    assert_eq!(seen(&response), (403, body));
}

#[test]
fn identifiers_are_checked() {
    assert_eq!(AccountId::parse("123456789012").unwrap().as_str(), "123456789012");
    for text in ["", "12345678901", "1234567890123", "12345678901a", "１23456789"] {
        assert!(AccountId::parse(text).is_err(), "{text}");
    }
    assert_eq!(Region::parse("us-gov-west-1").unwrap().as_str(), "us-gov-west-1");
    for text in ["", "EU", "eu_central", "eu/central", &"x".repeat(65)] {
        assert!(Region::parse(text).is_err(), "{text}");
    }
    let id = RequestId::random().to_string();
    assert_eq!((id.len(), &id[14..15]), (36, "4"));
    assert_ne!(id, RequestId::random().to_string());
}
