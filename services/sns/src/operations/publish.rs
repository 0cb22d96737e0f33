//! Publish and PublishBatch.
//!
//! Source: [Publish](https://docs.aws.amazon.com/sns/latest/api/API_Publish.html).

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use ninefold_protocol::query::Form;
use ninefold_protocol::{BoxFuture, CallContext, Push, ServiceError, TextMembers};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::SnsDoor;
use crate::arn::TopicArn;
use crate::errors;
use crate::limits::{BATCH_ENTRIES, LARGEST_MESSAGE_BYTES};
use crate::message::{AttributeInput, Content, Message, check_subject, read_attributes, written_sequence};
use crate::platforms::EndpointArn;
use crate::topics::Topic;

/// Characters of group and deduplication ids.
const ID_CHARACTERS: usize = 128;
/// Characters of a batch entry's id.
const ENTRY_ID_CHARACTERS: usize = 80;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PublishInput {
    topic_arn: Option<String>,
    target_arn: Option<String>,
    phone_number: Option<String>,
    message: String,
    subject: Option<String>,
    message_structure: Option<String>,
    #[serde(default)]
    message_attributes: BTreeMap<String, AttributeInput>,
    message_deduplication_id: Option<String>,
    message_group_id: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PublishOutput {
    message_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence_number: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PublishBatchInput {
    topic_arn: String,
    publish_batch_request_entries: Vec<PublishBatchEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PublishBatchEntry {
    id: String,
    message: String,
    subject: Option<String>,
    message_structure: Option<String>,
    #[serde(default)]
    message_attributes: BTreeMap<String, AttributeInput>,
    message_deduplication_id: Option<String>,
    message_group_id: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PublishBatchOutput {
    successful: Vec<PublishedEntry>,
    failed: Vec<FailedEntry>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PublishedEntry {
    id: String,
    message_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence_number: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FailedEntry {
    id: String,
    code: String,
    message: String,
    sender_fault: bool,
}

/// What both operations say of a message.
struct NewMessage {
    message: String,
    subject: Option<String>,
    structure: Option<String>,
    attributes: BTreeMap<String, AttributeInput>,
    deduplication: Option<String>,
    group: Option<String>,
}

pub(crate) async fn publish(
    door: &SnsDoor,
    context: &CallContext,
    input: PublishInput,
) -> Result<PublishOutput, ServiceError> {
    let message = NewMessage {
        message: input.message,
        subject: input.subject,
        structure: input.message_structure,
        attributes: input.message_attributes,
        deduplication: input.message_deduplication_id,
        group: input.message_group_id,
    };
    if let Some(endpoint) = input.target_arn.as_deref().and_then(EndpointArn::parse) {
        let message = message.check_direct(door.now_millis())?;
        door.publish_to_device(context, &endpoint, &message).await?;
        return Ok(PublishOutput::of(message.id));
    }
    let arn = match (&input.topic_arn, &input.target_arn, &input.phone_number) {
        (Some(arn), None, None) | (None, Some(arn), None) => arn,
        (None, None, Some(number)) => {
            let message = message.check_direct(door.now_millis())?;
            door.publish_to_phone(context, number, &message).await?;
            return Ok(PublishOutput::of(message.id));
        }
        (None, None, None) => {
            return Err(errors::invalid_for(
                "TopicArn or TargetArn",
                "no value for required parameter",
            ));
        }
        _ => {
            return Err(errors::invalid_parameter(
                "Only one of TopicArn, TargetArn and PhoneNumber can be given",
            ));
        }
    };
    PreparedPublish::of(door, context, arn, message)?.run(door).await
}

/// Publishes to a topic straight from a request's parameters; `None` when there is anything unusual about them.
pub(crate) fn publish_form<'a>(
    door: &'a SnsDoor,
    context: &CallContext,
    form: &Form,
) -> Option<BoxFuture<'a, Result<TextMembers, ServiceError>>> {
    let (arn, message) = NewMessage::of_form(form)?;
    let prepared = PreparedPublish::of(door, context, arn, message);
    Some(Box::pin(async move {
        let published = match prepared {
            Ok(prepared) => prepared.run(door).await,
            Err(error) => Err(error),
        };
        let output = published.map_err(errors::in_own_words)?;
        let sequence_number = output.sequence_number.map(|number| ("SequenceNumber", number));
        Ok([("MessageId", output.message_id)]
            .into_iter()
            .chain(sequence_number)
            .collect())
    }))
}

/// A checked message for a topic.
struct PreparedPublish {
    topic: Arc<Topic>,
    message: Message,
}

impl PreparedPublish {
    fn of(
        door: &SnsDoor,
        context: &CallContext,
        arn: &str,
        message: NewMessage,
    ) -> Result<Self, ServiceError> {
        let topic = target(door, context, arn)?;
        let mut message = message.check(&topic, door.now_millis())?;
        door.let_in(&topic, &context.principal.arn, &mut message)?;
        Ok(PreparedPublish { topic, message })
    }

    async fn run(self, door: &SnsDoor) -> Result<PublishOutput, ServiceError> {
        let published = door.publish_to(&self.topic, vec![self.message]).await?;
        let (message_id, sequence) = published
            .into_iter()
            .next()
            .ok_or_else(|| ServiceError::internal("The message was not published."))?;
        Ok(PublishOutput {
            message_id: message_id.to_string(),
            sequence_number: sequence.map(written_sequence),
        })
    }
}

/// Publishes what another service pushes to a topic, all together.
pub(crate) async fn push(
    door: &SnsDoor,
    context: &CallContext,
    arn: &str,
    pushes: &[Push<'_>],
) -> Vec<Result<(), ServiceError>> {
    let topic = match target(door, context, arn) {
        Ok(topic) => topic,
        Err(error) => return vec![Err(error); pushes.len()],
    };
    let now = door.now_millis();
    let mut messages = Vec::with_capacity(pushes.len());
    let mut outcomes: Vec<Result<(), ServiceError>> = Vec::with_capacity(pushes.len());
    for push in pushes {
        let checked = NewMessage::pushed(push)
            .check(&topic, now)
            .and_then(|mut message| {
                door.let_in(&topic, &context.principal.arn, &mut message)?;
                Ok(message)
            });
        outcomes.push(checked.map(|message| messages.push(message)));
    }
    match door.publish_to(&topic, messages).await {
        Ok(_) => outcomes,
        Err(error) => vec![Err(error); pushes.len()],
    }
}

pub(crate) async fn publish_batch(
    door: &SnsDoor,
    context: &CallContext,
    input: PublishBatchInput,
) -> Result<PublishBatchOutput, ServiceError> {
    let topic = target(door, context, &input.topic_arn)?;
    check_entries(&input.publish_batch_request_entries)?;
    let (mut ids, mut messages, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    let now = door.now_millis();
    for entry in input.publish_batch_request_entries {
        let message = NewMessage {
            message: entry.message,
            subject: entry.subject,
            structure: entry.message_structure,
            attributes: entry.message_attributes,
            deduplication: entry.message_deduplication_id,
            group: entry.message_group_id,
        };
        let checked = message.check(&topic, now).and_then(|mut message| {
            door.let_in(&topic, &context.principal.arn, &mut message)?;
            Ok(message)
        });
        match checked {
            Ok(message) => {
                ids.push(entry.id);
                messages.push(message);
            }
            Err(error) => failed.push(FailedEntry {
                id: entry.id,
                code: error.query_code().to_owned(),
                message: error.message,
                sender_fault: true,
            }),
        }
    }
    if messages.iter().map(Message::bytes).sum::<usize>() > LARGEST_MESSAGE_BYTES {
        return Err(errors::modelled(
            "BatchRequestTooLongException",
            "The length of all the batch messages put together is more than the limit.",
        ));
    }
    let published = door.publish_to(&topic, messages).await?;
    let successful = ids
        .into_iter()
        .zip(published)
        .map(|(id, (message_id, sequence))| PublishedEntry {
            id,
            message_id: message_id.to_string(),
            sequence_number: sequence.map(written_sequence),
        });
    Ok(PublishBatchOutput {
        successful: successful.collect(),
        failed,
    })
}

/// The topic to publish to.
fn target(door: &SnsDoor, context: &CallContext, arn: &str) -> Result<Arc<Topic>, ServiceError> {
    let parsed = TopicArn::read(arn, "TopicArn")?;
    door.topic_at(context, &parsed, "sns:Publish")
}

fn check_entries(entries: &[PublishBatchEntry]) -> Result<(), ServiceError> {
    if entries.is_empty() {
        return Err(errors::modelled(
            "EmptyBatchRequestException",
            "The batch request doesn't contain any entries.",
        ));
    }
    if entries.len() > BATCH_ENTRIES {
        return Err(errors::modelled(
            "TooManyEntriesInBatchRequestException",
            "The batch request contains more entries than permissible.",
        ));
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_valid = |id: &str| (1..=ENTRY_ID_CHARACTERS).contains(&id.len()) && id.bytes().all(allowed);
    if !entries.iter().all(|entry| is_valid(&entry.id)) {
        return Err(errors::modelled(
            "InvalidBatchEntryIdException",
            "The Id of a batch entry in a batch request doesn't abide by the specification.",
        ));
    }
    let distinct: HashSet<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
    if distinct.len() < entries.len() {
        return Err(errors::modelled(
            "BatchEntryIdsNotDistinctException",
            "Two or more batch entries in the request have the same Id.",
        ));
    }
    Ok(())
}

impl PublishOutput {
    fn of(id: Uuid) -> Self {
        PublishOutput {
            message_id: id.to_string(),
            sequence_number: None,
        }
    }
}

impl NewMessage {
    /// The ARN and the message of a publish to a topic that says no more than these; `None` for any other.
    fn of_form(form: &Form) -> Option<(&str, Self)> {
        let mut arn = None;
        let mut text = None;
        let (mut subject, mut deduplication, mut group) = (None, None, None);
        for (name, value) in form.iter() {
            let place = match name {
                "Action" | "Version" => continue,
                "TopicArn" => &mut arn,
                "Message" => &mut text,
                "Subject" => &mut subject,
                "MessageDeduplicationId" => &mut deduplication,
                "MessageGroupId" => &mut group,
                _ => return None,
            };
            if place.replace(value).is_some() {
                return None;
            }
        }
        let message = NewMessage {
            message: text?.to_owned(),
            subject: subject.map(str::to_owned),
            structure: None,
            attributes: BTreeMap::new(),
            deduplication: deduplication.map(str::to_owned),
            group: group.map(str::to_owned),
        };
        Some((arn?, message))
    }

    fn pushed(push: &Push<'_>) -> Self {
        NewMessage {
            message: push.body.to_owned(),
            subject: None,
            structure: None,
            attributes: BTreeMap::new(),
            deduplication: None,
            group: push.group.map(str::to_owned),
        }
    }

    fn check(self, topic: &Topic, now_millis: u64) -> Result<Message, ServiceError> {
        let (group, deduplication) = self.check_order(topic)?;
        self.checked(group, deduplication, now_millis)
    }

    /// A message that goes to a telephone or a device, where there is no order.
    fn check_direct(self, now_millis: u64) -> Result<Message, ServiceError> {
        self.checked(None, None, now_millis)
    }

    fn checked(
        self,
        group: Option<String>,
        deduplication: Option<String>,
        now_millis: u64,
    ) -> Result<Message, ServiceError> {
        let message = Message {
            id: Uuid::from_u128(crate::identifiers::random_uuid()),
            subject: check_subject(self.subject)?,
            content: Content::read(self.message, self.structure.as_deref())?,
            attributes: read_attributes(self.attributes)?,
            group,
            deduplication,
            sequence: None,
            published_at: now_millis,
        };
        message.check_size()?;
        Ok(message)
    }

    /// Group and deduplication id, as the topic's kind wants them.
    fn check_order(&self, topic: &Topic) -> Result<(Option<String>, Option<String>), ServiceError> {
        check_id("MessageGroupId", self.group.as_deref())?;
        check_id("MessageDeduplicationId", self.deduplication.as_deref())?;
        if !topic.arn.is_fifo() {
            return match &self.deduplication {
                None => Ok((self.group.clone(), None)),
                Some(_) => Err(errors::invalid_for(
                    "MessageDeduplicationId",
                    "The request includes MessageDeduplicationId parameter that is not valid for this topic type",
                )),
            };
        }
        if self.group.is_none() {
            return Err(errors::invalid_parameter(
                "The MessageGroupId parameter is required for FIFO topics",
            ));
        }
        let deduplication = match &self.deduplication {
            Some(id) => id.clone(),
            None if topic.settings().content_based_deduplication => hash_of(&self.message),
            None => {
                return Err(errors::invalid_parameter(
                    "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided \
                     explicitly",
                ));
            }
        };
        Ok((self.group.clone(), Some(deduplication)))
    }
}

fn check_id(name: &str, id: Option<&str>) -> Result<(), ServiceError> {
    let is_valid =
        |id: &str| (1..=ID_CHARACTERS).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    match id.is_none_or(is_valid) {
        true => Ok(()),
        false => Err(errors::invalid_for(
            name,
            format_args!(
                "{name} can only include alphanumeric and punctuation characters, 1 to {ID_CHARACTERS}"
            ),
        )),
    }
}

fn hash_of(message: &str) -> String {
    Sha256::digest(message.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
