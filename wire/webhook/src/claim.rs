//! What a request claims to be signed with: read from its headers, not proven yet.

use http::{HeaderMap, HeaderName};
use ninefold_time::Timestamp;

use crate::scheme::TOLERANCE_SECONDS;
use crate::{Digest, Encoding, HmacScheme, Scheme, TimestampUnit, WebhookError};

const GITHUB_SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature-256");
const STRIPE_SIGNATURE: HeaderName = HeaderName::from_static("stripe-signature");
const SLACK_SIGNATURE: HeaderName = HeaderName::from_static("x-slack-signature");
const SLACK_TIMESTAMP: HeaderName = HeaderName::from_static("x-slack-request-timestamp");

/// How many signatures a request may carry. There are two while secrets change over.
const MAXIMUM_SIGNATURES: usize = 8;

/// The signatures of a request, and what they are said to be of.
#[derive(Debug)]
pub(crate) struct Claim<'a> {
    pub(crate) signatures: Vec<&'a str>,
    pub(crate) digest: Digest,
    pub(crate) encoding: Encoding,
    /// What is signed before the body.
    pub(crate) preamble: String,
    pub(crate) signed: Option<Signed>,
}

/// When it was signed, and how far that may be from now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed {
    pub(crate) at: Timestamp,
    pub(crate) tolerance_seconds: u32,
}

impl<'a> Claim<'a> {
    pub(crate) fn read(scheme: &Scheme, headers: &'a HeaderMap) -> Result<Self, WebhookError> {
        match scheme {
            Scheme::GitHub => {
                let signature = prefixed(headers, &GITHUB_SIGNATURE, "sha256=")?;
                Ok(Claim::of(signature, String::new(), None))
            }
            Scheme::Stripe => stripe(required(headers, &STRIPE_SIGNATURE)?),
            Scheme::Slack => {
                let signature = prefixed(headers, &SLACK_SIGNATURE, "v0=")?;
                let time = required(headers, &SLACK_TIMESTAMP)?;
                let at = read_time(&SLACK_TIMESTAMP, time, TimestampUnit::Seconds)?;
                Ok(Claim::of(signature, format!("v0:{time}:"), Some(signed(at))))
            }
            Scheme::Hmac(scheme) => hmac(scheme, headers),
        }
    }

    /// One signature in the form of most services: SHA-256 in hexadecimal.
    fn of(signature: &'a str, preamble: String, signed: Option<Signed>) -> Self {
        Claim {
            signatures: vec![signature],
            digest: Digest::Sha256,
            encoding: Encoding::Hex,
            preamble,
            signed,
        }
    }
}

fn signed(at: Timestamp) -> Signed {
    Signed {
        at,
        tolerance_seconds: TOLERANCE_SECONDS,
    }
}

/// `t=1492774577,v1=…,v1=…`; other schemes than `v1` are to be ignored.
fn stripe(header: &str) -> Result<Claim<'_>, WebhookError> {
    let refuse = |reason| Err(unusable(&STRIPE_SIGNATURE, reason));
    let (mut time, mut signatures) = (None, Vec::new());
    for element in header.split(',') {
        let Some((key, value)) = element.trim().split_once('=') else {
            return refuse("an element has no =");
        };
        match key {
            "t" if time.is_some() => return refuse("it has two times"),
            "t" => time = Some(value),
            "v1" if signatures.len() == MAXIMUM_SIGNATURES => return refuse("it has too many signatures"),
            "v1" => signatures.push(value),
            _ => {}
        }
    }
    let Some(time) = time else {
        return refuse("it has no time");
    };
    if signatures.is_empty() {
        return refuse("it has no signature of the scheme v1");
    }
    let at = read_time(&STRIPE_SIGNATURE, time, TimestampUnit::Seconds)?;
    Ok(Claim {
        signatures,
        ..Claim::of("", format!("{time}."), Some(signed(at)))
    })
}

fn hmac<'a>(scheme: &HmacScheme, headers: &'a HeaderMap) -> Result<Claim<'a>, WebhookError> {
    let signature = prefixed(headers, &scheme.signature_header, &scheme.signature_prefix)?;
    let (preamble, signed) = match &scheme.timestamp {
        None => (String::new(), None),
        Some(rule) => {
            let time = required(headers, &rule.header)?;
            let signed = Signed {
                at: read_time(&rule.header, time, rule.unit)?,
                tolerance_seconds: rule.tolerance_seconds,
            };
            (format!("{time}{}", rule.separator), Some(signed))
        }
    };
    Ok(Claim {
        digest: scheme.digest,
        encoding: scheme.encoding,
        ..Claim::of(signature, preamble, signed)
    })
}

fn read_time(name: &HeaderName, text: &str, unit: TimestampUnit) -> Result<Timestamp, WebhookError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    let number = number.ok_or_else(|| unusable(name, "its time is no whole number"))?;
    Ok(match unit {
        TimestampUnit::Seconds => Timestamp::from_secs(number),
        TimestampUnit::Milliseconds => Timestamp::from_millis(number),
    })
}

/// What follows the prefix in a header that has to be there.
fn prefixed<'a>(headers: &'a HeaderMap, name: &HeaderName, prefix: &str) -> Result<&'a str, WebhookError> {
    required(headers, name)?
        .strip_prefix(prefix)
        .ok_or_else(|| unusable(name, "it does not begin as the scheme says"))
}

pub(crate) fn required<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a str, WebhookError> {
    optional(headers, name)?.ok_or_else(|| WebhookError::MissingHeader {
        name: name.to_string(),
    })
}

/// The value of a header, which may be there once.
pub(crate) fn optional<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> Result<Option<&'a str>, WebhookError> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(unusable(name, "it is there more than once"));
    }
    match value.to_str() {
        Ok(text) => Ok(Some(text)),
        Err(_) => Err(unusable(name, "it is no text")),
    }
}

fn unusable(name: &HeaderName, reason: &'static str) -> WebhookError {
    WebhookError::Header {
        name: name.to_string(),
        reason,
    }
}
