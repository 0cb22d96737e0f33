use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use ninefold_outbound_http::{HttpClient, HttpVersions, OutboundRequest, OutboundResponse};
use ninefold_time::Clock;
use parking_lot::Mutex;
use serde_json::Value;

use crate::apns::answer;
use crate::apns::provider_token::ProviderTokens;
use crate::endpoint::Endpoint;
use crate::jwt::SigningKey;
use crate::{
    ApnsPushType, CredentialsError, PushError, PushErrorKind, PushOptions, PushPriority, PushReceipt,
};

const TIMEOUT: Duration = Duration::from_secs(10);

/// Enough for a reason and a timestamp.
const ANSWER_BYTES: usize = 4 * 1024;

/// The length of the key and team identifiers that Apple gives out.
const IDENTIFIER_CHARACTERS: usize = 10;

const TOPIC: HeaderName = HeaderName::from_static("apns-topic");
const PUSH_TYPE: HeaderName = HeaderName::from_static("apns-push-type");
const PRIORITY: HeaderName = HeaderName::from_static("apns-priority");
const EXPIRATION: HeaderName = HeaderName::from_static("apns-expiration");
const COLLAPSE_ID: HeaderName = HeaderName::from_static("apns-collapse-id");

/// What identifies an app's sender to APNs.
#[derive(Clone, Copy)]
pub struct ApnsCredentials<'a> {
    /// The token signing key: the text of the `.p8` file.
    pub signing_key: &'a str,
    /// The key's identifier, of 10 characters.
    pub key_id: &'a str,
    /// The developer team's identifier, of 10 characters.
    pub team_id: &'a str,
    /// The app's bundle identifier, which is the topic of its notifications.
    pub bundle_id: &'a str,
}

/// Which APNs is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ApnsEndpoint {
    /// For apps from the store.
    #[default]
    Production,
    /// For apps under development.
    Sandbox,
    /// The base URL of something else that answers like APNs, over HTTP/2.
    Other(Uri),
}

/// Sends the notifications of one app through APNs. Clones share the connection and the token.
#[derive(Clone)]
pub struct ApnsClient(Arc<Inner>);

struct Inner {
    http: HttpClient,
    endpoint: Endpoint,
    bundle_id: String,
    tokens: ProviderTokens,
    clock: Arc<dyn Clock>,
}

impl ApnsClient {
    /// A client that has not connected yet.
    ///
    /// It takes the options of `http` but connections of its own, since APNs knows only one team on each. Certificates
    /// instead of a signing key are refused.
    pub fn new(
        http: HttpClient,
        credentials: ApnsCredentials<'_>,
        endpoint: ApnsEndpoint,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, CredentialsError> {
        if is_certificate(credentials) {
            return Err(CredentialsError::ApnsCertificate);
        }
        let endpoint = match endpoint {
            ApnsEndpoint::Production => Endpoint::known("https://api.push.apple.com"),
            ApnsEndpoint::Sandbox => Endpoint::known("https://api.sandbox.push.apple.com"),
            ApnsEndpoint::Other(base) => Endpoint::new(&base)?,
        };
        let tokens = ProviderTokens {
            key: SigningKey::p256_from_pem(credentials.signing_key)?,
            key_id: identifier("key ID", credentials.key_id)?,
            team_id: identifier("team ID", credentials.team_id)?,
            clock: Arc::clone(&clock),
            issued: Mutex::default(),
        };
        Ok(ApnsClient(Arc::new(Inner {
            http: http.with_own_connections(HttpVersions::Http2),
            endpoint,
            bundle_id: bundle_identifier(credentials.bundle_id)?,
            tokens,
            clock,
        })))
    }

    /// Sends a notification to a device. The message is the payload as APNs takes it, with an `aps` object.
    pub async fn send(
        &self,
        device_token: &str,
        message: &Value,
        options: PushOptions,
    ) -> Result<PushReceipt, PushError> {
        let inner = &*self.0;
        if device_token.is_empty() || !device_token.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(PushError {
                kind: PushErrorKind::EndpointGone,
                ..PushError::permanent("BadDeviceToken")
            });
        }
        let uri = inner.endpoint.join(&format!("/3/device/{device_token}"));
        let uri = uri.map_err(|_| PushError::permanent("BadPath"))?;
        let headers = inner.headers(message, &options)?;
        let body = Bytes::from(message.to_string());
        let authorization = inner.tokens.authorization();
        let authorization = authorization.map_err(|_| PushError::unsigned())?;
        let response = inner.post(&uri, &headers, &body, authorization.clone()).await?;
        let outcome = answer::read(&response);
        if !is_expired_token(&outcome) {
            return outcome;
        }
        // Clocks differ: what is young here may be old there.
        let renewed = inner.tokens.authorization_after_expiry();
        let renewed = renewed.map_err(|_| PushError::unsigned())?;
        if renewed == authorization {
            return outcome;
        }
        answer::read(&inner.post(&uri, &headers, &body, renewed).await?)
    }
}

impl Inner {
    async fn post(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        body: &Bytes,
        authorization: HeaderValue,
    ) -> Result<OutboundResponse, PushError> {
        let mut headers = headers.clone();
        headers.insert(AUTHORIZATION, authorization);
        let request = OutboundRequest {
            method: Method::POST,
            uri: uri.clone(),
            headers,
            body: body.clone(),
            timeout: TIMEOUT,
            response_limit_bytes: ANSWER_BYTES,
        };
        Ok(self.http.send(request).await?)
    }

    fn headers(&self, message: &Value, options: &PushOptions) -> Result<HeaderMap, PushError> {
        let push_type = options.push_type.unwrap_or_else(|| push_type_of(message));
        let mut headers = HeaderMap::new();
        headers.insert(PUSH_TYPE, HeaderValue::from_static(push_type.name()));
        let topic = match &options.topic {
            Some(topic) => header_value(topic, "BadTopic")?,
            None => {
                let topic = format!("{}{}", self.bundle_id, push_type.topic_suffix());
                header_value(&topic, "BadTopic")?
            }
        };
        headers.insert(TOPIC, topic);
        if let Some(priority) = priority(options.priority, push_type) {
            headers.insert(PRIORITY, HeaderValue::from_static(priority));
        }
        if let Some(time_to_live) = options.time_to_live {
            headers.insert(EXPIRATION, HeaderValue::from(self.expiration(time_to_live)));
        }
        if let Some(key) = &options.collapse_key {
            headers.insert(COLLAPSE_ID, header_value(key, "BadCollapseId")?);
        }
        Ok(headers)
    }

    /// When APNs gives up, in seconds since the Unix epoch; zero if it is to try once only.
    fn expiration(&self, time_to_live: Duration) -> u64 {
        match time_to_live.as_secs() {
            0 => 0,
            seconds => self.clock.now().as_secs().saturating_add(seconds),
        }
    }
}

fn is_expired_token(outcome: &Result<PushReceipt, PushError>) -> bool {
    matches!(outcome, Err(error) if error.status == Some(StatusCode::FORBIDDEN.as_u16())
        && error.reason == "ExpiredProviderToken")
}

/// A message that wakes the app and does nothing the user would notice is a background notification; APNs wants to
/// be told so ([Sending push notifications to iOS 13 devices with Amazon SNS](https://aws.amazon.com/blogs/messaging-and-targeting/sending-push-notifications-to-ios-13-devices-with-amazon-sns/)).
fn push_type_of(message: &Value) -> ApnsPushType {
    let aps = &message["aps"];
    let wakes = aps["content-available"] == 1;
    let is_noticed = ["alert", "badge", "sound"]
        .iter()
        .any(|key| aps.get(*key).is_some());
    if wakes && !is_noticed {
        ApnsPushType::Background
    } else {
        ApnsPushType::Alert
    }
}

/// Background notifications must not be urgent, which they would be by default.
fn priority(asked: Option<PushPriority>, push_type: ApnsPushType) -> Option<&'static str> {
    match asked {
        Some(PushPriority::High) => Some("10"),
        Some(PushPriority::Normal) => Some("5"),
        Some(PushPriority::Low) => Some("1"),
        None if push_type == ApnsPushType::Background => Some("5"),
        None => None,
    }
}

/// What cannot even stand in a header gets the reason that APNs would give.
fn header_value(text: &str, reason: &str) -> Result<HeaderValue, PushError> {
    HeaderValue::from_str(text).map_err(|_| PushError::permanent(reason))
}

fn is_certificate(credentials: ApnsCredentials<'_>) -> bool {
    [credentials.signing_key, credentials.key_id]
        .iter()
        .any(|text| text.contains("BEGIN CERTIFICATE") || text.contains("BEGIN RSA PRIVATE KEY"))
}

fn identifier(name: &'static str, value: &str) -> Result<String, CredentialsError> {
    if value.len() == IDENTIFIER_CHARACTERS && value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(value.to_owned());
    }
    Err(CredentialsError::Identifier {
        name,
        value: value.to_owned(),
    })
}

/// Bundle identifiers have letters, digits, hyphens and full stops.
fn bundle_identifier(value: &str) -> Result<String, CredentialsError> {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if !value.is_empty() && value.bytes().all(is_known) {
        return Ok(value.to_owned());
    }
    Err(CredentialsError::Identifier {
        name: "bundle ID",
        value: value.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_push_type_follows_the_message() {
        for (message, expected) in [
            (
                json!({"aps": {"content-available": 1}, "own": 2}),
                ApnsPushType::Background,
            ),
            (
                json!({"aps": {"content-available": 1, "sound": "default"}}),
                ApnsPushType::Alert,
            ),
            (json!({"aps": {"content-available": 0}}), ApnsPushType::Alert),
            (json!({"aps": {"alert": "Hello"}}), ApnsPushType::Alert),
            (json!({"aps": {"badge": 0}}), ApnsPushType::Alert),
            (json!({"own": 1}), ApnsPushType::Alert),
            (json!("text"), ApnsPushType::Alert),
        ] {
            assert_eq!(push_type_of(&message), expected, "{message}");
        }
    }

    #[test]
    fn identifiers_are_checked() {
        assert!(identifier("key ID", "ABC123DEFG").is_ok());
        for value in ["", "ABC123DEF", "ABC123DEFGH", "ABC123DEF-", "ÄBC123DEF"] {
            assert!(identifier("key ID", value).is_err(), "{value}");
        }
        assert!(bundle_identifier("com.example.my-app").is_ok());
        for value in ["", "com.example app", "com.example\r\n"] {
            assert!(bundle_identifier(value).is_err(), "{value:?}");
        }
    }
}
