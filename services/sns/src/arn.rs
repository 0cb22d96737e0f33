//! Names of topics and subscriptions, as ARNs and as keys of the catalog.

use std::fmt;

use ninefold_protocol::{AccountId, Region, ServiceError};
use uuid::Uuid;

use crate::errors;

/// The longest name of a topic, with its `.fifo`.
const LONGEST_NAME: usize = 256;
/// What the name of a FIFO topic ends with.
pub(crate) const FIFO_SUFFIX: &str = ".fifo";

/// Which topic: `arn:aws:sns:REGION:ACCOUNT:NAME`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TopicArn {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    pub(crate) name: String,
}

/// Which subscription: `TOPIC:UUID`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SubscriptionArn {
    pub(crate) topic: TopicArn,
    pub(crate) id: Uuid,
}

impl TopicArn {
    /// Reads the parameter `parameter`.
    pub(crate) fn read(text: &str, parameter: &str) -> Result<Self, ServiceError> {
        Self::parse(text).ok_or_else(|| errors::not_an_arn(parameter, text))
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let head = (parts.next()?, parts.next()?, parts.next()?);
        if head.0 != "arn" || !head.1.starts_with("aws") || head.2 != "sns" {
            return None;
        }
        Some(TopicArn {
            region: Region::parse(parts.next()?).ok()?,
            account: AccountId::parse(parts.next()?).ok()?,
            name: parts.next().filter(|name| is_valid_name(name))?.to_owned(),
        })
    }

    pub(crate) fn is_fifo(&self) -> bool {
        self.name.ends_with(FIFO_SUFFIX)
    }

    /// The topic's key in the catalog.
    pub(crate) fn key(&self) -> String {
        [self.account.as_str(), "/", self.region.as_str(), "/", &self.name].concat()
    }

    /// What the keys of an account's topics in a region begin with.
    pub(crate) fn key_prefix(account: AccountId, region: &Region) -> String {
        format!("{account}/{region}/")
    }

    /// Reads a key back.
    pub(crate) fn from_key(key: &[u8]) -> Option<Self> {
        let mut parts = std::str::from_utf8(key).ok()?.splitn(3, '/');
        Some(TopicArn {
            account: AccountId::parse(parts.next()?).ok()?,
            region: Region::parse(parts.next()?).ok()?,
            name: parts.next()?.to_owned(),
        })
    }
}

impl fmt::Display for TopicArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TopicArn {
            account,
            region,
            name,
        } = self;
        write!(formatter, "arn:aws:sns:{region}:{account}:{name}")
    }
}

impl SubscriptionArn {
    /// Reads the parameter `SubscriptionArn`.
    pub(crate) fn read(text: &str) -> Result<Self, ServiceError> {
        let arn = text.rsplit_once(':').and_then(|(topic, id)| {
            Some(SubscriptionArn {
                topic: TopicArn::parse(topic)?,
                id: Uuid::try_parse(id).ok()?,
            })
        });
        arn.ok_or_else(|| errors::not_an_arn("SubscriptionArn", text))
    }

    /// The subscription's key in the catalog: behind its topic's.
    pub(crate) fn key(&self) -> String {
        format!("{}/{}", self.topic.key(), self.id)
    }

    /// Reads a key back.
    pub(crate) fn from_key(key: &[u8]) -> Option<Self> {
        let slash = key.iter().rposition(|byte| *byte == b'/')?;
        Some(SubscriptionArn {
            topic: TopicArn::from_key(&key[..slash])?,
            id: Uuid::try_parse_ascii(&key[slash + 1..]).ok()?,
        })
    }
}

impl fmt::Display for SubscriptionArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.topic, self.id)
    }
}

/// Whether this can be the name of a topic: 1 to 256 letters, digits, hyphens and underscores, and perhaps `.fifo`.
pub(crate) fn is_valid_name(name: &str) -> bool {
    let stem = name.strip_suffix(FIFO_SUFFIX).unwrap_or(name);
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !stem.is_empty() && name.len() <= LONGEST_NAME && stem.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:orders.fifo";

    #[test]
    fn arns_and_keys_read_back() {
        let topic = TopicArn::parse(TOPIC).unwrap();
        assert_eq!(topic.to_string(), TOPIC);
        assert_eq!(TopicArn::from_key(topic.key().as_bytes()), Some(topic.clone()));
        assert!(topic.is_fifo());
        let text = format!("{TOPIC}:6f1fd5ae-5c7c-4bb0-a4b9-4d1c0e3a1f10");
        let subscription = SubscriptionArn::read(&text).unwrap();
        assert_eq!((subscription.to_string(), &subscription.topic), (text, &topic));
        assert_eq!(
            SubscriptionArn::from_key(subscription.key().as_bytes()),
            Some(subscription)
        );
    }

    #[test]
    fn what_is_no_arn_is_refused_in_aws_words() {
        for (text, expected) in [
            (
                "orders",
                "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1",
            ),
            (
                "arn:aws:sqs:eu-central-1:123456789012:orders",
                "Invalid parameter: TopicArn",
            ),
            (
                "arn:aws:sns:eu-central-1:12:orders",
                "Invalid parameter: TopicArn",
            ),
            (
                "arn:aws:sns:eu-central-1:123456789012:or ders",
                "Invalid parameter: TopicArn",
            ),
        ] {
            assert_eq!(TopicArn::read(text, "TopicArn").unwrap_err().message, expected);
        }
    }
}
