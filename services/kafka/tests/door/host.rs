//! A host without brokers: it keeps topics in memory, and does as it is told to.

use std::collections::BTreeMap;

use ninefold_kafka::host::{
    Broker, ClusterHost, ClusterId, ClusterSettings, HostError, NewTopic, Partition, ScramCredential, Topic,
    TopicChange,
};
use ninefold_protocol::BoxFuture;
use parking_lot::Mutex;

/// The port of the first listener that is ever opened.
const FIRST_PORT: u16 = 9_000;

#[derive(Default)]
pub(crate) struct MemoryHost {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    clusters: BTreeMap<ClusterId, Cluster>,
    listeners_opened: u16,
    /// What the next `open` is refused with.
    failure: Option<HostError>,
    reboots: Vec<Vec<u32>>,
}

#[derive(Clone)]
struct Cluster {
    settings: ClusterSettings,
    credentials: Vec<ScramCredential>,
    topics: BTreeMap<String, Topic>,
}

impl MemoryHost {
    /// Lets the next cluster fail to open.
    pub(crate) fn fail_once(&self, error: HostError) {
        self.state.lock().failure = Some(error);
    }

    /// Closes every cluster, as the end of a process does.
    pub(crate) fn restart(&self) {
        self.state.lock().clusters.clear();
    }

    /// What a cluster was last opened with.
    pub(crate) fn settings(&self, id: &str) -> Option<ClusterSettings> {
        let state = self.state.lock();
        let cluster = state.clusters.get(&ClusterId::parse(id).unwrap());
        cluster.map(|cluster| cluster.settings.clone())
    }

    /// Who can authenticate, and how.
    pub(crate) fn credentials(&self, id: &str) -> Vec<(String, String)> {
        let state = self.state.lock();
        let cluster = &state.clusters[&ClusterId::parse(id).unwrap()];
        let pair = |credential: &ScramCredential| (credential.username.clone(), credential.password.clone());
        cluster.credentials.iter().map(pair).collect()
    }

    pub(crate) fn reboots(&self) -> Vec<Vec<u32>> {
        self.state.lock().reboots.clone()
    }

    fn with<T>(
        &self,
        id: &ClusterId,
        change: impl FnOnce(&mut Cluster) -> Result<T, HostError>,
    ) -> Result<T, HostError> {
        let mut state = self.state.lock();
        change(state.clusters.get_mut(id).ok_or(HostError::Unreachable)?)
    }
}

fn ready<'a, T: Send + 'a>(result: Result<T, HostError>) -> BoxFuture<'a, Result<T, HostError>> {
    Box::pin(std::future::ready(result))
}

impl State {
    fn open(&mut self, id: &ClusterId, settings: &ClusterSettings) -> Result<Vec<Broker>, HostError> {
        if let Some(error) = self.failure.take() {
            return Err(error);
        }
        let mut brokers = Vec::new();
        for number in 1..=settings.broker_count {
            let before = settings.brokers.iter().find(|broker| broker.id == number);
            let mut listeners = BTreeMap::new();
            for kind in &settings.listeners {
                let kept = before.and_then(|broker| broker.listeners.get(kind).cloned());
                let address = kept.unwrap_or_else(|| {
                    self.listeners_opened += 1;
                    format!("127.0.0.1:{}", FIRST_PORT + self.listeners_opened - 1)
                });
                listeners.insert(*kind, address);
            }
            brokers.push(Broker {
                id: number,
                listeners,
            });
        }
        let cluster = self.clusters.entry(id.clone()).or_insert_with(|| Cluster {
            settings: settings.clone(),
            credentials: Vec::new(),
            topics: BTreeMap::new(),
        });
        cluster.settings = settings.clone();
        Ok(brokers)
    }
}

impl ClusterHost for MemoryHost {
    fn check(&self, settings: &ClusterSettings) -> Result<(), HostError> {
        match settings.properties.get("num.partitions").map(String::as_str) {
            Some("666") => Err(HostError::Refused("Not so many partitions.".to_owned())),
            _ => Ok(()),
        }
    }

    fn open<'a>(
        &'a self,
        cluster: &'a ClusterId,
        settings: &'a ClusterSettings,
    ) -> BoxFuture<'a, Result<Vec<Broker>, HostError>> {
        Box::pin(async move { self.state.lock().open(cluster, settings) })
    }

    fn reboot<'a>(&'a self, _: &'a ClusterId, brokers: &'a [u32]) -> BoxFuture<'a, Result<(), HostError>> {
        self.state.lock().reboots.push(brokers.to_vec());
        ready(Ok(()))
    }

    fn delete<'a>(&'a self, cluster: &'a ClusterId) -> BoxFuture<'a, Result<(), HostError>> {
        Box::pin(async move {
            self.state.lock().clusters.remove(cluster);
            Ok(())
        })
    }

    fn set_scram_credentials<'a>(
        &'a self,
        cluster: &'a ClusterId,
        credentials: Vec<ScramCredential>,
    ) -> BoxFuture<'a, Result<(), HostError>> {
        ready(self.with(cluster, |cluster| {
            cluster.credentials = credentials;
            Ok(())
        }))
    }

    fn create_topic<'a>(
        &'a self,
        cluster: &'a ClusterId,
        topic: NewTopic,
    ) -> BoxFuture<'a, Result<(), HostError>> {
        ready(self.with(cluster, |cluster| {
            if cluster.topics.contains_key(&topic.name) {
                return Err(HostError::TopicExists(topic.name));
            }
            if topic.configs.contains_key("no.such.config") {
                return Err(HostError::Invalid(
                    "Unknown topic config name: no.such.config".to_owned(),
                ));
            }
            let topic = Topic {
                name: topic.name,
                partitions: topic.partitions,
                replication_factor: topic.replication_factor,
                out_of_sync_replicas: 0,
                configs: topic.configs,
            };
            cluster.topics.insert(topic.name.clone(), topic);
            Ok(())
        }))
    }

    fn topic<'a>(&'a self, cluster: &'a ClusterId, name: &'a str) -> BoxFuture<'a, Result<Topic, HostError>> {
        ready(self.with(cluster, |cluster| {
            cluster.topics.get(name).cloned().ok_or(HostError::UnknownTopic)
        }))
    }

    fn topics<'a>(
        &'a self,
        cluster: &'a ClusterId,
        prefix: &'a str,
        after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Topic>, HostError>> {
        ready(self.with(cluster, |cluster| {
            let wanted = cluster.topics.values().filter(|topic| {
                topic.name.starts_with(prefix) && after.is_none_or(|after| topic.name.as_str() > after)
            });
            Ok(wanted.take(limit).cloned().collect())
        }))
    }

    fn partitions<'a>(
        &'a self,
        cluster: &'a ClusterId,
        name: &'a str,
        first: u32,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Partition>, HostError>> {
        ready(self.with(cluster, |cluster| {
            let topic = cluster.topics.get(name).ok_or(HostError::UnknownTopic)?;
            let replicas: Vec<u32> = (1..=topic.replication_factor).collect();
            let partition = |number| Partition {
                number,
                leader: 1,
                replicas: replicas.clone(),
                in_sync_replicas: replicas.clone(),
            };
            Ok((first..topic.partitions).take(limit).map(partition).collect())
        }))
    }

    fn change_topic<'a>(
        &'a self,
        cluster: &'a ClusterId,
        name: &'a str,
        change: TopicChange,
    ) -> BoxFuture<'a, Result<(), HostError>> {
        ready(self.with(cluster, |cluster| {
            let topic = cluster.topics.get_mut(name).ok_or(HostError::UnknownTopic)?;
            if change
                .partitions
                .is_some_and(|partitions| partitions <= topic.partitions)
            {
                return Err(HostError::Invalid(
                    "The topic currently has as many partitions.".to_owned(),
                ));
            }
            topic.partitions = change.partitions.unwrap_or(topic.partitions);
            topic.configs.extend(change.configs);
            Ok(())
        }))
    }

    fn delete_topic<'a>(
        &'a self,
        cluster: &'a ClusterId,
        name: &'a str,
    ) -> BoxFuture<'a, Result<(), HostError>> {
        ready(self.with(cluster, |cluster| {
            cluster
                .topics
                .remove(name)
                .map(drop)
                .ok_or(HostError::UnknownTopic)
        }))
    }
}
