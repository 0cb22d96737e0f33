use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use tokio::sync::Semaphore;

use crate::connect::{Connector, TcpConnector};
use crate::exchange::collect;
use crate::origins::Origins;
use crate::tls::client_config;
use crate::{EgressRules, HttpClientError, OutboundError, OutboundRequest, OutboundResponse};

/// The largest head of an answer, in bytes. The number of headers has hyper's bound on HTTP/1.1, which is 100.
const HEAD_BYTES: usize = 64 * 1024;

/// HTTP/2 flow control: what a peer may send ahead of being read, on a stream and on a connection.
const STREAM_WINDOW_BYTES: u32 = 256 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;

/// How often a silent HTTP/2 peer with requests in flight is asked whether it is still there, and how long it may
/// take to say so.
const PING_INTERVAL: Duration = Duration::from_secs(30);
const PING_TIMEOUT: Duration = Duration::from_secs(20);

type Connections = Client<Connector, Full<Bytes>>;

/// Which versions of HTTP a client speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HttpVersions {
    /// HTTP/2 where TLS agrees on it, HTTP/1.1 elsewhere.
    #[default]
    Negotiated,
    /// HTTP/2 only, with prior knowledge where there is no TLS. One connection to each origin, also while it is
    /// being made.
    Http2,
}

/// How a client is set up.
#[derive(Clone, Debug)]
pub struct HttpClientOptions {
    /// Which addresses may be connected to.
    pub egress: EgressRules,
    /// Root certificates that are trusted besides Mozilla's.
    pub additional_roots: Vec<CertificateDer<'static>>,
    /// Which versions of HTTP are spoken.
    pub versions: HttpVersions,
    /// How long resolving, connecting and the TLS handshake may take together.
    pub connect_timeout: Duration,
    /// How long a connection is kept after its last request, up to twice as long if nothing else is sent; zero keeps none.
    pub idle_timeout: Duration,
    /// How many connections to one origin (scheme, host and port) are kept idle; zero keeps none.
    pub idle_connections_per_host: usize,
    /// How many connections are kept idle in all, rounded down to whole origins; zero keeps none.
    pub idle_connections: usize,
    /// How many requests are in flight in all; further ones wait, at the cost of their own time.
    pub requests_in_flight: usize,
    /// The largest body of a request, in bytes.
    pub request_limit_bytes: usize,
}

impl Default for HttpClientOptions {
    /// Guarded, with nothing allowed; 1,024 requests in flight; 1,024 idle connections, 8 to an origin.
    fn default() -> Self {
        HttpClientOptions {
            egress: EgressRules::guarded(Vec::new()),
            additional_roots: Vec::new(),
            versions: HttpVersions::default(),
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            idle_connections_per_host: 8,
            idle_connections: 1_024,
            requests_in_flight: 1_024,
            request_limit_bytes: 16 * 1024 * 1024,
        }
    }
}

/// Sends requests over pooled connections. Clones share the connections.
///
/// Needs a tokio runtime with time and I/O.
#[derive(Clone)]
pub struct HttpClient(Arc<Inner>);

struct Inner {
    options: HttpClientOptions,
    tls: ClientConfig,
    pooled: Connections,
    /// For origins that have no place in the pool: a connection for each request.
    unpooled: Connections,
    origins: Origins,
    in_flight: Semaphore,
}

impl HttpClient {
    /// A client without connections yet. Fails if an additional root certificate cannot be used.
    pub fn new(options: HttpClientOptions) -> Result<Self, HttpClientError> {
        let tls = client_config(options.additional_roots.clone())?;
        Ok(HttpClient::from_parts(options, tls))
    }

    /// A client with the same options but connections of its own, for peers that tie more to a connection than
    /// HTTP does.
    pub fn with_own_connections(&self, versions: HttpVersions) -> Self {
        let options = HttpClientOptions {
            versions,
            ..self.0.options.clone()
        };
        HttpClient::from_parts(options, self.0.tls.clone())
    }

    fn from_parts(options: HttpClientOptions, tls: ClientConfig) -> Self {
        let connector = connector(&options, tls.clone());
        // With a timeout of zero the pool would keep connections that it never uses again.
        let idle_per_origin = match options.idle_timeout {
            Duration::ZERO => 0,
            _ => options.idle_connections_per_host.min(options.idle_connections),
        };
        let origin_limit = options.idle_connections / idle_per_origin.max(1);
        HttpClient(Arc::new(Inner {
            pooled: connections(&options, connector.clone(), idle_per_origin),
            unpooled: connections(&options, connector, 0),
            origins: Origins::new(origin_limit, options.idle_timeout),
            in_flight: Semaphore::new(options.requests_in_flight.clamp(1, Semaphore::MAX_PERMITS)),
            options,
            tls,
        }))
    }

    /// Sends a request and reads its answer.
    ///
    /// A request is sent at most once, except that one which finds its pooled connection closed before anything was
    /// written goes over another connection. Dropping the future gives the exchange up.
    pub async fn send(&self, request: OutboundRequest) -> Result<OutboundResponse, OutboundError> {
        let limit = request.timeout;
        match tokio::time::timeout(limit, self.exchange(request)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(OutboundError::Timeout {
                reason: format!("no complete answer within {limit:?}"),
            }),
        }
    }

    async fn exchange(&self, request: OutboundRequest) -> Result<OutboundResponse, OutboundError> {
        let inner = &*self.0;
        let response_limit_bytes = request.response_limit_bytes;
        let request = request.into_http(inner.options.request_limit_bytes)?;
        let _permit = inner
            .in_flight
            .acquire()
            .await
            .expect("nothing closes the semaphore");
        let origin = request
            .uri()
            .scheme()
            .cloned()
            .zip(request.uri().authority().cloned());
        let pooled_origin = origin.and_then(|origin| inner.origins.enter(origin));
        let connections = match pooled_origin {
            Some(_) => &inner.pooled,
            None => &inner.unpooled,
        };
        let response = connections
            .request(request)
            .await
            .map_err(|error| OutboundError::from_client(&error))?;
        let (head, body) = response.into_parts();
        let (body, is_cut_off) = collect(body, response_limit_bytes).await?;
        Ok(OutboundResponse {
            status: head.status,
            headers: head.headers,
            body,
            is_cut_off,
        })
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("HttpClient")
            .field(&self.0.options)
            .finish()
    }
}

fn connector(options: &HttpClientOptions, tls: ClientConfig) -> Connector {
    let tcp = TcpConnector::new(Arc::new(options.egress.clone()));
    let schemes = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
    let versions = match options.versions {
        HttpVersions::Negotiated => schemes.enable_all_versions(),
        HttpVersions::Http2 => schemes.enable_http2(),
    };
    Connector {
        https: versions.wrap_connector(tcp),
        timeout: options.connect_timeout,
    }
}

fn connections(options: &HttpClientOptions, connector: Connector, idle_per_origin: usize) -> Connections {
    Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(options.idle_timeout)
        .pool_max_idle_per_host(idle_per_origin)
        .http1_max_buf_size(HEAD_BYTES)
        .http2_only(options.versions == HttpVersions::Http2)
        .http2_max_header_list_size(HEAD_BYTES as u32)
        .http2_initial_stream_window_size(STREAM_WINDOW_BYTES)
        .http2_initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .http2_keep_alive_interval(PING_INTERVAL)
        .http2_keep_alive_timeout(PING_TIMEOUT)
        .build(connector)
}
