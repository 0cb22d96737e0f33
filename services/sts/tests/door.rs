//! Calls through the door, over the query protocol as clients make them.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

use std::fmt::Display;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use ninefold_protocol::{
    AccountId, Authorizer, CallContext, Door, Endpoint, Principal, PrincipalKind, Protocol, Region, Registry,
    RequestId, ServiceError, answer,
};
use ninefold_sts::StsDoor;

/// Allows nothing: asking who one is needs no permission.
struct DenyAll;

impl Authorizer for DenyAll {
    fn authorize(
        &self,
        _: &CallContext,
        _: &str,
        _: &dyn Display,
        _: Option<&str>,
    ) -> Result<(), ServiceError> {
        Err(ServiceError::access_denied("Access Denied"))
    }
}

fn context(kind: PrincipalKind, arn: &str) -> CallContext {
    CallContext {
        request_id: RequestId::from_random_bits(7),
        principal: Principal {
            account: AccountId::parse("123456789012").unwrap(),
            arn: arn.to_owned(),
            access_key_id: None,
            kind,
        },
        region: Region::parse("us-east-1").unwrap(),
        endpoint: Endpoint {
            scheme: "http",
            host: "localhost:4566".to_owned(),
        },
        source_ip: None,
        protocol: Protocol::Query,
        source: None,
        authorizer: Arc::new(DenyAll),
    }
}

async fn call(context: CallContext, action: &str) -> Response<Bytes> {
    let body = format!("Action={action}&Version=2011-06-15");
    let request = Request::post("/").header("content-type", "application/x-www-form-urlencoded");
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let route = Registry::new([ninefold_model::sts()])
        .route(&parts, body.as_bytes(), Some("sts"))
        .unwrap();
    answer(&StsDoor::new(), context, route, parts, body.into()).await
}

fn text(response: &Response<Bytes>) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

#[tokio::test]
async fn callers_learn_who_they_are() {
    for (kind, arn, id) in [
        (
            PrincipalKind::Root,
            "arn:aws:iam::123456789012:root",
            "123456789012",
        ),
        (
            PrincipalKind::User,
            "arn:aws:iam::123456789012:user/alice",
            "alice",
        ),
    ] {
        let response = call(context(kind, arn), "GetCallerIdentity").await;
        assert_eq!(response.status(), 200);
        let expected = format!(
            "<GetCallerIdentityResult><UserId>{id}</UserId><Account>123456789012</Account><Arn>{arn}</Arn>\
             </GetCallerIdentityResult>"
        );
        assert!(text(&response).contains(&expected), "{}", text(&response));
    }
}

#[tokio::test]
async fn nobody_is_asked_to_sign() {
    let response = call(context(PrincipalKind::Anonymous, ""), "GetCallerIdentity").await;
    assert_eq!(response.status(), 403);
    assert!(text(&response).contains("<Code>MissingAuthenticationToken</Code>"));
}

#[tokio::test]
async fn every_other_operation_is_refused() {
    let door = StsDoor::new();
    let others = door
        .model()
        .operations()
        .iter()
        .filter(|operation| !StsDoor::OPERATIONS.contains(&operation.name));
    for operation in others {
        let response = call(
            context(PrincipalKind::Root, "arn:aws:iam::123456789012:root"),
            operation.name,
        )
        .await;
        assert_eq!(response.status(), 501, "{}", operation.name);
        assert!(
            text(&response).contains("<Code>NotImplemented</Code>"),
            "{}",
            operation.name
        );
    }
}
