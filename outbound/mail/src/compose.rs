//! From a mail to the bytes of a message (RFC 5322), all of them ASCII.

use lettre::message::header::{
    ContentType, Date, From, HeaderName, HeaderValue, Headers, MIME_VERSION_1_0, To,
};
use lettre::message::{Body, Mailboxes};
use ninefold_time::Timestamp;
use std::time::{Duration, UNIX_EPOCH};

use crate::{Mail, MailBody, Mailbox};

/// The message: headers, an empty line, the body. No line is longer than RFC 5322 allows (998 bytes).
pub(crate) fn message(sender: &Mailbox, mail: &Mail, now: Timestamp) -> Vec<u8> {
    let body = Body::new(with_network_line_endings(mail.body.content()));
    let mut headers = Headers::new();
    headers.set(Date::new(UNIX_EPOCH + Duration::from_millis(now.as_millis())));
    headers.set(From::from(Mailboxes::from(sender.as_lettre().clone())));
    headers.set(To::from(Mailboxes::from(mail.to.as_lettre().clone())));
    headers.insert_raw(header("Subject", mail.subject.as_str()));
    headers.insert_raw(header("Message-ID", &mail.message_id.to_string()));
    // Keeps vacation notices and the like from being sent in return (RFC 3834, section 5).
    headers.insert_raw(header("Auto-Submitted", "auto-generated"));
    if let Some(unsubscribe) = &mail.unsubscribe {
        headers.insert_raw(header("List-Unsubscribe", &format!("<{}>", unsubscribe.link())));
        if unsubscribe.is_one_click() {
            headers.insert_raw(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
    }
    headers.set(MIME_VERSION_1_0);
    headers.set(content_type(&mail.body));
    headers.set(body.encoding());

    let mut message = format!("{headers}\r\n").into_bytes();
    message.extend_from_slice(body.as_ref());
    message
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn content_type(body: &MailBody) -> ContentType {
    match body {
        MailBody::Text(_) => ContentType::TEXT_PLAIN,
        MailBody::Json(_) => ContentType::parse("application/json").expect("a media type"),
    }
}

/// The text with CRLF for every kind of line end, so that nothing is left that a server might take for one and the next
/// server not. `lettre` would do the same for LF alone, in a time that grows with the square of the lines.
fn with_network_line_endings(text: &str) -> String {
    let mut lines = String::with_capacity(text.len() + text.len() / 16);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' => {
                characters.next_if_eq(&'\n');
                lines.push_str("\r\n");
            }
            '\n' => lines.push_str("\r\n"),
            other => lines.push(other),
        }
    }
    lines
}

#[cfg(test)]
mod tests;
