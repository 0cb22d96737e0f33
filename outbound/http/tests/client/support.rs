//! Servers on free loopback ports that count their connections, and clients for them.

use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderMap, Method, Request, Response, StatusCode, Version};
use http_body::{Body, Frame};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use ninefold_outbound_http::{
    EgressRules, HttpClient, HttpClientOptions, OutboundError, OutboundRequest, OutboundResponse,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// What a server has seen.
#[derive(Default)]
pub(crate) struct Seen {
    connections: AtomicUsize,
    http2_requests: AtomicUsize,
    /// Notified when a request to `/slow-head` has come.
    pub(crate) held: Notify,
    /// Notified when a connection without TLS has ended.
    pub(crate) closed: Notify,
}

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) seen: Arc<Seen>,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn http2_requests(&self) -> usize {
        self.seen.http2_requests.load(Ordering::SeqCst)
    }

    pub(crate) fn uri(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A server, with TLS if it gets an acceptor.
pub(crate) async fn start(tls: Option<TlsAcceptor>) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Arc::<Seen>::default();
    let counted = Arc::clone(&seen);
    let task = tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            counted.connections.fetch_add(1, Ordering::SeqCst);
            let (seen, tls) = (Arc::clone(&counted), tls.clone());
            tokio::spawn(async move {
                match tls {
                    None => {
                        serve(socket, Arc::clone(&seen)).await;
                        seen.closed.notify_one();
                    }
                    // Clients that don't trust the certificate go away during the handshake.
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(socket).await {
                            serve(stream, seen).await;
                        }
                    }
                }
            });
        }
    });
    Running { address, seen, task }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, seen: Arc<Seen>) {
    let service = service_fn(move |request| answer(request, Arc::clone(&seen)));
    let server = auto::Builder::new(TokioExecutor::new());
    // A client that goes away is how most tests end.
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(
    request: Request<Incoming>,
    seen: Arc<Seen>,
) -> Result<Response<BoxBody<Bytes, Infallible>>, Infallible> {
    if request.version() == Version::HTTP_2 {
        seen.http2_requests.fetch_add(1, Ordering::SeqCst);
    }
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let mut response = Response::new(full(Bytes::new()));
    match &*path {
        "/redirect" => {
            *response.status_mut() = StatusCode::FOUND;
            response
                .headers_mut()
                .insert(LOCATION, "/elsewhere".parse().unwrap());
        }
        "/slow-head" => {
            seen.held.notify_one();
            pending::<()>().await;
        }
        "/slow-body" => *response.body_mut() = Stalled { sent: false }.boxed(),
        _ => match path.strip_prefix("/bytes/") {
            Some(length) => *response.body_mut() = full(vec![b'x'; length.parse().unwrap()].into()),
            None => {
                let mut text = format!("{method} {path} ").into_bytes();
                text.extend_from_slice(&body);
                *response.body_mut() = full(text.into());
            }
        },
    }
    Ok(response)
}

fn full(bytes: Bytes) -> BoxBody<Bytes, Infallible> {
    Full::new(bytes).boxed()
}

/// A body that never comes to its end.
struct Stalled {
    sent: bool,
}

impl Body for Stalled {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.sent {
            return Poll::Pending;
        }
        self.sent = true;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"begun")))))
    }
}

/// Options of a client that may connect to loopback.
pub(crate) fn open_options() -> HttpClientOptions {
    HttpClientOptions {
        egress: EgressRules::everything(),
        ..HttpClientOptions::default()
    }
}

pub(crate) fn open_client() -> HttpClient {
    HttpClient::new(open_options()).unwrap()
}

pub(crate) fn request(method: Method, uri: &str, body: &str) -> OutboundRequest {
    OutboundRequest {
        method,
        uri: uri.parse().unwrap(),
        headers: HeaderMap::new(),
        body: Bytes::copy_from_slice(body.as_bytes()),
        timeout: Duration::from_secs(10),
        response_limit_bytes: 1024 * 1024,
    }
}

pub(crate) async fn get(client: &HttpClient, uri: &str) -> Result<OutboundResponse, OutboundError> {
    client.send(request(Method::GET, uri, "")).await
}
