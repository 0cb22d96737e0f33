//! What can be read, and what the refusals say of what cannot.

use crate::request::{NOW, Request, presigned, signed};
use http::HeaderValue;
use ninefold_sigv4::{SignatureError, SignatureErrorKind, credential, parse};

#[test]
fn the_date_header_stands_in_for_x_amz_date() {
    let mut request = signed();
    request.headers.remove("x-amz-date");
    request.replace_in_authorization("x-amz-date;", "");
    for date in ["Thu, 01 Jan 2026 00:05:00 GMT", "20260101T000500Z"] {
        request.set("date", date);
        let view = request.view();
        assert_eq!(
            parse(&view).unwrap().unwrap().signed_at.unix_seconds(),
            NOW,
            "{date}"
        );
    }
    request.set("x-amz-date", "20260101T000600Z");
    assert_eq!(
        parse(&request.view()).unwrap().unwrap().signed_at.unix_seconds(),
        NOW + 60
    );
}

#[test]
fn requests_without_a_signature_are_anonymous() {
    for authorization in [None, Some("Bearer token"), Some("Basic dXNlcjpwYXNz"), Some("")] {
        let mut request = Request::send_message();
        if let Some(authorization) = authorization {
            request.set("authorization", authorization);
        }
        assert_eq!(parse(&request.view()), Ok(None), "{authorization:?}");
        assert_eq!(credential(&request.view()), None, "{authorization:?}");
        assert_eq!(
            request.verify().unwrap_err().to_string(),
            "Request is missing Authentication Token",
            "{authorization:?}"
        );
    }
}

#[test]
fn incomplete_headers_name_what_is_missing() {
    let hashed = "(Hashed with SHA-256 and encoded with Base64) Authorization=";
    let credential = "Credential=AKIDEXAMPLE/20260101/eu-west-1/sqs/aws4_request";
    for (authorization, date, expected) in [
        (
            "AWS4-HMAC-SHA256".to_owned(),
            None,
            format!(
                "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' \
                 parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires \
                 existence of either a 'X-Amz-Date' or a 'Date' header. {hashed}\
                 YI2YWea8FSxnksZL2ETHbs5elHm9HQufxTLK0W0ffV0="
            ),
        ),
        (
            format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host"),
            Some("20260101T000500Z"),
            format!("Authorization header requires 'Signature' parameter. {hashed}"),
        ),
        (
            format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0, Signature=1"),
            Some("20260101T000500Z"),
            "Authorization header must have 'Signature' exactly once.".to_owned(),
        ),
        (
            "AWS4-HMAC-SHA256 nonsense".to_owned(),
            None,
            "'nonsense' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 \
             nonsense'."
                .to_owned(),
        ),
        (
            format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"),
            Some("yesterday"),
            "Date must be in ISO-8601 'basic format'. Got 'yesterday'. See http://en.wikipedia.org/wiki/ISO_8601"
                .to_owned(),
        ),
        (
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE, SignedHeaders=host, Signature=0".to_owned(),
            Some("20260101T000500Z"),
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got \
             'AKIDEXAMPLE'"
                .to_owned(),
        ),
        ("AWS AKIDEXAMPLE:signature".to_owned(), None, "Unsupported AWS 'algorithm': 'AWS'.".to_owned()),
        (
            format!("AWS4-ECDSA-P256-SHA256 {credential}"),
            None,
            "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'.".to_owned(),
        ),
    ] {
        let mut request = Request::send_message();
        request.set("authorization", &authorization);
        if let Some(date) = date {
            request.set("x-amz-date", date);
        }
        let error = parse(&request.view()).unwrap_err();
        assert_eq!(error.kind(), SignatureErrorKind::IncompleteSignature, "{authorization}");
        let text = error.to_string();
        assert!(text.starts_with(&expected), "{authorization}: {text}");
        assert!(!text.contains(hashed) || !text.contains(&authorization), "{text} shows the header");
    }
}

#[test]
fn incomplete_queries_name_what_is_missing() {
    for parameter in [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-SignedHeaders",
        "X-Amz-Signature",
    ] {
        let mut request = presigned();
        request.replace_in_query(parameter, "Gone");
        let error = parse(&request.view()).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "AWS query-string parameters must include '{parameter}'. Re-examine the query-string parameters."
            )
        );
        assert_eq!(error.kind(), SignatureErrorKind::IncompleteSignature);
    }
    for (expires, expected) in [
        (
            "604801",
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
        ),
        ("-1", "X-Amz-Expires must be non-negative"),
        ("soon", "X-Amz-Expires should be a number"),
    ] {
        let mut request = presigned();
        request.replace_in_query("X-Amz-Expires=3600", &format!("X-Amz-Expires={expires}"));
        assert_eq!(parse(&request.view()).unwrap_err().to_string(), expected);
    }
    let mut request = presigned();
    request
        .query
        .as_mut()
        .unwrap()
        .push_str("&X-Amz-Date=20260101T000500Z");
    assert!(
        parse(&request.view())
            .unwrap_err()
            .to_string()
            .contains("'X-Amz-Date' exactly once")
    );
    let mut request = presigned();
    request.replace_in_query("X-Amz-Credential=", "X-Amz-Credential=%FF");
    assert!(
        parse(&request.view())
            .unwrap_err()
            .to_string()
            .contains("must be UTF-8")
    );
}

#[test]
fn two_signatures_are_one_too_many() {
    let mut request = presigned();
    let authorization = signed().header("authorization");
    request.set("authorization", &authorization);
    request.set("x-amz-date", "20260101T000500Z");
    assert_eq!(
        parse(&request.view()).unwrap_err().kind(),
        SignatureErrorKind::IncompleteSignature
    );

    let mut request = signed();
    request.headers.append(
        "authorization",
        HeaderValue::from_static("AWS4-HMAC-SHA256 Credential=a/b/c/d/e"),
    );
    assert_eq!(
        parse(&request.view()).unwrap_err().kind(),
        SignatureErrorKind::IncompleteSignature
    );

    let mut request = signed();
    request
        .headers
        .append("x-amz-date", HeaderValue::from_static("20260101T000500Z"));
    assert_eq!(
        parse(&request.view()).unwrap_err().kind(),
        SignatureErrorKind::IncompleteSignature
    );
}

#[test]
fn the_credential_is_read_without_the_rest() {
    let mut request = Request::send_message();
    for authorization in [
        "AWS4-HMAC-SHA256 Credential=111122223333/20260101/eu-west-1/sqs/aws4_request",
        "AWS4-HMAC-SHA256 SignedHeaders=host,Credential=111122223333/20260101/eu-west-1/sqs/aws4_request",
    ] {
        request.set("authorization", authorization);
        let credential = credential(&request.view()).unwrap();
        assert_eq!(credential.access_key_id(), "111122223333");
        assert_eq!(credential.service(), "sqs");
    }
    request.headers.remove("authorization");
    request.query =
        Some("Action=x&X-Amz-Credential=111122223333%2F20260101%2Feu-west-1%2Fsqs%2Faws4_request".to_owned());
    assert_eq!(credential(&request.view()).unwrap().region(), "eu-west-1");
    request.query = Some("X-Amz-Credential=nonsense".to_owned());
    assert_eq!(credential(&request.view()), None);
}

#[test]
fn each_kind_has_its_codes() {
    for (error, json, query, status) in [
        (
            SignatureError::MissingAuthenticationToken,
            "MissingAuthenticationTokenException",
            "MissingAuthenticationToken",
            403,
        ),
        (
            SignatureError::Incomplete(String::new()),
            "IncompleteSignatureException",
            "IncompleteSignature",
            400,
        ),
        (
            SignatureError::Unacceptable(String::new()),
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            403,
        ),
        (
            SignatureError::Mismatch,
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            403,
        ),
        (
            SignatureError::UnknownAccessKey,
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            403,
        ),
    ] {
        let kind = error.kind();
        assert_eq!(
            (kind.json_code(), kind.query_code(), kind.status().as_u16()),
            (json, query, status)
        );
    }
    assert_eq!(
        SignatureError::Mismatch.to_string(),
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
         Access Key and signing method. Consult the service documentation for details."
    );
    assert_eq!(
        SignatureError::UnknownAccessKey.to_string(),
        "The security token included in the request is invalid."
    );
}
