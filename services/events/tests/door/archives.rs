//! Archives: what they keep, how long, and what they are refused.

use std::time::Duration;

use ninefold_store::StoreError;
use serde_json::{Value as Json, json};

use crate::fixture::{ACCOUNT, Fixture, REGION, settle};

const DAY: Duration = Duration::from_secs(86_400);

fn bus_arn(name: &str) -> String {
    format!("arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{name}")
}

/// How many events an archive has, by what it says.
async fn count(fixture: &Fixture, name: &str) -> u64 {
    let described = fixture
        .done("DescribeArchive", json!({ "ArchiveName": name }))
        .await;
    let (events, bytes) = (&described["EventCount"], &described["SizeBytes"]);
    assert_eq!(events == 0, bytes == 0);
    events.as_u64().unwrap()
}

async fn archive(fixture: &Fixture, name: &str, bus: &str, others: Json) -> Json {
    let mut input = json!({ "ArchiveName": name, "EventSourceArn": bus_arn(bus) });
    for (member, value) in others.as_object().unwrap() {
        input[member] = value.clone();
    }
    fixture.done("CreateArchive", input).await
}

#[tokio::test]
async fn an_archive_is_described_listed_changed_and_deleted() {
    let fixture = Fixture::new().await;
    fixture.bus("shop").await;
    let others = json!({
        "Description": "all of it", "EventPattern": r#"{"source": ["shop"]}"#, "RetentionDays": 2,
        "KmsKeyIdentifier": "alias/shop",
    });
    let created = archive(&fixture, "orders", "shop", others).await;
    let arn = format!("arn:aws:events:{REGION}:{ACCOUNT}:archive/orders");
    let now = fixture.now_seconds();
    let expected = json!({ "ArchiveArn": arn, "State": "ENABLED", "CreationTime": now });
    assert_eq!(created, expected);
    let mut expected = json!({
        "ArchiveArn": arn, "ArchiveName": "orders", "EventSourceArn": bus_arn("shop"), "Description": "all of it",
        "EventPattern": r#"{"source": ["shop"]}"#, "RetentionDays": 2, "KmsKeyIdentifier": "alias/shop",
        "State": "ENABLED", "EventCount": 0, "SizeBytes": 0, "CreationTime": now,
    });
    let named = json!({ "ArchiveName": "orders" });
    assert_eq!(fixture.done("DescribeArchive", named.clone()).await, expected);
    let changes =
        json!({ "ArchiveName": "orders", "Description": "", "EventPattern": "", "RetentionDays": 0 });
    let updated = fixture.done("UpdateArchive", changes).await;
    assert_eq!(updated["State"], "ENABLED");
    expected["Description"] = json!("");
    expected["RetentionDays"] = json!(0);
    expected.as_object_mut().unwrap().remove("EventPattern");
    assert_eq!(fixture.done("DescribeArchive", named.clone()).await, expected);
    assert_eq!(fixture.done("DeleteArchive", named.clone()).await, json!({}));
    let (code, message) = fixture.refused("DescribeArchive", named).await;
    assert_eq!(code, "ResourceNotFoundException");
    assert_eq!(message, "Archive orders does not exist.");
    let rules = fixture.done("ListRules", json!({ "EventBusName": "shop" })).await;
    assert_eq!(rules["Rules"], json!([]));
}

#[tokio::test]
async fn archives_are_listed_by_name_bus_or_state() {
    let fixture = Fixture::new().await;
    fixture.bus("shop").await;
    for (name, bus) in [("a-1", "default"), ("a-2", "shop"), ("b-1", "shop")] {
        archive(&fixture, name, bus, json!({})).await;
    }
    let force = json!({
        "Rule": "Events-Archive-b-1", "EventBusName": "shop", "Ids": ["Events-Archive-b-1"], "Force": true,
    });
    fixture.done("RemoveTargets", force).await;
    for (filter, expected) in [
        (json!({}), vec!["a-1", "a-2", "b-1"]),
        (json!({ "NamePrefix": "a-" }), vec!["a-1", "a-2"]),
        (json!({ "NamePrefix": "c" }), vec![]),
        (json!({ "EventSourceArn": bus_arn("shop") }), vec!["a-2", "b-1"]),
        (json!({ "State": "ENABLED" }), vec!["a-1", "a-2"]),
        (json!({ "State": "DISABLED" }), vec!["b-1"]),
        (json!({ "State": "CREATE_FAILED" }), vec![]),
        (json!({ "Limit": 2 }), vec!["a-1", "a-2"]),
    ] {
        let listed = fixture.done("ListArchives", filter.clone()).await;
        let names: Vec<&str> = listed["Archives"]
            .as_array()
            .unwrap()
            .iter()
            .map(|archive| archive["ArchiveName"].as_str().unwrap())
            .collect();
        assert_eq!(names, expected, "{filter}");
        assert_eq!(listed["NextToken"].is_string(), filter.get("Limit").is_some());
    }
    let first = fixture.done("ListArchives", json!({ "Limit": 2 })).await;
    let second = fixture
        .done("ListArchives", json!({ "NextToken": first["NextToken"] }))
        .await;
    let disabled = json!([{
        "ArchiveName": "b-1", "EventSourceArn": bus_arn("shop"), "State": "DISABLED", "EventCount": 0,
        "StateReason": "Managed rule for the archive was forcefully deleted.", "SizeBytes": 0, "RetentionDays": 0,
        "CreationTime": fixture.now_seconds(),
    }]);
    assert_eq!(second["Archives"], disabled);
}

#[tokio::test]
async fn what_is_wrong_is_refused_in_the_words_of_the_service() {
    let fixture = Fixture::new().await;
    archive(&fixture, "taken", "default", json!({})).await;
    fixture
        .rule(
            "default",
            "Events-Archive-mine",
            json!({ "source": ["shop"] }),
            &fixture.queue("q").await,
        )
        .await;
    let create = |name: &str, arn: String| json!({ "ArchiveName": name, "EventSourceArn": arn });
    let mut no_pattern = create("new", bus_arn("default"));
    no_pattern["EventPattern"] = json!("shop");
    let foreign = format!("arn:aws:events:{REGION}:999999999999:event-bus/default");
    let unknown = json!({ "ArchiveName": "unknown" });
    for (operation, input, code, message) in [
        (
            "CreateArchive",
            create("taken", bus_arn("default")),
            "ResourceAlreadyExistsException",
            "Archive taken already exists.",
        ),
        (
            "CreateArchive",
            create("mine", bus_arn("default")),
            "ResourceAlreadyExistsException",
            "Rule Events-Archive-mine already exists.",
        ),
        (
            "CreateArchive",
            create("new", bus_arn("shop")),
            "ResourceNotFoundException",
            "Event bus shop does not exist.",
        ),
        (
            "CreateArchive",
            create("new", foreign),
            "ResourceNotFoundException",
            "Event bus default does not exist.",
        ),
        (
            "CreateArchive",
            create("new", format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/shop")),
            "ValidationException",
            "Parameter EventSourceArn is not valid. Reason: Must contain an event bus ARN.",
        ),
        (
            "CreateArchive",
            no_pattern,
            "InvalidEventPatternException",
            "Event pattern is not valid.",
        ),
        (
            "DescribeArchive",
            unknown.clone(),
            "ResourceNotFoundException",
            "Archive unknown does not exist.",
        ),
        (
            "DeleteArchive",
            unknown.clone(),
            "ResourceNotFoundException",
            "Archive unknown does not exist.",
        ),
        (
            "UpdateArchive",
            json!({ "ArchiveName": "unknown", "RetentionDays": 1 }),
            "ResourceNotFoundException",
            "Archive unknown does not exist.",
        ),
        (
            "UpdateArchive",
            unknown,
            "ValidationException",
            "At least one of EventPattern, RetentionDays, Description or KmsKeyIdentifier must be provided.",
        ),
        (
            "UpdateArchive",
            json!({ "ArchiveName": "taken", "EventPattern": "[]" }),
            "InvalidEventPatternException",
            "Event pattern is not valid.",
        ),
        (
            "ListArchives",
            json!({ "NamePrefix": "a", "State": "ENABLED" }),
            "ValidationException",
            "At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.",
        ),
        (
            "ListArchives",
            json!({ "EventSourceArn": bus_arn("shop") }),
            "ResourceNotFoundException",
            "Event bus shop does not exist.",
        ),
        (
            "ListArchives",
            json!({ "State": "GONE" }),
            "ValidationException",
            "1 validation error detected: Value 'GONE' at 'state' failed to satisfy constraint",
        ),
        (
            "CreateArchive",
            create(&"x".repeat(49), bus_arn("default")),
            "ValidationException",
            "1 validation error detected: Value 'xxxxx",
        ),
        (
            "DeleteRule",
            json!({ "Name": "Events-Archive-taken" }),
            "ManagedRuleException",
            "Rule Events-Archive-taken is managed",
        ),
        (
            "RemoveTargets",
            json!({ "Rule": "Events-Archive-taken", "Ids": ["Events-Archive-taken"] }),
            "ManagedRuleException",
            "Rule Events-Archive-taken is managed",
        ),
        (
            "DisableRule",
            json!({ "Name": "Events-Archive-taken" }),
            "ManagedRuleException",
            "Rule Events-Archive-taken is managed",
        ),
    ] {
        let refused = fixture.refused(operation, input.clone()).await;
        assert_eq!(refused.0, code, "{operation} {input}: {}", refused.1);
        assert!(
            refused.1.starts_with(message),
            "{operation} {input}: {}",
            refused.1
        );
    }
}

#[tokio::test]
async fn the_rule_of_an_archive_is_what_the_service_shows() {
    let fixture = Fixture::new().await;
    fixture.bus("shop").await;
    let pattern = json!({ "EventPattern": r#"{"source": ["shop"]}"# });
    archive(&fixture, "orders", "shop", pattern).await;
    let name = "Events-Archive-orders";
    let rule = json!({ "Name": name, "EventBusName": "shop" });
    let described = fixture.done("DescribeRule", rule).await;
    let expected = json!({
        "Name": name, "Arn": format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/shop/{name}"), "EventBusName": "shop",
        "EventPattern": r#"{"replay-name":[{"exists":false}],"source":["shop"]}"#, "State": "ENABLED",
        "ManagedBy": "prod.vhs.events.aws.internal", "CreatedBy": ACCOUNT,
    });
    assert_eq!(described, expected);
    let input = json!({ "Rule": name, "EventBusName": "shop" });
    let listed = fixture.done("ListTargetsByRule", input).await;
    let target = &listed["Targets"][0];
    assert_eq!(target["Id"], name);
    assert_eq!(target["Arn"], format!("arn:aws:events:{REGION}:::"));
    let template = target["InputTransformer"]["InputTemplate"].as_str().unwrap();
    let beginning = format!(r#"{{"archive-arn": "arn:aws:events:{REGION}:{ACCOUNT}:archive/orders:"#);
    assert!(template.starts_with(&beginning), "{template}");
    let end = r#"","event": <aws.events.event.json>,"ingestion-time": <aws.events.event.ingestion-time>}"#;
    assert!(template.ends_with(end), "{template}");
}

#[tokio::test]
async fn an_archive_keeps_what_it_wants_until_it_is_too_old() {
    let mut fixture = Fixture::new().await;
    let two_days =
        json!({ "RetentionDays": 2, "EventPattern": r#"{"detail": {"n": [{"numeric": [">", 1]}]}}"# });
    archive(&fixture, "some", "default", two_days).await;
    archive(&fixture, "all", "default", json!({})).await;
    // How long it is kept doesn't go by what an event says of its time.
    let (long_ago, far_away) = (1_000, fixture.now_seconds() + 1_000_000_000);
    fixture
        .put("default", Some(long_ago), &[json!({ "n": 1 }), json!({ "n": 2 })])
        .await;
    fixture.put("default", Some(far_away), &[json!({ "n": 3 })]).await;
    fixture.skip(DAY).await;
    fixture.put("default", None, &[json!({ "n": 4 })]).await;
    assert_eq!(
        (count(&fixture, "some").await, count(&fixture, "all").await),
        (3, 4)
    );
    fixture.reopen().await;
    assert_eq!(
        (count(&fixture, "some").await, count(&fixture, "all").await),
        (3, 4)
    );
    fixture.skip(DAY + DAY / 2).await;
    assert_eq!(
        (count(&fixture, "some").await, count(&fixture, "all").await),
        (1, 4)
    );
    let changes = json!({ "ArchiveName": "all", "RetentionDays": 1 });
    fixture.done("UpdateArchive", changes).await;
    fixture.skip(DAY).await;
    assert_eq!(
        (count(&fixture, "some").await, count(&fixture, "all").await),
        (0, 0)
    );
}

#[tokio::test]
async fn a_pattern_that_changes_takes_effect_at_once() {
    let fixture = Fixture::new().await;
    archive(
        &fixture,
        "orders",
        "default",
        json!({ "EventPattern": r#"{"source": ["other"]}"# }),
    )
    .await;
    fixture.put("default", None, &[json!({})]).await;
    let changes = json!({ "ArchiveName": "orders", "EventPattern": r#"{"source": ["shop"]}"# });
    fixture.done("UpdateArchive", changes).await;
    fixture.put("default", None, &[json!({}), json!({})]).await;
    assert_eq!(count(&fixture, "orders").await, 2);
}

#[tokio::test]
async fn an_archive_whose_rule_was_taken_away_gets_it_back_when_it_is_changed() {
    let fixture = Fixture::new().await;
    fixture.bus("shop").await;
    archive(&fixture, "orders", "shop", json!({})).await;
    fixture.put("shop", None, &[json!({})]).await;
    fixture.done("DeleteEventBus", json!({ "Name": "shop" })).await;
    let named = json!({ "ArchiveName": "orders" });
    let described = fixture.done("DescribeArchive", named).await;
    assert_eq!(
        (&described["State"], &described["EventCount"]),
        (&json!("DISABLED"), &json!(1))
    );
    let changes = json!({ "ArchiveName": "orders", "Description": "again" });
    let (code, _) = fixture.refused("UpdateArchive", changes.clone()).await;
    assert_eq!(code, "ResourceNotFoundException");
    fixture.bus("shop").await;
    fixture.put("shop", None, &[json!({})]).await;
    let updated = fixture.done("UpdateArchive", changes).await;
    assert_eq!(updated["State"], "ENABLED");
    fixture.put("shop", None, &[json!({})]).await;
    assert_eq!(count(&fixture, "orders").await, 2);
}

#[tokio::test]
async fn an_archive_that_is_made_anew_has_nothing_of_the_old_one() {
    let mut fixture = Fixture::new().await;
    archive(&fixture, "orders", "default", json!({})).await;
    fixture.put("default", None, &[json!({}), json!({})]).await;
    fixture
        .done("DeleteArchive", json!({ "ArchiveName": "orders" }))
        .await;
    archive(&fixture, "orders", "default", json!({})).await;
    assert_eq!(count(&fixture, "orders").await, 0);
    fixture.put("default", None, &[json!({})]).await;
    let kept = ninefold_archive::Archive::new(fixture.store.clone());
    assert_eq!(kept.series(b"events/").unwrap().len(), 2);
    fixture.reopen().await;
    fixture.skip(DAY).await;
    assert_eq!(count(&fixture, "orders").await, 1);
    let kept = ninefold_archive::Archive::new(fixture.store.clone());
    assert_eq!(kept.series(b"events/").unwrap().len(), 1);
}

#[tokio::test]
async fn an_archive_that_a_crash_has_interrupted_is_finished_at_the_next_start() {
    let mut fixture = Fixture::new().await;
    settle().await;
    let named = json!({ "ArchiveName": "orders" });
    let input = json!({ "ArchiveName": "orders", "EventSourceArn": bus_arn("default") });
    fixture.store.hold();
    let until_half_made = async {
        while fixture.call("DescribeArchive", named.clone()).await.is_err() {
            tokio::task::yield_now().await;
            fixture.store.release_one();
        }
    };
    tokio::select! {
        biased;
        created = fixture.call("CreateArchive", input) => panic!("it was made at once: {created:?}"),
        () = until_half_made => {}
    }
    let described = fixture.done("DescribeArchive", named.clone()).await;
    assert_eq!(described["State"], "CREATING");
    fixture.store.release();
    fixture.reopen().await;
    settle().await;
    let described = fixture.done("DescribeArchive", named).await;
    assert_eq!(described["State"], "ENABLED");
    fixture.put("default", None, &[json!({})]).await;
    assert_eq!(count(&fixture, "orders").await, 1);
}

#[tokio::test]
async fn what_can_not_be_kept_at_once_is_kept_later() {
    let fixture = Fixture::new().await;
    archive(&fixture, "orders", "default", json!({})).await;
    fixture.store.fail_next(StoreError::Overloaded);
    fixture.put("default", None, &[json!({}), json!({})]).await;
    fixture.pass(Duration::from_secs(60)).await;
    assert_eq!(count(&fixture, "orders").await, 2);
}
