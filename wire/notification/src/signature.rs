use crate::{Confirmation, MessageType, Notification};

/// How a topic's messages are signed: its attribute `SignatureVersion`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SignatureVersion {
    /// SHA1withRSA, which topics have unless they are set to another.
    #[default]
    One,
    /// SHA256withRSA.
    Two,
}

impl SignatureVersion {
    /// As it is written: `1` or `2`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::One => "1",
            Self::Two => "2",
        }
    }

    /// Reads `1` or `2`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "1" => Some(Self::One),
            "2" => Some(Self::Two),
            _ => None,
        }
    }
}

/// A signature, and what one needs to verify it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// By which algorithm it was made.
    pub version: SignatureVersion,
    /// The signature in Base64.
    pub value: String,
    /// Where the certificate of the key is.
    pub certificate_url: String,
}

/// What of a message is signed: "a newline character–delimited list of specific name-value pairs \[...\] in byte-sort order",
/// each name and each value followed by a newline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StringToSign(String);

impl StringToSign {
    /// What is signed of a notification. Neither attributes nor links are, so it is the same for all subscribers.
    pub fn of_notification(notification: &Notification) -> Self {
        let mut text = Self(String::with_capacity(notification.message.len() + 512));
        text.add("Message", &notification.message);
        text.add("MessageId", &notification.message_id);
        if let Some(subject) = &notification.subject {
            text.add("Subject", subject);
        }
        text.add("Timestamp", &notification.timestamp.to_string());
        text.add("TopicArn", &notification.topic_arn);
        text.add("Type", MessageType::Notification.as_str());
        text
    }

    /// What is signed of a confirmation.
    pub fn of_confirmation(confirmation: &Confirmation) -> Self {
        let mut text = Self(String::new());
        text.add("Message", &confirmation.message());
        text.add("MessageId", &confirmation.message_id);
        text.add("SubscribeURL", &confirmation.subscribe_url);
        text.add("Timestamp", &confirmation.timestamp.to_string());
        text.add("Token", &confirmation.token);
        text.add("TopicArn", &confirmation.topic_arn);
        text.add("Type", confirmation.message_type().as_str());
        text
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn add(&mut self, name: &str, value: &str) {
        for line in [name, value] {
            self.0.push_str(line);
            self.0.push('\n');
        }
    }
}
