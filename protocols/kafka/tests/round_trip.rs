//! Every message in every version comes back as it was written.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod schema;

use bytes::Bytes;
use fastrand::Rng;
use ninefold_kafka_protocol::messages::consumer_protocol_assignment::ConsumerProtocolAssignment;
use ninefold_kafka_protocol::messages::consumer_protocol_subscription::ConsumerProtocolSubscription;
use ninefold_kafka_protocol::messages::{Request, Response};
use ninefold_kafka_protocol::{ApiKey, DecodeError, EncodeError, Reader, Writer};
use proptest::prelude::*;

/// Reads and writes one kind of message.
trait Codec: Sized + PartialEq + std::fmt::Debug {
    fn read(api_key: Option<ApiKey>, reader: &mut Reader, version: i16) -> Result<Self, DecodeError>;
    fn write(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError>;
}

impl Codec for Request {
    fn read(api_key: Option<ApiKey>, reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        Request::decode(api_key.unwrap(), reader, version)
    }

    fn write(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        self.encode(writer, version)
    }
}

impl Codec for Response {
    fn read(api_key: Option<ApiKey>, reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        Response::decode(api_key.unwrap(), reader, version)
    }

    fn write(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        self.encode(writer, version)
    }
}

impl Codec for ConsumerProtocolAssignment {
    fn read(_: Option<ApiKey>, reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        ConsumerProtocolAssignment::decode(reader, version)
    }

    fn write(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        self.encode(writer, version)
    }
}

impl Codec for ConsumerProtocolSubscription {
    fn read(_: Option<ApiKey>, reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        ConsumerProtocolSubscription::decode(reader, version)
    }

    fn write(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        self.encode(writer, version)
    }
}

/// Reads bytes, writes the value, and reads that: the same bytes and the same value.
fn comes_back<M: Codec>(api_key: Option<ApiKey>, version: i16, bytes: &Bytes) {
    let mut reader = Reader::new(bytes.clone());
    let value = M::read(api_key, &mut reader, version).unwrap();
    reader.finish().unwrap();
    let mut writer = Writer::new();
    value.write(&mut writer, version).unwrap();
    let written = writer.into_bytes().unwrap();
    assert_eq!(&written, bytes, "{value:?} in version {version}");
    let again = M::read(api_key, &mut Reader::new(written), version).unwrap();
    assert_eq!(again, value, "version {version}");
}

/// Whatever is cut off is missed.
fn is_refused_when_cut<M: Codec>(api_key: Option<ApiKey>, version: i16, bytes: &Bytes) {
    for length in 0..bytes.len() {
        let mut reader = Reader::new(bytes.slice(..length));
        let outcome = M::read(api_key, &mut reader, version);
        assert!(outcome.is_err(), "{length} bytes of {bytes:?} are {outcome:?}");
    }
}

/// Something to be true of bytes of a message, whatever its kind.
macro_rules! check {
    ($check:ident, $name:expr, $message:expr, $version:expr, $bytes:expr) => {{
        let api_key = $message.api_key.and_then(ApiKey::from_code);
        match (&*$message.kind, &**$name) {
            ("request", _) => $check::<Request>(api_key, $version, $bytes),
            ("response", _) => $check::<Response>(api_key, $version, $bytes),
            (_, "ConsumerProtocolAssignment") => $check::<ConsumerProtocolAssignment>(None, $version, $bytes),
            (_, "ConsumerProtocolSubscription") => {
                $check::<ConsumerProtocolSubscription>(None, $version, $bytes)
            }
            other => panic!("{other:?} is not tested"),
        }
    }};
}

#[test]
fn long_messages_come_back() {
    for (name, message) in &schema::messages() {
        for version in message.versions() {
            let bytes = message.wide_bytes(name, version).into();
            check!(comes_back, name, message, version, &bytes);
        }
    }
}

/// Any response may be told, whether or not its version can say it (KIP-219).
#[test]
fn every_response_takes_a_throttle_time() {
    for (name, message) in &schema::messages() {
        let (Some(api_key), "response") = (message.api_key.and_then(ApiKey::from_code), &*message.kind)
        else {
            continue;
        };
        for version in message.versions() {
            let (is_known, is_told) = message.has_field(name, "ThrottleTimeMs", version);
            let bytes = message.bytes(name, version, &mut Rng::with_seed(0)).into();
            let mut response = Response::decode(api_key, &mut Reader::new(bytes), version).unwrap();
            let Some(told) = response.throttle_time_ms() else {
                assert!(!is_known, "{name}");
                continue;
            };
            *told = 1_234;
            let mut writer = Writer::new();
            response.encode(&mut writer, version).unwrap();
            let mut reader = Reader::new(writer.into_bytes().unwrap());
            let mut received = Response::decode(api_key, &mut reader, version).unwrap();
            let expected = if is_told { 1_234 } else { 0 };
            assert_eq!(received.throttle_time_ms().copied(), Some(expected), "{name}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_message_comes_back(seed: u64) {
        let mut random = Rng::with_seed(seed);
        for (name, message) in &schema::messages() {
            for version in message.versions() {
                let bytes = message.bytes(name, version, &mut random).into();
                check!(comes_back, name, message, version, &bytes);
                check!(is_refused_when_cut, name, message, version, &bytes);
            }
        }
    }
}
