//! What can't be delivered: to the target's dead-letter queue, or dropped with a record of it.
//!
//! Source: [Dead-letter queues](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html).

use ninefold_delivery::{Answer, Burial, Delivery, Ending};
use ninefold_model::{Map, Value};

use super::{api_destination, payload};
use crate::EventsDoor;
use crate::arn::ArnParts;
use crate::event::Event;
use crate::target::Target;

impl EventsDoor {
    pub(super) async fn bury(&self, delivery: &Delivery, ending: &Ending) -> Result<Burial, String> {
        let Some(target) = self.target_of(&delivery.target) else {
            return Ok(Burial::Dropped);
        };
        let event = payload::decode(delivery)?;
        let reason = Reason::of(ending);
        let Some(queue) = self.dead_letter_queue(&target) else {
            tracing::warn!(
                rule = %target.name.rule, target = target.name.id, event = %event.id, reason = reason.message,
                "an event could not be delivered and there is no dead-letter queue: it is dropped"
            );
            self.log_given_up(&target, &event, answer_of(ending), false);
            return Ok(Burial::Dropped);
        };
        let attributes = reason.attributes(&target, delivery.attempt);
        let burial = self
            .send_to_dead_letters(&target, &queue, &event, attributes)
            .await?;
        self.log_given_up(&target, &event, answer_of(ending), burial == Burial::Buried);
        Ok(burial)
    }

    /// The target's own dead-letter queue.
    fn dead_letter_queue(&self, target: &Target) -> Option<String> {
        target.record.dead_letter_config.as_ref()?.arn.clone()
    }

    async fn send_to_dead_letters(
        &self,
        target: &Target,
        queue: &str,
        event: &Event,
        attributes: Map,
    ) -> Result<Burial, String> {
        let Some(url) = ArnParts::parse(queue).map(|arn| ["/", arn.account, "/", arn.resource].concat())
        else {
            return Ok(Burial::Dropped);
        };
        let mut input = Map::new();
        input.insert("QueueUrl", url);
        input.insert("MessageBody", event.json.as_str());
        input.insert("MessageAttributes", attributes);
        let context = self.rule_context(&target.name.rule);
        match self.dispatcher.call(context, "sqs", "SendMessage", input).await {
            Ok(_) => Ok(Burial::Buried),
            // A queue that is busy will take it later; one that is gone or closed won't.
            Err(error) if error.status >= 500 => Err(error.to_string()),
            Err(error) => {
                tracing::warn!(
                    rule = %target.name.rule, target = target.name.id, event = %event.id, %error,
                    "an event could neither be delivered nor put into the dead-letter queue: it is dropped"
                );
                Ok(Burial::Dropped)
            }
        }
    }
}

fn answer_of(ending: &Ending) -> Option<&Answer> {
    match ending {
        Ending::Refused(answer) | Ending::Exhausted(answer) => Some(answer),
        Ending::Expired => None,
    }
}

/// Why an event is not delivered.
struct Reason<'a> {
    code: &'static str,
    message: &'a str,
    /// What the retry policy ran out of.
    exhausted: Option<&'static str>,
}

impl<'a> Reason<'a> {
    fn of(ending: &'a Ending) -> Self {
        match ending {
            Ending::Refused(answer) => Reason {
                code: code_of(answer),
                message: &answer.text,
                exhausted: None,
            },
            Ending::Exhausted(answer) => Reason {
                code: code_of(answer),
                message: &answer.text,
                exhausted: Some("MaximumRetryAttempts"),
            },
            Ending::Expired => Reason {
                code: "INTERNAL_ERROR",
                message: "The event was not delivered within its maximum age.",
                exhausted: Some("MaximumEventAgeInSeconds"),
            },
        }
    }

    fn attributes(&self, target: &Target, attempts: u32) -> Map {
        let mut attributes = Map::new();
        let mut add = |name: &'static str, value: String| {
            if !value.is_empty() {
                let mut attribute = Map::new();
                attribute.insert("DataType", "String");
                attribute.insert("StringValue", value);
                attributes.insert(name, Value::Map(attribute));
            }
        };
        add("RULE_ARN", target.name.rule.to_string());
        add("TARGET_ARN", target.record.arn.clone());
        add("ERROR_CODE", self.code.to_owned());
        add("ERROR_MESSAGE", self.message.to_owned());
        if let Some(exhausted) = self.exhausted {
            add("EXHAUSTED_RETRY_CONDITION", exhausted.to_owned());
            add("RETRY_ATTEMPTS", attempts.saturating_sub(1).to_string());
        }
        attributes
    }
}

/// EventBridge's code of an answer.
fn code_of(answer: &Answer) -> &'static str {
    match answer.code {
        _ if answer.text.starts_with(api_destination::UNABLE) => "SDK_CLIENT_ERROR",
        Some(403) => "NO_PERMISSIONS",
        Some(404) => "NO_RESOURCE",
        Some(429) => "THROTTLING",
        Some(400..=499) if answer.text.contains("DoesNotExist") || answer.text.contains("NotFound") => {
            "NO_RESOURCE"
        }
        Some(400..=499) => "INVALID_PARAMETER",
        Some(_) => "INTERNAL_ERROR",
        None => "SDK_CLIENT_ERROR",
    }
}
