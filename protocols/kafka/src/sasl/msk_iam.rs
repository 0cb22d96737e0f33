//! How clients of MSK prove an identity of IAM: a signed request, `kafka-cluster:Connect`, that is never sent as one.
//!
//! There are two forms of it. The library for Java ([aws-msk-iam-auth](https://github.com/aws/aws-msk-iam-auth)) sends its parts as
//! JSON, by the mechanism `AWS_MSK_IAM`, signed for the broker's host. The libraries for other languages send its URL as a token,
//! by `OAUTHBEARER`, signed for the service's host in a region. Both become a [`SignedConnect`], from which the caller verifies
//! the signature: `GET /` of [`SignedConnect::host`] with [`SignedConnect::query`], for the service `kafka-cluster`.

use std::collections::HashMap;
use std::fmt;

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

/// The version of the JSON form, of which there is one.
const VERSION: &str = "2020_10_22";
/// The action that the request is for.
const ACTION: &str = "kafka-cluster:Connect";
/// The longest message that is read: session tokens have some thousand bytes.
const LONGEST_MESSAGE_BYTES: usize = 16 << 10;
/// The parameters of a presigned request, as a query has them; the JSON form has their names in lower case.
const REQUIRED: [&str; 7] = [
    "Action",
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
];
/// The parameter that temporary credentials have besides.
const SECURITY_TOKEN: &str = "X-Amz-Security-Token";
/// What Signature Version 4 leaves as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// Unpadded, but libraries have been known to pad.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A request to connect, with its signature, which nobody has verified yet.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedConnect {
    /// The host that it was signed for.
    pub host: String,
    /// The parameters of its query, decoded, with their names as AWS writes them.
    pub parameters: Vec<(String, String)>,
    /// What the client calls itself; not signed.
    pub user_agent: String,
}

/// Why a message is not a signed request to connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MskIamError {
    /// It is longer than any that could be good.
    #[error("the message has more than {LONGEST_MESSAGE_BYTES} bytes")]
    TooLong,
    /// It is not the JSON that it should be.
    #[error("the message is not a JSON object of texts")]
    NotJson,
    /// It has another version.
    #[error("the version is not {VERSION}")]
    OtherVersion,
    /// The token is not base64 of a text.
    #[error("the token is not base64 of a URL")]
    NotBase64,
    /// The token is not the URL that it should be.
    #[error("the token is not the URL of a service of Kafka")]
    NotUrl,
    /// A part is missing, or there twice.
    #[error("{0} has to be there once")]
    NotOnce(&'static str),
    /// It has a parameter that has no place there.
    #[error("there is a parameter too many")]
    UnknownParameter,
    /// It is for something else than to connect.
    #[error("the action is not {ACTION}")]
    OtherAction,
}

impl SignedConnect {
    /// Reads the message of `AWS_MSK_IAM`.
    pub fn from_json(message: &[u8]) -> Result<Self, MskIamError> {
        if message.len() > LONGEST_MESSAGE_BYTES {
            return Err(MskIamError::TooLong);
        }
        let mut parts: HashMap<String, String> =
            serde_json::from_slice(message).map_err(|_| MskIamError::NotJson)?;
        if parts.remove("version").as_deref() != Some(VERSION) {
            return Err(MskIamError::OtherVersion);
        }
        let host = parts.remove("host").ok_or(MskIamError::NotOnce("host"))?;
        let user_agent = parts.remove("user-agent").unwrap_or_default();
        let mut parameters = Vec::with_capacity(REQUIRED.len() + 1);
        for name in REQUIRED.into_iter().chain([SECURITY_TOKEN]) {
            if let Some(value) = parts.remove(&name.to_ascii_lowercase()) {
                parameters.push((name.to_owned(), value));
            }
        }
        // What was signed beyond these has lost the case of its name, so it could not be verified.
        if !parts.is_empty() {
            return Err(MskIamError::UnknownParameter);
        }
        SignedConnect {
            host,
            parameters,
            user_agent,
        }
        .checked()
    }

    /// Reads the token of `OAUTHBEARER`: base64 of `https://kafka.REGION.amazonaws.com/?Action=kafka-cluster%3AConnect&…`, with the
    /// user agent added after signing.
    pub fn from_token(token: &str) -> Result<Self, MskIamError> {
        if token.len() > LONGEST_MESSAGE_BYTES {
            return Err(MskIamError::TooLong);
        }
        let url = BASE64.decode(token).map_err(|_| MskIamError::NotBase64)?;
        let url = String::from_utf8(url).map_err(|_| MskIamError::NotBase64)?;
        let (host, query) = url
            .strip_prefix("https://")
            .and_then(|rest| rest.split_once('?'))
            .ok_or(MskIamError::NotUrl)?;
        let host = host.strip_suffix('/').unwrap_or(host);
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte);
        if !host.starts_with("kafka.") || !host.bytes().all(is_host) {
            return Err(MskIamError::NotUrl);
        }
        let is_user_agent = |name: &str| name.eq_ignore_ascii_case("User-Agent");
        let (user_agents, parameters): (Vec<_>, Vec<_>) = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .partition(|(name, _)| is_user_agent(name));
        let mut user_agents = user_agents.into_iter().map(|(_, value)| value);
        let user_agent = user_agents.next().unwrap_or_default();
        if user_agents.next().is_some() {
            return Err(MskIamError::NotOnce("User-Agent"));
        }
        SignedConnect {
            host: host.to_owned(),
            parameters,
            user_agent,
        }
        .checked()
    }

    /// The query that was signed, encoded as Signature Version 4 has it.
    pub fn query(&self) -> String {
        let encode = |text| utf8_percent_encode(text, UNRESERVED);
        let pairs = self
            .parameters
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// The value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(each, _)| each == name);
        found.map(|(_, value)| &**value)
    }

    fn checked(self) -> Result<Self, MskIamError> {
        let count = |name: &str| self.parameters.iter().filter(|(each, _)| each == name).count();
        if let Some(name) = REQUIRED.into_iter().find(|name| count(name) != 1) {
            return Err(MskIamError::NotOnce(name));
        }
        if count(SECURITY_TOKEN) > 1 {
            return Err(MskIamError::NotOnce(SECURITY_TOKEN));
        }
        if self.parameter("Action") != Some(ACTION) {
            return Err(MskIamError::OtherAction);
        }
        Ok(self)
    }
}

impl fmt::Debug for SignedConnect {
    /// Leaves the signature and the session token out.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let credential = self.parameter("X-Amz-Credential");
        write!(formatter, "SignedConnect({:?}, {credential:?}, …)", self.host)
    }
}

/// What the server answers by `AWS_MSK_IAM` when it knows who the client is.
pub fn accepted(request_id: &str) -> String {
    #[derive(Serialize)]
    struct Accepted<'a> {
        version: &'static str,
        #[serde(rename = "request-id")]
        request_id: &'a str,
    }
    let answer = Accepted {
        version: VERSION,
        request_id,
    };
    serde_json::to_string(&answer).expect("texts can always be written as JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"version":"2020_10_22","host":"b-1.demo.kafka.us-east-1.amazonaws.com",
        "user-agent":"aws-msk-iam-auth/2.3.5","action":"kafka-cluster:Connect","x-amz-algorithm":"AWS4-HMAC-SHA256",
        "x-amz-credential":"AKIDEXAMPLE/20261126/us-east-1/kafka-cluster/aws4_request","x-amz-date":"20261126T080000Z",
        "x-amz-security-token":"a+b/c==","x-amz-signedheaders":"host","x-amz-expires":"900","x-amz-signature":"00ff"}"#;
    const QUERY: &str = "Action=kafka-cluster%3AConnect&X-Amz-Algorithm=AWS4-HMAC-SHA256\
        &X-Amz-Credential=AKIDEXAMPLE%2F20261126%2Fus-east-1%2Fkafka-cluster%2Faws4_request&X-Amz-Date=20261126T080000Z\
        &X-Amz-Expires=900&X-Amz-Signature=00ff&X-Amz-SignedHeaders=host";

    fn token(url: &str) -> String {
        BASE64.encode(url)
    }

    #[test]
    fn both_forms_give_what_was_signed() {
        let connect = SignedConnect::from_json(JSON.as_bytes()).unwrap();
        assert_eq!(connect.host, "b-1.demo.kafka.us-east-1.amazonaws.com");
        assert_eq!(connect.user_agent, "aws-msk-iam-auth/2.3.5");
        assert_eq!(
            connect.query(),
            format!("{QUERY}&X-Amz-Security-Token=a%2Bb%2Fc%3D%3D")
        );

        let url = format!("https://kafka.us-east-1.amazonaws.com/?{QUERY}&User-Agent=signer-python%2F1.0.1");
        for token in [token(&url), token(&url).trim_end_matches('=').to_owned()] {
            let connect = SignedConnect::from_token(&token).unwrap();
            assert_eq!(connect.host, "kafka.us-east-1.amazonaws.com");
            assert_eq!(connect.user_agent, "signer-python/1.0.1");
            assert_eq!(connect.query(), QUERY);
            assert_eq!(connect.parameter("X-Amz-Expires"), Some("900"));
            assert!(!format!("{connect:?}").contains("00ff"));
        }
    }

    #[test]
    fn json_that_is_something_else_is_refused() {
        let cases = [
            (
                JSON.replace("2020_10_22", "2021_10_22"),
                MskIamError::OtherVersion,
            ),
            (
                JSON.replace("\"host\":\"b", "\"ghost\":\"b"),
                MskIamError::NotOnce("host"),
            ),
            (
                JSON.replace("x-amz-date", "x-amz-dates"),
                MskIamError::UnknownParameter,
            ),
            (
                JSON.replace("\"x-amz-date\":\"20261126T080000Z\",", ""),
                MskIamError::NotOnce("X-Amz-Date"),
            ),
            (
                JSON.replace(":Connect", ":AlterCluster"),
                MskIamError::OtherAction,
            ),
            (JSON.replace("\"900\"", "900"), MskIamError::NotJson),
            ("[".repeat(5000), MskIamError::NotJson),
            (" ".repeat(LONGEST_MESSAGE_BYTES + 1), MskIamError::TooLong),
        ];
        for (message, error) in cases {
            assert_eq!(
                SignedConnect::from_json(message.as_bytes()),
                Err(error),
                "{message}"
            );
        }
    }

    #[test]
    fn tokens_that_are_something_else_are_refused() {
        let url = format!("https://kafka.us-east-1.amazonaws.com/?{QUERY}");
        let cases = [
            ("eyJhbGciOiJub25lIn0.e30.".to_owned(), MskIamError::NotBase64),
            (token(&url.replace("https", "http")), MskIamError::NotUrl),
            (token(&url.replace("//kafka.", "//sts.")), MskIamError::NotUrl),
            (token(&url.replace(".com/", ".com/path/")), MskIamError::NotUrl),
            (
                token(&url.replace("X-Amz-Date", "X-Amz-Dates")),
                MskIamError::NotOnce("X-Amz-Date"),
            ),
            (
                token(&format!("{url}&X-Amz-Expires=9")),
                MskIamError::NotOnce("X-Amz-Expires"),
            ),
            (
                token(&format!("{url}&User-Agent=a&user-agent=b")),
                MskIamError::NotOnce("User-Agent"),
            ),
            (
                token(&url.replace("%3AConnect", "%3ARead")),
                MskIamError::OtherAction,
            ),
            ("a".repeat(LONGEST_MESSAGE_BYTES + 1), MskIamError::TooLong),
        ];
        for (token, error) in cases {
            assert_eq!(SignedConnect::from_token(&token), Err(error), "{token}");
        }
    }

    #[test]
    fn the_answer_is_as_the_library_reads_it() {
        assert_eq!(accepted("r-1"), r#"{"version":"2020_10_22","request-id":"r-1"}"#);
    }
}
