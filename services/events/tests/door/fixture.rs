//! Doors whose time the test is master of: EventBridge, and SQS for its targets. Everything goes through the dispatcher, so it is
//! validated and authorized as over HTTP.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ninefold_delivery::DeliveryEngine;
use ninefold_events::{EventsDoor, EventsParts, Sealer, WebhookSource};
use ninefold_model::{Map, ServiceModel, Value};
use ninefold_outbound_http::{HttpClient, HttpClientOptions};
use ninefold_protocol::json::{decode_json, encode_json};
use ninefold_protocol::{
    AccountId, Authorizer, BoxFuture, CallContext, Dispatcher, Door, Endpoint, LogGroups, Principal,
    PrincipalKind, Protocol, Region, RequestId, ServiceError,
};
use ninefold_queue::QueueEngine;
use ninefold_sqs::SqsDoor;
use ninefold_store::MemoryStore;
use ninefold_time::{Clock, ManualClock};
use ninefold_webhook::{Scheme, Secret, Secrets};
use parking_lot::Mutex;
use serde_json::{Value as Json, json};
use tokio::task::JoinHandle;

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const REGION: &str = "us-east-1";
/// The sources of webhooks, and what they sign with.
pub(crate) const GITHUB: &str = "aws.partner/github.com/acme";
pub(crate) const STRIPE: &str = "aws.partner/stripe.com/acme";
pub(crate) const WEBHOOK_SECRET: &str = "the secret of the tests";

/// Lets everybody do everything.
struct Everything;

impl Authorizer for Everything {
    fn authorize(
        &self,
        _: &CallContext,
        _: &str,
        _: &dyn fmt::Display,
        _: Option<&str>,
    ) -> Result<(), ServiceError> {
        Ok(())
    }
}

/// Shows who a secret belongs to, and hides nothing.
struct Label;

impl Sealer for Label {
    fn seal(&self, owner: &str, text: &str) -> Option<String> {
        Some(format!("{owner}\n{text}"))
    }

    fn open(&self, owner: &str, sealed: &str) -> Option<String> {
        let (sealed_for, text) = sealed.split_once('\n')?;
        (sealed_for == owner).then(|| text.to_owned())
    }
}

/// Log groups in memory.
#[derive(Default)]
pub(crate) struct Lines(Mutex<Vec<(String, String)>>);

impl LogGroups for Lines {
    fn append(&self, group: &str, line: String) {
        self.0.lock().push((group.to_owned(), line));
    }

    fn keep<'a>(&'a self, group: &'a str, line: String) -> BoxFuture<'a, Result<(), String>> {
        self.append(group, line);
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A server on a store that outlives it.
pub(crate) struct Fixture {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: ManualClock,
    server: Server,
}

struct Server {
    dispatcher: Arc<Dispatcher>,
    events: Arc<EventsDoor>,
    /// Held, since the dispatcher only knows where they are.
    _doors: Vec<Arc<dyn Door>>,
    running: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let (store, clock) = (Arc::new(MemoryStore::new()), ManualClock::default());
        Fixture {
            server: open(&store, &clock).await,
            store,
            clock,
        }
    }

    /// From now on the door does nothing by itself, as a server that was killed; what is asked of it is still answered.
    pub(crate) async fn stop(&self) {
        self.server.running.abort();
        settle().await;
    }

    /// Another server on the same store, as after a restart.
    pub(crate) async fn reopen(&mut self) {
        self.stop().await;
        self.server = open(&self.store, &self.clock).await;
    }

    /// The door, which other tasks may use as well.
    pub(crate) fn door(&self) -> Arc<EventsDoor> {
        Arc::clone(&self.server.events)
    }

    /// Does an operation of EventBridge, as JSON.
    pub(crate) async fn call(&self, operation: &str, input: Json) -> Result<Json, ServiceError> {
        self.call_service(ninefold_model::events(), "events", operation, input)
            .await
    }

    /// Does an operation that works.
    pub(crate) async fn done(&self, operation: &str, input: Json) -> Json {
        let answer = self.call(operation, input.clone()).await;
        answer.unwrap_or_else(|error| panic!("{operation} {input}: {error}"))
    }

    /// What an operation is refused with: code and message.
    pub(crate) async fn refused(&self, operation: &str, input: Json) -> (String, String) {
        let answer = self.call(operation, input.clone()).await;
        let error = answer.expect_err(&format!("{operation} {input}"));
        (error.code.to_string(), error.message.to_string())
    }

    async fn call_service(
        &self,
        model: &'static ServiceModel,
        service: &str,
        operation: &str,
        input: Json,
    ) -> Result<Json, ServiceError> {
        let shape = model.operation(operation).unwrap();
        let input = decode_json(model, shape, input.to_string().as_bytes()).unwrap();
        let input = input.as_map().cloned().unwrap_or_else(Map::new);
        let dispatcher = &self.server.dispatcher;
        let output: Value = dispatcher.call(context(), service, operation, input).await?;
        Ok(serde_json::from_slice(&encode_json(model, shape, &output)).unwrap())
    }

    async fn sqs(&self, operation: &str, input: Json) -> Json {
        let answer = self.call_service(ninefold_model::sqs(), "sqs", operation, input);
        answer.await.unwrap()
    }

    /// A queue, by its ARN.
    pub(crate) async fn queue(&self, name: &str) -> String {
        self.sqs("CreateQueue", json!({ "QueueName": name })).await;
        format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
    }

    /// Takes everything that is in a queue, in the order it comes.
    pub(crate) async fn received(&self, name: &str) -> Vec<Json> {
        let url = format!("{}/{ACCOUNT}/{name}", endpoint());
        let mut bodies = Vec::new();
        loop {
            let input = json!({ "QueueUrl": url, "MaxNumberOfMessages": 10 });
            let output = self.sqs("ReceiveMessage", input).await;
            let Some(messages) = output["Messages"].as_array().filter(|some| !some.is_empty()) else {
                return bodies;
            };
            for message in messages {
                bodies.push(serde_json::from_str(message["Body"].as_str().unwrap()).unwrap());
                let input = json!({ "QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"] });
                self.sqs("DeleteMessage", input).await;
            }
        }
    }

    /// A bus, by its ARN.
    pub(crate) async fn bus(&self, name: &str) -> String {
        let created = self.done("CreateEventBus", json!({ "Name": name })).await;
        created["EventBusArn"].as_str().unwrap().to_owned()
    }

    /// A rule that sends what a pattern takes to a target; its ARN.
    pub(crate) async fn rule(&self, bus: &str, name: &str, pattern: Json, target_arn: &str) -> String {
        let rule = json!({ "Name": name, "EventBusName": bus, "EventPattern": pattern.to_string() });
        let created = self.done("PutRule", rule).await;
        let targets = json!([{ "Id": "target", "Arn": target_arn }]);
        let targets = json!({ "Rule": name, "EventBusName": bus, "Targets": targets });
        let put = self.done("PutTargets", targets).await;
        assert_eq!(put["FailedEntryCount"], 0);
        created["RuleArn"].as_str().unwrap().to_owned()
    }

    /// Puts an event of `shop` for each detail on a bus, all at one time (`None`: now); their ids.
    pub(crate) async fn put(&self, bus: &str, time_seconds: Option<u64>, details: &[Json]) -> Vec<String> {
        let mut ids = Vec::new();
        for details in details.chunks(10) {
            let entries: Vec<Json> = details
                .iter()
                .map(|detail| {
                    let mut entry = json!({
                        "EventBusName": bus, "Source": "shop", "DetailType": "order", "Detail": detail.to_string(),
                    });
                    if let Some(seconds) = time_seconds {
                        entry["Time"] = json!(seconds);
                    }
                    entry
                })
                .collect();
            let put = self.done("PutEvents", json!({ "Entries": entries })).await;
            assert_eq!(put["FailedEntryCount"], 0);
            for entry in put["Entries"].as_array().unwrap() {
                ids.push(entry["EventId"].as_str().unwrap().to_owned());
            }
        }
        ids
    }

    pub(crate) fn now_seconds(&self) -> u64 {
        self.clock.now().as_secs()
    }

    /// Lets so much time go by at once, as on a machine that was asleep.
    pub(crate) async fn skip(&self, duration: Duration) {
        settle().await;
        self.clock.advance(duration);
        settle().await;
    }

    /// Lets so much time pass, from one event to the next.
    pub(crate) async fn pass(&self, duration: Duration) {
        let until = self.clock.now() + duration;
        settle().await;
        while let Some(next) = self.clock.next_deadline().filter(|next| *next <= until) {
            self.clock.advance_to(next);
            settle().await;
        }
        self.clock.advance_to(until);
        settle().await;
    }
}

/// Lets everything run that can run without time passing.
pub(crate) async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

async fn open(store: &Arc<MemoryStore>, clock: &ManualClock) -> Server {
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let queues = QueueEngine::open(store.clone(), shared.clone(), ninefold_queue::Limits::default())
        .await
        .unwrap();
    let limits = ninefold_delivery::Limits::default();
    let deliveries =
        DeliveryEngine::open("events", queues.clone(), store.clone(), shared.clone(), limits).unwrap();
    let dispatcher = Dispatcher::new();
    let sqs = SqsDoor::new(queues, shared.clone(), [7; 32]);
    let events = EventsDoor::open(EventsParts {
        store: store.clone(),
        clock: shared,
        deliveries: Arc::new(deliveries),
        dispatcher: dispatcher.clone(),
        webhooks: vec![
            webhook_source(GITHUB, Scheme::GitHub),
            webhook_source(STRIPE, Scheme::Stripe),
        ],
        http: HttpClient::new(HttpClientOptions::default()).unwrap(),
        sealer: Arc::new(Label),
        log_groups: Arc::new(Lines::default()),
        endpoint: endpoint(),
        authorizer: Arc::new(Everything),
    })
    .unwrap();
    let doors: Vec<Arc<dyn Door>> = vec![Arc::new(sqs), events.clone()];
    dispatcher.install(&doors);
    events.start();
    events.offer_webhooks().await.unwrap();
    Server {
        dispatcher,
        events: events.clone(),
        _doors: doors,
        running: tokio::spawn(events.run()),
    }
}

fn webhook_source(name: &str, scheme: Scheme) -> WebhookSource {
    WebhookSource {
        name: name.to_owned(),
        account: AccountId::parse(ACCOUNT).unwrap(),
        region: Region::parse(REGION).unwrap(),
        scheme,
        secrets: Secrets::new(Secret::parse(WEBHOOK_SECRET).unwrap()),
    }
}

fn endpoint() -> Endpoint {
    Endpoint {
        scheme: "http",
        host: "localhost:4566".to_owned(),
    }
}

fn context() -> CallContext {
    let account = AccountId::parse(ACCOUNT).unwrap();
    CallContext {
        request_id: RequestId::from_random_bits(1),
        principal: Principal {
            account,
            arn: format!("arn:aws:iam::{account}:root"),
            access_key_id: None,
            kind: PrincipalKind::Root,
        },
        region: Region::parse(REGION).unwrap(),
        endpoint: endpoint(),
        source_ip: None,
        protocol: Protocol::AwsJson11,
        source: None,
        authorizer: Arc::new(Everything),
    }
}
