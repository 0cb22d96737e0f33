//! Names of streams, consumers, queues and channels.

use std::fmt;

use ninefold_protocol::{AccountId, CallContext, Region};
use ninefold_streams::StreamKey;
use uuid::Uuid;

/// Which stream: `arn:aws:kinesis:REGION:ACCOUNT:stream/NAME`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct StreamArn {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    pub(crate) name: String,
}

/// Which consumer of a stream: `STREAM/consumer/NAME:SECONDS`, where the last part is when it was registered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ConsumerArn {
    pub(crate) stream: StreamArn,
    pub(crate) name: String,
    pub(crate) created_at_seconds: u64,
}

impl StreamArn {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (stream, rest) = Self::parse_start(text)?;
        rest.is_none().then_some(stream)
    }

    /// A stream's ARN, and what follows it behind `/`.
    fn parse_start(text: &str) -> Option<(Self, Option<&str>)> {
        let (region, account, path) = parse_resource(text, "stream/")?;
        let (name, rest) = match path.split_once('/') {
            Some((name, rest)) => (name, Some(rest)),
            None => (path, None),
        };
        let stream = StreamArn {
            account,
            region,
            name: name.to_owned(),
        };
        is_name(name).then_some((stream, rest))
    }

    /// A stream of the caller's.
    pub(crate) fn own(context: &CallContext, name: &str) -> Self {
        StreamArn {
            account: context.principal.account,
            region: context.region.clone(),
            name: name.to_owned(),
        }
    }

    /// What the names of an account's streams in a region are unique in.
    pub(crate) fn namespace(account: AccountId, region: &Region) -> String {
        [account.as_str(), "/", region.as_str()].concat()
    }

    pub(crate) fn key(&self) -> StreamKey {
        StreamKey::new(Self::namespace(self.account, &self.region), self.name.as_str())
    }

    /// Reads a key back; none for streams that are in no account.
    pub(crate) fn from_key(key: &StreamKey) -> Option<Self> {
        let (account, region) = key.namespace.split_once('/')?;
        Some(StreamArn {
            account: AccountId::parse(account).ok()?,
            region: Region::parse(region).ok()?,
            name: key.name.clone(),
        })
    }
}

/// The region, the account, and what stands behind the kind of a resource of Kinesis.
fn parse_resource<'a>(text: &'a str, kind: &str) -> Option<(Region, AccountId, &'a str)> {
    let mut parts = text.splitn(6, ':');
    let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
    if arn != "arn" || !partition.starts_with("aws") || service != "kinesis" {
        return None;
    }
    let region = Region::parse(parts.next()?).ok()?;
    let account = AccountId::parse(parts.next()?).ok()?;
    Some((region, account, parts.next()?.strip_prefix(kind)?))
}

/// Whether it can be the name of a stream.
pub(crate) fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    (1..=128).contains(&text.len()) && text.bytes().all(allowed)
}

impl fmt::Display for StreamArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StreamArn {
            account,
            region,
            name,
        } = self;
        write!(formatter, "arn:aws:kinesis:{region}:{account}:stream/{name}")
    }
}

impl ConsumerArn {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (stream, rest) = StreamArn::parse_start(text)?;
        let (name, seconds) = rest?.strip_prefix("consumer/")?.split_once(':')?;
        Some(ConsumerArn {
            stream,
            name: is_name(name).then(|| name.to_owned())?,
            created_at_seconds: seconds.parse().ok()?,
        })
    }
}

impl fmt::Display for ConsumerArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ConsumerArn {
            stream,
            name,
            created_at_seconds,
        } = self;
        write!(formatter, "{stream}/consumer/{name}:{created_at_seconds}")
    }
}

/// Which queue: `arn:aws:kinesis:REGION:ACCOUNT:queue/ID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QueueArn {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    pub(crate) id: Uuid,
}

impl QueueArn {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (region, account, id) = parse_resource(text, "queue/")?;
        Some(QueueArn {
            account,
            region,
            id: id.parse().ok()?,
        })
    }
}

impl fmt::Display for QueueArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let QueueArn { account, region, id } = self;
        write!(formatter, "arn:aws:kinesis:{region}:{account}:queue/{id}")
    }
}

/// Which channel: `arn:aws:kinesis:REGION:ACCOUNT:channel/ID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChannelArn {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    pub(crate) id: Uuid,
}

impl ChannelArn {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (region, account, id) = parse_resource(text, "channel/")?;
        Some(ChannelArn {
            account,
            region,
            id: id.parse().ok()?,
        })
    }
}

impl fmt::Display for ChannelArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ChannelArn { account, region, id } = self;
        write!(formatter, "arn:aws:kinesis:{region}:{account}:channel/{id}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_read_back() {
        let text = "arn:aws:kinesis:eu-central-1:123456789012:stream/orders";
        let stream = StreamArn::parse(text).unwrap();
        assert_eq!(stream.to_string(), text);
        assert_eq!(StreamArn::from_key(&stream.key()), Some(stream));
        let text = format!("{text}/consumer/billing:1700000000");
        assert_eq!(ConsumerArn::parse(&text).unwrap().to_string(), text);
        assert_eq!(StreamArn::parse(&text), None);
        let text = "arn:aws:kinesis:eu-central-1:123456789012:queue/00000000-0000-0000-0000-000000000007";
        assert_eq!(QueueArn::parse(text).unwrap().to_string(), text);
        assert_eq!(ChannelArn::parse(text), None);
        let text = "arn:aws:kinesis:eu-central-1:123456789012:channel/00000000-0000-0000-0000-000000000007";
        assert_eq!(ChannelArn::parse(text).unwrap().to_string(), text);
        assert_eq!(
            ChannelArn::parse("arn:aws:kinesis:eu-central-1:123456789012:channel/orders"),
            None
        );
    }

    #[test]
    fn other_arns_are_none_of_a_stream() {
        for text in [
            "orders",
            "arn:aws:sqs:eu-central-1:123456789012:stream/orders",
            "arn:aws:kinesis:eu-central-1:12345:stream/orders",
            "arn:aws:kinesis:eu-central-1:123456789012:stream/",
            "arn:aws:kinesis:eu-central-1:123456789012:stream/a b",
            "arn:aws:kinesis:eu-central-1:123456789012:queue/orders",
        ] {
            assert_eq!(StreamArn::parse(text), None, "{text}");
            assert_eq!(ConsumerArn::parse(text), None, "{text}");
        }
    }
}
