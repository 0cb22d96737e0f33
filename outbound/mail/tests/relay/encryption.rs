use std::sync::Arc;

use ninefold_outbound_mail::{
    InvalidMailOptions, MailError, MailOptions, MailRelay, MailSecurity, MailStage,
};
use ninefold_time::ManualClock;

use crate::server::{Behaviour, SmtpServer, mail, within};

fn relay(options: MailOptions) -> MailRelay {
    MailRelay::new(options, Arc::new(ManualClock::default())).unwrap()
}

fn assert_unavailable(error: &MailError, expected: MailStage, text: &str) {
    assert!(
        matches!(error, MailError::Unavailable { stage, .. } if *stage == expected),
        "{error:?}"
    );
    assert!(error.to_string().contains(text), "{error}");
    assert!(error.is_transient());
}

#[tokio::test]
async fn a_mail_is_handed_over_after_starttls() {
    let server = SmtpServer::start(Behaviour::new(MailSecurity::StartTls)).await;
    within(relay(server.options()).send(&mail(1))).await.unwrap();
    assert_eq!(
        server.commands(0)[..4],
        [
            "EHLO client.example.com",
            "STARTTLS",
            "EHLO client.example.com",
            "MAIL FROM:<ops@example.com>"
        ]
    );
    assert_eq!(server.seen.lock().unwrap().encrypted, [0]);
    assert_eq!(server.messages().len(), 1);
}

#[tokio::test]
async fn a_mail_is_handed_over_within_tls() {
    let server = SmtpServer::start(Behaviour::new(MailSecurity::ImplicitTls)).await;
    within(relay(server.options()).send(&mail(1))).await.unwrap();
    assert_eq!(server.seen.lock().unwrap().encrypted, [0]);
    assert_eq!(server.messages().len(), 1);
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused() {
    for (security, stage) in [
        (MailSecurity::StartTls, MailStage::StartTls),
        (MailSecurity::ImplicitTls, MailStage::Connection),
    ] {
        let server = SmtpServer::start(Behaviour::new(security)).await;
        let options = MailOptions {
            additional_roots: Vec::new(),
            ..server.options()
        };
        let error = within(relay(options).send(&mail(1))).await.unwrap_err();
        assert_unavailable(&error, stage, "UnknownIssuer");
        assert!(server.seen.lock().unwrap().encrypted.is_empty());
    }
}

#[tokio::test]
async fn a_certificate_for_another_host_is_refused() {
    for (security, stage) in [
        (MailSecurity::StartTls, MailStage::StartTls),
        (MailSecurity::ImplicitTls, MailStage::Connection),
    ] {
        let server = SmtpServer::start(Behaviour::new(security)).await;
        let options = MailOptions {
            host: "127.0.0.1".to_owned(),
            ..server.options()
        };
        let error = within(relay(options).send(&mail(1))).await.unwrap_err();
        assert_unavailable(&error, stage, "certificate");
        assert!(server.messages().is_empty());
    }
}

#[tokio::test]
async fn a_relay_without_starttls_gets_nothing() {
    let server = SmtpServer::start(Behaviour::new(MailSecurity::Plain)).await;
    let options = MailOptions {
        security: MailSecurity::StartTls,
        ..server.options()
    };
    let error = within(relay(options).send(&mail(1))).await.unwrap_err();
    assert_unavailable(&error, MailStage::StartTls, "doesn't offer STARTTLS");
    assert!(
        !server
            .commands(0)
            .iter()
            .any(|command| command.starts_with("MAIL"))
    );
}

#[tokio::test]
async fn what_was_slipped_in_before_the_encryption_is_not_believed() {
    let answer =
        "220 go ahead\r\n250 injected\r\n250 injected\r\n250 injected\r\n354 injected\r\n250 injected";
    let behaviour = Behaviour::new(MailSecurity::StartTls).answering("STARTTLS", answer);
    let server = SmtpServer::start(behaviour).await;
    let error = within(relay(server.options()).send(&mail(1))).await.unwrap_err();
    assert_unavailable(&error, MailStage::StartTls, "sent more than its answer");
    assert!(server.messages().is_empty());
}

#[tokio::test]
async fn options_that_cannot_work_are_refused_at_once() {
    let server = SmtpServer::start(Behaviour::new(MailSecurity::ImplicitTls)).await;
    let refusal = |options| {
        MailRelay::new(options, Arc::new(ManualClock::default()))
            .err()
            .unwrap()
    };
    for host in ["", "a b", "localhost:25", "a\r\nb"] {
        let options = MailOptions {
            host: host.to_owned(),
            ..server.options()
        };
        assert!(matches!(refusal(options), InvalidMailOptions::Host(name) if name == host));
    }
    for security in [MailSecurity::StartTls, MailSecurity::ImplicitTls] {
        let options = MailOptions {
            security,
            additional_roots: vec![b"no certificate".to_vec().into()],
            ..server.options()
        };
        assert!(matches!(refusal(options), InvalidMailOptions::Tls(_)));
    }
}
