mod enforce;
mod streaming;

use ninefold_model::{Map, Operation, Value};
use ninefold_protocol::{AccountId, BoxFuture, Region};
use ninefold_queue::{Limits, QueueEngine};
use ninefold_store::{MemoryStore, Store};
use ninefold_time::{Clock, ManualClock};

use super::*;
use crate::identity::AllowAll;
use crate::metrics::Sources;

/// Answers `GetQueueUrl` with what it knows of the call, and panics on `ListQueues`.
struct TestDoor;

impl Door for TestDoor {
    fn model(&self) -> &'static ServiceModel {
        ninefold_model::sqs()
    }

    fn operations(&self) -> &'static [&'static str] {
        &["GetQueueUrl", "ListQueues"]
    }

    fn call(
        &self,
        context: CallContext,
        operation: &'static Operation,
        _: Value,
    ) -> BoxFuture<'_, Result<Value, ServiceError>> {
        Box::pin(async move {
            assert_ne!(operation.name, "ListQueues", "on purpose");
            context.authorize("sqs:getqueueurl", &"arn:aws:sqs:us-east-1:123456789012:a", None)?;
            let url = format!(
                "{}/{}/{}",
                context.endpoint, context.principal.account, context.region
            );
            let mut output = Map::new();
            output.insert("QueueUrl", url);
            Ok(Value::Map(output))
        })
    }
}

async fn gateway() -> Gateway {
    let account = AccountId::parse("000000000000").unwrap();
    let authenticator = Authenticator::open(account, Region::parse("us-east-1").unwrap());
    gateway_with(authenticator, Arc::new(AllowAll)).await
}

async fn gateway_with(authenticator: Authenticator, authorizer: Arc<dyn Authorizer>) -> Gateway {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
    let doors: [Arc<dyn Door>; 2] = [Arc::new(TestDoor), Arc::new(streaming::StreamingDoor)];
    let doors = doors.map(|door| Service {
        model: door.model(),
        figures: Arc::new(ServiceFigures::new(door.model())),
        door,
    });
    let unrouted = Arc::new(OperationFigures::default());
    let queues = QueueEngine::open(Arc::clone(&store), Arc::clone(&clock), Limits::default())
        .await
        .unwrap();
    Gateway {
        registry: Registry::new(doors.iter().map(|service| service.model)),
        unrouted: Arc::clone(&unrouted),
        authenticator,
        authorizer,
        operator: None,
        health: Health::new(Arc::clone(&store), Box::new(|| None)),
        metrics: Metrics::new(Sources {
            services: doors.iter().map(|service| Arc::clone(&service.figures)).collect(),
            unrouted,
            connections: Default::default(),
            queues,
            deliveries: Vec::new(),
            store,
            log: Box::new(Default::default),
            channels: Box::new(Vec::new),
            clock,
        }),
        doors: doors.into(),
        scheme: "http",
        default_host: "127.0.0.1:4566".to_owned(),
    }
}

fn json(operation: &str) -> http::request::Builder {
    Request::post("/").header("x-amz-target", format!("AmazonSQS.{operation}"))
}

async fn send(gateway: &Gateway, request: http::request::Builder, body: &'static str) -> (u16, String) {
    let request = request.body(Bytes::from_static(body.as_bytes())).unwrap();
    let response = gateway.handle(request, ([127, 0, 0, 1], 1).into()).await;
    assert!(response.headers().contains_key("content-type"));
    (response.status().as_u16(), text(response.body()))
}

fn text(body: &ResponseBody) -> String {
    String::from_utf8(body.as_whole().unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn a_door_learns_who_calls_from_where() {
    let gateway = gateway().await;
    let plain = send(&gateway, json("GetQueueUrl"), r#"{"QueueName":"a"}"#).await;
    assert_eq!(
        plain,
        (
            200,
            r#"{"QueueUrl":"http://127.0.0.1:4566/000000000000/us-east-1"}"#.to_owned()
        )
    );
    let signed = json("GetQueueUrl").header("host", "queues.test:80").header(
        "authorization",
        "AWS4-HMAC-SHA256 Credential=123456789012/20260101/eu-west-1/sqs/aws4_request, SignedHeaders=host, Signature=0",
    );
    let signed = send(&gateway, signed, r#"{"QueueName":"a"}"#).await;
    assert_eq!(
        signed,
        (
            200,
            r#"{"QueueUrl":"http://queues.test:80/123456789012/eu-west-1"}"#.to_owned()
        )
    );
}

#[tokio::test]
async fn a_panic_is_answered_and_the_server_goes_on() {
    let gateway = gateway().await;
    let (status, body) = send(&gateway, json("ListQueues"), "{}").await;
    assert_eq!(status, 500);
    assert!(
        body.contains("InternalFailure") && !body.contains("on purpose"),
        "{body}"
    );
    assert_eq!(
        send(&gateway, json("GetQueueUrl"), r#"{"QueueName":"a"}"#)
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn what_nobody_answers_is_refused_in_the_protocol_it_came_in() {
    let gateway = gateway().await;
    let (status, body) = send(&gateway, json("CreateQueue"), r#"{"QueueName":"a"}"#).await;
    assert!(
        (400..=501).contains(&status) && body.contains("CreateQueue"),
        "{status} {body}"
    );
    let (status, body) = send(&gateway, json("NoSuchThing"), "{}").await;
    assert!(
        status == 400 && body.contains("UnknownOperationException"),
        "{status} {body}"
    );
    let form = Request::post("/").header("content-type", "application/x-www-form-urlencoded");
    let (status, body) = send(&gateway, form, "Action=NoSuchThing&Version=2012-11-05").await;
    assert!(
        status == 400 && body.contains("<Code>InvalidAction</Code>"),
        "{status} {body}"
    );
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_in_the_protocol_it_came_in() {
    let gateway = gateway().await;
    let refuse = |request: http::request::Builder| {
        let (head, ()) = request.body(()).unwrap().into_parts();
        let response = gateway.refuse(&head, Refusal::TooLarge { limit: 7 });
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
        String::from_utf8(response.body().to_vec()).unwrap()
    };
    let in_json = refuse(json("SendMessage"));
    assert!(
        in_json.contains("#RequestEntityTooLarge") && in_json.contains("larger than 7 bytes"),
        "{in_json}"
    );
    assert!(refuse(Request::post("/")).contains("<Code>RequestEntityTooLarge</Code>"));
}

#[tokio::test]
async fn requests_are_counted_by_result() {
    let gateway = gateway().await;
    send(&gateway, json("GetQueueUrl"), r#"{"QueueName":"a"}"#).await;
    send(&gateway, json("GetQueueUrl"), "{").await;
    send(&gateway, json("Nothing"), "{}").await;
    let (status, figures) = send(&gateway, Request::get("/metrics"), "").await;
    assert_eq!(status, 200);
    for line in [
        r#"ninefold_requests_total{service="sqs",operation="GetQueueUrl",result="Success"} 1"#,
        r#"ninefold_requests_total{service="sqs",operation="GetQueueUrl",result="SerializationException"} 1"#,
        r#"ninefold_requests_total{service="unknown",operation="unknown",result="UnknownOperationException"} 1"#,
        r#"ninefold_request_seconds_count{service="sqs",operation="GetQueueUrl"} 2"#,
        r#"ninefold_request_seconds_bucket{le="+Inf",service="sqs",operation="GetQueueUrl"} 2"#,
    ] {
        assert!(figures.contains(line), "{line} in {figures}");
    }
}

#[tokio::test]
async fn health_needs_no_credentials_and_takes_no_other_method() {
    let gateway = gateway().await;
    assert_eq!(send(&gateway, Request::get("/health"), "").await.0, 200);
    assert_ne!(send(&gateway, Request::post("/health"), "").await.0, 200);
}
