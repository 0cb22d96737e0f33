//! A server on a free loopback port that notes what it gets and answers as it is told.

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

/// What is answered: status, headers, body.
#[derive(Clone, Debug)]
pub(crate) struct Answer(
    pub(crate) u16,
    pub(crate) &'static [(&'static str, &'static str)],
    pub(crate) String,
);

impl Answer {
    pub(crate) fn status(status: u16) -> Self {
        Answer(status, &[], String::new())
    }

    /// The answer of an authorization server.
    pub(crate) fn token(token: &str) -> Self {
        let body = format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":3600}}"#);
        Answer(200, &[], body)
    }
}

struct State {
    received: Mutex<Vec<Received>>,
    answer: Mutex<Answer>,
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
    pub(crate) async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            received: Mutex::default(),
            answer: Mutex::new(answer),
        });
        let task = tokio::spawn(accept(listener, Arc::clone(&state)));
        Server { base, state, task }
    }

    /// What it answers from now on.
    pub(crate) fn answer(&self, answer: Answer) {
        *self.state.answer.lock() = answer;
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.state.received.lock().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.state.received.lock().len()
    }
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
    let Answer(status, headers, body) = state.answer.lock().clone();
    state.received.lock().push(received);
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    Ok(response.body(Full::from(body)).unwrap())
}
