//! Tokens that nobody has signed: for development (KIP-255). As in Kafka, the subject is the user.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ninefold_time::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Why a token is no good. Clients are told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum TokenRefusal {
    #[error("the token is not a JSON web token")]
    NotToken,
    #[error("tokens that are signed ({0}) can't be verified here")]
    Signed(String),
    #[error("tokens that are not signed are accepted for development only, and this server isn't set to")]
    NotForDevelopment,
    #[error("the token has no subject")]
    NoSubject,
    #[error("the token has expired")]
    Expired,
}

/// What a token says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UnsecuredToken {
    pub(super) subject: String,
    pub(super) expires_at: Timestamp,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    sub: String,
    /// Seconds since 1970, which may have a fraction.
    exp: f64,
}

impl UnsecuredToken {
    /// Reads a token that has to be good now.
    pub(super) fn read(token: &str, is_accepted: bool, now: Timestamp) -> Result<Self, TokenRefusal> {
        let mut parts = token.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(TokenRefusal::NotToken);
        };
        let header: Header = decoded(header)?;
        if !header.alg.eq_ignore_ascii_case("none") || !signature.is_empty() {
            return Err(TokenRefusal::Signed(header.alg));
        }
        if !is_accepted {
            return Err(TokenRefusal::NotForDevelopment);
        }
        let claims: Claims = decoded(claims)?;
        if claims.sub.is_empty() {
            return Err(TokenRefusal::NoSubject);
        }
        // Out of range, and what is no number, ends up at one of the ends.
        let expires_at = Timestamp::from_millis((claims.exp * 1_000.0) as u64);
        if expires_at <= now {
            return Err(TokenRefusal::Expired);
        }
        Ok(UnsecuredToken {
            subject: claims.sub,
            expires_at,
        })
    }
}

fn decoded<T: DeserializeOwned>(part: &str) -> Result<T, TokenRefusal> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenRefusal::NotToken)?;
    serde_json::from_slice(&bytes).map_err(|_| TokenRefusal::NotToken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, claims: &str, signature: &str) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.{signature}", encode(header), encode(claims))
    }

    #[test]
    fn tokens_are_read_or_refused() {
        let now = Timestamp::from_secs(1_000);
        let none = r#"{"alg":"none"}"#;
        let alice = r#"{"sub":"alice","exp":1000.5}"#;
        let read = UnsecuredToken::read(&token(none, alice, ""), true, now).unwrap();
        assert_eq!(read.subject, "alice");
        assert_eq!(read.expires_at, Timestamp::from_millis(1_000_500));
        let cases = [
            (token(none, alice, ""), false, TokenRefusal::NotForDevelopment),
            (
                token(none, alice, "x"),
                true,
                TokenRefusal::Signed("none".to_owned()),
            ),
            (
                token(r#"{"alg":"RS256"}"#, alice, "x"),
                true,
                TokenRefusal::Signed("RS256".to_owned()),
            ),
            (
                token(none, r#"{"sub":"alice"}"#, ""),
                true,
                TokenRefusal::NotToken,
            ),
            (token(none, r#"{"exp":2000}"#, ""), true, TokenRefusal::NoSubject),
            (
                token(none, r#"{"sub":"a","exp":1000}"#, ""),
                true,
                TokenRefusal::Expired,
            ),
            (
                token(none, r#"{"sub":"a","exp":-1}"#, ""),
                true,
                TokenRefusal::Expired,
            ),
            ("abc".to_owned(), true, TokenRefusal::NotToken),
            ("a.b.".to_owned(), true, TokenRefusal::NotToken),
            (
                format!("{}.", token(none, alice, "")),
                true,
                TokenRefusal::NotToken,
            ),
        ];
        for (token, is_accepted, refusal) in cases {
            let read = UnsecuredToken::read(&token, is_accepted, now);
            assert_eq!(read, Err(refusal), "{token}");
        }
    }
}
