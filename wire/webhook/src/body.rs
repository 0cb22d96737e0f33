//! Bodies as JSON objects, which is what the detail of an event is.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use crate::claim::optional;
use crate::{Scheme, WebhookError};

/// As many fields as a form may have.
const MAXIMUM_FIELDS: usize = 1_000;

/// The field in which GitHub and Slack put JSON into a form.
const PAYLOAD: &str = "payload";

/// A body as text and as what it means.
#[derive(Debug)]
pub(crate) struct Document {
    /// The JSON as it was sent, or what a form became.
    pub(crate) text: String,
    /// Always an object.
    pub(crate) value: Value,
}

/// Reads a body by its content type. Without one it is taken for JSON.
pub(crate) fn read(scheme: &Scheme, headers: &HeaderMap, body: &[u8]) -> Result<Document, WebhookError> {
    let content_type = optional(headers, &CONTENT_TYPE)?.unwrap_or("application/json");
    let media_type = content_type.split(';').next().unwrap_or_default();
    let media_type = media_type.trim().to_ascii_lowercase();
    match (&*media_type, scheme) {
        ("application/json", _) => json(utf8(body)?.to_owned()),
        (other, _) if other.ends_with("+json") => json(utf8(body)?.to_owned()),
        ("application/x-www-form-urlencoded", Scheme::GitHub | Scheme::Slack | Scheme::Hmac(_)) => {
            form(scheme, utf8(body)?)
        }
        _ => Err(WebhookError::ContentType { found: media_type }),
    }
}

fn json(text: String) -> Result<Document, WebhookError> {
    let value: Value =
        serde_json::from_str(&text).map_err(|error| refusal(format!("it is no JSON: {error}")))?;
    if !value.is_object() {
        return Err(refusal("it is no JSON object".to_owned()));
    }
    Ok(Document { text, value })
}

/// A form, decoded as the [URL Standard](https://url.spec.whatwg.org/#urlencoded-parsing) says.
fn form(scheme: &Scheme, body: &str) -> Result<Document, WebhookError> {
    let fields = || form_urlencoded::parse(body.as_bytes());
    if fields().nth(MAXIMUM_FIELDS).is_some() {
        return Err(refusal(format!(
            "it is a form with more than {MAXIMUM_FIELDS} fields"
        )));
    }
    let mut payloads = fields().filter(|(name, _)| name == PAYLOAD);
    match (scheme, payloads.next(), payloads.next()) {
        (Scheme::Hmac(_), ..) | (Scheme::Slack, None, None) => fields_as_json(fields()),
        (_, Some((_, payload)), None) => json(payload.into_owned()),
        _ => Err(refusal("it is a form without exactly one payload".to_owned())),
    }
}

/// A member for each name: a string, or an array of those of the same name.
fn fields_as_json(fields: form_urlencoded::Parse<'_>) -> Result<Document, WebhookError> {
    let mut object = Map::new();
    for (name, value) in fields {
        let value = Value::String(value.into_owned());
        match object.get_mut(&*name) {
            None => {
                object.insert(name.into_owned(), value);
            }
            Some(Value::Array(values)) => values.push(value),
            Some(single) => {
                let first = single.take();
                *single = Value::Array(vec![first, value]);
            }
        }
    }
    let value = Value::Object(object);
    Ok(Document {
        text: value.to_string(),
        value,
    })
}

fn utf8(body: &[u8]) -> Result<&str, WebhookError> {
    std::str::from_utf8(body).map_err(|_| refusal("it is not UTF-8".to_owned()))
}

fn refusal(reason: String) -> WebhookError {
    WebhookError::Body { reason }
}
