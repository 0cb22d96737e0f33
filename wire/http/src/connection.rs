//! One connection, from the accepted socket to its end.

use std::convert::Infallible;
use std::error::Error;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use http::header::{CONNECTION, HeaderValue};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::activity::Activity;
use crate::body::{BodyRoom, Collected, collect};
use crate::detect::{Version, detect};
use crate::response::Outgoing;
use crate::stream::Stream;
use crate::{Handler, Limits, Refusal, ResponseBody, Tls};

type Failure = Box<dyn Error + Send + Sync>;

/// How often a silent HTTP/2 peer is asked whether it is still there, and how long it may take to say so.
const PING_INTERVAL: Duration = Duration::from_secs(30);
const PING_TIMEOUT: Duration = Duration::from_secs(20);

/// HTTP/2 flow control: what a stream and a connection may send ahead of being read.
const STREAM_WINDOW_BYTES: u32 = 1024 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 2 * 1024 * 1024;

/// What all connections of a server share.
pub(crate) struct Service<H> {
    pub(crate) handler: H,
    pub(crate) limits: Limits,
    pub(crate) tls: Option<Tls>,
    pub(crate) body_room: BodyRoom,
}

struct Connection<H> {
    service: Arc<Service<H>>,
    peer: SocketAddr,
    activity: Arc<Activity>,
}

/// Serves one connection until it closes.
pub(crate) async fn run<H: Handler>(
    socket: TcpStream,
    peer: SocketAddr,
    service: Arc<Service<H>>,
    activity: Arc<Activity>,
) {
    let connection = Arc::new(Connection {
        service,
        peer,
        activity,
    });
    if let Err(failure) = connection.serve(socket).await {
        // Peers that vanish or talk nonsense are everyday events.
        tracing::debug!(%peer, failure = &*failure, "connection ended");
    }
}

impl<H: Handler> Connection<H> {
    async fn serve(self: Arc<Self>, mut socket: TcpStream) -> Result<(), Failure> {
        socket.set_nodelay(true)?;
        let Some(tls) = self.service.tls.clone() else {
            let (version, prefix) = detect(&mut socket).await?;
            return self.speak(version, socket, prefix).await;
        };
        let mut stream = tls.acceptor.accept(socket).await?;
        let (version, prefix) = match negotiated(&stream) {
            Some(version) => (version, BytesMut::new()),
            None => detect(&mut stream).await?,
        };
        self.speak(version, stream, prefix).await
    }

    async fn speak<S>(self: Arc<Self>, version: Version, stream: S, prefix: BytesMut) -> Result<(), Failure>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let activity = Arc::clone(&self.activity);
        let limits = self.service.limits;
        let stream = TokioIo::new(Stream::new(stream, prefix, Arc::clone(&activity)));
        let service = service_fn(move |request| exchange(Arc::clone(&self), request));
        match version {
            Version::Http1 => {
                let server = http1_builder(&limits).serve_connection(stream, service);
                until_closed(server, &activity).await?;
            }
            Version::Http2 => {
                activity.set_multiplexed();
                let server = http2_builder(&limits).serve_connection(stream, service);
                until_closed(server, &activity).await?;
            }
        }
        Ok(())
    }
}

/// The version agreed on in the TLS handshake.
fn negotiated(stream: &TlsStream<TcpStream>) -> Option<Version> {
    match stream.get_ref().1.alpn_protocol()? {
        b"h2" => Some(Version::Http2),
        _ => Some(Version::Http1),
    }
}

fn http1_builder(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    // Slow heads are the sweeper's business, without a timer for each request.
    builder
        .header_read_timeout(None)
        .max_buf_size(limits.head_bytes)
        .pipeline_flush(true);
    builder
}

fn http2_builder(limits: &Limits) -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT)
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX))
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES);
    builder
}

/// Reads a request's body and has the request answered.
async fn exchange<H: Handler>(
    connection: Arc<Connection<H>>,
    request: Request<Incoming>,
) -> Result<Response<Outgoing>, Infallible> {
    let _in_flight = connection.activity.begin_request();
    let service = &*connection.service;
    let (head, body) = request.into_parts();
    let is_http1 = head.version < http::Version::HTTP_2;
    let response = match collect(body, &service.limits, &service.body_room).await {
        Ok(Collected { bytes, room: _room }) => {
            let request = Request::from_parts(head, bytes);
            service.handler.handle(request, connection.peer).await
        }
        Err(refusal) => {
            let mut response = service.handler.refuse(&head, refusal);
            if refusal != Refusal::Broken && is_http1 {
                // What is left of the body must not be taken for the next request.
                response
                    .headers_mut()
                    .insert(CONNECTION, HeaderValue::from_static("close"));
            }
            response.map(ResponseBody::from)
        }
    };
    Ok(response.map(|body| body.on(&connection.activity, is_http1)))
}

/// Runs a connection to its end, and passes on the order to drain.
async fn until_closed<C: GracefulConnection>(connection: C, activity: &Activity) -> Result<(), C::Error> {
    let mut connection = pin!(connection);
    let mut registered = false;
    let mut told = false;
    poll_fn(|context| {
        if !registered {
            activity.wake_on_drain(context.waker());
            registered = true;
        }
        if !told && activity.is_draining() {
            connection.as_mut().graceful_shutdown();
            told = true;
        }
        connection.as_mut().poll(context)
    })
    .await
}
