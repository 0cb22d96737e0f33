//! Whom quotas are for, and of what.

use std::collections::BTreeMap;
use std::net::IpAddr;

use bytestring::ByteString;
use serde::{Deserialize, Serialize};

/// The types of entities, as the protocol calls them.
pub(super) const USER: &str = "user";
pub(super) const CLIENT_ID: &str = "client-id";
pub(super) const IP: &str = "ip";

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Quota {
    /// Bytes that are produced in a second.
    ProducerByteRate,
    /// Bytes that are fetched in a second.
    ConsumerByteRate,
    /// The time of threads.
    RequestPercentage,
    /// Partitions that are made or deleted in a second.
    ControllerMutationRate,
    /// Connections in a second.
    ConnectionCreationRate,
}

/// Quotas by what they limit.
pub(super) type Limits = BTreeMap<Quota, f64>;

/// One name, or all that have no quota of their own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) enum Name {
    Default,
    Named(String),
}

/// Whom a quota is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) enum Entity {
    /// A user, a client by what it calls itself, or both together.
    Client {
        user: Option<Name>,
        client_id: Option<Name>,
    },
    /// An address.
    Address(Name),
}

impl Quota {
    const ALL: [Quota; 5] = [
        Quota::ProducerByteRate,
        Quota::ConsumerByteRate,
        Quota::RequestPercentage,
        Quota::ControllerMutationRate,
        Quota::ConnectionCreationRate,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Quota::ProducerByteRate => "producer_byte_rate",
            Quota::ConsumerByteRate => "consumer_byte_rate",
            Quota::RequestPercentage => "request_percentage",
            Quota::ControllerMutationRate => "controller_mutation_rate",
            Quota::ConnectionCreationRate => "connection_creation_rate",
        }
    }

    /// The quota of a name that such an entity can have.
    fn of(entity: &Entity, name: &str) -> Option<Self> {
        let found = Quota::ALL.into_iter().find(|quota| quota.name() == name)?;
        let is_of_address = found == Quota::ConnectionCreationRate;
        (is_of_address == matches!(entity, Entity::Address(_))).then_some(found)
    }

    /// Whether it has to be a whole number.
    fn is_whole(self) -> bool {
        !matches!(self, Quota::RequestPercentage | Quota::ControllerMutationRate)
    }
}

impl Name {
    pub(super) fn read(name: Option<&ByteString>) -> Self {
        name.map_or(Name::Default, |name| Name::Named(name.to_string()))
    }

    pub(super) fn as_option(&self) -> Option<&str> {
        match self {
            Name::Default => None,
            Name::Named(name) => Some(name),
        }
    }
}

impl Entity {
    /// Reads an entity from pairs of types and names.
    pub(super) fn read(parts: &[(&str, Option<&ByteString>)]) -> Result<Self, String> {
        let mut found: BTreeMap<&str, Name> = BTreeMap::new();
        for (kind, name) in parts {
            if ![USER, CLIENT_ID, IP].contains(kind) {
                return Err(format!("Unhandled client quota entity type: {kind}"));
            }
            if name.is_some_and(|name| name.is_empty()) {
                return Err(format!("Empty {kind} not supported"));
            }
            if found.insert(kind, Name::read(*name)).is_some() {
                return Err(format!("Duplicate client quota entity type: {kind}"));
            }
        }
        match (found.remove(USER), found.remove(CLIENT_ID), found.remove(IP)) {
            (None, None, None) => Err("Invalid empty client quota entity".to_owned()),
            (None, None, Some(address)) => match address.as_option() {
                Some(text) if text.parse::<IpAddr>().is_err() => {
                    Err(format!("{text} is not a valid IP address"))
                }
                _ => Ok(Entity::Address(address)),
            },
            (_, _, Some(_)) => {
                Err("Invalid quota entity combination: ip can't be combined with others".to_owned())
            }
            (user, client_id, None) => Ok(Entity::Client { user, client_id }),
        }
    }

    /// Its parts, as they are read.
    pub(super) fn parts(&self) -> Vec<(&'static str, &Name)> {
        match self {
            Entity::Client { user, client_id } => {
                let user = user.iter().map(|name| (USER, name));
                user.chain(client_id.iter().map(|name| (CLIENT_ID, name)))
                    .collect()
            }
            Entity::Address(name) => vec![(IP, name)],
        }
    }
}

/// Reads what is to be limited, and to how much.
pub(super) fn read_limit(entity: &Entity, key: &str, value: f64) -> Result<Quota, String> {
    let quota = read_key(entity, key)?;
    if !value.is_finite() || value <= 0.0 {
        return Err(format!("Quota {key} must be greater than 0"));
    }
    if quota.is_whole() && value.fract() != 0.0 {
        return Err(format!("Quota {key} must be a whole number"));
    }
    Ok(quota)
}

/// Reads what is to be limited.
pub(super) fn read_key(entity: &Entity, key: &str) -> Result<Quota, String> {
    Quota::of(entity, key).ok_or_else(|| format!("Invalid configuration key {key}"))
}
