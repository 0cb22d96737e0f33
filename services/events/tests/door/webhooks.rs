//! Webhooks: that each is taken once, also across restarts, and how long that is remembered.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::request::Parts;
use ninefold_events::{EventsDoor, WEBHOOK_PATH};
use ninefold_protocol::Door;
use ninefold_store::{ScanLimit, ScanRange, Store};
use serde_json::json;

use crate::fixture::{Fixture, GITHUB, STRIPE, WEBHOOK_SECRET, settle};

/// How far the time of a signature may be from now.
const TOLERANCE: Duration = Duration::from_secs(300);
const DAY: Duration = Duration::from_secs(86_400);

/// A server on whose queue `taken` one sees what becomes of the webhooks of a source.
async fn fixture(source: &str) -> Fixture {
    let fixture = Fixture::new().await;
    follow(&fixture, source).await;
    fixture
}

async fn follow(fixture: &Fixture, source: &str) {
    let queue = fixture.queue("taken").await;
    let bus = json!({ "Name": source, "EventSourceName": source });
    fixture.done("CreateEventBus", bus).await;
    let pattern = json!({ "source": [source] });
    fixture.rule(source, "all", pattern, &queue).await;
}

fn signature(text: &str) -> String {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, WEBHOOK_SECRET.as_bytes());
    let tag = ring::hmac::sign(&key, text.as_bytes());
    tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A webhook as its service sends it, signed now.
fn webhook(fixture: &Fixture, source: &str, number: u64) -> (Parts, Bytes) {
    let request = Request::post(format!("{WEBHOOK_PATH}{source}"));
    let (request, body) = match source {
        GITHUB => {
            let body = json!({ "n": number }).to_string();
            let signed = format!("sha256={}", signature(&body));
            let request = request.header("x-github-event", "push");
            (request.header("x-hub-signature-256", signed), body)
        }
        _ => {
            let body = json!({ "id": format!("evt_{number}"), "type": "charge.succeeded" }).to_string();
            let at = fixture.now_seconds();
            let signed = format!("t={at},v1={}", signature(&format!("{at}.{body}")));
            (request.header("stripe-signature", signed), body)
        }
    };
    let (parts, ()) = request.body(()).unwrap().into_parts();
    (parts, Bytes::from(body))
}

/// Sends a webhook; the status and the text of the answer.
async fn post(door: &EventsDoor, (parts, body): &(Parts, Bytes)) -> (u16, String) {
    let answer = door.receive(parts, body).unwrap().await;
    let text = String::from_utf8(answer.body().to_vec()).unwrap();
    (answer.status().as_u16(), text)
}

fn taken_before() -> (u16, String) {
    (200, "taken before".to_owned())
}

/// How many webhooks are remembered on disk.
fn remembered(fixture: &Fixture) -> usize {
    let tables = EventsDoor::TABLES.iter();
    let mut seen = tables.filter(|table| table.name() == "events.seen-webhooks");
    let table = *seen.next().unwrap();
    let partitions = fixture.store.partitions().into_iter();
    let pages = partitions.map(|partition| {
        let range = ScanRange::all();
        fixture
            .store
            .scan(partition, table, range, ScanLimit::entries(1_000))
    });
    pages.map(|page| page.unwrap().len()).sum()
}

#[tokio::test]
async fn a_webhook_is_taken_once_until_its_signature_is_too_old() {
    let mut fixture = fixture(STRIPE).await;
    let sent = webhook(&fixture, STRIPE, 1);
    assert_eq!(post(&fixture.door(), &sent).await.0, 200);
    assert_eq!(fixture.received("taken").await.len(), 1);
    fixture.reopen().await;
    assert_eq!(post(&fixture.door(), &sent).await, taken_before());
    // An attempt of the sender's that is signed anew is the same event.
    let again = webhook(&fixture, STRIPE, 1);
    assert_eq!(post(&fixture.door(), &again).await, taken_before());

    fixture.pass(TOLERANCE).await;
    fixture.reopen().await;
    assert_eq!(post(&fixture.door(), &sent).await, taken_before());
    assert_eq!(remembered(&fixture), 1);
    fixture.pass(Duration::from_secs(1)).await;
    assert_eq!(post(&fixture.door(), &sent).await.0, 401);
    assert_eq!(fixture.received("taken").await.len(), 0);
    // Now there is nothing left to remember.
    fixture.reopen().await;
    settle().await;
    assert_eq!(remembered(&fixture), 0);
}

#[tokio::test]
async fn a_webhook_without_a_time_is_remembered_for_days() {
    let mut fixture = fixture(GITHUB).await;
    let sent = webhook(&fixture, GITHUB, 1);
    assert_eq!(post(&fixture.door(), &sent).await.0, 200);
    fixture.pass(DAY * 2).await;
    fixture.reopen().await;
    assert_eq!(post(&fixture.door(), &sent).await, taken_before());
    assert_eq!(post(&fixture.door(), &webhook(&fixture, GITHUB, 2)).await.0, 200);
    assert_eq!(fixture.received("taken").await.len(), 2);
    assert_eq!(remembered(&fixture), 2);
    // Three days after it came the first one goes, and only that.
    fixture.pass(DAY + Duration::from_secs(1_200)).await;
    assert_eq!(remembered(&fixture), 1);
    fixture.pass(DAY * 2).await;
    assert_eq!(remembered(&fixture), 0);
}

#[tokio::test]
async fn what_was_not_taken_may_come_again() {
    let mut fixture = Fixture::new().await;
    let sent = webhook(&fixture, STRIPE, 1);
    // There is no bus for it.
    assert_eq!(post(&fixture.door(), &sent).await.0, 503);
    assert_eq!(remembered(&fixture), 0);
    fixture.reopen().await;
    let bus = json!({ "Name": STRIPE, "EventSourceName": STRIPE });
    fixture.done("CreateEventBus", bus).await;
    // Nobody wants it, so all that is left is to store that it was taken. It can't be, so nobody is told so.
    fixture.store.hold();
    let taking = take_in_background(&fixture, &sent);
    settle().await;
    assert_eq!(fixture.store.in_flight(), 1);
    fixture.store.make_read_only("a test");
    fixture.store.release();
    assert_eq!(taking.await.unwrap().0, 503);
}

#[tokio::test]
async fn while_a_webhook_is_being_taken_nobody_is_told_that_it_was() {
    let fixture = fixture(STRIPE).await;
    let sent = webhook(&fixture, STRIPE, 1);
    fixture.store.hold();
    let first = take_in_background(&fixture, &sent);
    settle().await;
    let (status, reason) = post(&fixture.door(), &sent).await;
    assert_eq!(
        (status, &*reason),
        (503, "another attempt to deliver it is under way")
    );
    // Its sender hangs up: another attempt is let in.
    first.abort();
    settle().await;
    let second = take_in_background(&fixture, &sent);
    settle().await;
    assert!(!second.is_finished());
    fixture.store.release();
    assert_eq!(second.await.unwrap().0, 200);
    assert_eq!(post(&fixture.door(), &sent).await, taken_before());
    assert_eq!(remembered(&fixture), 1);
}

fn take_in_background(fixture: &Fixture, sent: &(Parts, Bytes)) -> tokio::task::JoinHandle<(u16, String)> {
    let (door, sent) = (fixture.door(), sent.clone());
    tokio::spawn(async move { post(&door, &sent).await })
}
