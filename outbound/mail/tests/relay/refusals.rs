use std::time::Duration;

use ninefold_outbound_mail::{MailError, MailRelay, MailSecurity, MailStage};
use ninefold_time::ManualClock;

use crate::server::{Behaviour, SECRET, SmtpServer, mail, within};

async fn error(relay: &MailRelay) -> MailError {
    within(relay.send(&mail(1))).await.unwrap_err()
}

#[tokio::test]
async fn whoever_knows_the_password_is_let_in() {
    for mechanisms in ["PLAIN", "LOGIN", "LOGIN PLAIN", "CRAM-MD5 LOGIN"] {
        for security in [MailSecurity::Plain, MailSecurity::StartTls] {
            let behaviour = Behaviour {
                mechanisms,
                ..Behaviour::new(security)
            };
            let server = SmtpServer::start(behaviour).await;
            within(server.relay_with_credentials(SECRET).send(&mail(1)))
                .await
                .unwrap();
            assert_eq!(server.messages().len(), 1, "{mechanisms}");
        }
    }
}

#[tokio::test]
async fn a_wrong_password_is_reported_and_says_nothing_about_the_mail() {
    for mechanisms in ["PLAIN", "LOGIN"] {
        let behaviour = Behaviour {
            mechanisms,
            ..Behaviour::new(MailSecurity::StartTls)
        };
        let server = SmtpServer::start(behaviour).await;
        let error = error(&server.relay_with_credentials("wrong")).await;
        let MailError::Refused { stage, reply } = &error else {
            panic!("{error:?}");
        };
        assert_eq!(*stage, MailStage::Authentication);
        assert_eq!(
            (reply.code, &*reply.to_string()),
            (535, "535 5.7.8 bad credentials")
        );
        assert!(error.is_transient());
        assert!(!format!("{error:?} {error}").contains("wrong"));
    }
}

#[tokio::test]
async fn a_relay_that_has_no_way_to_log_in_gets_no_password() {
    for mechanisms in ["", "CRAM-MD5"] {
        let behaviour = Behaviour {
            mechanisms,
            ..Behaviour::new(MailSecurity::Plain)
        };
        let server = SmtpServer::start(behaviour).await;
        let error = error(&server.relay_with_credentials(SECRET)).await;
        assert!(matches!(
            error,
            MailError::Unavailable {
                stage: MailStage::Authentication,
                ..
            }
        ));
        assert!(
            !server
                .commands(0)
                .iter()
                .any(|command| command.starts_with("AUTH"))
        );
    }
}

#[tokio::test]
async fn an_answer_says_whether_to_try_again() {
    for (command, answer, stage, code, is_transient) in [
        ("greeting", "554 5.7.1 go away", MailStage::Greeting, 554, true),
        ("EHLO", "421 4.3.2 closing", MailStage::Greeting, 421, true),
        ("MAIL", "451 4.3.0 later", MailStage::Sender, 451, true),
        ("MAIL", "553 5.1.8 not you", MailStage::Sender, 553, false),
        ("RCPT", "450 4.2.1 busy", MailStage::Recipient, 450, true),
        ("RCPT", "550 5.1.1 nobody here", MailStage::Recipient, 550, false),
        ("DATA", "452 4.3.1 no space", MailStage::Content, 452, true),
        (".", "421 4.7.0 later", MailStage::Content, 421, true),
        (".", "554 5.7.1 is spam", MailStage::Content, 554, false),
    ] {
        let server = SmtpServer::start(Behaviour::new(MailSecurity::Plain).answering(command, answer)).await;
        let error = error(&server.relay(&ManualClock::default())).await;
        let MailError::Refused { stage: at, reply } = &error else {
            panic!("{command}: {error:?}");
        };
        assert_eq!((*at, reply.to_string()), (stage, answer.to_owned()));
        assert_eq!(reply.code, code);
        assert_eq!(error.is_transient(), is_transient, "{command} {answer}");
    }
}

#[tokio::test]
async fn an_answer_of_several_lines_is_one_answer() {
    let answer = "550-5.1.1 The account\r\n550 5.1.1 does not exist";
    let server = SmtpServer::start(Behaviour::new(MailSecurity::Plain).answering("RCPT", answer)).await;
    let error = error(&server.relay(&ManualClock::default())).await;
    assert_eq!(
        error.to_string(),
        "the relay refused at the recipient: 550 5.1.1 The account 5.1.1 does not exist"
    );
}

#[tokio::test]
async fn what_is_no_smtp_is_reported_as_such() {
    for (command, answer, stage) in [
        ("greeting", "HTTP/1.1 400 Bad Request", MailStage::Greeting),
        ("MAIL", "certainly", MailStage::Sender),
        ("MAIL", "250ok", MailStage::Sender),
        ("MAIL", "354 go on", MailStage::Sender),
        ("DATA", "250 ok", MailStage::Content),
        (".", "354 go on", MailStage::Content),
    ] {
        let server = SmtpServer::start(Behaviour::new(MailSecurity::Plain).answering(command, answer)).await;
        let error = error(&server.relay(&ManualClock::default())).await;
        assert!(
            matches!(error, MailError::Unavailable { stage: at, .. } if at == stage),
            "{command}: {error:?}"
        );
        assert!(error.is_transient());
    }
}

#[tokio::test]
async fn a_relay_that_is_gone_is_reported_as_transient() {
    let server = SmtpServer::start(Behaviour::new(MailSecurity::Plain)).await;
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let options = ninefold_outbound_mail::MailOptions {
        port: free.port(),
        ..server.options()
    };
    let relay = MailRelay::new(options, std::sync::Arc::new(ManualClock::default())).unwrap();
    let error = error(&relay).await;
    assert!(matches!(
        error,
        MailError::Unavailable {
            stage: MailStage::Connection,
            ..
        }
    ));
    assert!(error.is_transient());
}

#[tokio::test]
async fn a_relay_that_hangs_up_is_reported_where_it_did() {
    for (command, stage) in [
        ("EHLO", MailStage::Greeting),
        ("RCPT", MailStage::Recipient),
        (".", MailStage::Content),
    ] {
        let behaviour = Behaviour {
            hangs_up_at: Some(command),
            ..Behaviour::new(MailSecurity::Plain)
        };
        let server = SmtpServer::start(behaviour).await;
        let error = error(&server.relay(&ManualClock::default())).await;
        assert!(
            matches!(error, MailError::Unavailable { stage: at, .. } if at == stage),
            "{command}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_relay_that_falls_silent_is_given_up_in_time() {
    for command in ["EHLO", "MAIL", "."] {
        let behaviour = Behaviour {
            falls_silent_at: Some(command),
            ..Behaviour::new(MailSecurity::Plain)
        };
        let server = SmtpServer::start(behaviour).await;
        let clock = ManualClock::default();
        let relay = server.relay(&clock);
        let mail = mail(1);
        let mut sending = std::pin::pin!(relay.send(&mail));
        tokio::select! {
            result = &mut sending => panic!("{result:?}"),
            () = within(server.silent.notified()) => {}
        }
        clock.advance(Duration::from_secs(30));
        let error = within(sending).await.unwrap_err();
        assert!(matches!(error, MailError::TimedOut { after } if after == Duration::from_secs(30)));
        assert!(error.is_transient());
    }
}

#[tokio::test]
async fn an_endless_answer_is_not_heard_to_its_end() {
    let line = format!("250 {}", "x".repeat(10_000));
    let lines = "250-x\r\n".repeat(1_000);
    for answer in [line, lines] {
        let server = SmtpServer::start(Behaviour::new(MailSecurity::Plain).answering("MAIL", answer)).await;
        let error = error(&server.relay(&ManualClock::default())).await;
        assert!(
            error.to_string().ends_with("the relay's answer is too long"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn blank_lines_among_the_capabilities_are_passed_over() {
    let answer = "250-relay.example.com\r\n250-   \r\n250-\r\n250 PIPELINING";
    let server = SmtpServer::start(Behaviour::new(MailSecurity::Plain).answering("EHLO", answer)).await;
    within(server.relay(&ManualClock::default()).send(&mail(1)))
        .await
        .unwrap();
}
