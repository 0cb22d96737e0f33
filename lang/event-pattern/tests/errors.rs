//! What is refused, and in what words. The words are those of the service as others have recorded them, or of event-ruler.

use ninefold_event_pattern::{Event, EventError, EventPattern, Limits, PatternError, PatternIndex};

/// The reason alone.
fn refusal(pattern: &str) -> PatternError {
    match EventPattern::parse_within(pattern, Limits::EVENT_BRIDGE) {
        Ok(_) => panic!("{pattern} was not refused"),
        Err(error) => error,
    }
}

#[test]
fn patterns_are_refused_in_the_words_of_the_service() {
    for (pattern, reason) in [
        (r#"["a"]"#, "Filter is not an object"),
        (r#""a""#, "Filter is not an object"),
        ("1", "Filter is not an object"),
        ("{}", "Empty objects are not allowed"),
        (r#"{"a": {}}"#, "Empty objects are not allowed"),
        (r#"{"a": []}"#, "Empty arrays are not allowed"),
        (r#"{"int": 42}"#, "\"int\" must be an object or an array"),
        (
            r#"{"string": "my-value"}"#,
            "\"string\" must be an object or an array",
        ),
        (r#"{"a": {"b": null}}"#, "\"b\" must be an object or an array"),
        (
            r#"{"a": [["b"]]}"#,
            "Match value must be String, number, true, false, or null",
        ),
        (r#"{"a": [{}]}"#, "Match expression name not found"),
        (r#"{"a": [{"EXISTS": true}]}"#, "Unrecognized match type EXISTS"),
        (
            r#"{"a": [{"NUMERIC": ["=", 5]}]}"#,
            "Unrecognized match type NUMERIC",
        ),
        (
            r#"{"a": [{"prefix": "a", "suffix": "b"}]}"#,
            "Only one key allowed in match expression",
        ),
        (
            r#"{"a": [{"exactly": 1}]}"#,
            "exact match pattern must be a string",
        ),
        (
            r#"{"a": [{"prefix": 123}]}"#,
            "prefix match pattern must be a string",
        ),
        (
            r#"{"a": [{"prefix": ["a"]}]}"#,
            "prefix match pattern must be a string",
        ),
        (r#"{"a": [{"prefix": {}}]}"#, "Prefix expression name not found"),
        (
            r#"{"a": [{"prefix": {"suffix": "a"}}]}"#,
            "Unsupported prefix pattern: suffix",
        ),
        (
            r#"{"a": [{"prefix": {"equals-ignore-case": 1}}]}"#,
            "equals-ignore-case match pattern must be a string",
        ),
        (
            r#"{"a": [{"prefix": {"equals-ignore-case": "a", "b": 1}}]}"#,
            "Only one key allowed in match expression",
        ),
        (
            r#"{"a": [{"suffix": 123}]}"#,
            "suffix match pattern must be a string",
        ),
        (
            r#"{"a": [{"suffix": [".png"]}]}"#,
            "suffix match pattern must be a string",
        ),
        (r#"{"a": [{"suffix": {}}]}"#, "Suffix expression name not found"),
        (
            r#"{"a": [{"suffix": {"prefix": "a"}}]}"#,
            "Unsupported suffix pattern: prefix",
        ),
        (
            r#"{"a": [{"equals-ignore-case": ["a"]}]}"#,
            "equals-ignore-case match pattern must be a string",
        ),
        (
            r#"{"a": [{"equals-ignore-case": {"prefix": "a"}}]}"#,
            "equals-ignore-case match pattern must be a string",
        ),
        (
            r#"{"a": [{"wildcard": 123}]}"#,
            "wildcard match pattern must be a string",
        ),
        (
            r#"{"a": [{"wildcard": ["a*"]}]}"#,
            "wildcard match pattern must be a string",
        ),
        (
            r#"{"a": [{"wildcard": "a**"}]}"#,
            "Consecutive wildcard characters at pos 2",
        ),
        (
            r#"{"a": [{"wildcard": "a\\b"}]}"#,
            "Invalid escape character at pos 2",
        ),
        (
            r#"{"a": [{"exists": null}]}"#,
            "exists match pattern must be either true or false.",
        ),
        (
            r#"{"a": [{"exists": "no"}]}"#,
            "exists match pattern must be either true or false.",
        ),
        (
            r#"{"a": [{"exists": true, "b": 1}]}"#,
            "Only one key allowed in match expression",
        ),
    ] {
        assert_eq!(
            refusal(pattern),
            PatternError::Invalid(reason.to_owned()),
            "{pattern}"
        );
        assert_eq!(refusal(pattern).to_string(), reason);
    }
}

#[test]
fn anything_but_takes_strings_or_numbers() {
    let mixed =
        "Inside anything but list, either all values are number or string, mixed type is not supported";
    let other = "Inside anything but list, start|null|boolean is not supported.";
    let single = "Value of anything-but must be an array or single string/number value.";
    let ignoring_case =
        "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.";
    let ends = "prefix/suffix match pattern must be a string";
    for (operand, reason) in [
        ("null", single),
        ("true", single),
        ("[]", mixed),
        (r#"["a", 1]"#, mixed),
        ("[null]", other),
        (r#"["a", true]"#, other),
        (r#"["a", ["b"]]"#, other),
        (r#"["a", {}]"#, other),
        ("{}", "Anything-But expression name not found"),
        (r#"{"exists": false}"#, "Unsupported anything-but pattern: exists"),
        (
            r#"{"numeric": [">", 0]}"#,
            "Unsupported anything-but pattern: numeric",
        ),
        (r#"{"prefix": 123}"#, ends),
        (r#"{"prefix": [123, "a"]}"#, ends),
        (r#"{"prefix": false}"#, single),
        (r#"{"prefix": ""}"#, "Null prefix/suffix not allowed"),
        (r#"{"prefix": ["a", ""]}"#, "Null prefix/suffix not allowed"),
        (r#"{"prefix": {"equals-ignore-case": "a"}}"#, single),
        (r#"{"suffix": 123}"#, ends),
        (r#"{"suffix": ""}"#, "Null prefix/suffix not allowed"),
        (r#"{"suffix": {"equals-ignore-case": "a"}}"#, single),
        (r#"{"equals-ignore-case": 123}"#, ignoring_case),
        (r#"{"equals-ignore-case": [123, 456]}"#, ignoring_case),
        (r#"{"wildcard": 123}"#, "wildcard match pattern must be a string"),
        (
            r#"{"wildcard": [123, "*a"]}"#,
            "wildcard match pattern must be a string",
        ),
        (
            r#"{"wildcard": ["*a", "**"]}"#,
            "Consecutive wildcard characters at pos 1",
        ),
        (
            r#"{"prefix": "a", "suffix": "b"}"#,
            "Too many elements in numeric expression",
        ),
        ("5000000001", "Value must be between -5.0E9 and 5.0E9, inclusive"),
    ] {
        let pattern = format!(r#"{{"a": [{{"anything-but": {operand}}}]}}"#);
        assert_eq!(
            refusal(&pattern),
            PatternError::Invalid(reason.to_owned()),
            "{pattern}"
        );
    }
}

#[test]
fn numeric_takes_one_comparison_or_two() {
    for (operand, reason) in [
        ("1", "Value of numeric must be an array."),
        ("[]", "Invalid member in numeric match: ]"),
        (r#"[1, "<="]"#, "Invalid member in numeric match: 1"),
        ("[null]", "Invalid member in numeric match: null"),
        ("[[]]", "Invalid member in numeric match: ["),
        (r#"["operator"]"#, "Unrecognized numeric range operator: operator"),
        (r#"["!=", 1]"#, "Unrecognized numeric range operator: !="),
        (r#"["=", "000"]"#, "Value of equals must be numeric"),
        (r#"["="]"#, "Value of equals must be numeric"),
        (r#"[">="]"#, "Value of >= must be numeric"),
        (r#"["<", true]"#, "Value of < must be numeric"),
        (r#"[">", "20", "<", "30"]"#, "Value of > must be numeric"),
        (r#"["=", 1, "<", 2]"#, "Too many elements in numeric expression"),
        (
            r#"["<", 100, ">", 10]"#,
            "Too many elements in numeric expression",
        ),
        (r#"[">=", 1, ">", 2]"#, "Bad numeric range operator: >"),
        (r#"[">", 20, "test"]"#, "Bad numeric range operator: test"),
        (r#"[">", 20, 30]"#, "Bad value in numeric range: 30"),
        (r#"[">", 20, "<="]"#, "Value of <= must be numeric"),
        (r#"[">", 20, "<", "30"]"#, "Value of < must be numeric"),
        (
            r#"[">", 20, "<", 30, "<", 50]"#,
            "Too many terms in numeric range expression",
        ),
        (r#"[">", 3, "<", 1]"#, "Bottom must be less than top"),
        (r#"[">=", 3, "<=", 3.0]"#, "Bottom must be less than top"),
        (
            r#"[">", 5000000001]"#,
            "Value must be between -5.0E9 and 5.0E9, inclusive",
        ),
        (
            r#"["<", -1e400]"#,
            "Value must be between -5.0E9 and 5.0E9, inclusive",
        ),
    ] {
        let pattern = format!(r#"{{"a": [{{"numeric": {operand}}}]}}"#);
        assert_eq!(
            refusal(&pattern),
            PatternError::Invalid(reason.to_owned()),
            "{pattern}"
        );
    }
    assert!(EventPattern::parse(r#"{"a": [{"numeric": [">=", -5e9, "<=", 5e9]}]}"#).is_ok());
}

#[test]
fn networks_have_an_address_and_a_mask() {
    for (operand, reason) in [
        (r#"["a"]"#, "prefix match pattern must be a string"),
        (r#""10.0.0.0""#, "Malformed CIDR, one '/' required"),
        (r#""10.0.0.0/8/8""#, "Malformed CIDR, one '/' required"),
        (r#""10.0.0.0/xx""#, "Malformed CIDR, mask bits must be an integer"),
        (r#""10.0.0.0/""#, "Malformed CIDR, mask bits must be an integer"),
        (
            r#""10.0.0.0/-1""#,
            "Malformed CIDR, mask bits must not be negative",
        ),
        (r#""10.0.0.0/32""#, "IPv4 mask bits must be < 32"),
        (r#""10.0.0.0/1000""#, "IPv4 mask bits must be < 32"),
        (r#""::/128""#, "IPv6 mask bits must be < 128"),
        (r#""xx.11.xx/8""#, "Nonstandard IP address: xx.11.xx"),
        (
            r#""xxxx:db8:1234:1a00::/64""#,
            "Nonstandard IP address: xxxx:db8:1234:1a00::",
        ),
        (r#""10.0.0.256/8""#, "Invalid IP address: 10.0.0.256"),
        (r#""1::2::3/8""#, "Invalid IP address: 1::2::3"),
    ] {
        let pattern = format!(r#"{{"a": [{{"cidr": {operand}}}]}}"#);
        assert_eq!(
            refusal(&pattern),
            PatternError::Invalid(reason.to_owned()),
            "{pattern}"
        );
    }
}

#[test]
fn any_of_takes_at_least_two_objects() {
    for (operand, reason) in [
        (r#"{"a": [1]}"#, "It must be an Array followed with $or."),
        ("1", "It must be an Array followed with $or."),
        ("[]", "There must have at least 2 Objects in $or relationship."),
        (
            r#"[{"a": [1]}]"#,
            "There must have at least 2 Objects in $or relationship.",
        ),
        (
            r#"[1, 2]"#,
            "Only JSON object is allowed in array of $or relationship.",
        ),
        (
            r#"[{"a": [1]}, []]"#,
            "Only JSON object is allowed in array of $or relationship.",
        ),
        (r#"[{"a": [1]}, {}]"#, "Empty objects are not allowed"),
        (
            r#"[{"numeric": [1]}, {"b": [1]}]"#,
            "numeric is Ruler reserved fieldName which cannot be used inside $or.",
        ),
        (
            r#"[{"a": {"regex": [1]}}, {"b": [1]}]"#,
            "regex is Ruler reserved fieldName which cannot be used inside $or.",
        ),
    ] {
        let pattern = format!(r#"{{"$or": {operand}}}"#);
        assert_eq!(
            refusal(&pattern),
            PatternError::Invalid(reason.to_owned()),
            "{pattern}"
        );
    }
    // Outside they are names like any other.
    assert!(EventPattern::parse(r#"{"numeric": [1], "prefix": {"exists": [1]}}"#).is_ok());
}

#[test]
fn what_is_not_json_is_no_pattern() {
    for pattern in [
        "",
        "this is not json",
        "{'bad': 'quotation'}",
        r#"{"not": closed mark""#,
        r#"{"a": ["b"]"#,
        r#"{"a": ["b",]}"#,
        r#"{"a": ["b"]} {}"#,
        r#"{"a": ["\ud800"]}"#,
    ] {
        assert!(matches!(refusal(pattern), PatternError::NotJson(_)), "{pattern}");
    }
    let deep = format!("{}[1]{}", r#"{"a":"#.repeat(128), "}".repeat(128));
    assert_eq!(refusal(&deep).to_string(), "the nesting is too deep at byte 641");
}

#[test]
fn patterns_have_bounds() {
    let fields = |count: usize| {
        let fields = (0..count).map(|number| format!(r#""f{number}": ["v"]"#));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    };
    assert!(EventPattern::parse(&fields(300)).is_ok());
    let error = refusal(&fields(400)).to_string();
    assert!(error.ends_with("more than the 4096 allowed"), "{error}");
    let large = Limits {
        characters: 10_000,
        ..Limits::EVENT_BRIDGE
    };
    assert!(EventPattern::parse_within(&fields(400), large).is_ok());

    let alternatives = |count: usize| {
        let one_of_ten = |name: usize| {
            let objects = (0..10).map(|number| format!(r#"{{"f{name}": [{number}]}}"#));
            format!(r#"{{"$or": [{}]}}"#, objects.collect::<Vec<_>>().join(","))
        };
        let fields = (0..count).map(|name| format!(r#""o{name}": {}"#, one_of_ten(name)));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    };
    assert!(EventPattern::parse(&alternatives(3)).is_ok());
    let error = refusal(&alternatives(4)).to_string();
    assert!(error.contains("more than 1000 combinations"), "{error}");
    let doubled = (0..10).map(|name| format!(r#""f{name}": [1, {{"exists": false}}]"#));
    let error = refusal(&format!("{{{}}}", doubled.collect::<Vec<_>>().join(","))).to_string();
    assert!(error.contains("more than 1000 combinations"), "{error}");
}

#[test]
fn events_have_to_be_json_objects() {
    let mut index = PatternIndex::new();
    index.insert(1, &EventPattern::parse(r#"{"a": ["b"]}"#).unwrap());
    for event in ["[]", "1", "\"a\"", "null", " [1]"] {
        assert_eq!(
            index.matches(event.as_bytes()),
            Err(EventError::NotAnObject),
            "{event}"
        );
        assert_eq!(
            Event::parse(event.as_bytes()).err(),
            Some(EventError::NotAnObject),
            "{event}"
        );
    }
    let deep = format!(r#"{{"x": {}{}}}"#, "[".repeat(128), "]".repeat(128));
    for event in [
        "",
        "a",
        "true false",
        "{",
        r#"{"a": "b""#,
        // What nobody asks for has to be JSON too.
        r#"{"a": "b", "x": [1,]}"#,
        r#"{"a": "b", "x": {"y": tru}}"#,
        r#"{"a": "b"} x"#,
        &deep,
    ] {
        assert!(
            matches!(index.matches(event.as_bytes()), Err(EventError::NotJson(_))),
            "{event}"
        );
        assert!(
            matches!(Event::parse(event.as_bytes()), Err(EventError::NotJson(_))),
            "{event}"
        );
    }
    let not_utf8 = b"{\"a\": \"\xff\"}";
    assert!(matches!(index.matches(not_utf8), Err(EventError::NotJson(_))));
    assert!(matches!(Event::parse(not_utf8), Err(EventError::NotJson(_))));
}
