//! Whatever is signed verifies, whatever else arrives is refused in an orderly way.
#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps in vain fails, as it should"
)]

use http::{HeaderMap, HeaderName, HeaderValue};
use ninefold_sigv4::{RequestView, Signer, SigningKeyCache, credential, parse};
use proptest::prelude::*;

const NOW: i64 = 1_767_225_900;

fn signer(service: String, session_token: Option<String>) -> Signer {
    Signer {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: "secret".to_owned(),
        session_token,
        region: "us-east-1".to_owned(),
        service,
    }
}

/// Headers with any value that HTTP allows.
fn headers() -> impl Strategy<Value = HeaderMap> {
    prop::collection::vec(("(x-amz-)?[a-z][a-z0-9-]{0,10}", "[ -~\t]{0,20}"), 0..6).prop_map(|headers| {
        let mut map: HeaderMap = headers
            .into_iter()
            .map(|(name, value)| (format!("z-{name}"), value))
            .map(|(name, value)| {
                (
                    name.parse::<HeaderName>().unwrap(),
                    HeaderValue::from_str(&value).unwrap(),
                )
            })
            .collect();
        map.insert("host", HeaderValue::from_static("localhost:4566"));
        map
    })
}

fn path() -> impl Strategy<Value = String> {
    "(/([a-zA-Z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2}|\\.\\.?/|ሴ| ){0,8}){0,4}"
}

fn query() -> impl Strategy<Value = Option<String>> {
    prop::option::of("([a-zA-Z0-9._~!$'()*+,;:@/?-]|%[0-9A-Fa-f]{2}|[&=]|ሴ){0,40}")
}

proptest! {
    #[test]
    fn signed_requests_verify(
        method in "[A-Z]{1,8}",
        path in path(),
        query in query(),
        headers in headers(),
        body in prop::collection::vec(any::<u8>(), 0..200),
        service in "s3|sqs|execute-api",
        token in prop::option::of("[ -~]{1,40}"),
        age in -300i64..=300,
    ) {
        let signer = signer(service, token.map(|token| format!("t{token}t")));
        let unsigned = RequestView { method: &method, path: &path, query: query.as_deref(), headers: &headers, authority: None };
        let mut signed_headers = headers.clone();
        signed_headers.extend(signer.sign(&unsigned, &body, NOW - age).unwrap());
        let request = RequestView { headers: &signed_headers, ..unsigned };
        let cache = SigningKeyCache::new(4);
        let parsed = parse(&request).unwrap().unwrap();
        prop_assert_eq!(parsed.session_token.as_deref(), signer.session_token.as_deref());
        prop_assert_eq!(parsed.verify(&request, &body, "secret", NOW, &cache), Ok(()));
        prop_assert!(parsed.verify(&request, &body, "Secret", NOW, &cache).is_err());
        let mut longer = body.clone();
        longer.push(0);
        prop_assert!(parsed.verify(&request, &longer, "secret", NOW, &cache).is_err());
    }

    #[test]
    fn presigned_requests_verify(
        path in path(),
        query in query(),
        headers in headers(),
        service in "s3|sqs|execute-api",
        token in prop::option::of("[ -~]{1,40}"),
        expires_in_seconds in 0u32..=604_800,
    ) {
        let signer = signer(service, token);
        let unsigned = RequestView { method: "GET", path: &path, query: query.as_deref(), headers: &headers, authority: None };
        let signed_query = signer.presign(&unsigned, b"", NOW - i64::from(expires_in_seconds), expires_in_seconds).unwrap();
        let request = RequestView { query: Some(&signed_query), ..unsigned };
        let cache = SigningKeyCache::new(4);
        let parsed = parse(&request).unwrap().unwrap();
        prop_assert_eq!(parsed.session_token.as_deref(), signer.session_token.as_deref());
        prop_assert_eq!(parsed.verify(&request, b"", "secret", NOW, &cache), Ok(()));
        prop_assert!(parsed.verify(&request, b"", "secret", NOW + 1, &cache).is_err());
    }

    #[test]
    fn arbitrary_requests_are_answered(
        path in any::<String>(),
        query in prop::option::of(".*(X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature)=(AWS4-HMAC-SHA256|a/b/c/d/e|20260101T000500Z|.{0,5})&){0,7}"),
        authorization in "(AWS4-HMAC-SHA256 ?)?((Credential|SignedHeaders|Signature)=(AKID/20260101/r/s/aws4_request|host|;|.{0,6}),? ?){0,4}.{0,10}",
        raw in prop::collection::vec(any::<u8>(), 0..20),
        date in "20260101T000500Z|\\PC{0,20}",
        body in prop::collection::vec(any::<u8>(), 0..20),
        now in any::<i64>(),
    ) {
        let mut headers = HeaderMap::new();
        for (name, value) in [("authorization", authorization.as_bytes()), ("x-amz-date", date.as_bytes()), ("x-amz-security-token", &raw), ("host", &raw)] {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                headers.append(name, value);
            }
        }
        let request = RequestView { method: "POST", path: &path, query: query.as_deref(), headers: &headers, authority: None };
        let read = credential(&request);
        if let Ok(Some(parsed)) = parse(&request) {
            prop_assert_eq!(read.as_ref(), Some(&parsed.credential));
            prop_assert!(parsed.verify(&request, &body, "secret", now, &SigningKeyCache::new(4)).is_err());
        }
    }
}
