//! What waits for a subscriber, as it is stored.

use bytes::Bytes;
use ninefold_notification::MessageType;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::message::{Attribute, Content, Message};
use crate::record::Protocol;

/// The format of what is stored.
const FORMAT: u8 = 1;

/// What is to be said to a subscriber.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Payload {
    pub(crate) kind: Kind,
    /// Whom it goes to, when that isn't the subscriber: a telephone number or a platform endpoint.
    pub(crate) recipient: Option<String>,
    pub(crate) id: Uuid,
    pub(crate) subject: Option<String>,
    /// What it says: to one subscriber the text for their protocol, to an ordered topic all of it.
    pub(crate) text: Text,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) group: Option<String>,
    pub(crate) deduplication: Option<String>,
    pub(crate) sequence: Option<u64>,
    /// Milliseconds since 1970.
    pub(crate) published_at: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// A message of the topic.
    Notification,
    /// Asks the subscriber to confirm.
    SubscriptionConfirmation { token: String },
    /// Tells a telephone number the password that verifies it.
    Verification,
    /// Tells the subscriber that the subscription has ended, and how to renew it.
    UnsubscribeConfirmation { token: String },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Text {
    Same(String),
    ByProtocol(std::collections::BTreeMap<String, String>),
}

impl Kind {
    pub(crate) fn message_type(&self) -> MessageType {
        match self {
            Kind::Notification | Kind::Verification => MessageType::Notification,
            Kind::SubscriptionConfirmation { .. } => MessageType::SubscriptionConfirmation,
            Kind::UnsubscribeConfirmation { .. } => MessageType::UnsubscribeConfirmation,
        }
    }
}

impl Payload {
    /// A message for subscribers of a protocol.
    pub(crate) fn for_protocol(message: &Message, protocol: Protocol) -> Self {
        let text = match protocol {
            // Which platform it is for is known when it is pushed.
            Protocol::Application => Text::from(message.content.clone()),
            other => Text::Same(message.content.of(other).to_owned()),
        };
        Self::of(message, text)
    }

    /// Messages for subscribers of a protocol.
    pub(crate) fn for_all(messages: &[Message], protocol: Protocol) -> Vec<Self> {
        let payloads = messages
            .iter()
            .map(|message| Self::for_protocol(message, protocol));
        payloads.collect()
    }

    /// A message with all it says.
    pub(crate) fn whole(message: &Message) -> Self {
        Self::of(message, message.content.clone().into())
    }

    fn of(message: &Message, text: Text) -> Self {
        Payload {
            kind: Kind::Notification,
            recipient: None,
            id: message.id,
            subject: message.subject.clone(),
            text,
            attributes: message.attributes.clone(),
            group: message.group.clone(),
            deduplication: message.deduplication.clone(),
            sequence: message.sequence,
            published_at: message.published_at,
        }
    }

    /// The message again.
    pub(crate) fn into_message(self) -> Message {
        Message {
            id: self.id,
            subject: self.subject,
            content: match self.text {
                Text::Same(text) => Content::Same(text),
                Text::ByProtocol(texts) => Content::ByProtocol(texts),
            },
            attributes: self.attributes,
            group: self.group,
            deduplication: self.deduplication,
            sequence: self.sequence,
            published_at: self.published_at,
        }
    }

    /// Whether it is about the subscription and not a message of the topic.
    pub(crate) fn is_confirmation(&self) -> bool {
        self.kind != Kind::Notification
    }

    /// What it says to one subscriber.
    pub(crate) fn text(&self) -> &str {
        match &self.text {
            Text::Same(text) => text,
            Text::ByProtocol(texts) => texts.get("default").map_or("", String::as_str),
        }
    }

    pub(crate) fn encode(&self) -> Bytes {
        let mut bytes = vec![FORMAT];
        serde_json::to_writer(&mut bytes, self).expect("texts and numbers are always JSON");
        Bytes::from(bytes)
    }

    pub(crate) fn decode(stored: &[u8]) -> Result<Self, String> {
        match stored.split_first() {
            Some((&FORMAT, json)) => serde_json::from_slice(json).map_err(|error| error.to_string()),
            _ => Err("its format is unknown".to_owned()),
        }
    }
}

impl From<Content> for Text {
    fn from(content: Content) -> Self {
        match content {
            Content::Same(text) => Text::Same(text),
            Content::ByProtocol(texts) => Text::ByProtocol(texts),
        }
    }
}
