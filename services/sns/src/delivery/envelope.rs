//! Notifications and confirmations as subscribers get them.

use ninefold_notification::{
    Attribute, AttributeValue, Confirmation, ConfirmationSubject, Envelope, Notification, SignatureVersion,
    StringToSign, Timestamp, subscribe_url, unsubscribe_url,
};
use serde_json::{Value, json};

use super::{Kind, Payload};
use crate::SnsDoor;
use crate::message::{self, written_sequence};
use crate::subscribers::Subscriber;
use crate::topics::Topic;

impl SnsDoor {
    /// The JSON that a subscriber gets. `is_signed` counts for notifications only.
    pub(super) fn envelope(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
        payload: &Payload,
        is_signed: bool,
    ) -> Result<String, String> {
        if let Some(confirmation) = self.confirmation(topic, subscriber, payload)? {
            let text = StringToSign::of_confirmation(&confirmation);
            let signature = self.signer.sign(signature_version(topic), &text);
            return Ok(confirmation.envelope(&*signature?));
        }
        let envelope = self.notification_envelope(topic, payload, is_signed)?;
        Ok(envelope.for_subscription(&self.unsubscribe_url(subscriber)))
    }

    /// The JSON of a notification, the same for all subscribers who get the same text.
    pub(crate) fn notification_envelope(
        &self,
        topic: &Topic,
        payload: &Payload,
        is_signed: bool,
    ) -> Result<Envelope, String> {
        let notification = notification(topic, payload)?;
        // Messages of ordered topics are never signed.
        let signature = match is_signed && !topic.arn.is_fifo() {
            true => {
                let text = StringToSign::of_notification(&notification);
                let signature = self.signer.sign(signature_version(topic), &text);
                Some(signature?)
            }
            false => None,
        };
        Ok(notification.envelope(signature.as_deref()))
    }

    /// The JSON that a subscriber gets, signed on a thread where that holds up nobody else.
    pub(super) async fn signed_envelope(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
        payload: &Payload,
    ) -> Result<String, String> {
        let text = match self.confirmation(topic, subscriber, payload)? {
            Some(confirmation) => Some(StringToSign::of_confirmation(&confirmation)),
            None if topic.arn.is_fifo() => None,
            None => Some(StringToSign::of_notification(&notification(topic, payload)?)),
        };
        if let Some(text) = text {
            self.signer.sign_ahead(signature_version(topic), text).await;
        }
        self.envelope(topic, subscriber, payload, true)
    }

    /// The confirmation that a payload is, if it is one.
    pub(super) fn confirmation(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
        payload: &Payload,
    ) -> Result<Option<Confirmation>, String> {
        let (subject, token) = match &payload.kind {
            Kind::Notification | Kind::Verification => return Ok(None),
            Kind::SubscriptionConfirmation { token } => (ConfirmationSubject::Subscription, token),
            Kind::UnsubscribeConfirmation { token } => {
                let subscription_arn = subscriber.arn.to_string();
                (ConfirmationSubject::Unsubscription { subscription_arn }, token)
            }
        };
        let topic_arn = topic.arn.to_string();
        Ok(Some(Confirmation {
            subject,
            message_id: payload.id.to_string(),
            subscribe_url: subscribe_url(&self.endpoint.to_string(), &topic_arn, token),
            token: token.clone(),
            topic_arn,
            timestamp: timestamp(payload)?,
        }))
    }

    /// The event that a function gets.
    ///
    /// Source: [Using Lambda with Amazon SNS](https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html).
    pub(super) async fn function_event(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
        payload: &Payload,
    ) -> Result<String, String> {
        let envelope = self.signed_envelope(topic, subscriber, payload).await?;
        let mut members: serde_json::Map<String, Value> =
            serde_json::from_str(&envelope).map_err(|error| error.to_string())?;
        for (name, name_in_event) in [
            ("SigningCertURL", "SigningCertUrl"),
            ("UnsubscribeURL", "UnsubscribeUrl"),
        ] {
            if let Some(value) = members.remove(name) {
                members.insert(name_in_event.to_owned(), value);
            }
        }
        members.entry("Subject").or_insert(Value::Null);
        members.entry("MessageAttributes").or_insert_with(|| json!({}));
        let event = json!({"Records": [{
            "EventSource": "aws:sns",
            "EventVersion": "1.0",
            "EventSubscriptionArn": subscriber.arn.to_string(),
            "Sns": members,
        }]});
        Ok(event.to_string())
    }

    pub(crate) fn unsubscribe_url(&self, subscriber: &Subscriber) -> String {
        unsubscribe_url(&self.endpoint.to_string(), &subscriber.arn.to_string())
    }
}

/// The notification that a payload is.
pub(super) fn notification(topic: &Topic, payload: &Payload) -> Result<Notification, String> {
    let attributes = payload.attributes.iter().map(|attribute| Attribute {
        name: attribute.name.clone(),
        data_type: attribute.data_type.clone(),
        value: match &attribute.value {
            message::AttributeValue::Text(text) => AttributeValue::Text(text.clone()),
            message::AttributeValue::Bytes(bytes) => AttributeValue::Binary(bytes.clone()),
        },
    });
    Ok(Notification {
        message_id: payload.id.to_string(),
        sequence_number: payload.sequence.map(written_sequence),
        topic_arn: topic.arn.to_string(),
        subject: payload.subject.clone(),
        message: payload.text().to_owned(),
        timestamp: timestamp(payload)?,
        attributes: attributes.collect(),
    })
}

fn timestamp(payload: &Payload) -> Result<Timestamp, String> {
    Timestamp::from_unix_milliseconds(payload.published_at)
        .ok_or_else(|| "its time is out of range".to_owned())
}

fn signature_version(topic: &Topic) -> SignatureVersion {
    let settings = topic.settings();
    let version = settings.record.attribute("SignatureVersion");
    version
        .and_then(SignatureVersion::parse)
        .unwrap_or(SignatureVersion::parse("1").expect("version 1 exists"))
}
