//! Answers that are a stream of events: frames as the reference implementations write them, and what a door's failures become.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{Request, Response};
use ninefold_model::{Map, Operation, ServiceModel, Value, kinesis};
use ninefold_protocol::{
    AccountId, Authorizer, BoxFuture, CallContext, Codec, Dispatcher, Door, Endpoint, Event, EventFrames,
    EventStream, Principal, PrincipalKind, Protocol, Region, Registry, RequestId, ServiceError,
    answer_streaming,
};
use serde::Serialize;

struct AllowAll;

impl Authorizer for AllowAll {
    fn authorize(
        &self,
        _: &CallContext,
        _: &str,
        _: &dyn std::fmt::Display,
        _: Option<&str>,
    ) -> Result<(), ServiceError> {
        Ok(())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ShardEvent {
    records: Vec<()>,
    continuation_sequence_number: &'static str,
    millis_behind_latest: u32,
}

/// Streams one event, then fails with the code that the shard is named after, if it is one.
struct OneEvent;

impl OneEvent {
    fn events(protocol: Protocol, shard: &str) -> EventStream {
        let event = ShardEvent {
            records: Vec::new(),
            continuation_sequence_number: "49",
            millis_behind_latest: 7,
        };
        let event = Event::new("SubscribeToShardEvent", protocol.codec(), &event);
        let end = match shard {
            "in-use" => Some(ServiceError::modelled(
                kinesis(),
                "ResourceInUseException",
                "Taken over.",
            )),
            "broken" => Some(ServiceError::internal("Oh.")),
            _ => None,
        };
        Box::pin(stream::iter([event]).chain(stream::iter(end.map(Err))))
    }
}

impl Door for OneEvent {
    fn model(&self) -> &'static ServiceModel {
        kinesis()
    }

    fn operations(&self) -> &'static [&'static str] {
        &["SubscribeToShard"]
    }

    fn call(
        &self,
        _: CallContext,
        operation: &'static Operation,
        _: Value,
    ) -> BoxFuture<'_, Result<Value, ServiceError>> {
        panic!("{} is not called for one answer", operation.name);
    }

    fn call_streaming(
        &self,
        context: CallContext,
        _: &'static Operation,
        input: Value,
    ) -> BoxFuture<'_, Result<EventStream, ServiceError>> {
        Box::pin(async move {
            match input.get("ShardId").and_then(Value::as_str).unwrap() {
                "absent" => Err(ServiceError::modelled(
                    kinesis(),
                    "ResourceNotFoundException",
                    "No shard.",
                )),
                shard => Ok(Self::events(context.protocol, shard)),
            }
        })
    }
}

/// The result of a future that never waits.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("the door of this test never waits"),
    }
}

fn context(protocol: Protocol) -> CallContext {
    CallContext {
        request_id: RequestId::from_random_bits(7),
        principal: Principal {
            account: AccountId::parse("123456789012").unwrap(),
            arn: "arn:aws:iam::123456789012:root".to_owned(),
            access_key_id: None,
            kind: PrincipalKind::Root,
        },
        region: Region::parse("eu-central-1").unwrap(),
        endpoint: Endpoint {
            scheme: "http",
            host: "localhost:4566".to_owned(),
        },
        source_ip: None,
        protocol,
        source: None,
        authorizer: Arc::new(AllowAll),
    }
}

fn input(shard: &str) -> Value {
    let position = Map::from_iter([("Type", Value::from("LATEST"))]);
    let consumer = "arn:aws:kinesis:eu-central-1:123456789012:stream/s/consumer/c:1";
    Value::Map(Map::from_iter([
        ("ConsumerARN", Value::from(consumer)),
        ("ShardId", Value::from(shard)),
        ("StartingPosition", Value::Map(position)),
    ]))
}

/// Subscribes to a shard, in the codec of a content type.
fn subscribe(content_type: &str, shard: &str) -> Result<Response<EventFrames>, Box<Response<Bytes>>> {
    let operation = kinesis().operation("SubscribeToShard").unwrap();
    let mirror = Operation {
        output: operation.input,
        errors: Vec::new(),
        ..*operation
    };
    let body = match content_type.contains("cbor") {
        true => ninefold_protocol::cbor::encode_cbor(kinesis(), &mirror, &input(shard)),
        false => ninefold_protocol::json::encode_json(kinesis(), &mirror, &input(shard)),
    };
    let request = Request::post("/")
        .header("content-type", content_type)
        .header("x-amz-target", "Kinesis_20131202.SubscribeToShard");
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let route = Registry::new([kinesis()]).route(&parts, &body, None).unwrap();
    let context = context(route.protocol);
    ready(answer_streaming(&OneEvent, context, route, parts, body)).map_err(Box::new)
}

/// A frame taken apart: headers in order, and the payload.
type Parsed = (Vec<(String, String)>, Bytes);

/// Takes a frame apart, and insists on lengths and checksums.
fn parse(frame: &[u8]) -> Parsed {
    let number = |at: usize| u32::from_be_bytes(frame[at..at + 4].try_into().unwrap());
    let end = frame.len() - 4;
    assert_eq!(number(0) as usize, frame.len());
    assert_eq!(number(8), crc32fast::hash(&frame[..8]));
    assert_eq!(number(end), crc32fast::hash(&frame[..end]));
    let (mut rest, payload) = frame[12..end].split_at(number(4) as usize);
    let mut headers = Vec::new();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    while let Some((name_bytes, after)) = rest.split_first() {
        let (name, after) = after.split_at(usize::from(*name_bytes));
        let [7, high, low, after @ ..] = after else {
            panic!("no string")
        };
        let (value, after) = after.split_at(usize::from(u16::from_be_bytes([*high, *low])));
        headers.push((text(name), text(value)));
        rest = after;
    }
    (headers, Bytes::copy_from_slice(payload))
}

fn frames(response: Response<EventFrames>) -> Vec<Parsed> {
    assert_eq!(
        response.headers()["content-type"],
        "application/vnd.amazon.eventstream"
    );
    assert_eq!(
        response.headers()["x-amzn-requestid"],
        "00000000-0000-4000-8000-000000000007"
    );
    let frames: Vec<Bytes> = ready(response.into_body().collect());
    frames.iter().map(|frame| parse(frame)).collect()
}

fn headers(kind: &str, name: &str, content_type: &str) -> Vec<(String, String)> {
    let headers = [
        (format!(":{kind}-type"), name.to_owned()),
        (":content-type".to_owned(), content_type.to_owned()),
        (":message-type".to_owned(), kind.to_owned()),
    ];
    headers.into()
}

const JSON: &str = "application/x-amz-json-1.1";
const CBOR: &str = "application/x-amz-cbor-1.1";

#[test]
fn events_come_after_the_initial_response_in_the_codec_of_the_request() {
    let frames_in = |content_type: &str| frames(subscribe(content_type, "s").unwrap());
    let event = r#"{"Records":[],"ContinuationSequenceNumber":"49","MillisBehindLatest":7}"#;
    let expected = vec![
        (
            headers("event", "initial-response", JSON),
            Bytes::from_static(b"{}"),
        ),
        (
            headers("event", "SubscribeToShardEvent", JSON),
            Bytes::from_static(event.as_bytes()),
        ),
    ];
    assert_eq!(frames_in(JSON), expected);
    let in_cbor = frames_in(CBOR);
    assert_eq!(
        in_cbor[0],
        (
            headers("event", "initial-response", CBOR),
            Bytes::from_static(&[0xa0])
        )
    );
    assert_eq!(in_cbor[1].0, headers("event", "SubscribeToShardEvent", CBOR));
    let payload: serde_json::Value = Codec::Cbor.read(&in_cbor[1].1).unwrap();
    assert_eq!(
        payload.to_string(),
        serde_json::from_str::<serde_json::Value>(event)
            .unwrap()
            .to_string()
    );
    assert_eq!(in_cbor.len(), 2);
}

#[test]
fn an_error_of_the_model_is_an_exception_among_the_events() {
    let last = frames(subscribe(JSON, "in-use").unwrap()).pop().unwrap();
    let payload = Bytes::from_static(br#"{"message":"Taken over."}"#);
    assert_eq!(
        last,
        (headers("exception", "ResourceInUseException", JSON), payload)
    );
    let (seen, payload) = frames(subscribe(CBOR, "in-use").unwrap()).pop().unwrap();
    assert_eq!(seen, headers("exception", "ResourceInUseException", CBOR));
    let payload: serde_json::Value = Codec::Cbor.read(&payload).unwrap();
    assert_eq!(payload.to_string(), r#"{"message":"Taken over."}"#);
}

#[test]
fn any_other_error_is_an_error_of_the_stream() {
    let (headers, payload) = frames(subscribe(JSON, "broken").unwrap()).pop().unwrap();
    let expected = [
        (":error-code", "InternalFailure"),
        (":error-message", "Oh."),
        (":message-type", "error"),
    ];
    assert_eq!(
        headers,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert!(payload.is_empty());
}

#[test]
fn a_call_that_is_refused_has_no_stream() {
    let refused = subscribe(JSON, "absent").err().unwrap();
    assert_eq!(refused.status(), 400);
    assert_eq!(refused.headers()["content-type"], JSON);
    let body = r#"{"__type":"ResourceNotFoundException","message":"No shard."}"#;
    assert_eq!(refused.body(), body);
    let refused = subscribe(CBOR, "absent").err().unwrap();
    assert_eq!(refused.headers()["content-type"], CBOR);
    let body_in_cbor: serde_json::Value = Codec::Cbor.read(refused.body()).unwrap();
    assert_eq!(
        body_in_cbor,
        serde_json::from_str::<serde_json::Value>(body).unwrap()
    );
    // Against the model: no stream either.
    let invalid = subscribe(JSON, "").err().unwrap();
    assert!(String::from_utf8_lossy(invalid.body()).contains("shardId"));
}

#[test]
fn nothing_in_the_server_subscribes() {
    let door: Arc<dyn Door> = Arc::new(OneEvent);
    let dispatcher = Dispatcher::new();
    dispatcher.install([&door]);
    let Value::Map(input) = input("s") else {
        panic!("no structure")
    };
    let call = dispatcher.call(context(Protocol::AwsJson11), "kinesis", "SubscribeToShard", input);
    assert_eq!(ready(call).unwrap_err().code, "NotImplemented");
}

#[test]
fn events_beyond_what_clients_take_are_refused() {
    let payload = Bytes::from(vec![b'x'; 16 * 1024 * 1024 + 1]);
    assert!(Event::encoded("SubscribeToShardEvent", payload.slice(1..)).is_ok());
    assert!(Event::encoded("SubscribeToShardEvent", payload).is_err());
}
