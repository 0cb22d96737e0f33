//! HTTP/1.1 as clients on the wire see it.

use crate::support::{Raw, short_limits, start, within};
use ninefold_http::Limits;

#[tokio::test]
async fn a_connection_serves_one_request_after_another() {
    let server = start(Limits::default(), None).await;
    let mut client = Raw::connect(server.address).await;
    for turn in 0..3 {
        client
            .send(format!(
                "POST /{turn} HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi"
            ))
            .await;
        let (head, body) = client.response().await;
        assert!(head.starts_with("http/1.1 200 ok"), "{head}");
        assert_eq!(body, format!("POST /{turn} hi"));
    }
    assert_eq!(server.connections.open(), 1);
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = start(Limits::default(), None).await;
    let mut client = Raw::connect(server.address).await;
    let requests: String = (0..20)
        .map(|n| format!("GET /{n} HTTP/1.1\r\nhost: a\r\n\r\n"))
        .collect();
    client.send(requests).await;
    for n in 0..20 {
        assert_eq!(client.response().await.1, format!("GET /{n} "));
    }
}

#[tokio::test]
async fn a_body_in_pieces_or_chunks_arrives_whole() {
    let server = start(Limits::default(), None).await;
    let mut client = Raw::connect(server.address).await;
    client
        .send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc")
        .await;
    tokio::task::yield_now().await;
    client.send("def").await;
    client.send("ghi").await;
    assert_eq!(client.response().await.1, "POST / abcdefghi");
    client
        .send("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n")
        .await;
    client.send("2\r\nde\r\n0\r\n\r\n").await;
    assert_eq!(client.response().await.1, "POST / abcde");
}

#[tokio::test]
async fn a_client_that_asks_before_sending_is_told_to_continue() {
    let server = start(Limits::default(), None).await;
    let mut client = Raw::connect(server.address).await;
    client
        .send("POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n")
        .await;
    assert!(client.response().await.0.starts_with("http/1.1 100 continue"));
    client.send("hi").await;
    assert_eq!(client.response().await.1, "POST / hi");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let server = start(short_limits(), None).await;
    let large = "x".repeat(64 * 1024 + 1);
    let announced = format!(
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n{large}",
        large.len()
    );
    let chunked = format!(
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{large}\r\n0\r\n\r\n",
        large.len()
    );
    for request in [announced, chunked] {
        let mut client = Raw::connect(server.address).await;
        client.send(request).await;
        let (head, body) = client.response().await;
        assert!(head.starts_with("http/1.1 413 "), "{head}");
        assert_eq!(body, "The request body is larger than 65536 bytes.");
        assert_eq!(client.rest().await, "");
    }
    let largest = "x".repeat(64 * 1024);
    let mut client = Raw::connect(server.address).await;
    client
        .send(format!(
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 65536\r\n\r\n{largest}"
        ))
        .await;
    assert_eq!(client.response().await.1.len(), "POST / ".len() + 65536);
}

#[tokio::test]
async fn a_head_beyond_the_limit_is_refused() {
    let limits = Limits {
        head_bytes: 8 * 1024,
        ..Limits::default()
    };
    let server = start(limits, None).await;
    let mut client = Raw::connect(server.address).await;
    client
        .send(format!(
            "GET / HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n",
            "y".repeat(20_000)
        ))
        .await;
    let answer = client.rest().await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431 "),
        "{answer}"
    );
    assert!(!answer.contains(" 200 "));
}

#[tokio::test]
async fn slow_clients_are_cut() {
    let server = start(short_limits(), None).await;
    for slow in ["", "P", "GET / HTTP/1.1\r\nhost"] {
        let mut client = Raw::connect(server.address).await;
        client.send(slow).await;
        assert_eq!(client.rest().await, "", "{slow:?}");
    }
    // Also within a later request of a connection.
    let mut client = Raw::connect(server.address).await;
    client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    client.response().await;
    client.send("GET /slow").await;
    assert_eq!(client.rest().await, "");
}

#[tokio::test]
async fn a_slow_body_is_refused() {
    let server = start(short_limits(), None).await;
    let mut client = Raw::connect(server.address).await;
    client
        .send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc")
        .await;
    let (head, body) = client.response().await;
    assert!(head.starts_with("http/1.1 408 "), "{head}");
    assert_eq!(body, "The request body did not arrive in time.");
    assert_eq!(client.rest().await, "");
}

#[tokio::test]
async fn a_handler_that_takes_long_is_not_cut() {
    let server = start(short_limits(), None).await;
    let mut client = Raw::connect(server.address).await;
    client.send("GET /held HTTP/1.1\r\nhost: a\r\n\r\n").await;
    within(server.entered.notified()).await;
    // Another client is cut meanwhile, so that the time limits have certainly been looked at.
    assert_eq!(Raw::connect(server.address).await.rest().await, "");
    server.release.notify_one();
    assert_eq!(client.response().await.1, "GET /held ");
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_their_turn() {
    let limits = Limits {
        connections: 1,
        ..Limits::default()
    };
    let server = start(limits, None).await;
    let mut first = Raw::connect(server.address).await;
    first
        .send("GET /held HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await;
    within(server.entered.notified()).await;
    let mut second = Raw::connect(server.address).await;
    second.send("GET /second HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert_eq!(server.connections.open(), 1);
    server.release.notify_one();
    assert_eq!(first.response().await.1, "GET /held ");
    assert_eq!(second.response().await.1, "GET /second ");
    assert_eq!(server.connections.open(), 1);
}

#[tokio::test]
async fn stopping_answers_what_is_in_flight_and_closes_the_rest() {
    let mut server = start(Limits::default(), None).await;
    let mut idle = Raw::connect(server.address).await;
    idle.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    idle.response().await;
    let mut fresh = Raw::connect(server.address).await;
    let mut busy = Raw::connect(server.address).await;
    busy.send("GET /held HTTP/1.1\r\nhost: a\r\n\r\n").await;
    within(server.entered.notified()).await;
    server.stop();
    assert_eq!(idle.rest().await, "");
    assert_eq!(fresh.rest().await, "");
    server.release.notify_one();
    assert_eq!(busy.response().await.1, "GET /held ");
    assert_eq!(busy.rest().await, "");
    server.stopped().await;
}

#[tokio::test]
async fn stopping_cuts_what_does_not_finish_in_time() {
    let limits = Limits {
        drain_timeout: std::time::Duration::from_millis(50),
        ..Limits::default()
    };
    let mut server = start(limits, None).await;
    let mut busy = Raw::connect(server.address).await;
    busy.send("GET /held HTTP/1.1\r\nhost: a\r\n\r\n").await;
    within(server.entered.notified()).await;
    server.stop();
    assert_eq!(busy.rest().await, "");
    server.stopped().await;
}

#[tokio::test]
async fn large_bodies_share_a_bounded_memory() {
    let limits = Limits {
        body_memory_bytes: 64 * 1024,
        ..short_limits()
    };
    let server = start(limits, None).await;
    let body = "x".repeat(40 * 1024);
    let request = |path: &str| format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: 40960\r\n\r\n");
    let mut first = Raw::connect(server.address).await;
    // The body comes after the head, so that it has to be gathered.
    first.send(request("/held")).await;
    tokio::task::yield_now().await;
    first.send(&body).await;
    within(server.entered.notified()).await;
    let mut second = Raw::connect(server.address).await;
    second.send(request("/")).await;
    let (head, _) = second.response().await;
    assert!(head.starts_with("http/1.1 503 "), "{head}");
    let mut small = Raw::connect(server.address).await;
    small
        .send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nhi")
        .await;
    assert_eq!(small.response().await.1, "POST / hi");
    server.release.notify_one();
    assert_eq!(first.response().await.1.len(), "POST /held ".len() + body.len());
    let mut third = Raw::connect(server.address).await;
    third.send(request("/") + &body).await;
    assert!(third.response().await.0.starts_with("http/1.1 200 "));
}
