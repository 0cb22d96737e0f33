//! What a connection is served, and when it is closed.

use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::api_versions::ApiVersionsRequest;
use ninefold_kafka_protocol::messages::get_telemetry_subscriptions::GetTelemetrySubscriptionsRequest;
use ninefold_kafka_protocol::messages::metadata::MetadataRequest;
use ninefold_kafka_protocol::messages::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;

use crate::fixture::{Client, Fixture};

#[tokio::test]
async fn who_is_not_authenticated_is_not_served() {
    let fixture = Fixture::new().await;
    let mut client = Client::connect(fixture.secured.address(), "app").await;
    let versions = client.ask(ApiVersionsRequest::default(), 0).await;
    assert!(matches!(versions, Response::ApiVersions(response) if response.error_code == 0));
    let request = Request::from(MetadataRequest::default());
    client.send(&request, 12).await;
    client.expect_closed().await;
}

#[tokio::test]
async fn who_is_not_authenticated_may_not_say_much() {
    let fixture = Fixture::new().await;
    let mut client = Client::connect(fixture.secured.address(), "app").await;
    // Announced is more than it may be; it is closed when it comes.
    client
        .stream
        .write_all(&(1_i32 << 20).to_be_bytes())
        .await
        .unwrap();
    let chunk = vec![0; 64 << 10];
    for _ in 0..9 {
        if client.stream.write_all(&chunk).await.is_err() {
            break;
        }
    }
    client.expect_closed().await;
}

#[tokio::test]
async fn a_wrong_password_ends_the_connection() {
    let fixture = Fixture::new().await;
    drop(fixture.user("alice").await);
    let mut client = Client::connect(fixture.secured.address(), "app").await;
    let code = client.authenticate("alice", "wrong").await;
    assert_eq!(code, ErrorCode::SaslAuthenticationFailed.code());
    client.expect_closed().await;
}

#[tokio::test]
async fn who_is_authenticated_is_served() {
    let fixture = Fixture::new().await;
    fixture.create_topic("orders").await;
    let mut client = fixture.user("alice").await;
    let Response::Metadata(metadata) = client.ask(all_topics(), 12).await else {
        panic!("another answer");
    };
    assert_eq!(metadata.topics.len(), 1);
}

#[tokio::test]
async fn who_asks_for_what_is_not_offered_is_not_left_waiting() {
    let fixture = Fixture::new().await;
    let mut client = fixture.administrator().await;
    let request = Request::from(GetTelemetrySubscriptionsRequest::default());
    client.send(&request, 0).await;
    client.expect_closed().await;
}

#[tokio::test]
async fn who_says_nothing_for_long_is_let_go() {
    let fixture = Fixture::new().await;
    let quiet = fixture.user("alice").await;
    let mut halfway = fixture.user("alice").await;
    halfway.stream.write_all(&[0, 0, 1]).await.unwrap();
    tokio::time::pause();
    let began_at = Instant::now();
    for mut client in [quiet, halfway] {
        assert_eq!(client.stream.read(&mut [0]).await.unwrap(), 0);
    }
    // From when something was heard of them last, which was a little before.
    let waited = began_at.elapsed();
    assert!((590..=600).contains(&waited.as_secs()), "{waited:?}");
}

fn all_topics() -> MetadataRequest {
    MetadataRequest {
        topics: None,
        ..MetadataRequest::default()
    }
}
