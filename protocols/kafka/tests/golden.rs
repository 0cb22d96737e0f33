//! What Kafka's own classes make of messages, ours make too.
//!
//! `vectors.txt` has the facts, made by `tools/kafka-messages/GoldenVectors.java`, which says what each line means.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use bytes::Bytes;
use ninefold_kafka_protocol::messages::consumer_protocol_assignment::ConsumerProtocolAssignment;
use ninefold_kafka_protocol::messages::consumer_protocol_subscription::ConsumerProtocolSubscription;
use ninefold_kafka_protocol::messages::{Request, Response};
use ninefold_kafka_protocol::{
    ApiKey, EncodeError, ErrorCode, Reader, RequestHeader, Writer, read_response_header,
    write_response_header,
};

const VECTORS: &str = include_str!("vectors.txt");
/// These are written by hand, and are no [`Message`].
const HEADERS: [&str; 2] = ["RequestHeader", "ResponseHeader"];

#[derive(Debug, PartialEq)]
enum Message {
    Request(Request),
    Response(Response),
    Assignment(ConsumerProtocolAssignment),
    Subscription(ConsumerProtocolSubscription),
}

impl Message {
    fn read(name: &str, version: i16, bytes: &Bytes) -> Self {
        let mut reader = Reader::new(bytes.clone());
        let read = &mut reader;
        let message = if let Some(request) = name.strip_suffix("Request") {
            Message::Request(Request::decode(api(request), read, version).unwrap())
        } else if let Some(response) = name.strip_suffix("Response") {
            Message::Response(Response::decode(api(response), read, version).unwrap())
        } else if name == "ConsumerProtocolAssignment" {
            Message::Assignment(ConsumerProtocolAssignment::decode(read, version).unwrap())
        } else {
            Message::Subscription(ConsumerProtocolSubscription::decode(read, version).unwrap())
        };
        reader.finish().unwrap();
        message
    }

    fn written(&self, version: i16) -> Result<Bytes, EncodeError> {
        let mut writer = Writer::new();
        match self {
            Message::Request(message) => message.encode(&mut writer, version),
            Message::Response(message) => message.encode(&mut writer, version),
            Message::Assignment(message) => message.encode(&mut writer, version),
            Message::Subscription(message) => message.encode(&mut writer, version),
        }?;
        writer.into_bytes()
    }
}

/// The words of the lines that begin with one, which are not about headers.
fn lines(kind: &str) -> impl Iterator<Item = Vec<&'static str>> {
    let words = VECTORS.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    words.filter(move |words| words[0] == kind && !HEADERS.contains(&words[1]))
}

fn bytes_of(hex: &str) -> Bytes {
    let digits: Vec<u8> = hex
        .chars()
        .map(|digit| digit.to_digit(16).unwrap() as u8)
        .collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn api(name: &str) -> ApiKey {
    ApiKey::ALL.into_iter().find(|key| key.name() == name).unwrap()
}

#[test]
fn what_kafka_writes_is_read_and_written_the_same() {
    let mut counts: BTreeMap<(String, i16), usize> = BTreeMap::new();
    for words in lines("message") {
        let (name, version, bytes) = (words[1], words[2].parse().unwrap(), bytes_of(words[3]));
        let message = Message::read(name, version, &bytes);
        assert_eq!(message.written(version), Ok(bytes), "{name} {version}");
        *counts.entry((name.to_owned(), version)).or_default() += 1;
    }
    for api_key in ApiKey::ALL {
        for version in api_key.versions() {
            for side in ["Request", "Response"] {
                let name = format!("{}{side}", api_key.name());
                assert_eq!(counts.get(&(name, version)), Some(&2), "{api_key:?} {version}");
            }
        }
    }
}

/// Fields that a version lacks have our default, those that it has Kafka's: all have to come to the same message.
#[test]
fn defaults_are_kafkas() {
    let mut before: Option<(&str, Message)> = None;
    for words in lines("default") {
        let (name, version, bytes) = (words[1], words[2].parse().unwrap(), bytes_of(words[3]));
        let message = Message::read(name, version, &bytes);
        assert_eq!(message.written(version), Ok(bytes), "{name} {version}");
        if let Some((_, same)) = before.filter(|(other, _)| *other == name) {
            assert_eq!(message, same, "{name} {version}");
        }
        before = Some((name, message));
    }
}

#[test]
fn values_that_a_version_has_no_place_for_are_left_out_or_refused_as_by_kafka() {
    let mut full: BTreeMap<(&str, &str), Bytes> = BTreeMap::new();
    for words in lines("message") {
        full.entry((words[1], words[2]))
            .or_insert_with(|| bytes_of(words[3]));
    }
    let mut refused = 0;
    for words in lines("other") {
        let (name, version, other) = (words[1], words[2].parse().unwrap(), words[3].parse().unwrap());
        let message = Message::read(name, version, &full[&(name, words[2])]);
        let written = message.written(other);
        match words[4] {
            "refused" => {
                refused += 1;
                assert!(written.is_err(), "{name} {version} as {other}");
            }
            hex => assert_eq!(written, Ok(bytes_of(hex)), "{name} {version} as {other}"),
        }
    }
    assert!(refused > 100, "{refused}");
}

/// The API and version in the vectors are made up: puts some with that version of the header in their place.
fn request_header_again(version: i16, bytes: &Bytes) -> Bytes {
    let api_version = if version == 2 { 9 } else { 8 };
    let mut frame = bytes.to_vec();
    frame[..4].copy_from_slice(&[0, ApiKey::Produce as u8, 0, api_version]);
    let mut reader = Reader::new(frame.into());
    let header = RequestHeader::decode(&mut reader).unwrap();
    reader.finish().unwrap();
    let mut writer = Writer::new();
    header.encode(&mut writer).unwrap();
    [&bytes[..4], &writer.into_bytes().unwrap()[4..]].concat().into()
}

fn response_header_again(version: i16, bytes: &Bytes) -> Bytes {
    let api_version = if version == 1 { 9 } else { 8 };
    let mut reader = Reader::new(bytes.clone());
    let correlation_id = read_response_header(&mut reader, ApiKey::Produce, api_version).unwrap();
    reader.finish().unwrap();
    let mut writer = Writer::new();
    write_response_header(&mut writer, ApiKey::Produce, api_version, correlation_id);
    writer.into_bytes().unwrap()
}

#[test]
fn headers_are_read_and_written_the_same() {
    let mut seen = 0;
    for line in VECTORS.lines().filter_map(|line| line.strip_prefix("message ")) {
        let words: Vec<_> = line.split(' ').collect();
        if !HEADERS.contains(&words[0]) {
            continue;
        }
        let (version, bytes) = (words[1].parse().unwrap(), bytes_of(words[2]));
        let again = match words[0] {
            "RequestHeader" => request_header_again(version, &bytes),
            _ => response_header_again(version, &bytes),
        };
        assert_eq!(again, bytes, "{line}");
        seen += 1;
    }
    assert_eq!(seen, 8);
}

#[test]
fn error_codes_are_kafkas() {
    let expected: Vec<_> = VECTORS
        .lines()
        .filter_map(|line| line.strip_prefix("error "))
        .collect();
    let ours: Vec<_> = ErrorCode::ALL
        .iter()
        .map(|each| format!("{} {} {}", each.code(), each.name(), each.is_retriable()))
        .collect();
    assert_eq!(ours, expected);
    for each in ErrorCode::ALL {
        assert_eq!(ErrorCode::from_code(each.code()), Some(*each));
    }
    assert_eq!(ErrorCode::from_code(-2), None);
}

#[test]
fn fields_stand_where_kafka_has_them() {
    let bytes = Bytes::from_static(b"\x00\x23\x00\x00\x00\x01\x00\x03\x00\x04\x00\x09");
    let mut reader = Reader::new(bytes);
    let Ok(Response::ApiVersions(response)) = Response::decode(ApiKey::ApiVersions, &mut reader, 0) else {
        panic!("not read");
    };
    assert_eq!((response.error_code, response.api_keys.len()), (35, 1));
    let first = &response.api_keys[0];
    assert_eq!((first.api_key, first.min_version, first.max_version), (3, 4, 9));
}
