//! What is refused, and in what words. The words are those of the service as others have recorded them.

use FilterScope::{MessageAttributes, MessageBody};
use ninefold_filter_policy::{FilterPolicy, FilterPolicyError, FilterScope};

fn refusal(policy: &str, scope: FilterScope) -> FilterPolicyError {
    match FilterPolicy::parse(policy, scope) {
        Ok(_) => panic!("{policy} was not refused"),
        Err(error) => error,
    }
}

/// A key with so many values.
fn key(name: &str, values: usize) -> String {
    let values = (0..values).map(|number| format!("\"value{number}\""));
    format!("\"{name}\": [{}]", values.collect::<Vec<_>>().join(","))
}

#[test]
fn syntax_is_refused_in_the_words_of_the_service() {
    for (tests, reason) in [
        (
            r#"["value"]"#,
            "Match value must be String, number, true, false, or null",
        ),
        (
            r#"{"wrong-operator": true}"#,
            "Unrecognized match type wrong-operator",
        ),
        (
            r#"{"suffix": "value", "prefix": "value2"}"#,
            "Only one key allowed in match expression",
        ),
        (r#"{"suffix": 100}"#, "suffix match pattern must be a string"),
        (r#"{"suffix": null}"#, "suffix match pattern must be a string"),
        (r#"{"suffix": []}"#, "suffix match pattern must be a string"),
        (r#"{"numeric": []}"#, "Invalid member in numeric match: ]"),
        (
            r#"{"numeric": ["operator"]}"#,
            "Unrecognized numeric range operator: operator",
        ),
        (r#"{"numeric": [1, "<="]}"#, "Invalid member in numeric match: 1"),
        (r#"{"numeric": ["=", "000"]}"#, "Value of equals must be numeric"),
        (
            r#"{"numeric": ["<", 100, ">", 10]}"#,
            "Too many elements in numeric expression",
        ),
        (r#"{"numeric": [">", 3, "<", 1]}"#, "Bottom must be less than top"),
        (r#"{"numeric": [">", 20, 30]}"#, "Bad value in numeric range: 30"),
        (
            r#"{"exists": null}"#,
            "exists match pattern must be either true or false.",
        ),
        (
            r#"{"exists": "no"}"#,
            "exists match pattern must be either true or false.",
        ),
        (
            r#"{"anything-but": {"wrong-operator": null}}"#,
            "Unsupported anything-but pattern: wrong-operator",
        ),
        (
            r#"{"anything-but": {"exists": false}}"#,
            "Unsupported anything-but pattern: exists",
        ),
        (r#"{"cidr": "10.0.0.0"}"#, "Malformed CIDR, one '/' required"),
        (
            r#"{"cidr": "10.0.0.0/x"}"#,
            "Malformed CIDR, mask bits must be an integer",
        ),
        (r#"{"cidr": "ten.0.0.0/8"}"#, "Nonstandard IP address: ten.0.0.0"),
        ("", "Empty arrays are not allowed"),
    ] {
        let policy = format!(r#"{{"key": [{tests}]}}"#);
        for scope in [MessageAttributes, MessageBody] {
            let error = refusal(&policy, scope);
            assert_eq!(error, FilterPolicyError::Syntax(reason.to_owned()), "{policy}");
            assert_eq!(error.to_string(), format!("FilterPolicy: {reason}"));
        }
    }
    for (policy, reason) in [
        (
            r#"{"key_a": "value_one"}"#,
            "\"key_a\" must be an object or an array",
        ),
        (
            r#"{"key": {"suffix": "value"}}"#,
            "\"suffix\" must be an object or an array",
        ),
        (
            r#"{"key": {"suffix": "value", "prefix": "value"}}"#,
            "\"suffix\" must be an object or an array",
        ),
        (r#"{"key": {}}"#, "Empty objects are not allowed"),
        (r#"["a"]"#, "Filter is not an object"),
    ] {
        assert_eq!(
            refusal(policy, MessageAttributes).to_string(),
            format!("FilterPolicy: {reason}")
        );
    }
    for policy in ["", "{invalidjson}", r#"{"a": ["b"]"#, r#"{"a": ["b"]}{}"#] {
        let error = refusal(policy, MessageBody).to_string();
        assert!(
            error.starts_with("FilterPolicy: failed to parse JSON."),
            "{policy}: {error}"
        );
    }
}

#[test]
fn attributes_have_no_nested_policies() {
    for policy in [
        r#"{"object": {"key": [{"prefix": "auto-"}]}}"#,
        r#"{"$or": [{"a": [1]}, {"b": {"c": [1]}}]}"#,
    ] {
        assert_eq!(refusal(policy, MessageAttributes), FilterPolicyError::Nested);
        assert!(FilterPolicy::parse(policy, MessageBody).is_ok());
    }
    assert_eq!(
        FilterPolicyError::Nested.to_string(),
        "Filter policy scope MessageAttributes does not support nested filter policy"
    );
}

#[test]
fn policies_have_at_most_five_keys() {
    let flat = |count: usize| {
        let keys = (0..count).map(|number| key(&format!("key{number}"), 1));
        format!("{{{}}}", keys.collect::<Vec<_>>().join(","))
    };
    assert!(FilterPolicy::parse(&flat(5), MessageAttributes).is_ok());
    let error = refusal(&flat(6), MessageAttributes);
    assert_eq!(
        error.to_string(),
        "FilterPolicy: Filter policy can not have more than 5 keys"
    );
    // Keys with values count, wherever they are, each once.
    assert!(
        FilterPolicy::parse(
            r#"{"a": {"b": [1], "c": [1]}, "d": {"e": [1], "f": {"g": [1]}}, "h": [1]}"#,
            MessageBody
        )
        .is_ok()
    );
    let nested = r#"{"a": {"b": [1], "c": [1]}, "d": {"e": [1], "f": {"g": [1]}}, "h": [1], "i": [1]}"#;
    assert_eq!(refusal(nested, MessageBody), FilterPolicyError::TooManyKeys);
    let alternatives = (0..9)
        .map(|value| format!(r#"{{"a": [{value}]}}"#))
        .collect::<Vec<_>>();
    let repeated = format!(r#"{{"$or": [{}]}}"#, alternatives.join(","));
    assert!(FilterPolicy::parse(&repeated, MessageAttributes).is_ok());
}

#[test]
fn policies_have_at_most_150_combinations() {
    for (keys, accepted) in [
        (vec![key("a", 150)], true),
        (vec![key("a", 151)], false),
        (vec![key("a", 50), key("b", 3)], true),
        (vec![key("a", 100), key("b", 51)], false),
        (vec![key("a", 3), key("b", 1), key("c", 2)], true),
    ] {
        let policy = format!("{{{}}}", keys.join(","));
        assert_eq!(
            FilterPolicy::parse(&policy, MessageAttributes).is_ok(),
            accepted,
            "{policy}"
        );
    }
    // A level of nesting multiplies: 3 × 4 × 2 × 3 = 72, and with three more values 216.
    let (deep, less_deep) = (key("key_c", 4), key("key_e", 3));
    let nested = format!(r#""key_a": {{"key_b": {{{deep}}}}}, "key_d": {{{less_deep}}}"#);
    assert!(FilterPolicy::parse(&format!("{{{nested}}}"), MessageBody).is_ok());
    let more = format!("{{{nested}, {}}}", key("key_f", 3));
    assert_eq!(refusal(&more, MessageBody), FilterPolicyError::TooComplex);
    assert_eq!(
        FilterPolicyError::TooComplex.to_string(),
        "FilterPolicy: Filter policy is too complex"
    );
    // Alternatives add: 4 × (6 + 4 × (4 + 4)) = 152, and one value less 148.
    let alternatives = |last: usize| {
        format!(
            r#"{{{}, "$or": [{{{}}}, {{{}, "$or": [{{{}}}, {{{}}}]}}]}}"#,
            key("source", 4),
            key("metricName", last),
            key("metricType", 4),
            key("metricId", 4),
            key("spaceId", 4)
        )
    };
    assert_eq!(
        refusal(&alternatives(6), MessageAttributes),
        FilterPolicyError::TooComplex
    );
    assert!(FilterPolicy::parse(&alternatives(5), MessageAttributes).is_ok());
}

#[test]
fn wildcards_and_size_have_bounds() {
    let wildcard = |text: &str| format!(r#"{{"wildcard": "{text}"}}"#);
    let with = |tests: Vec<String>| format!(r#"{{"key": [{}]}}"#, tests.join(","));
    assert!(FilterPolicy::parse(&with(vec![wildcard("*a*b*")]), MessageAttributes).is_ok());
    for tests in [
        vec![wildcard("*a*b*c*")],
        vec![r#"{"anything-but": {"wildcard": ["a", "*a*b*c*"]}}"#.to_owned()],
    ] {
        assert_eq!(
            refusal(&with(tests), MessageAttributes),
            FilterPolicyError::TooComplex
        );
    }
    // One point for one asterisk, three for more, 100 in all.
    let many = |single: usize, multiple: usize| {
        let tests = (0..single).map(|number| wildcard(&format!("{number}*")));
        with(
            tests
                .chain((0..multiple).map(|number| wildcard(&format!("*{number}*"))))
                .collect(),
        )
    };
    assert!(FilterPolicy::parse(&many(100, 0), MessageAttributes).is_ok());
    assert_eq!(
        refusal(&many(101, 0), MessageAttributes),
        FilterPolicyError::TooComplex
    );
    assert!(FilterPolicy::parse(&many(1, 33), MessageAttributes).is_ok());
    assert_eq!(
        refusal(&many(2, 33), MessageAttributes),
        FilterPolicyError::TooComplex
    );

    let long = format!(r#"{{"key": ["{}"]}}"#, "a".repeat(256 * 1_024 - 13));
    assert_eq!(long.len(), 256 * 1_024);
    assert!(FilterPolicy::parse(&long, MessageBody).is_ok());
    assert_eq!(
        refusal(&format!("{long} "), MessageBody),
        FilterPolicyError::TooLarge
    );
}
