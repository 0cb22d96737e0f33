//! Names of queues: as given, in URLs, in ARNs, and in the engine.

use std::fmt;

use bytes::Bytes;
use ninefold_protocol::{AccountId, Endpoint, QueueName, Region};
use ninefold_queue::QueueKey;

/// The longest name of a queue, with its `.fifo`.
const LONGEST_NAME: usize = 80;
/// What the name of a FIFO queue ends with.
const FIFO_SUFFIX: &str = ".fifo";

/// Which queue: its account, region and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QueueAddress {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    pub(crate) name: String,
}

impl From<&QueueName> for QueueAddress {
    fn from(name: &QueueName) -> Self {
        QueueAddress {
            account: name.account,
            region: name.region.clone(),
            name: name.name.clone(),
        }
    }
}

impl QueueAddress {
    /// Reads a queue's URL, of which only the last two segments of the path count: clients use whatever host they were
    /// told. Queues are in the region that the call is made in.
    pub(crate) fn from_url(url: &str, region: &Region) -> Option<Self> {
        let end = url.bytes().position(|byte| matches!(byte, b'?' | b'#'));
        let path = &url[..end.unwrap_or(url.len())];
        let (rest, name) = path.trim_end_matches('/').rsplit_once('/')?;
        let account = rest.rsplit('/').next()?;
        Some(QueueAddress {
            account: AccountId::parse(account).ok()?,
            region: region.clone(),
            name: is_valid_name(name).then(|| name.to_owned())?,
        })
    }

    /// Reads `arn:aws:sqs:region:account:name`.
    pub(crate) fn from_arn(arn: &str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        let head = (parts.next()?, parts.next()?, parts.next()?);
        if head.0 != "arn" || !head.1.starts_with("aws") || head.2 != "sqs" {
            return None;
        }
        Some(QueueAddress {
            region: Region::parse(parts.next()?).ok()?,
            account: AccountId::parse(parts.next()?).ok()?,
            name: parts.next().filter(|name| is_valid_name(name))?.to_owned(),
        })
    }

    /// Reads an engine's key back.
    pub(crate) fn from_key(key: &QueueKey) -> Option<Self> {
        let text = std::str::from_utf8(&key.0).ok()?;
        let mut parts = text.splitn(3, '/');
        Some(QueueAddress {
            account: AccountId::parse(parts.next()?).ok()?,
            region: Region::parse(parts.next()?).ok()?,
            name: parts.next()?.to_owned(),
        })
    }

    /// The queue's key in the engine.
    pub(crate) fn key(&self) -> QueueKey {
        // Every request asks for it: put together by hand, which formatting is much slower at.
        let parts = [self.account.as_str(), "/", self.region.as_str(), "/", &self.name];
        QueueKey(Bytes::from(parts.concat()))
    }

    /// What the keys of an account's queues in a region begin with.
    pub(crate) fn key_prefix(account: AccountId, region: &Region) -> String {
        format!("{account}/{region}/")
    }

    pub(crate) fn arn(&self) -> String {
        QueueArn(self).to_string()
    }

    pub(crate) fn url(&self, endpoint: &Endpoint) -> String {
        format!("{endpoint}/{}/{}", self.account, self.name)
    }

    pub(crate) fn is_fifo(&self) -> bool {
        self.name.ends_with(FIFO_SUFFIX)
    }
}

/// The ARN of an address, written only where it is read.
pub(crate) struct QueueArn<'a>(pub(crate) &'a QueueAddress);

impl fmt::Display for QueueArn<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let QueueAddress {
            account,
            region,
            name,
        } = self.0;
        write!(formatter, "arn:aws:sqs:{region}:{account}:{name}")
    }
}

/// Whether this can be the name of a queue: 1 to 80 letters, digits, hyphens and underscores, and perhaps `.fifo`.
pub(crate) fn is_valid_name(name: &str) -> bool {
    let stem = name.strip_suffix(FIFO_SUFFIX).unwrap_or(name);
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !stem.is_empty() && name.len() <= LONGEST_NAME && stem.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region() -> Region {
        Region::parse("eu-central-1").unwrap()
    }

    #[test]
    fn a_url_is_read_by_its_last_two_segments() {
        for url in [
            "http://localhost:4566/123456789012/orders",
            "https://sqs.eu-central-1.amazonaws.com/123456789012/orders/",
            "/123456789012/orders",
            "http://elsewhere/queue/eu-central-1/123456789012/orders",
        ] {
            let address = QueueAddress::from_url(url, &region()).unwrap();
            assert_eq!(address.arn(), "arn:aws:sqs:eu-central-1:123456789012:orders");
        }
        for url in [
            "",
            "orders",
            "http://localhost/orders",
            "http://localhost/12/orders",
            "/123456789012/or ders",
        ] {
            assert_eq!(QueueAddress::from_url(url, &region()), None, "{url}");
        }
    }

    #[test]
    fn arns_and_keys_read_back() {
        let address = QueueAddress::from_arn("arn:aws:sqs:eu-central-1:123456789012:orders.fifo").unwrap();
        assert_eq!(QueueAddress::from_key(&address.key()), Some(address.clone()));
        assert!(address.is_fifo());
        for arn in [
            "",
            "arn:aws:sns:eu-central-1:123456789012:orders",
            "arn:aws:sqs:eu-central-1:1:orders",
        ] {
            assert_eq!(QueueAddress::from_arn(arn), None, "{arn}");
        }
    }

    #[test]
    fn names_are_checked() {
        let longest = "a".repeat(80);
        for name in ["a", "A-b_9", "orders.fifo", &longest] {
            assert!(is_valid_name(name), "{name}");
        }
        let too_long = "a".repeat(81);
        for name in ["", ".fifo", "a.b", "a b", "ä", &too_long] {
            assert!(!is_valid_name(name), "{name}");
        }
    }
}
