//! A door whose time the test is master of.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ninefold_delivery::DeliveryEngine;
use ninefold_model::{Map, Operation, ServiceModel, Value};
use ninefold_outbound_http::{HttpClient, HttpClientOptions};
use ninefold_protocol::query::Form;
use ninefold_protocol::{
    AccountId, Authorizer, BoxFuture, CallContext, Consignment, Dispatcher, Door, Endpoint, Principal,
    PrincipalKind, Protocol, QueueName, Region, RequestId, ServiceError, TextMembers, Untaken,
};
use ninefold_queue::QueueEngine;
use ninefold_sns::{SnsDoor, SnsParts, Transports};
use ninefold_store::MemoryStore;
use ninefold_time::{Clock, ManualClock};
use parking_lot::Mutex;

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

/// A queue service that notes the bodies of messages, and refuses them while it is told to.
#[derive(Default)]
pub(crate) struct Queues {
    pub(crate) bodies: Mutex<Vec<String>>,
    /// The same by the queues' names.
    pub(crate) by_queue: Mutex<BTreeMap<String, Vec<String>>>,
    pub(crate) is_away: Mutex<bool>,
    /// The name of a queue that takes nothing.
    pub(crate) closed: Mutex<Option<String>>,
}

impl Queues {
    fn take(&self, place: usize, consignment: &Consignment) -> Vec<Untaken> {
        let closed = self.closed.lock().clone();
        let mut untaken = Vec::new();
        for (queue, QueueName { name, .. }) in consignment.queues.iter().enumerate() {
            if closed.as_ref() == Some(name) {
                untaken.extend((0..consignment.messages.len()).map(|message| Untaken {
                    consignment: place,
                    queue,
                    message,
                    error: ServiceError::unavailable("as the test wants it"),
                }));
                continue;
            }
            let bodies = consignment.messages.iter().map(|message| message.body.clone());
            let bodies: Vec<String> = bodies.collect();
            self.bodies.lock().extend(bodies.iter().cloned());
            self.by_queue
                .lock()
                .entry(name.clone())
                .or_default()
                .extend(bodies);
        }
        untaken
    }
}

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
        operation: &'static Operation,
        _: Value,
    ) -> BoxFuture<'_, Result<Value, ServiceError>> {
        let error = ServiceError::not_implemented(operation.name);
        Box::pin(std::future::ready(Err(error)))
    }

    fn send_to_queues(
        &self,
        context: CallContext,
        consignments: Vec<Consignment>,
    ) -> BoxFuture<'_, Vec<Untaken>> {
        assert_eq!(context.principal.arn, "sns.amazonaws.com");
        assert!(
            context
                .source
                .is_some_and(|source| source.arn.starts_with("arn:aws:sns:"))
        );
        let untaken = match *self.is_away.lock() {
            true => Untaken::all(&consignments, &ServiceError::unavailable("as the test wants it")),
            false => {
                let taken = consignments.iter().enumerate();
                taken
                    .flat_map(|(place, consignment)| self.take(place, consignment))
                    .collect()
            }
        };
        Box::pin(std::future::ready(untaken))
    }
}

pub(crate) struct Fixture {
    store: Arc<MemoryStore>,
    pub(crate) clock: ManualClock,
    pub(crate) queues: Arc<Queues>,
    pub(crate) door: Arc<SnsDoor>,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let (store, clock) = (Arc::new(MemoryStore::new()), ManualClock::default());
        let queues = Arc::new(Queues::default());
        let door = open(&store, &clock, &queues).await;
        Fixture {
            store,
            clock,
            queues,
            door,
        }
    }

    /// Another door on the same store, as after a restart.
    pub(crate) async fn reopen(&mut self) {
        self.door = open(&self.store, &self.clock, &self.queues).await;
    }

    /// Does an operation; texts only.
    pub(crate) async fn call(
        &self,
        operation: &str,
        input: &[(&'static str, &str)],
    ) -> Result<Value, ServiceError> {
        let input: Map = input.iter().map(|(name, value)| (*name, *value)).collect();
        self.call_with(operation, input).await
    }

    /// Does an operation.
    pub(crate) async fn call_with(&self, operation: &str, input: Map) -> Result<Value, ServiceError> {
        let operation = ninefold_model::sns().operation(operation).unwrap();
        self.door.call(context(), operation, Value::Map(input)).await
    }

    /// Publishes by the parameters of the query protocol, unless they don't take the short way.
    pub(crate) fn publish_form(
        &self,
        parameters: &str,
    ) -> Option<BoxFuture<'_, Result<TextMembers, ServiceError>>> {
        let operation = ninefold_model::sns().operation("Publish").unwrap();
        let form = Form::parse(parameters.as_bytes()).unwrap();
        self.door.call_form(&context(), operation, &form)
    }

    /// A topic, by its ARN.
    pub(crate) async fn topic(&self, name: &str) -> String {
        let output = self.call("CreateTopic", &[("Name", name)]).await.unwrap();
        output.get("TopicArn").and_then(Value::as_str).unwrap().to_owned()
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
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

async fn open(store: &Arc<MemoryStore>, clock: &ManualClock, queues: &Arc<Queues>) -> Arc<SnsDoor> {
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let engine = QueueEngine::open(store.clone(), shared.clone(), ninefold_queue::Limits::default())
        .await
        .unwrap();
    let limits = ninefold_delivery::Limits::default();
    let deliveries = DeliveryEngine::open("sns", engine, store.clone(), shared.clone(), limits).unwrap();
    let deliveries = Arc::new(deliveries);
    let http = HttpClient::new(HttpClientOptions::default()).unwrap();
    let dispatcher = Dispatcher::new();
    dispatcher.install(&[queues.clone() as Arc<dyn Door>]);
    let door = SnsDoor::open(SnsParts {
        store: store.clone(),
        clock: shared,
        deliveries,
        dispatcher,
        transports: Transports {
            providers_http: http.clone(),
            http,
            fcm: Default::default(),
            apns: None,
            mail: None,
            sms: None,
            sms_sandbox: false,
            sms_price_per_part: 0.0,
            log_groups: None,
            outbox: None,
            signs_queue_messages: false,
        },
        signing_key: Box::new(|| Err("the test has none".to_owned())),
        endpoint: endpoint(),
        authorizer: Arc::new(Everything),
    })
    .unwrap();
    door.start();
    tokio::spawn(door.clone().run());
    door
}

fn endpoint() -> Endpoint {
    Endpoint {
        scheme: "http",
        host: "localhost:4566".to_owned(),
    }
}

fn context() -> CallContext {
    let account = AccountId::parse("123456789012").unwrap();
    CallContext {
        request_id: RequestId::from_random_bits(1),
        principal: Principal {
            account,
            arn: format!("arn:aws:iam::{account}:root"),
            access_key_id: None,
            kind: PrincipalKind::Root,
        },
        region: Region::parse("us-east-1").unwrap(),
        endpoint: endpoint(),
        source_ip: None,
        protocol: Protocol::Query,
        source: None,
        authorizer: Arc::new(Everything),
    }
}
