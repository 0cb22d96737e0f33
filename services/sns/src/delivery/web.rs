//! To web endpoints, and to functions by their URLs.
//!
//! Source: [HTTP/HTTPS headers](https://docs.aws.amazon.com/sns/latest/dg/http-header.html).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode, Uri};
use ninefold_delivery::{Answer, FailureKind, Outcome};
use ninefold_notification::{DEFAULT_CONTENT_TYPE, HttpHeaders, USER_AGENT};
use ninefold_outbound_http::{OutboundRequest, OutboundResponse};
use percent_encoding::percent_decode_str;

use super::Payload;
use crate::SnsDoor;
use crate::subscribers::Subscriber;
use crate::topics::Topic;

/// How long an endpoint may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
/// Of an answer nobody looks at more than the beginning.
const ANSWER_BYTES: usize = 16 * 1_024;

impl SnsDoor {
    /// Pushes to an HTTP or HTTPS endpoint.
    pub(super) async fn push_to_web(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
        uri: &Uri,
        payload: &Payload,
    ) -> Outcome {
        let is_raw = subscriber.is_raw && !payload.is_confirmation();
        let policy = subscriber.policy(&topic.settings());
        let body = match is_raw {
            true => Ok(payload.text().to_owned()),
            false => self.signed_envelope(topic, subscriber, payload).await,
        };
        let body = match body {
            Ok(body) => body,
            Err(reason) => return super::refused(&reason),
        };
        let subscription_arn = subscriber.arn.to_string();
        let headers = HttpHeaders {
            message_type: payload.kind.message_type(),
            message_id: &payload.id.to_string(),
            topic_arn: &topic.arn.to_string(),
            subscription_arn: (!payload.is_confirmation()).then_some(&*subscription_arn),
            is_raw,
            content_type: policy.content_type.as_deref().unwrap_or(DEFAULT_CONTENT_TYPE),
        };
        self.post(uri, &headers.pairs(), body).await
    }

    /// Calls a function by its URL with the event that it would get from a topic.
    ///
    /// Source: [Using Lambda with Amazon SNS](https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html).
    pub(super) async fn push_to_function(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
        uri: &Uri,
        payload: &Payload,
    ) -> Outcome {
        match self.function_event(topic, subscriber, payload).await {
            Ok(event) => {
                let headers = [("content-type", "application/json"), ("user-agent", USER_AGENT)];
                self.post(uri, &headers, event).await
            }
            Err(reason) => super::refused(&reason),
        }
    }

    async fn post(&self, uri: &Uri, headers: &[(&'static str, &str)], body: String) -> Outcome {
        let named = headers.iter().filter_map(|(name, value)| {
            // The content type is the one thing in them that somebody chose, and it was checked when it was set.
            Some((HeaderName::from_static(name), HeaderValue::from_str(value).ok()?))
        });
        let mut headers: HeaderMap = named.collect();
        let (uri, authorization) = match without_credentials(uri) {
            Some(parts) => parts,
            None => return super::refused("the endpoint is not a URL that can be called"),
        };
        if let Some(authorization) = authorization {
            headers.insert(AUTHORIZATION, authorization);
        }
        let request = OutboundRequest {
            method: Method::POST,
            uri,
            headers,
            body: Bytes::from(body),
            timeout: ANSWER_TIMEOUT,
            response_limit_bytes: ANSWER_BYTES,
        };
        match self.transports.http.send(request).await {
            Ok(response) => outcome(&response),
            Err(error) => {
                let kind = match error.is_transient() {
                    true => FailureKind::Transient,
                    false => FailureKind::Permanent,
                };
                let text = error.to_string();
                Outcome::Failed(kind, Answer { code: None, text })
            }
        }
    }
}

/// A URL without its user and password, and the header that they are sent in.
fn without_credentials(uri: &Uri) -> Option<(Uri, Option<HeaderValue>)> {
    let authority = uri.authority()?;
    let Some((credentials, host)) = authority.as_str().rsplit_once('@') else {
        return Some((uri.clone(), None));
    };
    let mut parts = uri.clone().into_parts();
    parts.authority = Some(host.parse().ok()?);
    let decoded = percent_decode_str(credentials).collect::<Vec<u8>>();
    let mut header = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(decoded))).ok()?;
    header.set_sensitive(true);
    Some((Uri::from_parts(parts).ok()?, Some(header)))
}

/// What an endpoint's answer means: a server's error may be over later, a client's error won't.
fn outcome(response: &OutboundResponse) -> Outcome {
    let answer = Answer {
        code: Some(response.status.as_u16()),
        text: String::from_utf8_lossy(&response.body).into_owned(),
    };
    match response.status {
        status if status.is_success() => Outcome::Delivered(answer),
        StatusCode::TOO_MANY_REQUESTS => Outcome::Failed(FailureKind::Transient, answer),
        status if status.is_server_error() => Outcome::Failed(FailureKind::Transient, answer),
        _ => Outcome::Failed(FailureKind::Permanent, answer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_travel_in_a_header() {
        let split = |text: &str| without_credentials(&text.parse().unwrap()).unwrap();
        assert_eq!(split("http://a.example/p?q").1, None);
        let (uri, header) = split("https://user:p%40ss@a.example:444/p?q");
        assert_eq!(uri, "https://a.example:444/p?q");
        assert_eq!(header.unwrap(), "Basic dXNlcjpwQHNz");
    }
}
