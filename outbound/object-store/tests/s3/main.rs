//! What goes over the wire to a store, and what its answers mean.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod stub;

use std::sync::Arc;

use bytes::Bytes;
use ninefold_outbound_http::{EgressRules, HttpClient, HttpClientOptions};
use ninefold_outbound_object_store::{
    Addressing, Bucket, NewObject, ObjectStore, S3Credentials, S3Options, S3Store, StoreError,
};
use ninefold_sigv4::{RequestView, SigningKeyCache};
use ninefold_time::{ManualClock, Timestamp};
use stub::Stub;

fn store(endpoint: &str, addressing: Addressing) -> Result<S3Store, StoreError> {
    let http = HttpClient::new(HttpClientOptions {
        egress: EgressRules::everything(),
        ..HttpClientOptions::default()
    });
    let options = S3Options {
        endpoint: endpoint.to_owned(),
        region: "eu-central-1".to_owned(),
        addressing,
        credentials: S3Credentials {
            key_id: "AKIAEXAMPLE".to_owned(),
            secret: "secret".to_owned(),
        },
    };
    let clock = ManualClock::new(Timestamp::from_secs(1_800_000_000));
    S3Store::new(http.unwrap(), options, Arc::new(clock))
}

fn bucket() -> Bucket {
    Bucket {
        name: "archive".to_owned(),
        expected_owner: "123456789012".to_owned(),
    }
}

fn object() -> NewObject {
    NewObject {
        key: "year=2027/a b(1)".to_owned(),
        content: Bytes::from_static(b"content"),
        content_type: "application/octet-stream",
        storage_class: None,
        encryption_key: None,
    }
}

#[tokio::test]
async fn an_object_is_put_with_one_signed_request() {
    let stub = Stub::start(200, "").await;
    let store = store(&stub.endpoint, Addressing::Path).unwrap();
    store.put(&bucket(), object()).await.unwrap();
    let request = stub.received().pop().unwrap();
    assert_eq!(
        (request.method.as_str(), &*request.body),
        ("PUT", &b"content"[..])
    );
    assert_eq!(request.uri.path(), "/archive/year%3D2027/a%20b%281%29");
    check_signature(&request);
    let query = request.uri.query().unwrap();
    for part in [
        "X-Amz-Credential=AKIAEXAMPLE%2F20270115%2Feu-central-1%2Fs3%2Faws4_request",
        "X-Amz-Date=20270115T080000Z",
        "X-Amz-SignedHeaders=content-md5%3Bcontent-type%3Bhost%3Bx-amz-expected-bucket-owner",
        "X-Amz-Signature=",
    ] {
        assert!(query.contains(part), "{part} is not in {query}");
    }
    assert_eq!(request.headers["content-md5"], "mgNkuembtIDdJeHwKEyFVQ==");
    assert_eq!(request.headers["x-amz-expected-bucket-owner"], "123456789012");
    assert!(!request.headers.contains_key("x-amz-storage-class"));
    assert!(!request.headers.contains_key("x-amz-server-side-encryption"));
}

/// Checks a request's signature as whoever gets it does.
fn check_signature(request: &stub::Received) {
    let view = RequestView::new(&request.method, &request.uri, &request.headers);
    let signature = ninefold_sigv4::parse(&view).unwrap().unwrap();
    let cache = SigningKeyCache::new(1);
    let verified = signature.verify(&view, &request.body, "secret", 1_800_000_000, &cache);
    verified.unwrap();
}

#[tokio::test]
async fn class_and_key_are_signed_headers() {
    let stub = Stub::start(200, "").await;
    let store = store(&stub.endpoint, Addressing::Path).unwrap();
    let object = NewObject {
        storage_class: Some("GLACIER_IR".to_owned()),
        encryption_key: Some("alias/archive".to_owned()),
        ..object()
    };
    store.put(&bucket(), object).await.unwrap();
    let request = stub.received().pop().unwrap();
    check_signature(&request);
    for (name, value) in [
        ("x-amz-storage-class", "GLACIER_IR"),
        ("x-amz-server-side-encryption", "aws:kms"),
        ("x-amz-server-side-encryption-aws-kms-key-id", "alias/archive"),
    ] {
        assert_eq!(request.headers[name], value);
        assert!(
            request.uri.query().unwrap().contains(name),
            "{name} is not signed"
        );
    }
}

#[tokio::test]
async fn a_bucket_is_asked_for() {
    let stub = Stub::start(200, "").await;
    let store = store(&stub.endpoint, Addressing::Path).unwrap();
    store.check(&bucket()).await.unwrap();
    let request = stub.received().pop().unwrap();
    assert_eq!(
        (request.method.as_str(), request.uri.path()),
        ("HEAD", "/archive/")
    );
}

#[tokio::test]
async fn answers_say_what_is_wrong() {
    let refusal = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
    let stub = Stub::start(403, refusal).await;
    let refusing = store(&stub.endpoint, Addressing::Path).unwrap();
    let reason = "AccessDenied: Access Denied".to_owned();
    assert_eq!(
        refusing.put(&bucket(), object()).await,
        Err(StoreError::Refused { reason })
    );
    // The answer to HEAD has no body.
    let reason = "status 403".to_owned();
    assert_eq!(
        refusing.check(&bucket()).await,
        Err(StoreError::Refused { reason })
    );
    let gone = stub.endpoint.clone();
    drop(stub);
    let absent = store(&gone, Addressing::Path).unwrap();
    let error = absent.check(&bucket()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
}

#[test]
fn an_endpoint_is_checked_and_its_secret_kept() {
    for endpoint in ["store.example.com", "ftp://store.example.com", "http://"] {
        let error = store(endpoint, Addressing::Path).unwrap_err();
        assert!(
            matches!(error, StoreError::Impossible { .. }),
            "{endpoint}: {error:?}"
        );
    }
    assert!(store("http://127.0.0.1:9000", Addressing::VirtualHost).is_err());
    let store = store("https://s3.eu-central-1.amazonaws.com", Addressing::VirtualHost).unwrap();
    let shown = format!("{store:?}");
    assert!(
        shown.contains("AKIAEXAMPLE") && !shown.contains("secret\""),
        "{shown}"
    );
}
