//! Policies about the body. The cases are those of the SNS developer guide, of the AWS compute blog, and of others who have
//! tried them on the service.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_filter_policy::{Attribute, AttributeValue, FilterIndex, FilterPolicy, FilterScope};

/// Whether the policy matches the body; the index has to agree.
fn matches(policy: &str, body: &str) -> bool {
    let parsed = FilterPolicy::parse(policy, FilterScope::MessageBody).unwrap();
    let by_itself = parsed.matches_body(body);
    let mut index = FilterIndex::new();
    index.insert(1, &parsed);
    assert_eq!(index.matching(&[], body) == [1], by_itself, "{policy} on {body}");
    by_itself
}

#[test]
fn bodies_match_like_events() {
    let keyed = r#"{"object": {"key": [{"prefix": "auto-"}, "hardcodedvalue"], "nested_key": [{"exists": false}]},
        "test": [{"exists": false}]}"#;
    let dotted = r#"{"object.nested": ["string.value"]}"#;
    let deep = r#"{"object.nested.test": ["string.value"]}"#;
    let created = r#"{"Records": {"s3": {"object": {"key": [{"prefix": "auto-"}]}}, "eventName": [{"prefix": "ObjectCreated:"}]}}"#;
    let routed = r#"{"headers": {"route-to": ["queue1"]}}"#;
    let monitored = r#"{"$or": [{"metricName": ["CPUUtilization", "ReadLatency"]}, {"namespace": ["AWS/EC2", "AWS/ES"]}],
        "detail": {"scope": ["Service"],
            "$or": [{"source": ["aws.cloudwatch"]}, {"type": ["CloudWatch Alarm State Change"]}]}}"#;
    for (policy, body, expected) in [
        (keyed, r#"{"object": {"key": "auto-test"}}"#, true),
        (keyed, r#"{"object": {"key": "hardcodedvalue"}}"#, true),
        (keyed, r#"{"object": {"key": "test-auto"}}"#, false),
        (
            keyed,
            r#"{"object": {"key": "auto-test"}, "test": "just-exists"}"#,
            false,
        ),
        (
            keyed,
            r#"{"object": {"key": "auto-test", "nested_key": "just-exists"}}"#,
            false,
        ),
        (keyed, r#"{"object": {"test": "auto-test"}}"#, false),
        (keyed, r#"{"test": "auto-test"}"#, false),
        (keyed, "Regular string message", false),
        (keyed, r#""Regular string message""#, false),
        (dotted, r#"{"object": {"nested": "string.value"}}"#, true),
        (dotted, r#"{"object.nested": "string.value"}"#, true),
        (dotted, r#"{"object": {"nested": "test-auto"}}"#, false),
        (deep, r#"{"object": {"nested": {"test": "string.value"}}}"#, true),
        (deep, r#"{"object.nested.test": "string.value"}"#, true),
        (deep, r#"{"object.nested": {"test": "string.value"}}"#, true),
        (deep, r#"{"object": {"nested.test": "string.value"}}"#, true),
        (
            deep,
            r#"{"object": {"nested": {"test": "string.notvalue"}}}"#,
            false,
        ),
        (routed, r#"{"headers": {"route-to": ["queue3"]}}"#, false),
        (routed, r#"{"headers": {"route-to": ["queue1", "queue2"]}}"#, true),
        (
            created,
            r#"{"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": {"key": "auto-1.xml"}}}]}"#,
            true,
        ),
        (
            created,
            r#"{"Records": [{"eventName": "ObjectRemoved:Delete", "s3": {"object": {"key": "auto-1.xml"}}}]}"#,
            false,
        ),
        (
            created,
            r#"{"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": {"key": "home-1.xml"}}}]}"#,
            false,
        ),
        (
            created,
            r#"{"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": [[{"key": "auto-1.xml", "size": 17}]]}},
                {"eventName": "ObjectRemoved:Delete", "s3": {"object": {"key": "home-1.xml", "size": 17}}}]}"#,
            true,
        ),
        (
            created,
            r#"{"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": {"key": "home-1.xml"}}},
                {"eventName": "ObjectRemoved:Delete", "s3": {"object": {"key": "auto-1.xml"}}}]}"#,
            false,
        ),
        (
            monitored,
            r#"{"metricName": "CPUUtilization", "detail": {"scope": "aws.cloudwatch", "type": "CloudWatch Alarm State Change"}}"#,
            false,
        ),
        (
            monitored,
            r#"{"metricName": "CPUUtilization", "detail": {"scope": "Service"}}"#,
            false,
        ),
        (
            monitored,
            r#"{"metricName": "CPUUtilization", "detail": {"scope": "Service", "source": "aws.cloudwatch"}}"#,
            true,
        ),
        (
            monitored,
            r#"{"namespace": "AWS/ES", "detail": {"scope": "Service", "source": "aws.cloudwatch"}}"#,
            true,
        ),
        (
            monitored,
            r#"{"metricName": "AWS/EC2", "detail": {"scope": "Service", "type": "CloudWatch Alarm State Change"}}"#,
            false,
        ),
        (
            r#"{"price_usd": [{"numeric": ["=", 301.5]}]}"#,
            r#"{"price_usd": 3.015e2}"#,
            true,
        ),
        (
            r#"{"price": [{"anything-but": [100, 500]}]}"#,
            r#"{"price": [100, 50]}"#,
            true,
        ),
        (
            r#"{"price": [{"anything-but": [100, 500]}]}"#,
            r#"{"price": 100}"#,
            false,
        ),
        (r#"{"store": [{"exists": false}]}"#, "{}", true),
        (r#"{"store": [{"exists": false}]}"#, "[]", false),
        (r#"{"store": [{"exists": false}]}"#, "", false),
        (r#"{"store": [{"exists": false}]}"#, r#"{"a": }"#, false),
        ("{}", "not JSON", true),
    ] {
        assert_eq!(matches(policy, body), expected, "{policy} on {body}");
    }
}

#[test]
fn an_index_holds_both_scopes_and_changes_at_once() {
    let policy = |json, scope| FilterPolicy::parse(json, scope).unwrap();
    let by_attributes = policy(r#"{"a": ["x"]}"#, FilterScope::MessageAttributes);
    let by_body = policy(r#"{"a": ["x"]}"#, FilterScope::MessageBody);
    let unconditional = policy("{}", FilterScope::MessageAttributes);
    let attributes = [Attribute {
        name: "a",
        value: AttributeValue::String("x"),
    }];
    let sorted = |mut ids: Vec<u8>| {
        ids.sort_unstable();
        ids
    };
    let mut index = FilterIndex::new();
    assert!(index.is_empty());
    index.insert(1, &by_attributes);
    index.insert(2, &by_body);
    index.insert(3, &unconditional);
    assert_eq!(index.len(), 3);
    assert_eq!(sorted(index.matching(&attributes, r#"{"a": "x"}"#)), [1, 2, 3]);
    assert_eq!(sorted(index.matching(&attributes, "text")), [1, 3]);
    assert_eq!(sorted(index.matching(&[], r#"{"a": "x"}"#)), [2, 3]);
    // The same id, another scope.
    index.insert(1, &by_body);
    index.insert(3, &by_attributes);
    assert_eq!(index.len(), 3);
    assert_eq!(sorted(index.matching(&attributes, "text")), [3]);
    assert_eq!(sorted(index.matching(&[], r#"{"a": "x"}"#)), [1, 2]);
    for id in [1, 2, 3] {
        assert!(index.remove(&id));
        assert!(!index.remove(&id));
    }
    assert!(index.is_empty() && index.matching(&attributes, r#"{"a": "x"}"#).is_empty());
}
