//! To telephones, through the configured provider.
//!
//! Source: [Mobile text messaging](https://docs.aws.amazon.com/sns/latest/dg/sns-mobile-phone-number-as-subscriber.html).

use ninefold_delivery::{Answer, FailureKind, Outcome};
use ninefold_outbound_sms::{MessageId, PhoneNumber, Sender, SmsErrorKind, SmsKind, TextMessage};

use super::{Kind, Payload, refused};
use crate::SnsDoor;
use crate::message::{Attribute, AttributeValue};
use crate::outbox::Sent;
use crate::phones::{Owner, SpendError};

/// Why nothing is sent.
const NO_PROVIDER: &str = "no provider of text messages is configured: set sms_provider";

impl SnsDoor {
    /// Sends a text message at an account's expense.
    pub(super) async fn push_to_phone(&self, owner: &Owner, number: &str, payload: &Payload) -> Outcome {
        let number = match crate::phones::read_number(number) {
            Some(number) => number,
            None => return refused("the telephone number is not one"),
        };
        let is_held_back = self.transports.sms_sandbox && payload.kind != Kind::Verification;
        if let Err(reason) = self.phones.may_send(owner, &number, is_held_back) {
            return refused(&reason);
        }
        let outcome = self.send_text(owner, number.clone(), payload).await;
        if let Some(outbox) = &self.transports.outbox {
            let is_sent = matches!(outcome, Outcome::Delivered(_));
            let now = self.clock.now();
            outbox.put(Sent::text(&number.to_string(), payload.text(), is_sent, now));
        }
        outcome
    }

    async fn send_text(&self, owner: &Owner, to: PhoneNumber, payload: &Payload) -> Outcome {
        let Some(provider) = &self.transports.sms else {
            return refused(NO_PROVIDER);
        };
        let message = match self.text_message(owner, to, payload) {
            Ok(message) => message,
            Err(reason) => return refused(&reason),
        };
        let parts = match ninefold_outbound_sms::segment::Segments::of(&message.text) {
            Ok(segments) => segments.count(),
            Err(error) => return refused(&error.to_string()),
        };
        let (now, price) = (self.now_seconds(), self.transports.sms_price_per_part);
        match self.phones.spend(owner, parts.into(), price, now).await {
            Ok(()) => (),
            Err(SpendError::NoQuota) => return refused(&SpendError::NoQuota.to_string()),
            Err(error) => return failed(FailureKind::Transient, error.to_string()),
        }
        match provider.send(&message).await {
            Ok(receipt) => Outcome::Delivered(Answer {
                code: None,
                text: receipt.provider_message_id.unwrap_or_default(),
            }),
            Err(error) => {
                if let Err(error) = self.phones.refund(owner, parts.into(), price).await {
                    tracing::warn!(%error, "what a text message would have cost could not be taken back");
                }
                let kind = match error.kind {
                    SmsErrorKind::Permanent => FailureKind::Permanent,
                    SmsErrorKind::Transient | SmsErrorKind::Throttled { .. } => FailureKind::Transient,
                };
                failed(kind, error.reason)
            }
        }
    }

    fn text_message(&self, owner: &Owner, to: PhoneNumber, payload: &Payload) -> Result<TextMessage, String> {
        let settings = self.phones.settings(owner);
        let own = |name: &str| text_attribute(&payload.attributes, &format!("AWS.SNS.SMS.{name}"));
        let sender = own("SenderID").or(settings.get("DefaultSenderID").map(String::as_str));
        let kind = own("SMSType").or(settings.get("DefaultSMSType").map(String::as_str));
        Ok(TextMessage {
            to,
            text: payload.text().to_owned(),
            sender: sender
                .map(|sender| sender.parse::<Sender>().map_err(|error| error.to_string()))
                .transpose()?,
            kind: match kind {
                Some("Transactional") => SmsKind::Transactional,
                _ => SmsKind::Promotional,
            },
            message_id: MessageId::new(&payload.id.to_string()).map_err(|error| error.to_string())?,
        })
    }
}

fn failed(kind: FailureKind, text: String) -> Outcome {
    Outcome::Failed(kind, Answer { code: None, text })
}

fn text_attribute<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a str> {
    let attribute = attributes.iter().find(|attribute| attribute.name == name)?;
    match &attribute.value {
        AttributeValue::Text(text) => Some(text),
        AttributeValue::Bytes(_) => None,
    }
}
