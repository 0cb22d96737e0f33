//! What an answer of FCM means: [ErrorCode](https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode), and
//! what SNS makes of it:
//! [FCM delivery failure events](https://docs.aws.amazon.com/sns/latest/dg/sns-fcm-v1-payloads.html).

use http::StatusCode;
use ninefold_outbound_http::OutboundResponse;
use serde::Deserialize;

use crate::{PushError, PushErrorKind, PushReceipt};

#[derive(Deserialize)]
struct Accepted {
    name: String,
}

#[derive(Deserialize)]
struct Refused {
    error: Status,
}

/// Google's error model.
#[derive(Deserialize)]
struct Status {
    status: Option<String>,
    message: Option<String>,
    #[serde(default)]
    details: Vec<Detail>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    error_code: Option<String>,
}

/// Reads an answer.
pub(crate) fn read(response: &OutboundResponse) -> Result<PushReceipt, PushError> {
    let status = response.status.as_u16();
    if response.status == StatusCode::OK {
        let accepted = serde_json::from_slice::<Accepted>(&response.body).ok();
        return Ok(PushReceipt {
            provider_message_id: accepted.map(|accepted| accepted.name),
            status,
        });
    }
    let (code, detail) = match serde_json::from_slice::<Refused>(&response.body) {
        Ok(Refused { error }) => {
            let code = error.details.into_iter().find_map(|detail| detail.error_code);
            (code.or(error.status), error.message)
        }
        Err(_) => (None, None),
    };
    let reason = code.unwrap_or_else(|| format!("FCM answered {}", response.status));
    Err(PushError {
        kind: kind(response.status, &reason),
        status: Some(status),
        reason,
        detail,
    })
}

/// Whether the access token was refused, and not what FCM uses to reach others.
pub(crate) fn is_unauthenticated(outcome: &Result<PushReceipt, PushError>) -> bool {
    matches!(outcome, Err(error) if error.status == Some(StatusCode::UNAUTHORIZED.as_u16())
        && error.reason != "THIRD_PARTY_AUTH_ERROR")
}

fn kind(status: StatusCode, code: &str) -> PushErrorKind {
    match code {
        "UNREGISTERED" => PushErrorKind::EndpointGone,
        "THIRD_PARTY_AUTH_ERROR" | "UNAUTHENTICATED" => PushErrorKind::Credentials,
        "UNAVAILABLE" | "INTERNAL" | "QUOTA_EXCEEDED" => PushErrorKind::Transient,
        _ if status == StatusCode::UNAUTHORIZED => PushErrorKind::Credentials,
        _ if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => PushErrorKind::Transient,
        _ => PushErrorKind::Permanent,
    }
}
