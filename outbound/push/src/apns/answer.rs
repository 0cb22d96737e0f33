//! What an answer of APNs means:
//! [Handling notification responses from APNs](https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns).

use http::{HeaderMap, StatusCode};
use ninefold_outbound_http::OutboundResponse;
use serde::Deserialize;

use crate::{PushError, PushErrorKind, PushReceipt};

#[derive(Deserialize)]
struct Refusal {
    reason: String,
}

/// Reads an answer.
pub(crate) fn read(response: &OutboundResponse) -> Result<PushReceipt, PushError> {
    if response.status == StatusCode::OK {
        return Ok(PushReceipt {
            provider_message_id: message_id(&response.headers),
            status: response.status.as_u16(),
        });
    }
    let reason = match serde_json::from_slice::<Refusal>(&response.body) {
        Ok(refusal) => refusal.reason,
        Err(_) => format!("APNs answered {}", response.status),
    };
    Err(PushError {
        kind: kind(response.status, &reason),
        status: Some(response.status.as_u16()),
        reason,
        detail: None,
    })
}

fn message_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("apns-id")?.to_str().ok()?;
    Some(id.to_owned())
}

fn kind(status: StatusCode, reason: &str) -> PushErrorKind {
    match reason {
        "BadDeviceToken" | "DeviceTokenNotForTopic" | "ExpiredToken" | "Unregistered" => {
            PushErrorKind::EndpointGone
        }
        "BadCertificate"
        | "BadCertificateEnvironment"
        | "BadEnvironmentKeyIdInToken"
        | "ExpiredProviderToken"
        | "InvalidProviderToken"
        | "MissingProviderToken"
        | "UnrelatedKeyIdInToken" => PushErrorKind::Credentials,
        "IdleTimeout" => PushErrorKind::Transient,
        _ if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() => PushErrorKind::Transient,
        _ => PushErrorKind::Permanent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_reason_has_its_meaning() {
        use PushErrorKind::*;
        for (status, reason, expected) in [
            (400, "BadCollapseId", Permanent),
            (400, "BadDeviceToken", EndpointGone),
            (400, "BadExpirationDate", Permanent),
            (400, "BadMessageId", Permanent),
            (400, "BadPriority", Permanent),
            (400, "BadTopic", Permanent),
            (400, "DeviceTokenNotForTopic", EndpointGone),
            (400, "DuplicateHeaders", Permanent),
            (400, "IdleTimeout", Transient),
            (400, "InvalidPushType", Permanent),
            (400, "MissingDeviceToken", Permanent),
            (400, "MissingTopic", Permanent),
            (400, "PayloadEmpty", Permanent),
            (400, "TopicDisallowed", Permanent),
            (403, "BadCertificate", Credentials),
            (403, "BadCertificateEnvironment", Credentials),
            (403, "BadEnvironmentKeyIdInToken", Credentials),
            (403, "ExpiredProviderToken", Credentials),
            (403, "Forbidden", Permanent),
            (403, "InvalidProviderToken", Credentials),
            (403, "MissingProviderToken", Credentials),
            (403, "UnrelatedKeyIdInToken", Credentials),
            (404, "BadPath", Permanent),
            (405, "MethodNotAllowed", Permanent),
            (410, "ExpiredToken", EndpointGone),
            (410, "Unregistered", EndpointGone),
            (413, "PayloadTooLarge", Permanent),
            (429, "TooManyProviderTokenUpdates", Transient),
            (429, "TooManyRequests", Transient),
            (500, "InternalServerError", Transient),
            (503, "ServiceUnavailable", Transient),
            (503, "Shutdown", Transient),
            (502, "APNs answered 502 Bad Gateway", Transient),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(kind(status, reason), expected, "{reason}");
        }
    }
}
