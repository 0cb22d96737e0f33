//! What a message may contain.
//!
//! Source: [SendMessage](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html)
//! and [message metadata](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html).

use std::collections::BTreeMap;

use ninefold_protocol::{QueueAttribute, QueueAttributeValue, ServiceError};
use serde::{Deserialize, Serialize};

use crate::binary::Binary;
use crate::errors;
use crate::limits::{ATTRIBUTE_NAME_CHARACTERS, ID_CHARACTERS, MESSAGE_ATTRIBUTES};
use crate::payload::{AttributeValue, MessageAttribute};

/// The one system attribute that a sender may set.
const TRACE_HEADER: &str = "AWSTraceHeader";

/// A message attribute's value on the wire.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AttributeMember {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) string_value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) binary_value: Option<Binary>,
    pub(crate) data_type: String,
}

/// A trace header as the system attribute that it is on the wire.
pub(crate) fn trace_header_member(header: &str) -> AttributeMembers {
    let member = AttributeMember {
        string_value: Some(header.to_owned()),
        binary_value: None,
        data_type: "String".to_owned(),
    };
    AttributeMembers::from([(TRACE_HEADER.to_owned(), member)])
}

/// Message attributes on the wire, sorted by name.
pub(crate) type AttributeMembers = BTreeMap<String, AttributeMember>;

/// Attributes from within the server, as they would be on the wire.
pub(crate) fn members_of(attributes: &[QueueAttribute]) -> AttributeMembers {
    let member = |attribute: &QueueAttribute| {
        let (string_value, binary_value) = match &attribute.value {
            QueueAttributeValue::Text(text) => (Some(text.clone()), None),
            QueueAttributeValue::Bytes(bytes) => (None, Some(Binary(bytes.clone()))),
        };
        let member = AttributeMember {
            string_value,
            binary_value,
            data_type: attribute.data_type.clone(),
        };
        (attribute.name.clone(), member)
    };
    attributes.iter().map(member).collect()
}

/// Checks that every character of a text may be in a message:
/// `#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF`.
pub(crate) fn check_characters(text: &str) -> Result<(), ServiceError> {
    // Without leaving early, so that many bytes are looked at together.
    let controls = text.bytes().fold(false, |found, byte| {
        found | (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r'))
    });
    // U+FFFE and U+FFFF, the only others that UTF-8 can hold.
    let noncharacters = !text.is_ascii()
        && text
            .chars()
            .any(|character| matches!(character, '\u{fffe}' | '\u{ffff}'));
    if controls || noncharacters {
        let message = "Invalid binary character was found in the message body, the set of allowed characters is #x9 | \
                       #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF";
        return Err(errors::modelled("InvalidMessageContents", message));
    }
    Ok(())
}

/// Checks a message group id, deduplication id or receive attempt id.
pub(crate) fn check_id(id: &str, parameter: &str) -> Result<(), ServiceError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte.is_ascii_punctuation();
    if (1..=ID_CHARACTERS).contains(&id.len()) && id.bytes().all(allowed) {
        return Ok(());
    }
    let reason =
        format!("{parameter} can only include alphanumeric and punctuation characters. 1 to 128 in length.");
    Err(errors::invalid_value(id, parameter, &reason))
}

/// Checks message attributes.
pub(crate) fn read_attributes(members: &AttributeMembers) -> Result<Vec<MessageAttribute<'_>>, ServiceError> {
    if members.len() > MESSAGE_ATTRIBUTES {
        let count = members.len();
        return Err(errors::invalid_parameter(format!(
            "Number of message attributes [{count}] exceeds the allowed maximum [{MESSAGE_ATTRIBUTES}]."
        )));
    }
    members
        .iter()
        .map(|(name, member)| read_attribute(name, member))
        .collect()
}

/// Takes the trace header out of message system attributes.
pub(crate) fn read_trace_header(members: &AttributeMembers) -> Result<Option<&str>, ServiceError> {
    let mut header = None;
    for (name, member) in members {
        if name != TRACE_HEADER {
            return Err(errors::invalid_parameter(format!(
                "Message system attribute name '{name}' is invalid."
            )));
        }
        let attribute = read_attribute(name, member)?;
        match (attribute.data_type, attribute.value) {
            ("String", AttributeValue::Text(text)) => header = Some(text),
            _ => {
                return Err(errors::invalid_parameter(format!(
                    "The message system attribute '{TRACE_HEADER}' must have the type String."
                )));
            }
        }
    }
    Ok(header)
}

fn read_attribute<'a>(
    name: &'a str,
    member: &'a AttributeMember,
) -> Result<MessageAttribute<'a>, ServiceError> {
    check_attribute_name(name)?;
    let data_type = &*member.data_type;
    let base = data_type.split('.').next().unwrap_or_default();
    if data_type.is_empty() {
        return Err(errors::invalid_parameter(format!(
            "The message attribute '{name}' must contain non-empty message attribute type."
        )));
    }
    if data_type.len() > ATTRIBUTE_NAME_CHARACTERS || !matches!(base, "String" | "Number" | "Binary") {
        return Err(errors::invalid_parameter(format!(
            "The message attribute '{name}' has an invalid message attribute type, the set of supported type prefixes \
             is Binary, Number, and String."
        )));
    }
    let value = match base {
        "Binary" => member
            .binary_value
            .as_ref()
            .map(|bytes| AttributeValue::Bytes(&bytes.0)),
        _ => member.string_value.as_deref().map(AttributeValue::Text),
    };
    let value = value.filter(|value| !is_empty(value)).ok_or_else(|| {
        errors::invalid_parameter(format!(
            "Message (user) attribute '{name}' must contain a non-empty value of type '{data_type}'."
        ))
    })?;
    if let AttributeValue::Text(text) = value {
        // What would be invalid contents of a body is an invalid parameter here.
        check_characters(text).map_err(|error| errors::invalid_parameter(error.message))?;
        check_number(name, base, text)?;
    }
    Ok(MessageAttribute {
        name,
        data_type,
        value,
    })
}

fn is_empty(value: &AttributeValue<'_>) -> bool {
    match value {
        AttributeValue::Text(text) => text.is_empty(),
        AttributeValue::Bytes(bytes) => bytes.is_empty(),
    }
}

fn check_number(name: &str, base: &str, text: &str) -> Result<(), ServiceError> {
    if base != "Number" || text.trim().parse::<f64>().is_ok_and(f64::is_finite) {
        return Ok(());
    }
    Err(errors::invalid_parameter(format!(
        "Can't cast the value of message (user) attribute '{name}' to a number."
    )))
}

/// Letters, digits, `_`, `-` and `.`; no dot at either end or after another; not reserved for AWS.
fn check_attribute_name(name: &str) -> Result<(), ServiceError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let lower = name.to_ascii_lowercase();
    let reserved = (lower.starts_with("aws.") || lower.starts_with("amazon.")) && name != TRACE_HEADER;
    let dotted = name.starts_with('.') || name.ends_with('.') || name.contains("..");
    let fits = (1..=ATTRIBUTE_NAME_CHARACTERS).contains(&name.len());
    if fits && name.bytes().all(allowed) && !reserved && !dotted {
        return Ok(());
    }
    Err(errors::invalid_parameter(format!(
        "The message attribute name '{name}' is invalid. Attribute name must contain \
        only alphanumeric characters, hyphens, underscores and periods, must not start or end with a period or have \
        successive periods, must not begin with AWS. or Amazon., and can be up to 256 characters long."
    )))
}

/// How many bytes the attributes add to the size of a message.
pub(crate) fn size_of(attributes: &[MessageAttribute<'_>]) -> usize {
    let size = |attribute: &MessageAttribute<'_>| {
        let value = match attribute.value {
            AttributeValue::Text(text) => text.len(),
            AttributeValue::Bytes(bytes) => bytes.len(),
        };
        attribute.name.len() + attribute.data_type.len() + value
    };
    attributes.iter().map(size).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_checked() {
        for text in [
            "",
            "plain",
            "\t\n\r",
            "äöü",
            "\u{fffd}",
            "\u{10ffff}",
            "\u{7f}",
            "😀",
        ] {
            assert!(check_characters(text).is_ok(), "{text:?}");
        }
        for text in ["\0", "a\u{1}", "\u{b}", "\u{1f}b", "\u{fffe}", "é\u{ffff}"] {
            assert_eq!(
                check_characters(text).unwrap_err().code,
                "InvalidMessageContents",
                "{text:?}"
            );
        }
    }

    #[test]
    fn ids_are_checked() {
        let longest = "a".repeat(128);
        for id in ["a", "A-1_!~", &longest] {
            assert!(check_id(id, "MessageGroupId").is_ok(), "{id}");
        }
        for id in ["", "a b", "ä", &"a".repeat(129)] {
            assert!(check_id(id, "MessageGroupId").is_err(), "{id}");
        }
    }

    #[test]
    fn attributes_are_checked() {
        let text = |data_type: &str, value: &str| AttributeMember {
            string_value: Some(value.to_owned()),
            binary_value: None,
            data_type: data_type.to_owned(),
        };
        let binary = AttributeMember {
            string_value: None,
            binary_value: Some(Binary(vec![1])),
            data_type: "Binary".to_owned(),
        };
        let good = [
            ("a", text("String", "v")),
            ("a.b-c_D", text("String.custom", "v")),
            ("n", text("Number", "-1.5e3")),
            ("b", binary.clone()),
        ];
        for (name, member) in good {
            assert!(read_attribute(name, &member).is_ok(), "{name} {member:?}");
        }
        let bad = [
            ("", text("String", "v")),
            ("a b", text("String", "v")),
            (".a", text("String", "v")),
            ("a..b", text("String", "v")),
            ("AWS.x", text("String", "v")),
            ("a", text("", "v")),
            ("a", text("Float", "v")),
            ("a", text("String", "")),
            ("a", text("Binary", "v")),
            ("a", text("Number", "one")),
            ("a", text("String", "\0")),
            (
                "a",
                AttributeMember {
                    data_type: "String".to_owned(),
                    ..binary
                },
            ),
        ];
        for (name, member) in bad {
            assert!(read_attribute(name, &member).is_err(), "{name} {member:?}");
        }
    }

    #[test]
    fn only_the_trace_header_is_a_system_attribute() {
        let member = |data_type: &str| AttributeMember {
            string_value: Some("Root=1".to_owned()),
            binary_value: None,
            data_type: data_type.to_owned(),
        };
        let members = |name: &str, data_type| AttributeMembers::from([(name.to_owned(), member(data_type))]);
        assert_eq!(
            read_trace_header(&members("AWSTraceHeader", "String")).unwrap(),
            Some("Root=1")
        );
        assert!(read_trace_header(&members("AWSTraceHeader", "Number")).is_err());
        assert!(read_trace_header(&members("Other", "String")).is_err());
    }
}
