//! Policies about attributes: the examples of the SNS developer guide, and more.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use AttributeValue::{Binary, Number, String as Text, StringArray};
use ninefold_filter_policy::{Attribute, AttributeValue, FilterIndex, FilterPolicy, FilterScope};

/// Whether the policy matches the attributes; the index has to agree.
fn matches(policy: &str, attributes: &[(&str, AttributeValue<'_>)]) -> bool {
    let parsed = FilterPolicy::parse(policy, FilterScope::MessageAttributes).unwrap();
    let attributes = attributes
        .iter()
        .map(|(name, value)| Attribute { name, value: *value })
        .collect::<Vec<_>>();
    let by_itself = parsed.matches_attributes(&attributes);
    let mut index = FilterIndex::new();
    index.insert(1, &parsed);
    assert_eq!(index.matching(&attributes, "body") == [1], by_itself, "{policy}");
    by_itself
}

#[test]
fn values_of_one_attribute() {
    let sports = r#"["rugby", "tennis"]"#;
    let interests = |tests: &str| format!(r#"{{"customer_interests": [{tests}]}}"#);
    for (tests, value, expected) in [
        (r#""rugby", "tennis""#, Text("rugby"), true),
        (r#""rugby", "tennis""#, Text("baseball"), false),
        (r#""rugby", "tennis""#, StringArray(sports), true),
        (r#""rugby", "tennis""#, StringArray(r#"["baseball"]"#), false),
        (r#"{"anything-but": ["rugby", "tennis"]}"#, Text("baseball"), true),
        (r#"{"anything-but": ["rugby", "tennis"]}"#, Text("rugby"), false),
        (
            r#"{"anything-but": ["rugby", "tennis"]}"#,
            StringArray(r#"["rugby", "baseball"]"#),
            true,
        ),
        (
            r#"{"anything-but": ["rugby", "tennis"]}"#,
            StringArray(r#"["rugby"]"#),
            false,
        ),
        (r#"{"anything-but": {"prefix": "bas"}}"#, Text("rugby"), true),
        (r#"{"anything-but": {"prefix": "bas"}}"#, Text("baseball"), false),
        (r#"{"anything-but": {"suffix": "ball"}}"#, Text("baseball"), false),
        (r#"{"anything-but": {"wildcard": "*ball"}}"#, Text("rugby"), true),
        (
            r#"{"anything-but": {"equals-ignore-case": "Tennis"}}"#,
            Text("TENNIS"),
            false,
        ),
        (r#"{"equals-ignore-case": "tennis"}"#, Text("TENNIS"), true),
        (r#"{"prefix": "bas"}"#, Text("baseball"), true),
        (r#"{"prefix": "bas"}"#, Text("rugby"), false),
        (r#"{"suffix": "ball"}"#, Text("basketball"), true),
        (r#"{"suffix": "ball"}"#, Text("rugby"), false),
        (r#"{"wildcard": "*ball*"}"#, Text("my ballet"), true),
        (r#"{"cidr": "10.0.0.0/24"}"#, Text("10.0.0.255"), true),
        (r#"{"cidr": "10.0.0.0/24"}"#, Text("10.1.0.0"), false),
        (r#"{"numeric": ["=", 301.5]}"#, Number("301.5"), true),
        (r#"{"numeric": ["=", 301.5]}"#, Number("3.015e2"), true),
        (r#"{"numeric": ["=", 301.5]}"#, Number("+301.50"), true),
        (r#"{"numeric": ["=", 301.5]}"#, Text("301.5"), false),
        (r#"{"numeric": ["<", 0]}"#, Number("-1"), true),
        (r#"{"numeric": [">", 0, "<=", 150]}"#, Number("150"), true),
        (r#"{"numeric": [">", 0, "<=", 150]}"#, Number("150.00001"), false),
        (
            r#"{"numeric": [">", 0, "<=", 150]}"#,
            StringArray("[-1, 151, 5]"),
            true,
        ),
        (r#"{"anything-but": [100, 500]}"#, Number("101"), true),
        (r#"{"anything-but": [100, 500]}"#, Number("100.1"), true),
        (r#"{"anything-but": [100, 500]}"#, Number("1e2"), false),
        (r#"{"anything-but": [100, 500]}"#, StringArray("[100, 50]"), true),
        ("100", Number("100.0"), true),
        ("100", Text("100"), false),
        (r#""100""#, Number("100"), false),
        ("true", StringArray(r#"[true]"#), true),
        ("true", Text("true"), false),
        ("null", StringArray(r#"["a", null]"#), true),
        (r#"null, {"anything-but": "whatever"}"#, Text("a"), true),
        (r#"{"exists": true}"#, Text("a"), true),
        (r#"{"exists": true}"#, StringArray("[]"), false),
        (r#"{"exists": false}"#, Text("a"), false),
        // What is not of its type has no value.
        (r#"{"exists": true}"#, StringArray("not an array"), false),
        (r#"{"exists": true}"#, Number("not a number"), false),
        (r#"{"exists": true}"#, Binary, false),
        (r#"{"exists": false}"#, Binary, true),
        (r#"{"anything-but": "a"}"#, Binary, false),
    ] {
        let matches = matches(&interests(tests), &[("customer_interests", value)]);
        assert_eq!(matches, expected, "{tests} on {value:?}");
    }
}

#[test]
fn several_attributes() {
    let transaction = [
        (
            "customer_interests",
            StringArray(r#"["soccer", "rugby", "hockey"]"#),
        ),
        ("store", Text("example_corp")),
        ("event", Text("order_placed")),
        ("price_usd", Number("210.75")),
    ];
    for (policy, expected) in [
        (
            r#"{"store": ["example_corp"], "event": [{"anything-but": "order_cancelled"}],
                "customer_interests": ["rugby", "football", "baseball"], "price_usd": [{"numeric": [">=", 100]}]}"#,
            true,
        ),
        (
            r#"{"store": ["example_corp"], "event": ["order_cancelled"], "encrypted": [false],
                "customer_interests": ["basketball", "baseball"]}"#,
            false,
        ),
        (
            r#"{"store": ["example_corp"], "encrypted": [{"exists": false}]}"#,
            true,
        ),
        (
            r#"{"store": ["example_corp"], "encrypted": [{"exists": true}]}"#,
            false,
        ),
        (
            r#"{"store": ["example_corp"], "encrypted": [{"anything-but": "x"}]}"#,
            false,
        ),
        (
            r#"{"store": ["example_corp"], "encrypted": ["x", {"exists": false}]}"#,
            true,
        ),
        (
            r#"{"$or": [{"store": ["other"]}, {"event": ["order_placed"], "price_usd": [210.75]}]}"#,
            true,
        ),
        (
            r#"{"event": ["order_placed"], "$or": [{"store": ["other"]}, {"price_usd": [{"numeric": ["<", 200]}]}]}"#,
            false,
        ),
    ] {
        assert_eq!(matches(policy, &transaction), expected, "{policy}");
    }
}

#[test]
fn a_message_without_attributes_matches_only_the_empty_policy() {
    assert!(!matches(r#"{"store": [{"exists": false}]}"#, &[]));
    assert!(matches(
        r#"{"store": [{"exists": false}]}"#,
        &[("other", Text("a"))]
    ));
    assert!(matches("{}", &[]));
    assert!(matches(" { \n } ", &[("store", Text("a"))]));
}

#[test]
fn names_may_have_dots() {
    assert!(matches(r#"{"a.b": ["x"]}"#, &[("a.b", Text("x"))]));
    assert!(!matches(
        r#"{"a.b": ["x"]}"#,
        &[("a", Text("x")), ("b", Text("x"))]
    ));
}

#[test]
fn policies_about_the_body_dont_match_attributes() {
    let policy = FilterPolicy::parse(r#"{"a": ["b"]}"#, FilterScope::MessageBody).unwrap();
    let attribute = Attribute {
        name: "a",
        value: Text("b"),
    };
    assert_eq!(policy.scope(), FilterScope::MessageBody);
    assert!(!policy.matches_attributes(&[attribute]));
    assert!(policy.matches_body(r#"{"a": "b"}"#));
}
