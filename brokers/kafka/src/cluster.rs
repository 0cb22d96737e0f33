//! A cluster: what clients know by that name.

use std::sync::Arc;

use bytestring::ByteString;
use ninefold_groups::Groups;
use ninefold_streams::Streams;
use ninefold_time::Clock;
use ninefold_transactions::Transactions;
use parking_lot::RwLock;

use crate::configs::{ClusterGroupConfigs, GroupConfigRecords};
use crate::fetch::FetchSessions;
use crate::groups::ClusterGroups;
use crate::namespace::Names;
use crate::security::{Security, SecurityOptions, UserError, UserPassword};
use crate::share::SharedRecords;
use crate::topics::Topics;
use crate::transactions::ClusterTransactions;

/// The one node of a cluster, which leads everything.
pub(crate) const NODE: i32 = 1;

/// What a cluster stands on.
pub struct ClusterParts {
    /// What clients are told that the cluster is called: 22 characters of base64 in Kafka's own.
    pub id: String,
    /// Where its topics are among all streams.
    pub namespace: String,
    /// Whether it is the cluster that is there without being asked for.
    pub is_default: bool,
    /// The streams.
    pub streams: Arc<Streams>,
    /// The groups of all clusters.
    pub groups: Arc<Groups>,
    /// What is kept of the configuration of groups.
    pub group_configs: Arc<GroupConfigRecords>,
    /// The transactions of all clusters.
    pub transactions: Arc<Transactions>,
    /// Who its clients are, and what they may do.
    pub security: SecurityOptions,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What topics of a cluster get that say nothing of it, and what they can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopicOptions {
    /// Whether asking for a topic makes it (`auto.create.topics.enable`).
    pub automatic_creation: bool,
    /// How many partitions a topic gets (`num.partitions`).
    pub partitions: u32,
    /// How many replicas a topic gets (`default.replication.factor`). They are all on the one node, and noted only.
    pub replication_factor: u32,
    /// How many replicas a topic can ask for: as many as the cluster is said to have brokers.
    pub most_replicas: u32,
}

impl Default for TopicOptions {
    fn default() -> Self {
        TopicOptions {
            automatic_creation: true,
            partitions: 1,
            replication_factor: 1,
            most_replicas: 1,
        }
    }
}

/// What clients know as a cluster: topics, groups and transactions under one id.
pub struct Cluster {
    pub(crate) id: ByteString,
    pub(crate) topics: Topics,
    topic_options: RwLock<TopicOptions>,
    pub(crate) groups: ClusterGroups,
    pub(crate) group_configs: ClusterGroupConfigs,
    pub(crate) transactions: ClusterTransactions,
    pub(crate) security: Security,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) fetch_sessions: FetchSessions,
    pub(crate) shared: SharedRecords,
}

impl Cluster {
    /// A cluster that does not listen yet.
    pub fn new(parts: ClusterParts) -> Arc<Self> {
        let names = Names::new((!parts.is_default).then_some(&*parts.namespace));
        Arc::new(Cluster {
            id: parts.id.into(),
            groups: ClusterGroups::new(parts.groups, names.clone()),
            group_configs: ClusterGroupConfigs::new(parts.group_configs, &parts.namespace),
            transactions: ClusterTransactions {
                engine: parts.transactions,
                names,
            },
            security: Security::new(parts.security, &parts.namespace, Arc::clone(&parts.clock)),
            topics: Topics::new(parts.namespace, parts.streams),
            topic_options: RwLock::default(),
            clock: parts.clock,
            fetch_sessions: FetchSessions::default(),
            shared: SharedRecords::default(),
        })
    }

    /// Makes these the users that can authenticate with a password or a proof of one, by SCRAM-SHA-512, and nobody else. Durable when
    /// it returns. Connections that are open stay open.
    ///
    /// # Errors
    ///
    /// If the store fails; then some may have been changed.
    pub async fn replace_users(&self, users: Vec<UserPassword>) -> Result<(), UserError> {
        self.security.users.replace(users).await
    }

    /// The policy of the cluster from now on, as JSON, where identities of IAM can connect.
    pub fn set_cluster_policy(&self, policy: Option<String>) {
        if let Some(iam) = &self.security.iam {
            iam.set_cluster_policy(policy);
        }
    }

    /// What topics get and can ask for from now on.
    pub fn set_topic_options(&self, options: TopicOptions) {
        *self.topic_options.write() = options;
    }

    pub(crate) fn topic_options(&self) -> TopicOptions {
        *self.topic_options.read()
    }

    pub(crate) fn now_milliseconds(&self) -> i64 {
        i64::try_from(self.clock.now().as_millis()).unwrap_or(i64::MAX)
    }
}
