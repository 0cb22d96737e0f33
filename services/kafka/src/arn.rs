//! Names of clusters, configurations and what belongs to them, as ARNs and as keys of the catalog.
//!
//! Source: [Resource types of MSK](https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmanagedstreamingforapachekafka.html).

use std::fmt;

use ninefold_protocol::{AccountId, Region};
use uuid::Uuid;

use crate::host::ClusterId;

/// Which cluster: `arn:aws:kafka:REGION:ACCOUNT:cluster/NAME/ID`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ClusterArn {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    pub(crate) name: String,
    pub(crate) id: ClusterId,
}

/// Which operation on a cluster: `arn:aws:kafka:REGION:ACCOUNT:cluster-operation/NAME/ID/OPERATION`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OperationArn {
    pub(crate) cluster: ClusterArn,
    pub(crate) operation: Uuid,
}

/// Which topic: `arn:aws:kafka:REGION:ACCOUNT:topic/NAME/ID/TOPIC`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TopicArn<'a> {
    pub(crate) cluster: &'a ClusterArn,
    pub(crate) topic: &'a str,
}

/// Which configuration: `arn:aws:kafka:REGION:ACCOUNT:configuration/NAME/ID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConfigurationArn {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    pub(crate) name: String,
    pub(crate) id: String,
}

/// Where a resource of this service is, and what follows `KIND/`.
fn parse<'a>(text: &'a str, kind: &str) -> Option<(AccountId, Region, &'a str)> {
    let mut parts = text.splitn(6, ':');
    let head = (parts.next()?, parts.next()?, parts.next()?);
    if head.0 != "arn" || !head.1.starts_with("aws") || head.2 != "kafka" {
        return None;
    }
    let region = Region::parse(parts.next()?).ok()?;
    let account = AccountId::parse(parts.next()?).ok()?;
    let path = parts.next()?.strip_prefix(kind)?.strip_prefix('/')?;
    Some((account, region, path))
}

/// The key of a resource that an account has once in a region by its name.
fn key(account: AccountId, region: &Region, name: &str) -> String {
    format!("{account}/{region}/{name}")
}

/// What the keys of an account's resources in a region begin with.
pub(crate) fn key_prefix(account: AccountId, region: &Region) -> String {
    format!("{account}/{region}/")
}

/// Account, region and name of a key.
fn from_key(key: &[u8]) -> Option<(AccountId, Region, String)> {
    let mut parts = std::str::from_utf8(key).ok()?.splitn(3, '/');
    Some((
        AccountId::parse(parts.next()?).ok()?,
        Region::parse(parts.next()?).ok()?,
        parts.next()?.to_owned(),
    ))
}

impl ClusterArn {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (account, region, path) = parse(text, "cluster")?;
        let (name, id) = path.split_once('/')?;
        Self::of_parts(account, region, name, id)
    }

    fn of_parts(account: AccountId, region: Region, name: &str, id: &str) -> Option<Self> {
        Some(ClusterArn {
            account,
            region,
            name: Some(name).filter(|name| !name.is_empty())?.to_owned(),
            id: ClusterId::parse(id)?,
        })
    }

    /// The cluster's key in the catalog. Its id is no part of it, so that no two have the same name.
    pub(crate) fn key(&self) -> String {
        key(self.account, &self.region, &self.name)
    }

    /// The cluster of a key, whose id its record knows.
    pub(crate) fn from_key(key: &[u8], id: ClusterId) -> Option<Self> {
        let (account, region, name) = from_key(key)?;
        Some(ClusterArn {
            account,
            region,
            name,
            id,
        })
    }

    pub(crate) fn topic<'a>(&'a self, topic: &'a str) -> TopicArn<'a> {
        TopicArn { cluster: self, topic }
    }

    pub(crate) fn operation(&self, operation: Uuid) -> OperationArn {
        OperationArn {
            cluster: self.clone(),
            operation,
        }
    }

    /// The ARN of one of its broker nodes.
    pub(crate) fn node(&self, broker: u32) -> String {
        format!("{}/{}", self.of_kind("broker"), node_id(&self.id, broker))
    }

    fn of_kind(&self, kind: &str) -> String {
        let ClusterArn {
            account,
            region,
            name,
            id,
        } = self;
        format!("arn:aws:kafka:{region}:{account}:{kind}/{name}/{id}")
    }
}

/// The id of a broker node, made of its cluster's: always the same one.
fn node_id(cluster: &ClusterId, broker: u32) -> Uuid {
    let digits = cluster.as_str().chars().filter_map(|digit| digit.to_digit(16));
    let base = digits
        .take(32)
        .fold(0, |base: u128, digit| (base << 4) | u128::from(digit));
    uuid::Builder::from_custom_bytes((base ^ u128::from(broker)).to_be_bytes()).into_uuid()
}

impl fmt::Display for ClusterArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.of_kind("cluster"))
    }
}

impl OperationArn {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (account, region, path) = parse(text, "cluster-operation")?;
        let mut parts = path.splitn(3, '/');
        let cluster = ClusterArn::of_parts(account, region, parts.next()?, parts.next()?)?;
        Some(OperationArn {
            cluster,
            operation: Uuid::try_parse(parts.next()?).ok()?,
        })
    }
}

impl fmt::Display for OperationArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cluster = self.cluster.of_kind("cluster-operation");
        write!(formatter, "{cluster}/{}", self.operation)
    }
}

impl fmt::Display for TopicArn<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.cluster.of_kind("topic"), self.topic)
    }
}

impl ConfigurationArn {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (account, region, path) = parse(text, "configuration")?;
        let (name, id) = path.split_once('/')?;
        if name.is_empty() || id.is_empty() {
            return None;
        }
        Some(ConfigurationArn {
            account,
            region,
            name: name.to_owned(),
            id: id.to_owned(),
        })
    }

    /// The configuration's key in the catalog. Its id is no part of it, so that no two have the same name.
    pub(crate) fn key(&self) -> String {
        key(self.account, &self.region, &self.name)
    }

    /// The configuration of a key, whose id its record knows.
    pub(crate) fn from_key(key: &[u8], id: String) -> Option<Self> {
        let (account, region, name) = from_key(key)?;
        Some(ConfigurationArn {
            account,
            region,
            name,
            id,
        })
    }
}

impl fmt::Display for ConfigurationArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ConfigurationArn {
            account,
            region,
            name,
            id,
        } = self;
        write!(
            formatter,
            "arn:aws:kafka:{region}:{account}:configuration/{name}/{id}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLUSTER: &str =
        "arn:aws:kafka:eu-central-1:123456789012:cluster/shop/abcdefab-1234-abcd-5678-cdef0123ab01-2";

    #[test]
    fn arns_and_keys_read_back() {
        let cluster = ClusterArn::parse(CLUSTER).unwrap();
        assert_eq!(
            (cluster.to_string(), &*cluster.name),
            (CLUSTER.to_owned(), "shop")
        );
        let key = cluster.key();
        assert_eq!(
            ClusterArn::from_key(key.as_bytes(), cluster.id.clone()),
            Some(cluster.clone())
        );
        let operation = cluster.operation(Uuid::nil());
        assert_eq!(
            OperationArn::parse(&operation.to_string()),
            Some(operation.clone())
        );
        assert_eq!(
            operation.to_string(),
            "arn:aws:kafka:eu-central-1:123456789012:cluster-operation/shop/\
             abcdefab-1234-abcd-5678-cdef0123ab01-2/00000000-0000-0000-0000-000000000000"
        );
        assert_eq!(
            cluster.topic("orders").to_string(),
            "arn:aws:kafka:eu-central-1:123456789012:topic/shop/abcdefab-1234-abcd-5678-cdef0123ab01-2/orders"
        );
        let text = "arn:aws:kafka:eu-central-1:123456789012:configuration/shop/abcd-2";
        let configuration = ConfigurationArn::parse(text).unwrap();
        assert_eq!(configuration.to_string(), text);
        assert_eq!(
            ConfigurationArn::from_key(configuration.key().as_bytes(), "abcd-2".to_owned()),
            Some(configuration)
        );
    }

    #[test]
    fn nodes_of_a_cluster_differ_and_stay() {
        let cluster = ClusterArn::parse(CLUSTER).unwrap();
        assert_eq!(cluster.node(1), cluster.node(1));
        assert_ne!(cluster.node(1), cluster.node(2));
        assert!(cluster.node(1).contains(":broker/shop/abcdefab-"));
    }

    #[test]
    fn what_is_something_else_is_no_cluster() {
        for text in [
            "shop",
            "arn:aws:kafka:eu-central-1:123456789012:cluster/shop",
            "arn:aws:kafka:eu-central-1:123456789012:cluster//abcd-2",
            "arn:aws:kafka:eu-central-1:123456789012:cluster/shop/../x",
            "arn:aws:kafka:eu-central-1:12:cluster/shop/abcd-2",
            "arn:aws:kafka:eu-central-1:123456789012:configuration/shop/abcd-2",
            "arn:aws:sqs:eu-central-1:123456789012:cluster/shop/abcd-2",
        ] {
            assert_eq!(ClusterArn::parse(text), None, "{text}");
        }
    }
}
