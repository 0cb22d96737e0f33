//! From a URI to a connection: resolve, check, connect, agree on TLS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use http::uri::Scheme;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;

use crate::connection::Connection;
use crate::{EgressRules, HttpClientOptions, HttpVersions, OutboundError};

/// What TLS calls HTTP/2 and HTTP/1.1 (RFC 7301).
const HTTP2: &[u8] = b"h2";
const HTTP1: &[u8] = b"http/1.1";

/// How many addresses of a name are tried.
const ADDRESSES: usize = 16;

/// How long one address is waited for before the next one is tried beside it (RFC 8305, section 5).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// Connects to those addresses of a host that the rules permit.
pub(crate) struct Connector {
    egress: EgressRules,
    versions: HttpVersions,
    tls: TlsConnector,
    timeout: Duration,
}

impl Connector {
    pub(crate) fn new(options: &HttpClientOptions, mut tls: ClientConfig) -> Self {
        let protocols: &[&[u8]] = match options.versions {
            HttpVersions::Negotiated => &[HTTP2, HTTP1],
            HttpVersions::Http2 => &[HTTP2],
        };
        tls.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Connector {
            egress: options.egress.clone(),
            versions: options.versions,
            tls: TlsConnector::from(Arc::new(tls)),
            timeout: options.connect_timeout,
        }
    }

    /// A connection to a URI's host, with TLS where the URI says so, within the time for it.
    pub(crate) async fn connect(&self, uri: &Uri) -> Result<Connection, OutboundError> {
        let limit = self.timeout;
        timeout(limit, self.connect_in_time(uri))
            .await
            .unwrap_or_else(|_| {
                Err(OutboundError::Timeout {
                    reason: format!("no connection within {limit:?}"),
                })
            })
    }

    async fn connect_in_time(&self, uri: &Uri) -> Result<Connection, OutboundError> {
        let addresses = resolve(uri).await?;
        let dialed = dial(permitted(&self.egress, addresses)?).await;
        let stream = dialed.map_err(|error| OutboundError::Connect {
            reason: error.to_string(),
        })?;
        let is_http2_only = self.versions == HttpVersions::Http2;
        let opened = if uri.scheme() == Some(&Scheme::HTTPS) {
            let connected = self.tls.connect(server_name(uri)?, stream).await;
            let stream = connected.map_err(|error| OutboundError::from_handshake(&error))?;
            let is_http2 = stream.get_ref().1.alpn_protocol() == Some(HTTP2);
            Connection::open(TokioIo::new(stream), is_http2 || is_http2_only).await
        } else {
            Connection::open(TokioIo::new(stream), is_http2_only).await
        };
        opened.map_err(|error| OutboundError::from_exchange(&error))
    }
}

/// The name that a peer's certificate has to be for.
fn server_name(uri: &Uri) -> Result<ServerName<'static>, OutboundError> {
    let name = ServerName::try_from(host(uri).to_owned());
    name.map_err(|error| OutboundError::Uri {
        reason: error.to_string(),
    })
}

/// The host without the brackets of an IPv6 address.
fn host(uri: &Uri) -> &str {
    let host = uri.host().unwrap_or_default();
    host.trim_start_matches('[').trim_end_matches(']')
}

/// The addresses of a URI's host, which may be an address itself. Asked for once: what is checked is what is
/// connected to, whatever a resolver would say a moment later.
async fn resolve(uri: &Uri) -> Result<Vec<SocketAddr>, OutboundError> {
    let default_port = if uri.scheme() == Some(&Scheme::HTTPS) {
        443
    } else {
        80
    };
    let port = uri.port_u16().unwrap_or(default_port);
    let unresolved = |reason| OutboundError::Resolve { reason };
    let found = lookup_host((host(uri), port))
        .await
        .map_err(|error| unresolved(error.to_string()))?;
    let addresses: Vec<_> = found.take(ADDRESSES).collect();
    if addresses.is_empty() {
        return Err(unresolved("the name has no address".to_owned()));
    }
    Ok(addresses)
}

/// Those addresses that may be connected to; an error if there are none.
fn permitted(egress: &EgressRules, addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, OutboundError> {
    let mut refused = None;
    let mut permitted = Vec::with_capacity(addresses.len());
    for address in addresses {
        match egress.check(address.ip()) {
            Ok(()) => permitted.push(address),
            Err(rule) => {
                refused.get_or_insert(OutboundError::Refused {
                    address: address.ip(),
                    rule,
                });
            }
        }
    }
    match refused {
        Some(error) if permitted.is_empty() => Err(error),
        _ => Ok(permitted),
    }
}

/// Tries the addresses in turn, each a moment after the one before it, and takes the first that answers.
async fn dial(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut attempts = JoinSet::new();
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    let mut waiting = addresses.into_iter();
    loop {
        match waiting.next() {
            Some(address) => drop(attempts.spawn(TcpStream::connect(address))),
            None if attempts.is_empty() => return Err(failure),
            None => {}
        }
        tokio::select! {
            Some(attempt) = attempts.join_next() => match attempt? {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Err(error) => failure = error,
            },
            () = sleep(ATTEMPT_DELAY), if waiting.len() > 0 => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use tokio::net::{TcpListener, TcpSocket};
    use tokio::time::Instant;

    use super::*;
    use crate::EgressRule;

    fn sockets(addresses: &[&str]) -> Vec<SocketAddr> {
        addresses
            .iter()
            .map(|address| SocketAddr::new(address.parse().unwrap(), 80))
            .collect()
    }

    #[test]
    fn of_several_addresses_the_refused_ones_are_left_out() {
        let guarded = EgressRules::guarded(Vec::new());
        let mixed = sockets(&["10.0.0.1", "8.8.8.8", "::1", "2600::1"]);
        assert_eq!(
            permitted(&guarded, mixed.clone()),
            Ok(sockets(&["8.8.8.8", "2600::1"]))
        );
        assert_eq!(permitted(&EgressRules::everything(), mixed.clone()), Ok(mixed));
    }

    #[test]
    fn a_host_without_a_permitted_address_names_the_first_refusal() {
        let guarded = EgressRules::guarded(Vec::new());
        assert_eq!(
            permitted(&guarded, sockets(&["169.254.169.254", "127.0.0.1"])),
            Err(OutboundError::Refused {
                address: IpAddr::from([169, 254, 169, 254]),
                rule: EgressRule::LinkLocal
            })
        );
    }

    #[tokio::test]
    async fn ports_follow_the_scheme_and_addresses_need_no_lookup() {
        for (uri, expected) in [
            ("http://127.0.0.1/", "127.0.0.1:80"),
            ("https://127.0.0.1/", "127.0.0.1:443"),
            ("https://[::1]/", "[::1]:443"),
            ("http://[::ffff:10.0.0.1]:8080/", "[::ffff:10.0.0.1]:8080"),
        ] {
            let found = resolve(&uri.parse().unwrap()).await.unwrap();
            assert_eq!(found, [expected.parse().unwrap()], "{uri}");
        }
    }

    #[tokio::test]
    async fn an_address_that_refuses_gives_way_to_the_next_one() {
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let closed_address = closed.local_addr().unwrap();
        drop(closed);
        let open = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let open_address = open.local_addr().unwrap();
        let stream = dial(vec![closed_address, open_address]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), open_address);
        let error = dial(vec![closed_address]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    }

    /// A listener that takes no further connections, and those that fill it up.
    async fn full_listener() -> (TcpListener, SocketAddr, Vec<TcpStream>) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut filling = Vec::new();
        while let Ok(stream) = timeout(ATTEMPT_DELAY, TcpStream::connect(address)).await {
            filling.push(stream.unwrap());
        }
        (listener, address, filling)
    }

    #[tokio::test]
    async fn an_address_that_is_silent_does_not_hold_up_the_next_one() {
        let (_silent, silent_address, _filling) = full_listener().await;
        let open = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let open_address = open.local_addr().unwrap();
        let start = Instant::now();
        let stream = dial(vec![silent_address, open_address]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), open_address);
        // The silent one would be waited for for minutes.
        let elapsed = start.elapsed();
        assert!(
            elapsed >= ATTEMPT_DELAY && elapsed < ATTEMPT_DELAY * 20,
            "{elapsed:?}"
        );
    }
}
