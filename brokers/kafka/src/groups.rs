//! The groups of a cluster: all clusters share one engine, in which names carry their cluster's.

use std::sync::Arc;

use bytestring::ByteString;
use ninefold_groups::{Client, Groups, Topic, TopicId, TopicSource};
use ninefold_kafka_protocol::Uuid;
use ninefold_streams::Streams;

use crate::namespace::Names;
use crate::session::Caller;

/// The groups of a cluster.
pub(crate) struct ClusterGroups {
    pub(crate) engine: Arc<Groups>,
    pub(crate) names: Names,
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
                name: Names::new(namespace).inner(&stream.key.name),
                partitions: u32::try_from(stream.partitions.len()).unwrap_or(u32::MAX),
            }
        };
        self.streams.all().into_iter().map(topic).collect()
    }
}

impl ClusterGroups {
    /// The groups of a cluster with these names.
    pub(crate) fn new(engine: Arc<Groups>, names: Names) -> Self {
        ClusterGroups { engine, names }
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
