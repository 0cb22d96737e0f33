//! Requests per second of the client beside a bare hyper connection, against a hyper server on loopback.
//!
//! `cargo run --release -p ninefold-outbound-http --example throughput [concurrency]`
//!
//! Server and client each have one thread. The two ways of asking take turns; their medians are compared.
#![allow(clippy::print_stdout, reason = "a program that prints what it has measured")]

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use ninefold_outbound_http::{EgressRules, HttpClient, HttpClientOptions, OutboundRequest};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;
use tokio::task::JoinSet;

const ROUNDS: usize = 7;
const ROUND: Duration = Duration::from_secs(2);
const BODY: Bytes = Bytes::from_static(&[b'x'; 1_024]);

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let concurrency = std::env::args().nth(1).map_or(Ok(32), |text| text.parse())?;
    let address = start_server()?;
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut bare, mut client) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        bare.push(runtime.block_on(measure_bare(address, concurrency))?);
        client.push(runtime.block_on(measure_client(address, concurrency))?);
    }
    let (bare, client) = (median(bare), median(client));
    println!("bare hyper connections  {bare:>9.0} requests/s");
    println!("HttpClient              {client:>9.0} requests/s");
    println!("ratio                   {:>9.2}", client / bare);
    Ok(())
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// Starts a server on a thread of its own, which lasts as long as the program.
fn start_server() -> Result<SocketAddr, Failure> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        runtime.block_on(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket));
            }
        });
    });
    Ok(address)
}

async fn serve(socket: TcpStream) -> Result<(), Failure> {
    socket.set_nodelay(true)?;
    let service = service_fn(async |request: Request<Incoming>| {
        let body = request.into_body().collect().await?.to_bytes();
        Ok::<_, hyper::Error>(Response::new(Full::new(body)))
    });
    hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(socket), service)
        .await?;
    Ok(())
}

/// Runs as many loops of `ask` as wanted until the round is over; returns requests per second.
async fn run<A, F>(askers: Vec<A>) -> Result<f64, Failure>
where
    A: FnMut() -> F + Send + 'static,
    F: Future<Output = Result<(), Failure>> + Send,
{
    let answered = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let mut loops = JoinSet::new();
    for mut ask in askers {
        let answered = Arc::clone(&answered);
        loops.spawn(async move {
            while start.elapsed() < ROUND {
                ask().await?;
                answered.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<(), Failure>(())
        });
    }
    for outcome in loops.join_all().await {
        outcome?;
    }
    Ok(answered.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64())
}

async fn measure_bare(address: SocketAddr, concurrency: usize) -> Result<f64, Failure> {
    let mut askers = Vec::new();
    for _ in 0..concurrency {
        let socket = TcpStream::connect(address).await?;
        socket.set_nodelay(true)?;
        let (sender, connection) = http1::handshake::<_, Full<Bytes>>(TokioIo::new(socket)).await?;
        tokio::spawn(connection);
        let sender = Arc::new(tokio::sync::Mutex::new(sender));
        askers.push(move || {
            let sender = Arc::clone(&sender);
            async move {
                let mut request = Request::new(Full::new(BODY));
                *request.method_mut() = Method::POST;
                request.headers_mut().insert("host", address.to_string().parse()?);
                let mut sender = sender.lock().await;
                sender.ready().await?;
                let response = sender.send_request(request).await?;
                response.into_body().collect().await?;
                Ok(())
            }
        });
    }
    run(askers).await
}

async fn measure_client(address: SocketAddr, concurrency: usize) -> Result<f64, Failure> {
    let client = HttpClient::new(HttpClientOptions {
        egress: EgressRules::everything(),
        idle_connections_per_host: concurrency,
        ..HttpClientOptions::default()
    })?;
    let uri: Uri = format!("http://{address}/").parse()?;
    let asker = || {
        let (client, uri) = (client.clone(), uri.clone());
        move || {
            let (client, uri) = (client.clone(), uri.clone());
            async move {
                let request = OutboundRequest {
                    method: Method::POST,
                    uri,
                    headers: HeaderMap::new(),
                    body: BODY,
                    timeout: Duration::from_secs(10),
                    response_limit_bytes: 1024 * 1024,
                };
                client.send(request).await?;
                Ok(())
            }
        }
    };
    run((0..concurrency).map(|_| asker()).collect()).await
}
