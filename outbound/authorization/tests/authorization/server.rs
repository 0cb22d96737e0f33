//! A server on a free loopback port that records what it gets and answers as it is told.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// Answers a request; the number counts them from one.
type Answer = Box<dyn Fn(usize, &Received) -> (u16, String) + Send + Sync>;

struct State {
    received: Mutex<Vec<Received>>,
    answer: Answer,
    /// An answer needs a permit, so that a test can hold them back.
    permits: Semaphore,
}

pub(crate) struct Server {
    base: String,
    state: Arc<State>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    pub(crate) async fn start(
        answer: impl Fn(usize, &Received) -> (u16, String) + Send + Sync + 'static,
    ) -> Self {
        let server = Server::start_held_back(answer).await;
        server.let_go();
        server
    }

    /// A server that answers nobody before it is told to.
    pub(crate) async fn start_held_back(
        answer: impl Fn(usize, &Received) -> (u16, String) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            received: Mutex::default(),
            answer: Box::new(answer),
            permits: Semaphore::new(0),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&state)));
        Server { base, state, task }
    }

    /// An authorization server whose tokens are numbered: `token-1` and so on.
    pub(crate) async fn of_tokens(expires_in_seconds: u64) -> Self {
        Server::start(move |number, _| (200, token(number, expires_in_seconds))).await
    }

    pub(crate) fn let_go(&self) {
        self.state.permits.add_permits(10_000);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.state.received.lock().clone()
    }
}

pub(crate) fn token(number: usize, expires_in_seconds: u64) -> String {
    format!(r#"{{"access_token":"token-{number}","token_type":"Bearer","expires_in":{expires_in_seconds}}}"#)
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    loop {
        let (socket, _) = listener.accept().await.unwrap();
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
        uri: head.uri,
        headers: head.headers,
        body: body.collect().await.unwrap().to_bytes(),
    };
    let number = {
        let mut all = state.received.lock();
        all.push(received.clone());
        all.len()
    };
    state.permits.acquire().await.unwrap().forget();
    let (status, body) = (state.answer)(number, &received);
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status.try_into().unwrap();
    Ok(response)
}
