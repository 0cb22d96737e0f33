//! A door whose clock a test drives.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use ninefold_kinesis::{ChannelDelivery, KinesisDoor, KinesisParts, Subscription, Throttling};
use ninefold_log::{Log, LogOptions};
use ninefold_protocol::{
    AccountId, Authorizer, CallContext, Endpoint, LogGroups, Principal, PrincipalKind, Protocol, Region,
    Registry, RequestId, ServiceError, answer,
};
use ninefold_queue::{Limits, QueueEngine};
use ninefold_share::Shares;
use ninefold_store::MemoryStore;
use ninefold_streams::Streams;
use ninefold_time::{Clock, ManualClock, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const OTHER_ACCOUNT: &str = "111111111111";
pub(crate) const REGION: &str = "eu-central-1";
/// When every test begins, in seconds since the epoch.
pub(crate) const BEGINNING: u64 = 1_800_000_000;

/// What a refused call was answered with.
#[derive(Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
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
        let is_mentioned = resource_policy.is_some_and(|policy| policy.contains(action));
        match is_owner || is_mentioned {
            true => Ok(()),
            false => Err(ServiceError::access_denied(format!(
                "{action} on {resource_arn} is denied"
            ))),
        }
    }
}

pub(crate) struct Kinesis {
    pub(crate) clock: ManualClock,
    pub(crate) door: Arc<KinesisDoor>,
    pub(crate) streams: Arc<Streams>,
    log: Arc<Log>,
    store: Arc<MemoryStore>,
    directory: TempDir,
    surroundings: Surroundings,
    /// What the door does by itself, if it is let.
    running: Option<AbortOnDrop>,
}

/// What a door is given besides its engines.
#[derive(Clone, Default)]
pub(crate) struct Surroundings {
    pub(crate) throttling: Throttling,
    pub(crate) channel_delivery: Option<ChannelDelivery>,
    pub(crate) log_groups: Option<Arc<dyn LogGroups>>,
}

struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Kinesis {
    pub(crate) async fn new() -> Self {
        Self::with_throttling(Throttling::None).await
    }

    pub(crate) async fn with_throttling(throttling: Throttling) -> Self {
        Self::within(Surroundings {
            throttling,
            ..Surroundings::default()
        })
        .await
    }

    pub(crate) async fn within(surroundings: Surroundings) -> Self {
        let clock = ManualClock::new(Timestamp::from_secs(BEGINNING));
        let directory = tempfile::tempdir().unwrap();
        Self::open(directory, Arc::new(MemoryStore::new()), clock, surroundings).await
    }

    /// Lets the door do what it does by itself.
    pub(crate) fn run(&mut self) {
        let task = tokio::spawn(Arc::clone(&self.door).run());
        self.running = Some(AbortOnDrop(task.abort_handle()));
    }

    async fn open(
        directory: TempDir,
        store: Arc<MemoryStore>,
        clock: ManualClock,
        surroundings: Surroundings,
    ) -> Self {
        let options = LogOptions {
            // Less to make than for a server that goes on.
            journal_bytes: 16 << 20,
            ..LogOptions::new(directory.path().join("streams"))
        };
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let log = Arc::new(Log::open(&options, store.clone(), Arc::clone(&shared)).unwrap());
        let streams = Streams::open(store.clone(), Arc::clone(&log), Arc::clone(&shared)).await;
        let streams = Arc::new(streams.unwrap());
        let queues = QueueEngine::open(store.clone(), Arc::clone(&shared), Limits::default()).await;
        let shares = Arc::new(Shares::new(queues.unwrap(), Arc::clone(&shared)));
        let door = KinesisDoor::open(KinesisParts {
            store: store.clone(),
            streams: Arc::clone(&streams),
            shares,
            clock: shared,
            throttling: surroundings.throttling,
            channel_delivery: surroundings.channel_delivery.clone(),
            log_groups: surroundings.log_groups.clone(),
        });
        Kinesis {
            door: door.await.unwrap(),
            clock,
            streams,
            log,
            store,
            directory,
            surroundings,
            running: None,
        }
    }

    /// The same data, opened by another process.
    pub(crate) async fn restarted(self) -> Self {
        let surroundings = self.surroundings.clone();
        self.restarted_within(surroundings).await
    }

    /// The same data, opened by another process with nothing but its engines.
    pub(crate) async fn restarted_alone(self) -> Self {
        self.restarted_within(Surroundings::default()).await
    }

    async fn restarted_within(self, surroundings: Surroundings) -> Self {
        let Kinesis {
            clock,
            door,
            streams,
            log,
            store,
            directory,
            running,
            ..
        } = self;
        drop(running);
        log.close();
        drop((door, streams, log));
        Self::open(directory, store, clock, surroundings).await
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) fn now_seconds(&self) -> u64 {
        self.clock.now().as_secs()
    }

    /// Makes a stream with so many shards.
    pub(crate) async fn create(&self, name: &str, shards: u32) {
        self.call("CreateStream", json!({"StreamName": name, "ShardCount": shards}))
            .await;
    }

    /// Makes an on-demand stream.
    pub(crate) async fn create_on_demand(&self, name: &str) {
        let mode = json!({"StreamMode": "ON_DEMAND"});
        self.call(
            "CreateStream",
            json!({"StreamName": name, "StreamModeDetails": mode}),
        )
        .await;
    }

    /// Puts a record; the number of its shard, and its sequence number.
    pub(crate) async fn put(&self, stream: &str, key: &str, data: &str) -> (u64, String) {
        let input = json!({"StreamName": stream, "PartitionKey": key, "Data": STANDARD.encode(data)});
        let answer = self.call("PutRecord", input).await;
        (
            shard_number(&answer["ShardId"]),
            answer["SequenceNumber"].as_str().unwrap().to_owned(),
        )
    }

    /// Puts a record into the shard of a hash key.
    pub(crate) async fn put_at(&self, stream: &str, hash_key: u128, data: &str) -> (u64, String) {
        let input = json!({
            "StreamName": stream, "PartitionKey": "key", "ExplicitHashKey": hash_key.to_string(),
            "Data": STANDARD.encode(data),
        });
        let answer = self.call("PutRecord", input).await;
        (
            shard_number(&answer["ShardId"]),
            answer["SequenceNumber"].as_str().unwrap().to_owned(),
        )
    }

    /// An iterator at the start of a shard.
    pub(crate) async fn oldest(&self, stream: &str, shard: u64) -> String {
        self.iterator(stream, shard, json!({"ShardIteratorType": "TRIM_HORIZON"}))
            .await
    }

    pub(crate) async fn iterator(&self, stream: &str, shard: u64, position: Value) -> String {
        let mut input = position;
        input["StreamName"] = stream.into();
        input["ShardId"] = shard_id(shard).into();
        let answer = self.call("GetShardIterator", input).await;
        answer["ShardIterator"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn get(&self, iterator: &str) -> Value {
        self.call("GetRecords", json!({"ShardIterator": iterator})).await
    }

    /// The data of all records of a shard, from its start on.
    pub(crate) async fn all_of(&self, stream: &str, shard: u64) -> Vec<String> {
        let iterator = self.oldest(stream, shard).await;
        data_of(&self.get(&iterator).await)
    }

    /// The shards that ListShards answers with, with further members of its input.
    pub(crate) async fn shards(&self, stream: &str, further: Value) -> Vec<Value> {
        let mut input = further;
        input["StreamName"] = stream.into();
        let answer = self.call("ListShards", input).await;
        answer["Shards"].as_array().unwrap().clone()
    }

    /// The numbers of open shards.
    pub(crate) async fn open_shards(&self, stream: &str) -> Vec<u64> {
        let filter = json!({"ShardFilter": {"Type": "AT_LATEST"}});
        let shards = self.shards(stream, filter).await;
        shards
            .iter()
            .map(|shard| shard_number(&shard["ShardId"]))
            .collect()
    }

    pub(crate) async fn summary(&self, stream: &str) -> Value {
        let answer = self
            .call("DescribeStreamSummary", json!({"StreamName": stream}))
            .await;
        answer["StreamDescriptionSummary"].clone()
    }

    /// Registers a consumer; its ARN.
    pub(crate) async fn register(&self, stream: &str, name: &str) -> String {
        let input = json!({"StreamARN": stream_arn(stream), "ConsumerName": name});
        let answer = self.call("RegisterStreamConsumer", input).await;
        answer["Consumer"]["ConsumerARN"].as_str().unwrap().to_owned()
    }

    /// Subscribes a consumer to a shard.
    pub(crate) async fn subscribe(
        &self,
        consumer: &str,
        shard: u64,
        position: Value,
    ) -> Result<Subscription, ServiceError> {
        let model = ninefold_model::kinesis();
        let body = json!({"ConsumerARN": consumer, "ShardId": shard_id(shard), "StartingPosition": position});
        let operation = model.operation("SubscribeToShard").unwrap();
        let input =
            ninefold_protocol::json::decode_json(model, operation, body.to_string().as_bytes()).unwrap();
        self.door.subscribe(&context(ACCOUNT), &input).await
    }

    /// Calls an operation; the answer's body.
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
        self.call_as(ACCOUNT, operation, input).await
    }

    /// Calls as the owner of an account.
    pub(crate) async fn call_as(
        &self,
        account: &str,
        operation: &str,
        input: Value,
    ) -> Result<Value, Refusal> {
        let request = Request::post("/")
            .header("x-amz-target", format!("Kinesis_20131202.{operation}"))
            .header("content-type", "application/x-amz-json-1.1");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let body = Bytes::from(input.to_string());
        let route = Registry::new([ninefold_model::kinesis()])
            .route(&parts, &body, Some("kinesis"))
            .unwrap();
        let response = answer(&*self.door, context(account), route, parts, body).await;
        let body: Value = serde_json::from_slice(response.body()).unwrap();
        if response.status() == 200 {
            return Ok(body);
        }
        let kind = body["__type"].as_str().unwrap();
        let message = body["message"].as_str().or(body["Message"].as_str());
        Err(Refusal {
            status: response.status().as_u16(),
            code: kind.rsplit('#').next().unwrap().to_owned(),
            message: message.unwrap_or_default().to_owned(),
        })
    }
}

pub(crate) fn context(account: &str) -> CallContext {
    CallContext {
        request_id: RequestId::random(),
        principal: Principal {
            account: AccountId::parse(account).unwrap(),
            arn: format!("arn:aws:iam::{account}:root"),
            access_key_id: Some("AKIAEXAMPLE".to_owned()),
            kind: PrincipalKind::Root,
        },
        region: Region::parse(REGION).unwrap(),
        endpoint: Endpoint {
            scheme: "http",
            host: "localhost:4566".to_owned(),
        },
        source_ip: None,
        protocol: Protocol::AwsJson11,
        source: None,
        authorizer: Arc::new(OwnersAndPolicies),
    }
}

pub(crate) fn stream_arn(name: &str) -> String {
    format!("arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{name}")
}

pub(crate) fn shard_id(number: u64) -> String {
    format!("shardId-{number:012}")
}

pub(crate) fn shard_number(id: &Value) -> u64 {
    id.as_str()
        .unwrap()
        .strip_prefix("shardId-")
        .unwrap()
        .parse()
        .unwrap()
}

/// The data of the records of an answer, as text.
pub(crate) fn data_of(answer: &Value) -> Vec<String> {
    let records = answer["Records"].as_array().unwrap().iter();
    records.map(|record| text_of(&record["Data"])).collect()
}

pub(crate) fn text_of(data: &Value) -> String {
    String::from_utf8(STANDARD.decode(data.as_str().unwrap()).unwrap()).unwrap()
}

/// The message of a refusal with this code and status 400.
pub(crate) fn message(refusal: Refusal, code: &str) -> String {
    assert_eq!((&*refusal.code, refusal.status), (code, 400), "{refusal:?}");
    refusal.message
}
