//! To mailboxes, through the configured relay.

use ninefold_delivery::{Answer, FailureKind, Outcome};
use ninefold_notification::Mail as Composed;
use ninefold_outbound_mail::{Mail, MailBody, Mailbox, MessageId, Subject, Unsubscribe};

use super::envelope::notification;
use super::{Payload, refused};
use crate::SnsDoor;
use crate::outbox::Sent;
use crate::record::Protocol;
use crate::subscribers::Subscriber;
use crate::topics::Topic;

/// What message ids end with where the server's name can't be part of them.
const ANY_DOMAIN: &str = "ninefold.invalid";
/// Why nothing is sent.
const NO_RELAY: &str = "no mail relay is configured: set mail_relay and mail_sender";

impl SnsDoor {
    pub(super) async fn push_to_mailbox(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
        address: &str,
        payload: &Payload,
    ) -> Outcome {
        let composed = match self.compose(topic, subscriber, payload).await {
            Ok(composed) => composed,
            Err(reason) => return refused(&reason),
        };
        let is_json = subscriber.record.protocol == Protocol::EmailJson && !payload.is_confirmation();
        let outcome = self
            .send_mail(subscriber, address, &composed, is_json, payload)
            .await;
        if let Some(outbox) = &self.transports.outbox {
            let is_sent = matches!(outcome, Outcome::Delivered(_));
            let now = self.clock.now();
            outbox.put(Sent::mail(
                address,
                &composed.subject,
                &composed.body,
                is_sent,
                now,
            ));
        }
        outcome
    }

    async fn compose(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
        payload: &Payload,
    ) -> Result<Composed, String> {
        if let Some(confirmation) = self.confirmation(topic, subscriber, payload)? {
            return Ok(confirmation.mail());
        }
        let notification = notification(topic, payload)?;
        let mut mail = notification.mail(&self.unsubscribe_url(subscriber));
        if subscriber.record.protocol == Protocol::EmailJson {
            mail.body = self.signed_envelope(topic, subscriber, payload).await?;
        }
        Ok(mail)
    }

    async fn send_mail(
        &self,
        subscriber: &Subscriber,
        address: &str,
        composed: &Composed,
        is_json: bool,
        payload: &Payload,
    ) -> Outcome {
        let Some(relay) = &self.transports.mail else {
            return refused(NO_RELAY);
        };
        let mail = match self.addressed(subscriber, address, composed, is_json, payload) {
            Ok(mail) => mail,
            Err(reason) => return refused(&reason),
        };
        match relay.send(&mail).await {
            Ok(receipt) => Outcome::Delivered(Answer {
                code: None,
                text: receipt.reply.to_string(),
            }),
            Err(error) => {
                let kind = match error.is_transient() {
                    true => FailureKind::Transient,
                    false => FailureKind::Permanent,
                };
                let text = error.to_string();
                Outcome::Failed(kind, Answer { code: None, text })
            }
        }
    }

    fn addressed(
        &self,
        subscriber: &Subscriber,
        address: &str,
        composed: &Composed,
        is_json: bool,
        payload: &Payload,
    ) -> Result<Mail, String> {
        let id = payload.id.to_string();
        let message_id = MessageId::new(&id, self.endpoint_host())
            .or_else(|_| MessageId::new(&id, ANY_DOMAIN))
            .map_err(|error| error.to_string())?;
        Ok(Mail {
            to: Mailbox::new(None, address).map_err(|error| error.to_string())?,
            subject: Subject::new(&composed.subject).map_err(|error| error.to_string())?,
            body: match is_json {
                true => MailBody::Json(composed.body.clone()),
                false => MailBody::Text(composed.body.clone()),
            },
            message_id,
            // A link that is too long for a header stands in the text at least.
            unsubscribe: Unsubscribe::page(&self.unsubscribe_url(subscriber)).ok(),
        })
    }

    /// The server's name, without its port.
    fn endpoint_host(&self) -> &str {
        let host = &self.endpoint.host;
        host.rsplit_once(':').map_or(host, |(name, _)| name)
    }
}
