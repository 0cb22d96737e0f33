//! A web endpoint for notifications: a hyper server, with TLS and without, that reads what is posted, counts it, and
//! answers 200. It keeps the token of the last confirmation that it was asked for.
//!
//! It ends when its standard input does, so that it doesn't outlive whoever started it.

use std::convert::Infallible;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use bytes::Bytes;
use clap::Parser;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

/// Receives notifications on two free ports of 127.0.0.1, which it writes as one line of JSON.
#[derive(Parser)]
struct Options {
    /// Where the certificate goes that clients have to trust (PEM).
    #[arg(long)]
    certificate: PathBuf,
    /// Worker threads.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Certificate(#[from] rcgen::Error),
    #[error(transparent)]
    Tls(#[from] rustls::Error),
}

#[derive(Default)]
struct Received {
    messages: AtomicU64,
    token: Mutex<Option<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Confirmation {
    token: String,
}

fn main() -> Result<(), Failure> {
    let options = Options::parse();
    let acceptor = acceptor(&options)?;
    let (ended, end) = oneshot::channel();
    thread::spawn(move || {
        // Nobody writes to it: that it ends, or can't be read, is all there is to learn.
        let _ = io::stdin().read_to_end(&mut Vec::new());
        let _ = ended.send(());
    });
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(options.threads)
        .enable_all()
        .build()?
        .block_on(async {
            tokio::select! {
                served = serve(acceptor) => served,
                _ = end => Ok(()),
            }
        })
}

/// TLS with a certificate of its own. Nothing is negotiated, so that every client speaks HTTP/1.1.
fn acceptor(options: &Options) -> Result<TlsAcceptor, Failure> {
    let names = vec!["localhost".to_owned(), Ipv4Addr::LOCALHOST.to_string()];
    let own = rcgen::generate_simple_self_signed(names)?;
    fs::write(&options.certificate, own.cert.pem())?;
    let key = PrivateKeyDer::Pkcs8(own.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![own.cert.der().clone()], key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn serve(acceptor: TlsAcceptor) -> Result<(), Failure> {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let (plain, secure) = (TcpListener::bind(any).await?, TcpListener::bind(any).await?);
    let (http, https) = (plain.local_addr()?, secure.local_addr()?);
    writeln!(io::stdout(), r#"{{"http":"{http}","https":"{https}"}}"#)?;
    let received = Arc::new(Received::default());
    loop {
        tokio::select! {
            accepted = plain.accept() => {
                let stream = prepared(accepted)?;
                tokio::spawn(serve_connection(stream, Arc::clone(&received)));
            }
            accepted = secure.accept() => {
                let (stream, received) = (prepared(accepted)?, Arc::clone(&received));
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    match acceptor.accept(stream).await {
                        Ok(stream) => serve_connection(stream, received).await,
                        Err(error) => complain(&error),
                    }
                });
            }
        }
    }
}

fn prepared(accepted: io::Result<(TcpStream, SocketAddr)>) -> io::Result<TcpStream> {
    let (stream, _) = accepted?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn serve_connection(stream: impl AsyncRead + AsyncWrite + Unpin, received: Arc<Received>) {
    let service = service_fn(|request| answer(request, &received));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await
        && !error.is_incomplete_message()
        && !error.is_shutdown()
    {
        complain(&error);
    }
}

/// A client that goes away is the only thing to expect here, and standard error is all there is to say it on.
fn complain(error: &dyn std::error::Error) {
    let _ = writeln!(io::stderr(), "receiver: {error}");
}

async fn answer(
    request: Request<Incoming>,
    received: &Received,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    if head.method == Method::GET {
        return Ok(match head.uri.path() {
            "/count" => text(received.messages.load(Ordering::Relaxed).to_string()),
            "/token" => received
                .take_token()
                .map_or_else(|| status(StatusCode::NOT_FOUND), text),
            _ => status(StatusCode::NOT_FOUND),
        });
    }
    let Ok(body) = body.collect().await else {
        return Ok(status(StatusCode::BAD_REQUEST));
    };
    let kind = head.headers.get("x-amz-sns-message-type");
    if kind.is_some_and(|kind| kind == "Notification") {
        received.messages.fetch_add(1, Ordering::Relaxed);
        return Ok(status(StatusCode::OK));
    }
    match serde_json::from_slice::<Confirmation>(&body.to_bytes()) {
        Ok(confirmation) => {
            *received.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(confirmation.token);
            Ok(status(StatusCode::OK))
        }
        Err(_) => Ok(status(StatusCode::BAD_REQUEST)),
    }
}

impl Received {
    /// The token of a confirmation, once.
    fn take_token(&self) -> Option<String> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

fn text(text: String) -> Response<Full<Bytes>> {
    Response::new(Full::new(Bytes::from(text)))
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = text(String::new());
    *response.status_mut() = status;
    response
}
