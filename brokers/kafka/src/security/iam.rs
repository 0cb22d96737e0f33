//! Identities of IAM, as clients of MSK have them: who signed a request to connect, and what their policies let them do.

mod actions;
mod arn;
mod signature;

use std::net::IpAddr;
use std::sync::Arc;

use ninefold_kafka_protocol::sasl::msk_iam::SignedConnect;
use ninefold_sigv4::SigningKeyCache;
use ninefold_time::Timestamp;
use parking_lot::RwLock;

pub use self::arn::ClusterArn;
pub(crate) use self::signature::IamRefusal;
use super::resource::{Operation, Resource};

/// As many signing keys are kept derived.
const SIGNING_KEYS: usize = 1_024;
/// To connect at all.
const CONNECT: &str = "kafka-cluster:Connect";

/// Knows access keys, and decides what their owners may do.
pub trait IamAuthority: Send + Sync + 'static {
    /// The access key of an id; `None` if there is none, or not with this session token.
    fn access_key(&self, id: &str, session_token: Option<&str>) -> Option<IamAccessKey>;

    /// Whether a request is allowed, by the policies of the identity and that of the cluster. Asked for every request of a client,
    /// so that it takes part in what changes while the client is connected.
    fn is_allowed(&self, request: &IamRequest<'_>) -> bool;
}

/// An access key.
#[derive(Clone)]
pub struct IamAccessKey {
    /// What signatures are made with; `None` where nobody has to prove anything, as on an open server.
    pub secret: Option<String>,
    /// Whose it is.
    pub principal_arn: String,
}

/// What a client wants to do, in the terms of policies.
///
/// Source: [Actions, resources, and condition keys for Apache Kafka APIs for Amazon MSK
/// clusters](https://docs.aws.amazon.com/service-authorization/latest/reference/list_apachekafkaapisforamazonmskclusters.html).
#[derive(Debug, Clone, Copy)]
pub struct IamRequest<'a> {
    /// The id of the access key that it has connected with.
    pub access_key_id: &'a str,
    /// Whose that is.
    pub principal_arn: &'a str,
    /// The action, as `kafka-cluster:ReadData`.
    pub action: &'a str,
    /// The ARN of the cluster, topic, group, or transactional id.
    pub resource_arn: &'a str,
    /// The policy of the cluster, as JSON.
    pub cluster_policy: Option<&'a str>,
    /// Where the client is (`aws:SourceIp`).
    pub source_ip: IpAddr,
    /// Whether its connection is encrypted (`aws:SecureTransport`).
    pub is_encrypted: bool,
}

/// How a cluster knows identities of IAM.
#[derive(Clone)]
pub struct IamOptions {
    /// Who knows them.
    pub authority: Arc<dyn IamAuthority>,
    /// What the cluster is called in policies. Its region is the one that requests have to be signed for.
    pub cluster_arn: ClusterArn,
    /// The policy of the cluster, as JSON.
    pub cluster_policy: Option<String>,
}

/// Somebody who has shown to have an access key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct IamIdentity {
    pub(crate) access_key_id: String,
    pub(crate) principal_arn: String,
}

/// Where a client is, and how it is connected.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) address: IpAddr,
    pub(crate) is_encrypted: bool,
}

/// IAM as one cluster has it.
pub(crate) struct Iam {
    authority: Arc<dyn IamAuthority>,
    cluster_arn: ClusterArn,
    cluster_policy: RwLock<Option<Arc<str>>>,
    signing_keys: SigningKeyCache,
}

impl Iam {
    pub(super) fn new(options: IamOptions) -> Self {
        Iam {
            authority: options.authority,
            cluster_arn: options.cluster_arn,
            cluster_policy: RwLock::new(options.cluster_policy.map(Arc::from)),
            signing_keys: SigningKeyCache::new(SIGNING_KEYS),
        }
    }

    pub(crate) fn set_cluster_policy(&self, policy: Option<String>) {
        *self.cluster_policy.write() = policy.map(Arc::from);
    }

    /// The hosts that tokens of this region may be signed for.
    pub(crate) fn service_hosts(&self) -> [String; 2] {
        let host = format!("kafka.{}.amazonaws.com", self.cluster_arn.region());
        [format!("{host}.cn"), host]
    }

    /// Finds out who has signed a request to connect, and whether they may. `hosts` are those that it may be signed for.
    pub(crate) fn authenticate(
        &self,
        connect: &SignedConnect,
        hosts: &[String],
        now: Timestamp,
        origin: Origin,
    ) -> Result<IamIdentity, IamRefusal> {
        if !hosts.iter().any(|host| host.eq_ignore_ascii_case(&connect.host)) {
            return Err(IamRefusal::OtherHost(connect.host.clone()));
        }
        let region = self.cluster_arn.region();
        let identity = signature::verify(connect, &*self.authority, region, now, &self.signing_keys)?;
        if !self.may(&identity, CONNECT, self.cluster_arn.as_str(), origin) {
            return Err(IamRefusal::NotAllowed);
        }
        Ok(identity)
    }

    /// Whether an identity may do something. There are operations without an action: nobody may do those.
    pub(crate) fn allows(
        &self,
        identity: &IamIdentity,
        operation: Operation,
        resource: Resource<'_>,
        origin: Origin,
    ) -> bool {
        let Some(action) = actions::action(operation, resource.kind) else {
            return false;
        };
        self.may(identity, action, &self.cluster_arn.of(resource), origin)
    }

    fn may(&self, identity: &IamIdentity, action: &str, resource_arn: &str, origin: Origin) -> bool {
        let policy = self.cluster_policy.read().clone();
        self.authority.is_allowed(&IamRequest {
            access_key_id: &identity.access_key_id,
            principal_arn: &identity.principal_arn,
            action,
            resource_arn,
            cluster_policy: policy.as_deref(),
            source_ip: origin.address,
            is_encrypted: origin.is_encrypted,
        })
    }
}
