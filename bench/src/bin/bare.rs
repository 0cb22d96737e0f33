//! The limit: a bare hyper server that parses the requests of the workloads as a queue server must and answers
//! fixed bodies. It keeps nothing, checks nothing and routes by one header; no HTTP server on the same library can
//! answer them faster.

use std::borrow::Cow;
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
use serde::Deserialize;
use tokio::net::{TcpListener, TcpStream};

const CREATE_QUEUE: &[u8] = br#"{"QueueUrl":"http://127.0.0.1:4566/000000000000/load"}"#;
const LIST_QUEUES: &[u8] = br#"{"QueueUrls":["http://127.0.0.1:4566/000000000000/load"]}"#;
const SEND_MESSAGE: &[u8] = br#"{"MD5OfMessageBody":"900150983cd24fb0d6963f7d28e17f72","MessageId":"3f2504e0-4f89-41d3-9a0c-0305e82c3301"}"#;
const RECEIVE_MESSAGE: &[u8] = concat!(
    r#"{"Messages":[{"MessageId":"3f2504e0-4f89-41d3-9a0c-0305e82c3301","#,
    r#""ReceiptHandle":"AQEBzbVv2O3mGm0Cw1Yb1pVUVsVUxk5xWZk6g1h0nYx2nQmTz0Qk4uQ3v7Yx9w==","#,
    r#""MD5OfBody":"900150983cd24fb0d6963f7d28e17f72","Body":""#,
    "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwx",
    "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwx",
    "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz01",
    r#""}]}"#
)
.as_bytes();

/// A hyper server that parses SQS requests and answers fixed bodies.
#[derive(Parser)]
struct Options {
    /// Port on 127.0.0.1.
    #[arg(long, default_value_t = 4566)]
    port: u16,
    /// Worker threads.
    #[arg(long, default_value_t = 2)]
    threads: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendMessage<'a> {
    #[serde(borrow)]
    queue_url: Cow<'a, str>,
    #[serde(borrow)]
    message_body: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendMessageBatch<'a> {
    #[serde(borrow)]
    queue_url: Cow<'a, str>,
    #[serde(borrow)]
    entries: Vec<BatchEntry<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct BatchEntry<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    message_body: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ReceiveMessage<'a> {
    #[serde(borrow)]
    queue_url: Cow<'a, str>,
    max_number_of_messages: Option<u8>,
    wait_time_seconds: Option<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteMessage<'a> {
    #[serde(borrow)]
    queue_url: Cow<'a, str>,
    #[serde(borrow)]
    receipt_handle: Cow<'a, str>,
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
    let operation = head
        .headers
        .get("x-amz-target")
        .and_then(|target| target.as_bytes().strip_prefix(b"AmazonSQS."));
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return Ok(refusal()),
    };
    let answer = match operation {
        Some(b"SendMessage") => send_message(&body),
        Some(b"SendMessageBatch") => send_message_batch(&body),
        Some(b"ReceiveMessage") => receive_message(&body),
        Some(b"DeleteMessage") => delete_message(&body),
        Some(b"CreateQueue") => Some(Bytes::from_static(CREATE_QUEUE)),
        Some(b"DeleteQueue") => Some(Bytes::new()),
        Some(b"ListQueues") => Some(Bytes::from_static(LIST_QUEUES)),
        _ => None,
    };
    Ok(answer.map_or_else(refusal, response))
}

fn send_message(body: &[u8]) -> Option<Bytes> {
    let message: SendMessage<'_> = serde_json::from_slice(body).ok()?;
    let usable = !message.queue_url.is_empty() && !message.message_body.is_empty();
    usable.then(|| Bytes::from_static(SEND_MESSAGE))
}

fn send_message_batch(body: &[u8]) -> Option<Bytes> {
    let batch: SendMessageBatch<'_> = serde_json::from_slice(body).ok()?;
    if batch.queue_url.is_empty() || batch.entries.iter().any(|entry| entry.message_body.is_empty()) {
        return None;
    }
    let mut answer = br#"{"Successful":["#.to_vec();
    for (index, entry) in batch.entries.iter().enumerate() {
        answer.extend_from_slice(if index == 0 { br#"{"Id":""# } else { br#",{"Id":""# });
        answer.extend_from_slice(entry.id.as_bytes());
        answer.extend_from_slice(br#"","#);
        answer.extend_from_slice(&SEND_MESSAGE[1..]);
    }
    answer.extend_from_slice(b"]}");
    Some(Bytes::from(answer))
}

fn receive_message(body: &[u8]) -> Option<Bytes> {
    let receive: ReceiveMessage<'_> = serde_json::from_slice(body).ok()?;
    let usable = !receive.queue_url.is_empty()
        && receive.max_number_of_messages.unwrap_or(1) <= 10
        && receive.wait_time_seconds.unwrap_or(0) <= 20;
    usable.then(|| Bytes::from_static(RECEIVE_MESSAGE))
}

fn delete_message(body: &[u8]) -> Option<Bytes> {
    let delete: DeleteMessage<'_> = serde_json::from_slice(body).ok()?;
    (!delete.queue_url.is_empty() && !delete.receipt_handle.is_empty()).then(Bytes::new)
}

fn response(body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-amz-json-1.0"),
    );
    response
}

fn refusal() -> Response<Full<Bytes>> {
    let mut response = response(Bytes::from_static(
        br#"{"__type":"com.amazon.coral.service#InvalidRequest"}"#,
    ));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}
