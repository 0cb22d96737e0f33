//! What a pattern misses an event by.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_event_pattern::{Event, EventPattern, Found, Mismatch};

const EVENT: &str = r#"{
    "source": "aws.ec2", "detail-type": "EC2 Instance State-change Notification", "resources": ["arn:1", "arn:2"],
    "detail": {"state": "running", "count": 5, "owner": null, "ip": "10.0.0.7",
        "tags": [{"key": "stage", "value": "test"}, {"key": "team", "value": "blue", "hidden": true}]}
}"#;

fn explain(pattern: &str) -> Vec<Mismatch> {
    let event = Event::parse(EVENT.as_bytes()).unwrap();
    let pattern = EventPattern::parse(pattern).unwrap();
    let mismatches = pattern.explain(&event);
    assert_eq!(mismatches.is_empty(), pattern.matches(&event));
    mismatches
}

fn told(pattern: &str) -> Vec<String> {
    explain(pattern).iter().map(Mismatch::to_string).collect()
}

#[test]
fn what_matches_has_no_mismatch() {
    for pattern in [
        r#"{"source": ["aws.ec2"]}"#,
        r#"{"detail": {"tags": {"key": ["team"], "value": ["blue"]}}}"#,
        r#"{"$or": [{"source": ["x"]}, {"detail": {"count": [{"numeric": [">", 4]}]}}]}"#,
        r#"{"detail": {"tags": {"key": ["stage"], "hidden": [{"exists": false}]}}}"#,
    ] {
        assert_eq!(explain(pattern), [], "{pattern}");
    }
}

#[test]
fn fields_that_miss_are_told_with_what_is_there() {
    assert_eq!(
        explain(
            r#"{"source": ["aws.ec2"], "detail": {"state": ["stopped", {"prefix": "term"}], "size": [1]}}"#
        ),
        [
            Mismatch {
                path: "detail.size".to_owned(),
                wanted: "[1]".to_owned(),
                found: Found::Nothing,
            },
            Mismatch {
                path: "detail.state".to_owned(),
                wanted: r#"["stopped",{"prefix":"term"}]"#.to_owned(),
                found: Found::Different(vec![r#""running""#.to_owned()]),
            },
        ]
    );
    assert_eq!(
        told(r#"{"resources": ["arn:3"], "detail": {"owner": [{"exists": false}]}}"#),
        [
            "detail.owner: wanted no value, found null",
            r#"resources: wanted ["arn:3"], found "arn:1", "arn:2""#,
        ]
    );
}

#[test]
fn wishes_are_written_as_in_a_pattern() {
    for (tests, wanted) in [
        (
            r#""a\"\\\n", null, true, 1.50"#,
            r#"["a\"\\\u000a",null,true,1.50]"#,
        ),
        (
            r#"{"equals-ignore-case": "Abc"}"#,
            r#"[{"equals-ignore-case":"abc"}]"#,
        ),
        (r#"{"suffix": "x"}"#, r#"[{"suffix":"x"}]"#),
        (
            r#"{"prefix": {"equals-ignore-case": "X"}}, {"suffix": {"equals-ignore-case": "Y"}}"#,
            r#"[{"prefix":{"equals-ignore-case":"x"}},{"suffix":{"equals-ignore-case":"y"}}]"#,
        ),
        (r#"{"wildcard": "x*\\*\\\\*"}"#, r#"[{"wildcard":"x*\\*\\\\*"}]"#),
        (r#"{"numeric": ["=", 7]}"#, r#"[{"numeric":["=",7]}]"#),
        (
            r#"{"numeric": [">=", -1.25, "<=", 3]}"#,
            r#"[{"numeric":[">=",-1.25,"<=",3]}]"#,
        ),
        (r#"{"numeric": [">", 5]}"#, r#"[{"numeric":[">=",5.000001]}]"#),
        (r#"{"numeric": ["<", 5]}"#, r#"[{"numeric":["<=",4.999999]}]"#),
        (r#"{"cidr": "11.0.0.9/8"}"#, r#"[{"cidr":"11.0.0.0/8"}]"#),
        (
            r#"{"anything-but": "running"}"#,
            r#"[{"anything-but":["running"]}]"#,
        ),
        (
            r#"{"anything-but": {"prefix": ["r", "x"]}}"#,
            r#"[{"anything-but":{"prefix":["r","x"]}}]"#,
        ),
        (
            r#"{"anything-but": {"suffix": "g"}}"#,
            r#"[{"anything-but":{"suffix":["g"]}}]"#,
        ),
        (
            r#"{"anything-but": {"equals-ignore-case": "RUNNING"}}"#,
            r#"[{"anything-but":{"equals-ignore-case":["running"]}}]"#,
        ),
        (
            r#"{"anything-but": {"wildcard": "r*g"}}"#,
            r#"[{"anything-but":{"wildcard":["r*g"]}}]"#,
        ),
    ] {
        let mismatches = explain(&format!(r#"{{"detail": {{"state": [{tests}]}}}}"#));
        assert_eq!(mismatches.len(), 1, "{tests}");
        assert_eq!(mismatches[0].wanted, wanted);
    }
    let mismatches = explain(r#"{"detail": {"count": [{"anything-but": [5, 6.0]}]}}"#);
    assert_eq!(mismatches[0].wanted, r#"[{"anything-but":[5,6.0]}]"#);
    assert_eq!(
        explain(r#"{"missing": [{"exists": true}]}"#)[0].wanted,
        r#"[{"exists":true}]"#
    );
}

#[test]
fn of_alternatives_the_nearest_miss_is_told() {
    assert_eq!(
        told(
            r#"{"source": ["aws.ec2"], "$or": [
                {"detail": {"state": ["x"], "count": [1]}},
                {"detail": {"state": ["running"], "count": [6]}},
                {"detail": {"state": ["y"], "count": [1], "ip": ["z"]}}
            ]}"#
        ),
        ["detail.count: wanted [6], found 5"]
    );
    assert_eq!(
        told(r#"{"detail": {"state": ["x", {"exists": false}], "count": [5]}}"#),
        [r#"detail.state: wanted ["x"], found "running""#]
    );
}

#[test]
fn fields_that_fit_but_not_together_are_told() {
    assert_eq!(
        told(r#"{"detail": {"tags": {"key": ["stage"], "value": ["blue"]}, "state": ["running"]}}"#),
        [
            r#"detail.tags.key: wanted ["stage"] in the same element of an array as other fields, found "stage", "team" elsewhere"#,
            r#"detail.tags.value: wanted ["blue"] in the same element of an array as other fields, found "test", "blue" elsewhere"#,
        ]
    );
    assert_eq!(
        told(r#"{"detail": {"tags": {"hidden": [{"exists": false}]}}}"#),
        ["detail.tags.hidden: wanted no value, found true"]
    );
}

#[test]
fn what_is_told_is_bounded() {
    let values = (0..100)
        .map(|number| format!("\"{number:0300}\""))
        .collect::<Vec<_>>();
    let event = format!(r#"{{"a": [{}]}}"#, values.join(","));
    let event = Event::parse(event.as_bytes()).unwrap();
    let pattern = EventPattern::parse(&format!(r#"{{"a": ["{}"]}}"#, "x".repeat(1_000))).unwrap();
    let mismatches = pattern.explain(&event);
    assert_eq!(mismatches[0].wanted.chars().count(), 257);
    let Found::Different(values) = &mismatches[0].found else {
        panic!("{mismatches:?}");
    };
    assert_eq!(values.len(), 16);
    assert!(
        values.iter().all(|value| value.chars().count() == 257),
        "{values:?}"
    );
}
