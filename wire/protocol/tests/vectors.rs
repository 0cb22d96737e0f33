//! The codecs against vectors that botocore vouches for (see `vectors/oracle.py`).

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use bytes::Bytes;
use http::{HeaderMap, Request};
use ninefold_model::{Map, ServiceModel, Timestamp, Value};
use ninefold_protocol::json::{decode_json, encode_json};
use ninefold_protocol::query::{Form, decode_query};
use ninefold_protocol::xml::encode_query_xml;
use ninefold_protocol::{ErrorForm, Protocol, RequestId, ServiceError, refuse};
use serde_json::Value as Json;

const INPUTS: &str = include_str!("vectors/inputs.json");
const OUTPUTS: &str = include_str!("vectors/outputs.json");
const REQUESTS_JSON: &str = include_str!("vectors/requests-json.json");
const REQUESTS_QUERY: &str = include_str!("vectors/requests-query.json");
const ANSWERS_JSON: &str = include_str!("vectors/answers-json.json");
const ANSWERS_QUERY: &str = include_str!("vectors/answers-query.json");
const ERRORS_JSON: &str = include_str!("vectors/errors-json.json");
const ERRORS_QUERY: &str = include_str!("vectors/errors-query.json");

const REQUEST_ID: RequestId = RequestId::from_random_bits(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);

fn list(text: &str) -> Vec<Json> {
    serde_json::from_str(text).unwrap()
}

fn model(case: &Json) -> &'static ServiceModel {
    match case["service"].as_str().unwrap() {
        "sqs" => ninefold_model::sqs(),
        "sts" => ninefold_model::sts(),
        other => panic!("no model of {other}"),
    }
}

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => Value::Integer(number.as_i64().unwrap()),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(elements) => Value::List(elements.iter().map(value).collect()),
        Json::Object(object) => match (object.get("$blob"), object.get("$timestamp")) {
            (Some(blob), _) => Value::Blob(blob_of(blob.as_str().unwrap())),
            (_, Some(milliseconds)) => Timestamp::from_milliseconds(milliseconds.as_i64().unwrap()).into(),
            _ => Value::Map(
                object
                    .iter()
                    .map(|(key, element)| (key.clone(), value(element)))
                    .collect::<Map>(),
            ),
        },
    }
}

fn blob_of(text: &str) -> Bytes {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap()
        .into()
}

#[test]
fn botocores_json_requests_decode_to_their_inputs() {
    for (case, request) in list(INPUTS).iter().zip(list(REQUESTS_JSON)) {
        let Some(target) = request["target"].as_str() else {
            continue;
        };
        let operation = model(case)
            .operation(case["operation"].as_str().unwrap())
            .unwrap();
        assert_eq!(target, format!("AmazonSQS.{}", operation.name));
        let decoded = decode_json(
            model(case),
            operation,
            request["body"].as_str().unwrap().as_bytes(),
        );
        assert_eq!(decoded, Ok(value(&case["input"])), "{case}");
    }
}

#[test]
fn botocores_query_requests_decode_to_their_inputs() {
    for (case, request) in list(INPUTS).iter().zip(list(REQUESTS_QUERY)) {
        let operation = model(case)
            .operation(case["operation"].as_str().unwrap())
            .unwrap();
        let form = Form::parse(request["body"].as_str().unwrap().as_bytes()).unwrap();
        assert_eq!(form.get("Action"), Some(operation.name));
        assert_eq!(form.get("Version"), Some(model(case).api_version));
        assert_eq!(
            decode_query(model(case), operation, &form),
            Ok(value(&case["input"])),
            "{case}"
        );
    }
}

/// An output in the protocol that botocore speaks with the service today.
fn encoded_today(case: &Json) -> Bytes {
    let operation = model(case)
        .operation(case["operation"].as_str().unwrap())
        .unwrap();
    match model(case).json_version {
        Some(_) => encode_json(model(case), operation, &value(&case["output"])),
        None => encode_query_xml(model(case), operation, &value(&case["output"]), REQUEST_ID),
    }
}

#[test]
fn outputs_encode_to_the_json_that_botocore_parses() {
    for (case, answer) in list(OUTPUTS).iter().zip(list(ANSWERS_JSON)) {
        assert_eq!(
            std::str::from_utf8(&encoded_today(case)).unwrap(),
            answer.as_str().unwrap()
        );
    }
}

#[test]
fn outputs_encode_to_the_xml_that_botocore_parses() {
    for (case, answer) in list(OUTPUTS).iter().zip(list(ANSWERS_QUERY)) {
        let operation = model(case)
            .operation(case["operation"].as_str().unwrap())
            .unwrap();
        let body = encode_query_xml(model(case), operation, &value(&case["output"]), REQUEST_ID);
        assert_eq!(std::str::from_utf8(&body).unwrap(), answer.as_str().unwrap());
    }
}

/// The errors behind the vectors, in their order.
fn errors() -> Vec<ServiceError> {
    let sqs = ninefold_model::sqs();
    vec![
        ServiceError::modelled(sqs, "QueueDoesNotExist", "The specified queue does not exist."),
        ServiceError::modelled(
            sqs,
            "ReceiptHandleIsInvalid",
            "The input receipt handle \"x\" is <invalid>.",
        ),
        ServiceError::modelled(
            sqs,
            "PurgeQueueInProgress",
            "Only one PurgeQueue operation is allowed.",
        ),
        ServiceError::access_denied("User: arn:aws:iam::123456789012:user/a is not authorized"),
        ServiceError::missing_parameter("The request must contain the parameter QueueName."),
        ServiceError::serialization("STRING_VALUE can not be converted to an Integer"),
        ServiceError::validation("1 validation error detected"),
    ]
}

fn check_errors(vectors: &str, protocol: Protocol, query_mode: bool) {
    let mut request = Request::new(());
    if query_mode {
        request
            .headers_mut()
            .insert("x-amzn-query-mode", "true".parse().unwrap());
    }
    let (parts, ()) = request.into_parts();
    let vectors = list(vectors);
    assert_eq!(vectors.len(), errors().len());
    for (error, vector) in errors().into_iter().zip(vectors) {
        let response = refuse(
            ErrorForm::of(protocol, &parts.headers),
            REQUEST_ID,
            Some(ninefold_model::sqs()),
            error,
        );
        assert_eq!(
            response.status().as_u16(),
            vector["status"].as_u64().unwrap() as u16
        );
        assert_eq!(
            std::str::from_utf8(response.body()).unwrap(),
            vector["body"].as_str().unwrap()
        );
        assert_eq!(headers(response.headers()), vector["headers"], "{vector}");
    }
}

fn headers(headers: &HeaderMap) -> Json {
    headers
        .iter()
        .map(|(name, value)| (name.to_string(), Json::from(value.to_str().unwrap())))
        .collect()
}

#[test]
fn errors_encode_to_what_botocore_parses() {
    check_errors(ERRORS_JSON, Protocol::AwsJson10, true);
    check_errors(ERRORS_QUERY, Protocol::Query, false);
}
