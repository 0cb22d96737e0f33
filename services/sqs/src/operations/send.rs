//! SendMessage and SendMessageBatch.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use ninefold_protocol::{CallContext, Push, QueueMessage, ServiceError};
use ninefold_queue::{MessageId, NewMessage, Queue};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::SqsDoor;
use crate::batch::{BatchOutput, check_ids};
use crate::contents::{
    AttributeMembers, check_characters, check_id, members_of, read_attributes, read_trace_header, size_of,
    trace_header_member,
};
use crate::digest::Md5Digest;
use crate::door::Target;
use crate::errors;
use crate::limits::{DELAY_SECONDS, LARGEST_MESSAGE_BYTES};
use crate::payload::{AttributeValue, MessageAttribute, Payload};
use crate::record::QueueSettings;

/// What both operations say of a message. SendMessage names the queue beside it, a batch entry its id: one shape for
/// both, since flattened structures are read much more slowly.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MessageInput<'a> {
    #[serde(borrow, default)]
    queue_url: Cow<'a, str>,
    #[serde(borrow, default)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    message_body: Cow<'a, str>,
    delay_seconds: Option<i64>,
    message_attributes: Option<AttributeMembers>,
    message_system_attributes: Option<AttributeMembers>,
    message_deduplication_id: Option<Cow<'a, str>>,
    message_group_id: Option<Cow<'a, str>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SendMessageBatchInput<'a> {
    #[serde(borrow)]
    queue_url: Cow<'a, str>,
    #[serde(borrow)]
    entries: Vec<MessageInput<'a>>,
}

/// What a sender is told of a message.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SentMessage {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(rename = "MD5OfMessageBody")]
    body_digest: Md5Digest,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    attributes_digest: Option<Md5Digest>,
    #[serde(
        rename = "MD5OfMessageSystemAttributes",
        skip_serializing_if = "Option::is_none"
    )]
    system_attributes_digest: Option<Md5Digest>,
    message_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence_number: Option<String>,
}

/// What is the same of a message for every queue: checked, and as it is stored.
pub(crate) struct Contents {
    pub(crate) payload: Bytes,
    pub(crate) size_bytes: usize,
    digests: Digests,
}

/// What a sender can check.
#[derive(Clone, Copy)]
struct Digests {
    body: Md5Digest,
    attributes: Option<Md5Digest>,
    system_attributes: Option<Md5Digest>,
}

/// A message ready to be sent, and what its sender will be told.
struct Outgoing {
    message: NewMessage,
    digests: Digests,
}

/// A checked SendMessage.
pub(crate) struct PreparedSend {
    queue: Arc<Queue>,
    is_fifo: bool,
    outgoing: Outgoing,
}

/// A checked SendMessageBatch.
pub(crate) struct PreparedBatch {
    queue: Arc<Queue>,
    is_fifo: bool,
    entries: Vec<(String, Result<Outgoing, ServiceError>)>,
}

pub(crate) fn prepare(
    door: &SqsDoor,
    context: &CallContext,
    input: MessageInput<'_>,
) -> Result<PreparedSend, ServiceError> {
    let target = door.target(context, &input.queue_url, "sqs:SendMessage")?;
    input.check_order(&target.settings)?;
    Ok(PreparedSend {
        outgoing: input.check(context, &target)?,
        is_fifo: target.settings.is_fifo,
        queue: target.queue,
    })
}

pub(crate) fn prepare_batch(
    door: &SqsDoor,
    context: &CallContext,
    input: SendMessageBatchInput<'_>,
) -> Result<PreparedBatch, ServiceError> {
    let target = door.target(context, &input.queue_url, "sqs:SendMessage")?;
    check_ids(input.entries.iter().map(|entry| &entry.id), "SendMessageBatch")?;
    check_batch_size(&input.entries)?;
    for message in &input.entries {
        let checked = message.check_order(&target.settings);
        // Of a batch, this is said to be a wrong value even where it is a missing one.
        checked.map_err(|error| errors::invalid_parameter(error.message))?;
    }
    Ok(PreparedBatch {
        entries: input
            .entries
            .iter()
            .map(|message| (message.id.to_string(), message.check(context, &target)))
            .collect(),
        is_fifo: target.settings.is_fifo,
        queue: target.queue,
    })
}

fn check_batch_size(messages: &[MessageInput<'_>]) -> Result<(), ServiceError> {
    let size: usize = messages.iter().map(MessageInput::rough_size).sum();
    if size > LARGEST_MESSAGE_BYTES {
        let message = format!(
            "Batch requests cannot be longer than {LARGEST_MESSAGE_BYTES} bytes. You have sent {size} bytes."
        );
        return Err(errors::modelled("BatchRequestTooLong", message));
    }
    Ok(())
}

impl<'a> From<&Push<'a>> for MessageInput<'a> {
    fn from(push: &Push<'a>) -> Self {
        MessageInput {
            queue_url: Cow::default(),
            id: Cow::default(),
            message_body: Cow::Borrowed(push.body),
            delay_seconds: None,
            message_attributes: None,
            message_system_attributes: push.trace_header.map(trace_header_member),
            message_deduplication_id: None,
            message_group_id: push.group.map(Cow::Borrowed),
        }
    }
}

impl<'a> From<&'a QueueMessage> for MessageInput<'a> {
    fn from(message: &'a QueueMessage) -> Self {
        MessageInput {
            queue_url: Cow::default(),
            id: Cow::default(),
            message_body: Cow::Borrowed(&message.body),
            delay_seconds: None,
            message_attributes: Some(members_of(&message.attributes)),
            message_system_attributes: None,
            message_deduplication_id: message.deduplication.as_deref().map(Cow::Borrowed),
            message_group_id: message.group.as_deref().map(Cow::Borrowed),
        }
    }
}

impl MessageInput<'_> {
    /// The size of body and attributes in bytes, whether or not they are valid.
    fn rough_size(&self) -> usize {
        let attributes = self.message_attributes.iter().flatten();
        let value = |(name, member): (&String, &crate::contents::AttributeMember)| {
            let text = member.string_value.as_ref().map_or(0, String::len);
            let bytes = member.binary_value.as_ref().map_or(0, |bytes| bytes.0.len());
            name.len() + member.data_type.len() + text + bytes
        };
        self.message_body.len() + attributes.map(value).sum::<usize>()
    }

    /// Checks a message, also against what its queue allows.
    fn check(&self, context: &CallContext, target: &Target) -> Result<Outgoing, ServiceError> {
        let contents = self.contents(context)?;
        Ok(Outgoing {
            message: self.message_for(&target.settings, contents.payload, contents.size_bytes)?,
            digests: contents.digests,
        })
    }

    /// Checks what a message says.
    pub(crate) fn contents(&self, context: &CallContext) -> Result<Contents, ServiceError> {
        if self.message_body.is_empty() {
            return Err(errors::missing_parameter("MessageBody"));
        }
        check_characters(&self.message_body)?;
        let none = AttributeMembers::new();
        let attributes = read_attributes(self.message_attributes.as_ref().unwrap_or(&none))?;
        let system_attributes = self.message_system_attributes.as_ref().unwrap_or(&none);
        let trace_header = read_trace_header(system_attributes)?;
        let digests = Digests {
            body: Md5Digest::of(self.message_body.as_bytes()),
            attributes: Md5Digest::of_attributes(&attributes),
            system_attributes: trace_header.and_then(digest_of_trace_header),
        };
        let size_bytes = self.message_body.len() + size_of(&attributes);
        let payload = Payload {
            body: &self.message_body,
            body_digest: digests.body,
            sender_id: sender_id(context),
            trace_header,
            attributes,
        };
        Ok(Contents {
            payload: payload.encode(),
            size_bytes,
            digests,
        })
    }

    /// The message for a queue, checked against what the queue allows.
    pub(crate) fn message_for(
        &self,
        settings: &QueueSettings,
        payload: Bytes,
        size_bytes: usize,
    ) -> Result<NewMessage, ServiceError> {
        if size_bytes > settings.maximum_message_bytes {
            return Err(errors::invalid_parameter(format!(
                "One or more parameters are invalid. Reason: Message must be shorter than {} bytes.",
                settings.maximum_message_bytes
            )));
        }
        Ok(NewMessage {
            id: MessageId(random_id()),
            payload,
            group: self.group()?.map(Into::into),
            deduplication: self.deduplication(settings)?.map(|id| (&*id).into()),
            delay_seconds: self.delay(settings)?,
        })
    }

    /// Checks that a message for a FIFO queue has what its order hangs on.
    pub(crate) fn check_order(&self, settings: &QueueSettings) -> Result<(), ServiceError> {
        if settings.is_fifo && self.message_group_id.is_none() {
            return Err(errors::missing_parameter("MessageGroupId"));
        }
        let has_deduplication =
            self.message_deduplication_id.is_some() || settings.content_based_deduplication;
        if settings.is_fifo && !has_deduplication {
            return Err(errors::invalid_parameter(
                "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided \
                 explicitly",
            ));
        }
        Ok(())
    }

    fn group(&self) -> Result<Option<&str>, ServiceError> {
        match &self.message_group_id {
            Some(group) => check_id(group, "MessageGroupId").map(|()| Some(&**group)),
            None => Ok(None),
        }
    }

    fn deduplication(&self, settings: &QueueSettings) -> Result<Option<Cow<'_, str>>, ServiceError> {
        match &self.message_deduplication_id {
            Some(id) if !settings.is_fifo => Err(errors::invalid_value(
                id,
                "MessageDeduplicationId",
                "The request include parameter that is not valid for this queue type.",
            )),
            Some(id) => check_id(id, "MessageDeduplicationId").map(|()| Some(Cow::Borrowed(&**id))),
            None if settings.is_fifo => Ok(Some(Cow::Owned(hash_of(&self.message_body)))),
            None => Ok(None),
        }
    }

    fn delay(&self, settings: &QueueSettings) -> Result<Option<u32>, ServiceError> {
        let Some(seconds) = self.delay_seconds else {
            return Ok(None);
        };
        if settings.is_fifo && seconds != 0 {
            return Err(errors::invalid_value(
                seconds,
                "DelaySeconds",
                "The request include parameter that is not valid for this queue type.",
            ));
        }
        match u32::try_from(seconds) {
            Ok(seconds) if seconds <= DELAY_SECONDS => Ok(Some(seconds)),
            _ => Err(errors::invalid_value(
                seconds,
                "DelaySeconds",
                &format!("DelaySeconds must be >= 0 and <= {DELAY_SECONDS}."),
            )),
        }
    }
}

impl PreparedSend {
    pub(crate) async fn run(self) -> Result<SentMessage, ServiceError> {
        let answer = Answer::of(&self.outgoing, self.is_fifo);
        let sent = self
            .queue
            .send(vec![self.outgoing.message])
            .await
            .map_err(errors::from_queue)?;
        Ok(answer.with(None, sent[0].id, sent[0].sequence))
    }
}

impl PreparedBatch {
    pub(crate) async fn run(self) -> Result<BatchOutput<SentMessage>, ServiceError> {
        let mut messages = Vec::with_capacity(self.entries.len());
        let mut answers = Vec::with_capacity(self.entries.len());
        for (id, entry) in self.entries {
            answers.push((
                id,
                entry.map(|outgoing| {
                    let answer = Answer::of(&outgoing, self.is_fifo);
                    messages.push(outgoing.message);
                    answer
                }),
            ));
        }
        let sent = if messages.is_empty() {
            Vec::new()
        } else {
            self.queue.send(messages).await.map_err(errors::from_queue)?
        };
        let mut sent = sent.into_iter();
        Ok(BatchOutput::of(answers.into_iter().map(|(id, answer)| {
            let outcome = answer.map(|answer| {
                let sent = sent.next().expect("the engine answers for every message");
                answer.with(Some(id.clone()), sent.id, sent.sequence)
            });
            (id, outcome)
        })))
    }
}

/// What is known of the answer before the message is sent.
struct Answer {
    is_fifo: bool,
    digests: Digests,
}

impl Answer {
    fn of(outgoing: &Outgoing, is_fifo: bool) -> Self {
        Answer {
            is_fifo,
            digests: outgoing.digests,
        }
    }

    fn with(self, entry_id: Option<String>, id: MessageId, sequence: u64) -> SentMessage {
        SentMessage {
            id: entry_id,
            body_digest: self.digests.body,
            attributes_digest: self.digests.attributes,
            system_attributes_digest: self.digests.system_attributes,
            message_id: message_id_text(id),
            sequence_number: self.is_fifo.then(|| sequence_number(sequence)),
        }
    }
}

/// A message's id as clients see it: a UUID.
pub(crate) fn message_id_text(id: MessageId) -> String {
    let mut buffer = Uuid::encode_buffer();
    Uuid::from_u128(id.0)
        .hyphenated()
        .encode_lower(&mut buffer)
        .to_owned()
}

/// A sequence number as clients see it: 20 digits, so that they compare as text.
pub(crate) fn sequence_number(sequence: u64) -> String {
    format!("{sequence:020}")
}

/// The bits of a random UUID.
pub(crate) fn random_id() -> u128 {
    Builder::from_random_bytes(fastrand::u128(..).to_be_bytes())
        .into_uuid()
        .as_u128()
}

/// Who is said to have sent a message.
fn sender_id(context: &CallContext) -> &str {
    match &context.principal.access_key_id {
        Some(access_key_id) => access_key_id,
        None => context.principal.account.as_str(),
    }
}

/// The deduplication id of a message that has none of its own.
fn hash_of(body: &str) -> String {
    Sha256::digest(body.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn digest_of_trace_header(header: &str) -> Option<Md5Digest> {
    Md5Digest::of_attributes(&[MessageAttribute {
        name: "AWSTraceHeader",
        data_type: "String",
        value: AttributeValue::Text(header),
    }])
}
