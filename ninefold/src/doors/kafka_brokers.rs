//! The Kafka clusters of this server: the one that is there without being asked for, and those of MSK.

mod certificates;
mod default_cluster;
mod host;
mod iam;
mod msk_cluster;
mod user_sealer;

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ninefold_kafka::host::ClusterId;
use ninefold_kafka_broker::{
    Cluster, ClusterParts, GroupConfigRecords, IamAuthority, Listening, SecurityOptions, SecurityRecords,
};
use parking_lot::Mutex;

pub(super) use self::default_cluster::namespace as default_namespace;
pub(crate) use self::iam::{EnforcedIam, OpenIam};

use self::certificates::Certificates;
use self::msk_cluster::MskCluster;
use self::user_sealer::UserSealer;
use super::Engines;
use crate::command::Failure;
use crate::config::{Auth, Config};

/// Every cluster, and what they stand on.
pub(crate) struct Brokers {
    engines: Engines,
    records: Arc<SecurityRecords>,
    group_configs: Arc<GroupConfigRecords>,
    iam: Arc<dyn IamAuthority>,
    auth: Auth,
    /// Where the default cluster listens, and with what address those of MSK do; `None` if nobody is to connect.
    listen: Option<SocketAddr>,
    advertised_host: Option<String>,
    certificates: Certificates,
    default: Arc<Cluster>,
    default_listening: Mutex<Option<Listening>>,
    /// Those that are open.
    clusters: Mutex<HashMap<ClusterId, MskCluster>>,
}

impl Brokers {
    /// Opens the default cluster. Nobody can connect until it listens.
    pub(crate) fn open(
        config: &Config,
        engines: &Engines,
        iam: Arc<dyn IamAuthority>,
    ) -> Result<Arc<Self>, Failure> {
        let sealer =
            UserSealer::open(&config.data).map_err(|cause| super::unkept_secrets(&config.data, &cause))?;
        let records =
            SecurityRecords::open(&engines.store, Arc::new(sealer)).map_err(|error| Failure::of(&error))?;
        let records = Arc::new(records);
        let group_configs = GroupConfigRecords::open(&engines.store).map_err(|error| Failure::of(&error))?;
        let group_configs = Arc::new(group_configs);
        let default = default_cluster::open(config, engines, &records, &group_configs, &iam)?;
        Ok(Arc::new(Brokers {
            engines: engines.clone(),
            records,
            group_configs,
            iam,
            auth: config.auth,
            listen: config.kafka_listen,
            advertised_host: config.kafka_advertised_host.clone(),
            certificates: Certificates::new(config, &names(config)),
            default,
            default_listening: Mutex::default(),
            clusters: Mutex::default(),
        }))
    }

    /// Listens for the clients of the default cluster, if that is wanted; says where.
    pub(crate) async fn listen(&self) -> Result<Option<SocketAddr>, Failure> {
        let Some(address) = self.listen else {
            return Ok(None);
        };
        let options = default_cluster::listener(address, self.advertised_host.clone(), self.auth);
        let listening = self.default.listen(options).await.map_err(|cause| {
            Failure::of(&format!(
                "cannot listen for Kafka's clients on {address}: {cause}. Choose another port with --kafka-listen, or `off`"
            ))
        })?;
        let address = listening.address();
        *self.default_listening.lock() = Some(listening);
        Ok(Some(address))
    }

    /// Ends all connections; when this returns, nothing is on its way any more.
    pub(crate) async fn close(&self) {
        let default = self.default_listening.lock().take();
        if let Some(listening) = default {
            listening.close().await;
        }
        let clusters: Vec<MskCluster> = self.clusters.lock().drain().map(|(_, cluster)| cluster).collect();
        for cluster in clusters {
            cluster.close().await;
        }
    }
}

/// A cluster on these engines.
fn cluster(
    engines: &Engines,
    group_configs: &Arc<GroupConfigRecords>,
    (id, namespace): (String, String),
    is_default: bool,
    security: SecurityOptions,
) -> Arc<Cluster> {
    let cluster = Cluster::new(ClusterParts {
        id,
        namespace,
        is_default,
        streams: Arc::clone(&engines.streams),
        groups: Arc::clone(&engines.groups),
        group_configs: Arc::clone(group_configs),
        transactions: Arc::clone(&engines.transactions),
        security,
        clock: Arc::clone(&engines.clock),
    });
    cluster.share_records(Arc::clone(&engines.shares));
    cluster
}

/// What clients may call this server, and its certificate has to be for.
fn names(config: &Config) -> Vec<String> {
    let loopback = [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()];
    let listening = config.kafka_listen.map(|address| address.ip());
    let addresses = loopback
        .into_iter()
        .chain(listening)
        .map(|address| address.to_string());
    let hosts = ["localhost".to_owned()]
        .into_iter()
        .chain(config.kafka_advertised_host.clone());
    let names: BTreeSet<String> = addresses.chain(hosts).collect();
    names.into_iter().collect()
}
