//! SendMessage and SendMessageBatch.

use std::borrow::Cow;
use std::sync::Arc;

use ninefold_protocol::{CallContext, Push, ServiceError};
use ninefold_queue::{MessageId, NewMessage, Queue};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::SqsDoor;
use crate::batch::{BatchOutput, check_ids};
use crate::contents::{
    AttributeMembers, check_characters, check_id, read_attributes, read_trace_header, size_of,
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

/// A message ready to be sent, and what its sender will be told.
struct Outgoing {
    message: NewMessage,
    body_digest: Md5Digest,
    attributes_digest: Option<Md5Digest>,
    system_attributes_digest: Option<Md5Digest>,
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

/// Sends what another service pushes, all in one commit.
pub(crate) async fn push(
    context: &CallContext,
    target: &Target,
    pushes: &[Push<'_>],
) -> Vec<Result<(), ServiceError>> {
    let mut messages = Vec::with_capacity(pushes.len());
    let mut outcomes: Vec<Result<(), ServiceError>> = Vec::with_capacity(pushes.len());
    for push in pushes {
        let input = MessageInput::pushed(push);
        let checked = input
            .check_order(&target.settings)
            .and_then(|()| input.check(context, target));
        outcomes.push(checked.map(|outgoing| messages.push(outgoing.message)));
    }
    if messages.is_empty() {
        return outcomes;
    }
    match target.queue.send(messages).await {
        Ok(_) => outcomes,
        Err(error) => vec![Err(errors::from_queue(error)); pushes.len()],
    }
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

impl<'a> MessageInput<'a> {
    fn pushed(push: &Push<'a>) -> Self {
        let trace_header = push.trace_header.map(trace_header_member);
        MessageInput {
            queue_url: Cow::Borrowed(""),
            id: Cow::Borrowed(""),
            message_body: Cow::Borrowed(push.body),
            delay_seconds: None,
            message_attributes: None,
            message_system_attributes: trace_header,
            message_deduplication_id: None,
            message_group_id: push.group.map(Cow::Borrowed),
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

    /// Checks a message against what its queue allows.
    fn check(&self, context: &CallContext, target: &Target) -> Result<Outgoing, ServiceError> {
        if self.message_body.is_empty() {
            return Err(errors::missing_parameter("MessageBody"));
        }
        check_characters(&self.message_body)?;
        let none = AttributeMembers::new();
        let attributes = read_attributes(self.message_attributes.as_ref().unwrap_or(&none))?;
        let system_attributes = self.message_system_attributes.as_ref().unwrap_or(&none);
        let trace_header = read_trace_header(system_attributes)?;
        let size_bytes = self.message_body.len() + size_of(&attributes);
        if size_bytes > target.settings.maximum_message_bytes {
            return Err(errors::invalid_parameter(format!(
                "One or more parameters are invalid. Reason: Message must be shorter than {} bytes.",
                target.settings.maximum_message_bytes
            )));
        }
        let body_digest = Md5Digest::of(self.message_body.as_bytes());
        let attributes_digest = Md5Digest::of_attributes(&attributes);
        let payload = Payload {
            body: &self.message_body,
            body_digest,
            sender_id: sender_id(context),
            trace_header,
            attributes,
        };
        Ok(Outgoing {
            message: NewMessage {
                id: MessageId(random_id()),
                payload: payload.encode(),
                group: self.group()?.map(Into::into),
                deduplication: self.deduplication(target)?.map(|id| (&*id).into()),
                delay_seconds: self.delay(target)?,
            },
            body_digest,
            attributes_digest,
            system_attributes_digest: trace_header.and_then(digest_of_trace_header),
        })
    }

    /// Checks that a message for a FIFO queue has what its order hangs on.
    fn check_order(&self, settings: &QueueSettings) -> Result<(), ServiceError> {
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

    fn deduplication(&self, target: &Target) -> Result<Option<Cow<'_, str>>, ServiceError> {
        let settings = &target.settings;
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

    fn delay(&self, target: &Target) -> Result<Option<u32>, ServiceError> {
        let Some(seconds) = self.delay_seconds else {
            return Ok(None);
        };
        if target.settings.is_fifo && seconds != 0 {
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
    body_digest: Md5Digest,
    attributes_digest: Option<Md5Digest>,
    system_attributes_digest: Option<Md5Digest>,
}

impl Answer {
    fn of(outgoing: &Outgoing, is_fifo: bool) -> Self {
        Answer {
            is_fifo,
            body_digest: outgoing.body_digest,
            attributes_digest: outgoing.attributes_digest,
            system_attributes_digest: outgoing.system_attributes_digest,
        }
    }

    fn with(self, entry_id: Option<String>, id: MessageId, sequence: u64) -> SentMessage {
        SentMessage {
            id: entry_id,
            body_digest: self.body_digest,
            attributes_digest: self.attributes_digest,
            system_attributes_digest: self.system_attributes_digest,
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
