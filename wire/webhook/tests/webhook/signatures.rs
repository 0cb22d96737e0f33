use std::time::Duration;

use http::{HeaderMap, StatusCode};
use ninefold_time::Timestamp;
use ninefold_webhook::{
    BODY_LIMIT_BYTES, Freshness, ReplayError, ReplayWindow, Scheme, Secret, Secrets, Verified, WebhookError,
    verify,
};
use proptest::prelude::*;

use crate::{FORM, headers, secrets, sign};

/// From "Verifying requests from Slack".
const SLACK_SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const SLACK_TIME: u64 = 1_531_420_618;
const SLACK_BODY: &[u8] = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

fn slack_headers(time: &str) -> HeaderMap {
    headers(&[
        FORM,
        ("X-Slack-Request-Timestamp", time),
        (
            "X-Slack-Signature",
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
        ),
    ])
}

const STRIPE_BODY: &[u8] = br#"{"id":"evt_1NG8Du2eZvKYlo2CUI79vXWy","object":"event","created":1686089970,"type":"setup_intent.created"}"#;
const STRIPE_TIME: u64 = 1_686_089_975;
/// Of that body, by secrets called `whsec_new` and `whsec_old`.
const STRIPE_NEW: &str = "17d36c0c5104492d4d342e80b1ce4bf4dc3d342dada0275fa4940c4e4d98c197";
const STRIPE_OLD: &str = "c98294ea09f647f76e7a06748b730f0879269b09d43c6ebeca135d0fe679d2d0";

fn stripe(secrets: &Secrets, header: &str, seconds: u64) -> Result<Verified, WebhookError> {
    let headers = headers(&[("stripe-signature", header)]);
    let now = Timestamp::from_secs(seconds);
    verify(&Scheme::Stripe, secrets, &headers, STRIPE_BODY, now)
}

#[test]
fn githubs_published_example_is_signed_correctly() {
    let verify = |signature: &str, secret: &str, body: &[u8]| {
        let headers = headers(&[("X-Hub-Signature-256", signature), ("X-GitHub-Event", "push")]);
        verify(
            &Scheme::GitHub,
            &secrets(secret),
            &headers,
            body,
            Timestamp::EPOCH,
        )
        .unwrap_err()
    };
    let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let (secret, body) = ("It's a Secret to Everybody", b"Hello, World!".as_slice());
    // It is no JSON, which nobody looks at before the signature is found right.
    assert!(matches!(
        verify(signature, secret, body),
        WebhookError::Body { .. }
    ));
    for (signature, secret, body) in [
        (signature, "It's a secret to Everybody", body),
        (signature, secret, b"Hello, World?".as_slice()),
        ("sha256=", secret, body),
        (&signature[..signature.len() - 1], secret, body),
    ] {
        assert_eq!(verify(signature, secret, body), WebhookError::SignatureMismatch);
    }
    let sha1 = verify("sha1=757107ea", secret, body);
    assert!(matches!(sha1, WebhookError::Header { .. }), "{sha1:?}");
}

#[test]
fn slacks_published_example_is_verified_for_five_minutes() {
    let at = |seconds: u64, headers: &HeaderMap| {
        let now = Timestamp::from_secs(seconds);
        verify(&Scheme::Slack, &secrets(SLACK_SECRET), headers, SLACK_BODY, now)
    };
    let headers = slack_headers("1531420618");
    for seconds in [SLACK_TIME - 300, SLACK_TIME, SLACK_TIME + 300] {
        let Verified::Webhook(webhook) = at(seconds, &headers).unwrap() else {
            panic!("a slash command is no challenge");
        };
        assert_eq!(webhook.detail_type, "slash_command");
        let until = Timestamp::from_secs(SLACK_TIME + 300);
        assert_eq!(webhook.freshness, Freshness::Until(until));
        assert!(
            webhook
                .detail
                .contains(r#""response_url":"https://hooks.slack.com/commands/T1DC2JH3J/"#)
        );
    }
    for seconds in [SLACK_TIME - 301, SLACK_TIME + 301] {
        let error = at(seconds, &headers).unwrap_err();
        let expected = WebhookError::OutsideTolerance {
            difference_seconds: 301,
            tolerance_seconds: 300,
        };
        assert_eq!(error, expected);
        assert_eq!(error.status(), StatusCode::UNAUTHORIZED);
    }
    // The time is signed as well.
    let error = at(SLACK_TIME, &slack_headers("1531420619")).unwrap_err();
    assert_eq!(error, WebhookError::SignatureMismatch);
}

#[test]
fn stripes_signatures_are_looked_for_among_others() {
    let new = secrets("whsec_new");
    for header in [
        format!("t={STRIPE_TIME},v1={STRIPE_NEW}"),
        format!("v1={STRIPE_NEW}, t={STRIPE_TIME}"),
        format!("t={STRIPE_TIME},v1={STRIPE_OLD},v1={STRIPE_NEW},v0=6ffbb59b"),
    ] {
        let Verified::Webhook(webhook) = stripe(&new, &header, STRIPE_TIME).unwrap() else {
            panic!("an event is no challenge");
        };
        assert_eq!(webhook.detail_type, "setup_intent.created");
        assert_eq!(webhook.occurred_at, Some(Timestamp::from_secs(1_686_089_970)));
        assert_eq!(webhook.detail.as_bytes(), STRIPE_BODY);
    }
    for header in [
        format!("t={STRIPE_TIME},v1={STRIPE_OLD}"),
        format!("t=0{STRIPE_TIME},v1={STRIPE_NEW}"),
    ] {
        let error = stripe(&new, &header, STRIPE_TIME).unwrap_err();
        assert_eq!(error, WebhookError::SignatureMismatch, "{header}");
    }
}

#[test]
fn stripes_header_has_to_be_whole() {
    let many = format!("t={STRIPE_TIME}{}", ",v1=00".repeat(9));
    for header in [
        "",
        "nonsense",
        "v1=00",
        "t=1686089975",
        "t=1686089975,v0=00",
        "t=1,t=2,v1=00",
        "t=,v1=00",
        "t=-5,v1=00",
        "t=+5,v1=00",
        "t=99999999999999999999999999,v1=00",
        &many,
    ] {
        let error = stripe(&secrets("whsec_new"), header, STRIPE_TIME).unwrap_err();
        assert!(
            matches!(error, WebhookError::Header { .. }),
            "{header}: {error:?}"
        );
        assert_eq!(error.status(), StatusCode::BAD_REQUEST);
    }
}

#[test]
fn two_secrets_change_over_without_a_gap_for_replays() {
    let parse = |text| Secret::parse(text).unwrap();
    let both = Secrets::rotating(parse("whsec_new"), parse("whsec_old"));
    let now = Timestamp::from_secs(STRIPE_TIME);
    let mut window = ReplayWindow::new(100);
    let mut outcomes = Vec::new();
    for signature in [STRIPE_NEW, STRIPE_OLD] {
        let header = format!("t={STRIPE_TIME},v1={signature}");
        let Verified::Webhook(webhook) = stripe(&both, &header, STRIPE_TIME).unwrap() else {
            panic!("an event is no challenge");
        };
        let admitted = window.admit(webhook.replay_key, webhook.freshness, now);
        outcomes.push(admitted.map(|delivery| window.settle(&delivery.key)));
    }
    assert_eq!(outcomes, [Ok(()), Err(ReplayError::Replayed)]);
}

#[test]
fn headers_that_decide_have_to_be_there_once() {
    let valid = [
        ("x-hub-signature-256", sign("s", b"{}")),
        ("x-github-event", "ping".to_owned()),
    ];
    let build = |names: &[&str]| {
        let mut headers = HeaderMap::new();
        for name in names {
            let (name, value) = valid.iter().find(|(known, _)| known == name).unwrap();
            let prefix = if name.starts_with("x-hub") { "sha256=" } else { "" };
            headers.append(*name, format!("{prefix}{value}").parse().unwrap());
        }
        verify(&Scheme::GitHub, &secrets("s"), &headers, b"{}", Timestamp::EPOCH)
    };
    let (signature, event) = ("x-hub-signature-256", "x-github-event");
    assert!(build(&[signature, event]).is_ok());
    for (names, is_missing) in [
        (&[event][..], true),
        (&[signature], true),
        (&[signature, signature, event], false),
        (&[signature, event, event], false),
    ] {
        let error = build(names).unwrap_err();
        assert_eq!(
            matches!(error, WebhookError::MissingHeader { .. }),
            is_missing,
            "{error:?}"
        );
        assert_eq!(error.status(), StatusCode::BAD_REQUEST);
    }
}

#[test]
fn bodies_are_bounded() {
    let body = vec![b' '; BODY_LIMIT_BYTES + 1];
    let error = verify(
        &Scheme::GitHub,
        &secrets("s"),
        &HeaderMap::new(),
        &body,
        Timestamp::EPOCH,
    );
    assert_eq!(error.unwrap_err().status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn a_generic_scheme_signs_time_separator_and_body() {
    let scheme = Scheme::parse(
        r#"{"scheme": "hmac", "signature_header": "X-Sig", "signature_prefix": "hmac ",
            "timestamp": {"header": "X-Time", "unit": "milliseconds", "separator": "\n", "tolerance_seconds": 10}}"#,
    )
    .unwrap();
    let body = br#"{"a":1}"#;
    let signature = format!("hmac {}", sign("s", b"1700000000500\n{\"a\":1}"));
    let at = |millis: u64| {
        let headers = headers(&[("x-sig", &signature), ("x-time", "1700000000500")]);
        verify(
            &scheme,
            &secrets("s"),
            &headers,
            body,
            Timestamp::from_millis(millis),
        )
    };
    let Verified::Webhook(webhook) = at(1_700_000_010_500).unwrap() else {
        panic!("it is no challenge");
    };
    assert_eq!(webhook.detail_type, "webhook");
    assert_eq!(
        webhook.occurred_at,
        Some(Timestamp::from_millis(1_700_000_000_500))
    );
    assert!(matches!(
        at(1_700_000_010_501),
        Err(WebhookError::OutsideTolerance { .. })
    ));
}

proptest! {
    /// Whatever the body, the right signature is accepted, and one changed bit anywhere is noticed.
    #[test]
    fn no_bit_can_be_changed(
        text in ".{0,40}",
        secret in "[ -~]{1,80}",
        seconds in 300_u64..4_000_000_000,
        position in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let body = serde_json::json!({"type": "event_callback", "event": {"type": "message", "text": text}});
        let body = body.to_string().into_bytes();
        let preamble = format!("v0:{seconds}:");
        let signature = format!("v0={}", sign(&secret, &[preamble.as_bytes(), &body].concat()));
        let time = seconds.to_string();
        let headers = headers(&[("x-slack-signature", &*signature), ("x-slack-request-timestamp", &*time)]);
        let now = Timestamp::from_secs(seconds) + Duration::from_secs(7);
        let verify = |body: &[u8]| verify(&Scheme::Slack, &secrets(&secret), &headers, body, now);
        prop_assert!(verify(&body).is_ok());
        let mut changed = body.clone();
        changed[position.index(body.len())] ^= 1 << bit;
        prop_assert_eq!(verify(&changed), Err(WebhookError::SignatureMismatch));
    }

    /// Nothing that anybody sends makes it panic.
    #[test]
    fn anything_may_be_sent(value in "[ -~]{0,60}", body in proptest::collection::vec(any::<u8>(), 0..60)) {
        for (scheme, name) in [
            (Scheme::GitHub, "x-hub-signature-256"),
            (Scheme::Stripe, "stripe-signature"),
            (Scheme::Slack, "x-slack-signature"),
        ] {
            let headers = headers(&[(name, &*value), ("x-slack-request-timestamp", &*value)]);
            prop_assert!(verify(&scheme, &secrets("s"), &headers, &body, Timestamp::EPOCH).is_err());
        }
    }
}
