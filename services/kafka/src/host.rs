//! The border between the control plane and the brokers: what the API of MSK wants of whoever runs clusters.
//!
//! The control plane keeps what clusters should be, durably, and tells the host: on every change, and for every cluster again when
//! the server starts. The host keeps topics and their records. It knows nothing of the control plane's states, versions and operations.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use ninefold_protocol::{AccountId, BoxFuture, Region};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Runs clusters: listens, speaks Kafka's protocol, and keeps topics.
///
/// Calls for one cluster that change it ([`open`](ClusterHost::open), [`reboot`](ClusterHost::reboot),
/// [`set_scram_credentials`](ClusterHost::set_scram_credentials), [`delete`](ClusterHost::delete)) come one after the other.
pub trait ClusterHost: Send + Sync + 'static {
    /// Whether the host could open a cluster with these settings, before anything is promised.
    ///
    /// # Errors
    ///
    /// [`HostError::Refused`] says why it can't: a listener that needs a certificate where there is none, for example.
    fn check(&self, settings: &ClusterSettings) -> Result<(), HostError>;

    /// Opens a cluster, with the topics it had, or brings an open one to other settings. Doing it twice is no different from doing it
    /// once. Answers where its brokers listen, each with exactly [`ClusterSettings::listeners`]; those that were there before
    /// ([`ClusterSettings::brokers`]) keep their addresses, so that clients find them after a restart.
    fn open<'a>(
        &'a self,
        cluster: &'a ClusterId,
        settings: &'a ClusterSettings,
    ) -> BoxFuture<'a, Result<Vec<Broker>, HostError>>;

    /// Closes the connections of brokers, as if they had been restarted. Brokers that the host doesn't run as such are left out.
    fn reboot<'a>(
        &'a self,
        cluster: &'a ClusterId,
        brokers: &'a [u32],
    ) -> BoxFuture<'a, Result<(), HostError>>;

    /// Closes a cluster and removes everything it has. One that isn't there is no error.
    fn delete<'a>(&'a self, cluster: &'a ClusterId) -> BoxFuture<'a, Result<(), HostError>>;

    /// Sets who can authenticate with SCRAM-SHA-512: these users and nobody else. Connections that are open stay open.
    fn set_scram_credentials<'a>(
        &'a self,
        cluster: &'a ClusterId,
        credentials: Vec<ScramCredential>,
    ) -> BoxFuture<'a, Result<(), HostError>>;

    /// Creates a topic; durable when it returns.
    fn create_topic<'a>(
        &'a self,
        cluster: &'a ClusterId,
        topic: NewTopic,
    ) -> BoxFuture<'a, Result<(), HostError>>;

    /// A topic, with the settings that were made for it, without defaults.
    fn topic<'a>(&'a self, cluster: &'a ClusterId, name: &'a str) -> BoxFuture<'a, Result<Topic, HostError>>;

    /// Topics whose names begin with `prefix`, in the order of their names, after `after`, at most `limit`. Internal ones are left out.
    fn topics<'a>(
        &'a self,
        cluster: &'a ClusterId,
        prefix: &'a str,
        after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Topic>, HostError>>;

    /// Partitions of a topic from `first` on, at most `limit`.
    fn partitions<'a>(
        &'a self,
        cluster: &'a ClusterId,
        name: &'a str,
        first: u32,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Partition>, HostError>>;

    /// Changes a topic: all of it or nothing; durable when it returns.
    fn change_topic<'a>(
        &'a self,
        cluster: &'a ClusterId,
        name: &'a str,
        change: TopicChange,
    ) -> BoxFuture<'a, Result<(), HostError>>;

    /// Deletes a topic and its records; durable when it returns.
    fn delete_topic<'a>(
        &'a self,
        cluster: &'a ClusterId,
        name: &'a str,
    ) -> BoxFuture<'a, Result<(), HostError>>;
}

/// Identifies a cluster for ever: the end of its ARN, e.g. `abcdefab-1234-abcd-5678-cdef0123ab01-2`. Letters, digits and hyphens only, so
/// it can be part of a path. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClusterId(Arc<str>);

impl ClusterId {
    /// Reads an id; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let is_id = (1..=64).contains(&text.len()) && text.bytes().all(allowed);
        is_id.then(|| ClusterId(text.into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClusterId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for ClusterId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for ClusterId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        ClusterId::parse(&text).ok_or_else(|| format!("{text:?} is not the id of a cluster"))
    }
}

impl From<ClusterId> for String {
    fn from(id: ClusterId) -> Self {
        id.as_str().to_owned()
    }
}

/// What a cluster should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterSettings {
    /// Its ARN: the resource of `kafka-cluster:` actions that are about the cluster as a whole.
    pub arn: String,
    /// Its name, which the ARNs of topics and groups have too.
    pub name: String,
    /// The account that it belongs to.
    pub account: AccountId,
    /// Its region.
    pub region: Region,
    /// How clients can connect, in order; at least one.
    pub listeners: Vec<ListenerKind>,
    /// How many brokers it was asked to have. A host may run fewer: then replicas are as many as a topic was asked to have, but all of
    /// them are in the same place.
    pub broker_count: u32,
    /// Where its brokers listened so far; empty for a new cluster.
    pub brokers: Vec<Broker>,
    /// `server.properties`: MSK's defaults with those of the cluster's configuration in their place.
    ///
    /// Source: [Default configuration](https://docs.aws.amazon.com/msk/latest/developerguide/msk-default-configuration.html).
    pub properties: BTreeMap<String, String>,
    /// The cluster's policy (JSON), which counts as the resource's for clients that authenticate with IAM.
    pub policy: Option<String>,
}

/// A way to connect.
///
/// Source: [Port information](https://docs.aws.amazon.com/msk/latest/developerguide/port-info.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ListenerKind {
    /// Without encryption or authentication; port 9092 of MSK.
    Plaintext,
    /// TLS, without authentication; port 9094.
    Tls,
    /// TLS, and a user name and password by SASL/SCRAM-SHA-512; port 9096.
    SaslScram,
    /// TLS, and the signature of an access key by SASL (`AWS_MSK_IAM` or `OAUTHBEARER`); port 9098.
    SaslIam,
}

/// A broker, and where it listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broker {
    /// Its number, from 1 on.
    pub id: u32,
    /// `HOST:PORT` for clients to connect to.
    pub listeners: BTreeMap<ListenerKind, String>,
}

/// A user name and its password.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScramCredential {
    /// The user's name.
    pub username: String,
    /// In the clear: what the server keeps of it is the host's business.
    pub password: String,
}

impl fmt::Debug for ScramCredential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ScramCredential({:?})", self.username)
    }
}

/// A topic to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTopic {
    /// Its name.
    pub name: String,
    /// How many partitions it has; at least 1.
    pub partitions: u32,
    /// How many replicas every partition has; at least 1.
    pub replication_factor: u32,
    /// Settings by their names, e.g. `retention.ms`.
    pub configs: BTreeMap<String, String>,
}

/// A topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// How many partitions it has.
    pub partitions: u32,
    /// How many replicas every partition has.
    pub replication_factor: u32,
    /// How many replicas are behind, of all partitions together.
    pub out_of_sync_replicas: u32,
    /// The settings that were made for it.
    pub configs: BTreeMap<String, String>,
}

/// What becomes of a topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicChange {
    /// How many partitions it has from now on, which is never fewer.
    pub partitions: Option<u32>,
    /// Settings to make; others stay as they are.
    pub configs: BTreeMap<String, String>,
}

/// A partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// Its number, from 0 on.
    pub number: u32,
    /// The broker that leads it.
    pub leader: u32,
    /// The brokers that have it.
    pub replicas: Vec<u32>,
    /// Those of them that are not behind.
    pub in_sync_replicas: Vec<u32>,
}

/// What a host refuses or fails with. The texts are for people.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum HostError {
    /// It can't do that here, ever.
    #[error("{0}")]
    Refused(String),
    /// A name, a number of partitions or replicas, or a setting that Kafka doesn't take.
    #[error("{0}")]
    Invalid(String),
    /// There is a topic with this name.
    #[error("Topic '{0}' already exists.")]
    TopicExists(String),
    /// There is no topic with this name.
    #[error("This server does not host this topic-partition.")]
    UnknownTopic,
    /// The cluster isn't open.
    #[error("The cluster can't be reached.")]
    Unreachable,
    /// It took too long.
    #[error("The request timed out.")]
    TimedOut,
    /// It failed; nothing has changed.
    #[error("{0}")]
    Failed(String),
}
