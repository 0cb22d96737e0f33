//! Answers that are a stream of events, and CBOR.

use std::task::Poll;

use futures_util::{StreamExt, stream};
use ninefold_http::Interrupted;
use ninefold_protocol::{Codec, Event, EventStream};

use super::*;

/// Streams one event, and panics after it on shard `panic`.
pub(super) struct StreamingDoor;

impl Door for StreamingDoor {
    fn model(&self) -> &'static ServiceModel {
        ninefold_model::kinesis()
    }

    fn operations(&self) -> &'static [&'static str] {
        &["SubscribeToShard", "DescribeLimits"]
    }

    fn call(
        &self,
        context: CallContext,
        operation: &'static Operation,
        _: Value,
    ) -> BoxFuture<'_, Result<Value, ServiceError>> {
        Box::pin(async move {
            context.authorize(&format!("kinesis:{}", operation.name), &"*", None)?;
            Ok(Value::Map(Map::from_iter([("ShardLimit", 7)])))
        })
    }

    fn call_streaming(
        &self,
        context: CallContext,
        _: &'static Operation,
        input: Value,
    ) -> BoxFuture<'_, Result<EventStream, ServiceError>> {
        Box::pin(async move {
            let payload = context.protocol.codec().write("payload")?;
            let event = Event::encoded("SubscribeToShardEvent", payload);
            let panics = input.get("ShardId").and_then(Value::as_str) == Some("panic");
            let end = stream::poll_fn(move |_| {
                assert!(!panics, "on purpose");
                Poll::Ready(None)
            });
            let events: EventStream = Box::pin(stream::iter([event]).chain(end));
            Ok(events)
        })
    }
}

fn kinesis(operation: &str, content_type: &str) -> http::request::Builder {
    Request::post("/")
        .header("x-amz-target", format!("Kinesis_20131202.{operation}"))
        .header("content-type", content_type)
}

async fn subscribe(gateway: &Gateway, shard: &str) -> Response<ResponseBody> {
    let consumer = "arn:aws:kinesis:us-east-1:000000000000:stream/s/consumer/c:1";
    let body = format!(
        r#"{{"ConsumerARN":"{consumer}","ShardId":"{shard}","StartingPosition":{{"Type":"LATEST"}}}}"#
    );
    let request = kinesis("SubscribeToShard", "application/x-amz-json-1.1")
        .body(body.into())
        .unwrap();
    gateway.handle(request, ([127, 0, 0, 1], 1).into()).await
}

async fn frames(response: Response<ResponseBody>) -> Vec<Result<Bytes, Interrupted>> {
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers()["content-type"],
        "application/vnd.amazon.eventstream"
    );
    let ResponseBody::Streaming(frames) = response.into_body() else {
        panic!("whole")
    };
    frames.collect().await
}

fn holds(frame: &Result<Bytes, Interrupted>, text: &str) -> bool {
    let frame = frame.as_ref().unwrap();
    frame.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn events_go_out_one_after_another() {
    let gateway = gateway().await;
    let frames = frames(subscribe(&gateway, "s").await).await;
    assert_eq!(frames.len(), 2);
    assert!(holds(&frames[0], "initial-response"));
    assert!(holds(&frames[1], "SubscribeToShardEvent") && holds(&frames[1], r#""payload""#));
    let (_, figures) = send(&gateway, Request::get("/metrics"), "").await;
    let line =
        r#"ninefold_requests_total{service="kinesis",operation="SubscribeToShard",result="Success"} 1"#;
    assert!(figures.contains(line), "{figures}");
}

#[tokio::test]
async fn a_panic_among_the_events_interrupts_them() {
    let gateway = gateway().await;
    let frames = frames(subscribe(&gateway, "panic").await).await;
    assert_eq!(frames.len(), 3);
    assert_eq!(frames[2], Err(Interrupted));
    assert_eq!(
        send(
            &gateway,
            kinesis("DescribeLimits", "application/x-amz-json-1.1"),
            "{}"
        )
        .await
        .0,
        200
    );
}

#[tokio::test]
async fn a_subscription_that_is_refused_is_answered_whole() {
    let gateway = gateway().await;
    let refused = subscribe(&gateway, "").await;
    assert_eq!(refused.status(), 400);
    assert!(text(refused.body()).contains("ValidationException"));
}

#[tokio::test]
async fn cbor_is_answered_in_cbor_whatever_the_host() {
    let gateway = gateway().await;
    for (host, operation, expected) in [
        (
            "123456789012.data-kinesis.us-east-1.amazonaws.com",
            "DescribeLimits",
            r#"{"ShardLimit":7}"#,
        ),
        (
            "x.control-kinesis.localhost:4566",
            "Explode",
            r#"{"__type":"UnknownOperationException","message":""}"#,
        ),
    ] {
        let request = kinesis(operation, "application/x-amz-cbor-1.1").header("host", host);
        let request = request.body(Bytes::from_static(&[0xbf, 0xff])).unwrap();
        let response = gateway.handle(request, ([127, 0, 0, 1], 1).into()).await;
        assert_eq!(response.headers()["content-type"], "application/x-amz-cbor-1.1");
        let body: serde_json::Value = Codec::Cbor.read(response.body().as_whole().unwrap()).unwrap();
        assert_eq!(body.to_string(), expected);
    }
    let head = kinesis("PutRecords", "application/x-amz-cbor-1.1")
        .body(())
        .unwrap()
        .into_parts()
        .0;
    let refused = gateway.refuse(&head, Refusal::TooSlow);
    let body: serde_json::Value = Codec::Cbor.read(refused.body()).unwrap();
    assert_eq!(body["__type"], "RequestTimeout");
}
