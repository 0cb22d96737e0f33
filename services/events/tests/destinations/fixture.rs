//! A door whose time the test is master of.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ninefold_delivery::DeliveryEngine;
use ninefold_events::{EventsDoor, EventsParts, Sealer};
use ninefold_model::{Map, Operation, ServiceModel, Value, to_value};
use ninefold_outbound_http::{EgressRules, HttpClient, HttpClientOptions};
use ninefold_protocol::{
    AccountId, Authorizer, BoxFuture, CallContext, Dispatcher, Door, Endpoint, LogGroups, Principal,
    PrincipalKind, Protocol, Region, RequestId, ServiceError,
};
use ninefold_queue::QueueEngine;
use ninefold_store::{MemoryStore, ScanLimit, ScanRange, Store};
use ninefold_time::{Clock, ManualClock};
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::{Value as Json, json};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const REGION: &str = "eu-central-1";
/// How long, in real time, a test waits for what needs no time to pass.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often everybody has a turn before time goes on: enough for a request over loopback and its answer.
const YIELDS: usize = 2_000;

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

/// Seals texts so that nobody would know them again, with a key of one character.
pub(crate) struct TestSealer(pub(crate) char);

impl Sealer for TestSealer {
    fn seal(&self, owner: &str, text: &str) -> Option<String> {
        let number = fastrand::u32(..);
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        Some(format!("{} {owner} {number} {hex}", self.0))
    }

    fn open(&self, owner: &str, sealed: &str) -> Option<String> {
        let rest = sealed.strip_prefix(&format!("{} {owner} ", self.0))?;
        let (_, hex) = rest.split_once(' ')?;
        let pairs = hex.as_bytes().chunks(2);
        let bytes = pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap());
        String::from_utf8(bytes.collect()).ok()
    }
}

/// A queue service that notes the messages that it gets.
#[derive(Default)]
pub(crate) struct Queues(Mutex<Vec<Value>>);

impl Door for Queues {
    fn model(&self) -> &'static ServiceModel {
        ninefold_model::sqs()
    }

    fn operations(&self) -> &'static [&'static str] {
        &["SendMessage"]
    }

    fn call(
        &self,
        _: CallContext,
        _: &'static Operation,
        input: Value,
    ) -> BoxFuture<'_, Result<Value, ServiceError>> {
        self.0.lock().push(input);
        Box::pin(std::future::ready(Ok(Value::Map(Map::new()))))
    }
}

struct NoLogs;

impl LogGroups for NoLogs {
    fn append(&self, _: &str, _: String) {}

    fn keep<'a>(&'a self, _: &'a str, _: String) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(std::future::ready(Err("there are no log groups".to_owned())))
    }
}

pub(crate) struct Fixture {
    store: Arc<MemoryStore>,
    pub(crate) clock: ManualClock,
    queues: Arc<Queues>,
    dispatcher: Arc<Dispatcher>,
    door: Arc<EventsDoor>,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let (store, clock) = (Arc::new(MemoryStore::new()), ManualClock::default());
        let queues = Arc::new(Queues::default());
        let (dispatcher, door) = open(&store, &clock, &queues, TestSealer('a')).await;
        Fixture {
            store,
            clock,
            queues,
            dispatcher,
            door,
        }
    }

    /// Another door on the same store, as after a restart.
    pub(crate) async fn reopen(&mut self, sealer: TestSealer) {
        let (dispatcher, door) = open(&self.store, &self.clock, &self.queues, sealer).await;
        (self.dispatcher, self.door) = (dispatcher, door);
    }

    /// Does an operation in a region, through validation.
    pub(crate) async fn call_in(
        &self,
        region: &str,
        operation: &str,
        input: Json,
    ) -> Result<Json, ServiceError> {
        let Value::Map(input) = to_value(&input).unwrap() else {
            panic!("an input is an object");
        };
        let called = self.dispatcher.call(context(region), "events", operation, input);
        called.await.map(|output| Json::deserialize(&output).unwrap())
    }

    /// Does an operation in the region of most tests.
    pub(crate) async fn call(&self, operation: &str, input: Json) -> Result<Json, ServiceError> {
        self.call_in(REGION, operation, input).await
    }

    /// Does an operation that must succeed.
    pub(crate) async fn done(&self, operation: &str, input: Json) -> Json {
        let done = self.call(operation, input.clone()).await;
        done.unwrap_or_else(|error| panic!("{operation} {input}: {error}"))
    }

    /// Does an operation that must fail; gives code and message.
    pub(crate) async fn refused(&self, operation: &str, input: Json) -> (String, String) {
        match self.call(operation, input.clone()).await {
            Ok(output) => panic!("{operation} {input} succeeds: {output}"),
            Err(error) => (error.code.to_string(), error.message),
        }
    }

    /// Waits until something is so, without time passing.
    pub(crate) async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let waited = tokio::time::timeout(PATIENCE, async {
            while !is_so().await {
                tokio::task::yield_now().await;
            }
        });
        assert!(waited.await.is_ok(), "it never was so: {what}");
    }

    pub(crate) async fn until_state(&self, connection: &str, state: &str) {
        self.until(&format!("{connection} is {state}"), async || {
            let described = self
                .done("DescribeConnection", json!({ "Name": connection }))
                .await;
            described["ConnectionState"] == state
        })
        .await;
    }

    /// Goes from one event of the clock to the next, until something is so; that must not take longer.
    pub(crate) async fn pass_until(&self, at_most: Duration, is_so: impl Fn() -> bool) {
        assert!(
            self.advance(at_most, is_so).await,
            "it was not so within {at_most:?}"
        );
    }

    /// Lets so much time pass, from one event of the clock to the next.
    pub(crate) async fn pass(&self, duration: Duration) {
        self.advance(duration, || false).await;
    }

    async fn advance(&self, at_most: Duration, is_so: impl Fn() -> bool) -> bool {
        let end = self.clock.now() + at_most;
        loop {
            for _ in 0..YIELDS {
                if is_so() {
                    return true;
                }
                tokio::task::yield_now().await;
            }
            if self.clock.now() == end {
                return false;
            }
            let next = self.clock.next_deadline().filter(|next| *next <= end);
            self.clock.advance_to(next.unwrap_or(end));
        }
    }

    /// What came to the dead-letter queue: bodies and the values of attributes.
    pub(crate) fn dead_letters(&self) -> Vec<Json> {
        let messages = self.queues.0.lock();
        messages
            .iter()
            .map(|message| Json::deserialize(message).unwrap())
            .collect()
    }

    /// Everything that the door stores, as bytes.
    pub(crate) fn stored(&self) -> Vec<u8> {
        let mut stored = Vec::new();
        for partition in self.store.partitions() {
            for table in EventsDoor::TABLES {
                let range = ScanRange::all();
                let page = self
                    .store
                    .scan(partition, *table, range, ScanLimit::entries(1_000));
                stored.extend(page.unwrap().into_iter().flat_map(|(_, value)| value));
            }
        }
        stored
    }

    /// A connection with a user and a password, by its ARN.
    pub(crate) async fn basic_connection(&self, name: &str) -> String {
        let input = json!({
            "Name": name, "AuthorizationType": "BASIC",
            "AuthParameters": {"BasicAuthParameters": {"Username": "user", "Password": "open sesame"}},
        });
        text(&self.done("CreateConnection", input).await, "ConnectionArn")
    }

    /// A connection that gets tokens from an authorization server, by its ARN.
    pub(crate) async fn oauth_connection(&self, name: &str, url: &str) -> String {
        let input = json!({
            "Name": name, "AuthorizationType": "OAUTH_CLIENT_CREDENTIALS",
            "AuthParameters": {"OAuthParameters": {
                "AuthorizationEndpoint": url, "HttpMethod": "POST",
                "ClientParameters": {"ClientID": "client", "ClientSecret": "client-secret"},
            }},
        });
        text(&self.done("CreateConnection", input).await, "ConnectionArn")
    }

    /// An API destination, by its ARN.
    pub(crate) async fn destination(&self, name: &str, connection: &str, url: &str) -> String {
        let input = json!({
            "Name": name, "ConnectionArn": connection, "InvocationEndpoint": url, "HttpMethod": "POST",
        });
        text(
            &self.done("CreateApiDestination", input).await,
            "ApiDestinationArn",
        )
    }

    /// A rule that takes everything from `shop`, with one target.
    pub(crate) async fn rule(&self, target: Json) {
        self.done(
            "PutRule",
            json!({"Name": "all", "EventPattern": r#"{"source": ["shop"]}"#}),
        )
        .await;
        self.done("PutTargets", json!({"Rule": "all", "Targets": [target]}))
            .await;
    }

    /// Puts an event from `shop`.
    pub(crate) async fn put(&self, detail: &str) {
        let entry = json!({"Source": "shop", "DetailType": "order", "Detail": detail});
        let output = self.done("PutEvents", json!({ "Entries": [entry] })).await;
        assert_eq!(output["FailedEntryCount"], 0, "{output}");
    }
}

/// A member of an output.
pub(crate) fn text(output: &Json, name: &str) -> String {
    output[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name} in {output}"))
        .to_owned()
}

async fn open(
    store: &Arc<MemoryStore>,
    clock: &ManualClock,
    queues: &Arc<Queues>,
    sealer: TestSealer,
) -> (Arc<Dispatcher>, Arc<EventsDoor>) {
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let limits = ninefold_queue::Limits::default();
    let engine = QueueEngine::open(store.clone(), shared.clone(), limits)
        .await
        .unwrap();
    let limits = ninefold_delivery::Limits::default();
    let deliveries = DeliveryEngine::open("events", engine, store.clone(), shared.clone(), limits).unwrap();
    let dispatcher = Dispatcher::new();
    let door = EventsDoor::open(EventsParts {
        store: store.clone(),
        clock: shared,
        deliveries: Arc::new(deliveries),
        dispatcher: Arc::clone(&dispatcher),
        webhooks: Vec::new(),
        http: HttpClient::new(HttpClientOptions {
            egress: EgressRules::everything(),
            ..HttpClientOptions::default()
        })
        .unwrap(),
        sealer: Arc::new(sealer),
        log_groups: Arc::new(NoLogs),
        endpoint: endpoint(),
        authorizer: Arc::new(Everything),
    })
    .unwrap();
    dispatcher.install(&[queues.clone() as Arc<dyn Door>, door.clone()]);
    door.start();
    (dispatcher, door)
}

fn endpoint() -> Endpoint {
    Endpoint {
        scheme: "http",
        host: "localhost:4566".to_owned(),
    }
}

fn context(region: &str) -> CallContext {
    let account = AccountId::parse(ACCOUNT).unwrap();
    CallContext {
        request_id: RequestId::from_random_bits(1),
        principal: Principal {
            account,
            arn: format!("arn:aws:iam::{account}:root"),
            access_key_id: None,
            kind: PrincipalKind::Root,
        },
        region: Region::parse(region).unwrap(),
        endpoint: endpoint(),
        source_ip: None,
        protocol: Protocol::AwsJson11,
        source: None,
        authorizer: Arc::new(Everything),
    }
}
