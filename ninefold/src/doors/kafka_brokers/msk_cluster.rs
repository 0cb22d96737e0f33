//! A cluster of MSK that is open: one node, which stands for all of its brokers.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ninefold_kafka::host::{Broker, ClusterId, ClusterSettings, HostError, ListenerKind};
use ninefold_kafka_broker::{
    Cluster, ClusterArn, IamOptions, ListenerOptions, Listening, Mechanism, ScramHash, SecurityOptions,
    TopicOptions,
};
use uuid::Uuid;

use super::Brokers;
use super::host::refusal;
use crate::config::Auth;

/// The number of the one node.
const NODE: u32 = 1;

/// An open cluster.
pub(super) struct MskCluster {
    pub(super) cluster: Arc<Cluster>,
    settings: ClusterSettings,
    listening: BTreeMap<ListenerKind, Listening>,
    broker: Broker,
}

/// Where a cluster's topics are among all streams.
pub(super) fn namespace(id: &ClusterId) -> String {
    format!("msk/{id}")
}

impl MskCluster {
    /// Opens a cluster, which listens when this returns.
    pub(super) async fn open(
        brokers: &Brokers,
        id: &ClusterId,
        settings: &ClusterSettings,
    ) -> Result<Self, HostError> {
        let security = security(brokers, settings)?;
        let names = (shown_id(id), namespace(id));
        let cluster = super::cluster(&brokers.engines, &brokers.group_configs, names, false, security);
        cluster.set_topic_options(topic_options(settings));
        let properties = settings.properties.clone();
        cluster.set_node_properties(properties).await.map_err(refusal)?;
        let mut opened = MskCluster {
            cluster,
            settings: settings.clone(),
            listening: BTreeMap::new(),
            broker: settings.brokers.first().cloned().unwrap_or_else(|| Broker {
                id: NODE,
                listeners: BTreeMap::new(),
            }),
        };
        opened.listen(brokers).await?;
        Ok(opened)
    }

    /// Where its node listens.
    pub(super) fn brokers(&self) -> Vec<Broker> {
        vec![self.broker.clone()]
    }

    /// Whether it is what these settings ask for; with another policy, it is from now on.
    pub(super) fn adopts(&mut self, settings: &ClusterSettings) -> bool {
        // Where its brokers were is no longer of interest.
        self.settings.brokers.clone_from(&settings.brokers);
        if self.settings.policy != settings.policy {
            self.settings.policy.clone_from(&settings.policy);
            self.cluster.set_cluster_policy(settings.policy.clone());
        }
        self.settings == *settings
    }

    /// Ends all connections, and takes new ones at the same addresses.
    pub(super) async fn reboot(&mut self, brokers: &Brokers) -> Result<(), HostError> {
        self.close_listeners().await;
        self.listen(brokers).await
    }

    /// Ends all connections; when this returns, nobody is connected.
    pub(super) async fn close(mut self) -> Broker {
        self.close_listeners().await;
        self.broker
    }

    async fn close_listeners(&mut self) {
        while let Some((_, listening)) = self.listening.pop_first() {
            listening.close().await;
        }
    }

    /// Listens for every kind of client, where it did before if that is possible.
    async fn listen(&mut self, brokers: &Brokers) -> Result<(), HostError> {
        let mut addresses = BTreeMap::new();
        for kind in self.settings.listeners.clone() {
            let former = self.broker.listeners.get(&kind);
            let former_port = former.and_then(|address| port_of(address));
            let listening = listen(brokers, &self.cluster, kind, former_port).await?;
            addresses.insert(kind, advertised(brokers, listening.address()));
            self.listening.insert(kind, listening);
        }
        self.broker.listeners = addresses;
        Ok(())
    }
}

/// Listens at a port, or at a free one if that is taken by now or there was none.
async fn listen(
    brokers: &Brokers,
    cluster: &Arc<Cluster>,
    kind: ListenerKind,
    former_port: Option<u16>,
) -> Result<Listening, HostError> {
    let ip = brokers.bound_ip()?;
    let tls = match kind {
        ListenerKind::Plaintext => None,
        ListenerKind::Tls | ListenerKind::SaslScram | ListenerKind::SaslIam => Some(brokers.acceptor()?),
    };
    let options = |port| ListenerOptions {
        address: (ip, port).into(),
        advertised_host: brokers.advertised_host.clone(),
        tls: tls.clone(),
        mechanisms: match kind {
            ListenerKind::Plaintext | ListenerKind::Tls => Vec::new(),
            ListenerKind::SaslScram => vec![Mechanism::Scram(ScramHash::Sha512)],
            ListenerKind::SaslIam => vec![Mechanism::AwsMskIam, Mechanism::OauthBearer],
        },
    };
    if let Some(port) = former_port {
        match cluster.listen(options(port)).await {
            Ok(listening) => return Ok(listening),
            Err(error) => {
                tracing::warn!(port, %error, "a cluster's clients find it at another port from now on")
            }
        }
    }
    let listening = cluster.listen(options(0)).await;
    listening.map_err(|error| HostError::Failed(format!("The brokers cannot listen on {ip}: {error}")))
}

/// What clients are told to connect to.
fn advertised(brokers: &Brokers, address: SocketAddr) -> String {
    if let Some(host) = &brokers.advertised_host {
        return format!("{host}:{}", address.port());
    }
    let ip: IpAddr = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port()).to_string()
}

fn port_of(address: &str) -> Option<u16> {
    address.rsplit_once(':')?.1.parse().ok()
}

/// How the cluster knows its clients: as MSK, by access control lists, or by policies who comes with an access key.
fn security(brokers: &Brokers, settings: &ClusterSettings) -> Result<SecurityOptions, HostError> {
    let not_arn = || HostError::Invalid(format!("{} is not the ARN of a cluster", settings.arn));
    let iam = match settings.listeners.contains(&ListenerKind::SaslIam) {
        true => Some(IamOptions {
            authority: Arc::clone(&brokers.iam),
            cluster_arn: ClusterArn::parse(&settings.arn).ok_or_else(not_arn)?,
            cluster_policy: settings.policy.clone(),
        }),
        false => None,
    };
    Ok(SecurityOptions {
        allow_everyone_if_no_acl_found: property(settings, "allow.everyone.if.no.acl.found").unwrap_or(true),
        accepts_unsecured_tokens: brokers.auth == Auth::Open,
        iam,
        ..SecurityOptions::open(Arc::clone(&brokers.records))
    })
}

fn topic_options(settings: &ClusterSettings) -> TopicOptions {
    let most_replicas = settings.broker_count.max(1);
    let replication_factor = property(settings, "default.replication.factor").unwrap_or(1);
    TopicOptions {
        automatic_creation: property(settings, "auto.create.topics.enable").unwrap_or(false),
        partitions: property(settings, "num.partitions").unwrap_or(1),
        replication_factor: most_replicas.min(replication_factor),
        most_replicas,
    }
}

fn property<T: FromStr>(settings: &ClusterSettings, key: &str) -> Option<T> {
    settings.properties.get(key)?.trim().parse().ok()
}

/// What clients are told that the cluster is called: as Kafka has it, the base64 of 16 bytes, those of the UUID that ids begin with.
fn shown_id(id: &ClusterId) -> String {
    let uuid = id.as_str().get(..36).and_then(|text| Uuid::parse_str(text).ok());
    uuid.map_or_else(|| id.to_string(), |uuid| URL_SAFE_NO_PAD.encode(uuid.as_bytes()))
}
