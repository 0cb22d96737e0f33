use http::HeaderName;

use crate::configuration;
use crate::{Digest, Encoding, SchemeError};

/// How far Stripe's and Slack's clocks may be from ours, which is what both recommend, in seconds.
pub(crate) const TOLERANCE_SECONDS: u32 = 300;

/// How a service signs its webhooks, and where they say what they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// [GitHub](https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries): the body is signed,
    /// and nothing says when. The name of the event and the id of the delivery are in headers, which are not signed.
    GitHub,
    /// [Stripe](https://docs.stripe.com/webhooks#verify-manually): the time and the body are signed, once for each
    /// secret while they change over.
    Stripe,
    /// [Slack](https://docs.slack.dev/authentication/verifying-requests-from-slack): the time and the body are signed.
    /// Events, interactions and slash commands; the verification of the URL becomes a challenge.
    Slack,
    /// Any service that sends an HMAC of the body.
    Hmac(Box<HmacScheme>),
}

/// How a service signs that we have no scheme for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HmacScheme {
    /// The header with the signature.
    pub signature_header: HeaderName,
    /// What stands before the signature in its header, such as `sha256=`.
    pub signature_prefix: String,
    /// The hash function.
    pub digest: Digest,
    /// How the signature is written.
    pub encoding: Encoding,
    /// The time of signing; without it, only the body is signed.
    pub timestamp: Option<SignedTimestamp>,
    /// What says of which kind an event is.
    pub detail_type: DetailTypeRule,
    /// Where the service's id of an event or delivery is.
    pub delivery_id: Option<Place>,
}

/// A time of signing that stands before the body in the signed text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTimestamp {
    /// The header with the time since the Unix epoch.
    pub header: HeaderName,
    /// In which unit it is.
    pub unit: TimestampUnit,
    /// What stands between the time and the body, such as `.`.
    pub separator: String,
    /// How far it may be from our time, in seconds.
    pub tolerance_seconds: u32,
}

/// In what a time since the Unix epoch is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimestampUnit {
    /// Seconds.
    #[default]
    Seconds,
    /// Milliseconds.
    Milliseconds,
}

/// Where a text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A header. It is not signed, so whoever sees a webhook could send it again with another one.
    Header(HeaderName),
    /// A string or number in the body: a JSON pointer (RFC 6901).
    Pointer(String),
}

/// What says of which kind an event is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DetailTypeRule {
    /// All are of the same kind.
    Text(String),
    /// The webhook says it.
    Place(Place),
}

impl Scheme {
    /// Reads a scheme from JSON.
    ///
    /// `{"scheme": "github"}`, `{"scheme": "stripe"}`, `{"scheme": "slack"}`, or
    ///
    /// ```json
    /// {
    ///     "scheme": "hmac",
    ///     "signature_header": "X-Signature",
    ///     "signature_prefix": "sha256=",
    ///     "digest": "sha256",
    ///     "encoding": "hex",
    ///     "timestamp": {"header": "X-Time", "unit": "seconds", "separator": ".", "tolerance_seconds": 300},
    ///     "detail_type": {"pointer": "/type"},
    ///     "delivery_id": {"header": "X-Delivery"}
    /// }
    /// ```
    ///
    /// of which the header alone is required. `digest` may be `sha1` and `sha512`, `encoding` `base64`, `unit`
    /// `milliseconds`, and `detail_type` `{"text": …}` (`webhook` if nothing is said) or `{"header": …}`.
    ///
    /// # Errors
    /// See [`SchemeError`]. Unknown members are errors.
    pub fn parse(json: &str) -> Result<Self, SchemeError> {
        configuration::read(json)
    }

    /// The scheme as JSON, as [`Scheme::parse`] reads it.
    pub fn to_json(&self) -> String {
        configuration::write(self)
    }

    /// The `source` that AWS's own functions give to events of the service; none where the service is unknown.
    pub fn source(&self) -> Option<&'static str> {
        match self {
            Scheme::GitHub => Some("github.com"),
            Scheme::Stripe => Some("stripe.com"),
            Scheme::Slack => Some("slack.com"),
            Scheme::Hmac(_) => None,
        }
    }
}
