//! REST JSON: where each member travels.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use http::{HeaderMap, HeaderName, HeaderValue};
use ninefold_model::{Map, Operation, ServiceModel, Timestamp, Value};
use ninefold_protocol::query::Form;
use ninefold_protocol::rest::{RestRequest, RestResponse, decode_rest_json, encode_rest_json};
use ninefold_protocol::{DecodeError, ErrorForm, Protocol, RequestId, ServiceError, refuse};

const MODEL: &str = r#"{
"metadata":{"serviceId":"Books","apiVersion":"1","endpointPrefix":"books","signingName":"books","protocols":["rest-json"]},
"operations":{
"UpdateBook":{"method":"PUT","uri":"/books/{id}","status":201,"input":"Book","output":"BookOut"},
"PutCover":{"method":"PUT","uri":"/books/{id}/cover","input":"Cover","output":"Cover"},
"PutPlan":{"method":"PUT","uri":"/books/{id}/plan","input":"Plan","output":"Plan"},
"Delete":{"method":"DELETE","uri":"/books/{id}","status":204}},
"shapes":{
"Book":{"type":"structure","members":{
 "Id":{"shape":"Text","location":"uri","locationName":"id","required":true},
 "Limit":{"shape":"Count","location":"querystring","locationName":"limit"},
 "Kinds":{"shape":"Texts","location":"querystring","locationName":"kind"},
 "All":{"shape":"Lists","location":"querystring"},
 "Revision":{"shape":"Count","location":"header","locationName":"X-Revision"},
 "Flags":{"shape":"Texts","location":"header","locationName":"x-flags"},
 "Since":{"shape":"When","location":"header","locationName":"if-modified-since"},
 "Metadata":{"shape":"TextMap","location":"headers","locationName":"x-meta-"},
 "Title":{"shape":"Text","locationName":"title"},
 "Published":{"shape":"When"}}},
"BookOut":{"type":"structure","members":{
 "Code":{"shape":"Count","location":"statusCode"},
 "Revision":{"shape":"Count","location":"header","locationName":"x-revision"},
 "Since":{"shape":"When","location":"header","locationName":"last-modified"},
 "Flags":{"shape":"Texts","location":"header","locationName":"x-flags"},
 "Metadata":{"shape":"TextMap","location":"headers","locationName":"x-meta-"},
 "Title":{"shape":"Text","locationName":"title"}}},
"Cover":{"type":"structure","payload":"Image","members":{
 "Image":{"shape":"Data"},"Kind":{"shape":"Text","location":"header","locationName":"x-kind"}}},
"Plan":{"type":"structure","payload":"Chapter","members":{"Chapter":{"shape":"Chapter"}}},
"Chapter":{"type":"structure","members":{"Name":{"shape":"Text","locationName":"name"}}},
"Text":{"type":"string"},"Count":{"type":"integer"},"When":{"type":"timestamp"},"Data":{"type":"blob"},
"Texts":{"type":"list","member":{"shape":"Text"}},
"Lists":{"type":"map","key":{"shape":"Text"},"value":{"shape":"Texts"}},
"TextMap":{"type":"map","key":{"shape":"Text"},"value":{"shape":"Text"}}}}"#;

fn model() -> &'static ServiceModel {
    Box::leak(Box::new(ServiceModel::parse("books", MODEL).unwrap()))
}

fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    Value::Map(Map::from_iter(entries))
}

fn texts(texts: &[&str]) -> Value {
    Value::List(texts.iter().map(|text| Value::from(*text)).collect())
}

fn headers(headers: &[(&'static str, &str)]) -> HeaderMap {
    headers
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            )
        })
        .collect()
}

fn decode(operation: &str, query: &str, headers: &HeaderMap, body: &[u8]) -> Result<Value, DecodeError> {
    let model = model();
    let labels = [("id", "7 a".to_owned())];
    let query = Form::parse(query.as_bytes())?;
    let request = RestRequest {
        labels: &labels,
        query: &query,
        headers,
    };
    decode_rest_json(model, model.operation(operation).unwrap(), request, body)
}

fn encode(operation: &str, output: &Value) -> RestResponse {
    let model = model();
    let operation: &Operation = model.operation(operation).unwrap();
    encode_rest_json(model, operation, output)
}

#[test]
fn members_are_read_from_where_they_are_bound() {
    let headers = headers(&[
        ("x-revision", "3"),
        ("x-flags", "a, b"),
        ("if-modified-since", "Tue, 14 Nov 2023 22:13:20 GMT"),
        ("x-meta-color", "red"),
        ("other", "ignored"),
    ]);
    let body = r#"{"title":"T","Published":1700000000,"Revision":99,"Title":"not by this name"}"#;
    let decoded = decode("UpdateBook", "limit=5&kind=x&kind=y", &headers, body.as_bytes()).unwrap();
    let when = Value::Timestamp(Timestamp::from_milliseconds(1_700_000_000_000));
    let all = map([("limit", texts(&["5"])), ("kind", texts(&["x", "y"]))]);
    let expected = map([
        ("Title", Value::from("T")),
        ("Published", when.clone()),
        ("Id", Value::from("7 a")),
        ("Limit", Value::Integer(5)),
        ("Kinds", texts(&["x", "y"])),
        ("All", all),
        ("Revision", Value::Integer(3)),
        ("Flags", texts(&["a", "b"])),
        ("Since", when),
        ("Metadata", map([("color", Value::from("red"))])),
    ]);
    assert_eq!(decoded, expected);
}

#[test]
fn a_payload_is_the_whole_body() {
    let kind = headers(&[("x-kind", "png")]);
    let cover = map([
        ("Image", Value::Blob(b"\x89PNG"[..].into())),
        ("Kind", Value::from("png")),
    ]);
    assert_eq!(decode("PutCover", "", &kind, b"\x89PNG"), Ok(cover.clone()));
    let response = encode("PutCover", &cover);
    assert_eq!(
        (&*response.body, response.content_type),
        (&b"\x89PNG"[..], "application/octet-stream")
    );
    assert_eq!(response.headers, kind);

    let plan = map([("Chapter", map([("Name", Value::from("one"))]))]);
    assert_eq!(
        decode("PutPlan", "", &HeaderMap::new(), br#"{"name":"one"}"#),
        Ok(plan.clone())
    );
    assert_eq!(encode("PutPlan", &plan).body, r#"{"name":"one"}"#);
    assert_eq!(decode("PutPlan", "", &HeaderMap::new(), b""), Ok(map([])));
}

#[test]
fn outputs_go_where_they_are_bound() {
    let output = map([
        ("Revision", Value::Integer(4)),
        ("Since", Timestamp::from_milliseconds(1_700_000_000_000).into()),
        ("Flags", texts(&["a", "b"])),
        (
            "Metadata",
            map([("color", Value::from("red")), ("broken", Value::from("a\nb"))]),
        ),
        ("Title", Value::from("T")),
    ]);
    let response = encode("UpdateBook", &output);
    assert_eq!(
        (response.status, &*response.body),
        (201, &br#"{"title":"T"}"#[..])
    );
    let expected = [
        ("x-revision", "4"),
        ("last-modified", "Tue, 14 Nov 2023 22:13:20 GMT"),
        ("x-flags", "a,b"),
        ("x-meta-color", "red"),
    ];
    assert_eq!(response.headers, headers(&expected));
    assert_eq!(
        encode("UpdateBook", &map([("Code", Value::Integer(202))])).status,
        202
    );
    let nothing = encode("Delete", &map([]));
    assert_eq!((nothing.status, &*nothing.body), (204, &b""[..]));
}

#[test]
fn what_cannot_be_read_is_refused() {
    let none = HeaderMap::new();
    assert!(matches!(
        decode("UpdateBook", "limit=x", &none, b""),
        Err(DecodeError::Type(_))
    ));
    assert!(matches!(
        decode("UpdateBook", "", &headers(&[("x-revision", "x")]), b""),
        Err(DecodeError::Type(_))
    ));
    assert!(matches!(
        decode("UpdateBook", "", &none, b"{"),
        Err(DecodeError::Malformed(_))
    ));
    let mut binary = HeaderMap::new();
    binary.insert("x-revision", HeaderValue::from_bytes(b"\xff").unwrap());
    assert!(matches!(
        decode("UpdateBook", "", &binary, b""),
        Err(DecodeError::Malformed(_))
    ));
}

#[test]
fn errors_name_their_type_in_a_header() {
    let error = ServiceError::modelled(model(), "NotFound", "No such book").with_member("bookId", "7");
    let response = refuse(
        ErrorForm::of(Protocol::RestJson, &HeaderMap::new()),
        RequestId::from_random_bits(1),
        Some(model()),
        error,
    );
    assert_eq!(response.headers()["x-amzn-errortype"], "NotFound");
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.body(), r#"{"message":"No such book","bookId":"7"}"#);
}
