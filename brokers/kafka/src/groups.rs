//! The groups of a cluster: all clusters share one engine, in which names carry their cluster's.

use std::sync::Arc;

use bytestring::ByteString;
use ninefold_groups::{Client, Groups, Topic, TopicId, TopicSource};
use ninefold_kafka_protocol::Uuid;
use ninefold_streams::Streams;

use crate::session::Caller;

/// Stands between the name of a cluster and one in it: no name has it.
const SEPARATOR: char = '\0';

/// The groups of a cluster.
pub(crate) struct ClusterGroups {
    pub(crate) engine: Arc<Groups>,
    prefix: String,
}

/// Tells groups of the topics of all clusters, which are the streams of all namespaces.
pub struct StreamTopics {
    streams: Arc<Streams>,
    default_namespace: String,
}

impl StreamTopics {
    /// The topics of these streams; those of the default cluster's namespace have their own names.
    pub fn new(streams: Arc<Streams>, default_namespace: impl Into<String>) -> Self {
        StreamTopics {
            streams,
            default_namespace: default_namespace.into(),
        }
    }
}

impl TopicSource for StreamTopics {
    fn topics(&self) -> Vec<Topic> {
        let topic = |stream: Arc<ninefold_streams::Stream>| {
            let is_default = stream.key.namespace == self.default_namespace;
            let namespace = (!is_default).then_some(&*stream.key.namespace);
            Topic {
                id: TopicId(stream.record.id.as_u128()),
                name: format!("{}{}", prefix(namespace), stream.key.name).into(),
                partitions: u32::try_from(stream.partitions.len()).unwrap_or(u32::MAX),
            }
        };
        self.streams.all().into_iter().map(topic).collect()
    }
}

fn prefix(namespace: Option<&str>) -> String {
    namespace.map_or_else(String::new, |namespace| format!("{namespace}{SEPARATOR}"))
}

impl ClusterGroups {
    /// The groups of a namespace; `None` stands for the default cluster.
    pub(crate) fn new(engine: Arc<Groups>, namespace: Option<&str>) -> Self {
        ClusterGroups {
            engine,
            prefix: prefix(namespace),
        }
    }

    /// What a group or topic of this cluster is called in the engine.
    pub(crate) fn inner<T: for<'a> From<&'a str>>(&self, name: &str) -> T {
        if self.prefix.is_empty() {
            return T::from(name);
        }
        T::from(&format!("{}{name}", self.prefix))
    }

    /// What the engine calls a group or topic, if it is of this cluster.
    pub(crate) fn outer(&self, name: &str) -> Option<ByteString> {
        let name = name.strip_prefix(&self.prefix)?;
        (!name.contains(SEPARATOR)).then(|| name.into())
    }

    /// A pattern of topics' names, of this cluster's.
    pub(crate) fn inner_pattern(&self, pattern: &str) -> Arc<str> {
        if self.prefix.is_empty() || pattern.is_empty() {
            return pattern.into();
        }
        let escaped: String = self
            .prefix
            .chars()
            .map(|character| format!("\\x{{{:x}}}", u32::from(character)))
            .collect();
        format!("{escaped}(?:{pattern})").into()
    }
}

/// Where a request comes from, as it is shown when a group is described.
pub(crate) fn client(caller: &Caller, client_id: Option<&ByteString>) -> Client {
    Client {
        id: client_id.map_or_else(|| "".into(), |id| (**id).into()),
        host: format!("/{}", caller.peer.ip()).into(),
    }
}

/// The protocol's id of a topic.
pub(crate) fn uuid(id: TopicId) -> Uuid {
    Uuid::from_bytes(id.0.to_be_bytes())
}

/// The engine's id of a topic.
pub(crate) fn topic_id(id: Uuid) -> TopicId {
    TopicId(u128::from_be_bytes(*id.as_bytes()))
}
