use std::sync::Arc;
use std::time::Duration;

use ninefold_time::ManualClock;

use super::super::pdu::{BindMode, Body};
use super::super::status::Status;
use super::super::{InvalidSmppOptions, SmppOptions, SmppProvider, SmppSecurity};
use super::center::{
    Center, ENQUIRE_INTERVAL, Reaction, TIMEOUT, accepting, message, skip_backoff, start, until, within,
};
use crate::{SmsErrorKind, SmsProvider};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_session_begins_with_a_login_and_ends_with_a_goodbye() {
    let center = Center::start(accepting).await;
    let (provider, _incoming) = center.provider(&ManualClock::default());
    within(provider.send(&message("Hi"))).await.unwrap();
    within(provider.close()).await;
    let seen = center.seen(0);
    let Body::Bind(BindMode::Transceiver, bind) = &seen[0].body else {
        panic!("{seen:?}");
    };
    assert_eq!(bind.system_id.as_str(), "ninefold");
    assert_eq!(bind.password.as_str(), "secret08");
    assert_eq!(bind.system_type.as_str(), "SMPP");
    assert_eq!(seen.last().unwrap().body, Body::Unbind);
    let sequences: Vec<u32> = seen.iter().map(|pdu| pdu.sequence).collect();
    assert_eq!(sequences, [1, 2, 3]);
}

#[tokio::test]
async fn a_dropped_provider_says_goodbye_too() {
    let center = Center::start(accepting).await;
    let (provider, _incoming) = center.provider(&ManualClock::default());
    within(provider.send(&message("Hi"))).await.unwrap();
    drop(provider);
    until(|| center.seen(0).last().is_some_and(|pdu| pdu.body == Body::Unbind)).await;
}

#[tokio::test]
async fn an_old_message_centre_gets_a_transmitter() {
    fn old(body: &Body, _: usize, _: usize) -> Reaction {
        match body {
            Body::Bind(BindMode::Transceiver, _) => Reaction::Refuse(0x03),
            _ => Reaction::Accept,
        }
    }
    let center = Center::start(old).await;
    let (provider, _incoming) = center.provider(&ManualClock::default());
    within(provider.send(&message("Hi"))).await.unwrap();
    assert!(matches!(
        center.seen(0)[0].body,
        Body::Bind(BindMode::Transceiver, _)
    ));
    assert!(matches!(
        center.seen(1)[0].body,
        Body::Bind(BindMode::Transmitter, _)
    ));
    assert_eq!(center.connections(), 2);
}

#[tokio::test]
async fn who_is_not_let_in_says_why_and_tries_again_later() {
    fn strict(body: &Body, connection: usize, _: usize) -> Reaction {
        match body {
            Body::Bind(..) if connection < 2 => Reaction::Refuse(0x0E),
            _ => Reaction::Accept,
        }
    }
    let center = Center::start(strict).await;
    let clock = ManualClock::default();
    let (provider, _incoming) = center.provider(&clock);
    for attempt in 0..2 {
        let error = within(provider.send(&message("Hi"))).await.unwrap_err();
        assert_eq!(error.kind, SmsErrorKind::Transient);
        assert_eq!(
            error.reason,
            "the message centre did not let this client in: ESME_RINVPASWD (0x0E)"
        );
        assert_eq!(center.connections(), attempt + 1);
        skip_backoff(&clock, SECOND * 2_u32.pow(u32::try_from(attempt).unwrap())).await;
        until(|| center.connections() > attempt + 1).await;
    }
    within(provider.send(&message("Hi"))).await.unwrap();
}

#[tokio::test]
async fn a_connection_lost_in_mid_flight_fails_what_was_under_way_and_is_replaced() {
    for reaction in [Reaction::HangUp, Reaction::Babble] {
        fn hanging_up(body: &Body, connection: usize, _: usize) -> Reaction {
            match (body, connection) {
                (Body::SubmitSm(_), 0) => Reaction::HangUp,
                _ => Reaction::Accept,
            }
        }
        fn babbling(body: &Body, connection: usize, _: usize) -> Reaction {
            match (body, connection) {
                (Body::SubmitSm(_), 0) => Reaction::Babble,
                _ => Reaction::Accept,
            }
        }
        let (rule, reason): (super::center::Rule, _) = match reaction {
            Reaction::HangUp => (hanging_up, "closed the connection"),
            _ => (babbling, "is not SMPP"),
        };
        let center = Center::start(rule).await;
        let clock = ManualClock::default();
        let (provider, _incoming) = center.provider(&clock);
        let error = within(provider.send(&message("Hi"))).await.unwrap_err();
        assert_eq!(error.kind, SmsErrorKind::Transient);
        assert!(error.reason.contains(reason), "{error}");
        skip_backoff(&clock, SECOND).await;
        center.bound(1).await;
        within(provider.send(&message("Hi again"))).await.unwrap();
        assert_eq!(center.messages().len(), 2);
    }
}

#[tokio::test]
async fn a_message_centre_that_is_not_there_is_reported_at_once() {
    let center = Center::start(accepting).await;
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let options = SmppOptions {
        port: free.port(),
        ..center.options()
    };
    let clock = ManualClock::default();
    let (provider, _incoming) = start(options, &clock);
    for _ in 0..3 {
        let error = within(provider.send(&message("Hi"))).await.unwrap_err();
        assert_eq!(error.kind, SmsErrorKind::Transient);
        assert!(
            error.reason.contains("connection to the message centre failed"),
            "{error}"
        );
    }
    within(provider.close()).await;
}

#[tokio::test]
async fn a_message_centre_that_lets_nobody_in_is_given_up_in_time() {
    fn silent(_: &Body, _: usize, _: usize) -> Reaction {
        Reaction::Ignore
    }
    let center = Center::start(silent).await;
    let clock = ManualClock::default();
    let (provider, _incoming) = center.provider(&clock);
    center.bound(0).await;
    clock.advance(TIMEOUT);
    // By then the provider has lost its session, and refuses.
    let error = within(provider.send(&message("Hi"))).await.unwrap_err();
    assert!(
        error.reason.contains("did not let this client in within 30s"),
        "{error}"
    );
}

#[tokio::test]
async fn a_silent_message_centre_is_asked_whether_it_is_there() {
    let center = Center::start(accepting).await;
    let clock = ManualClock::default();
    let (provider, _incoming) = center.provider(&clock);
    within(provider.send(&message("Hi"))).await.unwrap();
    let enquiries = || {
        center
            .seen(0)
            .iter()
            .filter(|pdu| pdu.body == Body::EnquireLink)
            .count()
    };
    for expected in 1..=3 {
        // Once the answer is there, the session waits for the next time.
        let is_waiting = || {
            clock
                .next_deadline()
                .is_some_and(|at| at > deadline_in(&clock, TIMEOUT))
        };
        until(is_waiting).await;
        clock.advance(ENQUIRE_INTERVAL);
        until(|| enquiries() == expected).await;
    }
    assert_eq!(center.connections(), 1);
}

#[tokio::test]
async fn one_that_does_not_answer_is_left() {
    fn deaf(body: &Body, connection: usize, _: usize) -> Reaction {
        match (body, connection) {
            (Body::EnquireLink, 0) => Reaction::Ignore,
            _ => Reaction::Accept,
        }
    }
    let center = Center::start(deaf).await;
    let clock = ManualClock::default();
    let (provider, _incoming) = center.provider(&clock);
    within(provider.send(&message("Hi"))).await.unwrap();
    clock.advance(ENQUIRE_INTERVAL);
    until(|| center.seen(0).iter().any(|pdu| pdu.body == Body::EnquireLink)).await;
    clock.advance(TIMEOUT);
    skip_backoff(&clock, SECOND).await;
    center.bound(1).await;
    within(provider.send(&message("Hi"))).await.unwrap();
}

#[tokio::test]
async fn a_message_centre_may_end_the_session() {
    let center = Center::start(accepting).await;
    let clock = ManualClock::default();
    let (provider, _incoming) = center.provider(&clock);
    within(provider.send(&message("Hi"))).await.unwrap();
    center.send(77, Body::Unbind);
    until(|| {
        center
            .seen(0)
            .iter()
            .any(|pdu| pdu.body == Body::UnbindResponse && pdu.sequence == 77)
    })
    .await;
    skip_backoff(&clock, SECOND).await;
    center.bound(1).await;
    within(provider.send(&message("Hi"))).await.unwrap();
}

#[tokio::test]
async fn requests_of_the_message_centre_are_answered() {
    let center = Center::start(accepting).await;
    let (provider, _incoming) = center.provider(&ManualClock::default());
    within(provider.send(&message("Hi"))).await.unwrap();
    center.send(11, Body::EnquireLink);
    center.send(12, Body::Other { command_id: 0x0103 });
    // A deliver_sm that ends in the middle.
    center.send_octets(b"\0\0\0\x12\0\0\0\x05\0\0\0\0\0\0\0\x0D\0\0".to_vec());
    // A response to nothing.
    center.send_octets(b"\0\0\0\x10\x80\0\0\x15\0\0\0\0\0\0\0\x63".to_vec());
    let answers = || -> Vec<_> {
        let seen = center.seen(0).into_iter().skip(2);
        seen.map(|pdu| (pdu.sequence, pdu.status, pdu.body)).collect()
    };
    until(|| answers().len() == 3).await;
    assert_eq!(
        answers(),
        [
            (11, Status::OK, Body::EnquireLinkResponse),
            (12, Status::INVALID_COMMAND_ID, Body::GenericNack),
            (13, Status::INVALID_COMMAND_LENGTH, Body::GenericNack),
        ]
    );
    within(provider.send(&message("Hi"))).await.unwrap();
    assert_eq!(center.connections(), 1);
}

#[tokio::test]
async fn a_session_can_be_encrypted() {
    let center = Center::start_encrypted().await;
    let (provider, _incoming) = center.provider(&ManualClock::default());
    within(provider.send(&message("Hi"))).await.unwrap();
    within(provider.close()).await;
    assert_eq!(center.messages().len(), 1);
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused() {
    let center = Center::start_encrypted().await;
    let options = SmppOptions {
        security: SmppSecurity::Tls {
            additional_roots: Vec::new(),
        },
        ..center.options()
    };
    let (provider, _incoming) = start(options, &ManualClock::default());
    let error = within(provider.send(&message("Hi"))).await.unwrap_err();
    assert!(error.reason.contains("UnknownIssuer"), "{error}");
    assert!(center.seen(0).is_empty());
}

#[tokio::test]
async fn options_that_cannot_work_are_refused_at_once() {
    let center = Center::start(accepting).await;
    let refusal = |options| {
        SmppProvider::start(options, Arc::new(ManualClock::default()))
            .err()
            .unwrap()
    };
    for host in ["", "a b", "localhost:2775"] {
        let options = SmppOptions {
            host: host.to_owned(),
            ..center.options()
        };
        assert!(matches!(refusal(options), InvalidSmppOptions::Host(name) if name == host));
    }
    let password = SmppOptions {
        password: "nine char".to_owned(),
        ..center.options()
    };
    assert_eq!(
        refusal(password).to_string(),
        "password has at most 8 ASCII characters"
    );
    let system_id = SmppOptions {
        system_id: "a\0b".to_owned(),
        ..center.options()
    };
    assert_eq!(
        refusal(system_id).to_string(),
        "system_id has at most 15 ASCII characters"
    );
    let tls = SmppOptions {
        security: SmppSecurity::Tls {
            additional_roots: vec![b"no certificate".to_vec().into()],
        },
        ..center.options()
    };
    assert!(matches!(refusal(tls), InvalidSmppOptions::Tls(_)));
    assert!(!format!("{:?}", center.options()).contains("secret08"));
}

fn deadline_in(clock: &ManualClock, duration: Duration) -> ninefold_time::Timestamp {
    use ninefold_time::Clock;
    clock.now() + duration
}
