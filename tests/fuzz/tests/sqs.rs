//! Whole SQS requests, in both protocols: whatever comes in is answered, with an error of the client's when with any.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Builder;
use http::{Request, Response};
use ninefold_fuzz::Mutator;
use ninefold_protocol::{
    AccountId, Authorizer, CallContext, Endpoint, Principal, PrincipalKind, Region, Registry, RequestId,
    ServiceError, answer,
};
use ninefold_queue::{Limits, QueueEngine};
use ninefold_sqs::SqsDoor;
use ninefold_store::MemoryStore;
use ninefold_time::{Clock, ManualClock};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Requests before the door starts anew, with nothing in it but the queues of the seeds.
const REQUESTS_PER_DOOR: usize = 2_000;

/// `X-Amz-Target`'s operation, a space, and a JSON body.
const JSON_SEEDS: &[&str] = &[
    r#"CreateQueue {"QueueName":"made.fifo","Attributes":{"FifoQueue":"true","DelaySeconds":"3"},"tags":{"a":"b"}}"#,
    r#"SetQueueAttributes {"QueueUrl":"/000000000000/q","Attributes":{"VisibilityTimeout":"30","RedrivePolicy":"{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:dead\",\"maxReceiveCount\":1}"}}"#,
    r#"SetQueueAttributes {"QueueUrl":"/000000000000/q","Attributes":{"Policy":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"sqs:*\",\"Resource\":\"*\"}]}"}}"#,
    r#"GetQueueAttributes {"QueueUrl":"/000000000000/q","AttributeNames":["All"]}"#,
    r#"SendMessage {"QueueUrl":"/000000000000/q","MessageBody":"hello","DelaySeconds":5,"MessageAttributes":{"n":{"DataType":"Number","StringValue":"1"},"b":{"DataType":"Binary","BinaryValue":"aGVsbG8="}}}"#,
    r#"SendMessage {"QueueUrl":"/000000000000/q.fifo","MessageBody":"hello","MessageGroupId":"g","MessageDeduplicationId":"d"}"#,
    r#"SendMessageBatch {"QueueUrl":"/000000000000/q","Entries":[{"Id":"1","MessageBody":"a"},{"Id":"2","MessageBody":"b"}]}"#,
    r#"ReceiveMessage {"QueueUrl":"/000000000000/q","MaxNumberOfMessages":10,"WaitTimeSeconds":1,"VisibilityTimeout":0,"MessageAttributeNames":["All"],"AttributeNames":["All"]}"#,
    r#"ReceiveMessage {"QueueUrl":"/000000000000/q.fifo","ReceiveRequestAttemptId":"again"}"#,
    r#"DeleteMessage {"QueueUrl":"/000000000000/q","ReceiptHandle":"AQAAAAAAAAE3AAABogvewQEAAAAAAAAAAQAAAAEHitZBDIxNsA=="}"#,
    r#"ChangeMessageVisibilityBatch {"QueueUrl":"/000000000000/q","Entries":[{"Id":"1","ReceiptHandle":"AQ","VisibilityTimeout":0}]}"#,
    r#"DeleteMessageBatch {"QueueUrl":"/000000000000/q","Entries":[{"Id":"1","ReceiptHandle":"AQ"}]}"#,
    r#"AddPermission {"QueueUrl":"/000000000000/q","Label":"l","AWSAccountIds":["111111111111"],"Actions":["SendMessage"]}"#,
    r#"RemovePermission {"QueueUrl":"/000000000000/q","Label":"l"}"#,
    r#"TagQueue {"QueueUrl":"/000000000000/q","Tags":{"team":"a"}}"#,
    r#"UntagQueue {"QueueUrl":"/000000000000/q","TagKeys":["team"]}"#,
    r#"ListQueues {"QueueNamePrefix":"q","MaxResults":1,"NextToken":"cQ"}"#,
    r#"ListDeadLetterSourceQueues {"QueueUrl":"/000000000000/dead","MaxResults":1}"#,
    r#"StartMessageMoveTask {"SourceArn":"arn:aws:sqs:us-east-1:000000000000:dead","MaxNumberOfMessagesPerSecond":5}"#,
    r#"ListMessageMoveTasks {"SourceArn":"arn:aws:sqs:us-east-1:000000000000:dead","MaxResults":10}"#,
    r#"CancelMessageMoveTask {"TaskHandle":"eyJ0YXNrSWQiOiIxIiwic291cmNlQXJuIjoiYSJ9"}"#,
    r#"GetQueueUrl {"QueueName":"q","QueueOwnerAWSAccountId":"000000000000"}"#,
    r#"PurgeQueue {"QueueUrl":"/000000000000/q"}"#,
    r#"DeleteQueue {"QueueUrl":"/000000000000/made"}"#,
];
const JSON_TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\u0000",
    "\\ud800",
    "null",
    "true",
    "-1",
    "1e999",
    "99999999999999999999",
    "\"All\"",
    "\"\"",
    "/000000000000/q.fifo",
    "\"DelaySeconds\":",
    "\"MessageGroupId\":\"g\",",
    "é",
    "=",
];
const QUERY_SEEDS: &[&str] = &[
    "Action=SendMessage&MessageBody=one+coffee&MessageAttribute.1.Name=k&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=v",
    "Action=CreateQueue&QueueName=made&Attribute.1.Name=VisibilityTimeout&Attribute.1.Value=30&Tag.1.Key=a&Tag.1.Value=b",
    "Action=SendMessageBatch&SendMessageBatchRequestEntry.1.Id=1&SendMessageBatchRequestEntry.1.MessageBody=a",
    "Action=ReceiveMessage&AttributeName.1=All&MaxNumberOfMessages=10&MessageAttributeName.1=.%2A",
    "Action=SetQueueAttributes&Attribute.Name=DelaySeconds&Attribute.Value=3",
    "Action=ListQueues&QueueNamePrefix=q",
];
const QUERY_TOKENS: &[&str] = &[
    "&",
    "=",
    ".",
    "%00",
    "%ff",
    "+",
    ".1",
    ".0",
    ".-1",
    "Attribute.",
    "MessageAttribute.2.Value.",
    "QueueUrl=",
    "Action=",
];

struct Everything;

impl Authorizer for Everything {
    fn authorize(
        &self,
        _: &CallContext,
        _: &str,
        _: &dyn Display,
        _: Option<&str>,
    ) -> Result<(), ServiceError> {
        Ok(())
    }
}

/// A door with the queues that the seeds speak of.
struct Target {
    registry: Registry,
    door: SqsDoor,
    clock: ManualClock,
}

impl Target {
    async fn new() -> Self {
        let clock = ManualClock::default();
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let store = Arc::new(MemoryStore::new());
        let engine = QueueEngine::open(store, Arc::clone(&shared), Limits::default())
            .await
            .unwrap();
        let target = Target {
            registry: Registry::new([ninefold_model::sqs()]),
            door: SqsDoor::new(engine, shared, [7; 32]),
            clock,
        };
        for input in [
            r#"CreateQueue {"QueueName":"q"}"#,
            r#"CreateQueue {"QueueName":"dead"}"#,
            r#"CreateQueue {"QueueName":"q.fifo","Attributes":{"FifoQueue":"true"}}"#,
        ] {
            let response = target.answer_json(input.as_bytes()).await.unwrap();
            assert_eq!(response.status(), 200);
        }
        target
    }

    async fn answer_json(&self, input: &[u8]) -> Option<Response<Bytes>> {
        let space = input.iter().position(|byte| *byte == b' ')?;
        let request = Request::post("/")
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", [b"AmazonSQS.", &input[..space]].concat());
        self.answer(request, Bytes::copy_from_slice(&input[space + 1..]))
            .await
    }

    async fn answer_query(&self, input: &[u8]) -> Option<Response<Bytes>> {
        let request =
            Request::post("/000000000000/q").header("content-type", "application/x-www-form-urlencoded");
        self.answer(request, Bytes::copy_from_slice(input)).await
    }

    /// The answer, unless no such operation can be found.
    async fn answer(&self, request: Builder, body: Bytes) -> Option<Response<Bytes>> {
        let (parts, ()) = request.body(()).ok()?.into_parts();
        let route = self.registry.route(&parts, &body, Some("sqs")).ok()?;
        let account = AccountId::parse("000000000000").unwrap();
        let context = CallContext {
            request_id: RequestId::from_random_bits(7),
            principal: Principal {
                account,
                arn: format!("arn:aws:iam::{account}:root"),
                access_key_id: None,
                kind: PrincipalKind::Root,
            },
            region: Region::parse("us-east-1").unwrap(),
            endpoint: Endpoint {
                scheme: "http",
                host: "localhost".to_owned(),
            },
            source_ip: None,
            protocol: route.protocol,
            source: None,
            authorizer: Arc::new(Everything),
        };
        let time = async {
            loop {
                tokio::task::yield_now().await;
                self.clock.advance(Duration::from_secs(1));
            }
        };
        tokio::select! {
            biased;
            response = answer(&self.door, context, route, parts, body) => Some(response),
            () = time => unreachable!("time goes on for ever"),
        }
    }
}

/// Checks an answer, and what it took to make.
fn check(input: &[u8], response: &Response<Bytes>, used_bytes: usize) {
    let status = response.status().as_u16();
    let text = String::from_utf8_lossy(response.body());
    assert!(
        status < 500,
        "{status} {text} for {:?}",
        String::from_utf8_lossy(input)
    );
    assert!(
        used_bytes <= (1 << 20) + 500 * input.len(),
        "{used_bytes} bytes for {} of input",
        input.len()
    );
}

/// One test for both protocols, since the memory of one would count for the other's.
#[tokio::test]
async fn any_request_is_answered() {
    let mut json = Mutator::new(4, JSON_SEEDS, JSON_TOKENS);
    let mut query = Mutator::new(5, QUERY_SEEDS, QUERY_TOKENS);
    let mut target = Target::new().await;
    let mut successful = [0, 0];
    for number in 1..=2 * Mutator::inputs() {
        let is_query = number % 2 == 0;
        let input = if is_query {
            query.next_input()
        } else {
            json.next_input()
        };
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let response = if is_query {
            target.answer_query(&input).await
        } else {
            target.answer_json(&input).await
        };
        if let Some(response) = response {
            check(&input, &response, MEMORY.peak_usage().saturating_sub(before));
            assert_eq!(response.body().starts_with(b"<?xml"), is_query);
            successful[usize::from(is_query)] += usize::from(response.status() == 200);
        }
        if number % REQUESTS_PER_DOOR == 0 {
            target = Target::new().await;
        }
    }
    assert!(!successful.contains(&0), "nothing succeeded: the seeds are wrong");
}
