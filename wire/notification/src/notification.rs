use crate::envelope::Members;
use crate::{Attribute, Envelope, Signature, Timestamp};

/// What kind of message it is: the member `Type` and the header `x-amz-sns-message-type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageType {
    /// A published message.
    Notification,
    /// Asks whether to subscribe.
    SubscriptionConfirmation,
    /// Tells that the subscription has ended.
    UnsubscribeConfirmation,
}

impl MessageType {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notification => "Notification",
            Self::SubscriptionConfirmation => "SubscriptionConfirmation",
            Self::UnsubscribeConfirmation => "UnsubscribeConfirmation",
        }
    }
}

/// A published message, as the subscribers of one protocol get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The id that the publisher was told, the same for all subscribers and all attempts.
    pub message_id: String,
    /// The message's place in its topic, which FIFO topics have.
    pub sequence_number: Option<String>,
    /// Where it was published.
    pub topic_arn: String,
    /// The subject, if it was published with one.
    pub subject: Option<String>,
    /// The message: with `MessageStructure` `json`, the text for the protocol.
    pub message: String,
    /// When it was published.
    pub timestamp: Timestamp,
    /// Its attributes, in the order in which they are to be written.
    pub attributes: Vec<Attribute>,
}

impl Notification {
    /// The notification in JSON, but for the link by which a subscription is ended: that is the only thing in it that
    /// differs between the subscribers.
    ///
    /// The messages of FIFO topics are not signed: SNS sends them without the three members on the signature.
    pub fn envelope(&self, signature: Option<&Signature>) -> Envelope {
        let mut head = Members::open();
        head.text("Type", MessageType::Notification.as_str());
        head.text("MessageId", &self.message_id);
        if let Some(sequence_number) = &self.sequence_number {
            head.text("SequenceNumber", sequence_number);
        }
        head.text("TopicArn", &self.topic_arn);
        if let Some(subject) = &self.subject {
            head.text("Subject", subject);
        }
        head.text("Message", &self.message);
        head.text("Timestamp", &self.timestamp.to_string());
        if let Some(signature) = signature {
            head.signature(signature);
        }
        let mut tail = Members::go_on();
        if !self.attributes.is_empty() {
            tail.attributes("MessageAttributes", &self.attributes);
        }
        Envelope::new(head, tail)
    }
}
