use http::StatusCode;
use ninefold_time::Timestamp;
use ninefold_webhook::{Freshness, Scheme, Verified, WebhookError};
use serde_json::{Value, json};

use crate::{FORM, NOW, verify_signed, webhook};

const GITHUB: [(&str, &str); 3] = [
    ("content-type", "application/json"),
    ("x-github-event", "issues"),
    ("x-github-delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"),
];

fn hmac(members: &str) -> Scheme {
    Scheme::parse(&format!(
        r#"{{"scheme": "hmac", "signature_header": "X-Signature"{members}}}"#
    ))
    .unwrap()
}

#[test]
fn githubs_events_are_named_by_their_header() {
    let body = "{ \"action\": \"opened\", \"number\": 12345678901234567890123.50 }";
    let issue = webhook(&Scheme::GitHub, &GITHUB, body);
    assert_eq!(issue.detail_type, "issues");
    assert_eq!(issue.detail, body, "the body stays as it was sent");
    assert_eq!(
        issue.delivery_id.as_deref(),
        Some("72d3162e-cc78-11e3-81ab-4c9367dc0958")
    );
    assert_eq!((issue.occurred_at, issue.freshness), (None, Freshness::Unlimited));
}

#[test]
fn another_unsigned_id_makes_no_other_delivery() {
    let other = [GITHUB[0], GITHUB[1], ("x-github-delivery", "another")];
    let (first, again) = (
        webhook(&Scheme::GitHub, &GITHUB, "{}"),
        webhook(&Scheme::GitHub, &other, "{}"),
    );
    assert_ne!(first.delivery_id, again.delivery_id);
    assert_eq!(first.replay_key, again.replay_key);
    assert_ne!(
        first.replay_key,
        webhook(&Scheme::GitHub, &GITHUB, "{ }").replay_key
    );
}

#[test]
fn githubs_forms_hold_json() {
    let pairs = [FORM, GITHUB[1]];
    let push = webhook(
        &Scheme::GitHub,
        &pairs,
        "payload=%7B%22ref%22%3A+%22a%2Bb%22%7D&x=1",
    );
    assert_eq!(push.detail, r#"{"ref": "a+b"}"#);
    for body in ["", "x=1", "payload=%7B%7D&payload=%7B%7D", "payload=nonsense"] {
        let error = verify_signed(&Scheme::GitHub, &pairs, body).unwrap_err();
        assert!(matches!(error, WebhookError::Body { .. }), "{body}: {error:?}");
    }
}

#[test]
fn stripes_events_are_named_by_their_type() {
    let event =
        json!({"id": "evt_1", "object": "event", "created": 1_699_999_990, "type": "charge.succeeded"});
    let charge = webhook(&Scheme::Stripe, &[], event.to_string());
    assert_eq!(charge.detail_type, "charge.succeeded");
    assert_eq!(charge.delivery_id.as_deref(), Some("evt_1"));
    assert_eq!(charge.occurred_at, Some(Timestamp::from_secs(1_699_999_990)));
    let without_time = webhook(&Scheme::Stripe, &[], r#"{"type":"t"}"#);
    assert_eq!(
        without_time.occurred_at,
        Some(NOW),
        "it is not later than it was signed"
    );
    let error = verify_signed(&Scheme::Stripe, &[], r#"{"id":"evt_1"}"#).unwrap_err();
    assert!(matches!(error, WebhookError::DetailType { .. }), "{error:?}");
    let error = verify_signed(&Scheme::Stripe, &[FORM], "type=t").unwrap_err();
    assert!(matches!(error, WebhookError::ContentType { .. }), "{error:?}");
}

#[test]
fn slack_has_events_interactions_and_commands() {
    let event = r#"{"type":"event_callback","event_id":"Ev1","event_time":1699999999,"event":{"type":"app_mention"}}"#;
    let mention = webhook(&Scheme::Slack, &[], event);
    assert_eq!(mention.detail_type, "app_mention");
    assert_eq!(mention.delivery_id.as_deref(), Some("Ev1"));
    assert_eq!(mention.occurred_at, Some(Timestamp::from_secs(1_699_999_999)));

    let other = webhook(
        &Scheme::Slack,
        &[],
        r#"{"type":"app_rate_limited","minute_rate_limited":1}"#,
    );
    assert_eq!(other.detail_type, "app_rate_limited");

    let interaction = webhook(
        &Scheme::Slack,
        &[FORM],
        "payload=%7B%22type%22%3A%22block_actions%22%7D",
    );
    assert_eq!(interaction.detail_type, "block_actions");
    assert_eq!(interaction.detail, r#"{"type":"block_actions"}"#);

    let command = webhook(
        &Scheme::Slack,
        &[FORM],
        "command=%2Fdeploy&text=a%20b&trigger_id=1.2",
    );
    assert_eq!(command.detail_type, "slash_command");
    assert_eq!(command.delivery_id.as_deref(), Some("1.2"));
    let detail: Value = serde_json::from_str(&command.detail).unwrap();
    assert_eq!(
        detail,
        json!({"command": "/deploy", "text": "a b", "trigger_id": "1.2"})
    );

    for body in ["{}", r#"{"type":"event_callback"}"#] {
        let error = verify_signed(&Scheme::Slack, &[], body).unwrap_err();
        assert!(matches!(error, WebhookError::DetailType { .. }), "{error:?}");
    }
}

#[test]
fn slacks_second_attempt_is_the_same_event() {
    let event = |retry: u32| {
        let body = format!(
            r#"{{"type":"event_callback","event_id":"Ev1","event":{{"type":"m"}},"attempt":{retry}}}"#
        );
        webhook(&Scheme::Slack, &[], body).replay_key
    };
    assert_eq!(event(0), event(1));
}

#[test]
fn slacks_challenge_is_answered_only_if_it_is_signed() {
    let body = r#"{"token":"Jhj5dZrVaK7ZwHHjRyZWjbDl","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}"#;
    let answer = verify_signed(&Scheme::Slack, &[], body).unwrap();
    let challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P".to_owned();
    assert_eq!(answer, Verified::Challenge(challenge));
    let other = verify_signed(&Scheme::GitHub, &GITHUB, body).unwrap();
    assert!(matches!(other, Verified::Webhook(_)), "it is Slack's alone");
}

#[test]
fn generic_schemes_say_where_things_are() {
    let body = r#"{"kind":"order","id":17,"event":{"name":"paid"}}"#;
    let pairs = [("x-kind", "from header"), ("x-id", "id from header")];
    for (members, detail_type, id) in [
        ("", "webhook", None),
        (r#", "detail_type": {"text": "shop"}"#, "shop", None),
        (r#", "detail_type": {"header": "X-Kind"}"#, "from header", None),
        (
            r#", "detail_type": {"pointer": "/event/name"}, "delivery_id": {"pointer": "/id"}"#,
            "paid",
            Some("17"),
        ),
        (
            r#", "detail_type": {"pointer": "/kind"}, "delivery_id": {"header": "X-Id"}"#,
            "order",
            Some("id from header"),
        ),
    ] {
        let event = webhook(&hmac(members), &pairs, body);
        assert_eq!(event.detail_type, detail_type);
        assert_eq!(event.delivery_id.as_deref(), id);
    }
    for members in [
        r#", "detail_type": {"pointer": "/event"}"#,
        r#", "detail_type": {"pointer": "/none"}"#,
    ] {
        let error = verify_signed(&hmac(members), &pairs, body).unwrap_err();
        assert!(matches!(error, WebhookError::DetailType { .. }), "{error:?}");
    }
}

#[test]
fn only_signed_ids_tell_deliveries_apart() {
    let key = |members: &str, header: &str, body: &str| {
        webhook(&hmac(members), &[("x-id", header)], body).replay_key
    };
    let unsigned = r#", "delivery_id": {"header": "X-Id"}"#;
    assert_eq!(key(unsigned, "1", "{}"), key(unsigned, "2", "{}"));
    assert_ne!(key(unsigned, "1", "{}"), key(unsigned, "1", "{ }"));
    let signed = r#", "delivery_id": {"pointer": "/id"}"#;
    let (first, again, other) = (r#"{"id":1}"#, r#"{"id":1,"attempt":2}"#, r#"{"id":2}"#);
    assert_eq!(key(signed, "", first), key(signed, "", again));
    assert_ne!(key(signed, "", first), key(signed, "", other));
}

#[test]
fn any_form_becomes_an_object() {
    let event = webhook(
        &hmac(r#", "detail_type": {"pointer": "/kind"}"#),
        &[FORM],
        "kind=k&a=1&a=2&a=3&payload=%7B&empty=",
    );
    assert_eq!(event.detail_type, "k");
    let detail: Value = serde_json::from_str(&event.detail).unwrap();
    assert_eq!(
        detail,
        json!({"kind": "k", "a": ["1", "2", "3"], "payload": "{", "empty": ""})
    );
    let error = verify_signed(&hmac(""), &[FORM], "a=1&".repeat(1_001)).unwrap_err();
    assert!(matches!(error, WebhookError::Body { .. }), "{error:?}");
}

#[test]
fn what_is_no_json_object_is_refused() {
    let with_type = |content_type, body: &[u8]| {
        let pairs = [("content-type", content_type), GITHUB[1]];
        verify_signed(&Scheme::GitHub, &pairs, body)
    };
    for content_type in ["application/json; charset=utf-8", "APPLICATION/CloudEvents+JSON"] {
        assert!(with_type(content_type, b"{}").is_ok(), "{content_type}");
    }
    for body in [
        &b""[..],
        b"[]",
        b"\"text\"",
        b"{",
        b"{} {}",
        b"{\"a\":\"\xff\"}",
        "[".repeat(1_000).as_bytes(),
    ] {
        let error = with_type("application/json", body).unwrap_err();
        assert!(matches!(error, WebhookError::Body { .. }), "{body:?}: {error:?}");
        assert_eq!(error.status(), StatusCode::BAD_REQUEST);
    }
    for content_type in ["text/plain", "application/xml", "multipart/form-data; boundary=x"] {
        let error = with_type(content_type, b"{}").unwrap_err();
        assert!(matches!(error, WebhookError::ContentType { .. }), "{error:?}");
    }
}

#[test]
fn detail_types_have_events_limits() {
    for (length, is_accepted) in [(1, true), (128, true), (129, false)] {
        let name = "é".repeat(length);
        let body = json!({"type": name}).to_string();
        let outcome = verify_signed(&Scheme::Stripe, &[], body);
        assert_eq!(outcome.is_ok(), is_accepted, "{length}");
    }
    assert!(verify_signed(&Scheme::Stripe, &[], r#"{"type":""}"#).is_err());
}
