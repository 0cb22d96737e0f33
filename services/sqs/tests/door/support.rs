//! A door on an engine in memory, with a clock that tests drive.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use ninefold_protocol::{
    AccountId, Authorizer, CallContext, Consignment, Door, Endpoint, Principal, PrincipalKind, Protocol,
    Push, Region, Registry, RequestId, ServiceError, Untaken, answer,
};
use ninefold_queue::{Limits, QueueEngine};
use ninefold_sqs::SqsDoor;
use ninefold_store::{MemoryStore, StoreError};
use ninefold_time::{Clock, ManualClock};
use serde_json::{Value, json};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const OTHER_ACCOUNT: &str = "111111111111";

/// What a refused call was answered with.
#[derive(Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    /// What follows `#` in `__type`.
    pub(crate) shape: String,
    /// The code in the query protocol.
    pub(crate) code: String,
    pub(crate) message: String,
}

/// Allows what a resource's policy mentions, and accounts their own: enough to see who is asked about what.
struct OwnersAndPolicies;

impl Authorizer for OwnersAndPolicies {
    fn authorize(
        &self,
        context: &CallContext,
        action: &str,
        resource_arn: &dyn Display,
        resource_policy: Option<&str>,
    ) -> Result<(), ServiceError> {
        let resource_arn = resource_arn.to_string();
        let owner = resource_arn.split(':').nth(4);
        let is_owner = owner.is_none_or(|owner| owner == context.principal.account.as_str());
        let is_mentioned = resource_policy.is_some_and(|policy| {
            policy.contains(&action.replace("sqs:", "SQS:")) || policy.contains("SQS:*")
        });
        if is_owner || is_mentioned {
            Ok(())
        } else {
            Err(ServiceError::access_denied(format!(
                "{action} on {resource_arn} is denied"
            )))
        }
    }
}

pub(crate) struct Sqs {
    pub(crate) clock: ManualClock,
    store: Arc<MemoryStore>,
    door: Arc<SqsDoor>,
}

impl Sqs {
    pub(crate) async fn new() -> Self {
        Self::on(Arc::new(MemoryStore::new()), ManualClock::default()).await
    }

    async fn on(store: Arc<MemoryStore>, clock: ManualClock) -> Self {
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let engine = QueueEngine::open(store.clone(), Arc::clone(&shared), Limits::default())
            .await
            .unwrap();
        let door = Arc::new(SqsDoor::new(engine, shared, [7; 32]));
        Sqs { clock, store, door }
    }

    /// The same data, opened by another process.
    pub(crate) async fn restarted(&self) -> Self {
        Self::on(Arc::clone(&self.store), self.clock.clone()).await
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Calls an operation over JSON; the answer's body.
    pub(crate) async fn call(&self, operation: &str, input: Value) -> Value {
        self.try_call(operation, input)
            .await
            .unwrap_or_else(|refusal| panic!("{operation}: {refusal:?}"))
    }

    /// Calls an operation that must be refused.
    pub(crate) async fn refuse(&self, operation: &str, input: Value) -> Refusal {
        match self.try_call(operation, input).await {
            Ok(answer) => panic!("{operation} answered {answer}"),
            Err(refusal) => refusal,
        }
    }

    pub(crate) async fn try_call(&self, operation: &str, input: Value) -> Result<Value, Refusal> {
        self.call_as(ACCOUNT, operation, &input.to_string()).await
    }

    /// Calls with this body, as the owner of an account.
    pub(crate) async fn call_as(&self, account: &str, operation: &str, body: &str) -> Result<Value, Refusal> {
        let request = Request::post("/")
            .header("x-amz-target", format!("AmazonSQS.{operation}"))
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amzn-query-mode", "true");
        let response = self
            .answer(account, request, Bytes::copy_from_slice(body.as_bytes()))
            .await;
        let body: Value = serde_json::from_slice(response.body()).unwrap();
        if response.status() == 200 {
            return Ok(body);
        }
        let code = response.headers()["x-amzn-query-error"].to_str().unwrap();
        let kind = body["__type"].as_str().unwrap();
        let message = body["message"].as_str().or(body["Message"].as_str());
        Err(Refusal {
            status: response.status().as_u16(),
            shape: kind.rsplit('#').next().unwrap().to_owned(),
            code: code.split(';').next().unwrap().to_owned(),
            message: message.unwrap_or_default().to_owned(),
        })
    }

    /// Calls over the query protocol; status and XML.
    pub(crate) async fn query(&self, path: &str, form: &str) -> (u16, String) {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        let body = Bytes::from(format!("Version=2012-11-05&{form}"));
        let response = self.answer(ACCOUNT, request, body).await;
        let text = String::from_utf8(response.body().to_vec()).unwrap();
        (response.status().as_u16(), text)
    }

    async fn answer(
        &self,
        account: &str,
        request: http::request::Builder,
        body: Bytes,
    ) -> http::Response<Bytes> {
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let route = Registry::new([ninefold_model::sqs()])
            .route(&parts, &body, Some("sqs"))
            .unwrap();
        let context = context(account, route.protocol);
        answer(&*self.door, context, route, parts, body).await
    }

    /// Sends as another door does; what was not taken.
    pub(crate) async fn send_to_queues(&self, consignments: Vec<Consignment>) -> Vec<Untaken> {
        let context = context(ACCOUNT, Protocol::AwsJson10);
        self.door.send_to_queues(context, consignments).await
    }

    /// Pushes to a queue as another door does; of each, whether the queue has it, or the code of why not.
    pub(crate) async fn push(&self, arn: &str, pushes: &[Push<'_>]) -> Vec<Result<(), String>> {
        let context = context(ACCOUNT, Protocol::AwsJson10);
        let target = self.door.push_target().unwrap();
        let outcomes = target.push(context, arn, pushes).await;
        let outcomes = outcomes.into_iter();
        outcomes
            .map(|outcome| outcome.map_err(|error| error.code.to_string()))
            .collect()
    }

    /// Makes the next commit fail.
    pub(crate) fn fail_next_commit(&self) {
        self.store.fail_next(StoreError::Overloaded);
    }

    /// Creates a queue with these attributes; its URL.
    pub(crate) async fn create(&self, name: &str, attributes: Value) -> String {
        let answer = self
            .call(
                "CreateQueue",
                json!({"QueueName": name, "Attributes": attributes}),
            )
            .await;
        answer["QueueUrl"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn create_fifo(&self, name: &str) -> String {
        self.create(name, json!({"FifoQueue": "true"})).await
    }

    pub(crate) async fn send(&self, url: &str, body: &str) -> Value {
        self.call("SendMessage", json!({"QueueUrl": url, "MessageBody": body}))
            .await
    }

    pub(crate) async fn send_in_group(&self, url: &str, body: &str, group: &str) -> Value {
        let input = json!({
            "QueueUrl": url, "MessageBody": body, "MessageGroupId": group,
            "MessageDeduplicationId": format!("{group}-{body}"),
        });
        self.call("SendMessage", input).await
    }

    /// Receives up to ten messages with these further arguments.
    pub(crate) async fn receive_with(&self, url: &str, more: Value) -> Vec<Value> {
        let mut input = json!({"QueueUrl": url, "MaxNumberOfMessages": 10});
        input
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let answer = self.call("ReceiveMessage", input).await;
        answer["Messages"].as_array().cloned().unwrap_or_default()
    }

    pub(crate) async fn receive(&self, url: &str) -> Vec<Value> {
        self.receive_with(url, json!({})).await
    }

    pub(crate) async fn attribute(&self, url: &str, name: &str) -> Option<String> {
        let input = json!({"QueueUrl": url, "AttributeNames": [name]});
        let answer = self.call("GetQueueAttributes", input).await;
        answer["Attributes"][name].as_str().map(str::to_owned)
    }

    pub(crate) async fn set(&self, url: &str, attributes: Value) -> Result<Value, Refusal> {
        self.try_call(
            "SetQueueAttributes",
            json!({"QueueUrl": url, "Attributes": attributes}),
        )
        .await
    }

    /// Visible, in flight and delayed messages.
    pub(crate) async fn counts(&self, url: &str) -> (u64, u64, u64) {
        let names = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
        ];
        let answer = self
            .call(
                "GetQueueAttributes",
                json!({"QueueUrl": url, "AttributeNames": names}),
            )
            .await;
        let count = |name: &str| answer["Attributes"][name].as_str().unwrap().parse().unwrap();
        (count(names[0]), count(names[1]), count(names[2]))
    }
}

fn context(account: &str, protocol: Protocol) -> CallContext {
    let account = AccountId::parse(account).unwrap();
    CallContext {
        request_id: RequestId::from_random_bits(7),
        principal: Principal {
            account,
            arn: format!("arn:aws:iam::{account}:root"),
            access_key_id: Some("AKIAIOSFODNN7EXAMPLE".to_owned()),
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
        authorizer: Arc::new(OwnersAndPolicies),
    }
}

pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:sqs:eu-central-1:{ACCOUNT}:{name}")
}

pub(crate) fn redrive_to(name: &str, count: u32) -> String {
    json!({"deadLetterTargetArn": arn(name), "maxReceiveCount": count}).to_string()
}

pub(crate) fn bodies(messages: &[Value]) -> Vec<&str> {
    messages
        .iter()
        .map(|message| message["Body"].as_str().unwrap())
        .collect()
}

pub(crate) fn handle(message: &Value) -> String {
    message["ReceiptHandle"].as_str().unwrap().to_owned()
}

impl Refusal {
    /// Shape, status and message in one value, to compare with.
    pub(crate) fn parts(&self) -> (&str, u16, &str) {
        (&self.shape, self.status, &self.message)
    }
}
