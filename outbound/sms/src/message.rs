use std::fmt;

use thiserror::Error;

use crate::{PhoneNumber, Sender};

const MAXIMUM_MESSAGE_ID_BYTES: usize = 128;

/// A text message to one telephone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextMessage {
    /// Who receives it.
    pub to: PhoneNumber,
    /// What it says: any text, which costs as many parts as [`segment`](crate::segment) says.
    pub text: String,
    /// Who it is from; nobody leaves that to the provider.
    pub sender: Option<Sender>,
    /// What it is for.
    pub kind: SmsKind,
    /// What it is known by. A message that is sent again keeps it, so that a gateway can drop the second.
    pub message_id: MessageId,
}

/// What a message is for, by which providers choose between routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmsKind {
    /// Not urgent; the cheapest route.
    Promotional,
    /// Awaited, like a one-time password; the most reliable route.
    Transactional,
}

impl SmsKind {
    /// `promotional` or `transactional`.
    pub fn as_str(self) -> &'static str {
        match self {
            SmsKind::Promotional => "promotional",
            SmsKind::Transactional => "transactional",
        }
    }
}

/// What a message is known by: 1 to 128 ASCII letters, digits, hyphens and underscores.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MessageId(String);

/// Something is no [`MessageId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a message identifier has 1 to {MAXIMUM_MESSAGE_ID_BYTES} letters, digits, hyphens and underscores")]
pub struct InvalidMessageId;

impl MessageId {
    /// An identifier from its text.
    ///
    /// # Errors
    /// [`InvalidMessageId`] if it is empty, too long or has other characters.
    pub fn new(text: &str) -> Result<Self, InvalidMessageId> {
        let is_valid = (1..=MAXIMUM_MESSAGE_ID_BYTES).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        is_valid
            .then(|| MessageId(text.to_owned()))
            .ok_or(InvalidMessageId)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_identifier_can_stand_anywhere() {
        let uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
        assert_eq!(MessageId::new(uuid).unwrap().as_str(), uuid);
        assert!(MessageId::new(&"a".repeat(128)).is_ok());
        for text in ["", "..", "a/b", "a b", "a\r\nb", "ä", &"a".repeat(129)] {
            assert_eq!(MessageId::new(text), Err(InvalidMessageId), "{text:?}");
        }
    }
}
