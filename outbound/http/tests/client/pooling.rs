use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use ninefold_outbound_http::{HttpClient, HttpClientOptions, HttpVersions};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::{get, open_client, open_options, request, start};

#[tokio::test]
async fn requests_to_one_origin_share_a_connection() {
    let server = start(None).await;
    let client = open_client();
    for number in 0..100 {
        let body = format!("number {number}");
        let response = client
            .send(request(Method::POST, &server.uri("/path"), &body))
            .await
            .unwrap();
        assert_eq!(response.status, StatusCode::OK);
        assert_eq!(response.body, format!("POST /path {body}"));
        assert!(!response.is_cut_off);
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_clone_shares_connections_and_a_client_of_its_own_does_not() {
    let server = start(None).await;
    let client = open_client();
    get(&client, &server.uri("/")).await.unwrap();
    get(&client.clone(), &server.uri("/")).await.unwrap();
    assert_eq!(server.connections(), 1);
    let own = client.with_own_connections(HttpVersions::Negotiated);
    get(&own, &server.uri("/")).await.unwrap();
    assert_eq!(server.connections(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_connections_are_made_than_requests_are_under_way_together() {
    const TOGETHER: usize = 32;
    let server = start(None).await;
    let client = HttpClient::new(HttpClientOptions {
        idle_connections_per_host: TOGETHER,
        ..open_options()
    })
    .unwrap();
    let mut asking = JoinSet::new();
    for _ in 0..TOGETHER {
        let (client, uri) = (client.clone(), server.uri("/again"));
        asking.spawn(async move {
            for _ in 0..100 {
                get(&client, &uri).await.unwrap();
            }
        });
    }
    asking.join_all().await;
    assert!(server.connections() <= TOGETHER, "{}", server.connections());
}

#[tokio::test]
async fn beyond_the_bound_on_idle_connections_there_is_one_for_each_request() {
    let (first, second) = (start(None).await, start(None).await);
    let client = HttpClient::new(HttpClientOptions {
        idle_connections: 1,
        ..open_options()
    })
    .unwrap();
    for _ in 0..3 {
        get(&client, &first.uri("/")).await.unwrap();
        get(&client, &second.uri("/")).await.unwrap();
    }
    assert_eq!(first.connections(), 1);
    assert_eq!(second.connections(), 3);
}

#[tokio::test]
async fn without_idle_connections_every_request_has_its_own() {
    let options = [
        HttpClientOptions {
            idle_connections_per_host: 0,
            ..open_options()
        },
        HttpClientOptions {
            idle_connections: 0,
            ..open_options()
        },
        HttpClientOptions {
            idle_timeout: Duration::ZERO,
            ..open_options()
        },
    ];
    for options in options {
        let server = start(None).await;
        let client = HttpClient::new(options).unwrap();
        for _ in 0..3 {
            get(&client, &server.uri("/")).await.unwrap();
        }
        assert_eq!(server.connections(), 3);
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_its_time() {
    let idle_timeout = Duration::from_millis(100);
    let server = start(None).await;
    let client = HttpClient::new(HttpClientOptions {
        idle_timeout,
        ..open_options()
    })
    .unwrap();
    let start = Instant::now();
    get(&client, &server.uri("/")).await.unwrap();
    timeout(Duration::from_secs(10), server.seen.closed.notified())
        .await
        .unwrap();
    assert!(start.elapsed() >= idle_timeout);
    get(&client, &server.uri("/")).await.unwrap();
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn http2_with_prior_knowledge_makes_one_connection_for_a_burst() {
    let server = start(None).await;
    let client = HttpClient::new(HttpClientOptions {
        versions: HttpVersions::Http2,
        ..open_options()
    })
    .unwrap();
    let mut burst = JoinSet::new();
    for _ in 0..50 {
        let (client, uri) = (client.clone(), server.uri("/burst"));
        burst.spawn(async move { get(&client, &uri).await });
    }
    for outcome in burst.join_all().await {
        assert_eq!(outcome.unwrap().body, "GET /burst ");
    }
    assert_eq!(server.http2_requests(), 50);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let server = start(None).await;
    let response = get(&open_client(), &server.uri("/redirect")).await.unwrap();
    assert_eq!(response.status, StatusCode::FOUND);
    assert_eq!(response.headers["location"], "/elsewhere");
}
