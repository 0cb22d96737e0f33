//! The Kafka clusters of this server: so far the one that is there without being asked for.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use ninefold_kafka_broker::{
    Cluster, ClusterParts, ListenerOptions, Listening, Sealer, SecurityOptions, SecurityRecords,
};

use super::Engines;
use crate::command::Failure;
use crate::config::Config;
use crate::identity::SealingKey;
use crate::secret_file::read_or_create_secret;

/// What clients are told that the cluster is called: as Kafka has it, the base64 of 16 bytes.
const DEFAULT_CLUSTER: &str = "bmluZWZvbGQtZGVmYXVsdA";

/// The file with the key that keeps the secrets of users.
const USERS_SECRET: &str = "kafka-users.secret";

/// Keeps the secrets of users: with a key in the data directory.
struct UserSealer(SealingKey);

impl UserSealer {
    fn open(data: &Path) -> io::Result<Self> {
        let secret = read_or_create_secret(&data.join(USERS_SECRET))?;
        Ok(UserSealer(SealingKey::new(&secret)))
    }
}

impl Sealer for UserSealer {
    fn seal(&self, owner: &str, text: &str) -> Option<String> {
        self.0.seal(owner, text)
    }

    fn open(&self, owner: &str, sealed: &str) -> Option<String> {
        self.0.open(owner, sealed).ok()
    }
}

/// Where the default cluster's topics are among all streams.
pub(super) fn default_namespace(config: &Config) -> String {
    format!("{}/{}", config.account, config.region)
}

/// The default cluster at work. Its topics are the streams of the default account and region.
pub(crate) struct DefaultCluster {
    listening: Option<Listening>,
}

impl DefaultCluster {
    /// Opens the cluster and listens, if that is wanted.
    pub(crate) async fn open(config: &Config, engines: &Engines) -> Result<Self, Failure> {
        let sealer =
            UserSealer::open(&config.data).map_err(|cause| super::unkept_secrets(&config.data, &cause))?;
        let records =
            SecurityRecords::open(&engines.store, Arc::new(sealer)).map_err(|error| Failure::of(&error))?;
        let cluster = Cluster::new(ClusterParts {
            id: DEFAULT_CLUSTER.to_owned(),
            namespace: default_namespace(config),
            is_default: true,
            streams: Arc::clone(&engines.streams),
            groups: Arc::clone(&engines.groups),
            transactions: Arc::clone(&engines.transactions),
            security: SecurityOptions::open(Arc::new(records)),
            clock: Arc::clone(&engines.clock),
        });
        let Some(address) = config.kafka_listen else {
            return Ok(DefaultCluster { listening: None });
        };
        let options = ListenerOptions {
            address,
            advertised_host: config.kafka_advertised_host.clone(),
            tls: None,
            mechanisms: Vec::new(),
        };
        let listening = cluster.listen(options).await.map_err(|cause| {
            Failure::of(&format!(
                "cannot listen for Kafka's clients on {address}: {cause}. Choose another port with --kafka-listen, or `off`"
            ))
        })?;
        Ok(DefaultCluster {
            listening: Some(listening),
        })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.listening.as_ref().map(Listening::address)
    }
}
