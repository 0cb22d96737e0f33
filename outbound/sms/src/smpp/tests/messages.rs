use std::num::{NonZeroU16, NonZeroU32};
use std::time::Duration;

use ninefold_time::ManualClock;

use super::super::pdu::{Body, Content};
use super::super::{LongMessages, SmppOptions};
use super::center::{Center, Reaction, TIMEOUT, accepting, message, start, until, within};
use crate::{SmsErrorKind, SmsKind, SmsProvider, SmsReceipt, TextMessage};

#[tokio::test]
async fn a_message_is_submitted_and_accepted() {
    let center = Center::start(accepting).await;
    let (provider, _incoming) = center.provider(&ManualClock::default());
    let receipt = within(provider.send(&message("Hi @ €"))).await.unwrap();
    let expected = SmsReceipt {
        provider_message_id: Some("id-1".to_owned()),
        parts: 1,
    };
    assert_eq!(receipt, expected);

    let sent = &center.messages()[0];
    assert_eq!((sent.destination.ton, sent.destination.npi), (1, 1));
    assert_eq!(sent.destination.text.as_str(), "15550100");
    assert_eq!(
        (sent.source.ton, sent.source.npi, sent.source.text.as_str()),
        (5, 0, "DEFAULT")
    );
    assert_eq!((sent.esm_class, sent.data_coding, sent.priority), (0, 0, 0));
    assert_eq!(sent.content.octets(), b"Hi \0 \x1B\x65");
}

#[tokio::test]
async fn a_sender_and_a_kind_are_passed_on() {
    let center = Center::start(accepting).await;
    let (provider, _incoming) = center.provider(&ManualClock::default());
    for sender in ["+4915112345678", "12345", "My Shop"] {
        let message = TextMessage {
            sender: Some(sender.parse().unwrap()),
            kind: SmsKind::Transactional,
            ..message("Hi")
        };
        within(provider.send(&message)).await.unwrap();
    }
    let sources: Vec<_> = center
        .messages()
        .into_iter()
        .map(|sent| {
            (
                sent.source.ton,
                sent.source.npi,
                sent.source.text.as_str().to_owned(),
                sent.priority,
            )
        })
        .collect();
    assert_eq!(
        sources,
        [
            (1, 1, "4915112345678".to_owned(), 1),
            (3, 0, "12345".to_owned(), 1),
            (5, 0, "My Shop".to_owned(), 1)
        ]
    );
}

#[tokio::test]
async fn a_long_message_is_submitted_in_parts() {
    let center = Center::start(accepting).await;
    let (provider, _incoming) = center.provider(&ManualClock::default());
    let receipt = within(provider.send(&message(&"a".repeat(400)))).await.unwrap();
    assert_eq!(
        (receipt.provider_message_id.as_deref(), receipt.parts),
        (Some("id-1"), 3)
    );
    let parts = center.messages();
    let reference = parts[0].content.octets()[3];
    for (number, part) in (1_u8..).zip(&parts) {
        assert_eq!((part.esm_class, part.data_coding), (0x40, 0));
        assert_eq!(part.content.octets()[..6], [5, 0, 3, reference, 3, number]);
    }
    let lengths: Vec<usize> = parts.iter().map(|part| part.content.octets().len() - 6).collect();
    assert_eq!(lengths, [153, 153, 94]);

    within(provider.send(&message(&"á".repeat(80)))).await.unwrap();
    let parts = center.messages().split_off(3);
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[0].data_coding, 8);
    assert_eq!(
        parts[0].content.octets()[..8],
        [5, 0, 3, reference.wrapping_add(1), 2, 1, 0x00, 0xE1]
    );
}

#[tokio::test]
async fn a_long_message_is_submitted_as_a_whole_where_that_is_wanted() {
    let center = Center::start(accepting).await;
    let options = SmppOptions {
        long_messages: LongMessages::Payload,
        ..center.options()
    };
    let (provider, _incoming) = start(options, &ManualClock::default());
    let receipt = within(provider.send(&message(&"a".repeat(400)))).await.unwrap();
    assert_eq!(receipt.parts, 3);
    within(provider.send(&message("a"))).await.unwrap();
    let sent = center.messages();
    assert!(matches!(sent[0].content, Content::Payload(_)));
    assert_eq!((sent[0].esm_class, sent[0].content.octets().len()), (0, 400));
    assert!(matches!(sent[1].content, Content::Short(_)));
}

#[tokio::test]
async fn a_text_that_is_too_long_is_refused_here() {
    let center = Center::start(accepting).await;
    let (provider, _incoming) = center.provider(&ManualClock::default());
    let error = within(provider.send(&message(&"a".repeat(153 * 255 + 1))))
        .await
        .unwrap_err();
    assert_eq!(error.kind, SmsErrorKind::Permanent);
    assert!(center.messages().is_empty());
}

#[tokio::test]
async fn a_refusal_says_what_to_do() {
    fn refusing(body: &Body, _: usize, number: usize) -> Reaction {
        match body {
            Body::SubmitSm(_) => Reaction::Refuse([0, 0x58, 0x14, 0x0B, 0x08, 0x402][number]),
            _ => Reaction::Accept,
        }
    }
    let center = Center::start(refusing).await;
    let (provider, _incoming) = center.provider(&ManualClock::default());
    let throttled = SmsErrorKind::Throttled { retry_after: None };
    for expected in [
        throttled,
        throttled,
        SmsErrorKind::Permanent,
        SmsErrorKind::Transient,
        SmsErrorKind::Transient,
    ] {
        let error = within(provider.send(&message("Hi"))).await.unwrap_err();
        assert_eq!(error.kind, expected, "{error}");
    }
    assert_eq!(center.connections(), 1);
}

#[tokio::test]
async fn a_refused_part_ends_the_message() {
    fn refusing(body: &Body, _: usize, number: usize) -> Reaction {
        match body {
            Body::SubmitSm(_) if number == 2 => Reaction::Refuse(0x58),
            _ => Reaction::Accept,
        }
    }
    let center = Center::start(refusing).await;
    let (provider, _incoming) = center.provider(&ManualClock::default());
    let error = within(provider.send(&message(&"a".repeat(400))))
        .await
        .unwrap_err();
    assert!(matches!(error.kind, SmsErrorKind::Throttled { .. }));
    assert_eq!(center.messages().len(), 2);
}

#[tokio::test]
async fn no_more_requests_are_under_way_than_the_window_allows() {
    fn ignoring(body: &Body, _: usize, _: usize) -> Reaction {
        match body {
            Body::SubmitSm(_) => Reaction::Ignore,
            _ => Reaction::Accept,
        }
    }
    let center = Center::start(ignoring).await;
    let options = SmppOptions {
        window: NonZeroU16::new(2).unwrap(),
        ..center.options()
    };
    let (provider, _incoming) = start(options, &ManualClock::default());
    let texts = [message("1"), message("2"), message("3")];
    let mut sending = std::pin::pin!(async {
        tokio::join!(
            provider.send(&texts[0]),
            provider.send(&texts[1]),
            provider.send(&texts[2])
        )
    });
    let two_are_there = until(|| center.messages().len() == 2);
    tokio::select! {
        _ = &mut sending => panic!("nothing was answered"),
        () = two_are_there => {}
    }
    // A request of the message centre is answered, so the client isn't stuck; and still there are two.
    center.send(1, Body::EnquireLink);
    let answered = until(|| {
        center
            .seen(0)
            .iter()
            .any(|pdu| pdu.body == Body::EnquireLinkResponse)
    });
    tokio::select! {
        _ = &mut sending => panic!("nothing was answered"),
        () = answered => {}
    }
    assert_eq!(center.messages().len(), 2);
}

#[tokio::test]
async fn many_messages_share_the_window() {
    let center = Center::start(accepting).await;
    let (provider, _incoming) = center.provider(&ManualClock::default());
    let provider = std::sync::Arc::new(provider);
    let sending: Vec<_> = (0..200)
        .map(|number| {
            let provider = std::sync::Arc::clone(&provider);
            tokio::spawn(async move { provider.send(&message(&format!("Number {number}"))).await })
        })
        .collect();
    let mut ids = std::collections::BTreeSet::new();
    for task in sending {
        let receipt = within(task).await.unwrap().unwrap();
        ids.insert(receipt.provider_message_id.unwrap());
    }
    assert_eq!(
        (ids.len(), center.messages().len(), center.connections()),
        (200, 200, 1)
    );
}

#[tokio::test]
async fn no_more_parts_are_sent_in_a_second_than_allowed() {
    let center = Center::start(accepting).await;
    let options = SmppOptions {
        parts_per_second: NonZeroU32::new(10),
        ..center.options()
    };
    let clock = ManualClock::default();
    let (provider, _incoming) = start(options, &clock);
    within(provider.send(&message("1"))).await.unwrap();
    for expected in 2..=4 {
        let text = message("again");
        let mut sending = provider.send(&text);
        // The session waits for a tenth of a second to pass, and sends nothing before.
        tokio::select! {
            result = &mut sending => panic!("{result:?}"),
            () = until(|| clock.next_deadline().is_some_and(|at| at <= clock_in(&clock, 100))) => {}
        }
        assert_eq!(center.messages().len(), expected - 1);
        clock.advance(Duration::from_millis(100));
        within(sending).await.unwrap();
    }
}

fn clock_in(clock: &ManualClock, millis: u64) -> ninefold_time::Timestamp {
    use ninefold_time::Clock;
    clock.now() + Duration::from_millis(millis)
}

#[tokio::test]
async fn a_message_without_response_is_given_up_in_time() {
    fn ignoring(body: &Body, _: usize, _: usize) -> Reaction {
        match body {
            Body::SubmitSm(_) => Reaction::Ignore,
            _ => Reaction::Accept,
        }
    }
    let center = Center::start(ignoring).await;
    let options = SmppOptions {
        window: NonZeroU16::MIN,
        ..center.options()
    };
    let clock = ManualClock::default();
    let (provider, _incoming) = start(options, &clock);
    // The second shows that the first has left the window.
    for expected in 1..=2 {
        let text = message("Hi");
        let mut sending = provider.send(&text);
        tokio::select! {
            result = &mut sending => panic!("{result:?}"),
            () = until(|| center.messages().len() == expected) => {}
        }
        clock.advance(TIMEOUT);
        let error = within(sending).await.unwrap_err();
        assert_eq!(error.kind, SmsErrorKind::Transient);
        assert!(error.reason.contains("did not respond in time"), "{error}");
    }
    assert_eq!(center.connections(), 1);
}

#[tokio::test]
async fn a_message_that_was_given_up_before_is_not_sent() {
    let center = Center::start(accepting).await;
    let options = SmppOptions {
        parts_per_second: NonZeroU32::new(1),
        ..center.options()
    };
    let clock = ManualClock::default();
    let (provider, _incoming) = start(options, &clock);
    within(provider.send(&message("1"))).await.unwrap();
    let text = message("given up");
    let mut sending = provider.send(&text);
    tokio::select! {
        result = &mut sending => panic!("{result:?}"),
        () = tokio::task::yield_now() => {}
    }
    drop(sending);
    let text = message("3");
    let mut sending = provider.send(&text);
    tokio::select! {
        result = &mut sending => panic!("{result:?}"),
        () = until(|| clock.next_deadline().is_some_and(|at| at <= clock_in(&clock, 1_000))) => {}
    }
    clock.advance(Duration::from_secs(1));
    within(sending).await.unwrap();
    let texts: Vec<_> = center
        .messages()
        .iter()
        .map(|sent| sent.content.octets().to_vec())
        .collect();
    assert_eq!(texts, [b"1".to_vec(), b"3".to_vec()]);
}
