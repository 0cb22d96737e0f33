use lettre::message::header::ContentTransferEncoding;
use mail_parser::{Message, MessageParser};
use proptest::prelude::*;

use super::*;
use crate::{MAXIMUM_BODY_BYTES, MessageId, Subject, Unsubscribe};

const NOW: Timestamp = Timestamp::from_secs(1_767_225_600);

fn mail(subject: &str, body: MailBody) -> Mail {
    Mail {
        to: "ada@example.org".parse().unwrap(),
        subject: Subject::new(subject).unwrap(),
        body,
        message_id: MessageId::new("1-2.3", "example.com").unwrap(),
        unsubscribe: None,
    }
}

fn text(text: impl Into<String>) -> MailBody {
    MailBody::Text(text.into())
}

fn compose(mail: &Mail) -> Vec<u8> {
    message(&"Ops <ops@example.com>".parse().unwrap(), mail, NOW)
}

fn parse(message: &[u8]) -> Message<'_> {
    MessageParser::default().parse(message).unwrap()
}

fn header_lines(message: &[u8]) -> Vec<&str> {
    let text = std::str::from_utf8(message).unwrap();
    let (headers, _) = text.split_once("\r\n\r\n").unwrap();
    headers.split("\r\n").collect()
}

fn body(message: &[u8]) -> &str {
    std::str::from_utf8(message)
        .unwrap()
        .split_once("\r\n\r\n")
        .unwrap()
        .1
}

/// What any server on the way may rely on.
fn assert_travels(message: &[u8]) {
    assert!(message.is_ascii());
    assert!(!message.contains(&0));
    let without_line_ends = String::from_utf8(message.to_vec()).unwrap().replace("\r\n", "");
    assert!(
        !without_line_ends.contains(['\r', '\n']),
        "a line end other than CRLF"
    );
    for line in message.split(|byte| *byte == b'\n') {
        assert!(line.len() <= 999, "a line of {} bytes", line.len());
    }
}

#[test]
fn a_plain_mail_is_readable_as_it_stands() {
    let message = compose(&mail("Disk is full", text("It is.\nDo something.\n")));
    assert_eq!(
        String::from_utf8(message).unwrap(),
        "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n\
         From: Ops <ops@example.com>\r\n\
         To: ada@example.org\r\n\
         Subject: Disk is full\r\n\
         Message-ID: <1-2.3@example.com>\r\n\
         Auto-Submitted: auto-generated\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 7bit\r\n\
         \r\n\
         It is.\r\nDo something.\r\n"
    );
}

#[test]
fn json_says_that_it_is() {
    let content = "{\"Message\":\"Gr\u{fc}\u{df}e\"}";
    let message = compose(&mail("JSON", MailBody::Json(content.to_owned())));
    assert!(header_lines(&message).contains(&"Content-Type: application/json"));
    assert_travels(&message);
    assert_eq!(parse(&message).parts[0].contents(), content.as_bytes());
}

#[test]
fn names_and_subjects_in_any_script_arrive_as_they_were() {
    let subject = "Störung: 日本語のとても長い件名 — приложение упало \u{1F4A5} ".repeat(4);
    let mut mail = mail(&subject, text(""));
    mail.to = "Ünal \"Bö\" Çelik, Ops <ada@example.org>".parse().unwrap();
    let message = compose(&mail);
    assert_travels(&message);
    for line in header_lines(&message) {
        assert!(line.len() <= 78, "{line:?}");
    }
    let parsed = parse(&message);
    assert_eq!(parsed.subject(), Some(subject.trim()));
    let to = parsed.to().unwrap().first().unwrap();
    assert_eq!(to.name(), Some("Ünal \"Bö\" Çelik, Ops"));
    assert_eq!(to.address(), Some("ada@example.org"));
}

#[test]
fn what_looks_like_a_header_stays_in_its_place() {
    let message = compose(&mail(
        "Subject: a Bcc: eve@example.com",
        text("Bcc: eve@example.com\n\n.\r\nDATA"),
    ));
    let headers = header_lines(&message);
    assert_eq!(headers.len(), 9, "{headers:?}");
    assert!(!headers.iter().any(|line| line.starts_with("Bcc")));
}

#[test]
fn the_unsubscribe_headers_depend_on_the_link() {
    let mut mail = mail("a", text("b"));
    let lines = |mail: &Mail| {
        let message = compose(mail);
        let lines = header_lines(&message);
        lines
            .iter()
            .filter(|line| line.starts_with("List-"))
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(&mail), [""; 0]);
    mail.unsubscribe = Some(Unsubscribe::page("http://localhost/u?t=1").unwrap());
    assert_eq!(lines(&mail), ["List-Unsubscribe: <http://localhost/u?t=1>"]);
    mail.unsubscribe = Some(Unsubscribe::one_click("https://example.com/u?t=1").unwrap());
    assert_eq!(
        lines(&mail),
        [
            "List-Unsubscribe: <https://example.com/u?t=1>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click"
        ]
    );
}

#[test]
fn the_longest_header_values_fit() {
    let mut mail = mail(&"s".repeat(500), text("b"));
    mail.message_id = MessageId::new(&"i".repeat(200), "example.com").unwrap();
    let link = format!("https://example.com/{}", "u".repeat(880));
    mail.unsubscribe = Some(Unsubscribe::page(&link).unwrap());
    let message = compose(&mail);
    assert_travels(&message);
    assert_eq!(parse(&message).subject(), Some(&*"s".repeat(500)));
}

#[test]
fn a_body_gets_the_encoding_it_needs() {
    for (content, encoding) in [
        ("short and plain".to_owned(), ContentTransferEncoding::SevenBit),
        ("long ".repeat(400), ContentTransferEncoding::QuotedPrintable),
        (
            "Grüße aus dem Rechenzentrum".to_owned(),
            ContentTransferEncoding::QuotedPrintable,
        ),
        ("日本語".repeat(100), ContentTransferEncoding::Base64),
    ] {
        let message = compose(&mail("a", text(content.clone())));
        let expected = format!("Content-Transfer-Encoding: {encoding}");
        assert!(
            header_lines(&message).contains(&&*expected),
            "{content} {message:?}"
        );
        assert_eq!(parse(&message).body_text(0).as_deref(), Some(&*content));
    }
}

#[test]
fn every_line_end_becomes_crlf() {
    for (content, expected) in [
        ("a\nb", "a\r\nb"),
        ("a\r\nb", "a\r\nb"),
        ("a\rb", "a\r\nb"),
        ("a\n\rb", "a\r\n\r\nb"),
        ("a\r\r\nb", "a\r\n\r\nb"),
        ("\n.\n", "\r\n.\r\n"),
        ("a\r", "a\r\n"),
    ] {
        assert_eq!(body(&compose(&mail("a", text(content)))), expected, "{content:?}");
    }
}

#[test]
fn the_longest_body_of_nothing_but_line_ends_is_composed_at_once() {
    let message = compose(&mail("a", text("\n".repeat(MAXIMUM_BODY_BYTES))));
    assert_eq!(body(&message).len(), 2 * MAXIMUM_BODY_BYTES);
}

fn unified(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

proptest! {
    #[test]
    fn any_mail_travels_and_arrives(
        subject in "[^\\p{Cc}]{0,80}",
        name in "[^\\p{Cc}]{0,40}",
        content in "(?s).{0,2000}",
    ) {
        let mut mail = mail(&subject, text(content.clone()));
        mail.to = Mailbox::new(Some(&name), "ada@example.org").unwrap();
        let message = compose(&mail);
        prop_assert!(message.is_ascii());
        prop_assert_eq!(header_lines(&message).iter().filter(|line| !line.starts_with(' ')).count(), 9);
        let parsed = parse(&message);
        let received = parsed.body_text(0).unwrap_or_default();
        prop_assert_eq!(unified(&received), unified(&content));
        prop_assert_eq!(parsed.to().unwrap().first().unwrap().address(), Some("ada@example.org"));
    }
}
