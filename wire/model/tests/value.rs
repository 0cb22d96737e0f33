//! Typed structs from and to dynamic values.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use ninefold_model::{Map, Timestamp, Value, to_value};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Input<'a> {
    queue_url: &'a str,
    delay_seconds: Option<i32>,
    #[serde(default)]
    names: Vec<String>,
    attributes: BTreeMap<String, Attribute<'a>>,
    mode: Mode,
    since: Timestamp,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute<'a> {
    string_value: Option<&'a str>,
    binary_value: Option<Bytes>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
enum Mode {
    Fast,
    Slow,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
enum Union {
    Text(String),
    Number(i64),
    Part { size: u32 },
}

fn input() -> Value {
    let city = Map::from_iter([("StringValue", Value::from("Any"))]);
    let raw = Map::from_iter([("BinaryValue", Bytes::from_static(b"\x00\xff"))]);
    Value::Map(Map::from_iter([
        ("QueueUrl", Value::from("http://q")),
        ("DelaySeconds", Value::Integer(5)),
        ("Names", vec![Value::from("a"), Value::from("b")].into()),
        (
            "Attributes",
            Map::from_iter([("City", city), ("Raw", raw)]).into(),
        ),
        ("Mode", Value::from("Slow")),
        ("Since", Timestamp::from_milliseconds(1_700_000_000_123).into()),
    ]))
}

#[test]
fn a_typed_struct_is_read_and_written() {
    let value = input();
    let typed = Input::deserialize(&value).unwrap();
    assert_eq!(typed.queue_url, "http://q");
    assert_eq!(typed.delay_seconds, Some(5));
    assert_eq!(typed.mode, Mode::Slow);
    assert_eq!(typed.since.milliseconds(), 1_700_000_000_123);
    assert_eq!(
        typed.attributes["Raw"].binary_value.as_deref(),
        Some(&b"\x00\xff"[..])
    );
    assert_eq!(typed.attributes["City"].string_value, Some("Any"));
    assert_eq!(to_value(&typed), Ok(value));
}

#[test]
fn blobs_are_read_as_any_kind_of_bytes() {
    #[derive(Deserialize)]
    struct Borrowed<'a> {
        #[serde(borrow)]
        data: Cow<'a, [u8]>,
    }
    #[derive(Deserialize)]
    struct Owned {
        data: Vec<u8>,
    }
    let value = Value::Map(Map::from_iter([("data", Bytes::from_static(b"abc"))]));
    assert!(matches!(
        Borrowed::deserialize(&value).unwrap().data,
        Cow::Borrowed(b"abc")
    ));
    assert_eq!(Owned::deserialize(&value).unwrap().data, b"abc");
}

#[test]
fn members_that_are_none_are_left_out() {
    let attribute = Attribute {
        string_value: None,
        binary_value: None,
    };
    assert_eq!(to_value(&attribute), Ok(Value::Map(Map::new())));
}

#[test]
fn unions_are_structures_with_one_member() {
    let unions = [
        (
            Union::Text("x".into()),
            Map::from_iter([("Text", Value::from("x"))]),
        ),
        (Union::Number(7), Map::from_iter([("Number", Value::Integer(7))])),
        (
            Union::Part { size: 3 },
            Map::from_iter([("Part", Map::from_iter([("size", 3i64)]))]),
        ),
    ];
    for (union, map) in unions {
        let value = Value::Map(map);
        assert_eq!(to_value(&union), Ok(value.clone()));
        assert_eq!(Union::deserialize(&value), Ok(union));
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    assert!(Input::deserialize(&Value::Null).is_err());
    assert!(
        Input::deserialize(&Value::Map(Map::new()))
            .unwrap_err()
            .to_string()
            .contains("QueueUrl")
    );
    assert!(u8::deserialize(&Value::Integer(256)).is_err());
    assert!(String::deserialize(&Value::Integer(1)).is_err());
    assert!(Mode::deserialize(&Value::from("Medium")).is_err());
    assert!(to_value(&u64::MAX).is_err());
    assert!(to_value(&BTreeMap::from([(vec![1], 1)])).is_err());
}

proptest! {
    #[test]
    fn typed_values_come_back(
        texts in prop::collection::btree_map(".*", prop::option::of(any::<i64>()), 0..8),
        bytes in prop::collection::vec(any::<u8>(), 0..32),
        flag: bool,
    ) {
        let typed = (texts, Bytes::from(bytes), flag);
        let value = to_value(&typed).unwrap();
        let (texts, bytes, flag): (BTreeMap<String, Option<i64>>, Bytes, bool) = Deserialize::deserialize(&value).unwrap();
        let kept: BTreeMap<_, _> = typed.0.into_iter().filter(|(_, number)| number.is_some()).collect();
        prop_assert_eq!((texts, bytes, flag), (kept, typed.1, typed.2));
    }
}
