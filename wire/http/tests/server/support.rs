//! A server on a free loopback port, and a client that sends exactly the bytes a test wants.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::poll_fn;
use http::{Request, Response};
use ninefold_http::{ConnectionCount, Handler, Interrupted, Limits, PartStream, ResponseBody, Server, Tls};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;

/// Streaming answers that a test has prepared.
pub(crate) type Prepared = Arc<Mutex<VecDeque<PartStream>>>;

/// Answers with what it got; `/held` waits until it is let go, `/streamed` answers with the next prepared stream.
pub(crate) struct Echo {
    pub(crate) entered: Arc<Notify>,
    pub(crate) release: Arc<Notify>,
    pub(crate) streams: Prepared,
}

impl Handler for Echo {
    async fn handle(&self, request: Request<Bytes>, _peer: SocketAddr) -> Response<ResponseBody> {
        if request.uri().path() == "/streamed" {
            let stream = self
                .streams
                .lock()
                .unwrap()
                .pop_front()
                .expect("a stream was prepared");
            return Response::new(ResponseBody::Streaming(stream));
        }
        if request.uri().path() == "/held" {
            self.entered.notify_one();
            self.release.notified().await;
        }
        let text = format!("{} {} ", request.method(), request.uri().path());
        let mut answer = text.into_bytes();
        answer.extend_from_slice(request.body());
        Response::new(Bytes::from(answer).into())
    }
}

/// What a test says part by part. The answer ends when it is dropped; it is closed when the server has dropped the answer.
pub(crate) type Speaker = mpsc::UnboundedSender<Result<Bytes, Interrupted>>;

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) entered: Arc<Notify>,
    pub(crate) release: Arc<Notify>,
    pub(crate) connections: ConnectionCount,
    streams: Prepared,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Running {
    /// Prepares the next streaming answer.
    pub(crate) fn prepare(&self, stream: PartStream) {
        self.streams.lock().unwrap().push_back(stream);
    }

    /// Prepares a streaming answer of what the test says.
    pub(crate) fn speak(&self) -> Speaker {
        let (speaker, mut parts) = mpsc::unbounded_channel();
        self.prepare(Box::pin(poll_fn(move |context| parts.poll_recv(context))));
        speaker
    }

    /// Tells the server to stop.
    pub(crate) fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Waits for the server to have stopped.
    pub(crate) async fn stopped(self) {
        within(self.task).await.unwrap();
    }
}

/// Limits short enough for a test to run into them.
pub(crate) fn short_limits() -> Limits {
    Limits {
        request_bytes: 64 * 1024,
        head_timeout: Duration::from_millis(300),
        body_timeout: Duration::from_millis(300),
        idle_timeout: Duration::from_secs(30),
        drain_timeout: Duration::from_secs(10),
        ..Limits::default()
    }
}

pub(crate) async fn start(limits: Limits, tls: Option<Tls>) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server::new(listener, limits, tls);
    let address = server.address().unwrap();
    let connections = server.connections();
    let (stop, stopped) = oneshot::channel::<()>();
    let (entered, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let streams = Prepared::default();
    let handler = Echo {
        streams: Arc::clone(&streams),
        entered: Arc::clone(&entered),
        release: Arc::clone(&release),
    };
    let task = tokio::spawn(server.serve(handler, async {
        stopped.await.unwrap();
    }));
    Running {
        address,
        entered,
        release,
        connections,
        streams,
        stop: Some(stop),
        task,
    }
}

/// A test's longest wait for something that must happen.
pub(crate) async fn within<F: IntoFuture>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(10), future)
        .await
        .expect("took too long")
}

/// A connection on which a test writes and reads raw bytes.
pub(crate) struct Raw(pub(crate) TcpStream);

impl Raw {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Raw(TcpStream::connect(address).await.unwrap())
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Reads one response that has a Content-Length: its head and its body.
    pub(crate) async fn response(&mut self) -> (String, String) {
        within(read_response(&mut self.0)).await
    }

    /// Reads until the server closes the connection.
    pub(crate) async fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        // A reset is one way of closing.
        let _ = within(self.0.read_to_end(&mut rest)).await;
        String::from_utf8(rest).unwrap()
    }
}

async fn read_response(stream: &mut (impl AsyncRead + Unpin)) -> (String, String) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(
            stream
                .read_u8()
                .await
                .expect("the connection closed within a response's head"),
        );
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    (head, String::from_utf8(body).unwrap())
}
