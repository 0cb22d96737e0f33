//! A provider on a free loopback port that records what it gets and answers what it is told to.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, Uri, Version};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use ninefold_outbound_http::{EgressRules, HttpClient, HttpClientOptions};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A request as it arrived.
#[derive(Clone)]
pub(crate) struct Received {
    pub(crate) method: Method,
    pub(crate) version: Version,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

type Answer = Box<dyn Fn(&Received) -> Response<Full<Bytes>> + Send + Sync>;

struct State {
    received: Mutex<Vec<Received>>,
    /// Answers for the next requests to messages; when there is none, `otherwise` answers.
    next: Mutex<VecDeque<Response<Full<Bytes>>>>,
    otherwise: Answer,
    connections: AtomicUsize,
}

pub(crate) struct Stub {
    pub(crate) base: Uri,
    state: Arc<State>,
    task: JoinHandle<()>,
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Stub {
    pub(crate) async fn start(
        otherwise: impl Fn(&Received) -> Response<Full<Bytes>> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            received: Mutex::default(),
            next: Mutex::default(),
            otherwise: Box::new(otherwise),
            connections: AtomicUsize::new(0),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&state)));
        Stub {
            base: base.parse().unwrap(),
            state,
            task,
        }
    }

    /// Answers the next request with this; used up in order.
    pub(crate) fn answer_next(&self, response: Response<Full<Bytes>>) {
        self.state.next.lock().push_back(response);
    }

    /// What has come to a path that contains `part`, in order.
    pub(crate) fn received(&self, part: &str) -> Vec<Received> {
        let received = self.state.received.lock();
        received
            .iter()
            .filter(|request| request.path.contains(part))
            .cloned()
            .collect()
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        state.connections.fetch_add(1, Ordering::SeqCst);
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, Arc::clone(&state)));
            let server = auto::Builder::new(TokioExecutor::new());
            // A client that goes away is how every test ends.
            let _ = server.serve_connection(TokioIo::new(socket), service).await;
        });
    }
}

async fn answer(request: Request<Incoming>, state: Arc<State>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let received = Received {
        method: head.method,
        version: head.version,
        path: head.uri.path().to_owned(),
        headers: head.headers,
        body: body.collect().await.unwrap().to_bytes(),
    };
    state.received.lock().push(received.clone());
    let next = state.next.lock().pop_front();
    Ok(next.unwrap_or_else(|| (state.otherwise)(&received)))
}

pub(crate) fn response(status: u16, body: impl ToString) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body.to_string()));
    *response.status_mut() = status.try_into().unwrap();
    response
}

/// An HTTP client that may connect to loopback.
pub(crate) fn open_http() -> HttpClient {
    HttpClient::new(HttpClientOptions {
        egress: EgressRules::everything(),
        ..HttpClientOptions::default()
    })
    .unwrap()
}
