//! To queues: a call of SQS on this server.

use ninefold_delivery::{Answer, FailureKind, Outcome};
use ninefold_protocol::{
    Consignment, QueueAttribute, QueueAttributeValue, QueueMessage, Region, ServiceError, Untaken,
};

use super::Payload;
use crate::SnsDoor;
use crate::arn::TopicArn;
use crate::destination::QueueArn;
use crate::message::{Attribute, AttributeValue};
use crate::subscribers::Subscriber;
use crate::topics::Topic;

/// The service that has the queues.
const QUEUE_SERVICE: &str = "sqs";
/// Attributes that a queue takes of a message.
const QUEUE_ATTRIBUTES: usize = 10;

impl From<&Attribute> for QueueAttribute {
    fn from(attribute: &Attribute) -> Self {
        QueueAttribute {
            name: attribute.name.clone(),
            data_type: attribute.data_type.clone(),
            value: match &attribute.value {
                AttributeValue::Text(text) => QueueAttributeValue::Text(text.clone()),
                AttributeValue::Bytes(bytes) => QueueAttributeValue::Bytes(bytes.clone()),
            },
        }
    }
}

/// A message for a queue that wants it as it was published.
pub(crate) fn raw_message(
    topic: &TopicArn,
    queue: &QueueArn,
    payload: &Payload,
) -> Result<QueueMessage, String> {
    if payload.attributes.len() > QUEUE_ATTRIBUTES {
        return Err(format!(
            "raw delivery takes at most {QUEUE_ATTRIBUTES} message attributes"
        ));
    }
    Ok(QueueMessage {
        attributes: payload.attributes.iter().map(QueueAttribute::from).collect(),
        ..message_with(topic, queue, payload, payload.text().to_owned())
    })
}

/// A message for a queue that says this.
pub(crate) fn message_with(
    topic: &TopicArn,
    queue: &QueueArn,
    payload: &Payload,
    body: String,
) -> QueueMessage {
    // What ordered topics know of order is nothing to standard queues.
    let is_grouped = queue.is_fifo() || !topic.is_fifo();
    QueueMessage {
        body,
        attributes: Vec::new(),
        group: payload.group.clone().filter(|_| is_grouped),
        deduplication: payload.deduplication.clone().filter(|_| queue.is_fifo()),
    }
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
        if subscriber.is_raw && !payload.is_confirmation() {
            return raw_message(&topic.arn, queue, payload);
        }
        let is_signed = self.transports.signs_queue_messages;
        let envelope = self.envelope(topic, subscriber, payload, is_signed)?;
        Ok(message_with(&topic.arn, queue, payload, envelope))
    }

    /// Sends messages to queues of a region as the topic; says what was not taken.
    pub(crate) async fn send_to_queues(
        &self,
        topic: &TopicArn,
        region: &Region,
        consignments: Vec<Consignment>,
    ) -> Vec<Untaken> {
        let context = self.service_context(topic, region);
        self.dispatcher
            .send_to_queues(context, QUEUE_SERVICE, consignments)
            .await
    }

    /// Sends one message to a queue as the topic.
    pub(crate) async fn send_to_queue(
        &self,
        topic: &TopicArn,
        queue: &QueueArn,
        message: QueueMessage,
    ) -> Result<(), ServiceError> {
        let consignment = Consignment {
            queues: vec![queue.name()],
            messages: vec![message],
        };
        let mut untaken = self.send_to_queues(topic, &queue.region, vec![consignment]).await;
        untaken.pop().map_or(Ok(()), |untaken| Err(untaken.error))
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
        match self.send_to_queue(&topic.arn, queue, message).await {
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
