//! The limit of delivery: bare hyper clients that post a fixed notification to the receiver, each on a connection of its
//! own, the next one when the last is answered. They keep nothing, sign nothing and try nothing again; no server on the
//! same library can deliver faster.

use std::error::Error;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use clap::Parser;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{CONTENT_TYPE, HOST, USER_AGENT};
use hyper::http::uri::Scheme;
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use ninefold_bench::report::{DeliveryReport, Errors};
use ninefold_bench::request::message_body;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_rustls::TlsConnector;

const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:load";
const MESSAGE: &str = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

type Failure = Box<dyn Error + Send + Sync>;

/// Posts notifications and writes how many as one line of JSON.
#[derive(Clone, Parser)]
struct Options {
    /// Where to; loopback only, by address.
    #[arg(long)]
    url: Uri,
    /// The certificate to trust (PEM), for https.
    #[arg(long)]
    certificate: Option<PathBuf>,
    /// Messages as they are, not in an envelope.
    #[arg(long)]
    raw: bool,
    /// Connections, each with at most one request outstanding.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// Measured time.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Time before it, whose answers don't count.
    #[arg(long, default_value_t = 1.0)]
    warmup: f64,
    /// Letters in a message body.
    #[arg(long, default_value_t = 256)]
    body_bytes: usize,
    /// Worker threads.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

#[derive(Default)]
struct Progress {
    is_over: AtomicBool,
    delivered: AtomicU64,
}

fn main() -> Result<(), Failure> {
    let options = Options::parse();
    let report = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(options.threads)
        .enable_all()
        .build()?
        .block_on(run(options))?;
    Ok(writeln!(io::stdout(), "{}", serde_json::to_string(&report)?)?)
}

async fn run(options: Options) -> Result<DeliveryReport, Failure> {
    let address: SocketAddr = options.url.authority().ok_or("no address")?.as_str().parse()?;
    if !address.ip().is_loopback() {
        return Err("it talks to loopback addresses only".into());
    }
    let is_secure = options.url.scheme() == Some(&Scheme::HTTPS);
    let tls = match options.certificate.as_ref().filter(|_| is_secure) {
        Some(file) => Some(TlsConnector::from(Arc::new(trusting(file)?))),
        None if is_secure => return Err("https needs a certificate to trust".into()),
        None => None,
    };
    let (request, progress) = (Arc::new(request(&options)?), Arc::new(Progress::default()));
    let mut posting = JoinSet::new();
    for _ in 0..options.connections {
        let connection = connect(address, tls.clone()).await?;
        posting.spawn(post(connection, Arc::clone(&request), Arc::clone(&progress)));
    }
    sleep(duration(options.warmup)).await;
    let (first, begin) = (progress.delivered.load(Ordering::Relaxed), Instant::now());
    sleep(duration(options.seconds)).await;
    let (last, seconds) = (
        progress.delivered.load(Ordering::Relaxed),
        begin.elapsed().as_secs_f64(),
    );
    progress.is_over.store(true, Ordering::Relaxed);
    let mut errors = Errors::default();
    while let Some(posted) = posting.join_next().await {
        if let Err(error) = posted? {
            errors.other(&error);
        }
    }
    let deliveries = last - first;
    Ok(DeliveryReport {
        workload: "push".to_owned(),
        seconds,
        deliveries,
        deliveries_per_second: deliveries as f64 / seconds,
        answered: progress.delivered.load(Ordering::Relaxed),
        clean: errors.errors == 0 && deliveries > 0,
        errors,
    })
}

fn trusting(file: &PathBuf) -> Result<ClientConfig, Failure> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(file)?)?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

async fn connect(
    address: SocketAddr,
    tls: Option<TlsConnector>,
) -> Result<SendRequest<Full<Bytes>>, Failure> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    match tls {
        Some(tls) => start(tls.connect(ServerName::from(address.ip()), stream).await?).await,
        None => start(stream).await,
    }
}

async fn start(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) -> Result<SendRequest<Full<Bytes>>, Failure> {
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // How a connection fails, the request on it says as well.
    tokio::spawn(async move { connection.await.ok() });
    Ok(sender)
}

async fn post(
    mut connection: SendRequest<Full<Bytes>>,
    request: Arc<Request<Full<Bytes>>>,
    progress: Arc<Progress>,
) -> Result<(), Failure> {
    while !progress.is_over.load(Ordering::Relaxed) {
        connection.ready().await?;
        let response = connection.send_request(Request::clone(&request)).await?;
        let status = response.status();
        response.into_body().collect().await?;
        if status != StatusCode::OK {
            return Err(format!("the receiver answered {status}").into());
        }
        progress.delivered.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// A notification as SNS posts it.
fn request(options: &Options) -> Result<Request<Full<Bytes>>, Failure> {
    let message = message_body(options.body_bytes);
    let body = if options.raw { message } else { envelope(&message) };
    let host = options.url.authority().ok_or("no address")?.as_str();
    let mut request = Request::post(options.url.path())
        .header(HOST, host)
        .header(CONTENT_TYPE, "text/plain; charset=UTF-8")
        .header(USER_AGENT, "Amazon Simple Notification Service Agent")
        .header("x-amz-sns-message-type", "Notification")
        .header("x-amz-sns-message-id", MESSAGE)
        .header("x-amz-sns-topic-arn", TOPIC)
        .header("x-amz-sns-subscription-arn", format!("{TOPIC}:{MESSAGE}"));
    if options.raw {
        request = request.header("x-amz-sns-rawdelivery", "true");
    }
    Ok(request.body(Full::new(Bytes::from(body)))?)
}

/// An envelope with a signature of 2,048 bits, which nobody checks.
fn envelope(message: &str) -> String {
    let (signature, certificate) = ("A".repeat(344), "0".repeat(32));
    format!(
        r#"{{
  "Type" : "Notification",
  "MessageId" : "{MESSAGE}",
  "TopicArn" : "{TOPIC}",
  "Message" : "{message}",
  "Timestamp" : "2026-01-01T00:00:00.000Z",
  "SignatureVersion" : "1",
  "Signature" : "{signature}",
  "SigningCertURL" : "http://127.0.0.1:4566/SimpleNotificationService-{certificate}.pem",
  "UnsubscribeURL" : "http://127.0.0.1:4566/?Action=Unsubscribe&SubscriptionArn={TOPIC}:{MESSAGE}"
}}"#
    )
}

fn duration(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds.clamp(0.0, 3600.0))
}
