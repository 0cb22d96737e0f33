//! The limit: a bare hyper server that parses the requests of the workloads as a server must and answers fixed bodies.
//! It keeps nothing, checks nothing and routes by one header or parameter; no HTTP server on the same library can
//! answer them faster.

mod events;
mod queues;
mod topics;

use std::convert::Infallible;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};

use bytes::Bytes;
use clap::Parser;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

const JSON_OF_QUEUES: &str = "application/x-amz-json-1.0";
const JSON_OF_EVENTS: &str = "application/x-amz-json-1.1";
const XML: &str = "text/xml";

/// A hyper server that parses requests of SQS, SNS and EventBridge and answers fixed bodies.
#[derive(Parser)]
struct Options {
    /// Port on 127.0.0.1.
    #[arg(long, default_value_t = 4566)]
    port: u16,
    /// Worker threads.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

fn main() -> io::Result<()> {
    let options = Options::parse();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(options.threads)
        .enable_all()
        .build()?
        .block_on(serve(options.port))
}

async fn serve(port: u16) -> io::Result<()> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    writeln!(io::stdout(), "http://{}", listener.local_addr()?)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(serve_connection(stream));
    }
}

async fn serve_connection(stream: TcpStream) {
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
    if let Err(error) = connection.await
        && !error.is_incomplete_message()
    {
        // A client that goes away is the only thing to expect here, and standard error is all there is to say it on.
        let _ = writeln!(io::stderr(), "bare: {error}");
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let target = head.headers.get("x-amz-target").map(HeaderValue::as_bytes);
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return Ok(refusal()),
    };
    Ok(answer_to(target, &body).unwrap_or_else(refusal))
}

/// The answer, or `None` to what isn't a request of the workloads. Topics are asked in forms, without a target.
fn answer_to(target: Option<&[u8]>, body: &[u8]) -> Option<Response<Full<Bytes>>> {
    let Some(target) = target else {
        return topics::answer(body).map(|body| response(body, XML));
    };
    if let Some(operation) = target.strip_prefix(b"AmazonSQS.") {
        return queues::answer(operation, body).map(|body| response(body, JSON_OF_QUEUES));
    }
    let operation = target.strip_prefix(b"AWSEvents.")?;
    events::answer(operation, body).map(|body| response(body, JSON_OF_EVENTS))
}

fn response(body: Bytes, content_type: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn refusal() -> Response<Full<Bytes>> {
    let body = Bytes::from_static(br#"{"__type":"com.amazon.coral.service#InvalidRequest"}"#);
    let mut response = response(body, JSON_OF_QUEUES);
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}
