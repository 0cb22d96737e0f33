//! What can't be delivered: to the subscription's dead-letter queue, or dropped with a record of it.

use ninefold_delivery::{Answer, Burial, Delivery, Ending};
use ninefold_protocol::{QueueAttribute, QueueAttributeValue, ServiceError};

use super::queue::message_with;
use super::{Payload, Target};
use crate::SnsDoor;
use crate::feedback::Status;

impl SnsDoor {
    pub(super) async fn bury(&self, delivery: &Delivery, ending: &Ending) -> Result<Burial, String> {
        let Some(Target::Subscriber(topic, subscriber)) = self.target_of(&delivery.target) else {
            return Ok(Burial::Dropped);
        };
        let payload = Payload::decode(&delivery.payload)?;
        let status = Status::Failure(ending);
        self.give_feedback(&topic, &subscriber, &payload, delivery.attempt, &status);
        let Some(queue) = &subscriber.dead_letter_queue else {
            tracing::warn!(
                subscription = %subscriber.arn, message = %uuid::Uuid::from_u128(delivery.id.0), reason = %reason(ending),
                "a message could not be delivered and there is no dead-letter queue: it is dropped"
            );
            return Ok(Burial::Dropped);
        };
        if payload.is_confirmation() {
            return Ok(Burial::Dropped);
        }
        // As the subscriber would have got it.
        let mut message = match self.queue_message(&topic, &subscriber, queue, &payload) {
            Ok(message) => message,
            Err(_) => message_with(&topic.arn, queue, &payload, payload.text().to_owned()),
        };
        message
            .attributes
            .extend(reasons(ending, message.attributes.len()));
        match self.send_to_queue(&topic.arn, queue, message).await {
            Ok(()) => Ok(Burial::Buried),
            Err(error) => self.not_buried(&subscriber.arn.to_string(), &error),
        }
    }

    /// A dead-letter queue that is gone or closed won't come back by itself; one that is busy will.
    fn not_buried(&self, subscription: &str, error: &ServiceError) -> Result<Burial, String> {
        if error.status >= 500 {
            return Err(error.to_string());
        }
        tracing::warn!(
            subscription, %error,
            "a message could neither be delivered nor put into the dead-letter queue: it is dropped"
        );
        Ok(Burial::Dropped)
    }
}

fn answer(ending: &Ending) -> Option<&Answer> {
    match ending {
        Ending::Refused(answer) | Ending::Exhausted(answer) => Some(answer),
        Ending::Expired => None,
    }
}

fn reason(ending: &Ending) -> String {
    match answer(ending) {
        Some(answer) => format!(
            "{} {}",
            answer.code.map_or(String::new(), |code| code.to_string()),
            answer.text
        ),
        None => "it became too old".to_owned(),
    }
}

/// Why the message is here, as far as there is room for attributes.
///
/// Source: [Dead-letter queues](https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html).
fn reasons(ending: &Ending, taken: usize) -> Vec<QueueAttribute> {
    let text = |name: &str, value: String| QueueAttribute {
        name: name.to_owned(),
        data_type: "String".to_owned(),
        value: QueueAttributeValue::Text(value),
    };
    let answer = answer(ending);
    let code = answer.and_then(|answer| answer.code).map(|code| code.to_string());
    let message = answer
        .map(|answer| answer.text.clone())
        .filter(|text| !text.is_empty());
    let kind = match ending {
        Ending::Refused(_) => "CLIENT_ERROR",
        Ending::Exhausted(_) => "RETRIES_EXHAUSTED",
        Ending::Expired => "EXPIRED",
    };
    let mut reasons = vec![text("ERROR_TYPE", kind.to_owned())];
    reasons.extend(code.map(|code| text("ERROR_CODE", code)));
    reasons.extend(message.map(|message| text("ERROR_MESSAGE", message)));
    reasons.truncate(10_usize.saturating_sub(taken));
    reasons
}
