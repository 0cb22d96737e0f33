//! The configuration of the node. It is what it is: nothing of it can be changed by clients.

use std::borrow::Cow;

use super::{Definition, Kind, topic};
use crate::session::Endpoint;

const fn key(
    name: &'static str,
    default: &'static str,
    kind: Kind,
    documentation: &'static str,
) -> Definition {
    Definition {
        name,
        default,
        kind,
        documentation,
        node_name: None,
    }
}

/// The key that says where clients reach the node.
pub(crate) const ADVERTISED_LISTENERS: &str = "advertised.listeners";

/// The keys that clients look at, besides those that give topics their defaults.
const KEYS: &[Definition] = &[
    key(
        "auto.create.topics.enable",
        "true",
        Kind::Boolean,
        "Whether asking for a topic makes it.",
    ),
    key("broker.id", "1", Kind::Int(-1), "The number of the node."),
    key(
        "default.replication.factor",
        "1",
        Kind::Int(1),
        "There is one replica.",
    ),
    key(
        "delete.topic.enable",
        "true",
        Kind::Boolean,
        "Whether topics can be deleted.",
    ),
    key(
        "fetch.max.bytes",
        "57671680",
        Kind::Int(1_024),
        "What a fetch returns at most.",
    ),
    key(
        "group.initial.rebalance.delay.ms",
        "3000",
        Kind::Int(0),
        "How long a new group waits for more members.",
    ),
    key(
        "group.max.session.timeout.ms",
        "1800000",
        Kind::Int(0),
        "The longest session of a member of a group.",
    ),
    key(
        "group.min.session.timeout.ms",
        "6000",
        Kind::Int(0),
        "The shortest session of a member of a group.",
    ),
    key(
        "max.connections",
        "2147483647",
        Kind::Int(0),
        "How many connections there may be.",
    ),
    key(
        "max.incremental.fetch.session.cache.slots",
        "1000",
        Kind::Int(0),
        "How many fetch sessions there may be.",
    ),
    key("node.id", "1", Kind::Int(0), "The number of the node."),
    key(
        "num.partitions",
        "1",
        Kind::Int(1),
        "How many partitions a topic gets that says nothing of it.",
    ),
    key(
        "offset.metadata.max.bytes",
        "4096",
        Kind::Int(0),
        "How long the metadata of a committed offset may be.",
    ),
    key(
        "offsets.retention.minutes",
        "10080",
        Kind::Int(1),
        "How long the offsets of an empty group are kept.",
    ),
    key(
        "producer.id.expiration.ms",
        "86400000",
        Kind::Int(1),
        "How long an idle producer is remembered.",
    ),
    key(
        "process.roles",
        "broker,controller",
        Kind::AnyList,
        "What the node is.",
    ),
    key(
        "socket.request.max.bytes",
        "104857600",
        Kind::Int(1),
        "How long a request may be.",
    ),
    key(
        "transaction.max.timeout.ms",
        "900000",
        Kind::Int(1),
        "How long a transaction may take.",
    ),
    key(
        "transactional.id.expiration.ms",
        "604800000",
        Kind::Int(1),
        "How long an idle transactional id is remembered.",
    ),
];

/// A key and its value.
pub(crate) struct NodeConfig {
    pub(crate) name: &'static str,
    pub(crate) value: Cow<'static, str>,
    pub(crate) kind: Kind,
    pub(crate) documentation: &'static str,
}

/// All there is, in the order of names, for a client that has reached the node there.
pub(crate) fn all(reached_at: &Endpoint) -> Vec<NodeConfig> {
    let listener = NodeConfig {
        name: ADVERTISED_LISTENERS,
        value: format!("CLIENT://{}:{}", reached_at.host, reached_at.port).into(),
        kind: Kind::AnyList,
        documentation: "Where clients reach the node.",
    };
    let own = KEYS.iter().map(|definition| (definition.name, definition));
    let defaults = topic::KEYS
        .iter()
        .filter_map(|definition| Some((definition.node_name?, definition)));
    let mut configs: Vec<NodeConfig> = own
        .chain(defaults)
        .map(|(name, definition)| NodeConfig {
            name,
            value: definition.default.into(),
            kind: definition.kind,
            documentation: definition.documentation,
        })
        .chain([listener])
        .collect();
    configs.sort_by_key(|config| config.name);
    configs
}
