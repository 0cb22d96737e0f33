//! The three parameters of a target, and none.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_input_transformer::{ApplyError, Constant, Input, InputPath, InputTransformer, Reserved};

const RESERVED: Reserved<'_> = Reserved {
    rule_arn: "arn",
    rule_name: "name",
    ingestion_time: "time",
};

fn apply(input: &Input, event: &str) -> Option<String> {
    let applied = input.apply(event.as_bytes(), &RESERVED).unwrap();
    applied.map(Into::into)
}

#[test]
fn what_a_target_gets() {
    let event =
        r#"{"detail":{"command":"update-account","payload":{"acc_id":"0a787ecb-4015","sf_id":"baz"}}}"#;
    let path = |path: &str| Input::Path(InputPath::parse(path).unwrap());
    let constant = |json: &str| Input::Constant(Constant::parse(json).unwrap());
    let transformer = InputTransformer::parse([("c", "$.detail.command")], "{\"c\": <c>}").unwrap();
    for (input, expected) in [
        (Input::default(), Some(event)),
        // Recorded from the service by LocalStack's tests.
        (
            path("$.detail"),
            Some(r#"{"command":"update-account","payload":{"acc_id":"0a787ecb-4015","sf_id":"baz"}}"#),
        ),
        (
            path("$.detail.payload"),
            Some(r#"{"acc_id":"0a787ecb-4015","sf_id":"baz"}"#),
        ),
        (path("$.detail.payload.sf_id"), Some(r#""baz""#)),
        (path("$.detail.payload.missing"), None),
        (
            constant(r#"{"custom-value": "somecustominput"}"#),
            Some(r#"{"custom-value": "somecustominput"}"#),
        ),
        (Input::Transformer(transformer), Some(r#"{"c":"update-account"}"#)),
    ] {
        assert_eq!(apply(&input, event).as_deref(), expected, "{input:?}");
    }
}

#[test]
fn a_constant_is_any_json() {
    for json in [
        "{}",
        "[]",
        r#""hello""#,
        "1.10",
        "true",
        "null",
        " { \"a\" : 1 } ",
    ] {
        assert_eq!(Constant::parse(json).unwrap().as_str(), json);
    }
    for text in ["", " ", "hello", "{", "{a:1}", "{} {}", "'a'", "01", "{\"a\":1,}"] {
        assert!(Constant::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn an_event_that_is_none_is_an_error() {
    for event in [&b"nothing"[..], b"", b"{\"a\":\"\xff\"}"] {
        let applied = Input::Event.apply(event, &RESERVED);
        assert!(matches!(applied, Err(ApplyError::Event(_))));
    }
}
