//! A door whose time the test is master of. Everything goes through the dispatcher, so it is validated and authorized as over HTTP.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use ninefold_kafka::host::ScramCredential;
use ninefold_kafka::{KafkaDoor, KafkaParts, ScramSecrets};
use ninefold_model::{Map, TimestampFormat, Value, kafka};
use ninefold_protocol::{
    AccountId, Authorizer, CallContext, Dispatcher, Door, Endpoint, Principal, PrincipalKind, Protocol,
    Region, RequestId, ServiceError,
};
use ninefold_store::MemoryStore;
use ninefold_time::{Clock, ManualClock};
use parking_lot::Mutex;
use serde_json::{Value as Json, json};

use crate::host::MemoryHost;

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const REGION: &str = "us-east-1";

/// Members that are bytes.
const BLOBS: &[&str] = &["ServerProperties"];

/// Notes what it was asked, and refuses everything if it should.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) asked: Mutex<Vec<(String, String, Option<String>)>>,
    pub(crate) denies: Mutex<bool>,
}

impl Authorizer for Notes {
    fn authorize(
        &self,
        _: &CallContext,
        action: &str,
        resource_arn: &dyn fmt::Display,
        resource_policy: Option<&str>,
    ) -> Result<(), ServiceError> {
        let asked = (
            action.to_owned(),
            resource_arn.to_string(),
            resource_policy.map(str::to_owned),
        );
        self.asked.lock().push(asked);
        match *self.denies.lock() {
            true => Err(ServiceError::access_denied(action)),
            false => Ok(()),
        }
    }
}

/// Secrets in memory.
#[derive(Default)]
pub(crate) struct Secrets(Mutex<BTreeMap<String, (String, String)>>);

impl Secrets {
    pub(crate) fn put(&self, name: &str, username: &str, password: &str) -> String {
        let arn = format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}");
        let credential = (username.to_owned(), password.to_owned());
        self.0.lock().insert(arn.clone(), credential);
        arn
    }
}

impl ScramSecrets for Secrets {
    fn credential(&self, secret_arn: &str) -> Option<ScramCredential> {
        let secrets = self.0.lock();
        let (username, password) = secrets.get(secret_arn).cloned()?;
        Some(ScramCredential { username, password })
    }
}

/// A server on a store and a host that outlive it.
pub(crate) struct Fixture {
    pub(crate) clock: ManualClock,
    pub(crate) host: Arc<MemoryHost>,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) notes: Arc<Notes>,
    pub(crate) door: Arc<KafkaDoor>,
    store: Arc<MemoryStore>,
    dispatcher: Arc<Dispatcher>,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        let (store, clock) = (Arc::new(MemoryStore::new()), ManualClock::default());
        let (host, secrets) = (Arc::new(MemoryHost::default()), Arc::new(Secrets::default()));
        let (door, dispatcher) = open(&store, &clock, &host, &secrets);
        settle().await;
        Fixture {
            clock,
            host,
            secrets,
            notes: Arc::default(),
            door,
            store,
            dispatcher,
        }
    }

    /// Another server on the same store, as after a restart. Its host has nothing open.
    pub(crate) async fn reopen(&mut self) {
        self.host.restart();
        (self.door, self.dispatcher) = open(&self.store, &self.clock, &self.host, &self.secrets);
        settle().await;
    }

    /// Does an operation, with the members' names of the model.
    pub(crate) async fn call(&self, operation: &str, input: Json) -> Result<Json, ServiceError> {
        let Value::Map(input) = to_value(None, &input) else {
            panic!("an input is a structure");
        };
        let call = self.dispatcher.call(self.context(), "kafka", operation, input);
        Ok(to_json(&call.await?))
    }

    /// Does an operation that works, and lets what it begins come to its end.
    pub(crate) async fn done(&self, operation: &str, input: Json) -> Json {
        let answer = self.call(operation, input.clone()).await;
        settle().await;
        answer.unwrap_or_else(|error| panic!("{operation} {input}: {error}"))
    }

    /// What an operation is refused with: code and message.
    pub(crate) async fn refused(&self, operation: &str, input: Json) -> (String, String) {
        let answer = self.call(operation, input.clone()).await;
        let error = answer.expect_err(&format!("{operation} {input}"));
        (error.code.to_string(), error.message)
    }

    /// A provisioned cluster that is active; its ARN.
    pub(crate) async fn cluster(&self, name: &str, others: Json) -> String {
        let created = self.done("CreateCluster", cluster_input(name, others)).await;
        text(&created["ClusterArn"])
    }

    /// What is said of a provisioned cluster.
    pub(crate) async fn described(&self, arn: &str) -> Json {
        let described = self.done("DescribeCluster", json!({ "ClusterArn": arn })).await;
        described["ClusterInfo"].clone()
    }

    pub(crate) fn context(&self) -> CallContext {
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
            endpoint: Endpoint {
                scheme: "http",
                host: "localhost:4566".to_owned(),
            },
            source_ip: None,
            protocol: Protocol::RestJson,
            source: None,
            authorizer: self.notes.clone(),
        }
    }
}

/// What makes a cluster with three brokers, and what is said besides.
pub(crate) fn cluster_input(name: &str, others: Json) -> Json {
    let mut input = json!({
        "ClusterName": name,
        "KafkaVersion": "3.8.x.kraft",
        "NumberOfBrokerNodes": 3,
        "BrokerNodeGroupInfo": {
            "ClientSubnets": ["subnet-1", "subnet-2", "subnet-3"],
            "InstanceType": "kafka.m7g.large",
            "StorageInfo": { "EbsStorageInfo": { "VolumeSize": 100 } },
        },
    });
    for (member, value) in others.as_object().unwrap() {
        input[member] = value.clone();
    }
    input
}

/// The end of a cluster's ARN.
pub(crate) fn id_of(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap()
}

pub(crate) fn text(json: &Json) -> String {
    json.as_str().unwrap().to_owned()
}

/// Lets everything run that can run without time passing.
pub(crate) async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

fn open(
    store: &Arc<MemoryStore>,
    clock: &ManualClock,
    host: &Arc<MemoryHost>,
    secrets: &Arc<Secrets>,
) -> (Arc<KafkaDoor>, Arc<Dispatcher>) {
    let clock: Arc<dyn Clock> = Arc::new(clock.clone());
    let door = KafkaDoor::open(KafkaParts {
        store: store.clone(),
        clock,
        host: host.clone(),
        secrets: secrets.clone(),
    })
    .unwrap();
    let dispatcher = Dispatcher::new();
    dispatcher.install([&(door.clone() as Arc<dyn Door>)]);
    door.start();
    (door, dispatcher)
}

fn to_value(name: Option<&str>, json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => number.as_i64().map_or(Value::Float(f64::NAN), Value::Integer),
        Json::String(text) if name.is_some_and(|name| BLOBS.contains(&name)) => {
            Value::Blob(Bytes::from(text.clone()))
        }
        Json::String(text) => Value::String(text.clone()),
        Json::Array(elements) => Value::List(elements.iter().map(|json| to_value(None, json)).collect()),
        Json::Object(members) => {
            let mut map = Map::new();
            for (name, json) in members {
                map.insert(name.clone(), to_value(Some(name), json));
            }
            Value::Map(map)
        }
    }
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => json!(flag),
        Value::Integer(number) => json!(number),
        Value::Float(number) => json!(number),
        Value::String(text) => json!(text),
        Value::Blob(bytes) => json!(String::from_utf8(bytes.to_vec()).unwrap()),
        Value::Timestamp(timestamp) => json!(timestamp.format(TimestampFormat::Iso8601)),
        Value::List(elements) => elements.iter().map(to_json).collect(),
        Value::Map(map) => map
            .iter()
            .map(|(name, value)| (name.to_string(), to_json(value)))
            .collect(),
    }
}

/// Every operation of the model works, or says why it can't.
#[test]
fn no_operation_is_missing() {
    let mut names: Vec<&str> = kafka()
        .operations()
        .iter()
        .map(|operation| operation.name)
        .collect();
    names.sort_unstable();
    let mut works = KafkaDoor::OPERATIONS.to_vec();
    works.sort_unstable();
    assert_eq!(works, names);
}
