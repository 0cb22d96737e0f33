use ninefold_outbound_mail::{MAXIMUM_BODY_BYTES, MailBody, MailError, MailReply, MailSecurity};
use ninefold_time::ManualClock;

use crate::server::{Behaviour, SmtpServer, mail, within};

#[tokio::test]
async fn a_mail_is_handed_over_in_the_clear() {
    let server = SmtpServer::start(Behaviour::new(MailSecurity::Plain)).await;
    let receipt = within(server.relay(&ManualClock::default()).send(&mail(1)))
        .await
        .unwrap();
    let expected = MailReply {
        code: 250,
        lines: vec!["2.0.0 queued as 4711".to_owned()],
    };
    assert_eq!(receipt.reply, expected);
    assert_eq!(
        server.commands(0)[..4],
        [
            "EHLO client.example.com",
            "MAIL FROM:<ops@example.com>",
            "RCPT TO:<ada@example.org>",
            "DATA"
        ]
    );
    let message = &server.messages()[0];
    assert!(message.starts_with("Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nFrom: Ops <ops@example.com>\r\n"));
    assert!(message.ends_with("\r\n\r\nNumber 1\r\n"), "{message:?}");
}

#[tokio::test]
async fn lines_of_dots_arrive_as_they_were() {
    let server = SmtpServer::start(Behaviour::new(MailSecurity::Plain)).await;
    let mut mail = mail(1);
    mail.body = MailBody::Text(".\n..\n.a\r.\r\nRSET\r\n.".to_owned());
    within(server.relay(&ManualClock::default()).send(&mail))
        .await
        .unwrap();
    let messages = server.messages();
    let (_, body) = messages[0].split_once("\r\n\r\n").unwrap();
    assert_eq!(body, ".\r\n..\r\n.a\r\n.\r\nRSET\r\n.\r\n");
    assert_eq!(messages.len(), 1);
}

#[tokio::test]
async fn a_body_of_256_kilobytes_on_one_line_is_sent_in_lines() {
    let server = SmtpServer::start(Behaviour::new(MailSecurity::Plain)).await;
    let mut mail = mail(1);
    let content = "0123456789abcdef".repeat(16 << 10);
    mail.body = MailBody::Text(content.clone());
    within(server.relay(&ManualClock::default()).send(&mail))
        .await
        .unwrap();
    let messages = server.messages();
    assert!(messages[0].lines().all(|line| line.len() <= 76));
    let (_, body) = messages[0].split_once("\r\n\r\n").unwrap();
    assert_eq!(body.replace("=\r\n", "").trim_end(), content);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_here() {
    let server = SmtpServer::start(Behaviour::new(MailSecurity::Plain)).await;
    let mut mail = mail(1);
    mail.body = MailBody::Json("x".repeat(MAXIMUM_BODY_BYTES + 1));
    let error = within(server.relay(&ManualClock::default()).send(&mail))
        .await
        .unwrap_err();
    assert!(matches!(error, MailError::BodyTooLong { bytes } if bytes == MAXIMUM_BODY_BYTES + 1));
    assert!(!error.is_transient());
    assert_eq!(server.connections(), 0);
}
