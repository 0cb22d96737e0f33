//! For any bytes and any value: no panic, bounded work, and what is written is read back.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

mod shapes;

use http::{HeaderMap, Request};
use ninefold_model::{sqs, sts, validate};
use ninefold_protocol::json::{decode_json, encode_json};
use ninefold_protocol::query::{Form, decode_query};
use ninefold_protocol::rest::{RestRequest, decode_rest_json};
use ninefold_protocol::xml::encode_query_xml;
use ninefold_protocol::{Registry, RequestId};
use proptest::prelude::*;
use proptest::sample::select;
use shapes::any_input;

/// Bytes that look like JSON more often than not.
fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let fragments = select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\\u",
        "d800",
        "null",
        "true",
        "1e999",
        "-",
        "0.5",
        "\"QueueUrl\":",
        "\"Entries\":[{",
        "\"MessageAttributes\":{\"a\":{",
        "\"BinaryValue\":\"AA=\"",
        "\"DelaySeconds\":9e9",
        " ",
    ]);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..64),
        prop::collection::vec(fragments, 0..16).prop_map(|fragments| fragments.concat().into_bytes()),
    ]
}

/// Bytes that look like a form.
fn any_form() -> impl Strategy<Value = Vec<u8>> {
    let fragments = select(vec![
        "Action=SendMessageBatch",
        "&",
        "=",
        ".",
        "%",
        "%2",
        "%C3",
        "+",
        "1",
        "2",
        "99999999999999999999",
        "member",
        "entry",
        "SendMessageBatchRequestEntry",
        "Entries",
        "MessageAttribute",
        "Name",
        "Value",
        "StringValue",
        "Id",
        "DelaySeconds",
        "Attribute",
        "Tag",
        "Key",
        "BinaryListValue",
        "Version=2012-11-05",
    ]);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..64),
        prop::collection::vec(fragments, 0..40).prop_map(|fragments| fragments.concat().into_bytes()),
    ]
}

proptest! {
    #[test]
    fn json_written_is_read_back((model, name, value) in any_input()) {
        let operation = model.operation(name).unwrap();
        let body = encode_json(model, operation, &value);
        prop_assert_eq!(decode_json(model, operation, &body), Ok(value));
    }

    #[test]
    fn any_value_is_validated_and_written((model, name, value) in any_input()) {
        let operation = model.operation(name).unwrap();
        if let Err(violations) = validate(model, operation.input.unwrap(), &value) {
            prop_assert!(ninefold_model::describe(&violations).contains("detected: Value"));
        }
        let body = encode_query_xml(model, operation, &value, RequestId::from_random_bits(1));
        let body = std::str::from_utf8(&body).unwrap();
        prop_assert_eq!(body.matches('<').count(), body.matches('>').count());
        prop_assert!(body.ends_with("Response>"));
    }

    #[test]
    fn no_body_panics(body in any_body()) {
        for model in [sqs(), sts()] {
            for operation in model.operations() {
                if let (Ok(value), Some(shape)) = (decode_json(model, operation, &body), operation.input) {
                    prop_assert!(value.as_map().is_some());
                    let violations = validate(model, shape, &value).err().unwrap_or_default();
                    prop_assert!(violations.iter().all(|violation| !violation.path.is_empty()));
                }
            }
        }
    }

    #[test]
    fn no_form_panics(form in any_form()) {
        let Ok(form) = Form::parse(&form) else { return Ok(()) };
        for model in [sqs(), sts()] {
            for operation in model.operations() {
                if let Ok(value) = decode_query(model, operation, &form) {
                    prop_assert!(value.as_map().is_some());
                }
                let headers = HeaderMap::new();
                let request = RestRequest { labels: &[], query: &form, headers: &headers };
                prop_assert!(decode_rest_json(model, operation, request, b"").is_ok());
            }
        }
    }

    #[test]
    fn no_request_panics_the_router(
        target in prop::option::of("[ -~]{0,24}"),
        path in "/[!-~&&[^#<>\"`{}\\\\^|]]{0,24}",
        form in any_form(),
    ) {
        let mut request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        if let Some(target) = target {
            request = request.header("x-amz-target", target);
        }
        let Ok(request) = request.body(()) else { return Ok(()) };
        let (parts, ()) = request.into_parts();
        match Registry::new([sqs(), sts()]).route(&parts, &form, Some("sqs")) {
            Ok(route) => prop_assert!(route.model.operation(route.operation.name).is_some()),
            Err(refused) => prop_assert!((400..500).contains(&refused.error.status)),
        }
    }
}
