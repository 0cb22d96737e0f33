//! The cluster that is there without being asked for. Its topics are the streams of the default account and region.
//!
//! With `auth = open` everybody may do everything. With `auth = enforce` clients have to show who they are: an identity of IAM by its
//! access key, or a user by SCRAM. Policies decide about the first, on the resource `arn:aws:kafka:REGION:ACCOUNT:cluster/default/default`
//! and what belongs to it; access control lists about the second, who may do nothing without them.

use std::net::SocketAddr;
use std::sync::Arc;

use ninefold_kafka_broker::{
    Cluster, ClusterArn, GroupConfigRecords, IamAuthority, IamOptions, ListenerOptions, Mechanism, ScramHash,
    SecurityOptions, SecurityRecords,
};

use super::super::Engines;
use crate::command::Failure;
use crate::config::{Auth, Config};

/// What clients are told that the cluster is called: as Kafka has it, the base64 of 16 bytes.
const ID: &str = "bmluZWZvbGQtZGVmYXVsdA";

/// Where its topics are among all streams.
pub(in crate::doors) fn namespace(config: &Config) -> String {
    format!("{}/{}", config.account, config.region)
}

pub(super) fn open(
    config: &Config,
    engines: &Engines,
    records: &Arc<SecurityRecords>,
    group_configs: &Arc<GroupConfigRecords>,
    iam: &Arc<dyn IamAuthority>,
) -> Result<Arc<Cluster>, Failure> {
    let mut security = SecurityOptions::open(Arc::clone(records));
    if config.auth == Auth::Enforce {
        let arn = format!(
            "arn:aws:kafka:{}:{}:cluster/default/default",
            config.region, config.account
        );
        let cluster_arn = ClusterArn::parse(&arn)
            .ok_or_else(|| Failure::of(&format!("{arn} is not the ARN of a cluster")))?;
        security.allow_everyone_if_no_acl_found = false;
        security.iam = Some(IamOptions {
            authority: Arc::clone(iam),
            cluster_arn,
            cluster_policy: None,
        });
    }
    let names = (ID.to_owned(), namespace(config));
    Ok(super::cluster(engines, group_configs, names, true, security))
}

/// How it listens.
pub(super) fn listener(address: SocketAddr, advertised_host: Option<String>, auth: Auth) -> ListenerOptions {
    ListenerOptions {
        address,
        advertised_host,
        tls: None,
        mechanisms: match auth {
            Auth::Open => Vec::new(),
            // Not PLAIN, which would send passwords in the clear.
            Auth::Enforce => vec![
                Mechanism::AwsMskIam,
                Mechanism::OauthBearer,
                Mechanism::Scram(ScramHash::Sha512),
                Mechanism::Scram(ScramHash::Sha256),
            ],
        },
    }
}
