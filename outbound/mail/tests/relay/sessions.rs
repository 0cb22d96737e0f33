use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use ninefold_outbound_mail::{MailError, MailOptions, MailRelay, MailSecurity};
use ninefold_time::ManualClock;

use crate::server::{Behaviour, SmtpServer, mail, within};

/// Waits until the server has seen this.
async fn until(condition: impl Fn() -> bool) {
    within(async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_is_used_again() {
    for security in [
        MailSecurity::Plain,
        MailSecurity::StartTls,
        MailSecurity::ImplicitTls,
    ] {
        let server = SmtpServer::start(Behaviour::new(security)).await;
        let relay = server.relay(&ManualClock::default());
        for number in 0..5 {
            within(relay.send(&mail(number))).await.unwrap();
        }
        assert_eq!(server.connections(), 1);
        assert_eq!(server.messages().len(), 5);
        let resets = server
            .commands(0)
            .iter()
            .filter(|command| *command == "RSET")
            .count();
        assert_eq!(resets, 4);
    }
}

#[tokio::test]
async fn a_refused_mail_does_not_cost_the_session() {
    let behaviour = Behaviour::new(MailSecurity::Plain).answering("RCPT", "550 5.1.1 nobody here");
    let server = SmtpServer::start(behaviour).await;
    let relay = server.relay(&ManualClock::default());
    for number in 0..3 {
        let error = within(relay.send(&mail(number))).await.unwrap_err();
        assert!(matches!(error, MailError::Refused { .. }), "{error:?}");
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_session_the_relay_is_about_to_end_is_not_used_again() {
    let behaviour = Behaviour::new(MailSecurity::Plain).answering("RCPT", "421 4.7.0 too many");
    let server = SmtpServer::start(behaviour).await;
    let relay = server.relay(&ManualClock::default());
    for number in 0..2 {
        within(relay.send(&mail(number))).await.unwrap_err();
    }
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_session_the_relay_has_ended_is_replaced() {
    let behaviour = Behaviour {
        hangs_up_at: Some("RSET"),
        ..Behaviour::new(MailSecurity::Plain)
    };
    let server = SmtpServer::start(behaviour).await;
    let relay = server.relay(&ManualClock::default());
    for number in 0..3 {
        within(relay.send(&mail(number))).await.unwrap();
    }
    assert_eq!(server.connections(), 3);
    assert_eq!(server.messages().len(), 3);
}

#[tokio::test]
async fn a_session_that_was_idle_for_too_long_is_ended() {
    let server = SmtpServer::start(Behaviour::new(MailSecurity::Plain)).await;
    let clock = ManualClock::default();
    let relay = server.relay(&clock);
    within(relay.send(&mail(1))).await.unwrap();
    clock.advance(Duration::from_secs(60));
    within(relay.send(&mail(2))).await.unwrap();
    assert_eq!(server.connections(), 1);
    clock.advance(Duration::from_secs(61));
    within(relay.send(&mail(3))).await.unwrap();
    assert_eq!(server.connections(), 2);
    until(|| server.commands(0).last().unwrap() == "QUIT").await;
}

#[tokio::test]
async fn a_session_ends_after_a_hundred_mails() {
    let server = SmtpServer::start(Behaviour::new(MailSecurity::Plain)).await;
    let relay = server.relay(&ManualClock::default());
    for number in 0..101 {
        within(relay.send(&mail(number))).await.unwrap();
    }
    assert_eq!(server.connections(), 2);
    until(|| server.commands(0).last().unwrap() == "QUIT").await;
}

#[tokio::test]
async fn closing_says_goodbye() {
    let server = SmtpServer::start(Behaviour::new(MailSecurity::Plain)).await;
    let relay = server.relay(&ManualClock::default());
    within(relay.send(&mail(1))).await.unwrap();
    within(relay.close()).await;
    assert_eq!(server.commands(0).last().unwrap(), "QUIT");
}

/// The answer to a mail that was given up must never count for another.
#[tokio::test]
async fn a_mail_that_was_given_up_takes_its_session_along() {
    let behaviour = Behaviour {
        falls_silent_at: Some("."),
        ..Behaviour::new(MailSecurity::Plain)
    };
    let server = SmtpServer::start(behaviour).await;
    let relay = server.relay(&ManualClock::default());
    for expected in 1..=2 {
        let mail = mail(expected);
        tokio::select! {
            result = relay.send(&mail) => panic!("{result:?}"),
            () = within(server.silent.notified()) => {}
        }
        assert_eq!(server.connections(), expected);
    }
}

#[tokio::test]
async fn there_are_no_more_sessions_than_allowed() {
    let server = SmtpServer::start(Behaviour::new(MailSecurity::Plain)).await;
    let options = MailOptions {
        connections: NonZeroUsize::new(3).unwrap(),
        ..server.options()
    };
    let relay = Arc::new(MailRelay::new(options, Arc::new(ManualClock::default())).unwrap());
    let sending: Vec<_> = (0..40)
        .map(|number| {
            let relay = Arc::clone(&relay);
            tokio::spawn(async move { relay.send(&mail(number)).await })
        })
        .collect();
    for task in sending {
        within(task).await.unwrap().unwrap();
    }
    assert_eq!(server.messages().len(), 40);
    assert!(
        (1..=3).contains(&server.connections()),
        "{}",
        server.connections()
    );
}

#[tokio::test]
async fn waiting_for_a_session_counts() {
    let behaviour = Behaviour {
        falls_silent_at: Some("MAIL"),
        ..Behaviour::new(MailSecurity::Plain)
    };
    let server = SmtpServer::start(behaviour).await;
    let options = MailOptions {
        connections: NonZeroUsize::MIN,
        ..server.options()
    };
    let clock = ManualClock::default();
    let relay = MailRelay::new(options, Arc::new(clock.clone())).unwrap();
    let (first, second) = (mail(1), mail(2));
    let both = async { tokio::join!(relay.send(&first), relay.send(&second)) };
    let mut both = std::pin::pin!(both);
    tokio::select! {
        results = &mut both => panic!("{results:?}"),
        () = within(server.silent.notified()) => {}
    }
    clock.advance(Duration::from_secs(30));
    let (first, second) = within(both).await;
    assert!(matches!(first, Err(MailError::TimedOut { .. })));
    assert!(matches!(second, Err(MailError::TimedOut { .. })));
    assert_eq!(server.connections(), 1);
}
