//! Messages as they are published: checked, and ready to go out.

use std::collections::BTreeMap;

use bytes::Bytes;
use ninefold_filter_policy as filter;
use ninefold_protocol::ServiceError;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::errors;
use crate::limits::{LARGEST_MESSAGE_BYTES, SUBJECT_CHARACTERS};
use crate::record::Protocol;

/// Characters of an attribute's name.
const NAME_CHARACTERS: usize = 256;

/// An attribute as it comes in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AttributeInput {
    data_type: String,
    string_value: Option<String>,
    binary_value: Option<Bytes>,
}

/// A message attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) data_type: String,
    pub(crate) value: AttributeValue,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AttributeValue {
    Text(String),
    Bytes(Vec<u8>),
}

/// What a message says: to everybody the same, or to each protocol something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Same(String),
    /// By the protocol's name; what is not named gets `default`.
    ByProtocol(BTreeMap<String, String>),
}

/// A message ready to go out.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: Uuid,
    pub(crate) subject: Option<String>,
    pub(crate) content: Content,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) group: Option<String>,
    pub(crate) deduplication: Option<String>,
    /// On FIFO topics.
    pub(crate) sequence: Option<u64>,
    /// Milliseconds since 1970.
    pub(crate) published_at: u64,
}

impl Content {
    /// Reads the message of a publish, by its `MessageStructure`.
    pub(crate) fn read(message: String, structure: Option<&str>) -> Result<Self, ServiceError> {
        if message.is_empty() {
            return Err(errors::invalid_parameter("Empty message"));
        }
        match structure {
            None | Some("") => Ok(Content::Same(message)),
            Some("json") => Self::read_json(&message),
            Some(_) => Err(errors::invalid_parameter("MessageStructure")),
        }
    }

    fn read_json(message: &str) -> Result<Self, ServiceError> {
        let parsed: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(message).map_err(|_| {
                errors::invalid_parameter("Message Structure - JSON message body failed to parse")
            })?;
        // What isn't text is nobody's message.
        let texts = parsed.into_iter().filter_map(|(protocol, value)| match value {
            serde_json::Value::String(text) => Some((protocol, text)),
            _ => None,
        });
        let by_protocol: BTreeMap<String, String> = texts.collect();
        match by_protocol.contains_key("default") {
            true => Ok(Content::ByProtocol(by_protocol)),
            false => Err(errors::invalid_parameter(
                "Message Structure - No default entry in JSON message body",
            )),
        }
    }

    /// What subscribers of a protocol get.
    pub(crate) fn of(&self, protocol: Protocol) -> &str {
        self.named(protocol.as_str())
    }

    /// What is said to a name: a protocol, or a platform such as `GCM`.
    pub(crate) fn named(&self, name: &str) -> &str {
        match self {
            Content::Same(text) => text,
            Content::ByProtocol(texts) => texts
                .get(name)
                .map_or_else(|| self.default_text(), String::as_str),
        }
    }

    pub(crate) fn default_text(&self) -> &str {
        match self {
            Content::Same(text) => text,
            Content::ByProtocol(texts) => texts.get("default").map_or("", String::as_str),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Content::Same(text) => text.len(),
            Content::ByProtocol(texts) => texts.iter().map(|(name, text)| name.len() + text.len()).sum(),
        }
    }
}

impl Message {
    /// Bytes of the message with its attributes, which count against the limit.
    pub(crate) fn bytes(&self) -> usize {
        let attributes = self.attributes.iter().map(|attribute| {
            let value = match &attribute.value {
                AttributeValue::Text(text) => text.len(),
                AttributeValue::Bytes(bytes) => bytes.len(),
            };
            attribute.name.len() + attribute.data_type.len() + value
        });
        self.content.bytes() + attributes.sum::<usize>()
    }

    pub(crate) fn check_size(&self) -> Result<(), ServiceError> {
        match self.bytes() <= LARGEST_MESSAGE_BYTES {
            true => Ok(()),
            false => Err(errors::invalid_parameter("Message too long")),
        }
    }

    /// The attributes as filter policies look at them.
    pub(crate) fn filter_attributes(&self) -> Vec<filter::Attribute<'_>> {
        let attributes = self.attributes.iter().map(|attribute| filter::Attribute {
            name: &attribute.name,
            value: match &attribute.value {
                AttributeValue::Bytes(_) => filter::AttributeValue::Binary,
                AttributeValue::Text(text) => match attribute.data_type.as_str() {
                    "String.Array" => filter::AttributeValue::StringArray(text),
                    kind if kind.starts_with("Number") => filter::AttributeValue::Number(text),
                    _ => filter::AttributeValue::String(text),
                },
            },
        });
        attributes.collect()
    }
}

/// Checks a subject: text of one line.
pub(crate) fn check_subject(subject: Option<String>) -> Result<Option<String>, ServiceError> {
    let Some(subject) = subject else { return Ok(None) };
    let is_valid = !subject.is_empty()
        && subject.chars().count() <= SUBJECT_CHARACTERS
        && !subject.chars().any(char::is_control);
    match is_valid {
        true => Ok(Some(subject)),
        false => Err(errors::invalid_parameter("Subject")),
    }
}

/// Checks message attributes.
pub(crate) fn read_attributes(
    inputs: BTreeMap<String, AttributeInput>,
) -> Result<Vec<Attribute>, ServiceError> {
    let attributes = inputs.into_iter().map(|(name, input)| {
        check_name(&name)?;
        Ok(Attribute {
            value: read_value(&name, &input)?,
            data_type: input.data_type,
            name,
        })
    });
    attributes.collect()
}

fn check_name(name: &str) -> Result<(), ServiceError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let is_valid = !name.is_empty()
        && name.len() <= NAME_CHARACTERS
        && name.bytes().all(allowed)
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..");
    match is_valid {
        true => Ok(()),
        false => Err(errors::modelled(
            "InvalidParameterValueException",
            format!("Invalid parameter: Invalid message attribute name: {name}"),
        )),
    }
}

fn read_value(name: &str, input: &AttributeInput) -> Result<AttributeValue, ServiceError> {
    let data_type = input.data_type.as_str();
    let refused = |message: String| errors::modelled("InvalidParameterValueException", message);
    let kind = data_type.split('.').next().unwrap_or_default();
    let text = input.string_value.as_deref().filter(|text| !text.is_empty());
    let bytes = input.binary_value.as_ref().filter(|bytes| !bytes.is_empty());
    let value = match kind {
        "String" | "Number" => text.map(|text| AttributeValue::Text(text.to_owned())),
        "Binary" => bytes.map(|bytes| AttributeValue::Bytes(bytes.to_vec())),
        _ => {
            return Err(refused(format!(
                "The message attribute '{name}' has an invalid message attribute type, the set of supported type prefixes \
                 is Binary, Number, and String."
            )));
        }
    };
    let value = value.ok_or_else(|| {
        refused(format!(
            "The message attribute '{name}' must contain non-empty message attribute value for message attribute type \
             '{data_type}'."
        ))
    })?;
    match &value {
        AttributeValue::Text(text) if kind == "Number" && text.trim().parse::<f64>().is_err() => {
            Err(refused(format!(
                "Could not cast message attribute '{name}' value to number."
            )))
        }
        _ => Ok(value),
    }
}

/// A time as SNS writes it: `2012-03-29T05:12:16.901Z`.
pub(crate) fn written_time(milliseconds: u64) -> String {
    let written = ninefold_notification::Timestamp::from_unix_milliseconds(milliseconds);
    written.map_or_else(String::new, |time| time.to_string())
}

/// A sequence number as SNS writes it: 20 digits.
pub(crate) fn written_sequence(sequence: u64) -> String {
    format!("{sequence:020}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_something_else_to_each_protocol_it_names() {
        let json = r#"{"default":"all","sqs":"queue","GCM":"{}","http":3}"#;
        let content = Content::read(json.to_owned(), Some("json")).unwrap();
        assert_eq!(content.of(Protocol::Sqs), "queue");
        assert_eq!(content.of(Protocol::Email), "all");
        assert_eq!(content.of(Protocol::Http), "all");
        assert_eq!(content.named("GCM"), "{}");
        for (message, structure, expected) in [
            ("", None, "Empty message"),
            (
                "{",
                Some("json"),
                "Message Structure - JSON message body failed to parse",
            ),
            (
                "[]",
                Some("json"),
                "Message Structure - JSON message body failed to parse",
            ),
            (
                "{}",
                Some("json"),
                "Message Structure - No default entry in JSON message body",
            ),
            ("a", Some("xml"), "MessageStructure"),
        ] {
            let error = Content::read(message.to_owned(), structure).unwrap_err();
            assert_eq!(error.message, format!("Invalid parameter: {expected}"));
        }
    }

    #[test]
    fn attributes_are_checked() {
        let read = |name: &str, data_type: &str, text: Option<&str>, bytes: Option<&'static [u8]>| {
            let input = AttributeInput {
                data_type: data_type.to_owned(),
                string_value: text.map(str::to_owned),
                binary_value: bytes.map(Bytes::from_static),
            };
            read_attributes(BTreeMap::from([(name.to_owned(), input)])).is_ok()
        };
        assert!(read("a.b-c_1", "String", Some("x"), None));
        assert!(read("a", "Number.float", Some("1.5"), None));
        assert!(read("a", "String.Array", Some("[1]"), None));
        assert!(read("a", "Binary", None, Some(b"x")));
        assert!(!read("a", "String", Some(""), None));
        assert!(!read("a", "Binary", Some("x"), None));
        assert!(!read("a", "Number", Some("x"), None));
        assert!(!read("a", "Text", Some("x"), None));
        assert!(!read("a b", "String", Some("x"), None));
        assert!(!read(".a", "String", Some("x"), None));
    }
}
