use std::fmt;

use thiserror::Error;

use crate::Mailbox;

/// The longest body, in bytes of UTF-8: four times the longest message that is published to a topic.
pub const MAXIMUM_BODY_BYTES: usize = 1 << 20;
/// The longest subject in bytes, so that it fits a header line even if it cannot be folded (RFC 5322, section 2.1.1).
const MAXIMUM_SUBJECT_BYTES: usize = 500;
const MAXIMUM_MESSAGE_ID_BYTES: usize = 250;
/// The longest unsubscribe link in bytes; a link cannot be folded.
const MAXIMUM_LINK_BYTES: usize = 900;

/// A mail to one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Who receives it.
    pub to: Mailbox,
    /// What it is about.
    pub subject: Subject,
    /// What it says.
    pub body: MailBody,
    /// What it is known by. A mail that is sent again keeps it, so that mail systems can drop the second copy.
    pub message_id: MessageId,
    /// How the recipient gets rid of mails of this kind.
    pub unsubscribe: Option<Unsubscribe>,
}

/// The content of a mail, up to [`MAXIMUM_BODY_BYTES`].
///
/// Lines may end in any way and have any length: they travel as CRLF, in a transfer encoding if they need one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailBody {
    /// For people: `text/plain; charset=utf-8`.
    Text(String),
    /// For programs: `application/json`.
    Json(String),
}

impl MailBody {
    /// The content.
    pub fn content(&self) -> &str {
        match self {
            MailBody::Text(content) | MailBody::Json(content) => content,
        }
    }
}

/// A subject line: up to 500 bytes of text without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject(String);

/// A subject is too long or has control characters, line breaks among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a subject has up to {MAXIMUM_SUBJECT_BYTES} bytes and no control characters")]
pub struct InvalidSubject;

impl Subject {
    /// A subject; white space around it is dropped.
    ///
    /// # Errors
    /// [`InvalidSubject`] if it is longer than 500 bytes or has control characters.
    pub fn new(text: &str) -> Result<Self, InvalidSubject> {
        let text = text.trim();
        if text.len() > MAXIMUM_SUBJECT_BYTES || text.chars().any(char::is_control) {
            return Err(InvalidSubject);
        }
        Ok(Subject(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a mail is known by: `left@right` (RFC 5322, section 3.6.4).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MessageId(String);

/// A message identifier's parts are not dot-atoms, or it is longer than 250 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a message identifier consists of two dot-atoms and has up to {MAXIMUM_MESSAGE_ID_BYTES} bytes")]
pub struct InvalidMessageId;

impl MessageId {
    /// An identifier from the part that is unique within a domain, and the domain.
    ///
    /// # Errors
    /// [`InvalidMessageId`] if one of them isn't a dot-atom (RFC 5322, section 3.2.3) or both together are too long.
    pub fn new(left: &str, domain: &str) -> Result<Self, InvalidMessageId> {
        let identifier = format!("{left}@{domain}");
        let is_valid =
            is_dot_atom(left) && is_dot_atom(domain) && identifier.len() <= MAXIMUM_MESSAGE_ID_BYTES;
        is_valid.then_some(MessageId(identifier)).ok_or(InvalidMessageId)
    }
}

impl fmt::Display for MessageId {
    /// With its angle brackets.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<{}>", self.0)
    }
}

fn is_dot_atom(text: &str) -> bool {
    text.split('.').all(|atom| {
        !atom.is_empty()
            && atom
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
    })
}

/// A link by which the recipient unsubscribes, shown by mail programs (`List-Unsubscribe`, RFC 2369).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsubscribe {
    link: String,
    is_one_click: bool,
}

/// An unsubscribe link is not an HTTP URL in ASCII of up to 900 bytes, or is to work by one click but isn't HTTPS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "an unsubscribe link is an HTTP URL of up to {MAXIMUM_LINK_BYTES} bytes, HTTPS where one click is enough"
)]
pub struct InvalidUnsubscribe;

impl Unsubscribe {
    /// A link to a page on which the recipient unsubscribes.
    ///
    /// # Errors
    /// [`InvalidUnsubscribe`] if it isn't an `http` or `https` URL in visible ASCII of up to 900 bytes.
    pub fn page(link: &str) -> Result<Self, InvalidUnsubscribe> {
        Self::new(link, false)
    }

    /// A link to which the mail program may send a POST by itself when the recipient says so (RFC 8058).
    ///
    /// # Errors
    /// [`InvalidUnsubscribe`] as for [`Unsubscribe::page`], and if it isn't `https`.
    pub fn one_click(link: &str) -> Result<Self, InvalidUnsubscribe> {
        Self::new(link, true)
    }

    fn new(link: &str, is_one_click: bool) -> Result<Self, InvalidUnsubscribe> {
        let has_scheme = link.starts_with("https://") || (!is_one_click && link.starts_with("http://"));
        let is_plain = link
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"<>\"".contains(&byte));
        if !has_scheme || !is_plain || link.len() > MAXIMUM_LINK_BYTES {
            return Err(InvalidUnsubscribe);
        }
        Ok(Unsubscribe {
            link: link.to_owned(),
            is_one_click,
        })
    }

    pub(crate) fn link(&self) -> &str {
        &self.link
    }

    pub(crate) fn is_one_click(&self) -> bool {
        self.is_one_click
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_one_line() {
        assert_eq!(
            Subject::new(" Grüße: 5 % \u{1F600} ").unwrap().as_str(),
            "Grüße: 5 % \u{1F600}"
        );
        assert_eq!(Subject::new("").unwrap().as_str(), "");
        assert!(Subject::new(&"s".repeat(500)).is_ok());
        for text in [
            "a\r\nBcc: eve@example.com",
            "a\nb",
            "a\rb",
            "a\0b",
            "a\u{85}b",
            &"s".repeat(501),
        ] {
            assert_eq!(Subject::new(text), Err(InvalidSubject), "{text:?}");
        }
    }

    #[test]
    fn a_message_identifier_is_two_dot_atoms() {
        let identifier = MessageId::new("0f8f-1.attempt", "mail.example.com").unwrap();
        assert_eq!(identifier.to_string(), "<0f8f-1.attempt@mail.example.com>");
        for (left, right) in [
            ("", "example.com"),
            ("a", ""),
            ("a..b", "example.com"),
            ("a b", "example.com"),
            ("a>\r\nX: y", "example.com"),
            ("a", "example.com>"),
            ("ä", "example.com"),
            (&*"a".repeat(250), "example.com"),
        ] {
            assert_eq!(
                MessageId::new(left, right),
                Err(InvalidMessageId),
                "{left:?} {right:?}"
            );
        }
    }

    #[test]
    fn an_unsubscribe_link_is_a_web_address() {
        assert!(Unsubscribe::page("http://127.0.0.1:4566/?Action=Unsubscribe&Token=a%20b").is_ok());
        assert!(Unsubscribe::one_click("https://example.com/unsubscribe?t=1").is_ok());
        assert_eq!(
            Unsubscribe::one_click("http://example.com/"),
            Err(InvalidUnsubscribe)
        );
        for link in [
            "",
            "example.com",
            "mailto:a@example.com",
            "https://example.com/ b",
            "https://example.com/>\r\nBcc: eve@example.com",
            "https://example.com/>,<mailto:eve@example.com",
            "https://bücher.example/",
            &format!("https://example.com/{}", "a".repeat(900)),
        ] {
            assert_eq!(Unsubscribe::page(link), Err(InvalidUnsubscribe), "{link:?}");
        }
    }
}
