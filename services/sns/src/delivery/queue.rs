//! To queues: a call of SQS on this server.

use ninefold_delivery::{Answer, FailureKind, Outcome};
use ninefold_model::{Map, Value};
use ninefold_protocol::ServiceError;

use super::Payload;
use crate::SnsDoor;
use crate::arn::TopicArn;
use crate::destination::QueueArn;
use crate::message::{Attribute, AttributeValue};
use crate::subscribers::Subscriber;
use crate::topics::Topic;

/// Messages that one call sends.
const SENT_TOGETHER: usize = 10;
/// Attributes that a queue takes of a message.
const QUEUE_ATTRIBUTES: usize = 10;

/// A message for a queue.
pub(crate) struct QueueMessage {
    pub(crate) body: String,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) group: Option<String>,
    pub(crate) deduplication: Option<String>,
}

impl QueueMessage {
    fn into_input(self) -> Map {
        let mut input = Map::new();
        input.insert("MessageBody", self.body);
        if !self.attributes.is_empty() {
            let attributes = self.attributes.into_iter().map(|attribute| {
                (
                    attribute.name,
                    attribute_value(attribute.data_type, attribute.value),
                )
            });
            input.insert("MessageAttributes", attributes.collect::<Map>());
        }
        if let Some(group) = self.group {
            input.insert("MessageGroupId", group);
        }
        if let Some(deduplication) = self.deduplication {
            input.insert("MessageDeduplicationId", deduplication);
        }
        input
    }
}

fn attribute_value(data_type: String, value: AttributeValue) -> Map {
    let mut map = Map::new();
    map.insert("DataType", data_type);
    match value {
        AttributeValue::Text(text) => map.insert("StringValue", text),
        AttributeValue::Bytes(bytes) => map.insert("BinaryValue", bytes::Bytes::from(bytes)),
    };
    map
}

impl SnsDoor {
    /// What a subscribed queue gets of a message.
    pub(crate) fn queue_message(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
        queue: &QueueArn,
        payload: &Payload,
    ) -> Result<QueueMessage, String> {
        let (body, attributes) = match subscriber.is_raw && !payload.is_confirmation() {
            true if payload.attributes.len() > QUEUE_ATTRIBUTES => {
                return Err(format!(
                    "raw delivery takes at most {QUEUE_ATTRIBUTES} message attributes"
                ));
            }
            true => (payload.text().to_owned(), payload.attributes.clone()),
            false => {
                let is_signed = self.transports.signs_queue_messages;
                (self.envelope(topic, subscriber, payload, is_signed)?, Vec::new())
            }
        };
        Ok(QueueMessage {
            body,
            attributes,
            // What ordered topics know of order is nothing to standard queues.
            group: payload
                .group
                .clone()
                .filter(|_| queue.is_fifo() || !topic.arn.is_fifo()),
            deduplication: payload.deduplication.clone().filter(|_| queue.is_fifo()),
        })
    }

    /// Sends messages to a queue as the topic; says of each whether the queue has taken it.
    pub(crate) async fn send_to_queue(
        &self,
        topic: &TopicArn,
        queue: &QueueArn,
        mut messages: Vec<QueueMessage>,
    ) -> Vec<Result<(), ServiceError>> {
        if messages.len() == 1 {
            let mut input = messages.remove(0).into_input();
            input.insert("QueueUrl", queue.url());
            let sent = self.call_queue(topic, queue, "SendMessage", input).await;
            return vec![sent.map(drop)];
        }
        let mut outcomes = Vec::with_capacity(messages.len());
        let mut messages = messages.into_iter();
        loop {
            let together: Vec<QueueMessage> = messages.by_ref().take(SENT_TOGETHER).collect();
            if together.is_empty() {
                return outcomes;
            }
            outcomes.extend(self.send_batch(topic, queue, together).await);
        }
    }

    async fn send_batch(
        &self,
        topic: &TopicArn,
        queue: &QueueArn,
        messages: Vec<QueueMessage>,
    ) -> Vec<Result<(), ServiceError>> {
        let count = messages.len();
        let entries = messages.into_iter().enumerate().map(|(index, message)| {
            let mut input = message.into_input();
            input.insert("Id", index.to_string());
            Value::Map(input)
        });
        let mut input = Map::new();
        input.insert("QueueUrl", queue.url());
        input.insert("Entries", entries.collect::<Vec<Value>>());
        match self.call_queue(topic, queue, "SendMessageBatch", input).await {
            Ok(output) => outcomes_of(&output, count),
            Err(error) => vec![Err(error); count],
        }
    }

    async fn call_queue(
        &self,
        topic: &TopicArn,
        queue: &QueueArn,
        operation: &str,
        input: Map,
    ) -> Result<Value, ServiceError> {
        let context = self.service_context(topic, &queue.region);
        self.dispatcher.call(context, "sqs", operation, input).await
    }

    /// Pushes one message that has waited.
    pub(super) async fn push_to_queue(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
        queue: &QueueArn,
        payload: &Payload,
    ) -> Outcome {
        let message = match self.queue_message(topic, subscriber, queue, payload) {
            Ok(message) => message,
            Err(reason) => return super::refused(&reason),
        };
        let sent = self.send_to_queue(&topic.arn, queue, vec![message]).await;
        match sent.into_iter().next().unwrap_or(Ok(())) {
            Ok(()) => Outcome::Delivered(Answer {
                code: Some(200),
                text: String::new(),
            }),
            Err(error) => Outcome::Failed(kind_of(&error), answer_of(&error)),
        }
    }
}

/// Whether the queue may take it later. Queues that are gone, or closed to the topic, are client errors, which AWS doesn't
/// try again.
fn kind_of(error: &ServiceError) -> FailureKind {
    match error.status {
        500.. => FailureKind::Transient,
        _ => FailureKind::Permanent,
    }
}

fn answer_of(error: &ServiceError) -> Answer {
    Answer {
        code: Some(error.status),
        text: error.to_string(),
    }
}

/// What became of each entry of a batch.
fn outcomes_of(output: &Value, count: usize) -> Vec<Result<(), ServiceError>> {
    let mut outcomes = vec![Ok(()); count];
    let failed = output.get("Failed").and_then(Value::as_list).unwrap_or_default();
    for entry in failed {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        let is_sender = entry.get("SenderFault").and_then(Value::as_bool).unwrap_or(false);
        let index: Option<usize> = text("Id").parse().ok();
        if let Some(outcome) = index.and_then(|index| outcomes.get_mut(index)) {
            let message = format!("{}: {}", text("Code"), text("Message"));
            *outcome = Err(match is_sender {
                true => ServiceError::common(400, "BatchEntryFailed", message),
                false => ServiceError::unavailable(message),
            });
        }
    }
    outcomes
}
