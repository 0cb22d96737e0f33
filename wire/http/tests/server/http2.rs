//! HTTP/2 with and without TLS, and TLS with HTTP/1.1.

use std::path::PathBuf;
use std::sync::Arc;

use crate::support::{self, Running, short_limits, start, within};
use bytes::Bytes;
use http::{Request, Version};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use ninefold_http::{Limits, Tls, TlsError};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub(crate) fn post(path: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    Request::post(format!("http://localhost{path}"))
        .body(Full::new(body.into()))
        .unwrap()
}

pub(crate) async fn http2_client<S>(stream: S) -> http2::SendRequest<Full<Bytes>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let io = TokioIo::new(stream);
    let (client, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn exchange(
    client: &mut http2::SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> (u16, Bytes) {
    let response = within(client.send_request(request)).await.unwrap();
    assert_eq!(response.version(), Version::HTTP_2);
    (
        response.status().as_u16(),
        response.collect().await.unwrap().to_bytes(),
    )
}

#[tokio::test]
async fn prior_knowledge_http2_shares_the_port() {
    let server = start(short_limits(), None).await;
    let mut client = http2_client(TcpStream::connect(server.address).await.unwrap()).await;
    assert_eq!(
        exchange(&mut client, post("/a", "hi")).await,
        (200, "POST /a hi".into())
    );
    let large = vec![b'x'; 64 * 1024];
    assert_eq!(
        exchange(&mut client, post("/b", large)).await.1.len(),
        "POST /b ".len() + 64 * 1024
    );
    assert_eq!(
        exchange(&mut client, post("/c", vec![b'x'; 64 * 1024 + 1]))
            .await
            .0,
        413
    );
    assert_eq!(exchange(&mut client, post("/d", "still here")).await.0, 200);
    assert_eq!(server.connections.open(), 1);
}

#[tokio::test]
async fn streams_of_a_connection_do_not_wait_for_each_other() {
    let server = start(Limits::default(), None).await;
    let mut client = http2_client(TcpStream::connect(server.address).await.unwrap()).await;
    let held = client.send_request(post("/held", ""));
    within(server.entered.notified()).await;
    assert_eq!(exchange(&mut client, post("/quick", "")).await.0, 200);
    server.release.notify_one();
    assert_eq!(within(held).await.unwrap().status(), 200);
}

#[tokio::test]
async fn stopping_finishes_http2_streams() {
    let mut server = start(Limits::default(), None).await;
    let mut client = http2_client(TcpStream::connect(server.address).await.unwrap()).await;
    let held = client.send_request(post("/held", ""));
    within(server.entered.notified()).await;
    server.stop();
    server.release.notify_one();
    assert_eq!(within(held).await.unwrap().status(), 200);
    server.stopped().await;
}

pub(crate) struct Certificate {
    _directory: tempfile::TempDir,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    pub(crate) roots: RootCertStore,
}

pub(crate) fn certificate() -> Certificate {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = (
        directory.path().join("server.pem"),
        directory.path().join("server.key"),
    );
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    Certificate {
        _directory: directory,
        certificate,
        key,
        roots,
    }
}

pub(crate) async fn secure(
    server: &Running,
    roots: &RootCertStore,
    protocols: &[&[u8]],
) -> TlsStream<TcpStream> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots.clone())
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    let socket = TcpStream::connect(server.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, socket)
        .await
        .unwrap()
}

async fn http1_exchange(stream: TlsStream<TcpStream>, request: Request<Full<Bytes>>) -> (Version, Bytes) {
    let (mut client, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let response = within(client.send_request(request)).await.unwrap();
    (response.version(), response.collect().await.unwrap().to_bytes())
}

#[tokio::test]
async fn tls_negotiates_the_version() {
    let files = certificate();
    let tls = Tls::from_pem_files(&files.certificate, &files.key).unwrap();
    let server = start(short_limits(), Some(tls)).await;

    let stream = secure(&server, &files.roots, &[b"h2", b"http/1.1"]).await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let mut client = http2_client(stream).await;
    assert_eq!(
        exchange(&mut client, post("/a", "hi")).await,
        (200, "POST /a hi".into())
    );

    for protocols in [&[&b"http/1.1"[..]][..], &[]] {
        let stream = secure(&server, &files.roots, protocols).await;
        let answer = http1_exchange(stream, post("/b", "hi")).await;
        assert_eq!(answer, (Version::HTTP_11, "POST /b hi".into()));
    }
    // Prior knowledge works without ALPN too.
    let mut client = http2_client(secure(&server, &files.roots, &[]).await).await;
    assert_eq!(
        exchange(&mut client, post("/c", "hi")).await,
        (200, "POST /c hi".into())
    );
}

#[tokio::test]
async fn a_tls_handshake_that_does_not_come_is_cut() {
    let files = certificate();
    let tls = Tls::from_pem_files(&files.certificate, &files.key).unwrap();
    let server = start(short_limits(), Some(tls)).await;
    assert_eq!(support::Raw::connect(server.address).await.rest().await, "");
    let mut plain = support::Raw::connect(server.address).await;
    plain.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let mut answer = Vec::new();
    // Whatever the alert says, it isn't HTTP.
    let _ = within(tokio::io::AsyncReadExt::read_to_end(&mut plain.0, &mut answer)).await;
    assert!(!answer.starts_with(b"HTTP"));
}

#[test]
fn files_that_hold_no_certificate_are_named() {
    let files = certificate();
    let swapped = Tls::from_pem_files(&files.key, &files.certificate);
    let Err(error @ TlsError::Pem { .. }) = swapped else {
        panic!("accepted a key as a certificate");
    };
    assert!(error.to_string().contains("server.key"), "{error}");
    let other = certificate();
    assert!(matches!(
        Tls::from_pem_files(&files.certificate, &other.key),
        Err(TlsError::Unusable(_))
    ));
}

#[tokio::test]
async fn windows_and_streams_are_generous() {
    let server = start(Limits::default(), None).await;
    let mut client = support::Raw::connect(server.address).await;
    // The preface and empty settings.
    client
        .send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .await;
    let mut head = [0; 9];
    within(tokio::io::AsyncReadExt::read_exact(&mut client.0, &mut head))
        .await
        .unwrap();
    assert_eq!(head[3], 4, "the first frame has the settings");
    let mut settings = vec![0; usize::from(head[2])];
    within(tokio::io::AsyncReadExt::read_exact(&mut client.0, &mut settings))
        .await
        .unwrap();
    let setting = |wanted: u8| {
        let found = settings.chunks(6).find(|setting| setting[1] == wanted).unwrap();
        u32::from_be_bytes(found[2..].try_into().unwrap())
    };
    // SETTINGS_MAX_CONCURRENT_STREAMS and SETTINGS_INITIAL_WINDOW_SIZE (RFC 9113, section 6.5.2).
    assert!(setting(3) >= 128);
    assert!(setting(4) >= 1024 * 1024);
}
