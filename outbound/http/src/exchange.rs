//! What goes out and what comes back.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderName, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};
use http::uri::Scheme;
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;

use crate::OutboundError;

/// Headers that say how a message is framed and where it goes, which is the client's business (RFC 9110, section
/// 7.6.1). What a caller says of it is dropped, so that nobody can put a second request into a first one's body.
const FRAMING: [HeaderName; 9] = [
    CONNECTION,
    CONTENT_LENGTH,
    HOST,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// One request.
#[derive(Clone)]
pub struct OutboundRequest {
    /// The method; not `CONNECT`.
    pub method: Method,
    /// An absolute `http` or `https` URI, without user information.
    pub uri: Uri,
    /// Headers besides those of framing and `Host`, which the client sets.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// How long the exchange may take in all, from waiting for a connection to the last byte of the answer.
    pub timeout: Duration,
    /// How much of the answer's body is kept, in bytes.
    pub response_limit_bytes: usize,
}

/// The answer to a request, whatever its status.
#[derive(Clone, Debug)]
pub struct OutboundResponse {
    /// The status, of a redirect too.
    pub status: StatusCode,
    /// The headers; on HTTP/1.1 at most 100 in at most 64 KiB.
    pub headers: HeaderMap,
    /// The body, up to the request's limit.
    pub body: Bytes,
    /// Whether the body was longer than the limit. The rest is not read: on HTTP/1.1 the connection is closed, on
    /// HTTP/2 the stream is reset.
    pub is_cut_off: bool,
}

impl OutboundRequest {
    /// The request as it is sent, if it can be.
    pub(crate) fn into_http(mut self, limit_bytes: usize) -> Result<Request<Full<Bytes>>, OutboundError> {
        check_uri(&self.uri)?;
        let refuse = |reason: String| Err(OutboundError::Request { reason });
        if self.method == Method::CONNECT {
            return refuse("CONNECT would open a tunnel".to_owned());
        }
        if self.body.len() > limit_bytes {
            let length = self.body.len();
            return refuse(format!(
                "its body has {length} bytes, and {limit_bytes} are allowed"
            ));
        }
        for name in &FRAMING {
            self.headers.remove(name);
        }
        let mut request = Request::new(Full::new(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.uri;
        *request.headers_mut() = self.headers;
        Ok(request)
    }
}

fn check_uri(uri: &Uri) -> Result<(), OutboundError> {
    let refuse = |reason: &str| {
        Err(OutboundError::Uri {
            reason: reason.to_owned(),
        })
    };
    if uri.scheme() != Some(&Scheme::HTTP) && uri.scheme() != Some(&Scheme::HTTPS) {
        return refuse("it is neither http nor https");
    }
    match uri.authority() {
        Some(authority) if authority.as_str().contains('@') => {
            refuse("it has user information, which belongs into a header")
        }
        Some(authority) if !authority.host().is_empty() => Ok(()),
        _ => refuse("it has no host"),
    }
}

/// Reads a body up to a limit; says whether there was more.
pub(crate) async fn collect(mut body: Incoming, limit_bytes: usize) -> Result<(Bytes, bool), OutboundError> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut collected = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| OutboundError::from_exchange(&error))?;
        let Ok(mut data) = frame.into_data() else {
            continue;
        };
        let room = limit_bytes - collected.len();
        if data.len() > room {
            data.truncate(room);
            collected.extend_from_slice(&data);
            return Ok((collected.freeze(), true));
        }
        if collected.is_empty() && body.is_end_stream() {
            return Ok((data, false));
        }
        if collected.is_empty() {
            collected.reserve(announced.min(limit_bytes));
        }
        collected.extend_from_slice(&data);
    }
    Ok((collected.freeze(), false))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: Method, uri: &str, body: &'static str) -> OutboundRequest {
        OutboundRequest {
            method,
            uri: uri.parse().unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::from(body),
            timeout: Duration::from_secs(1),
            response_limit_bytes: 1_024,
        }
    }

    #[test]
    fn only_absolute_http_uris_without_user_information_go_out() {
        for uri in ["http://host/", "https://host:8443/path?query", "HTTP://[::1]/"] {
            assert!(request(Method::GET, uri, "").into_http(8).is_ok(), "{uri}");
        }
        for uri in [
            "ftp://host/",
            "/path",
            "host:80",
            "http://user:password@host/",
            "https://@host/",
        ] {
            let error = request(Method::GET, uri, "").into_http(8).unwrap_err();
            assert!(matches!(error, OutboundError::Uri { .. }), "{uri}: {error:?}");
        }
    }

    #[test]
    fn tunnels_and_bodies_beyond_the_limit_do_not_go_out() {
        assert!(
            request(Method::PUT, "http://host", "12345678")
                .into_http(8)
                .is_ok()
        );
        for (method, body) in [(Method::PUT, "123456789"), (Method::CONNECT, "")] {
            let error = request(method, "http://host", body).into_http(8).unwrap_err();
            assert!(matches!(error, OutboundError::Request { .. }), "{error:?}");
        }
    }

    #[test]
    fn what_callers_say_of_framing_is_dropped() {
        let mut request = request(Method::POST, "http://host", "body");
        for name in FRAMING {
            request.headers.append(name, "chunked".parse().unwrap());
        }
        request.headers.append("x-own", "kept".parse().unwrap());
        request.headers.append("x-own", "twice".parse().unwrap());
        let sent = request.into_http(8).unwrap();
        assert_eq!(sent.headers().len(), 2);
        assert_eq!(sent.headers().get_all("x-own").iter().count(), 2);
    }
}
