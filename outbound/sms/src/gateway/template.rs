use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::uri::InvalidUri;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use thiserror::Error;

use super::SuccessRule;
use super::json::JsonPattern;
use super::placeholder::{Pattern, Placeholder, Values};
use crate::{MessageId, Sender, SmsKind, TextMessage};

/// How a gateway is spoken to.
///
/// URL, headers and body can have placeholders: `{to}` (with its plus sign), `{to_digits}` (without), `{text}`, `{sender}`,
/// `{kind}` (`promotional` or `transactional`) and `{message_id}`. What stands for them can't be anything but a value: in the URL
/// and in a form it is percent-encoded, in JSON it is part of a string. `{text}` stands behind the `?` of a URL, and in no header.
#[derive(Clone)]
pub struct GatewayTemplate {
    /// Usually POST.
    pub method: Method,
    /// `http` or `https`. Placeholders come after the host.
    pub url: String,
    /// Names and values, among them those that prove who is speaking. Not `Content-Type`, which the body decides.
    pub headers: Vec<(String, String)>,
    /// What is sent.
    pub body: GatewayBody,
    /// Who a message is from that doesn't say so; needed if `{sender}` is used.
    pub default_sender: Option<Sender>,
    /// How to tell that the gateway has accepted the message.
    pub success: SuccessRule,
    /// How long the gateway may take.
    pub timeout: Duration,
}

/// The body of a request to a gateway.
#[derive(Clone, Debug)]
pub enum GatewayBody {
    /// None: everything stands in the URL.
    Empty,
    /// `application/x-www-form-urlencoded`, such as `to={to}&text={text}`.
    Form(String),
    /// `application/json`, such as `{"to": "{to}", "text": "{text}"}`.
    Json(String),
}

impl fmt::Debug for GatewayTemplate {
    /// Without what may be secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("GatewayTemplate")
            .field("method", &self.method)
            .field("success", &self.success)
            .finish_non_exhaustive()
    }
}

/// Why requests made from a template could not be sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidTemplate {
    /// There is no such placeholder.
    #[error("there is no placeholder {{{0}}}")]
    UnknownPlaceholder(String),
    /// CONNECT, which sends nothing.
    #[error("CONNECT is no method to send a message with")]
    Method,
    /// Not a URL, one of another scheme, or one with user information or a fragment.
    #[error("the URL is not an HTTP URL of scheme, host, path and query")]
    Url,
    /// A placeholder stands in the scheme or the host.
    #[error("a placeholder stands before the path of the URL")]
    PlaceholderInHost,
    /// The text stands in the path of the URL.
    #[error("{{text}} can stand in a URL only behind its ?")]
    TextInPath,
    /// A header's name or value can't be sent.
    #[error("the header {0:?} cannot be sent")]
    Header(String),
    /// The text stands in a header.
    #[error("{{text}} cannot stand in a header")]
    TextInHeader,
    /// The body isn't JSON.
    #[error("the body is not JSON, in which placeholders stand within strings: {0}")]
    Json(String),
    /// `{sender}` is used, but nothing is there to stand for it if a message has no sender.
    #[error("{{sender}} needs a default sender")]
    NoDefaultSender,
    /// Not a JSON pointer.
    #[error("{0:?} is not a JSON pointer")]
    Pointer(String),
}

/// A template that was checked.
pub(super) struct Template {
    pub(super) method: Method,
    url: Pattern,
    headers: Vec<(HeaderName, Pattern)>,
    body: Body,
    pub(super) default_sender: Option<Sender>,
    pub(super) success: SuccessRule,
    pub(super) timeout: Duration,
}

enum Body {
    Empty,
    Form(Pattern),
    Json(JsonPattern),
}

impl Template {
    pub(super) fn parse(template: GatewayTemplate) -> Result<Self, InvalidTemplate> {
        if let Some(pointer) = template
            .success
            .pointers()
            .find(|pointer| !(pointer.is_empty() || pointer.starts_with('/')))
        {
            return Err(InvalidTemplate::Pointer(pointer.to_owned()));
        }
        if template.method == Method::CONNECT {
            return Err(InvalidTemplate::Method);
        }
        let parsed = Template {
            method: template.method,
            url: parse_url(&template.url)?,
            headers: parse_headers(&template.headers)?,
            body: Body::parse(&template.body)?,
            default_sender: template.default_sender,
            success: template.success,
            timeout: template.timeout,
        };
        if parsed.uses_sender() && parsed.default_sender.is_none() {
            return Err(InvalidTemplate::NoDefaultSender);
        }
        parsed.try_out()?;
        Ok(parsed)
    }

    /// Whether a request can be made at all. Values can't break it, so one message is as good as any.
    fn try_out(&self) -> Result<(), InvalidTemplate> {
        let example = TextMessage {
            to: "+15550100".parse().expect("a telephone number"),
            text: "text".to_owned(),
            sender: None,
            kind: SmsKind::Transactional,
            message_id: MessageId::new("0").expect("a message identifier"),
        };
        let values = Values::new(&example, self.default_sender.as_ref());
        let uri = self.uri(&values).map_err(|_| InvalidTemplate::Url)?;
        if uri
            .authority()
            .is_none_or(|authority| authority.as_str().contains('@'))
        {
            return Err(InvalidTemplate::Url);
        }
        for (name, pattern) in &self.headers {
            HeaderValue::try_from(pattern.fill(&values))
                .map_err(|_| InvalidTemplate::Header(name.to_string()))?;
        }
        Ok(())
    }

    fn uses_sender(&self) -> bool {
        let in_body = match &self.body {
            Body::Empty => false,
            Body::Form(pattern) => pattern.has(Placeholder::Sender),
            Body::Json(pattern) => pattern.has(Placeholder::Sender),
        };
        let mut in_headers = self.headers.iter();
        in_body
            || self.url.has(Placeholder::Sender)
            || in_headers.any(|(_, pattern)| pattern.has(Placeholder::Sender))
    }

    /// Fails where a URL gets too long.
    pub(super) fn uri(&self, values: &Values<'_>) -> Result<Uri, InvalidUri> {
        Uri::try_from(self.url.fill_encoded(values))
    }

    pub(super) fn headers(&self, values: &Values<'_>) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(self.headers.len() + 1);
        for (name, pattern) in &self.headers {
            let value = HeaderValue::try_from(pattern.fill(values));
            headers.append(name, value.expect("all values but the text are visible ASCII"));
        }
        headers
    }

    /// The content type and the content.
    pub(super) fn body(&self, values: &Values<'_>) -> Option<(&'static str, Bytes)> {
        match &self.body {
            Body::Empty => None,
            Body::Form(pattern) => Some((
                "application/x-www-form-urlencoded",
                pattern.fill_encoded(values).into(),
            )),
            Body::Json(pattern) => Some(("application/json", pattern.fill(values).to_string().into())),
        }
    }
}

impl Body {
    fn parse(body: &GatewayBody) -> Result<Self, InvalidTemplate> {
        Ok(match body {
            GatewayBody::Empty => Body::Empty,
            GatewayBody::Form(text) => Body::Form(Pattern::parse(text)?),
            GatewayBody::Json(text) => Body::Json(JsonPattern::parse(text)?),
        })
    }
}

fn parse_url(text: &str) -> Result<Pattern, InvalidTemplate> {
    let pattern = Pattern::parse(text)?;
    let mut schemes = ["https://", "http://"].iter();
    let host_and_more = schemes
        .find_map(|scheme| pattern.start().strip_prefix(scheme))
        .ok_or(InvalidTemplate::Url)?;
    let has_placeholders = pattern.start() != text;
    if has_placeholders && !host_and_more.contains(['/', '?']) {
        return Err(InvalidTemplate::PlaceholderInHost);
    }
    if pattern.has_before(Placeholder::Text, '?') {
        return Err(InvalidTemplate::TextInPath);
    }
    // What comes behind is never sent.
    match text.contains('#') {
        true => Err(InvalidTemplate::Url),
        false => Ok(pattern),
    }
}

fn parse_headers(headers: &[(String, String)]) -> Result<Vec<(HeaderName, Pattern)>, InvalidTemplate> {
    let parse = |(name, value): &(String, String)| {
        let pattern = Pattern::parse(value)?;
        if pattern.has(Placeholder::Text) {
            return Err(InvalidTemplate::TextInHeader);
        }
        let invalid = || InvalidTemplate::Header(name.clone());
        let name = HeaderName::try_from(name).map_err(|_| invalid())?;
        match name == http::header::CONTENT_TYPE {
            true => Err(invalid()),
            false => Ok((name, pattern)),
        }
    };
    headers.iter().map(parse).collect()
}

#[cfg(test)]
mod tests;
