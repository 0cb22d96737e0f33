//! Schemes as JSON.

use http::HeaderName;
use serde::{Deserialize, Serialize};

use crate::scheme::TOLERANCE_SECONDS;
use crate::webhook::check_detail_type;
use crate::{
    DetailTypeRule, Digest, Encoding, HmacScheme, Place, Scheme, SchemeError, SignedTimestamp, TimestampUnit,
};

/// The longest scheme, prefix or separator, and pointer, in bytes.
const MAXIMUM_SCHEME_BYTES: usize = 8 * 1024;
const MAXIMUM_AFFIX_BYTES: usize = 64;
const MAXIMUM_POINTER_BYTES: usize = 256;

/// The longest tolerance, in seconds. So long are deliveries remembered.
const MAXIMUM_TOLERANCE_SECONDS: u32 = 3_600;

#[derive(Serialize, Deserialize)]
#[serde(tag = "scheme", rename_all = "lowercase", deny_unknown_fields)]
enum Written {
    GitHub {},
    Stripe {},
    Slack {},
    Hmac(Box<WrittenHmac>),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenHmac {
    signature_header: String,
    #[serde(default)]
    signature_prefix: String,
    #[serde(default)]
    digest: Digest,
    #[serde(default)]
    encoding: Encoding,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timestamp: Option<WrittenTimestamp>,
    #[serde(default)]
    detail_type: WrittenDetailType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivery_id: Option<WrittenPlace>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTimestamp {
    header: String,
    #[serde(default)]
    unit: TimestampUnit,
    #[serde(default)]
    separator: String,
    #[serde(default = "default_tolerance_seconds")]
    tolerance_seconds: u32,
}

fn default_tolerance_seconds() -> u32 {
    TOLERANCE_SECONDS
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenDetailType {
    Text(String),
    Header(String),
    Pointer(String),
}

impl Default for WrittenDetailType {
    fn default() -> Self {
        WrittenDetailType::Text("webhook".to_owned())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenPlace {
    Header(String),
    Pointer(String),
}

pub(crate) fn read(json: &str) -> Result<Scheme, SchemeError> {
    if json.len() > MAXIMUM_SCHEME_BYTES {
        return Err(SchemeError::TooLong {
            length_bytes: json.len(),
            limit_bytes: MAXIMUM_SCHEME_BYTES,
        });
    }
    match serde_json::from_str(json).map_err(|error| SchemeError::Syntax(error.to_string()))? {
        Written::GitHub {} => Ok(Scheme::GitHub),
        Written::Stripe {} => Ok(Scheme::Stripe),
        Written::Slack {} => Ok(Scheme::Slack),
        Written::Hmac(written) => Ok(Scheme::Hmac(Box::new(read_hmac(*written)?))),
    }
}

fn read_hmac(written: WrittenHmac) -> Result<HmacScheme, SchemeError> {
    let place = |member, place| match place {
        WrittenPlace::Header(name) => header(member, &name).map(Place::Header),
        WrittenPlace::Pointer(pointer) => read_pointer(member, pointer).map(Place::Pointer),
    };
    let detail_type = match written.detail_type {
        WrittenDetailType::Text(text) => {
            check_detail_type(&text).map_err(|error| refusal("detail_type", error.to_string()))?;
            DetailTypeRule::Text(text)
        }
        WrittenDetailType::Header(name) => {
            DetailTypeRule::Place(place("detail_type", WrittenPlace::Header(name))?)
        }
        WrittenDetailType::Pointer(pointer) => {
            DetailTypeRule::Place(place("detail_type", WrittenPlace::Pointer(pointer))?)
        }
    };
    Ok(HmacScheme {
        signature_header: header("signature_header", &written.signature_header)?,
        signature_prefix: affix("signature_prefix", written.signature_prefix)?,
        digest: written.digest,
        encoding: written.encoding,
        timestamp: written.timestamp.map(read_timestamp).transpose()?,
        detail_type,
        delivery_id: written
            .delivery_id
            .map(|written| place("delivery_id", written))
            .transpose()?,
    })
}

fn read_timestamp(written: WrittenTimestamp) -> Result<SignedTimestamp, SchemeError> {
    if !(1..=MAXIMUM_TOLERANCE_SECONDS).contains(&written.tolerance_seconds) {
        let reason = format!("it must be from 1 to {MAXIMUM_TOLERANCE_SECONDS}");
        return Err(refusal("timestamp.tolerance_seconds", reason));
    }
    Ok(SignedTimestamp {
        header: header("timestamp.header", &written.header)?,
        unit: written.unit,
        separator: affix("timestamp.separator", written.separator)?,
        tolerance_seconds: written.tolerance_seconds,
    })
}

fn header(member: &'static str, name: &str) -> Result<HeaderName, SchemeError> {
    HeaderName::try_from(name).map_err(|_| refusal(member, format!("{name:?} is not the name of a header")))
}

fn affix(member: &'static str, text: String) -> Result<String, SchemeError> {
    if text.len() > MAXIMUM_AFFIX_BYTES {
        return Err(refusal(
            member,
            format!("it is longer than {MAXIMUM_AFFIX_BYTES} bytes"),
        ));
    }
    Ok(text)
}

fn read_pointer(member: &'static str, pointer: String) -> Result<String, SchemeError> {
    if !pointer.starts_with('/') || pointer.len() > MAXIMUM_POINTER_BYTES {
        let reason = format!("a pointer begins with / and has up to {MAXIMUM_POINTER_BYTES} bytes");
        return Err(refusal(member, reason));
    }
    Ok(pointer)
}

fn refusal(member: &'static str, reason: String) -> SchemeError {
    SchemeError::Member { member, reason }
}

pub(crate) fn write(scheme: &Scheme) -> String {
    let written = match scheme {
        Scheme::GitHub => Written::GitHub {},
        Scheme::Stripe => Written::Stripe {},
        Scheme::Slack => Written::Slack {},
        Scheme::Hmac(scheme) => Written::Hmac(Box::new(write_hmac(scheme))),
    };
    serde_json::to_string(&written).expect("a scheme has nothing that JSON can't say")
}

fn write_hmac(scheme: &HmacScheme) -> WrittenHmac {
    WrittenHmac {
        signature_header: scheme.signature_header.to_string(),
        signature_prefix: scheme.signature_prefix.clone(),
        digest: scheme.digest,
        encoding: scheme.encoding,
        timestamp: scheme.timestamp.as_ref().map(|timestamp| WrittenTimestamp {
            header: timestamp.header.to_string(),
            unit: timestamp.unit,
            separator: timestamp.separator.clone(),
            tolerance_seconds: timestamp.tolerance_seconds,
        }),
        detail_type: match &scheme.detail_type {
            DetailTypeRule::Text(text) => WrittenDetailType::Text(text.clone()),
            DetailTypeRule::Place(Place::Header(name)) => WrittenDetailType::Header(name.to_string()),
            DetailTypeRule::Place(Place::Pointer(pointer)) => WrittenDetailType::Pointer(pointer.clone()),
        },
        delivery_id: scheme.delivery_id.as_ref().map(|place| match place {
            Place::Header(name) => WrittenPlace::Header(name.to_string()),
            Place::Pointer(pointer) => WrittenPlace::Pointer(pointer.clone()),
        }),
    }
}
