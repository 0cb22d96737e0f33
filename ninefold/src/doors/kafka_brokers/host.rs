//! The brokers of MSK's clusters, as its control plane wants them.

use std::net::IpAddr;
use std::sync::Arc;

use ninefold_kafka::host::{
    Broker, ClusterHost, ClusterId, ClusterSettings, HostError, ListenerKind, NewTopic, Partition,
    ScramCredential, Topic, TopicChange,
};
use ninefold_kafka_broker::{AdministrationError, Cluster, SecurityOptions, TopicDescription, UserPassword};
use ninefold_protocol::BoxFuture;
use tokio_rustls::TlsAcceptor;

use super::Brokers;
use super::msk_cluster::{self, MskCluster};

/// The node that leads every partition.
const LEADER: u32 = 1;

impl Brokers {
    /// The address that clusters listen on.
    pub(super) fn bound_ip(&self) -> Result<IpAddr, HostError> {
        let refused = || {
            let message =
                "This server does not listen for Kafka's clients: it was started with --kafka-listen off.";
            HostError::Refused(message.to_owned())
        };
        Ok(self.listen.ok_or_else(refused)?.ip())
    }

    pub(super) fn acceptor(&self) -> Result<TlsAcceptor, HostError> {
        let acceptor = self.certificates.acceptor();
        acceptor.map_err(|error| HostError::Refused(format!("Connections can't be encrypted: {error}")))
    }

    /// The cluster, if it is open.
    fn opened(&self, id: &ClusterId) -> Result<Arc<Cluster>, HostError> {
        let clusters = self.clusters.lock();
        let opened = clusters.get(id).ok_or(HostError::Unreachable)?;
        Ok(Arc::clone(&opened.cluster))
    }

    /// Takes a cluster to change it: nobody else does meanwhile.
    fn take(&self, id: &ClusterId) -> Option<MskCluster> {
        self.clusters.lock().remove(id)
    }

    fn put(&self, id: &ClusterId, cluster: MskCluster) {
        self.clusters.lock().insert(id.clone(), cluster);
    }

    async fn open_cluster(
        &self,
        id: &ClusterId,
        settings: &ClusterSettings,
    ) -> Result<Vec<Broker>, HostError> {
        self.check(settings)?;
        let mut settings = settings.clone();
        let is_open_so = self.clusters.lock().get_mut(id).and_then(|opened| {
            let is_so = opened.adopts(&settings);
            is_so.then(|| opened.brokers())
        });
        if let Some(brokers) = is_open_so {
            return Ok(brokers);
        }
        // As brokers that are restarted with other settings.
        let former = self.take(id);
        if let Some(former) = former {
            settings.brokers = vec![former.close().await];
        }
        let opened = MskCluster::open(self, id, &settings).await?;
        let brokers = opened.brokers();
        self.put(id, opened);
        Ok(brokers)
    }

    async fn remove_cluster(&self, id: &ClusterId) -> Result<(), HostError> {
        let namespace = msk_cluster::namespace(id);
        let opened = self.take(id);
        if let Some(opened) = opened {
            drop(opened.close().await);
        }
        // It need not have been open: the server may have stopped while it was deleted.
        let names = (id.to_string(), namespace.clone());
        let security = SecurityOptions::open(Arc::clone(&self.records));
        let cluster = super::cluster(&self.engines, &self.group_configs, names, false, security);
        cluster.remove_everything().await.map_err(refusal)?;
        let removed = self.records.remove(&namespace).await;
        removed.map_err(|error| HostError::Failed(error.to_string()))
    }
}

impl ClusterHost for Brokers {
    fn check(&self, settings: &ClusterSettings) -> Result<(), HostError> {
        let is_exposed = !self.bound_ip()?.is_loopback();
        for kind in &settings.listeners {
            match kind {
                ListenerKind::Plaintext | ListenerKind::Tls if is_exposed => {
                    return Err(HostError::Refused(
                        "Clients beyond this machine can connect, so they have to authenticate: turn on SASL/SCRAM or SASL/IAM, \
                         and turn off unauthenticated access."
                            .to_owned(),
                    ));
                }
                ListenerKind::Plaintext => {}
                ListenerKind::Tls | ListenerKind::SaslScram | ListenerKind::SaslIam => drop(self.acceptor()?),
            }
        }
        Ok(())
    }

    fn open<'a>(
        &'a self,
        cluster: &'a ClusterId,
        settings: &'a ClusterSettings,
    ) -> BoxFuture<'a, Result<Vec<Broker>, HostError>> {
        Box::pin(self.open_cluster(cluster, settings))
    }

    fn reboot<'a>(
        &'a self,
        cluster: &'a ClusterId,
        brokers: &'a [u32],
    ) -> BoxFuture<'a, Result<(), HostError>> {
        Box::pin(async move {
            // The others are no nodes of their own.
            if !brokers.contains(&LEADER) {
                return Ok(());
            }
            let mut opened = self.take(cluster).ok_or(HostError::Unreachable)?;
            let rebooted = opened.reboot(self).await;
            self.put(cluster, opened);
            rebooted
        })
    }

    fn delete<'a>(&'a self, cluster: &'a ClusterId) -> BoxFuture<'a, Result<(), HostError>> {
        Box::pin(self.remove_cluster(cluster))
    }

    fn set_scram_credentials<'a>(
        &'a self,
        cluster: &'a ClusterId,
        credentials: Vec<ScramCredential>,
    ) -> BoxFuture<'a, Result<(), HostError>> {
        Box::pin(async move {
            let user = |credential: ScramCredential| UserPassword {
                name: credential.username,
                password: credential.password,
            };
            let users = credentials.into_iter().map(user).collect();
            let replaced = self.opened(cluster)?.replace_users(users).await;
            replaced.map_err(|error| HostError::Failed(error.to_string()))
        })
    }

    fn create_topic<'a>(
        &'a self,
        cluster: &'a ClusterId,
        topic: NewTopic,
    ) -> BoxFuture<'a, Result<(), HostError>> {
        Box::pin(async move {
            let wanted = TopicDescription {
                name: topic.name,
                partitions: topic.partitions,
                replication_factor: topic.replication_factor,
                configs: topic.configs,
            };
            let created = self.opened(cluster)?.create_topic(&wanted).await;
            created.map_err(|error| match error {
                AdministrationError::TopicExists(_) => HostError::TopicExists(wanted.name),
                error => refusal(error),
            })
        })
    }

    fn topic<'a>(&'a self, cluster: &'a ClusterId, name: &'a str) -> BoxFuture<'a, Result<Topic, HostError>> {
        Box::pin(async move {
            let found = self.opened(cluster)?.topic(name);
            found.map(told).ok_or(HostError::UnknownTopic)
        })
    }

    fn topics<'a>(
        &'a self,
        cluster: &'a ClusterId,
        prefix: &'a str,
        after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Topic>, HostError>> {
        Box::pin(async move {
            let found = self.opened(cluster)?.topics_from(prefix, after, limit);
            Ok(found.into_iter().map(told).collect())
        })
    }

    fn partitions<'a>(
        &'a self,
        cluster: &'a ClusterId,
        name: &'a str,
        first: u32,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Partition>, HostError>> {
        Box::pin(async move {
            let topic = self.opened(cluster)?.topic(name).ok_or(HostError::UnknownTopic)?;
            // All in the one place, under the numbers of the brokers that the cluster was asked to have.
            let replicas: Vec<u32> = (LEADER..).take(topic.replication_factor as usize).collect();
            let partition = |number| Partition {
                number,
                leader: LEADER,
                replicas: replicas.clone(),
                in_sync_replicas: replicas.clone(),
            };
            Ok((first..topic.partitions).take(limit).map(partition).collect())
        })
    }

    fn change_topic<'a>(
        &'a self,
        cluster: &'a ClusterId,
        name: &'a str,
        change: TopicChange,
    ) -> BoxFuture<'a, Result<(), HostError>> {
        Box::pin(async move {
            let opened = self.opened(cluster)?;
            let changed = opened.change_topic(name, change.partitions, &change.configs);
            changed.await.map_err(refusal)
        })
    }

    fn delete_topic<'a>(
        &'a self,
        cluster: &'a ClusterId,
        name: &'a str,
    ) -> BoxFuture<'a, Result<(), HostError>> {
        Box::pin(async move { self.opened(cluster)?.delete_topic(name).await.map_err(refusal) })
    }
}

fn told(topic: TopicDescription) -> Topic {
    Topic {
        name: topic.name,
        partitions: topic.partitions,
        replication_factor: topic.replication_factor,
        out_of_sync_replicas: 0,
        configs: topic.configs,
    }
}

pub(super) fn refusal(error: AdministrationError) -> HostError {
    match error {
        AdministrationError::TopicExists(message) | AdministrationError::Invalid(message) => {
            HostError::Invalid(message)
        }
        AdministrationError::UnknownTopic => HostError::UnknownTopic,
        AdministrationError::Failed(message) => HostError::Failed(message),
    }
}
