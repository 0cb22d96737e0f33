//! ReceiveMessage.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use ninefold_protocol::{CallContext, ServiceError};
use ninefold_queue::{ReceiveRequest, Received};
use serde::{Deserialize, Serialize};

use super::send::{message_id_text, sequence_number};
use crate::SqsDoor;
use crate::address::QueueAddress;
use crate::binary::Binary;
use crate::contents::{AttributeMember, AttributeMembers, check_id};
use crate::digest::Md5Digest;
use crate::door::Target;
use crate::errors;
use crate::limits::{RECEIVED_MESSAGES, VISIBILITY_TIMEOUT_SECONDS, WAIT_SECONDS};
use crate::payload::{AttributeValue, MessageAttribute, Payload};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReceiveMessageInput<'a> {
    #[serde(borrow)]
    queue_url: Cow<'a, str>,
    /// The older name of `MessageSystemAttributeNames`.
    attribute_names: Option<Vec<String>>,
    message_system_attribute_names: Option<Vec<String>>,
    message_attribute_names: Option<Vec<String>>,
    max_number_of_messages: Option<i64>,
    visibility_timeout: Option<i64>,
    wait_time_seconds: Option<i64>,
    receive_request_attempt_id: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReceiveMessageOutput {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<Message>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Message {
    message_id: String,
    receipt_handle: String,
    #[serde(rename = "MD5OfBody")]
    body_digest: Md5Digest,
    body: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<&'static str, String>,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    attributes_digest: Option<Md5Digest>,
    #[serde(skip_serializing_if = "AttributeMembers::is_empty")]
    message_attributes: AttributeMembers,
}

/// A system attribute of a received message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SystemAttribute {
    ApproximateFirstReceiveTimestamp,
    ApproximateReceiveCount,
    AwsTraceHeader,
    DeadLetterQueueSourceArn,
    MessageDeduplicationId,
    MessageGroupId,
    SenderId,
    SentTimestamp,
    SequenceNumber,
}

impl SystemAttribute {
    const ALL: [SystemAttribute; 9] = [
        SystemAttribute::ApproximateFirstReceiveTimestamp,
        SystemAttribute::ApproximateReceiveCount,
        SystemAttribute::AwsTraceHeader,
        SystemAttribute::DeadLetterQueueSourceArn,
        SystemAttribute::MessageDeduplicationId,
        SystemAttribute::MessageGroupId,
        SystemAttribute::SenderId,
        SystemAttribute::SentTimestamp,
        SystemAttribute::SequenceNumber,
    ];

    fn name(self) -> &'static str {
        match self {
            SystemAttribute::ApproximateFirstReceiveTimestamp => "ApproximateFirstReceiveTimestamp",
            SystemAttribute::ApproximateReceiveCount => "ApproximateReceiveCount",
            SystemAttribute::AwsTraceHeader => "AWSTraceHeader",
            SystemAttribute::DeadLetterQueueSourceArn => "DeadLetterQueueSourceArn",
            SystemAttribute::MessageDeduplicationId => "MessageDeduplicationId",
            SystemAttribute::MessageGroupId => "MessageGroupId",
            SystemAttribute::SenderId => "SenderId",
            SystemAttribute::SentTimestamp => "SentTimestamp",
            SystemAttribute::SequenceNumber => "SequenceNumber",
        }
    }

    /// The attributes that these names ask for.
    fn read(names: impl Iterator<Item = impl AsRef<str>>) -> Result<Vec<Self>, ServiceError> {
        let mut wanted = Vec::new();
        for name in names {
            let name = name.as_ref();
            match Self::ALL.into_iter().find(|attribute| attribute.name() == name) {
                Some(attribute) => wanted.push(attribute),
                None if name == "All" => wanted.extend(Self::ALL),
                // The older parameter shares its values with the attributes of queues.
                None if crate::attributes::is_attribute(name) => (),
                None => return Err(errors::invalid_attribute_name(name)),
            }
        }
        Ok(wanted)
    }

    fn value(self, received: &Received, payload: &Payload<'_>, is_fifo: bool) -> Option<String> {
        match self {
            SystemAttribute::ApproximateFirstReceiveTimestamp => {
                Some(received.first_received_at.as_millis().to_string())
            }
            SystemAttribute::ApproximateReceiveCount => Some(received.receive_count.to_string()),
            SystemAttribute::AwsTraceHeader => payload.trace_header.map(str::to_owned),
            SystemAttribute::DeadLetterQueueSourceArn => {
                Some(QueueAddress::from_key(received.origin.as_ref()?)?.arn())
            }
            SystemAttribute::MessageDeduplicationId => received.deduplication.as_deref().map(str::to_owned),
            SystemAttribute::MessageGroupId => received.group.as_deref().map(str::to_owned),
            SystemAttribute::SenderId => Some(payload.sender_id.to_owned()),
            SystemAttribute::SentTimestamp => Some(received.sent_at.as_millis().to_string()),
            SystemAttribute::SequenceNumber => is_fifo.then(|| sequence_number(received.sequence)),
        }
    }
}

/// Which message attributes a receiver wants.
#[derive(Debug)]
struct AttributeSelection(Vec<String>);

impl AttributeSelection {
    fn takes(&self, name: &str) -> bool {
        self.0.iter().any(|wanted| match wanted.strip_suffix(".*") {
            Some(prefix) => name.starts_with(prefix),
            None => wanted == name || wanted == "All" || wanted == "*",
        })
    }
}

/// A checked ReceiveMessage.
pub(crate) struct PreparedReceive<'a> {
    door: &'a SqsDoor,
    target: Target,
    request: ReceiveRequest,
    system_attributes: Vec<SystemAttribute>,
    attributes: AttributeSelection,
}

pub(crate) fn prepare<'a>(
    door: &'a SqsDoor,
    context: &CallContext,
    input: ReceiveMessageInput<'_>,
) -> Result<PreparedReceive<'a>, ServiceError> {
    let target = door.target(context, &input.queue_url, "sqs:ReceiveMessage")?;
    let names = input
        .attribute_names
        .iter()
        .flatten()
        .chain(input.message_system_attribute_names.iter().flatten());
    let maximum = in_range(
        input.max_number_of_messages,
        "MaxNumberOfMessages",
        1..=RECEIVED_MESSAGES,
        "Must be between 1 and 10, if provided.",
    )?;
    let wait = in_range(
        input.wait_time_seconds,
        "WaitTimeSeconds",
        0..=WAIT_SECONDS,
        "Must be >= 0 and <= 20, if provided.",
    )?;
    let visibility = in_range(
        input.visibility_timeout,
        "VisibilityTimeout",
        0..=VISIBILITY_TIMEOUT_SECONDS,
        "Must be >= 0 and <= 43200, if provided.",
    )?;
    let wait_seconds = wait.unwrap_or(target.settings.wait_seconds);
    Ok(PreparedReceive {
        request: ReceiveRequest {
            maximum_messages: maximum.unwrap_or(1) as usize,
            visibility_timeout_seconds: visibility,
            wait: Duration::from_secs(u64::from(wait_seconds)),
            attempt: attempt(input.receive_request_attempt_id.as_deref(), &target)?,
        },
        system_attributes: SystemAttribute::read(names)?,
        attributes: AttributeSelection(input.message_attribute_names.unwrap_or_default()),
        door,
        target,
    })
}

fn attempt(id: Option<&str>, target: &Target) -> Result<Option<ninefold_queue::AttemptId>, ServiceError> {
    let Some(id) = id else { return Ok(None) };
    if !target.settings.is_fifo {
        return Err(errors::invalid_value(
            id,
            "ReceiveRequestAttemptId",
            "The request includes a parameter that is not valid for this queue type.",
        ));
    }
    check_id(id, "ReceiveRequestAttemptId")?;
    Ok(Some(id.into()))
}

/// Checks an optional number.
fn in_range(
    value: Option<i64>,
    parameter: &str,
    range: std::ops::RangeInclusive<u32>,
    reason: &str,
) -> Result<Option<u32>, ServiceError> {
    let Some(value) = value else { return Ok(None) };
    match u32::try_from(value) {
        Ok(number) if range.contains(&number) => Ok(Some(number)),
        _ => Err(errors::invalid_value(value, parameter, reason)),
    }
}

impl PreparedReceive<'_> {
    pub(crate) async fn run(self) -> Result<ReceiveMessageOutput, ServiceError> {
        let received = self
            .target
            .queue
            .receive(self.request.clone())
            .await
            .map_err(errors::from_queue)?;
        let messages = received
            .iter()
            .map(|received| self.message(received))
            .collect::<Result<_, _>>()?;
        Ok(ReceiveMessageOutput { messages })
    }

    fn message(&self, received: &Received) -> Result<Message, ServiceError> {
        let payload = Payload::decode(&received.payload)?;
        let is_fifo = self.target.settings.is_fifo;
        let attributes: Vec<MessageAttribute<'_>> = payload
            .attributes
            .iter()
            .copied()
            .filter(|attribute| self.attributes.takes(attribute.name))
            .collect();
        let system_attributes = self
            .system_attributes
            .iter()
            .filter_map(|attribute| Some((attribute.name(), attribute.value(received, &payload, is_fifo)?)))
            .collect();
        Ok(Message {
            message_id: message_id_text(received.id),
            receipt_handle: self.door.receipts.seal(&received.receipt),
            body_digest: payload.body_digest,
            body: payload.body.to_owned(),
            attributes: system_attributes,
            attributes_digest: Md5Digest::of_attributes(&attributes),
            message_attributes: attributes.iter().map(member_of).collect(),
        })
    }
}

fn member_of(attribute: &MessageAttribute<'_>) -> (String, AttributeMember) {
    let (string_value, binary_value) = match attribute.value {
        AttributeValue::Text(text) => (Some(text.to_owned()), None),
        AttributeValue::Bytes(bytes) => (None, Some(Binary(bytes.to_vec()))),
    };
    let member = AttributeMember {
        string_value,
        binary_value,
        data_type: attribute.data_type.to_owned(),
    };
    (attribute.name.to_owned(), member)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_attributes_are_selected_by_name_or_prefix() {
        let takes = |wanted: &str, name: &str| AttributeSelection(vec![wanted.to_owned()]).takes(name);
        for (wanted, name) in [
            ("All", "a"),
            (".*", "a"),
            ("a", "a"),
            ("a.*", "a.b"),
            ("a.*", "a"),
            ("a.*", "ab"),
            ("*", "a"),
            ("a.b.*", "a.b.c"),
        ] {
            assert!(takes(wanted, name), "{wanted} {name}");
        }
        for (wanted, name) in [("a", "b"), ("a", "a.b"), ("a.*", "ba"), ("all", "a"), ("", "a")] {
            assert!(!takes(wanted, name), "{wanted} {name}");
        }
        assert!(!AttributeSelection(Vec::new()).takes("a"));
    }

    #[test]
    fn system_attributes_are_read_by_name() {
        let read = |names: &[&str]| SystemAttribute::read(names.iter().copied());
        assert_eq!(read(&["All"]).unwrap().len(), 9);
        assert_eq!(read(&["SenderId"]).unwrap(), [SystemAttribute::SenderId]);
        assert_eq!(read(&["VisibilityTimeout"]).unwrap(), []);
        assert_eq!(read(&["Nonsense"]).unwrap_err().code, "InvalidAttributeName");
    }
}
