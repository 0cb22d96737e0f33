//! `OAUTHBEARER`: a token, and what the server says of one that is no good
//! ([RFC 7628](https://www.rfc-editor.org/rfc/rfc7628), KIP-255, KIP-342).

use std::fmt;

use serde::Serialize;

use super::saslname;

/// Between the parts of a message.
const SEPARATOR: char = '\x01';

/// The first message of a client.
#[derive(Clone, PartialEq, Eq)]
pub struct BearerToken {
    /// Whom the client wants to act as; has to be the token's principal, as in Kafka.
    pub authorization_id: Option<String>,
    /// The token as it came.
    pub token: String,
    /// Other pairs of names and values (KIP-342), in order.
    pub extensions: Vec<(String, String)>,
}

/// Why a message is not one of `OAUTHBEARER`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BearerError {
    /// A message does not follow the grammar.
    #[error("the message is malformed: {0}")]
    Malformed(&'static str),
    /// A client wants the authentication bound to its connection.
    #[error("channel binding is not supported")]
    ChannelBinding,
    /// A name comes twice.
    #[error("a name comes twice")]
    Repeated,
    /// There is no token.
    #[error("there is no bearer token")]
    NoToken,
}

impl BearerToken {
    /// Reads `n,[a=authzid],^A` and then pairs `key=value^A`, one of them `auth=Bearer token`, and `^A` at the end.
    pub fn parse(message: &[u8]) -> Result<Self, BearerError> {
        let text = std::str::from_utf8(message).map_err(|_| BearerError::Malformed("not UTF-8"))?;
        let (header, pairs) = text
            .split_once(SEPARATOR)
            .ok_or(BearerError::Malformed("gs2-header"))?;
        let authorization_id = authorization_id(header)?;
        let pairs = match pairs.strip_suffix(SEPARATOR) {
            Some("") | None => return Err(BearerError::NoToken),
            Some(pairs) => pairs
                .strip_suffix(SEPARATOR)
                .ok_or(BearerError::Malformed("the end is missing"))?,
        };
        let mut token = None;
        let mut extensions: Vec<(String, String)> = Vec::new();
        for pair in pairs.split(SEPARATOR) {
            let (name, value) = pair_of(pair)?;
            if name == "auth" {
                if token.replace(bearer(value)?).is_some() {
                    return Err(BearerError::Repeated);
                }
            } else {
                extensions.push((name.to_owned(), value.to_owned()));
            }
        }
        if has_repeated(&extensions) {
            return Err(BearerError::Repeated);
        }
        Ok(BearerToken {
            authorization_id,
            token: token.ok_or(BearerError::NoToken)?.to_owned(),
            extensions,
        })
    }
}

impl fmt::Debug for BearerToken {
    /// Leaves the token out.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BearerToken({:?}, …)", self.authorization_id)
    }
}

/// What the server answers when a token is no good. A client then says [`ERROR_ACKNOWLEDGEMENT`], and fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BearerRefusal {
    /// An error of RFC 6750, as `invalid_token`.
    pub status: String,
    /// What the token would have to be good for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Where to learn who issues tokens.
    #[serde(rename = "openid-configuration", skip_serializing_if = "Option::is_none")]
    pub openid_configuration: Option<String>,
}

/// What a client says after a refusal.
pub const ERROR_ACKNOWLEDGEMENT: &[u8] = b"\x01";

impl BearerRefusal {
    /// Refuses with a status alone.
    pub fn new(status: &str) -> Self {
        BearerRefusal {
            status: status.to_owned(),
            scope: None,
            openid_configuration: None,
        }
    }

    /// The message as it is sent.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts can always be written as JSON")
    }
}

/// Reads `n,[a=authzid],`.
fn authorization_id(header: &str) -> Result<Option<String>, BearerError> {
    let malformed = BearerError::Malformed("gs2-header");
    let (flag, rest) = header.split_once(',').ok_or(malformed)?;
    match flag {
        "n" | "y" => {}
        _ if flag.starts_with("p=") => return Err(BearerError::ChannelBinding),
        _ => return Err(malformed),
    }
    let given = rest.strip_suffix(',').ok_or(malformed)?;
    if given.is_empty() {
        return Ok(None);
    }
    let name = given
        .strip_prefix("a=")
        .filter(|name| !name.is_empty() && !name.contains(','));
    name.and_then(saslname).map(Some).ok_or(malformed)
}

/// Names are letters, values printable ASCII and white space.
fn pair_of(pair: &str) -> Result<(&str, &str), BearerError> {
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_value = |value: &str| {
        value
            .bytes()
            .all(|byte| matches!(byte, b'\t' | b'\r' | b'\n' | b' '..=b'~'))
    };
    match pair.split_once('=') {
        Some((name, value)) if is_name(name) && is_value(value) => Ok((name, value)),
        _ => Err(BearerError::Malformed("key and value")),
    }
}

fn bearer(value: &str) -> Result<&str, BearerError> {
    let malformed = BearerError::Malformed("auth");
    let (scheme, token) = value.split_once(' ').ok_or(malformed)?;
    let token = token.trim_start_matches(' ');
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    let bare = token.trim_end_matches('=');
    match scheme.eq_ignore_ascii_case("bearer") && !bare.is_empty() && bare.bytes().all(is_token) {
        true => Ok(token),
        false => Err(malformed),
    }
}

fn has_repeated(extensions: &[(String, String)]) -> bool {
    let mut names: Vec<_> = extensions.iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7628, section 4.1, and what Kafka's client sends.
    #[test]
    fn reads_tokens() {
        let message = b"n,a=user@example.com,\x01host=server.example.com\x01port=143\x01\
            auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01";
        let read = BearerToken::parse(message).unwrap();
        assert_eq!(read.authorization_id.as_deref(), Some("user@example.com"));
        assert_eq!(read.token, "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==");
        let extensions = [("host", "server.example.com"), ("port", "143")];
        assert!(
            read.extensions
                .iter()
                .map(|(name, value)| (&**name, &**value))
                .eq(extensions)
        );
        let read = BearerToken::parse(b"n,,\x01auth=bearer abc\x01\x01").unwrap();
        assert_eq!(
            (read.authorization_id, &*read.token, read.extensions.len()),
            (None, "abc", 0)
        );
    }

    #[test]
    fn refuses_everything_else() {
        let malformed = BearerError::Malformed;
        let cases: [(&[u8], BearerError); 13] = [
            (b"", malformed("gs2-header")),
            (b"\x01", malformed("gs2-header")),
            (b"n\x01\x01", malformed("gs2-header")),
            (b"n,b=c,\x01auth=Bearer abc\x01\x01", malformed("gs2-header")),
            (
                b"p=tls-unique,,\x01auth=Bearer abc\x01\x01",
                BearerError::ChannelBinding,
            ),
            (b"n,,\x01", BearerError::NoToken),
            (b"n,,\x01\x01", BearerError::NoToken),
            (b"n,,\x01host=a\x01\x01", BearerError::NoToken),
            (b"n,,\x01auth=Bearer abc\x01", malformed("the end is missing")),
            (b"n,,\x01auth=Basic abc\x01\x01", malformed("auth")),
            (b"n,,\x01auth=Bearer a=b\x01\x01", malformed("auth")),
            (
                b"n,,\x01auth=Bearer a\x01a=b\x01a=c\x01\x01",
                BearerError::Repeated,
            ),
            (
                b"n,,\x01auth=Bearer a\x01auth=Bearer b\x01\x01",
                BearerError::Repeated,
            ),
        ];
        for (message, error) in cases {
            assert_eq!(BearerToken::parse(message), Err(error), "{message:?}");
        }
    }

    #[test]
    fn refusals_are_json() {
        let mut refusal = BearerRefusal::new("invalid_token");
        assert_eq!(refusal.to_json(), r#"{"status":"invalid_token"}"#);
        refusal.scope = Some("a \"b\"".to_owned());
        refusal.openid_configuration = Some("https://example.com/openid".to_owned());
        assert_eq!(
            refusal.to_json(),
            r#"{"status":"invalid_token","scope":"a \"b\"","openid-configuration":"https://example.com/openid"}"#
        );
    }
}
