//! Replays: what they bring, where, how far they are, and what they are refused.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::fixture::{ACCOUNT, Fixture, REGION, settle};

const DAY: Duration = Duration::from_secs(86_400);

fn arn(resource: &str) -> String {
    format!("arn:aws:events:{REGION}:{ACCOUNT}:{resource}")
}

/// Some bus with an archive of everything, and a rule that sends everything to a queue of its name.
async fn fixture() -> Fixture {
    let fixture = Fixture::new().await;
    let queue = fixture.queue("orders").await;
    fixture.bus("shop").await;
    let archive = json!({ "ArchiveName": "all", "EventSourceArn": arn("event-bus/shop") });
    fixture.done("CreateArchive", archive).await;
    fixture
        .rule("shop", "orders", json!({ "source": ["shop"] }), &queue)
        .await;
    fixture
}

fn replay(name: &str, from: u64, until: u64) -> Json {
    json!({
        "ReplayName": name, "EventSourceArn": arn("archive/all"), "EventStartTime": from, "EventEndTime": until,
        "Destination": { "Arn": arn("event-bus/shop") },
    })
}

async fn state(fixture: &Fixture, name: &str) -> Json {
    let described = fixture
        .done("DescribeReplay", json!({ "ReplayName": name }))
        .await;
    described["State"].clone()
}

/// Lets a replay do its first page.
async fn until_running(fixture: &Fixture, name: &str) {
    fixture.store.hold();
    while state(fixture, name).await != "RUNNING" {
        tokio::task::yield_now().await;
        fixture.store.release_one();
    }
    fixture.store.release();
}

/// Details of events, each with a number.
fn numbered(numbers: std::ops::Range<u64>) -> Vec<Json> {
    numbers.map(|number| json!({ "n": number })).collect()
}

/// The numbers of events that came to a queue.
async fn numbers(fixture: &Fixture, queue: &str) -> Vec<u64> {
    let received = fixture.received(queue).await;
    let mut numbers: Vec<u64> = received
        .iter()
        .map(|event| event["detail"]["n"].as_u64().unwrap())
        .collect();
    numbers.sort_unstable();
    numbers
}

#[tokio::test]
async fn yesterdays_events_come_again_as_they_were() {
    let mut fixture = fixture().await;
    let yesterday = fixture.now_seconds();
    let ids = fixture.put("shop", None, &numbered(0..3)).await;
    let first = fixture.received("orders").await;
    assert_eq!(first.len(), 3);
    fixture.skip(DAY).await;
    fixture.reopen().await;
    fixture.put("shop", None, &numbered(3..5)).await;
    fixture.received("orders").await;
    let now = fixture.now_seconds();
    let mut input = replay("again", yesterday, yesterday + 3_600);
    input["Description"] = json!("once more");
    let started = fixture.done("StartReplay", input).await;
    let expected = json!({ "ReplayArn": arn("replay/again"), "State": "STARTING", "ReplayStartTime": now });
    assert_eq!(started, expected);
    settle().await;
    let again = fixture.received("orders").await;
    let mut expected = first.clone();
    for event in &mut expected {
        event["replay-name"] = json!("again");
        assert!(ids.contains(&event["id"].as_str().unwrap().to_owned()));
    }
    let key = |event: &Json| event["id"].to_string();
    let mut sorted = again.clone();
    sorted.sort_by_key(key);
    expected.sort_by_key(key);
    assert_eq!(sorted, expected);
    let described = fixture
        .done("DescribeReplay", json!({ "ReplayName": "again" }))
        .await;
    let expected = json!({
        "ReplayName": "again", "ReplayArn": arn("replay/again"), "Description": "once more", "State": "COMPLETED",
        "EventSourceArn": arn("archive/all"), "Destination": { "Arn": arn("event-bus/shop") },
        "EventStartTime": yesterday, "EventEndTime": yesterday + 3_600, "EventLastReplayedTime": yesterday,
        "ReplayStartTime": now, "ReplayEndTime": now,
    });
    assert_eq!(described, expected);
}

#[tokio::test]
async fn what_is_replayed_is_not_archived_again() {
    let fixture = fixture().await;
    let now = fixture.now_seconds();
    fixture.put("shop", None, &numbered(0..2)).await;
    for name in ["one", "two"] {
        fixture.done("StartReplay", replay(name, now, now + 1)).await;
        settle().await;
    }
    let named = json!({ "ArchiveName": "all" });
    assert_eq!(fixture.done("DescribeArchive", named).await["EventCount"], 2);
    assert_eq!(numbers(&fixture, "orders").await, [0, 0, 0, 1, 1, 1]);
}

#[tokio::test]
async fn a_replay_goes_by_the_times_that_events_say() {
    let fixture = fixture().await;
    for (time, number) in [(5_000, 0), (4_000, 1), (2_000, 2), (3_000, 3)] {
        fixture
            .put("shop", Some(time), &numbered(number..number + 1))
            .await;
    }
    fixture.received("orders").await;
    // From the first one on, before the last one.
    fixture.done("StartReplay", replay("again", 3_000, 5_000)).await;
    settle().await;
    assert_eq!(numbers(&fixture, "orders").await, [1, 3]);
    let described = fixture
        .done("DescribeReplay", json!({ "ReplayName": "again" }))
        .await;
    assert_eq!(described["EventLastReplayedTime"], 4_000);
}

#[tokio::test]
async fn a_replay_is_for_the_rules_that_it_names_as_they_are_now() {
    let fixture = fixture().await;
    let now = fixture.now_seconds();
    fixture.put("shop", None, &numbered(0..4)).await;
    fixture.received("orders").await;
    let late = fixture.queue("late").await;
    let pattern = json!({ "detail": { "n": [{ "numeric": [">", 1] }] } });
    let rule = fixture.rule("shop", "late", pattern, &late).await;
    let mut input = replay("again", now, now + 1);
    input["Destination"]["FilterArns"] = json!([rule]);
    fixture.done("StartReplay", input).await;
    settle().await;
    assert_eq!(numbers(&fixture, "late").await, [2, 3]);
    assert_eq!(numbers(&fixture, "orders").await, [0; 0]);
    let described = fixture
        .done("DescribeReplay", json!({ "ReplayName": "again" }))
        .await;
    assert_eq!(described["Destination"]["FilterArns"], json!([rule]));
}

#[tokio::test]
async fn a_replay_goes_on_after_a_restart_with_what_is_left() {
    let mut fixture = fixture().await;
    let now = fixture.now_seconds();
    fixture.put("shop", None, &numbered(0..450)).await;
    assert_eq!(numbers(&fixture, "orders").await.len(), 450);
    fixture.done("StartReplay", replay("again", now, now + 1)).await;
    until_running(&fixture, "again").await;
    fixture.reopen().await;
    settle().await;
    assert_eq!(state(&fixture, "again").await, "COMPLETED");
    let mut numbers = numbers(&fixture, "orders").await;
    assert!(
        numbers.len() <= 550,
        "at most one page comes twice: {}",
        numbers.len()
    );
    numbers.dedup();
    assert_eq!(numbers, (0..450).collect::<Vec<u64>>());
}

#[tokio::test]
async fn a_replay_that_is_cancelled_ends_between_two_pages() {
    let fixture = fixture().await;
    let now = fixture.now_seconds();
    fixture.put("shop", None, &numbered(0..450)).await;
    fixture.received("orders").await;
    let named = json!({ "ReplayName": "again" });
    fixture.done("StartReplay", replay("again", now, now + 1)).await;
    until_running(&fixture, "again").await;
    let cancelled = fixture.done("CancelReplay", named.clone()).await;
    let expected = json!({ "ReplayArn": arn("replay/again"), "State": "CANCELLING" });
    assert_eq!(cancelled, expected);
    settle().await;
    assert_eq!(state(&fixture, "again").await, "CANCELLED");
    let came = numbers(&fixture, "orders").await.len();
    assert!(came > 0 && came < 450 && came % 100 == 0, "{came}");
    let (code, message) = fixture.refused("CancelReplay", named).await;
    assert_eq!(code, "IllegalStatusException");
    assert_eq!(
        message,
        "Replay again is not in a valid state for this operation."
    );
}

#[tokio::test]
async fn a_replay_fails_when_its_archive_or_its_bus_is_gone() {
    for (operation, input, reason) in [
        (
            "DeleteArchive",
            json!({ "ArchiveName": "all" }),
            "Archive all does not exist.",
        ),
        (
            "DeleteEventBus",
            json!({ "Name": "shop" }),
            "Event bus shop does not exist.",
        ),
    ] {
        let mut fixture = fixture().await;
        let now = fixture.now_seconds();
        fixture.put("shop", None, &numbered(0..1)).await;
        fixture.stop().await;
        fixture.done("StartReplay", replay("again", now, now + 1)).await;
        fixture.done(operation, input).await;
        fixture.reopen().await;
        settle().await;
        let named = json!({ "ReplayName": "again" });
        let described = fixture.done("DescribeReplay", named).await;
        assert_eq!(described["State"], "FAILED");
        assert_eq!(described["StateReason"], reason);
        assert_eq!(described["ReplayEndTime"], now);
    }
}

#[tokio::test]
async fn what_is_wrong_is_refused_in_the_words_of_the_service() {
    let fixture = fixture().await;
    fixture.bus("other").await;
    let queue = fixture.queue("elsewhere").await;
    let foreign_rule = fixture
        .rule("other", "elsewhere", json!({ "source": ["shop"] }), &queue)
        .await;
    fixture.done("StartReplay", replay("taken", 1, 2)).await;
    let with = |member: &str, value: Json| {
        let mut input = replay("new", 1, 2);
        input[member] = value;
        input
    };
    let to = |value: String| with("Destination", json!({ "Arn": value }));
    let for_rule = |rule: String| {
        let destination = json!({ "Arn": arn("event-bus/shop"), "FilterArns": [rule] });
        with("Destination", destination)
    };
    for (input, code, message) in [
        (
            replay("taken", 1, 2),
            "ResourceAlreadyExistsException",
            "Replay taken already exists.",
        ),
        (
            replay("new", 2, 2),
            "ValidationException",
            "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.",
        ),
        (
            replay("new", 3, 2),
            "ValidationException",
            "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.",
        ),
        (
            to(arn("event-bus/other")),
            "ValidationException",
            "Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.",
        ),
        (
            to(arn("event-bus/gone")),
            "ResourceNotFoundException",
            "Event bus gone does not exist.",
        ),
        (
            to(arn("rule/shop")),
            "ValidationException",
            "Parameter Destination.Arn is not valid. Reason: Must contain an event bus ARN.",
        ),
        (
            with("EventSourceArn", json!(arn("archive/gone"))),
            "ValidationException",
            "Parameter EventSourceArn is not valid. Reason: Archive gone does not exist.",
        ),
        (
            with("EventSourceArn", json!(arn("event-bus/shop"))),
            "ValidationException",
            "Parameter EventSourceArn is not valid. Reason: Must contain an archive ARN.",
        ),
        (
            for_rule(foreign_rule),
            "ValidationException",
            "Parameter Destination.FilterArns is not valid. Reason: Rule must be on the destination event bus.",
        ),
        (
            for_rule(arn("rule/shop/gone")),
            "ResourceNotFoundException",
            "Rule gone does not exist on EventBus shop.",
        ),
    ] {
        let refused = fixture.refused("StartReplay", input.clone()).await;
        assert_eq!(refused, (code.to_owned(), message.to_owned()), "{input}");
    }
    for operation in ["DescribeReplay", "CancelReplay"] {
        let refused = fixture.refused(operation, json!({ "ReplayName": "gone" })).await;
        let expected = ("ResourceNotFoundException", "Replay gone does not exist.");
        assert_eq!((&*refused.0, &*refused.1), expected);
    }
    let filters = json!({ "NamePrefix": "a", "State": "RUNNING" });
    let (_, message) = fixture.refused("ListReplays", filters).await;
    let expected =
        "At most one filter is allowed for ListReplays. Use either : State, EventSourceArn, or NamePrefix.";
    assert_eq!(message, expected);
}

#[tokio::test]
async fn replays_are_listed_and_forgotten_after_90_days() {
    let fixture = fixture().await;
    for name in ["a-1", "a-2", "b-1"] {
        fixture.done("StartReplay", replay(name, 1, 2)).await;
    }
    settle().await;
    for (filter, expected) in [
        (json!({}), vec!["a-1", "a-2", "b-1"]),
        (json!({ "NamePrefix": "a-" }), vec!["a-1", "a-2"]),
        (json!({ "State": "COMPLETED" }), vec!["a-1", "a-2", "b-1"]),
        (json!({ "State": "RUNNING" }), vec![]),
        (
            json!({ "EventSourceArn": arn("archive/all") }),
            vec!["a-1", "a-2", "b-1"],
        ),
        (json!({ "EventSourceArn": arn("archive/other") }), vec![]),
        (json!({ "Limit": 1 }), vec!["a-1"]),
    ] {
        let listed = fixture.done("ListReplays", filter.clone()).await;
        let replays = listed["Replays"].as_array().unwrap();
        let names: Vec<&str> = replays
            .iter()
            .map(|replay| replay["ReplayName"].as_str().unwrap())
            .collect();
        assert_eq!(names, expected, "{filter}");
    }
    fixture.skip(89 * DAY).await;
    assert_eq!(state(&fixture, "a-1").await, "COMPLETED");
    fixture.skip(2 * DAY).await;
    assert_eq!(fixture.done("ListReplays", json!({})).await["Replays"], json!([]));
}

#[tokio::test]
async fn no_more_than_ten_replays_are_active() {
    let mut fixture = fixture().await;
    fixture.stop().await;
    for number in 0..10 {
        fixture
            .done("StartReplay", replay(&format!("r-{number}"), 1, 2))
            .await;
    }
    let (code, _) = fixture.refused("StartReplay", replay("r-10", 1, 2)).await;
    assert_eq!(code, "LimitExceededException");
    fixture.reopen().await;
    settle().await;
    fixture.done("StartReplay", replay("r-10", 1, 2)).await;
    settle().await;
    let completed = fixture.done("ListReplays", json!({ "State": "COMPLETED" })).await;
    assert_eq!(completed["Replays"].as_array().unwrap().len(), 11);
}
