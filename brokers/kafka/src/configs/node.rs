//! The configuration of the node. It is what it is: nothing of it can be changed by clients.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Definition, Kind, NodeProperties, group, topic};
use crate::session::Endpoint;

const fn key(
    name: &'static str,
    default: &'static str,
    kind: Kind,
    documentation: &'static str,
) -> Definition {
    Definition::key(name, default, kind, None, documentation)
}

/// The key that says where clients reach the node.
const ADVERTISED_LISTENERS: &str = "advertised.listeners";
/// What every node is started with.
const STATIC: &[&str] = &["broker.id", "node.id", "process.roles"];

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
        "log.retention.hours",
        "168",
        Kind::Int(-1),
        "How long records are kept.",
    ),
    key(
        "log.retention.minutes",
        "10080",
        Kind::Int(-1),
        "How long records are kept.",
    ),
    key("log.roll.hours", "168", Kind::Int(1), "How old a segment gets."),
    key(
        "log.roll.jitter.hours",
        "0",
        Kind::Int(0),
        "By how much segments may be closed earlier.",
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

/// Keys that are not set by default: what they are about follows from a key in another unit.
const UNSET: &[&str] = &[
    "log.flush.interval.ms",
    "log.retention.minutes",
    "log.retention.ms",
    "log.roll.jitter.ms",
    "log.roll.ms",
];

/// A key and its value.
pub(crate) struct NodeConfig {
    pub(crate) name: Cow<'static, str>,
    /// What the node was started with, if it says anything of it.
    pub(crate) set: Option<String>,
    pub(crate) default: Option<&'static str>,
    pub(crate) kind: Kind,
    pub(crate) documentation: &'static str,
}

impl NodeConfig {
    fn new(name: &'static str, definition: &'static Definition) -> Self {
        NodeConfig {
            name: name.into(),
            set: None,
            default: default(name, definition),
            kind: definition.kind,
            documentation: definition.documentation,
        }
    }

    /// One that the node was started with, and that means nothing here.
    fn other(name: &str) -> Self {
        NodeConfig {
            name: name.to_owned().into(),
            set: None,
            default: None,
            kind: Kind::Choice(&[]),
            documentation: "It is kept and returned.",
        }
    }
}

/// The default of a key of the node, if it has one.
pub(crate) fn default(name: &str, definition: &'static Definition) -> Option<&'static str> {
    (!UNSET.contains(&name)).then_some(definition.default)
}

/// All there is, in the order of names, for a client that has reached the node there.
pub(crate) fn all(reached_at: &Endpoint, properties: &NodeProperties) -> Vec<NodeConfig> {
    let own = KEYS.iter().map(|definition| (definition.name, definition));
    let defaults = topic::KEYS
        .iter()
        .chain(group::KEYS)
        .filter_map(|definition| Some((definition.node_name?, definition)));
    let known = own.chain(defaults);
    let mut configs: BTreeMap<Cow<'static, str>, NodeConfig> = known
        .map(|(name, definition)| (name.into(), NodeConfig::new(name, definition)))
        .collect();
    for name in properties.names() {
        let config = configs
            .entry(name.to_owned().into())
            .or_insert_with(|| NodeConfig::other(name));
        config.set = properties.get(name).map(ToOwned::to_owned);
    }
    for name in STATIC {
        if let Some(config) = configs.get_mut(*name) {
            config.set = config.default.take().map(ToOwned::to_owned);
        }
    }
    let listener = NodeConfig {
        name: ADVERTISED_LISTENERS.into(),
        set: Some(format!("CLIENT://{}:{}", reached_at.host, reached_at.port)),
        default: None,
        kind: Kind::AnyList,
        documentation: "Where clients reach the node.",
    };
    configs.insert(ADVERTISED_LISTENERS.into(), listener);
    configs.into_values().collect()
}
