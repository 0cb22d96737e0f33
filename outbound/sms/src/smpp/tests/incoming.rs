use ninefold_time::ManualClock;

use super::super::pdu::{Address, Body, CText, Content, Octets, ShortMessage};
use super::super::status::Status;
use super::center::{Center, accepting, message, until, within};
use crate::{IncomingMessage, SmsProvider};

fn deliver(from: &str, esm_class: u8, text: &[u8]) -> Body {
    let address = |text: &str| Address {
        ton: 1,
        npi: 1,
        text: CText::new(text).unwrap(),
    };
    Body::DeliverSm(ShortMessage {
        source: address(from),
        destination: address("12345"),
        esm_class,
        priority: 0,
        data_coding: 0,
        content: Content::Short(Octets::new(text.to_vec()).unwrap()),
    })
}

#[tokio::test]
async fn what_telephones_send_comes_out() {
    let center = Center::start(accepting).await;
    let (provider, mut incoming) = center.provider(&ManualClock::default());
    within(provider.send(&message("Hi"))).await.unwrap();
    center.send(1, deliver("15550100", 0x04, b"id:1 stat:DELIVRD err:000"));
    center.send(2, deliver("4915112345678", 0, b"STOP"));
    let expected = IncomingMessage {
        from: "+4915112345678".parse().unwrap(),
        to: "12345".to_owned(),
        text: "STOP".to_owned(),
    };
    assert_eq!(within(incoming.recv()).await, Some(expected));
    let responses = || -> Vec<_> {
        let seen = center.seen(0).into_iter();
        seen.filter(|pdu| pdu.body == Body::DeliverSmResponse)
            .map(|pdu| (pdu.sequence, pdu.status))
            .collect()
    };
    until(|| responses().len() == 2).await;
    assert_eq!(responses(), [(1, Status::OK), (2, Status::OK)]);
}

#[tokio::test]
async fn whoever_does_not_listen_loses_nothing_else() {
    let center = Center::start(accepting).await;
    let (provider, incoming) = center.provider(&ManualClock::default());
    drop(incoming);
    within(provider.send(&message("Hi"))).await.unwrap();
    center.send(1, deliver("15550100", 0, b"STOP"));
    until(|| {
        center
            .seen(0)
            .iter()
            .any(|pdu| pdu.body == Body::DeliverSmResponse)
    })
    .await;
    within(provider.send(&message("Hi"))).await.unwrap();
}
