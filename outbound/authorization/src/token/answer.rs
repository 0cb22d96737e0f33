//! Answers of authorization servers (RFC 6749, section 5).

use std::time::Duration;

use http::StatusCode;
use ninefold_outbound_http::OutboundResponse;
use serde::Deserialize;
use serde_json::Value;

use crate::{Credential, TokenError};

/// The longest access token, in bytes.
const TOKEN_LIMIT_BYTES: usize = 16 * 1024;

/// How much is kept of what a server says, in characters: a connection's `StateReason` has 512.
const ERROR_CHARACTERS: usize = 64;
const DESCRIPTION_CHARACTERS: usize = 256;

/// An access token, and how long it lasts if the server says so.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AccessToken {
    pub(crate) credential: Credential,
    pub(crate) lifetime: Option<Duration>,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    token_type: Option<String>,
    /// A number; some servers write it as a string.
    expires_in: Option<Value>,
}

/// Section 5.2.
#[derive(Deserialize)]
struct Refused {
    error: String,
    error_description: Option<String>,
}

pub(crate) fn read(response: &OutboundResponse) -> Result<AccessToken, TokenError> {
    let status = response.status.as_u16();
    match status {
        200..=299 => granted(response).map_err(|reason| TokenError::Answer { status, reason }),
        408 | 429 | 500.. => Err(TokenError::Unavailable { status }),
        _ => Err(refused(response)),
    }
}

fn granted(response: &OutboundResponse) -> Result<AccessToken, String> {
    if response.is_cut_off {
        return Err("it is too long".to_owned());
    }
    // The error could quote the token.
    let granted: Granted = serde_json::from_slice(&response.body)
        .map_err(|_| "it is no JSON object with an access_token".to_owned())?;
    if let Some(other) = granted
        .token_type
        .filter(|kind| !kind.eq_ignore_ascii_case("bearer"))
    {
        let kind = shortened(&other, ERROR_CHARACTERS);
        return Err(format!("tokens of the type {kind:?} are not supported"));
    }
    if granted.access_token.is_empty() || granted.access_token.len() > TOKEN_LIMIT_BYTES {
        return Err(format!(
            "the access_token is empty or has more than {TOKEN_LIMIT_BYTES} bytes"
        ));
    }
    let credential = Credential::bearer(&granted.access_token)
        .map_err(|_| "the access_token has characters that no header can have".to_owned())?;
    Ok(AccessToken {
        credential,
        lifetime: granted.expires_in.as_ref().and_then(seconds),
    })
}

/// What is no whole number says nothing.
fn seconds(value: &Value) -> Option<Duration> {
    let seconds = match value {
        Value::String(text) => text.parse().ok(),
        number => number.as_u64(),
    };
    seconds.map(Duration::from_secs)
}

fn refused(response: &OutboundResponse) -> TokenError {
    let status = response.status.as_u16();
    match serde_json::from_slice::<Refused>(&response.body) {
        Ok(refused) => TokenError::Denied {
            status,
            error: shortened(&refused.error, ERROR_CHARACTERS),
            description: refused
                .error_description
                .map(|description| shortened(&description, DESCRIPTION_CHARACTERS)),
        },
        Err(_) => TokenError::Denied {
            status,
            error: reason_phrase(response.status).to_owned(),
            description: None,
        },
    }
}

fn reason_phrase(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("it gives no reason")
}

/// The beginning of a stranger's text, on one line.
fn shortened(text: &str, limit_characters: usize) -> String {
    text.chars()
        .take(limit_characters)
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;

    use super::*;

    fn answer(status: u16, body: &str) -> Result<AccessToken, TokenError> {
        read(&OutboundResponse {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::copy_from_slice(body.as_bytes()),
            is_cut_off: false,
        })
    }

    #[test]
    fn tokens_are_bearer_tokens_for_a_time() {
        for (body, seconds) in [
            (
                r#"{"access_token":"abc","token_type":"Bearer","expires_in":3600,"scope":"x"}"#,
                Some(3_600),
            ),
            (r#"{"access_token":"abc","token_type":"bearer"}"#, None),
            (r#"{"access_token":"abc","expires_in":"60"}"#, Some(60)),
            (r#"{"access_token":"abc","expires_in":-1}"#, None),
            (r#"{"access_token":"abc","expires_in":null}"#, None),
        ] {
            let token = answer(200, body).unwrap();
            assert_eq!(token.credential, Credential::bearer("abc").unwrap());
            assert_eq!(token.lifetime, seconds.map(Duration::from_secs), "{body}");
        }
        assert!(answer(201, r#"{"access_token":"abc"}"#).is_ok());
    }

    #[test]
    fn success_without_a_token_is_none() {
        let long = format!(r#"{{"access_token":"{}"}}"#, "a".repeat(TOKEN_LIMIT_BYTES + 1));
        for body in [
            "",
            "access_token=abc",
            "{}",
            r#"{"access_token":""}"#,
            r#"{"access_token":1}"#,
            r#"{"access_token":"a\nb"}"#,
            r#"{"access_token":"abc","token_type":"mac"}"#,
            &long,
        ] {
            let error = answer(200, body).unwrap_err();
            assert!(
                matches!(error, TokenError::Answer { status: 200, .. }),
                "{error:?}"
            );
            assert!(!error.is_transient() && error.to_string().len() < 200);
        }
    }

    #[test]
    fn refusals_say_why() {
        let body = r#"{"error":"invalid_client","error_description":"Unknown\nclient"}"#;
        let error = answer(401, body).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the authorization server refuses: invalid_client: Unknown client (status 401)"
        );
        assert!(!error.is_transient());
        let error = answer(302, "<html>").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the authorization server refuses: Found (status 302)"
        );
        let endless = format!(
            r#"{{"error":"{0}","error_description":"{0}"}}"#,
            "é".repeat(10_000)
        );
        let reason = answer(400, &endless).unwrap_err().to_string();
        assert!(reason.chars().count() < 512, "{reason}");
    }

    #[test]
    fn what_may_pass_is_transient() {
        for status in [408, 429, 500, 502, 503, 504] {
            let error = answer(status, r#"{"error":"invalid_client"}"#).unwrap_err();
            assert_eq!(error, TokenError::Unavailable { status });
            assert!(error.is_transient());
        }
    }
}
