//! Where a pattern is wrong, as the service tells it. The first tables are answers of the service that LocalStack has recorded
//! (`tests/aws/services/events/test_events_patterns.snapshot.json`); the last is what event-ruler 2.1.0
//! says (`JsonRuleCompiler.check`) with the parser it comes with.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_event_pattern::EventPattern;

fn refusal(pattern: &str) -> String {
    match EventPattern::parse(pattern) {
        Ok(_) => panic!("{pattern} was not refused"),
        Err(error) => error.to_string(),
    }
}

fn location(pattern: &str, line: usize, column: usize) -> String {
    format!("\n at [Source: (String)\"{pattern}\"; line: {line}, column: {column}]")
}

#[test]
fn the_place_is_told() {
    for (pattern, reason, column) in [
        (r#"{"int": 42}"#, r#""int" must be an object or an array"#, 11),
        (
            r#"{"string": "my-value"}"#,
            r#""string" must be an object or an array"#,
            13,
        ),
        (r#"{"resources": []}"#, "Empty arrays are not allowed", 17),
        (
            r#"{"detail": {"equal": [{"NUMERIC": ["=", 5]}]}}"#,
            "Unrecognized match type NUMERIC",
            36,
        ),
        (
            r#"{"my_key": [{"EXISTS": true}]}"#,
            "Unrecognized match type EXISTS",
            28,
        ),
        (
            r#"{"detail": {"c-count": [{"numeric": [">", 0, ">", 0]}]}}"#,
            "Bad numeric range operator: >",
            49,
        ),
        (
            r#"{"detail": {"c-count": [{"numeric": [">", 0, "<"]}]}}"#,
            "Value of < must be numeric",
            50,
        ),
        (
            r#"{"detail-type": [{"equals-ignore-case": ["ec2 instance state-change notification"]}]}"#,
            "equals-ignore-case match pattern must be a string",
            42,
        ),
        (
            r#"{"detail-type": [{"equals-ignore-case": {"prefix": "ec2"}}]}"#,
            "equals-ignore-case match pattern must be a string",
            42,
        ),
        (
            r#"{"detail": {"state": [{"anything-but": {"equals-ignore-case": 123}}]}}"#,
            "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.",
            66,
        ),
        (
            r#"{"EventBusArn": [{"wildcard": 123}]}"#,
            "wildcard match pattern must be a string",
            34,
        ),
        (
            r#"{"detail": {"FilePath": [{"anything-but": {"wildcard": 123}}]}}"#,
            "wildcard match pattern must be a string",
            59,
        ),
        (
            r#"{"detail": {"FileName": [{"anything-but": {"suffix": 123}}]}}"#,
            "prefix/suffix match pattern must be a string",
            57,
        ),
        (
            r#"{"time": [{"prefix": ["2022-07-13"]}]}"#,
            "prefix match pattern must be a string",
            23,
        ),
        (
            r#"{"time": [{"prefix": 123}]}"#,
            "prefix match pattern must be a string",
            25,
        ),
        (
            r#"{"FileName": [{"suffix": 123}]}"#,
            "suffix match pattern must be a string",
            29,
        ),
        (
            r#"{"FileName": [{"suffix": [".png"]}]}"#,
            "suffix match pattern must be a string",
            27,
        ),
        (
            r#"{"detail": {"FileName": [{"anything-but": {"prefix": {"equals-ignore-case": "file"}}}]}}"#,
            "Value of anything-but must be an array or single string/number value.",
            55,
        ),
        (
            r#"{"detail": {"sourceIPAddress": [{"cidr": ["bad-type"]}]}}"#,
            "prefix match pattern must be a string",
            43,
        ),
        (
            r#"["not", "a", "dict", "but valid json"]"#,
            "Filter is not an object",
            2,
        ),
        (
            "{'bad': 'quotation'}",
            "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
            2,
        ),
        (
            "this is valid json but not a dict",
            "Unrecognized token 'this': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
            5,
        ),
        (
            r#"{"not": closed mark""#,
            "Unrecognized token 'closed': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
            15,
        ),
    ] {
        assert_eq!(
            refusal(pattern),
            format!("{reason}{}", location(pattern, 1, column))
        );
    }
}

#[test]
fn the_place_of_what_is_in_a_list_is_told_twice() {
    for (pattern, reason, column) in [
        (
            r#"{"detail": {"state": [{"anything-but": {"equals-ignore-case": [123, 456]}}]}}"#,
            "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.",
            67,
        ),
        (
            r#"{"detail": {"state": [{"anything-but": {"wildcard": [123, "*/dir/*"]}}]}}"#,
            "wildcard match pattern must be a string",
            57,
        ),
        (
            r#"{"detail": {"FileName": [{"anything-but": {"suffix": [123, ".txt"]}}]}}"#,
            "prefix/suffix match pattern must be a string",
            58,
        ),
        (
            r#"{"detail": {"state": [{"anything-but": {"prefix": [123, "test"]}}]}}"#,
            "prefix/suffix match pattern must be a string",
            55,
        ),
    ] {
        let location = location(pattern, 1, column);
        assert_eq!(refusal(pattern), format!("{reason}{location}{location}"));
    }
}

#[test]
fn some_reasons_have_no_place() {
    for (pattern, reason) in [
        (
            r#"{"detail": {"sourceIPAddress": [{"cidr": "192.0.2.0"}]}}"#,
            "Malformed CIDR, one '/' required",
        ),
        (
            r#"{"a": [{"cidr": "xx.11.xx/8"}]}"#,
            "Nonstandard IP address: xx.11.xx",
        ),
        (
            r#"{"a": [{"wildcard": "*:*:*:*:*:event-bus/*"}]}"#,
            "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character",
        ),
        (
            r#"{"a": [{"anything-but": 5000000001}]}"#,
            "Value must be between -5.0E9 and 5.0E9, inclusive",
        ),
    ] {
        assert_eq!(refusal(pattern), reason, "{pattern}");
    }
}

#[test]
fn what_is_open_at_the_end_is_told() {
    let start = |pattern: &str, column| location(pattern, 1, column).replace("\n at ", "");
    for (pattern, container, start_column, column) in [
        (r#"{"a": ["b"]"#, "Object", 1, 12),
        ("{", "Object", 1, 2),
        (r#"{"a": ["#, "Array", 7, 8),
    ] {
        let marker = format!("(start marker at {})", start(pattern, start_column));
        assert_eq!(
            refusal(pattern),
            format!(
                "Unexpected end-of-input: expected close marker for {container} {marker}{}",
                location(pattern, 1, column)
            )
        );
    }
    for (pattern, close, expected, start_column, column) in [
        (r#"{"a": ["b"}"#, '}', "']' (for Array", 7, 11),
        (r#"{"a": {"b": [1]]"#, ']', "'}' (for Object", 7, 16),
    ] {
        let marker = format!("starting at {})", start(pattern, start_column));
        assert_eq!(
            refusal(pattern),
            format!(
                "Unexpected close marker '{close}': expected {expected} {marker}{}",
                location(pattern, 1, column)
            )
        );
    }
}

#[test]
fn long_patterns_are_cut_short() {
    let pattern = format!(r#"{{"{}": 1}}"#, "a".repeat(600));
    let shown = format!("{{\"{}", "a".repeat(498));
    assert_eq!(
        refusal(&pattern),
        format!(
            "\"{}\" must be an object or an array\n at [Source: (String)\"{shown}\"[truncated 107 chars]; line: 1, column: 607]",
            "a".repeat(600)
        )
    );
}

/// Pattern, reason, line, column, and how often the place is told; `␤` stands for the end of a line.
const EVENT_RULER: &str = include_str!("places/event_ruler.tsv");

#[test]
fn event_ruler_says_the_same() {
    let mut count = 0;
    for row in EVENT_RULER.lines() {
        let columns = row.split('\t').collect::<Vec<_>>();
        let [pattern, reason, line, column, times] = *columns else {
            panic!("{row}");
        };
        let number = |text: &str| text.parse::<usize>().unwrap();
        let pattern = pattern.replace('␤', "\n");
        let location = location(&pattern, number(line), number(column)).repeat(number(times));
        assert_eq!(refusal(&pattern), format!("{reason}{location}"));
        count += 1;
    }
    assert!(count > 90, "{count}");
}
