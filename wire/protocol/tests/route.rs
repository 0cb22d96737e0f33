//! Requests find their operation.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use http::Request;
use http::request::Parts;
use ninefold_model::{ServiceModel, kinesis, sqs, sts};
use ninefold_protocol::{Protocol, Registry, Route, RouteError};

/// Two REST services whose paths overlap, as those of API Gateway's two versions do.
const BOOKS: &str = r#"{
"metadata":{"serviceId":"Books","apiVersion":"1","endpointPrefix":"books","signingName":"books","protocols":["rest-json"]},
"operations":{
"ListBooks":{"method":"GET","uri":"/books"},
"CreateBook":{"method":"POST","uri":"/books/"},
"ImportBooks":{"method":"POST","uri":"/books?mode=import"},
"GetBook":{"method":"GET","uri":"/books/{bookId}"},
"GetNewest":{"method":"GET","uri":"/books/newest"},
"GetPage":{"method":"GET","uri":"/books/{bookId}/pages/{path+}"},
"GetPageNotes":{"method":"GET","uri":"/books/{bookId}/pages/{path+}/notes"},
"ListTags":{"method":"GET","uri":"/tags/{arn}"}},
"shapes":{}}"#;
const FILMS: &str = r#"{
"metadata":{"serviceId":"Films","apiVersion":"1","endpointPrefix":"films","signingName":"films","protocols":["rest-json"]},
"operations":{"ListFilmTags":{"method":"GET","uri":"/tags/{arn}"},"ListFilms":{"method":"GET","uri":"/films"}},
"shapes":{}}"#;

/// Names and values of labels or headers.
type Pairs<'a> = &'a [(&'a str, &'a str)];

fn registry() -> Registry {
    let parse = |name, text| -> &'static ServiceModel {
        Box::leak(Box::new(ServiceModel::parse(name, text).unwrap()))
    };
    Registry::new([
        kinesis(),
        sqs(),
        sts(),
        parse("books", BOOKS),
        parse("films", FILMS),
    ])
}

fn parts(method: &str, uri: &str, headers: &[(&str, &str)]) -> Parts {
    let request = Request::builder().method(method).uri(uri);
    let request = headers
        .iter()
        .fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(()).unwrap().into_parts().0
}

fn route(parts: &Parts, body: &str, signing_name: Option<&str>) -> Result<Route, RouteError> {
    registry().route(parts, body.as_bytes(), signing_name)
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");

#[test]
fn a_target_names_the_operation() {
    let parts = parts("POST", "/", &[("x-amz-target", "AmazonSQS.SendMessage")]);
    let route = route(&parts, "{}", None).unwrap();
    assert_eq!(
        (route.model.name, route.operation.name, route.protocol),
        ("sqs", "SendMessage", Protocol::AwsJson10)
    );
}

#[test]
fn the_content_type_says_whether_it_is_cbor() {
    for (content_type, expected) in [
        ("application/x-amz-cbor-1.1", Protocol::AwsCbor11),
        ("application/x-amz-json-1.1", Protocol::AwsJson11),
        ("application/json", Protocol::AwsJson11),
    ] {
        let headers = [
            ("x-amz-target", "Kinesis_20131202.PutRecords"),
            ("content-type", content_type),
        ];
        let parts = parts("POST", "/", &headers);
        assert_eq!(
            route(&parts, "", None).unwrap().protocol,
            expected,
            "{content_type}"
        );
        assert_eq!(
            Protocol::presumed(&parts),
            match content_type {
                // Nothing but the model says which version this is.
                "application/json" => Protocol::AwsJson10,
                _ => expected,
            }
        );
    }
    let headers = [
        ("x-amz-target", "Kinesis_20131202.Explode"),
        ("content-type", "application/x-amz-cbor-1.1"),
    ];
    for headers in [&headers[..], &headers[1..]] {
        let refused = route(&parts("POST", "/", headers), "", None).unwrap_err();
        assert_eq!(refused.protocol, Protocol::AwsCbor11);
        assert_eq!(refused.error.code, "UnknownOperationException");
    }
}

#[test]
fn no_host_confuses_a_target() {
    // What the SDKs' endpoint rules make of the ARN of a stream, and of one that looks like another service.
    for host in [
        "123456789012.data-kinesis.us-east-1.amazonaws.com",
        "123456789012.control-kinesis.us-east-1.amazonaws.com",
        "kinesis.us-east-1.api.aws",
        "sqs.us-east-1.localhost:4566",
        "data-123456789012.localhost.localdomain:4566",
    ] {
        let headers = [("x-amz-target", "Kinesis_20131202.GetRecords"), ("host", host)];
        for signing_name in [Some("kinesis"), Some("sqs"), None] {
            let route = route(&parts("POST", "/", &headers), "{}", signing_name).unwrap();
            assert_eq!(
                (route.model.name, route.operation.name),
                ("kinesis", "GetRecords"),
                "{host}"
            );
        }
    }
}

#[test]
fn an_unknown_target_is_an_unknown_operation() {
    for target in [
        "AmazonSQS.Explode",
        "AmazonSQS",
        "Nobody.SendMessage",
        "AmazonSQS.sendMessage",
        "",
    ] {
        let parts = parts(
            "POST",
            "/",
            &[
                ("x-amz-target", target),
                ("content-type", "application/x-amz-json-1.1"),
            ],
        );
        let refused = route(&parts, "{}", None).unwrap_err();
        assert_eq!(
            (&*refused.error.code, refused.error.status),
            ("UnknownOperationException", 400),
            "{target}"
        );
        assert_eq!(refused.model.is_some(), target.starts_with("AmazonSQS."));
    }
}

#[test]
fn action_and_version_name_the_operation() {
    let cases = [
        (
            "POST",
            "/",
            "Action=SendMessage&Version=2012-11-05&MessageBody=x",
            None,
            "sqs",
            "SendMessage",
        ),
        (
            "POST",
            "/123456789012/q",
            "Action=SendMessage&Version=2012-11-05",
            Some("sqs"),
            "sqs",
            "SendMessage",
        ),
        (
            "GET",
            "/?Action=GetCallerIdentity&Version=2011-06-15",
            "",
            None,
            "sts",
            "GetCallerIdentity",
        ),
        (
            "POST",
            "/?Action=ListQueues",
            "Version=2012-11-05",
            None,
            "sqs",
            "ListQueues",
        ),
        (
            "POST",
            "/",
            "Action=GetCallerIdentity",
            Some("sts"),
            "sts",
            "GetCallerIdentity",
        ),
        (
            "POST",
            "/",
            "Action=GetCallerIdentity",
            None,
            "sts",
            "GetCallerIdentity",
        ),
    ];
    for (method, uri, body, signing_name, service, operation) in cases {
        let parts = parts(method, uri, &[FORM]);
        let route = route(&parts, body, signing_name).unwrap();
        assert_eq!(
            (route.model.name, route.operation.name),
            (service, operation),
            "{uri} {body}"
        );
        assert_eq!(
            (route.protocol, &*route.path),
            (Protocol::Query, parts.uri.path())
        );
        assert_eq!(route.form.get("Action"), Some(operation));
    }
}

#[test]
fn an_unknown_action_is_refused_in_the_services_xml() {
    let cases = [
        ("Action=Explode&Version=2012-11-05", Some("sqs"), "InvalidAction"),
        (
            "Action=SendMessage&Version=2011-06-15",
            Some("sts"),
            "InvalidAction",
        ),
        ("Action=SendMessage&Version=1999-01-01", None, "InvalidAction"),
        ("QueueName=x", Some("sqs"), "MissingAction"),
        ("Action=%FF", Some("sqs"), "MalformedInput"),
    ];
    for (body, signing_name, code) in cases {
        let refused = route(&parts("POST", "/", &[FORM]), body, signing_name).unwrap_err();
        assert_eq!(
            (refused.protocol, refused.error.query_code()),
            (Protocol::Query, code),
            "{body}"
        );
        assert_eq!(refused.model.map(|model| model.name), signing_name, "{body}");
    }
}

#[test]
fn paths_name_rest_operations_the_most_specific_first() {
    let cases: [(&str, &str, &str, Pairs<'_>); 10] = [
        ("GET", "/books", "ListBooks", &[]),
        ("GET", "/books/", "ListBooks", &[]),
        ("POST", "/books", "CreateBook", &[]),
        ("POST", "/books?mode=import&x=1", "ImportBooks", &[]),
        ("POST", "/books?mode=export", "CreateBook", &[]),
        ("GET", "/books/7", "GetBook", &[("bookId", "7")]),
        ("GET", "/books/a%2Fb%20c", "GetBook", &[("bookId", "a/b c")]),
        ("GET", "/books/newest", "GetNewest", &[]),
        (
            "GET",
            "/books/7/pages/1/2%203",
            "GetPage",
            &[("bookId", "7"), ("path", "1/2 3")],
        ),
        (
            "GET",
            "/books/7/pages/1/2/notes",
            "GetPageNotes",
            &[("bookId", "7"), ("path", "1/2")],
        ),
    ];
    for (method, uri, operation, labels) in cases {
        let route = route(&parts(method, uri, &[]), "", Some("books")).unwrap();
        assert_eq!(
            (route.operation.name, route.protocol),
            (operation, Protocol::RestJson),
            "{method} {uri}"
        );
        let found: Vec<(&str, &str)> = route
            .labels
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        assert_eq!(found, labels, "{method} {uri}");
    }
}

#[test]
fn the_signature_decides_between_services_with_the_same_path() {
    let parts = parts("GET", "/tags/arn", &[]);
    assert_eq!(
        route(&parts, "", Some("films")).unwrap().operation.name,
        "ListFilmTags"
    );
    assert_eq!(
        route(&parts, "", Some("books")).unwrap().operation.name,
        "ListTags"
    );
    assert_eq!(route(&parts, "", None).unwrap().operation.name, "ListTags");
}

#[test]
fn what_names_nothing_is_refused_in_the_protocol_it_seems_to_be_in() {
    let json = ("content-type", "application/x-amz-json-1.0");
    let cases: [(&str, &str, Pairs<'_>, Protocol, u16); 7] = [
        ("POST", "/", &[json], Protocol::AwsJson10, 400),
        ("GET", "/", &[], Protocol::RestJson, 404),
        ("GET", "/books/7/pages", &[], Protocol::RestJson, 404),
        ("GET", "/books//pages/1", &[], Protocol::RestJson, 404),
        ("DELETE", "/books", &[], Protocol::RestJson, 404),
        ("GET", "/books/%FF", &[], Protocol::RestJson, 404),
        ("GET", "/books/7/8", &[], Protocol::RestJson, 404),
    ];
    for (method, uri, headers, protocol, status) in cases {
        let refused = route(&parts(method, uri, headers), "", None).unwrap_err();
        assert_eq!(
            (refused.protocol, refused.error.status),
            (protocol, status),
            "{method} {uri}"
        );
    }
}
