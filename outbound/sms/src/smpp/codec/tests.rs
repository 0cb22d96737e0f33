use proptest::prelude::*;

use super::*;

fn text<const SIZE: usize>(text: &str) -> CText<SIZE> {
    CText::new(text).unwrap()
}

fn message(content: Content) -> ShortMessage {
    ShortMessage {
        source: Address {
            ton: 5,
            npi: 0,
            text: text("NINEFOLD"),
        },
        destination: Address {
            ton: 1,
            npi: 1,
            text: text("15550100"),
        },
        esm_class: 0x40,
        priority: 1,
        data_coding: 8,
        content,
    }
}

/// The example of section 3.2.2, but that it has an address type and plan, which this client leaves open.
#[test]
fn the_bind_request_of_the_specification_is_written_and_read() {
    let bind = Bind {
        system_id: text("SMPP3TEST"),
        password: text("secret08"),
        system_type: text("SUBMIT1"),
    };
    let pdu = Pdu::request(1, Body::Bind(BindMode::Transmitter, bind));
    let mut example = b"\0\0\0\x2F\0\0\0\x02\0\0\0\0\0\0\0\x01SMPP3TEST\0secret08\0SUBMIT1\0".to_vec();
    example.extend_from_slice(&[0x34, 0x01, 0x01, 0x00]);
    assert_eq!(decode(&example), Ok(pdu.clone()));
    example[44..46].fill(0);
    assert_eq!(encode(&pdu), example);
}

#[test]
fn a_message_is_written_field_by_field() {
    let pdu = Pdu::request(
        7,
        Body::SubmitSm(message(Content::Short(
            Octets::new(b"\x05\0\x03\x01\x02\x01Hi".to_vec()).unwrap(),
        ))),
    );
    let mut expected = b"\0\0\0\x40\0\0\0\x04\0\0\0\0\0\0\0\x07".to_vec();
    expected.extend_from_slice(b"\0\x05\0NINEFOLD\0\x01\x0115550100\0");
    expected.extend_from_slice(b"\x40\0\x01\0\0\0\0\x08\0\x08\x05\0\x03\x01\x02\x01Hi");
    expected[3] = u8::try_from(expected.len()).unwrap();
    assert_eq!(encode(&pdu), expected);
    assert_eq!(decode(&expected), Ok(pdu));
}

#[test]
fn a_long_message_is_an_optional_parameter() {
    let content = Content::Payload(Octets::new(vec![b'x'; 1_000]).unwrap());
    let octets = encode(&Pdu::request(7, Body::SubmitSm(message(content.clone()))));
    assert_eq!(octets[octets.len() - 1_005..][..5], [0, 0x04, 0x24, 0x03, 0xE8]);
    let Ok(Pdu {
        body: Body::SubmitSm(read),
        ..
    }) = decode(&octets)
    else {
        panic!("not read");
    };
    assert_eq!(read.content, content);
}

#[test]
fn unknown_optional_parameters_are_passed_over() {
    let content = Content::Short(Octets::new(b"Hi".to_vec()).unwrap());
    let pdu = Pdu::request(7, Body::DeliverSm(message(content)));
    let mut octets = encode(&pdu);
    octets.extend_from_slice(b"\x14\x00\0\x03abc\x04\x27\0\x01\x02");
    assert_eq!(decode(&octets), Ok(pdu));
    octets.extend_from_slice(b"\x14\x00\0\x04abc");
    assert_eq!(
        decode(&octets),
        Err(Malformed::Body {
            sequence: 7,
            is_response: false
        })
    );
}

#[test]
fn responses_of_failure_may_have_no_body() {
    for (command, body) in [
        (
            0x8000_0004_u32,
            Body::SubmitSmResponse {
                message_id: CText::default(),
            },
        ),
        (0x8000_0009, Body::BindResponse(BindMode::Transceiver)),
        (0x8000_0002, Body::BindResponse(BindMode::Transmitter)),
        (0x8000_0000, Body::GenericNack),
    ] {
        let mut octets = b"\0\0\0\x10\0\0\0\0\0\0\0\x58\0\0\0\x07".to_vec();
        octets[4..8].copy_from_slice(&command.to_be_bytes());
        assert_eq!(decode(&octets), Ok(Pdu::response(7, Status(0x58), body)));
    }
}

#[test]
fn a_length_that_cannot_be_is_noticed_at_once() {
    assert_eq!(length(&[]), Ok(None));
    assert_eq!(length(&[0, 0, 0]), Ok(None));
    assert_eq!(length(&[0, 0, 0, 16]), Ok(Some(16)));
    assert_eq!(length(&[0, 0, 0, 15]), Err(Malformed::Length));
    assert_eq!(length(b"HTTP"), Err(Malformed::Length));
    let maximum = u32::try_from(MAXIMUM_OCTETS).unwrap();
    assert_eq!(length(&maximum.to_be_bytes()), Ok(Some(MAXIMUM_OCTETS)));
    assert_eq!(length(&(maximum + 1).to_be_bytes()), Err(Malformed::Length));
    assert_eq!(decode(&[0; 15]), Err(Malformed::Length));
}

#[test]
fn texts_are_bounded_ascii() {
    assert_eq!(CText::<9>::new("12345678").unwrap().as_str(), "12345678");
    for text in ["123456789", "a\0b", "ä"] {
        assert_eq!(CText::<9>::new(text), None);
    }
    let endless = b"\0\0\0\x2F\0\0\0\x02\0\0\0\0\0\0\0\x01SMPP3TESTSMPP3TESTSMPP3TEST\0\0\0\0";
    assert_eq!(
        decode(endless),
        Err(Malformed::Body {
            sequence: 1,
            is_response: false
        })
    );
}

fn any_text<const SIZE: usize>() -> impl Strategy<Value = CText<SIZE>> {
    proptest::collection::vec(1_u8..128, 0..SIZE)
        .prop_map(|octets| CText::new(&String::from_utf8(octets).unwrap()).unwrap())
}

fn any_address() -> impl Strategy<Value = Address> {
    (any::<u8>(), any::<u8>(), any_text()).prop_map(|(ton, npi, text)| Address { ton, npi, text })
}

fn any_content() -> impl Strategy<Value = Content> {
    let octets = |maximum| proptest::collection::vec(any::<u8>(), 0..=maximum);
    prop_oneof![
        octets(254).prop_map(|octets| Content::Short(Octets::new(octets).unwrap())),
        octets(2_000).prop_map(|octets| Content::Payload(Octets::new(octets).unwrap())),
    ]
}

fn any_message() -> impl Strategy<Value = ShortMessage> {
    (any_address(), any_address(), any::<[u8; 3]>(), any_content()).prop_map(
        |(source, destination, [esm_class, priority, data_coding], content)| ShortMessage {
            source,
            destination,
            esm_class,
            priority,
            data_coding,
            content,
        },
    )
}

fn any_body() -> impl Strategy<Value = Body> {
    let mode = prop_oneof![Just(BindMode::Transmitter), Just(BindMode::Transceiver)];
    let bind = (any_text(), any_text(), any_text()).prop_map(|(system_id, password, system_type)| Bind {
        system_id,
        password,
        system_type,
    });
    prop_oneof![
        Just(Body::GenericNack),
        (mode.clone(), bind).prop_map(|(mode, bind)| Body::Bind(mode, bind)),
        mode.prop_map(Body::BindResponse),
        any_message().prop_map(Body::SubmitSm),
        any_text().prop_map(|message_id| Body::SubmitSmResponse { message_id }),
        any_message().prop_map(Body::DeliverSm),
        Just(Body::DeliverSmResponse),
        Just(Body::EnquireLink),
        Just(Body::EnquireLinkResponse),
        Just(Body::Unbind),
        Just(Body::UnbindResponse),
        (0x100_u32..0x200).prop_map(|command_id| Body::Other { command_id }),
    ]
}

fn any_pdu() -> impl Strategy<Value = Pdu> {
    (any::<u32>(), any::<u32>(), any_body())
        .prop_map(|(status, sequence, body)| Pdu::response(sequence, Status(status), body))
}

proptest! {
    #[test]
    fn what_was_written_is_read(pdu in any_pdu()) {
        let octets = encode(&pdu);
        prop_assert_eq!(length(&octets), Ok(Some(octets.len())));
        prop_assert_eq!(decode(&octets), Ok(pdu));
    }

    #[test]
    fn any_octets_are_read_or_refused(octets in proptest::collection::vec(any::<u8>(), 0..400)) {
        let read = decode(&octets);
        prop_assert_eq!(read == Err(Malformed::Length), octets.len() < 16);
    }

    #[test]
    fn damage_is_read_or_refused(pdu in any_pdu(), cut in any::<usize>(), at in any::<usize>(), value: u8) {
        let mut octets = encode(&pdu);
        let position = at % octets.len();
        octets[position] = value;
        octets.truncate(cut % (octets.len() + 1));
        // What is read of it can be written and read again.
        if let Ok(read) = decode(&octets) {
            prop_assert_eq!(decode(&encode(&read)), Ok(read));
        } else {
            prop_assert!(octets.len() < encode(&pdu).len() || octets != encode(&pdu));
        }
    }
}
