//! AWS JSON against the shapes of a small model.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use bytes::Bytes;
use ninefold_model::{Map, Operation, ServiceModel, Timestamp, Value};
use ninefold_protocol::DecodeError;
use ninefold_protocol::json::{decode_json, encode_json};

const MODEL: &str = r#"{
"metadata":{"serviceId":"Test","apiVersion":"1","endpointPrefix":"test","signingName":"test","protocols":["json"],"jsonVersion":"1.1"},
"operations":{"Echo":{"method":"POST","uri":"/","input":"All","output":"All"},"Nothing":{"method":"POST","uri":"/"}},
"shapes":{
"All":{"type":"structure","members":{
 "Text":{"shape":"Text"},"Flag":{"shape":"Flag"},"Count":{"shape":"Count"},"Size":{"shape":"Size"},"Ratio":{"shape":"Ratio"},
 "Data":{"shape":"Data"},"When":{"shape":"When"},"Day":{"shape":"When","timestampFormat":"iso8601"},
 "Texts":{"shape":"Texts"},"Sizes":{"shape":"Sizes"},"Inner":{"shape":"All"},"Free":{"shape":"Free"}}},
"Text":{"type":"string"},"Flag":{"type":"boolean"},"Count":{"type":"integer"},"Size":{"type":"long"},"Ratio":{"type":"double"},
"Data":{"type":"blob"},"When":{"type":"timestamp"},"Texts":{"type":"list","member":{"shape":"Text"}},
"Sizes":{"type":"map","key":{"shape":"Text"},"value":{"shape":"Size"}},
"Free":{"type":"structure","members":{},"document":true}}}"#;

fn model() -> ServiceModel {
    ServiceModel::parse("test", MODEL).unwrap()
}

fn echo(model: &ServiceModel) -> &Operation {
    model.operation("Echo").unwrap()
}

fn decode(body: &str) -> Result<Value, DecodeError> {
    let model = model();
    decode_json(&model, echo(&model), body.as_bytes())
}

fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    Value::Map(Map::from_iter(entries))
}

#[test]
fn every_type_is_read_and_written() {
    let body = r#"{"Text":"a\"\\\nü😀","Flag":true,"Count":-7,"Size":9007199254740993,"Ratio":0.5,"Data":"AP8=","When":1700000000.123,"Day":"2023-11-14T22:13:20Z","Texts":["a","b"],"Sizes":{"x":1,"y":2},"Inner":{"Text":""},"Free":{"a":[1,null,{"b":false}],"c":"d"}}"#;
    let inner = map([("b", Value::Bool(false))]);
    let value = map([
        ("Text", Value::from("a\"\\\nü😀")),
        ("Flag", Value::Bool(true)),
        ("Count", Value::Integer(-7)),
        ("Size", Value::Integer(9_007_199_254_740_993)),
        ("Ratio", Value::Float(0.5)),
        ("Data", Bytes::from_static(b"\x00\xff").into()),
        ("When", Timestamp::from_milliseconds(1_700_000_000_123).into()),
        ("Day", Timestamp::from_milliseconds(1_700_000_000_000).into()),
        ("Texts", vec![Value::from("a"), Value::from("b")].into()),
        ("Sizes", map([("x", Value::Integer(1)), ("y", Value::Integer(2))])),
        ("Inner", map([("Text", Value::from(""))])),
        (
            "Free",
            map([
                ("a", vec![Value::Integer(1), Value::Null, inner].into()),
                ("c", Value::from("d")),
            ]),
        ),
    ]);
    assert_eq!(decode(body), Ok(value.clone()));
    let model = model();
    assert_eq!(
        std::str::from_utf8(&encode_json(&model, echo(&model), &value)).unwrap(),
        body
    );
}

#[test]
fn what_is_unknown_or_null_is_dropped() {
    let cases = [
        ("", map([])),
        ("{}", map([])),
        ("null", map([])),
        (
            r#"{"text":"case counts","Unknown":{"deep":[1,2,{"x":null}]}}"#,
            map([]),
        ),
        (r#"{"Text":null,"Inner":null,"Texts":null}"#, map([])),
        (
            r#"{"Texts":[null,"a",null]}"#,
            map([("Texts", vec![Value::from("a")].into())]),
        ),
        (
            r#"{"Sizes":{"x":null,"y":1}}"#,
            map([("Sizes", map([("y", Value::Integer(1))]))]),
        ),
        (
            r#"{"Text":"first","Text":"last"}"#,
            map([("Text", Value::from("last"))]),
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(decode(body), Ok(expected), "{body}");
    }
}

#[test]
fn numbers_are_converted_as_aws_does() {
    let cases = [
        (r#"{"Count":1.9}"#, "Count", Value::Integer(1)),
        (r#"{"Size":-1.9}"#, "Size", Value::Integer(-1)),
        (r#"{"Count":1e3}"#, "Count", Value::Integer(1000)),
        (r#"{"Ratio":3}"#, "Ratio", Value::Float(3.0)),
        (
            r#"{"Ratio":"-Infinity"}"#,
            "Ratio",
            Value::Float(f64::NEG_INFINITY),
        ),
        (r#"{"When":1}"#, "When", Timestamp::from_milliseconds(1000).into()),
        (
            r#"{"When":"1970-01-01T00:00:01Z"}"#,
            "When",
            Timestamp::from_milliseconds(1000).into(),
        ),
    ];
    for (body, member, expected) in cases {
        assert_eq!(decode(body).unwrap().get(member), Some(&expected), "{body}");
    }
}

#[test]
fn wrong_types_are_refused_in_awss_words() {
    let cases = [
        (r#"{"Text":1}"#, "NUMBER_VALUE can not be converted to a String"),
        (r#"{"Text":1.5}"#, "NUMBER_VALUE can not be converted to a String"),
        (r#"{"Text":true}"#, "TRUE_VALUE can not be converted to a String"),
        (r#"{"Text":["x"]}"#, "Start of list found where not expected"),
        (
            r#"{"Text":{"x":1}}"#,
            "Start of structure or map found where not expected.",
        ),
        (
            r#"{"Count":"1"}"#,
            "STRING_VALUE can not be converted to an Integer",
        ),
        (
            r#"{"Count":false}"#,
            "FALSE_VALUE can not be converted to an Integer",
        ),
        (r#"{"Count":2147483648}"#, "Number out of range"),
        (r#"{"Size":"1"}"#, "STRING_VALUE can not be converted to a Long"),
        (r#"{"Size":18446744073709551616}"#, "Number out of range"),
        (
            r#"{"Ratio":"1"}"#,
            "STRING_VALUE can not be converted to a Double",
        ),
        (
            r#"{"Flag":"true"}"#,
            "STRING_VALUE can not be converted to a Boolean",
        ),
        (r#"{"Flag":1}"#, "NUMBER_VALUE can not be converted to a Boolean"),
        (
            r#"{"Data":1}"#,
            "only base-64-encoded strings are convertible to bytes",
        ),
        (
            r#"{"Data":"abcde"}"#,
            "Base64 encoded length is expected a multiple of 4 bytes but found: 5",
        ),
        (
            r#"{"When":true}"#,
            "TRUE_VALUE can not be converted to milliseconds since epoch",
        ),
        (r#"{"When":1e300}"#, "not a timestamp"),
        (r#"{"Texts":"x"}"#, "Expected list or null"),
        (
            r#"{"Texts":{}}"#,
            "Start of structure or map found where not expected.",
        ),
        (
            r#"{"Texts":["a",1]}"#,
            "NUMBER_VALUE can not be converted to a String",
        ),
        (r#"{"Sizes":1}"#, "Expected map or null"),
        (r#"{"Inner":"x"}"#, "Expected null"),
        (r#"{"Inner":[]}"#, "Start of list found where not expected"),
        ("[]", "Start of list found where not expected"),
        ("7", "Expected null"),
    ];
    for (body, message) in cases {
        assert_eq!(decode(body), Err(DecodeError::Type(message.to_owned())), "{body}");
    }
}

#[test]
fn malformed_json_is_refused() {
    let bodies = [
        "{",
        "{]",
        "x",
        "{\"Text\":}",
        "{\"Text\":\"a\"",
        "{} {}",
        "{\"Text\":\"\u{1}\"}",
        r#"{"Text":"\ud800"}"#,
        r#"{"Unknown":[}"#,
        "{,}",
        "{'Text':1}",
    ];
    for body in bodies {
        assert!(matches!(decode(body), Err(DecodeError::Malformed(_))), "{body}");
    }
    let model = model();
    assert!(matches!(
        decode_json(&model, echo(&model), b"{\"Text\":\"\xff\"}"),
        Err(DecodeError::Malformed(_))
    ));
}

#[test]
fn depth_and_size_are_bounded() {
    for part in [
        r#"{"Inner":"#,
        r#"{"Unknown":"#,
        r#"{"Free":{"x":"#,
        r#"{"Unknown":["#,
    ] {
        assert!(
            matches!(decode(&part.repeat(100_000)), Err(DecodeError::Malformed(_))),
            "{part}"
        );
    }
    let many = format!(r#"{{"Texts":[{}""]}}"#, r#""","#.repeat(200_000));
    assert!(matches!(decode(&many), Err(DecodeError::Limit(_))));
    let ignored = format!(r#"{{"Unknown":[{}""]}}"#, r#""","#.repeat(200_000));
    assert_eq!(decode(&ignored), Ok(map([])));
}

#[test]
fn an_operation_without_input_or_output_takes_and_gives_nothing() {
    let model = model();
    let nothing = model.operation("Nothing").unwrap();
    for body in ["", "{}", r#"{"x":1}"#] {
        assert_eq!(decode_json(&model, nothing, body.as_bytes()), Ok(map([])));
    }
    assert!(decode_json(&model, nothing, b"{").is_err());
    assert_eq!(encode_json(&model, nothing, &map([])), "{}");
}

#[test]
fn members_that_the_shape_lacks_are_not_written() {
    let model = model();
    let output = map([
        ("Internal", Value::from("x")),
        ("Text", Value::Null),
        ("Flag", Value::Bool(false)),
    ]);
    assert_eq!(encode_json(&model, echo(&model), &output), r#"{"Flag":false}"#);
}
