use std::time::{Duration, Instant};

use http::Method;
use ninefold_outbound_http::{HttpClient, HttpClientOptions, OutboundError};
use tokio::net::TcpListener;

use crate::support::{get, open_client, open_options, request, start};

const SHORT: Duration = Duration::from_millis(150);

/// How much later than its time a timeout may be on a busy machine.
const SLACK: Duration = Duration::from_millis(850);

fn assert_took(start: Instant, expected: Duration) {
    let elapsed = start.elapsed();
    assert!(
        elapsed >= expected && elapsed < expected + SLACK,
        "took {elapsed:?}"
    );
}

#[tokio::test]
async fn an_answer_that_does_not_begin_or_does_not_end_is_out_of_time() {
    let server = start(None).await;
    let client = open_client();
    for path in ["/slow-head", "/slow-body"] {
        let mut request = request(Method::GET, &server.uri(path), "");
        request.timeout = SHORT;
        let start = Instant::now();
        let error = client.send(request).await.unwrap_err();
        assert!(
            matches!(error, OutboundError::Timeout { .. }),
            "{path}: {error:?}"
        );
        assert!(error.is_transient());
        assert_took(start, SHORT);
    }
}

#[tokio::test]
async fn a_handshake_that_does_not_end_is_out_of_time() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = HttpClient::new(HttpClientOptions {
        connect_timeout: SHORT,
        ..open_options()
    })
    .unwrap();
    let start = Instant::now();
    let uri = format!("https://{}/", silent.local_addr().unwrap());
    let error = get(&client, &uri).await.unwrap_err();
    assert!(matches!(error, OutboundError::Timeout { .. }), "{error:?}");
    assert_took(start, SHORT);
}

#[tokio::test]
async fn a_body_is_cut_off_at_the_limit_and_its_connection_is_not_used_again() {
    let server = start(None).await;
    let client = open_client();
    let limited = |length: usize, limit_bytes: usize| {
        let mut request = request(Method::GET, &server.uri(&format!("/bytes/{length}")), "");
        request.response_limit_bytes = limit_bytes;
        request
    };
    for (length, limit) in [(1_000, 1_000), (0, 0), (300_000, 300_000)] {
        let whole = client.send(limited(length, limit)).await.unwrap();
        assert_eq!((whole.body.len(), whole.is_cut_off), (length, false));
    }
    assert_eq!(server.connections(), 1);
    let cut = client.send(limited(4_000_000, 1_000)).await.unwrap();
    assert_eq!((cut.body.len(), cut.is_cut_off), (1_000, true));
    let none = client.send(limited(4_000_000, 0)).await.unwrap();
    assert_eq!((none.body.len(), none.is_cut_off), (0, true));
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_request_body_beyond_the_limit_is_not_sent() {
    let server = start(None).await;
    let client = HttpClient::new(HttpClientOptions {
        request_limit_bytes: 4,
        ..open_options()
    })
    .unwrap();
    let uri = server.uri("/");
    assert!(client.send(request(Method::POST, &uri, "1234")).await.is_ok());
    let error = client
        .send(request(Method::POST, &uri, "12345"))
        .await
        .unwrap_err();
    assert!(matches!(error, OutboundError::Request { .. }), "{error:?}");
}

#[tokio::test]
async fn requests_beyond_the_bound_wait_for_a_place() {
    let server = start(None).await;
    let client = HttpClient::new(HttpClientOptions {
        requests_in_flight: 1,
        ..open_options()
    })
    .unwrap();
    let holding = tokio::spawn({
        let (client, uri) = (client.clone(), server.uri("/slow-head"));
        async move { get(&client, &uri).await }
    });
    server.seen.held.notified().await;
    let mut waiting = request(Method::GET, &server.uri("/"), "");
    waiting.timeout = SHORT;
    let error = client.send(waiting.clone()).await.unwrap_err();
    assert!(matches!(error, OutboundError::Timeout { .. }), "{error:?}");
    holding.abort();
    waiting.timeout = Duration::from_secs(10);
    assert!(client.send(waiting).await.is_ok());
}
