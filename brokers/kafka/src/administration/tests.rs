//! Two clusters on the same engines.

use std::sync::Arc;
use std::time::Duration;

use ninefold_groups::{Committer, Groups, GroupsConfig, OffsetCommit, PartitionOffset};
use ninefold_log::{Log, LogOptions};
use ninefold_store::{MemoryStore, Store};
use ninefold_streams::Streams;
use ninefold_time::{Clock, ManualClock};
use ninefold_transactions::{Initialize, Transactions};
use tempfile::TempDir;

use super::*;
use crate::cluster::{ClusterParts, TopicOptions};
use crate::configs::GroupConfigRecords;
use crate::groups::StreamTopics;
use crate::security::{Sealer, SecurityOptions, SecurityRecords};
use crate::transactions::StreamMarkers;

const DEFAULT: &str = "123456789012/us-east-1";

/// Seals nothing, as nobody has a password here.
struct Nothing;

impl Sealer for Nothing {
    fn seal(&self, _: &str, _: &str) -> Option<String> {
        None
    }

    fn open(&self, _: &str, _: &str) -> Option<String> {
        None
    }
}

struct Fixture {
    _directory: TempDir,
    first: Arc<Cluster>,
    second: Arc<Cluster>,
}

async fn fixture() -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
    let options = LogOptions::new(directory.path());
    let log = Arc::new(Log::open(&options, Arc::clone(&store), Arc::clone(&clock)).unwrap());
    let streams = Streams::open(Arc::clone(&store), log, Arc::clone(&clock)).await;
    let streams = Arc::new(streams.unwrap());
    let topics = Arc::new(StreamTopics::new(Arc::clone(&streams), DEFAULT));
    let config = GroupsConfig::default();
    let groups = Groups::open(Arc::clone(&store), Arc::clone(&clock), topics, config).unwrap();
    let markers = StreamMarkers::new(Arc::clone(&streams), Arc::clone(&groups), DEFAULT);
    let transactions = Transactions::open(
        Arc::clone(&store),
        Arc::clone(&clock),
        Arc::new(markers),
        Default::default(),
    );
    let transactions = transactions.await.unwrap();
    let records = Arc::new(SecurityRecords::open(&store, Arc::new(Nothing)).unwrap());
    let group_configs = Arc::new(GroupConfigRecords::open(&store).unwrap());
    let cluster = |namespace: &str| {
        let cluster = Cluster::new(ClusterParts {
            id: namespace.to_owned(),
            namespace: namespace.to_owned(),
            is_default: false,
            streams: Arc::clone(&streams),
            groups: Arc::clone(&groups),
            group_configs: Arc::clone(&group_configs),
            transactions: Arc::clone(&transactions),
            security: SecurityOptions::open(Arc::clone(&records)),
            clock: Arc::clone(&clock),
        });
        cluster.set_topic_options(TopicOptions {
            most_replicas: 3,
            ..TopicOptions::default()
        });
        cluster
    };
    Fixture {
        first: cluster("msk/first"),
        second: cluster("msk/second"),
        _directory: directory,
    }
}

fn topic(name: &str) -> TopicDescription {
    TopicDescription {
        name: name.to_owned(),
        partitions: 1,
        replication_factor: 3,
        configs: BTreeMap::from([("retention.ms".to_owned(), "1000".to_owned())]),
    }
}

impl Cluster {
    /// A topic, a group that has read it, and a transactional id.
    async fn fill(&self) {
        self.create_topic(&topic("orders")).await.unwrap();
        let commit = OffsetCommit {
            group: self.groups.names.inner("readers"),
            committer: Committer {
                epoch: -1,
                ..Committer::default()
            },
            retention: None,
            offsets: vec![PartitionOffset {
                topic: self.groups.names.inner("orders"),
                partition: 0,
                offset: 0,
                leader_epoch: None,
                metadata: "".into(),
            }],
        };
        self.groups.engine.commit(commit).await.unwrap();
        let request = Initialize {
            timeout: Duration::from_secs(60),
            expected: None,
            two_phase_commit: false,
            keep_prepared: false,
        };
        let id = self.transactions.names.inner_text("payments");
        self.transactions.engine.initialize(&id, request).await.unwrap();
    }

    fn counts(&self) -> [usize; 3] {
        let groups = self.groups.engine.list();
        let groups = groups
            .iter()
            .filter(|listing| self.groups.names.outer(listing.group.as_str()).is_some());
        let ids = self.transactions.engine.list(&Filter::default()).unwrap();
        let ids = ids
            .iter()
            .filter(|listing| self.transactions.names.outer(listing.id.as_str()).is_some());
        [self.topics.all().len(), groups.count(), ids.count()]
    }
}

#[tokio::test]
async fn what_is_removed_is_one_clusters_alone() {
    let Fixture { first, second, .. } = &fixture().await;
    first.fill().await;
    second.fill().await;
    assert_eq!((first.counts(), second.counts()), ([1, 1, 1], [1, 1, 1]));
    for _ in 0..2 {
        first.remove_everything().await.unwrap();
        assert_eq!((first.counts(), second.counts()), ([0, 0, 0], [1, 1, 1]));
    }
}

#[tokio::test]
async fn a_topic_changes_as_a_whole_or_not_at_all() {
    let Fixture { first: cluster, .. } = &fixture().await;
    cluster.create_topic(&topic("orders")).await.unwrap();
    let configs = |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
    for (partitions, configs) in [
        (Some(2), configs("retention.ms", "soon")),
        (Some(1), configs("retention.ms", "2000")),
        (None, configs("nonsense", "1")),
    ] {
        let changed = cluster.change_topic("orders", partitions, &configs).await;
        assert!(
            matches!(changed, Err(AdministrationError::Invalid(_))),
            "{changed:?}"
        );
        assert_eq!(cluster.topic("orders"), Some(topic("orders")));
    }
    let configs = configs("segment.ms", "3000");
    cluster.change_topic("orders", Some(2), &configs).await.unwrap();
    let found = cluster.topic("orders").unwrap();
    assert_eq!((found.partitions, found.replication_factor), (2, 3));
    let names: Vec<&String> = found.configs.keys().collect();
    assert_eq!(names, ["retention.ms", "segment.ms"]);
}

#[tokio::test]
async fn what_the_node_is_started_with_is_what_topics_have() {
    let Fixture { first, second, .. } = &fixture().await;
    let retentions = |cluster: &Cluster| {
        let topics = cluster.topics.all().into_iter();
        let retention = topics.map(|topic| topic.stream.partitions[0].settings().retention_milliseconds);
        retention.collect::<Vec<_>>()
    };
    let plain = TopicDescription {
        configs: BTreeMap::new(),
        ..topic("bills")
    };
    for cluster in [first, second] {
        cluster.create_topic(&plain).await.unwrap();
        // It has a retention of its own.
        cluster.create_topic(&topic("orders")).await.unwrap();
    }
    let week = Some(604_800_000);
    assert_eq!(retentions(first), [week, Some(1_000)]);
    let hours = BTreeMap::from([("log.retention.hours".to_owned(), "1".to_owned())]);
    first.set_node_properties(hours).await.unwrap();
    assert_eq!(retentions(first), [Some(3_600_000), Some(1_000)]);
    assert_eq!(retentions(second), [week, Some(1_000)]);
    let later = TopicDescription {
        name: "later".to_owned(),
        ..plain
    };
    first.create_topic(&later).await.unwrap();
    assert_eq!(retentions(first), [Some(3_600_000), Some(3_600_000), Some(1_000)]);
    first.set_node_properties(BTreeMap::new()).await.unwrap();
    assert_eq!(retentions(first), [week, week, Some(1_000)]);
}

#[tokio::test]
async fn what_cannot_be_a_topic_is_refused() {
    let Fixture { first: cluster, .. } = &fixture().await;
    let valid = topic("orders");
    cluster.create_topic(&valid).await.unwrap();
    let again = cluster.create_topic(&valid).await;
    assert!(
        matches!(again, Err(AdministrationError::TopicExists(_))),
        "{again:?}"
    );
    for wrong in [
        TopicDescription {
            name: "a/b".to_owned(),
            ..valid.clone()
        },
        TopicDescription {
            partitions: 0,
            ..topic("none")
        },
        TopicDescription {
            replication_factor: 4,
            ..topic("many")
        },
    ] {
        let created = cluster.create_topic(&wrong).await;
        assert!(
            matches!(created, Err(AdministrationError::Invalid(_))),
            "{created:?}"
        );
    }
    let gone = cluster.delete_topic("none").await;
    assert_eq!(gone, Err(AdministrationError::UnknownTopic));
}

#[tokio::test]
async fn topics_are_listed_from_where_one_is() {
    let Fixture { first: cluster, .. } = &fixture().await;
    for name in ["__own", "a", "b1", "b2", "b3", "c"] {
        cluster.create_topic(&topic(name)).await.unwrap();
    }
    let names = |prefix, after, limit| -> Vec<String> {
        let found = cluster.topics_from(prefix, after, limit);
        found.into_iter().map(|topic| topic.name).collect()
    };
    assert_eq!(names("", None, 10), ["a", "b1", "b2", "b3", "c"]);
    assert_eq!(names("b", Some("b1"), 10), ["b2", "b3"]);
    assert_eq!(names("", Some("a"), 1), ["b1"]);
}
