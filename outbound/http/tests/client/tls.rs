use std::sync::Arc;

use ninefold_outbound_http::{
    HttpClient, HttpClientOptions, HttpVersions, OutboundError, certificates_from_pem,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::support::{Running, get, open_client, open_options, start};

/// A private authority, and an acceptor with a certificate of it.
struct Authority {
    root_pem: String,
    acceptor: TlsAcceptor,
}

fn authority(name: &str, protocols: &[&[u8]]) -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![name.to_owned()])
        .unwrap()
        .signed_by(&key, &issuer)
        .unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    Authority {
        root_pem: issuer.pem(),
        acceptor: TlsAcceptor::from(Arc::new(config)),
    }
}

fn trusting(root_pem: &str, versions: HttpVersions) -> HttpClient {
    HttpClient::new(HttpClientOptions {
        additional_roots: certificates_from_pem(root_pem.as_bytes()).unwrap(),
        versions,
        ..open_options()
    })
    .unwrap()
}

fn https(server: &Running) -> String {
    format!("https://{}/secure", server.address)
}

#[tokio::test]
async fn an_unknown_authority_is_refused_and_an_additional_root_accepted() {
    let authority = authority("127.0.0.1", &[]);
    let server = start(Some(authority.acceptor)).await;
    let error = get(&open_client(), &https(&server)).await.unwrap_err();
    assert!(matches!(&error, OutboundError::Tls { reason } if reason.contains("UnknownIssuer")));
    assert!(!error.is_transient());
    let client = trusting(&authority.root_pem, HttpVersions::Negotiated);
    assert_eq!(get(&client, &https(&server)).await.unwrap().body, "GET /secure ");
    assert_eq!(server.http2_requests(), 0);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let authority = authority("other.test", &[]);
    let server = start(Some(authority.acceptor)).await;
    let client = trusting(&authority.root_pem, HttpVersions::Negotiated);
    let error = get(&client, &https(&server)).await.unwrap_err();
    assert!(matches!(error, OutboundError::Tls { .. }), "{error:?}");
}

#[tokio::test]
async fn http2_is_agreed_on_and_shared() {
    let authority = authority("127.0.0.1", &[b"h2", b"http/1.1"]);
    let server = start(Some(authority.acceptor)).await;
    let client = trusting(&authority.root_pem, HttpVersions::Negotiated);
    get(&client, &https(&server)).await.unwrap();
    let mut burst = JoinSet::new();
    for _ in 0..50 {
        let (client, uri) = (client.clone(), https(&server));
        burst.spawn(async move { get(&client, &uri).await });
    }
    for outcome in burst.join_all().await {
        assert_eq!(outcome.unwrap().body, "GET /secure ");
    }
    assert_eq!(server.http2_requests(), 51);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_peer_without_http2_is_refused_where_nothing_else_is_spoken() {
    let authority = authority("127.0.0.1", &[b"http/1.1"]);
    let server = start(Some(authority.acceptor)).await;
    let client = trusting(&authority.root_pem, HttpVersions::Http2);
    let error = get(&client, &https(&server)).await.unwrap_err();
    assert!(matches!(error, OutboundError::Tls { .. }), "{error:?}");
}

#[tokio::test]
async fn a_peer_that_does_not_speak_tls_is_no_tls_peer() {
    let server = start(None).await;
    let error = get(&open_client(), &https(&server)).await.unwrap_err();
    assert!(matches!(error, OutboundError::Tls { .. }), "{error:?}");
}
