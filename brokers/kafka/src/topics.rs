//! Topics: the streams of a cluster's namespace, as Kafka's clients see them.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytestring::ByteString;
use ninefold_kafka_protocol::{ErrorCode, Uuid};
use ninefold_log::Partition;
use ninefold_streams::{Birth, HashRange, NewShard, NewStream, Reshaping, Stream, StreamKey, Streams};
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};

use crate::configs::topic::TopicConfigs;
use crate::configs::{Configurable, NodeProperties};
use crate::errors::Refusal;
use crate::limits::{TOPIC_NAME_BYTES, TOPIC_PARTITIONS};

/// The name under which a stream keeps what this door knows of it.
const ATTACHMENT: &str = "kafka";

/// The topics of a cluster.
pub(crate) struct Topics {
    namespace: String,
    streams: Arc<Streams>,
    node_properties: RwLock<Arc<NodeProperties>>,
}

/// A topic.
#[derive(Debug, Clone)]
pub(crate) struct Topic {
    pub(crate) stream: Arc<Stream>,
}

/// How a request names a topic: by id in new versions, by name in old ones.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TopicReference {
    Name(ByteString),
    Id([u8; 16]),
}

/// What this door knows of a stream.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Attachment {
    /// What was configured, by name.
    configs: BTreeMap<String, String>,
    /// How many replicas it was asked to have, if more than the one it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replication_factor: Option<u32>,
}

impl TopicReference {
    /// What a request says, of which one part is empty.
    pub(crate) fn of(name: &ByteString, id: Uuid) -> Self {
        if id.is_zero() {
            TopicReference::Name(name.clone())
        } else {
            TopicReference::Id(*id.as_bytes())
        }
    }
}

impl Topics {
    pub(crate) fn new(namespace: String, streams: Arc<Streams>) -> Self {
        Topics {
            namespace,
            streams,
            node_properties: RwLock::default(),
        }
    }

    /// What the node was started with.
    pub(crate) fn node_properties(&self) -> Arc<NodeProperties> {
        Arc::clone(&self.node_properties.read())
    }

    /// What the node is as if started with from now on: the defaults of topics, those that are there among them. Durable when it
    /// returns.
    pub(crate) async fn set_node_properties(&self, properties: NodeProperties) -> Result<(), Refusal> {
        *self.node_properties.write() = Arc::new(properties);
        for topic in self.all() {
            // Those of Kinesis have their own.
            if topic.stream.record.birth != Birth::Kafka {
                continue;
            }
            let settings = self.node_properties().complete(&topic.configs()).settings();
            let mut partitions = topic.stream.partitions.iter();
            if partitions.any(|partition| partition.settings() != settings) {
                self.streams.configure(&topic.stream.key, &settings).await?;
            }
        }
        Ok(())
    }

    fn key(&self, name: &str) -> StreamKey {
        StreamKey::new(self.namespace.clone(), name)
    }

    /// The topic of a name.
    pub(crate) fn get(&self, name: &str) -> Option<Topic> {
        let stream = self.streams.get(&self.key(name))?;
        Some(Topic { stream })
    }

    /// The topic of an id.
    pub(crate) fn by_id(&self, id: Uuid) -> Option<Topic> {
        let stream = self.streams.by_id(uuid::Uuid::from_bytes(*id.as_bytes()))?;
        (stream.key.namespace == self.namespace).then_some(Topic { stream })
    }

    /// The topic that a request names.
    pub(crate) fn find(&self, reference: &TopicReference) -> Result<Topic, ErrorCode> {
        match reference {
            TopicReference::Name(name) => self.get(name).ok_or(ErrorCode::UnknownTopicOrPartition),
            TopicReference::Id(id) => self.by_id(Uuid::from_bytes(*id)).ok_or(ErrorCode::UnknownTopicId),
        }
    }

    /// All topics, in the order of their names.
    pub(crate) fn all(&self) -> Vec<Topic> {
        let streams = self.streams.page(&self.namespace, None, usize::MAX);
        streams.into_iter().map(|stream| Topic { stream }).collect()
    }

    /// Whether a topic could be made, and of how many partitions.
    pub(crate) fn check_new(&self, name: &str, partitions: i32) -> Result<(), Refusal> {
        check_name(name)?;
        if !(1..=TOPIC_PARTITIONS).contains(&partitions) {
            let message = format!("Number of partitions was set to an invalid value: {partitions}.");
            return Err(Refusal::new(ErrorCode::InvalidPartitions, message));
        }
        if self.get(name).is_some() {
            let message = format!("Topic '{name}' already exists.");
            return Err(Refusal::new(ErrorCode::TopicAlreadyExists, message));
        }
        Ok(())
    }

    /// Makes a topic.
    pub(crate) async fn create(
        &self,
        name: &str,
        partitions: i32,
        replication_factor: u32,
        configs: &TopicConfigs,
    ) -> Result<Topic, Refusal> {
        self.check_new(name, partitions)?;
        let shard = |range| NewShard {
            hash_range: Some(range),
            parents: Vec::new(),
        };
        let new = NewStream {
            birth: Birth::Kafka,
            shards: HashRange::even(partitions.unsigned_abs())
                .into_iter()
                .map(shard)
                .collect(),
            settings: self.node_properties().complete(configs).settings(),
            attachment: (ATTACHMENT.to_owned(), attachment(configs, replication_factor)),
        };
        let stream = self.streams.create(self.key(name), new).await?;
        Ok(Topic { stream })
    }

    /// Deletes a topic and its records.
    pub(crate) async fn delete(&self, topic: &Topic) -> Result<(), Refusal> {
        Ok(self.streams.delete(&topic.stream.key).await?)
    }

    /// Gives a topic more partitions.
    pub(crate) async fn grow(&self, topic: &Topic, count: i32) -> Result<(), Refusal> {
        let grown = self.streams.reshape(&topic.stream.key, |stream| {
            check_growth(stream, count)?;
            let open = (stream.partitions.len()..count as usize).map(|_| NewShard {
                hash_range: None,
                parents: Vec::new(),
            });
            Ok::<_, Refusal>(Reshaping {
                close: Vec::new(),
                open: open.collect(),
            })
        });
        grown.await.map(drop)
    }

    /// Changes the configuration of a topic by what it is.
    pub(crate) async fn configure(
        &self,
        topic: &Topic,
        change: impl FnOnce(TopicConfigs) -> Result<TopicConfigs, Refusal>,
    ) -> Result<(), Refusal> {
        let mut settings = None;
        let key = &topic.stream.key;
        let attach = |stream: &Stream| {
            let topic = Topic {
                stream: Arc::new(Stream {
                    key: stream.key.clone(),
                    record: Arc::clone(&stream.record),
                    partitions: Vec::new(),
                }),
            };
            let configs = change(topic.configs())?;
            settings = Some(self.node_properties().complete(&configs).settings());
            Ok::<_, Refusal>(attachment(&configs, topic.replication_factor()))
        };
        self.streams.attach(key, ATTACHMENT, attach).await?;
        if let Some(settings) = settings {
            self.streams.configure(key, &settings).await?;
        }
        Ok(())
    }
}

impl Topic {
    pub(crate) fn name(&self) -> ByteString {
        ByteString::from(self.stream.key.name.as_str())
    }

    pub(crate) fn id(&self) -> Uuid {
        Uuid::from_bytes(*self.stream.record.id.as_bytes())
    }

    /// How many partitions it has, closed ones included.
    pub(crate) fn partition_count(&self) -> i32 {
        i32::try_from(self.stream.partitions.len()).unwrap_or(i32::MAX)
    }

    pub(crate) fn partition(&self, index: i32) -> Result<&Arc<Partition>, ErrorCode> {
        let index = u32::try_from(index).ok();
        index
            .and_then(|index| self.stream.partition(index))
            .ok_or(ErrorCode::UnknownTopicOrPartition)
    }

    /// How far a record's time may be behind and ahead. Asked for every batch, so that nothing else is read.
    pub(crate) fn timestamp_bounds(&self) -> (i64, i64) {
        let configs = self
            .stream
            .attachment(ATTACHMENT)
            .and_then(|kept| kept.get("configs"));
        let bound = |name: &str, default: i64| {
            let configured = configs.and_then(|configs| configs.get(name)?.as_str()?.parse().ok());
            configured.unwrap_or(default)
        };
        (
            bound("message.timestamp.before.max.ms", i64::MAX),
            bound("message.timestamp.after.max.ms", 3_600_000),
        )
    }

    /// What was configured.
    pub(crate) fn configs(&self) -> TopicConfigs {
        TopicConfigs::kept(self.kept().configs)
    }

    /// How many replicas it was asked to have.
    pub(crate) fn replication_factor(&self) -> u32 {
        self.kept().replication_factor.unwrap_or(1)
    }

    fn kept(&self) -> Attachment {
        let kept = self.stream.attachment(ATTACHMENT);
        let kept = kept.and_then(|kept| serde_json::from_value(kept.clone()).ok());
        kept.unwrap_or_default()
    }
}

/// Whether a stream may have so many partitions.
pub(crate) fn check_growth(stream: &Stream, count: i32) -> Result<(), Refusal> {
    let present = stream.partitions.len();
    let wanted = usize::try_from(count).unwrap_or(0);
    if stream.record.birth == Birth::Kinesis {
        let message = "The shards of this stream are split and merged through Kinesis.";
        return Err(Refusal::new(ErrorCode::PolicyViolation, message));
    }
    if wanted <= present {
        let message = if wanted == present {
            format!("Topic already has {present} partition(s).")
        } else {
            format!(
                "The topic {} currently has {present} partition(s); {count} would not be an increase.",
                stream.key.name
            )
        };
        return Err(Refusal::new(ErrorCode::InvalidPartitions, message));
    }
    if count > TOPIC_PARTITIONS {
        let message = format!("A topic has {TOPIC_PARTITIONS} partitions at most.");
        return Err(Refusal::new(ErrorCode::InvalidPartitions, message));
    }
    Ok(())
}

/// Whether a topic may be called this (as `Topic.validate` of Kafka has it).
pub(crate) fn check_name(name: &str) -> Result<(), Refusal> {
    let invalid = |message: String| Err(Refusal::new(ErrorCode::InvalidTopicException, message));
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    match name {
        "" => invalid("Topic name is invalid: the empty string is not allowed".to_owned()),
        "." | ".." => invalid("Topic name is invalid: '.' or '..' is not allowed".to_owned()),
        _ if name.len() > TOPIC_NAME_BYTES => invalid(format!(
            "Topic name is invalid: the length of '{name}' is longer than the max allowed length {TOPIC_NAME_BYTES}"
        )),
        _ if !name.bytes().all(is_allowed) => invalid(format!(
            "Topic name is invalid: '{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
        )),
        _ => Ok(()),
    }
}

fn attachment(configs: &TopicConfigs, replication_factor: u32) -> serde_json::Value {
    let attachment = Attachment {
        configs: configs.configured().clone(),
        replication_factor: (replication_factor > 1).then_some(replication_factor),
    };
    serde_json::to_value(attachment).unwrap_or_default()
}
