use std::sync::Arc;
use std::time::Duration;

use ninefold_outbound_authorization::{
    ClientCredentials, ConnectionParameters, TokenError, TokenMethod, TokenSource,
};
use ninefold_outbound_http::{HttpClient, HttpClientOptions, OutboundError};
use ninefold_time::ManualClock;

use crate::server::{Server, token};
use crate::{client, connection, http, invoke};

fn source(server: &Server, clock: &ManualClock) -> TokenSource {
    TokenSource::new(client(&server.url("/token")), http(), Arc::new(clock.clone()))
}

fn bearers(endpoint: &Server) -> Vec<String> {
    let header = |request: &crate::server::Received| request.header("authorization").unwrap().to_owned();
    endpoint.received().iter().map(header).collect()
}

async fn taking_everything() -> Server {
    Server::start(|_, _| (200, String::new())).await
}

#[tokio::test]
async fn a_token_is_asked_for_once_and_used_until_shortly_before_its_end() {
    let (clock, tokens, endpoint) = (
        ManualClock::default(),
        Server::of_tokens(3_600).await,
        taking_everything().await,
    );
    let connection = connection(&tokens, &clock);
    for (later_seconds, asked) in [(0, 1), (1, 1), (3_538, 1), (1, 2), (3_539, 2), (1, 3)] {
        clock.advance(Duration::from_secs(later_seconds));
        assert_eq!(invoke(&connection, &endpoint.url("/")).await, 200);
        assert_eq!(tokens.received().len(), asked, "{:?}", later_seconds);
    }
    let expected = [1, 1, 1, 2, 2, 3].map(|number| format!("Bearer token-{number}"));
    assert_eq!(bearers(&endpoint), expected);
    let request = &tokens.received()[0];
    assert_eq!((request.method.as_str(), request.uri.path()), ("POST", "/token"));
    assert_eq!(
        request.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(
        request.text(),
        "grant_type=client_credentials&client_id=client&client_secret=secret"
    );
}

#[tokio::test]
async fn short_tokens_are_used_for_half_of_their_time() {
    let (clock, tokens) = (ManualClock::default(), Server::of_tokens(20).await);
    let source = source(&tokens, &clock);
    for (later_seconds, asked) in [(0, 1), (9, 1), (1, 2)] {
        clock.advance(Duration::from_secs(later_seconds));
        source.credential().await.unwrap();
        assert_eq!(tokens.received().len(), asked);
    }
    // Even those that last no time are used for a second.
    let tokens = Server::of_tokens(0).await;
    let source = self::source(&tokens, &clock);
    for (later_millis, asked) in [(0, 1), (999, 1), (1, 2)] {
        clock.advance(Duration::from_millis(later_millis));
        source.credential().await.unwrap();
        assert_eq!(tokens.received().len(), asked);
    }
}

#[tokio::test]
async fn get_and_put_work_over_the_wire() {
    let tokens = Server::of_tokens(60).await;
    for (method, name, query, body) in [
        (
            TokenMethod::Get,
            "GET",
            Some("grant_type=client_credentials&client_id=c&client_secret=s"),
            "",
        ),
        (
            TokenMethod::Put,
            "PUT",
            None,
            "grant_type=client_credentials&client_id=c&client_secret=s",
        ),
    ] {
        let none = ConnectionParameters::default();
        let client = ClientCredentials::new(&tokens.url("/t"), method, "c", "s", &none).unwrap();
        let source = TokenSource::new(client, http(), Arc::new(ManualClock::default()));
        source.credential().await.unwrap();
        let received = tokens.received().pop().unwrap();
        assert_eq!((received.method.as_str(), received.text()), (name, body));
        assert_eq!(received.uri.query(), query);
    }
}

#[tokio::test]
async fn everybody_waits_for_one_request() {
    let tokens = Server::start_held_back(|number, _| (200, token(number, 3_600))).await;
    let source = Arc::new(source(&tokens, &ManualClock::default()));
    let waiting: Vec<_> = (0..50)
        .map(|_| {
            let source = Arc::clone(&source);
            tokio::spawn(async move { source.credential().await.unwrap() })
        })
        .collect();
    while tokens.received().is_empty() {
        tokio::task::yield_now().await;
    }
    tokens.let_go();
    let mut credentials = Vec::new();
    for task in waiting {
        credentials.push(task.await.unwrap());
    }
    credentials.dedup();
    assert_eq!(credentials.len(), 1);
    assert_eq!(tokens.received().len(), 1);
}

#[tokio::test]
async fn whoever_gives_up_leaves_the_next_one_to_ask() {
    let tokens = Server::start_held_back(|number, _| (200, token(number, 3_600))).await;
    let source = Arc::new(source(&tokens, &ManualClock::default()));
    let impatient = tokio::spawn({
        let source = Arc::clone(&source);
        async move { source.credential().await }
    });
    while tokens.received().is_empty() {
        tokio::task::yield_now().await;
    }
    impatient.abort();
    assert!(impatient.await.unwrap_err().is_cancelled());
    tokens.let_go();
    source.credential().await.unwrap();
    assert_eq!(tokens.received().len(), 2);
}

#[tokio::test]
async fn a_refused_token_is_replaced_for_the_next_invocation() {
    for status in [401, 407] {
        let clock = ManualClock::default();
        let tokens = Server::of_tokens(3_600).await;
        let endpoint = Server::start(move |_, request| {
            let is_old = request.header("authorization") == Some("Bearer token-1");
            (if is_old { status } else { 200 }, String::new())
        })
        .await;
        let connection = connection(&tokens, &clock);
        let url = endpoint.url("/");
        assert_eq!(invoke(&connection, &url).await, status);
        // A moment later it is the same, so that nobody asks for tokens with every request.
        assert_eq!(invoke(&connection, &url).await, status);
        clock.advance(Duration::from_secs(1));
        assert_eq!(invoke(&connection, &url).await, 200);
        assert_eq!(invoke(&connection, &url).await, 200);
        assert_eq!(tokens.received().len(), 2);
    }
}

#[tokio::test]
async fn other_statuses_leave_the_token_alone() {
    let (clock, tokens) = (ManualClock::default(), Server::of_tokens(3_600).await);
    let connection = connection(&tokens, &clock);
    let endpoint = Server::start(|_, _| (403, String::new())).await;
    for _ in 0..3 {
        assert_eq!(invoke(&connection, &endpoint.url("/")).await, 403);
        clock.advance(Duration::from_secs(2));
    }
    assert_eq!(tokens.received().len(), 1);
}

#[tokio::test]
async fn a_late_refusal_of_an_old_token_does_not_discard_the_new_one() {
    let (clock, tokens) = (ManualClock::default(), Server::of_tokens(3_600).await);
    let source = source(&tokens, &clock);
    let first = source.credential().await.unwrap();
    clock.advance(Duration::from_secs(5));
    source.discard(&first).await;
    let second = source.credential().await.unwrap();
    assert_ne!(first, second);
    clock.advance(Duration::from_secs(5));
    source.discard(&first).await;
    assert_eq!(source.credential().await.unwrap(), second);
    assert_eq!(tokens.received().len(), 2);
}

#[tokio::test]
async fn tokens_without_an_end_are_used_until_they_are_refused() {
    let clock = ManualClock::default();
    let tokens = Server::start(|number, _| (200, format!(r#"{{"access_token":"token-{number}"}}"#))).await;
    let source = source(&tokens, &clock);
    let first = source.credential().await.unwrap();
    clock.advance(Duration::from_secs(100 * 365 * 24 * 60 * 60));
    assert_eq!(source.credential().await.unwrap(), first);
    source.discard(&first).await;
    assert_ne!(source.credential().await.unwrap(), first);
    assert_eq!(tokens.received().len(), 2);
}

#[tokio::test]
async fn a_refused_client_is_not_asked_for_again_for_a_minute() {
    let clock = ManualClock::default();
    let tokens = Server::start(|number, _| match number {
        1 => (401, r#"{"error":"invalid_client"}"#.to_owned()),
        _ => (200, token(number, 3_600)),
    })
    .await;
    let connection = connection(&tokens, &clock);
    let denied = TokenError::Denied {
        status: 401,
        error: "invalid_client".to_owned(),
        description: None,
    };
    for later_seconds in [0, 1, 58] {
        clock.advance(Duration::from_secs(later_seconds));
        assert_eq!(connection.authorize().await, Err(denied.clone()));
        assert_eq!(tokens.received().len(), 1);
    }
    clock.advance(Duration::from_secs(1));
    assert_eq!(connection.authorize().await, Ok(()));
}

#[tokio::test]
async fn a_server_in_trouble_is_asked_again_after_a_second() {
    let clock = ManualClock::default();
    let tokens = Server::start(|number, _| match number {
        1 => (503, String::new()),
        _ => (200, token(number, 3_600)),
    })
    .await;
    let source = source(&tokens, &clock);
    for _ in 0..2 {
        let error = source.credential().await.unwrap_err();
        assert_eq!(error, TokenError::Unavailable { status: 503 });
    }
    clock.advance(Duration::from_secs(1));
    assert!(source.credential().await.is_ok());
    assert_eq!(tokens.received().len(), 2);
}

#[tokio::test]
async fn answers_are_bounded_and_redirects_are_not_followed() {
    let clock = ManualClock::default();
    let endless = Server::start(|_, _| (200, format!(r#"{{"a":"{}"}}"#, "a".repeat(100_000)))).await;
    let error = source(&endless, &clock).credential().await.unwrap_err();
    let too_long = TokenError::Answer {
        status: 200,
        reason: "it is too long".to_owned(),
    };
    assert_eq!(error, too_long);
    let redirecting = Server::start(|_, _| (307, String::new())).await;
    let error = source(&redirecting, &clock).credential().await.unwrap_err();
    assert!(
        matches!(error, TokenError::Denied { status: 307, .. }),
        "{error:?}"
    );
    assert_eq!(redirecting.received().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_reached_is_transient_and_what_is_forbidden_is_not() {
    let clock = Arc::new(ManualClock::default());
    let gone = Server::of_tokens(1).await.url("/token");
    let error = TokenSource::new(client(&gone), http(), clock.clone())
        .credential()
        .await
        .unwrap_err();
    assert!(
        matches!(error, TokenError::Unreachable(_)) && error.is_transient(),
        "{error:?}"
    );

    let guarded = HttpClient::new(HttpClientOptions::default()).unwrap();
    let tokens = Server::of_tokens(1).await;
    let source = TokenSource::new(client(&tokens.url("/token")), guarded, clock);
    let error = source.credential().await.unwrap_err();
    assert!(
        matches!(error, TokenError::Unreachable(OutboundError::Refused { .. })),
        "{error:?}"
    );
    assert!(!error.is_transient());
    assert!(tokens.received().is_empty());
}
