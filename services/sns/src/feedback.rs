//! The status of deliveries, for topics that ask for it.
//!
//! Source: [Message delivery status](https://docs.aws.amazon.com/sns/latest/dg/sns-topic-attributes.html).

use md5::{Digest, Md5};
use ninefold_delivery::{Answer, Ending};
use serde_json::json;

use crate::SnsDoor;
use crate::delivery::Payload;
use crate::record::Protocol;
use crate::subscribers::Subscriber;
use crate::topics::Topic;

/// How a delivery ended.
pub(crate) enum Status<'a> {
    Success(&'a Answer),
    Failure(&'a Ending),
}

impl SnsDoor {
    /// Logs how the delivery of a message ended, if the topic asks for it.
    pub(crate) fn give_feedback(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
        payload: &Payload,
        attempts: u32,
        status: &Status<'_>,
    ) {
        let Some(logs) = &self.transports.log_groups else {
            return;
        };
        if !wants(topic, subscriber.record.protocol, status) {
            return;
        }
        let is_failure = matches!(status, Status::Failure(_));
        let answer = match status {
            Status::Success(answer) => Some(*answer),
            Status::Failure(Ending::Refused(answer) | Ending::Exhausted(answer)) => Some(answer),
            Status::Failure(Ending::Expired) => None,
        };
        let digest = Md5::digest(payload.text().as_bytes());
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let line = json!({
            "notification": {
                "messageMD5Sum": digest,
                "messageId": payload.id.to_string(),
                "topicArn": topic.arn.to_string(),
                "timestamp": payload.published_at,
            },
            "delivery": {
                "deliveryId": uuid::Uuid::from_u128(crate::identifiers::random_uuid()).to_string(),
                "destination": subscriber.record.endpoint,
                "providerResponse": answer.map_or("", |answer| answer.text.as_str()),
                "dwellTimeMs": self.now_millis().saturating_sub(payload.published_at),
                "attempts": attempts,
                "statusCode": answer.and_then(|answer| answer.code),
            },
            "status": if is_failure { "FAILURE" } else { "SUCCESS" },
        });
        logs.append(&group_of(topic, is_failure), line.to_string());
    }
}

/// Whether a topic may want to know what queues have taken: asked once for all messages and queues.
pub(crate) fn may_want_queue_successes(topic: &Topic) -> bool {
    let settings = topic.settings();
    settings.record.attribute("SQSSuccessFeedbackRoleArn").is_some()
}

/// Whether a topic wants to know of this delivery; of successes it may want a share.
fn wants(topic: &Topic, protocol: Protocol, status: &Status<'_>) -> bool {
    let prefix = match protocol {
        Protocol::Http | Protocol::Https => "HTTP",
        Protocol::Sqs => "SQS",
        Protocol::Lambda => "Lambda",
        Protocol::Application => "Application",
        Protocol::Email | Protocol::EmailJson | Protocol::Sms => return false,
    };
    let settings = topic.settings();
    let attribute = |what: &str| settings.record.attribute(&format!("{prefix}{what}"));
    let is_set = |what: &str| attribute(what).is_some_and(|role| !role.is_empty());
    match status {
        Status::Failure(_) => is_set("FailureFeedbackRoleArn"),
        Status::Success(_) => {
            let percent = attribute("SuccessFeedbackSampleRate").and_then(|percent| percent.parse().ok());
            is_set("SuccessFeedbackRoleArn") && fastrand::u8(..100) < percent.unwrap_or(100_u8)
        }
    }
}

fn group_of(topic: &Topic, is_failure: bool) -> String {
    let (region, account, name) = (&topic.arn.region, topic.arn.account, &topic.arn.name);
    let suffix = if is_failure { "/Failure" } else { "" };
    format!("sns/{region}/{account}/{name}{suffix}")
}
