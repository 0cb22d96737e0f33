//! Verification as a whole: the published examples of the services, what becomes an event, and what is refused.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod configuration;
mod events;
mod signatures;

use http::{HeaderMap, HeaderName};
use ninefold_time::Timestamp;
use ninefold_webhook::{Scheme, Secret, Secrets, Verified, Webhook, WebhookError, verify};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| (HeaderName::try_from(*name).unwrap(), value.parse().unwrap()))
        .collect()
}

fn secrets(secret: &str) -> Secrets {
    Secrets::new(Secret::parse(secret).unwrap())
}

/// An independent HMAC, in hexadecimal.
fn sign(secret: &str, text: &[u8]) -> String {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret.as_bytes());
    let tag = ring::hmac::sign(&key, text);
    tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);
const SECRET: &str = "the secret of the tests";

/// Verifies a body that is signed correctly, `NOW` where the scheme has a time.
fn verify_signed(
    scheme: &Scheme,
    pairs: &[(&str, &str)],
    body: impl AsRef<[u8]>,
) -> Result<Verified, WebhookError> {
    let body = body.as_ref();
    let signed = |preamble: &str| sign(SECRET, &[preamble.as_bytes(), body].concat());
    let mut headers = headers(pairs);
    let mut insert = |name: &'static str, value: String| {
        headers.insert(name, value.parse().unwrap());
    };
    match scheme {
        Scheme::GitHub => insert("x-hub-signature-256", format!("sha256={}", signed(""))),
        Scheme::Stripe => insert(
            "stripe-signature",
            format!("t=1700000000,v1={}", signed("1700000000.")),
        ),
        Scheme::Slack => {
            insert("x-slack-request-timestamp", "1700000000".to_owned());
            insert("x-slack-signature", format!("v0={}", signed("v0:1700000000:")));
        }
        Scheme::Hmac(_) => insert("x-signature", signed("")),
    }
    verify(scheme, &secrets(SECRET), &headers, body, NOW)
}

fn webhook(scheme: &Scheme, pairs: &[(&str, &str)], body: impl AsRef<[u8]>) -> Webhook {
    match verify_signed(scheme, pairs, body).unwrap() {
        Verified::Webhook(webhook) => webhook,
        challenge => panic!("{challenge:?} is no webhook"),
    }
}
