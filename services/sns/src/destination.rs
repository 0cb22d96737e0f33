//! Endpoints of subscriptions: parsed where they come in.

use std::fmt;

use http::Uri;
use ninefold_protocol::{AccountId, QueueName, Region, ServiceError};

use crate::errors;
use crate::record::Protocol;

/// A queue: `arn:aws:sqs:REGION:ACCOUNT:NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QueueArn {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    pub(crate) name: String,
}

impl QueueArn {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let head = (parts.next()?, parts.next()?, parts.next()?);
        if head.0 != "arn" || !head.1.starts_with("aws") || head.2 != "sqs" {
            return None;
        }
        let name = |name: &&str| !name.is_empty() && !name.contains([':', '/']);
        Some(QueueArn {
            region: Region::parse(parts.next()?).ok()?,
            account: AccountId::parse(parts.next()?).ok()?,
            name: parts.next().filter(name)?.to_owned(),
        })
    }

    pub(crate) fn is_fifo(&self) -> bool {
        self.name.ends_with(crate::arn::FIFO_SUFFIX)
    }

    /// It as other doors know it.
    pub(crate) fn name(&self) -> QueueName {
        QueueName {
            region: self.region.clone(),
            account: self.account,
            name: self.name.clone(),
        }
    }
}

impl fmt::Display for QueueArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let QueueArn {
            account,
            region,
            name,
        } = self;
        write!(formatter, "arn:aws:sqs:{region}:{account}:{name}")
    }
}

/// Where a subscription's messages go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    Queue(QueueArn),
    Url(Uri),
    Mailbox(String),
    Phone(String),
    /// A platform endpoint's ARN.
    Device(String),
    /// A function's URL.
    Function(Uri),
}

impl Destination {
    /// Checks an endpoint against its protocol.
    ///
    /// Source: [Subscribe](https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html).
    pub(crate) fn read(protocol: Protocol, endpoint: &str) -> Result<Self, ServiceError> {
        match protocol {
            Protocol::Sqs => QueueArn::parse(endpoint)
                .map(Destination::Queue)
                .ok_or_else(|| errors::invalid_parameter("SQS endpoint ARN")),
            Protocol::Http | Protocol::Https => url(endpoint, protocol.as_str())
                .map(Destination::Url)
                .ok_or_else(|| errors::invalid_parameter("Endpoint must match the specified protocol")),
            Protocol::Email | Protocol::EmailJson => match is_mailbox(endpoint) {
                true => Ok(Destination::Mailbox(endpoint.to_owned())),
                false => Err(errors::invalid_parameter("Email address")),
            },
            Protocol::Sms => match is_phone_number(endpoint) {
                true => Ok(Destination::Phone(endpoint.to_owned())),
                false => Err(errors::invalid_parameter(format_args!(
                    "Invalid SMS endpoint: {endpoint}"
                ))),
            },
            Protocol::Application => match endpoint.starts_with("arn:aws:sns:") && endpoint.contains(":endpoint/") {
                true => Ok(Destination::Device(endpoint.to_owned())),
                false => Err(errors::invalid_parameter(format_args!(
                    "Application endpoint arn invalid:{endpoint}"
                ))),
            },
            Protocol::Lambda => ["http", "https"]
                .into_iter()
                .find_map(|scheme| url(endpoint, scheme))
                .map(Destination::Function)
                .ok_or_else(|| {
                    errors::invalid_for(
                        "Endpoint",
                        "functions don't exist on this server yet: give the URL of a function instead of its ARN",
                    )
                }),
        }
    }

    /// The queue, if it is one.
    pub(crate) fn queue(&self) -> Option<&QueueArn> {
        match self {
            Destination::Queue(queue) => Some(queue),
            _ => None,
        }
    }
}

fn url(text: &str, scheme: &str) -> Option<Uri> {
    let uri: Uri = text.parse().ok()?;
    let has_host = uri.host().is_some_and(|host| !host.is_empty());
    (uri.scheme_str() == Some(scheme) && has_host).then_some(uri)
}

/// `local@domain`, without anything that could mean something else in a mail's header.
fn is_mailbox(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let allowed = |character: char| !character.is_control() && !" ()<>[]:;,\\\"@".contains(character);
    text.len() <= 254
        && !local.is_empty()
        && local.chars().all(allowed)
        && !domain.is_empty()
        && domain
            .chars()
            .all(|character| character.is_alphanumeric() || ".-".contains(character))
}

/// An E.164 number: `+` and up to 15 digits, perhaps with separators.
pub(crate) fn is_phone_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let allowed = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b' ' | b'.' | b'(' | b')');
    (2..=15).contains(&digits) && text.bytes().all(allowed) && text.rfind('+').unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_checked_against_their_protocol() {
        for (protocol, good, bad) in [
            (
                Protocol::Sqs,
                &["arn:aws:sqs:us-east-1:123456789012:orders.fifo"][..],
                &[
                    "orders",
                    "arn:aws:sns:us-east-1:123456789012:orders",
                    "http://localhost/1/orders",
                ][..],
            ),
            (
                Protocol::Http,
                &["http://example.com/a?b"],
                &["https://example.com", "example.com", "http://"],
            ),
            (
                Protocol::Https,
                &["https://user@example.com:444/"],
                &["http://example.com"],
            ),
            (
                Protocol::Email,
                &["a.b+c@example.com", "ä@example.com"],
                &["a", "a@", "@b", "a b@c", "a@b\r\nBcc: d@e", "a@b>,<c@d"],
            ),
            (
                Protocol::Sms,
                &["+491701234567", "+1 (555) 010-0100"],
                &["abc", "+", "1+2", "+1234567890123456"],
            ),
            (
                Protocol::Lambda,
                &["http://localhost:9000/f"],
                &["arn:aws:lambda:us-east-1:123456789012:function:f"],
            ),
        ] {
            for endpoint in good {
                assert!(
                    Destination::read(protocol, endpoint).is_ok(),
                    "{protocol:?} {endpoint}"
                );
            }
            for endpoint in bad {
                assert!(
                    Destination::read(protocol, endpoint).is_err(),
                    "{protocol:?} {endpoint}"
                );
            }
        }
    }
}
