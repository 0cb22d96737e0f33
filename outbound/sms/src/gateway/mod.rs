//! Any REST gateway, by a template.

mod json;
mod placeholder;
mod rule;
mod template;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use httpdate::parse_http_date;
use ninefold_outbound_http::{HttpClient, OutboundError, OutboundRequest};
use ninefold_time::{Clock, Timestamp};

use crate::segment::Segments;
use crate::{BoxFuture, SmsError, SmsErrorKind, SmsProvider, SmsReceipt, TextMessage};
use placeholder::Values;
use template::Template;

pub use rule::{AnswerRule, SuccessRule};
pub use template::{GatewayBody, GatewayTemplate, InvalidTemplate};

/// The most of an answer that is read, in bytes.
const RESPONSE_LIMIT_BYTES: usize = 64 << 10;
/// The longest that a gateway's wish to be left alone is heeded.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3_600);

/// A gateway that takes text messages over HTTP.
///
/// Its answer decides by the template's [`SuccessRule`]. Beyond that, as statuses are understood everywhere (RFC 9110, RFC
/// 6585): 429 is throttling; 408, 5xx and what concerns the credentials (401, 407) are transient, as is having no answer at all;
/// any other status is permanent.
pub struct HttpGateway {
    client: HttpClient,
    template: Template,
    clock: Arc<dyn Clock>,
}

impl HttpGateway {
    /// A gateway that is spoken to as the template says.
    ///
    /// # Errors
    /// [`InvalidTemplate`] if a request made from the template could not be sent.
    pub fn new(
        template: GatewayTemplate,
        client: HttpClient,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, InvalidTemplate> {
        Ok(HttpGateway {
            client,
            template: Template::parse(template)?,
            clock,
        })
    }

    async fn submit(&self, message: &TextMessage) -> Result<SmsReceipt, SmsError> {
        let segments = Segments::of(&message.text).map_err(|error| SmsError::permanent(error.to_string()))?;
        let request = self.request(message)?;
        let response = self.client.send(request).await.map_err(no_answer)?;
        if !self.template.success.has_status(response.status) {
            return Err(refused(response.status, &response.headers, self.clock.now()));
        }
        // An answer that was cut off isn't JSON any more, so it is handled as what can't be read.
        let provider_message_id = self.template.success.read_answer(&response.body)?;
        Ok(SmsReceipt {
            provider_message_id,
            parts: segments.count().into(),
        })
    }

    fn request(&self, message: &TextMessage) -> Result<OutboundRequest, SmsError> {
        let values = Values::new(message, self.template.default_sender.as_ref());
        let uri = self.template.uri(&values);
        let uri =
            uri.map_err(|error| SmsError::permanent(format!("the message does not fit a URL: {error}")))?;
        let mut headers = self.template.headers(&values);
        let body = match self.template.body(&values) {
            None => Bytes::new(),
            Some((content_type, body)) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
                body
            }
        };
        Ok(OutboundRequest {
            method: self.template.method.clone(),
            uri,
            headers,
            body,
            timeout: self.template.timeout,
            response_limit_bytes: RESPONSE_LIMIT_BYTES,
        })
    }
}

impl SmsProvider for HttpGateway {
    fn send<'a>(&'a self, message: &'a TextMessage) -> BoxFuture<'a, Result<SmsReceipt, SmsError>> {
        Box::pin(self.submit(message))
    }
}

/// What could not be sent is wrong with the message; all else is wrong with the gateway or the way there.
fn no_answer(error: OutboundError) -> SmsError {
    let reason = format!("no answer from the gateway: {error}");
    match error {
        OutboundError::Uri { .. } | OutboundError::Request { .. } => SmsError::permanent(reason),
        _ => SmsError::transient(reason),
    }
}

fn refused(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> SmsError {
    let kind = match status {
        StatusCode::TOO_MANY_REQUESTS => SmsErrorKind::Throttled {
            retry_after: retry_after(headers, now),
        },
        StatusCode::REQUEST_TIMEOUT
        | StatusCode::UNAUTHORIZED
        | StatusCode::PROXY_AUTHENTICATION_REQUIRED => SmsErrorKind::Transient,
        status if status.is_server_error() => SmsErrorKind::Transient,
        _ => SmsErrorKind::Permanent,
    };
    SmsError {
        kind,
        reason: format!("the gateway answered {status}"),
    }
}

/// When to come back: after some seconds, or at a time (RFC 9110, section 10.2.3).
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => Timestamp::from(parse_http_date(text).ok()?).duration_since(now),
    };
    Some(wait.min(LONGEST_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_says_when_to_come_back() {
        let now = Timestamp::from_secs(1_767_225_600);
        for (text, expected) in [
            ("0", Some(0)),
            ("120", Some(120)),
            ("86400", Some(3_600)),
            ("Thu, 01 Jan 2026 00:00:30 GMT", Some(30)),
            ("Wed, 31 Dec 2025 00:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
            ("99999999999999999999", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_static(text));
            assert_eq!(
                retry_after(&headers, now),
                expected.map(Duration::from_secs),
                "{text}"
            );
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }

    #[test]
    fn a_status_says_what_to_do() {
        use SmsErrorKind::{Permanent, Transient};
        let throttled = SmsErrorKind::Throttled { retry_after: None };
        for (status, expected) in [
            (400, Permanent),
            (401, Transient),
            (403, Permanent),
            (404, Permanent),
            (407, Transient),
            (408, Transient),
            (422, Permanent),
            (429, throttled),
            (500, Transient),
            (503, Transient),
            (301, Permanent),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let error = refused(status, &HeaderMap::new(), Timestamp::EPOCH);
            assert_eq!(error.kind, expected, "{status}");
        }
    }
}
