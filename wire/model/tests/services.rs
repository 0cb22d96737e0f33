//! The built-in models are whole: what the doors and codecs rely on is there.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use ninefold_model::{Fault, ModelError, ServiceModel, ShapeKind, kafka, kinesis, sqs, sts};

#[test]
fn every_operation_resolves() {
    for (model, operations) in [(kafka(), 64), (kinesis(), 57), (sqs(), 23), (sts(), 11)] {
        assert_eq!(model.operations().len(), operations);
        for operation in model.operations() {
            let shapes = operation
                .input
                .into_iter()
                .chain(operation.output)
                .chain(operation.errors.iter().copied());
            for shape in shapes {
                assert!(
                    matches!(model.shape(shape).kind, ShapeKind::Structure(_)),
                    "{}",
                    model.shape(shape).name
                );
            }
            assert_eq!(
                model.operation(operation.name).map(|found| found.name),
                Some(operation.name)
            );
        }
        assert!(model.operation("sendmessage").is_none());
    }
}

#[test]
fn sqs_speaks_json_and_query() {
    let sqs = sqs();
    assert_eq!(sqs.protocols, ["json", "query"]);
    assert_eq!(
        (sqs.target_prefix, sqs.json_version),
        (Some("AmazonSQS"), Some("1.0"))
    );
    assert_eq!(
        sqs.xml_namespace,
        Some("http://queue.amazonaws.com/doc/2012-11-05/")
    );
    assert!(sqs.aws_query_compatible);
    assert_eq!(sts().protocols, ["query"]);
}

#[test]
fn errors_have_the_codes_clients_see() {
    let cases = [
        (
            sqs(),
            "QueueDoesNotExist",
            Some("AWS.SimpleQueueService.NonExistentQueue"),
            400,
        ),
        (sqs(), "QueueNameExists", Some("QueueAlreadyExists"), 400),
        (sqs(), "OverLimit", None, 403),
        (sqs(), "ReceiptHandleIsInvalid", None, 404),
        (sqs(), "KmsThrottled", Some("KMS.ThrottlingException"), 400),
        (
            sts(),
            "MalformedPolicyDocumentException",
            Some("MalformedPolicyDocument"),
            400,
        ),
        (sts(), "RegionDisabledException", None, 403),
    ];
    for (model, name, query_code, status) in cases {
        let error = model.error(name).unwrap();
        assert_eq!(
            (error.query_code, error.status, error.fault),
            (query_code, status, Fault::Sender),
            "{name}"
        );
    }
    assert!(sqs().error("SendMessageRequest").is_none());
    assert!(sqs().error("NoSuchShape").is_none());
}

#[test]
fn every_pattern_of_the_built_in_models_is_checked() {
    let mut patterns = 0;
    for shape in [kafka(), sqs(), sts()].iter().flat_map(|model| model.shapes()) {
        if let ShapeKind::String(string) = &shape.kind
            && let Some(pattern) = &string.pattern
        {
            assert!(pattern.is_checked(), "{}", pattern.source());
            patterns += 1;
        }
    }
    assert_eq!(patterns, 15);
}

#[test]
fn a_broken_model_is_refused() {
    const HEAD: &str = r#"{"metadata":{"serviceId":"X","apiVersion":"1","endpointPrefix":"x","signingName":"x","protocols":[]}"#;
    let parse = |rest: &str| ServiceModel::parse("x", format!("{HEAD},{rest}}}").leak());
    assert!(parse(r#""operations":{},"shapes":{}"#).is_ok());
    let dangling = parse(r#""operations":{"Do":{"method":"POST","uri":"/","input":"Missing"}},"shapes":{}"#);
    assert!(matches!(dangling, Err(ModelError::UnknownShape(name)) if name == "Missing"));
    let unknown = parse(r#""operations":{},"shapes":{"S":{"type":"quaternion"}}"#);
    assert!(matches!(unknown, Err(ModelError::UnknownType("S", "quaternion"))));
    let unread = parse(r#""operations":{},"shapes":{"S":{"type":"string","colour":"red"}}"#);
    assert!(matches!(unread, Err(ModelError::Syntax(_))));
}
