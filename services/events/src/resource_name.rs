//! What archives, replays, connections, API destinations and endpoints are known by.

use std::fmt;

use ninefold_protocol::{AccountId, CallContext, Region};

use crate::arn::ArnParts;

/// The name of a resource of one kind, which an account has once in a region.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ResourceName {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    pub(crate) name: String,
}

/// A kind of resource, as it is written in ARNs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    ApiDestination,
    Archive,
    Connection,
    Endpoint,
    Replay,
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Kind::ApiDestination => "api-destination",
            Kind::Archive => "archive",
            Kind::Connection => "connection",
            Kind::Endpoint => "endpoint",
            Kind::Replay => "replay",
        })
    }
}

impl ResourceName {
    /// The resource that a caller means by its name.
    pub(crate) fn of(context: &CallContext, name: &str) -> Self {
        ResourceName {
            account: context.principal.account,
            region: context.region.clone(),
            name: name.to_owned(),
        }
    }

    /// Reads `arn:aws:events:REGION:ACCOUNT:KIND/NAME/ID`, whatever the id.
    pub(crate) fn parse(arn: &str, kind: Kind) -> Option<Self> {
        let (account, region, path) = ArnParts::parse(arn)?.of_events(&kind.to_string())?;
        Some(ResourceName {
            account,
            region,
            name: path.split_once('/').map_or(path, |(name, _)| name).to_owned(),
        })
    }

    /// `arn:aws:events:REGION:ACCOUNT:KIND/NAME`, which policies name the resource by.
    ///
    /// Source: [Resource types of EventBridge](https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html).
    pub(crate) fn arn(&self, kind: Kind) -> String {
        let ResourceName {
            account,
            region,
            name,
        } = self;
        format!("arn:aws:events:{region}:{account}:{kind}/{name}")
    }

    /// The resource's key in the catalog.
    pub(crate) fn key(&self) -> String {
        format!("{}/{}/{}", self.account, self.region, self.name)
    }

    /// What the keys of an account's resources in a region begin with.
    pub(crate) fn key_prefix(account: AccountId, region: &Region) -> String {
        format!("{account}/{region}/")
    }

    /// What the keys of an account's resources begin with.
    pub(crate) fn account_prefix(account: AccountId) -> String {
        format!("{account}/")
    }

    /// Reads a key back.
    pub(crate) fn from_key(key: &[u8]) -> Option<Self> {
        let mut parts = std::str::from_utf8(key).ok()?.splitn(3, '/');
        Some(ResourceName {
            account: AccountId::parse(parts.next()?).ok()?,
            region: Region::parse(parts.next()?).ok()?,
            name: parts.next()?.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_arns_and_keys_read_back() {
        let arn = "arn:aws:events:eu-central-1:123456789012:connection/shop/0000-11";
        let name = ResourceName::parse(arn, Kind::Connection).unwrap();
        assert_eq!(name.name, "shop");
        assert_eq!(
            name.arn(Kind::Connection),
            "arn:aws:events:eu-central-1:123456789012:connection/shop"
        );
        assert_eq!(ResourceName::from_key(name.key().as_bytes()), Some(name));
        for other in [
            "arn:aws:events:eu-central-1:123456789012:api-destination/shop/0000-11",
            "arn:aws:events:eu-central-1:123456789012:connection/",
            "arn:aws:sqs:eu-central-1:123456789012:connection/shop/0000-11",
            "shop",
        ] {
            assert_eq!(ResourceName::parse(other, Kind::Connection), None, "{other}");
        }
    }
}
