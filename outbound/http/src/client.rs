use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use http::{Response, Uri};
use hyper::body::Incoming;
use parking_lot::Mutex;
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use tokio::sync::{OwnedMutexGuard, Semaphore};

use crate::connect::Connector;
use crate::connection::{Connection, HttpRequest};
use crate::exchange::collect;
use crate::pool::{Origin, Pool, PoolLimits};
use crate::tls::client_config;
use crate::{EgressRules, HttpClientError, OutboundError, OutboundRequest, OutboundResponse};

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
    /// How many connections are kept idle in all; zero keeps none.
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
    connector: Connector,
    pool: Arc<Pool>,
    turns: Turns,
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
        HttpClient(Arc::new(Inner {
            connector: Connector::new(&options, tls.clone()),
            pool: Pool::new(PoolLimits {
                connections: options.idle_connections,
                connections_per_origin: options.idle_connections_per_host,
                idle_timeout: options.idle_timeout,
            }),
            turns: Turns::default(),
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
        let origin = origin(request.uri())?;
        let (response, connection) = inner.ask(&origin, request).await?;
        let (head, body) = response.into_parts();
        let (body, is_cut_off) = collect(body, response_limit_bytes).await?;
        if !is_cut_off {
            inner.pool.keep(origin, connection);
        }
        Ok(OutboundResponse {
            status: head.status,
            headers: head.headers,
            body,
            is_cut_off,
        })
    }
}

impl Inner {
    /// Sends a request over a connection that is kept, or over a new one; returns the answer's head and the connection.
    async fn ask(
        &self,
        origin: &Origin,
        mut request: HttpRequest,
    ) -> Result<(Response<Incoming>, Connection), OutboundError> {
        while let Some(mut connection) = self.pool.take(origin) {
            match connection.send(request).await {
                Ok(response) => return Ok((response, connection)),
                // The peer closed it while it was idle.
                Err(unanswered) => match unanswered.unsent {
                    Some(unsent) => request = unsent,
                    None => return Err(OutboundError::from_exchange(&unanswered.error)),
                },
            }
        }
        let mut connection = self.connect(origin, request.uri()).await?;
        match connection.send(request).await {
            Ok(response) => Ok((response, connection)),
            Err(unanswered) => Err(OutboundError::from_exchange(&unanswered.error)),
        }
    }

    /// A new connection, unless there is one now that is shared.
    async fn connect(&self, origin: &Origin, uri: &Uri) -> Result<Connection, OutboundError> {
        let _turn = match self.options.versions {
            HttpVersions::Negotiated => None,
            HttpVersions::Http2 => Some(self.turns.wait(origin).await),
        };
        if let Some(connection) = self.pool.take(origin) {
            return Ok(connection);
        }
        let connection = self.connector.connect(uri).await?;
        if let Connection::Shared(sender) = &connection {
            self.pool.keep(origin.clone(), Connection::Shared(sender.clone()));
        }
        Ok(connection)
    }
}

/// Lets connections to one origin be made one after the other, where one is enough for all.
#[derive(Default)]
struct Turns(Mutex<HashMap<Origin, Weak<tokio::sync::Mutex<()>>>>);

impl Turns {
    async fn wait(&self, origin: &Origin) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock();
            turns.retain(|_, turn| turn.strong_count() > 0);
            let known = turns.get(origin).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                let turn = Arc::default();
                turns.insert(origin.clone(), Arc::downgrade(&turn));
                turn
            })
        };
        turn.lock_owned().await
    }
}

fn origin(uri: &Uri) -> Result<Origin, OutboundError> {
    let origin = uri.scheme().cloned().zip(uri.authority().cloned());
    origin.ok_or_else(|| OutboundError::Uri {
        reason: "it is not absolute".to_owned(),
    })
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("HttpClient")
            .field(&self.0.options)
            .finish()
    }
}
