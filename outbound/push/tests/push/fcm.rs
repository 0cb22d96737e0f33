use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use http::{Method, Uri};
use ninefold_outbound_http::{HttpClient, HttpClientOptions};
use ninefold_outbound_push::{
    CredentialsError, FcmClient, FcmEndpoints, PushError, PushErrorKind, PushOptions, PushReceipt,
};
use ninefold_time::{Clock, ManualClock};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::stub::{Stub, open_http, response};
use crate::token::{SERVICE_ACCOUNT, verified};

const SECOND: Duration = Duration::from_secs(1);
const TOKENS: &str = "/token";
const MESSAGES: &str = "messages:send";
const NAME: &str = "projects/ninefold-test/messages/0:1500415314455276%31bd1c9631bd1c96";

/// A stub that hands out numbered tokens and takes every message.
async fn google() -> Stub {
    let granted = AtomicU32::new(0);
    Stub::start(move |request| match &*request.path {
        TOKENS => {
            let number = granted.fetch_add(1, Ordering::SeqCst) + 1;
            let token = format!("token-{number}");
            response(
                200,
                json!({"access_token": token, "expires_in": 3599, "token_type": "Bearer"}),
            )
        }
        _ => response(200, json!({"name": NAME})),
    })
    .await
}

fn client(stub: &Stub, clock: &ManualClock) -> FcmClient {
    let endpoints = FcmEndpoints {
        messages: stub.base.clone(),
        tokens: Some(format!("{}token", stub.base).parse().unwrap()),
    };
    FcmClient::new(open_http(), SERVICE_ACCOUNT, endpoints, Arc::new(clock.clone())).unwrap()
}

async fn send(client: &FcmClient) -> Result<PushReceipt, PushError> {
    let message = json!({"data": {"key": "value"}});
    client.send("device", &message, PushOptions::default()).await
}

fn unauthenticated() -> Value {
    json!({"error": {"code": 401, "status": "UNAUTHENTICATED", "message": "Request had invalid authentication."}})
}

#[tokio::test]
async fn a_message_is_sent_with_a_token_that_a_signed_assertion_was_given_for() {
    let (stub, clock) = (google().await, ManualClock::default());
    let client = client(&stub, &clock);
    let receipt = send(&client).await.unwrap();
    assert_eq!(receipt.provider_message_id.as_deref(), Some(NAME));
    assert_eq!(receipt.status, 200);

    let [asked] = &*stub.received(TOKENS) else {
        panic!("one token");
    };
    assert_eq!(asked.method, Method::POST);
    assert_eq!(
        asked.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    let form = std::str::from_utf8(&asked.body).unwrap();
    let form: HashMap<_, _> = form
        .split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .collect();
    assert_eq!(
        form["grant_type"],
        "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
    );
    let (header, claims) = verified(form["assertion"]);
    assert_eq!(
        header,
        json!({"alg": "RS256", "typ": "JWT", "kid": "5f2c0d9b8a7e6f4d3c2b1a09f8e7d6c5b4a39281"})
    );
    let now = clock.now().as_secs();
    assert_eq!(
        claims,
        json!({
            "iss": "push@ninefold-test.iam.gserviceaccount.com",
            "scope": "https://www.googleapis.com/auth/firebase.messaging",
            "aud": "https://oauth2.googleapis.com/token",
            "iat": now,
            "exp": now + 3600
        })
    );

    let [sent] = &*stub.received(MESSAGES) else {
        panic!("one message");
    };
    assert_eq!(sent.method, Method::POST);
    assert_eq!(sent.path, "/v1/projects/ninefold-test/messages:send");
    assert_eq!(sent.header("authorization"), Some("Bearer token-1"));
    assert_eq!(sent.header("content-type"), Some("application/json"));
    assert_eq!(sent.json()["message"]["token"], "device");
    assert_eq!(sent.json()["message"]["data"], json!({"key": "value"}));
}

#[tokio::test]
async fn a_token_is_used_until_shortly_before_its_end() {
    let (stub, clock) = (google().await, ManualClock::default());
    let client = client(&stub, &clock);
    for (advance, expected) in [
        (Duration::ZERO, "Bearer token-1"),
        (SECOND * (3_599 - 61), "Bearer token-1"),
        (SECOND, "Bearer token-2"),
        (SECOND * 60, "Bearer token-2"),
    ] {
        clock.advance(advance);
        send(&client).await.unwrap();
        let sent = stub.received(MESSAGES);
        assert_eq!(sent.last().unwrap().header("authorization"), Some(expected));
    }
    assert_eq!(stub.received(TOKENS).len(), 2);
}

#[tokio::test]
async fn senders_that_come_together_share_one_token() {
    let (stub, clock) = (google().await, ManualClock::default());
    let client = client(&stub, &clock);
    let mut senders = JoinSet::new();
    for _ in 0..20 {
        let client = client.clone();
        senders.spawn(async move { send(&client).await });
    }
    assert!(senders.join_all().await.iter().all(Result::is_ok));
    assert_eq!(stub.received(TOKENS).len(), 1);
    assert_eq!(stub.received(MESSAGES).len(), 20);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let (stub, clock) = (google().await, ManualClock::default());
    let client = client(&stub, &clock);
    send(&client).await.unwrap();
    stub.answer_next(response(401, unauthenticated()));
    assert!(send(&client).await.is_ok());
    let used: Vec<_> = stub
        .received(MESSAGES)
        .iter()
        .map(|sent| sent.header("authorization").unwrap().to_owned())
        .collect();
    assert_eq!(used, ["Bearer token-1", "Bearer token-1", "Bearer token-2"]);

    let granted = json!({"access_token": "refused too", "expires_in": 3599});
    stub.answer_next(response(401, unauthenticated()));
    stub.answer_next(response(200, granted));
    stub.answer_next(response(401, unauthenticated()));
    let error = send(&client).await.unwrap_err();
    assert_eq!(error.kind, PushErrorKind::Credentials);
    assert_eq!((error.status, &*error.reason), (Some(401), "UNAUTHENTICATED"));
    assert_eq!(stub.received(MESSAGES).len(), 5);
    assert_eq!(stub.received(TOKENS).len(), 3);
}

#[tokio::test]
async fn every_documented_error_has_its_meaning() {
    use PushErrorKind::*;
    let (stub, clock) = (google().await, ManualClock::default());
    let client = client(&stub, &clock);
    send(&client).await.unwrap();
    for (status, general, specific, expected) in [
        (400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", Permanent),
        (403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", Permanent),
        (404, "NOT_FOUND", "UNREGISTERED", EndpointGone),
        (429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", Transient),
        (401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR", Credentials),
        (500, "INTERNAL", "INTERNAL", Transient),
        (503, "UNAVAILABLE", "UNAVAILABLE", Transient),
    ] {
        let details = json!([
            {"@type": "type.googleapis.com/google.rpc.BadRequest"},
            {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": specific}
        ]);
        let body =
            json!({"error": {"code": status, "message": "why", "status": general, "details": details}});
        stub.answer_next(response(status, body));
        let error = send(&client).await.unwrap_err();
        assert_eq!(error.kind, expected, "{specific}");
        assert_eq!(
            (error.status, &*error.reason, error.detail.as_deref()),
            (Some(status), specific, Some("why"))
        );
    }
    for (status, body, expected, reason) in [
        (
            403,
            json!({"error": {"status": "PERMISSION_DENIED"}}),
            Permanent,
            "PERMISSION_DENIED",
        ),
        (
            404,
            json!({"error": {"status": "NOT_FOUND"}}),
            Permanent,
            "NOT_FOUND",
        ),
        (
            502,
            json!("no error model"),
            Transient,
            "FCM answered 502 Bad Gateway",
        ),
        (302, json!(null), Permanent, "FCM answered 302 Found"),
    ] {
        stub.answer_next(response(status, body));
        let error = send(&client).await.unwrap_err();
        assert_eq!((error.kind, &*error.reason), (expected, reason));
    }
    assert_eq!(stub.received(TOKENS).len(), 1);
}

#[tokio::test]
async fn a_service_account_that_is_refused_is_not_asked_for_all_the_time() {
    let (stub, clock) = (google().await, ManualClock::default());
    let client = client(&stub, &clock);
    let refusal = json!({"error": "invalid_grant", "error_description": "Invalid JWT Signature."});
    stub.answer_next(response(400, refusal));
    for _ in 0..3 {
        let error = send(&client).await.unwrap_err();
        assert_eq!(error.kind, PushErrorKind::Credentials);
        assert_eq!((error.status, &*error.reason), (Some(400), "invalid_grant"));
        assert_eq!(error.detail.as_deref(), Some("Invalid JWT Signature."));
    }
    assert_eq!(stub.received(TOKENS).len(), 1);
    clock.advance(SECOND);
    stub.answer_next(response(503, "busy"));
    assert_eq!(send(&client).await.unwrap_err().kind, PushErrorKind::Transient);
    clock.advance(SECOND);
    stub.answer_next(response(200, "no token"));
    assert_eq!(send(&client).await.unwrap_err().kind, PushErrorKind::Transient);
    clock.advance(SECOND);
    assert!(send(&client).await.is_ok());
    assert_eq!(stub.received(TOKENS).len(), 4);
    assert_eq!(stub.received(MESSAGES).len(), 1);
}

#[tokio::test]
async fn without_an_answer_the_error_has_no_status() {
    let (stub, clock) = (google().await, ManualClock::default());
    let guarded = HttpClient::new(HttpClientOptions::default()).unwrap();
    let endpoints = FcmEndpoints {
        messages: stub.base.clone(),
        tokens: Some(stub.base.clone()),
    };
    let client = FcmClient::new(guarded, SERVICE_ACCOUNT, endpoints, Arc::new(clock)).unwrap();
    let error = send(&client).await.unwrap_err();
    assert_eq!((error.kind, error.status), (PushErrorKind::Permanent, None));
    assert!(error.reason.contains("refused by the egress rules"), "{error}");
    assert_eq!(stub.connections(), 0);
}

#[test]
fn credentials_and_endpoints_that_cannot_be_used_are_refused() {
    let clock = Arc::new(ManualClock::default());
    let new = |credentials: &str, messages: &'static str| {
        let endpoints = FcmEndpoints {
            messages: Uri::from_static(messages),
            tokens: None,
        };
        FcmClient::new(open_http(), credentials, endpoints, clock.clone()).err()
    };
    assert_eq!(new(SERVICE_ACCOUNT, "https://push.test"), None);
    let error = new("AIzaSyServerKey", "https://push.test").unwrap();
    assert!(
        matches!(error, CredentialsError::ServiceAccount { .. }),
        "{error}"
    );
    let error = new(SERVICE_ACCOUNT, "/relative").unwrap();
    assert!(matches!(error, CredentialsError::Endpoint { .. }), "{error}");
}
