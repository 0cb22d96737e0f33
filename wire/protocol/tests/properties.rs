//! For any bytes and any value: no panic, bounded work, and what is written is read back.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use bytes::Bytes;
use http::{HeaderMap, Request};
use ninefold_model::{Map, ServiceModel, ShapeId, ShapeKind, Timestamp, Value, sqs, sts, validate};
use ninefold_protocol::json::{decode_json, encode_json};
use ninefold_protocol::query::{Form, decode_query};
use ninefold_protocol::rest::{RestRequest, decode_rest_json};
use ninefold_protocol::xml::encode_query_xml;
use ninefold_protocol::{Registry, RequestId};
use proptest::prelude::*;
use proptest::sample::select;

const MODELS: [(&str, &str); 2] = [
    ("sqs", include_str!("../../model/models/sqs.json")),
    ("sts", include_str!("../../model/models/sts.json")),
];

/// A model of the same shapes whose operations give back what they take, one for every structure.
fn mirrored((name, text): (&'static str, &str)) -> &'static ServiceModel {
    let mut model: serde_json::Value = serde_json::from_str(text).unwrap();
    let shapes = model["shapes"].as_object().unwrap().clone();
    let structures = shapes.iter().filter(|(_, shape)| shape["type"] == "structure");
    let mirror =
        |name: &str| serde_json::json!({"method": "POST", "uri": "/", "input": name, "output": name});
    model["operations"] = structures.map(|(name, _)| (name.clone(), mirror(name))).collect();
    let text: &'static str = model.to_string().leak();
    Box::leak(Box::new(ServiceModel::parse(name, text).unwrap()))
}

/// Any value of a shape, whether its constraints hold or not.
fn any_value(model: &'static ServiceModel, shape: ShapeId, depth: usize) -> BoxedStrategy<Value> {
    let length = if depth == 0 { 0..1 } else { 0..4 };
    match &model.shape(shape).kind {
        ShapeKind::Structure(structure) => {
            let members = structure.members.iter().filter(|_| depth > 0).map(|member| {
                let value = any_value(model, member.shape, depth - 1);
                prop::option::of(value).prop_map(|value| value.map(|value| (member.name, value)))
            });
            members
                .collect::<Vec<_>>()
                .prop_map(|members| Value::Map(members.into_iter().flatten().collect()))
                .boxed()
        }
        ShapeKind::List(list) => {
            let elements = any_value(model, list.member.shape, depth.saturating_sub(1));
            prop::collection::vec(elements, length)
                .prop_map(Value::List)
                .boxed()
        }
        ShapeKind::Map(map) => {
            let entries = (
                any::<String>(),
                any_value(model, map.value.shape, depth.saturating_sub(1)),
            );
            prop::collection::vec(entries, length)
                .prop_map(|entries| Value::Map(Map::from_iter(entries)))
                .boxed()
        }
        ShapeKind::String(_) => any::<String>().prop_map(Value::String).boxed(),
        ShapeKind::Blob(_) => prop::collection::vec(any::<u8>(), 0..16)
            .prop_map(|bytes| Value::Blob(Bytes::from(bytes)))
            .boxed(),
        ShapeKind::Boolean => any::<bool>().prop_map(Value::Bool).boxed(),
        ShapeKind::Integer(_) => any::<i32>()
            .prop_map(|number| Value::Integer(number.into()))
            .boxed(),
        ShapeKind::Long(_) => any::<i64>().prop_map(Value::Integer).boxed(),
        ShapeKind::Float(_) => any::<f64>().prop_map(Value::Float).boxed(),
        ShapeKind::Timestamp(_) => (0..4_000_000_000_000i64)
            .prop_map(|at| Value::Timestamp(Timestamp::from_milliseconds(at)))
            .boxed(),
    }
}

/// An operation of a mirrored model, with an input of it.
fn any_input() -> impl Strategy<Value = (&'static ServiceModel, &'static str, Value)> {
    let operations: Vec<(&'static ServiceModel, &'static str)> = MODELS
        .map(mirrored)
        .into_iter()
        .flat_map(|model| {
            model
                .operations()
                .iter()
                .map(move |operation| (model, operation.name))
        })
        .collect();
    select(operations).prop_flat_map(|(model, name)| {
        let shape = model.operation(name).unwrap().input.unwrap();
        any_value(model, shape, 4).prop_map(move |value| (model, name, value))
    })
}

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
