//! Where a cluster listens.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ninefold_kafka_protocol::sasl::Mechanism;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::cluster::Cluster;
use crate::connection;
use crate::limits::CONNECTIONS;
use crate::security::Authentication;
use crate::session::{Caller, Endpoint, Principal};

/// How long to wait after the operating system refused to accept, for example for want of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How long a client may take over a TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How a cluster listens at one address.
#[derive(Clone)]
pub struct ListenerOptions {
    /// Where.
    pub address: SocketAddr,
    /// The host that clients are told to connect to; the address they have reached if `None`.
    pub advertised_host: Option<String>,
    /// With what certificate, if connections are encrypted.
    pub tls: Option<TlsAcceptor>,
    /// How clients have to show who they are; if there is no way, they are anonymous. So the security protocol is `PLAINTEXT` or `SSL`
    /// without mechanisms, and `SASL_PLAINTEXT` or `SASL_SSL` with some.
    pub mechanisms: Vec<Mechanism>,
}

/// A listener at work; dropping it ends it and its connections.
#[derive(Debug)]
pub struct Listening {
    address: SocketAddr,
    task: tokio::task::JoinHandle<()>,
}

impl Listening {
    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it and its connections; when this returns, the address is free.
    pub async fn close(mut self) {
        self.task.abort();
        // It was aborted, which is how it ends.
        drop((&mut self.task).await);
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What all connections of a listener have in common.
pub(crate) struct Listener {
    pub(crate) cluster: Arc<Cluster>,
    options: ListenerOptions,
}

impl Cluster {
    /// Listens at an address.
    ///
    /// # Errors
    ///
    /// If that can't be done.
    pub async fn listen(self: &Arc<Self>, options: ListenerOptions) -> io::Result<Listening> {
        let socket = TcpListener::bind(options.address).await?;
        let address = socket.local_addr()?;
        let listener = Arc::new(Listener {
            cluster: Arc::clone(self),
            options,
        });
        let task = tokio::spawn(accept(socket, listener));
        Ok(Listening { address, task })
    }
}

async fn accept(socket: TcpListener, listener: Arc<Listener>) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    // Ends them all when this task is.
    let mut connections = JoinSet::new();
    loop {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
            return;
        };
        while connections.try_join_next().is_some() {}
        match socket.accept().await {
            Ok((stream, peer)) => {
                let listener = Arc::clone(&listener);
                connections.spawn(async move {
                    if let Err(error) = listener.serve(stream, peer).await {
                        tracing::debug!(%peer, %error, "a connection of a Kafka client has ended");
                    }
                    drop(slot);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection of a Kafka client");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

impl Listener {
    async fn serve(&self, stream: TcpStream, peer: SocketAddr) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let local = stream.local_addr()?;
        let reached_at = Endpoint {
            host: self
                .options
                .advertised_host
                .clone()
                .unwrap_or_else(|| local.ip().to_string()),
            port: local.port(),
        };
        self.admit(peer).await?;
        let mut hosts = vec![reached_at.host.clone(), local.ip().to_string()];
        if local.ip().is_loopback() {
            hosts.push("localhost".to_owned());
        }
        let caller = Caller {
            principal: Principal::Anonymous,
            peer,
            is_encrypted: self.options.tls.is_some(),
            reached_at,
        };
        let mechanisms = self.options.mechanisms.clone();
        match &self.options.tls {
            None => {
                let authentication = Authentication::new(mechanisms, hosts);
                connection::serve(stream, self, caller, authentication).await
            }
            Some(acceptor) => {
                let stream = timeout(HANDSHAKE, acceptor.accept(stream))
                    .await
                    .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
                // The client has checked that this server is called so.
                hosts.extend(stream.get_ref().1.server_name().map(str::to_owned));
                let authentication = Authentication::new(mechanisms, hosts);
                connection::serve(stream, self, caller, authentication).await
            }
        }
    }

    /// Keeps a client waiting that connects too often, and then sends it away (KIP-612).
    async fn admit(&self, peer: SocketAddr) -> io::Result<()> {
        let clock = &self.cluster.clock;
        let now = clock.now();
        let throttle = self.cluster.security.quotas.spend_connection(peer.ip(), now);
        if throttle.is_zero() {
            return Ok(());
        }
        clock.sleep_until(now + throttle).await;
        Err(io::Error::other("the address has connected too often"))
    }
}
