//! A door with channels, and a store that does what tests want.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use ninefold_kinesis::{ChannelDelivery, ChannelFigures, Throttling};
use ninefold_outbound_object_store::{Bucket, NewObject, ObjectStore, StoreError, StoreFuture};
use ninefold_protocol::{BoxFuture, LogGroups};
use ninefold_streams::{HashRange, NewShard, Reshaping, StreamKey, StreamsError};
use ninefold_time::{Clock, ManualClock, Timestamp};
use parking_lot::Mutex;
use serde_json::{Value, json};

use crate::support::{ACCOUNT, Kinesis, REGION, Surroundings, stream_arn};

pub(crate) const ROLE: &str = "arn:aws:iam::123456789012:role/delivery";
/// No test takes longer for anything.
const PATIENCE: Duration = Duration::from_secs(20);

/// Keeps objects in memory, in the order in which they were put first.
#[derive(Default)]
pub(crate) struct FakeStore {
    objects: Mutex<BTreeMap<(String, String), (usize, NewObject)>>,
    /// What it answers instead of doing something: to all, or to puts into one bucket.
    failure: Mutex<Option<(Option<&'static str>, StoreError)>>,
    clock: OnceLock<ManualClock>,
    asked_at_seconds: Mutex<Vec<u64>>,
}

impl FakeStore {
    pub(crate) fn fail(&self, error: Option<StoreError>) {
        *self.failure.lock() = error.map(|error| (None, error));
    }

    pub(crate) fn fail_puts_into(&self, bucket: &'static str, error: StoreError) {
        *self.failure.lock() = Some((Some(bucket), error));
    }

    /// The objects of a bucket, in the order in which they were put first, with their keys.
    pub(crate) fn objects(&self, bucket: &str) -> Vec<(String, NewObject)> {
        let objects = self.objects.lock();
        let mut found: Vec<_> = objects.iter().filter(|((of, _), _)| of == bucket).collect();
        found.sort_by_key(|(_, (order, _))| *order);
        found
            .into_iter()
            .map(|((_, key), (_, object))| (key.clone(), object.clone()))
            .collect()
    }

    /// The lines of a bucket's objects, whatever they are compressed with.
    pub(crate) fn lines(&self, bucket: &str) -> Vec<String> {
        let objects = self.objects(bucket);
        let texts = objects.iter().map(|(_, object)| text_of(&object.content));
        texts
            .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    }

    /// When it was asked for something.
    pub(crate) fn asked_at_seconds(&self) -> Vec<u64> {
        self.asked_at_seconds.lock().clone()
    }

    fn outcome(&self, bucket: &Bucket, is_put: bool) -> Result<(), StoreError> {
        let now_seconds = self.clock.get().map(|clock| clock.now().as_secs());
        self.asked_at_seconds.lock().extend(now_seconds);
        match &*self.failure.lock() {
            Some((None, error)) => Err(error.clone()),
            Some((Some(name), error)) if is_put && *name == bucket.name => Err(error.clone()),
            _ => Ok(()),
        }
    }
}

impl ObjectStore for FakeStore {
    fn check<'a>(&'a self, bucket: &'a Bucket) -> StoreFuture<'a> {
        let outcome = self.outcome(bucket, false);
        let is_there = bucket.name != "missing" && bucket.expected_owner == ACCOUNT;
        Box::pin(async move {
            outcome?;
            match is_there {
                true => Ok(()),
                false => Err(refused()),
            }
        })
    }

    fn put<'a>(&'a self, bucket: &'a Bucket, object: NewObject) -> StoreFuture<'a> {
        let outcome = self.outcome(bucket, true);
        Box::pin(async move {
            outcome?;
            let mut objects = self.objects.lock();
            let order = objects.len();
            let place = (bucket.name.clone(), object.key.clone());
            let order = objects.get(&place).map_or(order, |(earlier, _)| *earlier);
            objects.insert(place, (order, object));
            Ok(())
        })
    }
}

pub(crate) fn unavailable() -> StoreError {
    StoreError::Unavailable {
        reason: "nobody answers".to_owned(),
    }
}

pub(crate) fn refused() -> StoreError {
    StoreError::Refused {
        reason: "AccessDenied".to_owned(),
    }
}

pub(crate) fn impossible() -> StoreError {
    StoreError::Impossible {
        reason: "InvalidStorageClass".to_owned(),
    }
}

/// The text in an object, as its first bytes say that it is compressed.
pub(crate) fn text_of(content: &Bytes) -> String {
    let mut text = String::new();
    match content.get(..2) {
        Some([0x1f, 0x8b]) => drop(
            flate2::read::GzDecoder::new(&**content)
                .read_to_string(&mut text)
                .unwrap(),
        ),
        Some([0x28, 0xb5]) => {
            text = String::from_utf8(zstd::stream::decode_all(&**content).unwrap()).unwrap()
        }
        _ => text = String::from_utf8(content.to_vec()).unwrap(),
    }
    text
}

/// Remembers lines, with their groups.
#[derive(Default)]
pub(crate) struct FakeLogs(pub(crate) Mutex<Vec<(String, Value)>>);

impl LogGroups for FakeLogs {
    fn append(&self, group: &str, line: String) {
        let line = serde_json::from_str(&line).unwrap();
        self.0.lock().push((group.to_owned(), line));
    }

    fn keep<'a>(&'a self, group: &'a str, line: String) -> BoxFuture<'a, Result<(), String>> {
        self.append(group, line);
        Box::pin(std::future::ready(Ok(())))
    }
}

/// A door that delivers to a store.
pub(crate) struct Delivering {
    pub(crate) kinesis: Kinesis,
    pub(crate) store: Arc<FakeStore>,
    pub(crate) logs: Arc<FakeLogs>,
}

impl Delivering {
    /// With an on-demand stream `orders`.
    pub(crate) async fn new(object_bytes: usize) -> Self {
        Self::with_throttling(object_bytes, Throttling::None).await
    }

    pub(crate) async fn with_throttling(object_bytes: usize, throttling: Throttling) -> Self {
        let (store, logs) = (Arc::<FakeStore>::default(), Arc::<FakeLogs>::default());
        let mut kinesis = Kinesis::within(Surroundings {
            throttling,
            channel_delivery: Some(ChannelDelivery {
                store: Arc::clone(&store) as Arc<dyn ObjectStore>,
                object_bytes,
            }),
            log_groups: Some(Arc::clone(&logs) as Arc<dyn LogGroups>),
        })
        .await;
        store.clock.get_or_init(|| kinesis.clock.clone());
        kinesis.run();
        kinesis.create_on_demand("orders").await;
        Delivering { kinesis, store, logs }
    }

    /// The same data, opened by another process.
    pub(crate) async fn restarted(self) -> Self {
        let mut kinesis = self.kinesis.restarted().await;
        kinesis.run();
        Delivering { kinesis, ..self }
    }

    /// Makes a channel of `orders`, with further members of its input, and waits until it delivers; its ARN.
    pub(crate) async fn channel(&self, format: &str, compression: &str) -> String {
        let arn = self.create(input("archive", format, compression)).await;
        self.becomes(&arn, "ACTIVE").await;
        arn
    }

    /// Makes a channel; its ARN.
    pub(crate) async fn create(&self, input: Value) -> String {
        let answer = self.kinesis.call("CreateChannel", input).await;
        let description = &answer["ChannelDescription"];
        assert_eq!(description["ChannelStatus"], "CREATING");
        description["ChannelARN"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn describe(&self, arn: &str) -> Value {
        let answer = self
            .kinesis
            .call("DescribeChannel", json!({"ChannelARN": arn}))
            .await;
        answer["ChannelDescription"].clone()
    }

    /// Waits until a channel has a status; its description.
    pub(crate) async fn becomes(&self, arn: &str, status: &str) -> Value {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let description = self.describe(arn).await;
            if description["ChannelStatus"] == status {
                return description;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "not {status}: {description}"
            );
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Waits until something is so.
    pub(crate) async fn until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !is_so() {
            assert!(tokio::time::Instant::now() < deadline, "not in time: {what}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Waits until somebody waits until so many seconds after the beginning of now, and not for anything earlier.
    pub(crate) async fn waits_for(&self, seconds: u64) {
        let expected =
            Timestamp::from_millis(self.kinesis.clock.now().as_millis()) + Duration::from_secs(seconds);
        let clock = self.kinesis.clock.clone();
        self.until("the worker waits", || clock.next_deadline() == Some(expected))
            .await;
    }

    /// Lets time pass until something is so, second by second.
    pub(crate) async fn pass_until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !is_so() {
            assert!(tokio::time::Instant::now() < deadline, "not in time: {what}");
            self.kinesis.advance(1);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Those of the only channel; nothing is done yet where there are none.
    pub(crate) fn figures(&self) -> ChannelFigures {
        self.kinesis.door.channel_figures().pop().unwrap_or_default()
    }

    /// Closes shards of `orders` and opens others, as on-demand streams do it by themselves.
    pub(crate) async fn reshape(&self, close: Vec<u32>, ranges: Vec<(u128, u128)>) {
        let shard = |(first, last)| NewShard {
            hash_range: Some(HashRange { first, last }),
            parents: close.clone(),
        };
        let reshaping = Reshaping {
            open: ranges.into_iter().map(shard).collect(),
            close: close.clone(),
        };
        let key = StreamKey::new(format!("{ACCOUNT}/{REGION}"), "orders");
        let reshaped = self
            .kinesis
            .streams
            .reshape(&key, |_| Ok::<_, StreamsError>(reshaping))
            .await;
        reshaped.unwrap();
    }
}

/// What makes a channel of `orders` into bucket `archive`.
pub(crate) fn input(name: &str, format: &str, compression: &str) -> Value {
    json!({
        "ChannelName": name,
        "ServiceExecutionRoleARN": ROLE,
        "StreamConfigurationList": [{
            "StreamARN": stream_arn("orders"), "RecordConfiguration": {"RecordFormatType": format},
        }],
        "S3DestinationConfiguration": {
            "StorageConfiguration": {
                "BucketARN": "arn:aws:s3:::archive", "ExpectedBucketOwner": ACCOUNT, "CompressionType": compression,
            },
        },
    })
}
