//! The Kafka clusters of this server: so far the one that is there without being asked for.

use std::net::SocketAddr;
use std::sync::Arc;

use ninefold_kafka_broker::{Cluster, ClusterParts, ListenerOptions, Listening};

use super::Engines;
use crate::command::Failure;
use crate::config::Config;

/// What clients are told that the cluster is called: as Kafka has it, the base64 of 16 bytes.
const DEFAULT_CLUSTER: &str = "bmluZWZvbGQtZGVmYXVsdA";

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
        let cluster = Cluster::new(ClusterParts {
            id: DEFAULT_CLUSTER.to_owned(),
            namespace: default_namespace(config),
            is_default: true,
            streams: Arc::clone(&engines.streams),
            groups: Arc::clone(&engines.groups),
            clock: Arc::clone(&engines.clock),
        });
        let Some(address) = config.kafka_listen else {
            return Ok(DefaultCluster { listening: None });
        };
        let options = ListenerOptions {
            address,
            advertised_host: config.kafka_advertised_host.clone(),
            tls: None,
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
