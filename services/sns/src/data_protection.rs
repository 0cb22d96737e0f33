//! What data protection policies do to messages on their way in and out.

use ninefold_data_protection::{AuditOrder, DenyReason, Direction, Verdict};
use ninefold_protocol::ServiceError;
use serde_json::json;

use crate::SnsDoor;
use crate::delivery::Payload;
use crate::errors;
use crate::message::{Content, Message};
use crate::subscribers::Subscriber;
use crate::topics::Topic;

impl SnsDoor {
    /// A message as a topic's policy lets it in: as it is, with what is sensitive masked, or not at all.
    pub(crate) fn let_in(
        &self,
        topic: &Topic,
        principal: &str,
        message: &mut Message,
    ) -> Result<(), ServiceError> {
        if topic.settings().data_protection.is_none() {
            return Ok(());
        }
        let id = message.id.to_string();
        match &mut message.content {
            Content::Same(text) => self.inspect(topic, principal, &id, text),
            Content::ByProtocol(texts) => texts
                .values_mut()
                .try_for_each(|text| self.inspect(topic, principal, &id, text)),
        }
    }

    fn inspect(
        &self,
        topic: &Topic,
        principal: &str,
        id: &str,
        text: &mut String,
    ) -> Result<(), ServiceError> {
        let settings = topic.settings();
        let Some(policy) = &settings.data_protection else {
            return Ok(());
        };
        let inspection = policy.inspect(Direction::Inbound, principal, text, fastrand::f64());
        if let Some(order) = &inspection.audit {
            self.audit(topic, id, order);
        }
        match inspection.verdict {
            Verdict::Allowed => Ok(()),
            Verdict::Denied {
                reason: DenyReason::SensitiveData,
                ..
            } => Err(errors::modelled(
                "AuthorizationErrorException",
                "The message contains sensitive data, which the data protection policy of the topic denies",
            )),
            Verdict::Denied { .. } => Err(errors::invalid_parameter("Empty message")),
            Verdict::Changed(changed) => {
                *text = changed;
                Ok(())
            }
        }
    }

    /// Whether a topic's policy lets a message out to a subscriber.
    pub(crate) fn lets_out(&self, topic: &Topic, subscriber: &Subscriber, payload: &Payload) -> bool {
        let settings = topic.settings();
        let Some(policy) = &settings.data_protection else {
            return true;
        };
        if payload.is_confirmation() {
            return true;
        }
        let principal = &subscriber.record.principal;
        let inspection = policy.inspect(Direction::Outbound, principal, payload.text(), fastrand::f64());
        !matches!(inspection.verdict, Verdict::Denied { .. })
    }

    fn audit(&self, topic: &Topic, id: &str, order: &AuditOrder<'_>) {
        let (Some(logs), Some(group)) = (&self.transports.log_groups, &order.destinations.log_group) else {
            return;
        };
        let findings = order.findings.iter().map(|finding| {
            json!({
                "dataIdentifier": finding.identifier,
                "start": finding.range.start,
                "end": finding.range.end,
            })
        });
        let line = json!({
            "messageId": id,
            "auditTimestamp": self.now_millis(),
            "resourceArn": topic.arn.to_string(),
            "dataIdentifiers": findings.collect::<Vec<_>>(),
        });
        logs.append(group, line.to_string());
    }
}
