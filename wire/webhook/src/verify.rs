use http::HeaderMap;
use ninefold_time::Timestamp;

use crate::claim::{Claim, Signed};
use crate::webhook::Description;
use crate::{Freshness, ReplayKey, Scheme, Secrets, Webhook, WebhookError, body, mac};

/// The largest body, in bytes. No event can be larger.
pub const BODY_LIMIT_BYTES: usize = 1024 * 1024;

/// What a proven request wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    /// To be published.
    Webhook(Webhook),
    /// To see this text in the body of the answer, as `text/plain`:
    /// [Slack's](https://docs.slack.dev/reference/events/url_verification) way of verifying a URL.
    Challenge(String),
}

/// Proves that a request comes from the service that shares a secret with us, and says what it becomes as an event.
///
/// `body` is the body as it was received: what is signed are its bytes. Signatures are compared in constant time, with
/// every secret.
///
/// # Errors
/// See [`WebhookError`]; [`WebhookError::status`] is the answer. Only a request whose signature is right is looked
/// into, so every error about its contents is one of the service or of the configuration.
pub fn verify(
    scheme: &Scheme,
    secrets: &Secrets,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<Verified, WebhookError> {
    if body.len() > BODY_LIMIT_BYTES {
        return Err(WebhookError::BodyTooLarge {
            length_bytes: body.len(),
            limit_bytes: BODY_LIMIT_BYTES,
        });
    }
    let claim = Claim::read(scheme, headers)?;
    let freshness = check_time(claim.signed, now)?;
    check_signature(&claim, secrets, body)?;
    let document = body::read(scheme, headers, body)?;
    if let (Scheme::Slack, Some("url_verification"), Some(challenge)) = (
        scheme,
        document.value["type"].as_str(),
        document.value["challenge"].as_str(),
    ) {
        return Ok(Verified::Challenge(challenge.to_owned()));
    }
    let description = Description::read(scheme, headers, &document)?;
    Ok(Verified::Webhook(Webhook {
        detail_type: description.detail_type,
        detail: document.text,
        delivery_id: description.delivery_id,
        occurred_at: description.occurred_at.or(claim.signed.map(|signed| signed.at)),
        replay_key: match description.signed_id {
            Some(id) => ReplayKey::of_id(&id),
            None => ReplayKey::of_signed_text([claim.preamble.as_bytes(), body]),
        },
        freshness,
    }))
}

fn check_time(signed: Option<Signed>, now: Timestamp) -> Result<Freshness, WebhookError> {
    let Some(Signed {
        at,
        tolerance_seconds,
    }) = signed
    else {
        return Ok(Freshness::Unlimited);
    };
    let tolerance = std::time::Duration::from_secs(u64::from(tolerance_seconds));
    let difference = now.duration_since(at).max(at.duration_since(now));
    if difference > tolerance {
        return Err(WebhookError::OutsideTolerance {
            difference_seconds: difference.as_secs(),
            tolerance_seconds,
        });
    }
    Ok(Freshness::Until(at + tolerance))
}

/// Tries every secret on every signature, whether or not one has matched.
fn check_signature(claim: &Claim<'_>, secrets: &Secrets, body: &[u8]) -> Result<(), WebhookError> {
    let mut matches = false;
    for secret in secrets.iter() {
        for signature in &claim.signatures {
            let parts = [claim.preamble.as_bytes(), body];
            matches |= mac::is_signature(signature, claim.digest, claim.encoding, secret, parts);
        }
    }
    if matches {
        Ok(())
    } else {
        Err(WebhookError::SignatureMismatch)
    }
}
