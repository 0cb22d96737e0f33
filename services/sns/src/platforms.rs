//! Platform applications and their endpoints: apps, and the devices they are installed on.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use ninefold_catalog::{Catalog, CatalogError, Record, Store, Table};
use ninefold_protocol::{AccountId, Region};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::delivery::PushClient;

/// Account, region, platform, name -> [`ApplicationRecord`].
pub(crate) const APPLICATIONS: Table = Table::new(35, "sns.platform-applications");
/// Account, region, platform, name, id -> [`EndpointRecord`].
pub(crate) const ENDPOINTS: Table = Table::new(36, "sns.platform-endpoints");

/// A push notification service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Platform {
    Gcm,
    Apns,
    ApnsSandbox,
}

impl Platform {
    /// Reads the API's name of a platform.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Platform::Gcm, Platform::Apns, Platform::ApnsSandbox]
            .into_iter()
            .find(|platform| platform.as_str() == text)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Platform::Gcm => "GCM",
            Platform::Apns => "APNS",
            Platform::ApnsSandbox => "APNS_SANDBOX",
        }
    }
}

/// `arn:aws:sns:REGION:ACCOUNT:app/PLATFORM/NAME`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApplicationArn {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    pub(crate) platform: Platform,
    pub(crate) name: String,
}

/// `arn:aws:sns:REGION:ACCOUNT:endpoint/PLATFORM/NAME/UUID`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EndpointArn {
    pub(crate) application: ApplicationArn,
    pub(crate) id: Uuid,
}

impl ApplicationArn {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (account, region, rest) = split(text, "app/")?;
        let (platform, name) = rest.split_once('/')?;
        Some(ApplicationArn {
            account,
            region,
            platform: Platform::parse(platform)?,
            name: is_valid_name(name).then(|| name.to_owned())?,
        })
    }

    /// The application's key in the catalog.
    pub(crate) fn key(&self) -> String {
        format!(
            "{}/{}/{}/{}",
            self.account,
            self.region,
            self.platform.as_str(),
            self.name
        )
    }

    /// Reads a key back.
    pub(crate) fn from_key(key: &[u8]) -> Option<Self> {
        let mut parts = std::str::from_utf8(key).ok()?.splitn(4, '/');
        Some(ApplicationArn {
            account: AccountId::parse(parts.next()?).ok()?,
            region: Region::parse(parts.next()?).ok()?,
            platform: Platform::parse(parts.next()?)?,
            name: parts.next()?.to_owned(),
        })
    }
}

impl fmt::Display for ApplicationArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (region, account, platform) = (&self.region, self.account, self.platform.as_str());
        write!(
            formatter,
            "arn:aws:sns:{region}:{account}:app/{platform}/{}",
            self.name
        )
    }
}

impl EndpointArn {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (account, region, rest) = split(text, "endpoint/")?;
        let mut parts = rest.splitn(3, '/');
        let application = ApplicationArn {
            account,
            region,
            platform: Platform::parse(parts.next()?)?,
            name: parts.next().filter(|name| is_valid_name(name))?.to_owned(),
        };
        let id = Uuid::try_parse(parts.next()?).ok()?;
        Some(EndpointArn { application, id })
    }

    /// The endpoint's key in the catalog: behind its application's.
    pub(crate) fn key(&self) -> String {
        format!("{}/{}", self.application.key(), self.id)
    }

    /// Reads a key back.
    pub(crate) fn from_key(key: &[u8]) -> Option<Self> {
        let slash = key.iter().rposition(|byte| *byte == b'/')?;
        Some(EndpointArn {
            application: ApplicationArn::from_key(&key[..slash])?,
            id: Uuid::try_parse_ascii(&key[slash + 1..]).ok()?,
        })
    }
}

impl fmt::Display for EndpointArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ApplicationArn {
            account,
            region,
            platform,
            name,
        } = &self.application;
        let (platform, id) = (platform.as_str(), self.id);
        write!(
            formatter,
            "arn:aws:sns:{region}:{account}:endpoint/{platform}/{name}/{id}"
        )
    }
}

/// Account, region, and what is behind `kind` in the resource of an ARN of SNS.
fn split<'a>(text: &'a str, kind: &str) -> Option<(AccountId, Region, &'a str)> {
    let mut parts = text.splitn(6, ':');
    let head = (parts.next()?, parts.next()?, parts.next()?);
    if head.0 != "arn" || !head.1.starts_with("aws") || head.2 != "sns" {
        return None;
    }
    let region = Region::parse(parts.next()?).ok()?;
    let account = AccountId::parse(parts.next()?).ok()?;
    Some((account, region, parts.next()?.strip_prefix(kind)?))
}

/// Whether this can be an application's name: 1 to 256 letters, digits, hyphens, underscores and dots.
pub(crate) fn is_valid_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=256).contains(&name.len()) && name.bytes().all(allowed)
}

/// A platform application. Its credentials are among its attributes, and never answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplicationRecord {
    pub(crate) attributes: BTreeMap<String, String>,
}

impl Record for ApplicationRecord {
    const FORMAT: u8 = 1;
}

impl ApplicationRecord {
    pub(crate) fn is_enabled(&self) -> bool {
        self.attributes.get("Enabled").is_none_or(|flag| flag == "true")
    }
}

/// An app on a device.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndpointRecord {
    pub(crate) token: String,
    pub(crate) is_enabled: bool,
    pub(crate) custom_user_data: Option<String>,
}

impl Record for EndpointRecord {
    const FORMAT: u8 = 1;
}

/// Every platform application and endpoint.
pub(crate) struct Platforms {
    pub(crate) applications: Catalog<ApplicationRecord>,
    pub(crate) endpoints: Catalog<EndpointRecord>,
    /// Clients of the applications in use, by key. They keep tokens and connections.
    pub(crate) clients: Mutex<HashMap<String, Arc<PushClient>>>,
    /// Endpoints are made one after the other, so that a token has one.
    pub(crate) making: tokio::sync::Mutex<()>,
}

impl Platforms {
    pub(crate) fn open(store: &Arc<dyn Store>) -> Result<Self, CatalogError> {
        Ok(Platforms {
            applications: Catalog::open(Arc::clone(store), APPLICATIONS)?,
            endpoints: Catalog::open(Arc::clone(store), ENDPOINTS)?,
            clients: Mutex::default(),
            making: tokio::sync::Mutex::default(),
        })
    }

    /// The application's endpoint with this token.
    pub(crate) fn endpoint_with(
        &self,
        application: &ApplicationArn,
        token: &str,
    ) -> Option<(EndpointArn, Arc<EndpointRecord>)> {
        let prefix = format!("{}/", application.key());
        let found = self.endpoints.page(prefix.as_bytes(), None, usize::MAX);
        let (key, record) = found.into_iter().find(|(_, record)| record.token == token)?;
        Some((EndpointArn::from_key(&key)?, record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_and_keys_read_back() {
        let text = "arn:aws:sns:us-east-1:123456789012:app/APNS_SANDBOX/my.app";
        let application = ApplicationArn::parse(text).unwrap();
        assert_eq!(application.to_string(), text);
        assert_eq!(
            ApplicationArn::from_key(application.key().as_bytes()),
            Some(application)
        );
        let text = "arn:aws:sns:us-east-1:123456789012:endpoint/GCM/app/6f1fd5ae-5c7c-4bb0-a4b9-4d1c0e3a1f10";
        let endpoint = EndpointArn::parse(text).unwrap();
        assert_eq!(endpoint.to_string(), text);
        assert_eq!(EndpointArn::from_key(endpoint.key().as_bytes()), Some(endpoint));
        assert_eq!(
            ApplicationArn::parse("arn:aws:sns:us-east-1:123456789012:app/ADM/a"),
            None
        );
    }
}
