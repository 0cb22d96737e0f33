//! What the bytes on the wire look like, and what becomes of bytes that are no HTTP.

use http::Method;
use ninefold_outbound_http::OutboundError;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::support::{get, open_client, request};

/// A server for one connection: reads until the request has ended as `end` says, answers, and closes.
async fn answer_once(end: &'static str, answer: &'static str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/path?query=1", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut received = Vec::new();
        while !received.ends_with(end.as_bytes()) {
            assert_ne!(socket.read_buf(&mut received).await.unwrap(), 0);
        }
        socket.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8(received).unwrap()
    });
    (uri, task)
}

#[tokio::test]
async fn callers_cannot_frame_a_second_request() {
    let answer = "HTTP/1.1 204 No Content\r\n\r\n";
    let (uri, received) = answer_once("GET /smuggled HTTP/1.1\r\n\r\n", answer).await;
    let mut request = request(Method::POST, &uri, "GET /smuggled HTTP/1.1\r\n\r\n");
    for (name, value) in [
        ("content-length", "0"),
        ("transfer-encoding", "chunked"),
        ("connection", "upgrade"),
        ("host", "elsewhere.test"),
        ("x-own", "kept"),
    ] {
        request.headers.insert(name, value.parse().unwrap());
    }
    let response = open_client().send(request).await.unwrap();
    assert_eq!(response.status, 204);
    let received = received.await.unwrap().to_ascii_lowercase();
    let (head, _) = received.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<_> = head.lines().collect();
    lines.sort_unstable();
    let host = uri.strip_prefix("http://").unwrap().split('/').next().unwrap();
    assert_eq!(
        lines,
        [
            "content-length: 26",
            &format!("host: {host}"),
            "post /path?query=1 http/1.1",
            "x-own: kept",
        ]
    );
}

#[tokio::test]
async fn what_is_no_http_is_no_proper_answer() {
    for answer in [
        "",
        "220 mail.test ESMTP\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
    ] {
        let (uri, _received) = answer_once("\r\n\r\n", answer).await;
        let error = get(&open_client(), &uri).await.unwrap_err();
        assert!(
            matches!(error, OutboundError::Protocol { .. }),
            "{answer:?}: {error:?}"
        );
        assert!(error.is_transient());
    }
}

#[tokio::test]
async fn a_head_without_end_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        socket.write_all(b"HTTP/1.1 200 OK\r\nx: ").await.unwrap();
        let mut written = 0;
        while socket.write_all(&[b'x'; 4_096]).await.is_ok() {
            written += 4_096;
        }
        written
    });
    let error = get(&open_client(), &uri).await.unwrap_err();
    assert!(matches!(error, OutboundError::Protocol { .. }), "{error:?}");
    assert!(server.await.unwrap() < 64 * 1024 * 1024);
}

#[tokio::test]
async fn a_port_that_nobody_listens_on_is_no_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let error = get(&open_client(), &uri).await.unwrap_err();
    assert!(matches!(error, OutboundError::Connect { .. }), "{error:?}");
}
