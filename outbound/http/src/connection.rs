//! One connection to a peer, of either version of HTTP.

use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, HeaderValue};
use http::uri::Scheme;
use http::{Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper::rt::{Read, Write};
use hyper_util::rt::{TokioExecutor, TokioTimer};

/// The largest head of an answer, in bytes. The number of headers has hyper's bound on HTTP/1.1, which is 100.
const HEAD_BYTES: usize = 64 * 1024;

/// HTTP/2 flow control: what a peer may send ahead of being read, on a stream and on a connection.
const STREAM_WINDOW_BYTES: u32 = 256 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;

/// How often a silent HTTP/2 peer with requests in flight is asked whether it is still there, and how long it may
/// take to say so.
const PING_INTERVAL: Duration = Duration::from_secs(30);
const PING_TIMEOUT: Duration = Duration::from_secs(20);

pub(crate) type HttpRequest = Request<Full<Bytes>>;

/// A connection that requests can be sent on.
pub(crate) enum Connection {
    /// HTTP/1.1: one request at a time.
    Exclusive(http1::SendRequest<Full<Bytes>>),
    /// HTTP/2: clones share the connection.
    Shared(http2::SendRequest<Full<Bytes>>),
}

/// A request that got no answer.
pub(crate) struct Unanswered {
    pub(crate) error: hyper::Error,
    /// The request, as it was given, if nothing of it was written.
    pub(crate) unsent: Option<HttpRequest>,
}

impl Connection {
    /// Agrees on HTTP over a stream.
    pub(crate) async fn open<S>(stream: S, is_http2: bool) -> Result<Self, hyper::Error>
    where
        S: Read + Write + Send + Unpin + 'static,
    {
        // How a connection fails, the request on it says as well.
        if is_http2 {
            let (sender, driver) = http2::Builder::new(TokioExecutor::new())
                .timer(TokioTimer::new())
                .max_header_list_size(HEAD_BYTES as u32)
                .initial_stream_window_size(STREAM_WINDOW_BYTES)
                .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
                .keep_alive_interval(PING_INTERVAL)
                .keep_alive_timeout(PING_TIMEOUT)
                .handshake(stream)
                .await?;
            tokio::spawn(async { drop(driver.await) });
            return Ok(Connection::Shared(sender));
        }
        let (sender, driver) = http1::Builder::new()
            .max_buf_size(HEAD_BYTES)
            .handshake(stream)
            .await?;
        tokio::spawn(async { drop(driver.await) });
        Ok(Connection::Exclusive(sender))
    }

    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Connection::Exclusive(sender) => sender.is_closed(),
            Connection::Shared(sender) => sender.is_closed(),
        }
    }

    /// Sends a request whose URI is absolute; returns when the head of the answer is there.
    pub(crate) async fn send(&mut self, request: HttpRequest) -> Result<Response<Incoming>, Unanswered> {
        match self {
            Connection::Exclusive(sender) => send_exclusively(sender, request).await,
            Connection::Shared(sender) => {
                if let Err(error) = sender.ready().await {
                    return Err(Unanswered::unsent(error, request));
                }
                let sent = sender.try_send_request(request).await;
                sent.map_err(|mut failure| Unanswered {
                    unsent: failure.take_message(),
                    error: failure.into_error(),
                })
            }
        }
    }
}

impl Unanswered {
    fn unsent(error: hyper::Error, request: HttpRequest) -> Self {
        Unanswered {
            error,
            unsent: Some(request),
        }
    }
}

async fn send_exclusively(
    sender: &mut http1::SendRequest<Full<Bytes>>,
    mut request: HttpRequest,
) -> Result<Response<Incoming>, Unanswered> {
    // The peer may have closed it meanwhile.
    if let Err(error) = sender.ready().await {
        return Err(Unanswered::unsent(error, request));
    }
    if let Some(host) = host(request.uri()) {
        request.headers_mut().insert(HOST, host);
    }
    let path = path(request.uri());
    let uri = std::mem::replace(request.uri_mut(), path);
    sender.try_send_request(request).await.map_err(|mut failure| {
        let unsent = failure.take_message().map(|mut request| {
            *request.uri_mut() = uri;
            request
        });
        Unanswered {
            unsent,
            error: failure.into_error(),
        }
    })
}

/// What the header `Host` says: the authority, without the port that the scheme has anyway (RFC 9110, section 7.2).
fn host(uri: &Uri) -> Option<HeaderValue> {
    let default_port = if uri.scheme() == Some(&Scheme::HTTPS) {
        443
    } else {
        80
    };
    let host = match uri.port_u16() {
        Some(port) if port != default_port => uri.authority()?.as_str(),
        _ => uri.host()?,
    };
    HeaderValue::from_str(host).ok()
}

/// What HTTP/1.1 asks a server for: path and query.
fn path(uri: &Uri) -> Uri {
    uri.path_and_query().cloned().map_or_else(Uri::default, Uri::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_name_host_and_path() {
        for (uri, expected_host, expected_path) in [
            ("http://a.test", "a.test", "/"),
            ("http://a.test:80/b?c", "a.test", "/b?c"),
            ("http://a.test:443/b", "a.test:443", "/b"),
            ("https://a.test:443/?c", "a.test", "/?c"),
            ("https://[::1]:8443/b", "[::1]:8443", "/b"),
        ] {
            let uri: Uri = uri.parse().unwrap();
            assert_eq!(host(&uri).unwrap(), expected_host, "{uri}");
            assert_eq!(path(&uri), expected_path, "{uri}");
        }
    }
}
