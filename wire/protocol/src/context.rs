//! Who calls, from where, and how: what an operation knows besides its input.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use http::HeaderValue;
use thiserror::Error;

use crate::{Protocol, ServiceError};

/// Everything about a call besides its operation and input.
#[derive(Clone)]
pub struct CallContext {
    /// Identifies the call in answers and logs.
    pub request_id: RequestId,
    /// Who calls.
    pub principal: Principal,
    /// Region of the call, from the credential scope.
    pub region: Region,
    /// How the client addressed us, for URLs in answers.
    pub endpoint: Endpoint,
    /// Address of the client, where it is known.
    pub source_ip: Option<IpAddr>,
    /// Protocol the client speaks.
    pub protocol: Protocol,
    /// On whose behalf a service of this server calls.
    pub source: Option<CallSource>,
    /// Decides what the principal may do.
    pub authorizer: Arc<dyn Authorizer>,
}

impl CallContext {
    /// Asks the authorizer; `action` is e.g. `sqs:SendMessage`, `resource_policy` the JSON of the resource's own policy.
    pub fn authorize(
        &self,
        action: &str,
        resource_arn: &dyn fmt::Display,
        resource_policy: Option<&str>,
    ) -> Result<(), ServiceError> {
        self.authorizer
            .authorize(self, action, resource_arn, resource_policy)
    }
}

impl fmt::Debug for CallContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CallContext")
            .field("request_id", &self.request_id)
            .field("principal", &self.principal)
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .field("source_ip", &self.source_ip)
            .field("protocol", &self.protocol)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// The resource on whose behalf a service of this server calls another one: what policies know as `aws:SourceArn` and
/// `aws:SourceAccount`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallSource {
    /// The resource, e.g. a topic that delivers a message.
    pub arn: String,
    /// The account that the resource belongs to.
    pub account: AccountId,
    /// The role that the resource was given to act as, if any: `arn:aws:iam::123456789012:role/deliver`.
    pub role_arn: Option<String>,
}

/// Decides whether a call may act on a resource. Without authentication everything is allowed.
pub trait Authorizer: Send + Sync {
    /// Refuses with the error to answer. `resource_policy` is the JSON policy attached to the resource, if any.
    fn authorize(
        &self,
        context: &CallContext,
        action: &str,
        resource_arn: &dyn fmt::Display,
        resource_policy: Option<&str>,
    ) -> Result<(), ServiceError>;
}

/// Identifies a request: a version 4 UUID, as AWS's request ids are.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(u128);

impl RequestId {
    /// A fresh one.
    pub fn random() -> Self {
        Self::from_random_bits(fastrand::u128(..))
    }

    /// The one made of these random bits.
    pub const fn from_random_bits(bits: u128) -> Self {
        const VERSION_AND_VARIANT: u128 = 0xf000_c000_0000_0000_0000;
        const VERSION_4_VARIANT_1: u128 = 0x4000_8000_0000_0000_0000;
        RequestId(bits & !VERSION_AND_VARIANT | VERSION_4_VARIANT_1)
    }
}

impl RequestId {
    /// It as the value of a header.
    pub(crate) fn header_value(self) -> HeaderValue {
        HeaderValue::from_bytes(&self.text()).expect("a UUID is ASCII")
    }

    /// The 36 characters of the UUID.
    fn text(self) -> [u8; 36] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [b'-'; 36];
        let mut position = 0;
        for byte in self.0.to_be_bytes() {
            if matches!(position, 8 | 13 | 18 | 23) {
                position += 1;
            }
            text[position] = DIGITS[usize::from(byte >> 4)];
            text[position + 1] = DIGITS[usize::from(byte & 0xf)];
            position += 2;
        }
        text
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(std::str::from_utf8(&self.text()).expect("a UUID is ASCII"))
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The account it belongs to.
    pub account: AccountId,
    /// Its ARN, e.g. `arn:aws:iam::123456789012:user/alice`.
    pub arn: String,
    /// The access key that signed the call; `None` when it is anonymous.
    pub access_key_id: Option<String>,
    /// What it is.
    pub kind: PrincipalKind,
}

/// What a principal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrincipalKind {
    /// The account itself.
    Root,
    /// A user of the account.
    User,
    /// A session of a role.
    AssumedRole,
    /// Another service of this server acting on a resource's behalf.
    Service,
    /// Nobody: the call isn't signed.
    Anonymous,
}

/// An AWS account id: 12 digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId([u8; 12]);

impl AccountId {
    /// Reads 12 digits.
    pub fn parse(text: &str) -> Result<Self, InvalidIdentifier> {
        match <[u8; 12]>::try_from(text.as_bytes()) {
            Ok(digits) if digits.iter().all(u8::is_ascii_digit) => Ok(AccountId(digits)),
            _ => Err(InvalidIdentifier {
                kind: "account id",
                text: text.to_owned(),
            }),
        }
    }

    /// The 12 digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("an account id holds digits only")
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// An AWS region, e.g. `eu-central-1`: up to 64 lower-case letters, digits and hyphens. Any such name is a region
/// here. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(Arc<str>);

impl Region {
    /// Reads a region's name.
    pub fn parse(text: &str) -> Result<Self, InvalidIdentifier> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Region(text.into()))
        } else {
            Err(InvalidIdentifier {
                kind: "region",
                text: text.to_owned(),
            })
        }
    }

    /// The region's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Text that is not the identifier it should be.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{text:?} is not a valid {kind}")]
pub struct InvalidIdentifier {
    kind: &'static str,
    text: String,
}

/// How a client addressed the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `http` or `https`.
    pub scheme: &'static str,
    /// Host and port as the client sent them in `Host`, e.g. `localhost:4566`.
    pub host: String,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}", self.scheme, self.host)
    }
}
