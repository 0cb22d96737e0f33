//! AWS JSON in CBOR: the vectors of RFC 8949, what the AWS SDK for Java sends, and the same as JSON for any value.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

mod shapes;

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use ninefold_model::{Map, ServiceModel, Timestamp, Value, kinesis};
use ninefold_protocol::cbor::{CborError, decode_cbor, encode_cbor, encode_cbor_error, from_slice, write_to};
use ninefold_protocol::json::{decode_json, encode_json};
use ninefold_protocol::{Codec, DecodeError, ServiceError};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use shapes::any_input;

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let pairs = digits.chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

/// What a vector says, as JSON can say it: bytes as the list of their numbers.
fn as_json(bytes: &[u8]) -> Result<serde_json::Value, CborError> {
    from_slice(bytes)
}

#[test]
fn the_vectors_of_the_rfc_are_read() {
    // RFC 8949, appendix A. Tags are passed over.
    let vectors = [
        ("00", "0"),
        ("17", "23"),
        ("1818", "24"),
        ("1903e8", "1000"),
        ("1a000f4240", "1000000"),
        ("1b000000e8d4a51000", "1000000000000"),
        ("1bffffffffffffffff", "18446744073709551615"),
        ("20", "-1"),
        ("3903e7", "-1000"),
        ("3bffffffffffffffff", "-1.8446744073709552e19"),
        ("f90000", "0.0"),
        ("f98000", "-0.0"),
        ("f93c00", "1.0"),
        ("fb3ff199999999999a", "1.1"),
        ("f93e00", "1.5"),
        ("f97bff", "65504.0"),
        ("fa47c35000", "100000.0"),
        ("f9c400", "-4.0"),
        ("fbc010666666666666", "-4.1"),
        ("f4", "false"),
        ("f5", "true"),
        ("f6", "null"),
        ("f7", "null"),
        ("c11a514b67b0", "1363896240"),
        (
            "c0 74 323031332d30332d32315432303a30343a30305a",
            "\"2013-03-21T20:04:00Z\"",
        ),
        ("60", "\"\""),
        ("6449455446", "\"IETF\""),
        ("62225c", "\"\\\"\\\\\""),
        ("64f0908591", "\"\u{10151}\""),
        ("80", "[]"),
        ("83010203", "[1,2,3]"),
        ("8301820203820405", "[1,[2,3],[4,5]]"),
        ("a0", "{}"),
        ("a26161016162820203", "{\"a\":1,\"b\":[2,3]}"),
        ("7f657374726561646d696e67ff", "\"streaming\""),
        ("9fff", "[]"),
        ("9f018202039f0405ffff", "[1,[2,3],[4,5]]"),
        ("83019f0203ff820405", "[1,[2,3],[4,5]]"),
        ("bf61610161629f0203ffff", "{\"a\":1,\"b\":[2,3]}"),
        ("bf6346756ef563416d7421ff", "{\"Fun\":true,\"Amt\":-2}"),
    ];
    for (bytes, json) in vectors {
        let expected: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(as_json(&hex(bytes)), Ok(expected), "{bytes}");
    }
    // What JSON has no number for, or this reader of JSON no exact one.
    let floats = [
        ("fa7f7fffff", 3.402_823_466_385_288_6e38),
        ("fb7e37e43c8800759c", 1.0e300),
        ("f90001", 5.960_464_477_539_063e-8),
        ("f90400", 0.000_061_035_156_25),
        ("f97c00", f64::INFINITY),
        ("fbfff0000000000000", f64::NEG_INFINITY),
    ];
    for (bytes, expected) in floats {
        assert_eq!(from_slice::<f64>(&hex(bytes)), Ok(expected));
    }
    assert!(from_slice::<f64>(&hex("f97e00")).unwrap().is_nan());
}

#[test]
fn what_is_not_well_formed_is_refused() {
    // RFC 8949, appendix F.1.
    let incomplete = "18 19 1a 1b 1901 1a0102 1b01020304050607 38 58 78 98 9a01ff00 b8 d8 f8 f900 fa0000 fb000000 41 61 \
        5affffffff00 5bffffffffffffffff010203 7affffffff00 7b7fffffffffffffff010203 81 818181818181818181 8200 a1 a20102 \
        a100 a2000000 c0 5f4100 7f6100 9f 9f0102 bf bf01020102 819f 9f8000 9f9f9f9f9fffffffff 9f819f819f9fffffff";
    let malformed = "1c 1d 1e 3c 3d 3e 5c 5d 7e 9c bd dc fc fd fe ff 81ff 8200ff a1ff a1ff00 a100ff a20000ff 9f81ff 1f 3f df \
        5f00ff 5f21ff 5f6100ff 5f80ff 5fa0ff 5fc000ff 5fe0ff 7f4100ff 5f5f4100ffff 7f7f6100ffff bf00ff bf000000ff";
    for bytes in incomplete.split_whitespace().chain(malformed.split_whitespace()) {
        assert!(
            from_slice::<serde::de::IgnoredAny>(&hex(bytes)).is_err(),
            "{bytes}"
        );
    }
    let refusals = [
        ("0000", CborError::Trailing),
        ("61ff", CborError::NotUtf8),
        // A character that is split between two chunks.
        ("7f61c361a9ff", CborError::NotUtf8),
        ("", CborError::Incomplete),
    ];
    for (bytes, refusal) in refusals {
        assert_eq!(as_json(&hex(bytes)), Err(refusal), "{bytes}");
    }
}

#[test]
fn depth_is_bounded() {
    for opening in [
        &[0x81][..],
        &[0x9f],
        &[0xa1, 0x61, 0x61],
        &[0xbf, 0x61, 0x61],
        &[0xc1],
    ] {
        let deep = opening.repeat(100_000);
        assert_eq!(as_json(&deep), Err(CborError::TooDeep), "{opening:?}");
        assert_eq!(
            from_slice::<serde::de::IgnoredAny>(&deep).err(),
            Some(CborError::TooDeep)
        );
        let operation = kinesis().operation("PutRecords").unwrap();
        assert!(decode_cbor(kinesis(), operation, &deep).is_err());
    }
    assert!(as_json(&[[0x81; 128].as_slice(), &[0]].concat()).is_ok());
}

#[test]
fn memory_is_bounded_by_the_bytes() {
    // Lengths claim what isn't there.
    for bytes in [
        "9b00ffffffffffffff",
        "bb00ffffffffffffff",
        "5b00ffffffffffffff",
        "9b7fffffffffffffff00",
    ] {
        assert!(from_slice::<Vec<u64>>(&hex(bytes)).is_err(), "{bytes}");
    }
    let mut values = hex("a1 67 5265636f726473 9f");
    values.resize(values.len() + 60_000, 0xa0);
    values.push(0xff);
    let refused = decode_cbor(kinesis(), kinesis().operation("PutRecords").unwrap(), &values);
    assert!(matches!(refused, Err(DecodeError::Limit(_))), "{refused:?}");
}

#[derive(Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Everything<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(with = "as_bytes", borrow)]
    data: Cow<'a, [u8]>,
    at: Timestamp,
    position: Position,
    absent: Option<i64>,
    numbers: Vec<i64>,
    tags: BTreeMap<String, f64>,
}

#[derive(Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Position {
    TrimHorizon,
}

mod as_bytes {
    use std::borrow::Cow;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Cow<'de, [u8]>, D::Error> {
        let bytes = <&'de [u8]>::deserialize(deserializer).map_err(D::Error::custom)?;
        Ok(Cow::Borrowed(bytes))
    }
}

#[test]
fn typed_structs_borrow_and_come_back() {
    let everything = Everything {
        name: "n".into(),
        data: Cow::Borrowed(&[0, 1, 255]),
        at: Timestamp::from_milliseconds(1_700_000_000_123),
        position: Position::TrimHorizon,
        absent: None,
        numbers: vec![0, 23, 24, 255, 256, 65_536, 1 << 40, -1, -25, i64::MIN, i64::MAX],
        tags: BTreeMap::from([("a".to_owned(), 1.5)]),
    };
    let bytes = Codec::Cbor.write(&everything).unwrap();
    // Tag 1 and milliseconds.
    let moment = hex("62 4174 c1 1b 0000018bcfe5687b");
    assert!(
        bytes.windows(moment.len()).any(|window| window == moment),
        "{bytes:02x?}"
    );
    let read: Everything<'_> = Codec::Cbor.read(&bytes).unwrap();
    assert_eq!(read, everything);
    let stands = |part: *const u8| bytes.as_ptr_range().contains(&part);
    assert!(stands(read.name.as_ptr()) && stands(read.data.as_ptr()));
    assert!(matches!(read.data, Cow::Borrowed(_)) && matches!(&read.name, Cow::Borrowed(_)));
    assert!(Codec::Cbor.read::<Everything<'_>>(b"{}").is_err());
}

#[derive(Serialize)]
enum Variant {
    Unit,
    One(i64),
    Two(i64, bool),
    Named { a: char },
}

#[test]
fn variants_and_lengths_that_are_not_known_are_written() {
    let mut bytes = Vec::new();
    let variants = (
        Variant::Unit,
        Variant::One(-1),
        Variant::Two(1, true),
        Variant::Named { a: 'é' },
    );
    write_to(&mut bytes, &variants).unwrap();
    let expected = r#"["Unit",{"One":-1},{"Two":[1,true]},{"Named":{"a":"é"}}]"#;
    assert_eq!(
        as_json(&bytes).unwrap(),
        serde_json::from_str::<serde_json::Value>(expected).unwrap()
    );

    struct Unknown;
    impl Serialize for Unknown {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq((0..300).filter(|number| number % 100 == 0))
        }
    }
    let mut bytes = Vec::new();
    write_to(&mut bytes, &Unknown).unwrap();
    assert_eq!(bytes, hex("9f 00 1864 18c8 ff"));
}

fn decode(operation: &str, body: &[u8]) -> Result<Value, DecodeError> {
    decode_cbor(kinesis(), kinesis().operation(operation).unwrap(), body)
}

#[test]
fn an_input_is_read_by_the_model() {
    // {"StreamName": (_ "s", "t"), "Records": [_ {"Data": h'00ff', "PartitionKey": "k", "Unknown": {"a": [1]}}], "StreamARN": null}
    let body = hex("bf 6a 53747265616d4e616d65 7f 61 73 61 74 ff
         67 5265636f726473 9f bf 64 44617461 42 00ff 6c 506172746974696f6e4b6579 61 6b
         67 556e6b6e6f776e a1 61 61 81 01 ff ff
         69 53747265616d41524e f6 ff");
    let record = Map::from_iter([
        ("Data", Value::Blob(Bytes::from_static(&[0, 255]))),
        ("PartitionKey", Value::from("k")),
    ]);
    let expected = Map::from_iter([
        ("StreamName", Value::from("st")),
        ("Records", Value::List(vec![record.into()])),
    ]);
    assert_eq!(decode("PutRecords", &body), Ok(expected.into()));
    assert_eq!(decode("PutRecords", b""), Ok(Map::new().into()));
    assert_eq!(decode("PutRecords", &hex("f6")), Ok(Map::new().into()));
}

/// Recorded from the AWS SDK for Java, 2.57.8.
#[test]
fn what_the_sdk_for_java_sends_is_read() {
    let put_records =
        "bf675265636f7264739fbf6444617461430001ff6f4578706c69636974486173684b657961306c506172746974696f6e4b65
        79636bc3a4ffff6a53747265616d4e616d65666f7264657273ff";
    let record = Map::from_iter([
        ("Data", Value::Blob(Bytes::from_static(&[0, 1, 255]))),
        ("ExplicitHashKey", Value::from("0")),
        ("PartitionKey", Value::from("kä")),
    ]);
    let expected = Map::from_iter([
        ("Records", Value::List(vec![record.into()])),
        ("StreamName", Value::from("orders")),
    ]);
    assert_eq!(decode("PutRecords", &hex(put_records)), Ok(expected.into()));

    let get_shard_iterator = "bf6a53747265616d4e616d65666f7264657273675368617264496474736861726449642d303030303030303030303030
        7153686172644974657261746f72547970656c41545f54494d455354414d506954696d657374616d70c11b0000018bcfe5687bff";
    let expected = Map::from_iter([
        ("StreamName", Value::from("orders")),
        ("ShardId", Value::from("shardId-000000000000")),
        ("ShardIteratorType", Value::from("AT_TIMESTAMP")),
        (
            "Timestamp",
            Value::from(Timestamp::from_milliseconds(1_700_000_000_123)),
        ),
    ]);
    assert_eq!(
        decode("GetShardIterator", &hex(get_shard_iterator)),
        Ok(expected.into())
    );

    let limit = Map::from_iter([("Limit", 10)]);
    assert_eq!(
        decode("ListStreams", &hex("bf654c696d69740aff")),
        Ok(limit.into())
    );
}

#[test]
fn timestamps_are_milliseconds_with_and_without_a_tag() {
    let moment = Timestamp::from_milliseconds(1_700_000_000_123);
    for at in [
        "c1 1b 0000018bcfe5687b",
        "1b 0000018bcfe5687b",
        "c1 fb 4278bcfe5687b000",
    ] {
        // {"Timestamp": …}
        let body = hex(&format!("a1 69 54696d657374616d70 {at}"));
        let expected = Map::from_iter([("Timestamp", moment)]);
        assert_eq!(decode("GetShardIterator", &body), Ok(expected.into()), "{at}");
    }
    let too_far = hex("a1 69 54696d657374616d70 c1 1b 7fffffffffffffff");
    assert!(matches!(
        decode("GetShardIterator", &too_far),
        Err(DecodeError::Type(_))
    ));
}

#[test]
fn what_is_of_another_type_than_the_models_is_refused_in_words() {
    let cases = [
        (
            "GetRecords",
            "a1 65 4c696d6974 61 61",
            "STRING_VALUE can not be converted to an Integer",
        ),
        (
            "GetRecords",
            "a1 65 4c696d6974 41 61",
            "BINARY_VALUE can not be converted to an Integer",
        ),
        (
            "GetRecords",
            "a1 65 4c696d6974 1a 80000000",
            "Number out of range",
        ),
        (
            "PutRecord",
            "a1 64 44617461 61 61",
            "only byte strings are convertible to bytes",
        ),
        ("PutRecord", "01", "Expected null"),
        (
            "PutRecord",
            "7b",
            "Could not parse request body into cbor: the item is incomplete",
        ),
    ];
    for (operation, body, expected) in cases {
        let refused = decode(operation, &hex(body)).unwrap_err().to_string();
        assert_eq!(refused, expected, "{body}");
    }
}

#[test]
fn outputs_and_errors_are_written() {
    let output = Map::from_iter([
        ("MillisBehindLatest", Value::Integer(0)),
        ("NextShardIterator", Value::Null),
        ("NoMember", Value::Integer(1)),
        (
            "Records",
            Value::List(vec![Value::Map(Map::from_iter([
                ("Data", Value::Blob(Bytes::from_static(b"x"))),
                (
                    "ApproximateArrivalTimestamp",
                    Value::Timestamp(Timestamp::from_milliseconds(-1)),
                ),
            ]))]),
        ),
    ]);
    let body = encode_cbor(
        kinesis(),
        kinesis().operation("GetRecords").unwrap(),
        &output.into(),
    );
    let expected = "a2 67 5265636f726473 81 a2
        78 1b 417070726f78696d6174654172726976616c54696d657374616d70 c1 20 64 44617461 41 78
        72 4d696c6c6973426568696e644c6174657374 00";
    assert_eq!(body, hex(expected));
    let nothing = Map::new().into();
    let body = encode_cbor(kinesis(), kinesis().operation("DeleteStream").unwrap(), &nothing);
    assert_eq!(body, hex("a0"));

    let error = ServiceError::common(400, "UnknownOperationException", "no").with_member("Count", 2);
    let body = encode_cbor_error(&error);
    let json = r#"{"__type":"UnknownOperationException","message":"no","Count":2}"#;
    assert_eq!(
        as_json(&body).unwrap(),
        serde_json::from_str::<serde_json::Value>(json).unwrap()
    );
}

/// Floats that JSON has no number for are not what is compared.
fn is_plain(model: &ServiceModel, name: &str, value: &Value) -> bool {
    let operation = model.operation(name).unwrap();
    decode_json(model, operation, &encode_json(model, operation, value)).as_ref() == Ok(value)
}

proptest! {
    #[test]
    fn cbor_says_what_json_says((model, name, value) in any_input()) {
        prop_assume!(is_plain(model, name, &value));
        let operation = model.operation(name).unwrap();
        let body = encode_cbor(model, operation, &value);
        prop_assert_eq!(decode_cbor(model, operation, &body), Ok(value));
    }

    #[test]
    fn no_change_of_an_input_panics(
        (model, name, value) in any_input(),
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..8),
    ) {
        let operation = model.operation(name).unwrap();
        let mut body = encode_cbor(model, operation, &value).to_vec();
        for (place, byte, kind) in places {
            let index = place.index(body.len() + 1);
            match kind {
                0 if index < body.len() => body[index] = byte,
                1 => body.insert(index, byte),
                _ => body.truncate(index),
            }
        }
        if let Ok(value) = decode_cbor(model, operation, &body) {
            prop_assert!(value.as_map().is_some());
        }
        // Whatever is read was there.
        if let Ok(bytes) = from_slice::<&[u8]>(&body) {
            prop_assert!(bytes.len() < body.len());
        }
    }

    #[test]
    fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..96)) {
        for operation in kinesis().operations() {
            if let Ok(value) = decode_cbor(kinesis(), operation, &body) {
                prop_assert!(value.as_map().is_some());
            }
        }
    }
}
