//! Signatures: whatever a request carries, parsing and verifying answer, and nothing forged is accepted.

use http::header::{AUTHORIZATION, HOST};
use http::{HeaderMap, HeaderName, HeaderValue};
use ninefold_fuzz::Mutator;
use ninefold_sigv4::{RequestView, SigningKeyCache, credential, parse};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const HEADERS: &[&str] = &[
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/us-east-1/sqs/aws4_request, SignedHeaders=host;x-amz-date, \
     Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    "AWS4-HMAC-SHA256 Credential=a/b/c/d/e,SignedHeaders=host,Signature=00",
];
const QUERIES: &[&str] = &[
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20261124%2Fus-east-1%2Fsqs%2Faws4_request\
     &X-Amz-Date=20261124T000000Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host&X-Amz-Signature=00ff",
    "Action=SendMessage&X-Amz-Security-Token=%2B%2F",
];
const TOKENS: &[&str] = &[
    ",",
    "=",
    "/",
    ";",
    " ",
    "%",
    "%2F",
    "%00",
    "&",
    "Credential=",
    "SignedHeaders=",
    "Signature=",
    "host;",
    "X-Amz-Expires=99999999999",
    "aws4_request",
    "20261124",
    "\t",
    "é",
];
const NOW: i64 = 1_795_478_400;

#[test]
fn any_signature_is_parsed_or_refused_and_none_is_accepted() {
    let mut headers_of = Mutator::new(3, HEADERS, TOKENS);
    let mut queries = Mutator::new(4, QUERIES, TOKENS);
    let keys = SigningKeyCache::new(16);
    let mut parsed = 0;
    for number in 0..Mutator::inputs() {
        let authorization = headers_of.next_input();
        let query = String::from_utf8_lossy(&queries.next_input()).into_owned();
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("localhost:4566"));
        headers.insert(
            HeaderName::from_static("x-amz-date"),
            HeaderValue::from_static("20261124T000000Z"),
        );
        if let (true, Ok(value)) = (number % 2 == 0, HeaderValue::from_bytes(&authorization)) {
            headers.insert(AUTHORIZATION, value);
        }
        let view = RequestView {
            method: "POST",
            path: "/",
            query: (number % 3 != 0).then_some(&*query),
            headers: &headers,
            authority: None,
        };
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let _scope = credential(&view);
        if let Ok(Some(signature)) = parse(&view) {
            parsed += 1;
            let outcome = signature.verify(&view, b"body", "secret", NOW, &keys);
            assert!(outcome.is_err(), "accepted a forged signature: {signature:?}");
        }
        let used = MEMORY.peak_usage().saturating_sub(before);
        let size = authorization.len() + query.len();
        assert!(
            used <= (64 << 10) + 200 * size,
            "{used} bytes for {size} of input"
        );
    }
    assert!(parsed > 0, "nothing was parsed: the seeds are wrong");
}
