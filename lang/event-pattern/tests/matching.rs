//! What each operator admits and what it doesn't.

mod support;

use support::{assert_all, matches};

/// Values as they stand in an event, and for each test of a pattern which of them it admits.
const VALUES: [&str; 18] = [
    "\"\"",
    "\"a\"",
    "\"A\"",
    "\"ab\"",
    "\"abc\"",
    "\"cab\"",
    "\"1\"",
    "\"true\"",
    "\"null\"",
    "\"10.0.0.1\"",
    "\"::1\"",
    "0",
    "1",
    "1.5",
    "-2",
    "true",
    "false",
    "null",
];

#[test]
fn tests_admit_exactly_some_values() {
    for (test, admitted) in [
        (r#""a""#, &["\"a\""][..]),
        (r#""""#, &["\"\""]),
        (r#""1""#, &["\"1\""]),
        ("1", &["1"]),
        ("1.0", &["1"]),
        ("1e0", &["1"]),
        ("-2.00", &["-2"]),
        ("-0", &["0"]),
        ("true", &["true"]),
        ("false", &["false"]),
        ("null", &["null"]),
        (r#""true""#, &["\"true\""]),
        (r#""null""#, &["\"null\""]),
        (r#"{"exactly": "ab"}"#, &["\"ab\""]),
        (r#"{"prefix": "a"}"#, &["\"a\"", "\"ab\"", "\"abc\""]),
        (r#"{"prefix": "abcd"}"#, &[]),
        (
            r#"{"prefix": ""}"#,
            &[
                "\"\"",
                "\"a\"",
                "\"A\"",
                "\"ab\"",
                "\"abc\"",
                "\"cab\"",
                "\"1\"",
                "\"true\"",
                "\"null\"",
                "\"10.0.0.1\"",
                "\"::1\"",
            ],
        ),
        (
            r#"{"prefix": {"equals-ignore-case": "A"}}"#,
            &["\"a\"", "\"A\"", "\"ab\"", "\"abc\""],
        ),
        (r#"{"suffix": "ab"}"#, &["\"ab\"", "\"cab\""]),
        (r#"{"suffix": {"equals-ignore-case": "A"}}"#, &["\"a\"", "\"A\""]),
        (r#"{"suffix": "e"}"#, &["\"true\""]),
        (r#"{"equals-ignore-case": "AB"}"#, &["\"ab\""]),
        (r#"{"equals-ignore-case": "a"}"#, &["\"a\"", "\"A\""]),
        (r#"{"equals-ignore-case": "TRUE"}"#, &["\"true\""]),
        (r#"{"wildcard": "a*"}"#, &["\"a\"", "\"ab\"", "\"abc\""]),
        (r#"{"wildcard": "*b"}"#, &["\"ab\"", "\"cab\""]),
        (r#"{"wildcard": "*b*"}"#, &["\"ab\"", "\"abc\"", "\"cab\""]),
        (r#"{"wildcard": "a*c"}"#, &["\"abc\""]),
        (r#"{"wildcard": ""}"#, &["\"\""]),
        (
            r#"{"anything-but": "a"}"#,
            &[
                "\"\"",
                "\"A\"",
                "\"ab\"",
                "\"abc\"",
                "\"cab\"",
                "\"1\"",
                "\"true\"",
                "\"null\"",
                "\"10.0.0.1\"",
                "\"::1\"",
                "0",
                "1",
                "1.5",
                "-2",
                "true",
                "false",
                "null",
            ],
        ),
        (
            r#"{"anything-but": [1.50, 0]}"#,
            &[
                "\"\"",
                "\"a\"",
                "\"A\"",
                "\"ab\"",
                "\"abc\"",
                "\"cab\"",
                "\"1\"",
                "\"true\"",
                "\"null\"",
                "\"10.0.0.1\"",
                "\"::1\"",
                "1",
                "-2",
                "true",
                "false",
                "null",
            ],
        ),
        (
            r#"{"anything-but": {"equals-ignore-case": ["A", "AB"]}}"#,
            &[
                "\"\"",
                "\"abc\"",
                "\"cab\"",
                "\"1\"",
                "\"true\"",
                "\"null\"",
                "\"10.0.0.1\"",
                "\"::1\"",
                "0",
                "1",
                "1.5",
                "-2",
                "true",
                "false",
                "null",
            ],
        ),
        (
            r#"{"anything-but": {"prefix": ["a", "c", "1"]}}"#,
            &[
                "\"\"", "\"A\"", "\"true\"", "\"null\"", "\"::1\"", "0", "1", "1.5", "-2", "true", "false",
                "null",
            ],
        ),
        (
            r#"{"anything-but": {"suffix": "b"}}"#,
            &[
                "\"\"",
                "\"a\"",
                "\"A\"",
                "\"abc\"",
                "\"1\"",
                "\"true\"",
                "\"null\"",
                "\"10.0.0.1\"",
                "\"::1\"",
                "0",
                "1",
                "1.5",
                "-2",
                "true",
                "false",
                "null",
            ],
        ),
        (
            r#"{"anything-but": {"wildcard": ["*a*", "*u*", "*1"]}}"#,
            &["\"\"", "\"A\"", "0", "1", "1.5", "-2", "true", "false", "null"],
        ),
        (r#"{"numeric": ["=", 1.0]}"#, &["1"]),
        (r#"{"numeric": [">", 1]}"#, &["1.5"]),
        (r#"{"numeric": [">=", 1]}"#, &["1", "1.5"]),
        (r#"{"numeric": ["<", 0]}"#, &["-2"]),
        (r#"{"numeric": ["<=", 0]}"#, &["0", "-2"]),
        (r#"{"numeric": [">", 0, "<", 1.5]}"#, &["1"]),
        (r#"{"numeric": [">=", 0, "<=", 1.5]}"#, &["0", "1", "1.5"]),
        (r#"{"numeric": [">", 1, "<", 1.000001]}"#, &[]),
        (r#"{"cidr": "10.0.0.0/8"}"#, &["\"10.0.0.1\""]),
        (r#"{"cidr": "10.0.0.200/24"}"#, &["\"10.0.0.1\""]),
        (r#"{"cidr": "0.0.0.0/0"}"#, &["\"10.0.0.1\""]),
        (r#"{"cidr": "::/0"}"#, &["\"::1\""]),
        (r#"{"cidr": "::1/127"}"#, &["\"::1\""]),
        (r#"{"cidr": "11.0.0.0/8"}"#, &[]),
        (r#"{"exists": true}"#, &VALUES),
        (r#"{"exists": false}"#, &[]),
        (r#""a", "cab", 1, null"#, &["\"a\"", "\"cab\"", "1", "null"]),
        (
            r#"{"prefix": "ab"}, {"suffix": "b"}, {"numeric": [">", 0]}"#,
            &["\"ab\"", "\"abc\"", "\"cab\"", "1", "1.5"],
        ),
        (r#"{"exists": false}, "a""#, &["\"a\""]),
    ] {
        let pattern = format!(r#"{{"f": [{test}]}}"#);
        for value in VALUES {
            let expected = admitted.contains(&value);
            // Alone, and in an array with what fits nothing, and in a nested one.
            assert_eq!(
                matches(&pattern, &format!(r#"{{"f": {value}}}"#)),
                expected,
                "{test} on {value}"
            );
            assert_eq!(
                matches(&pattern, &format!(r#"{{"f": [{value}]}}"#)),
                expected,
                "{test} on {value}"
            );
            assert_eq!(
                matches(&pattern, &format!(r#"{{"f": [[{value}], []]}}"#)),
                expected,
                "{test} on {value}"
            );
            assert!(
                !matches(&pattern, &format!(r#"{{"f": {{"g": {value}}}}}"#)) || test.contains("false"),
                "{test}"
            );
        }
        let absent = test.contains(r#"{"exists": false}"#);
        for event in [
            "{}",
            r#"{"g": "a"}"#,
            r#"{"f": []}"#,
            r#"{"f": {}}"#,
            r#"{"f": [{}, []]}"#,
        ] {
            assert_eq!(matches(&pattern, event), absent, "{test} on {event}");
        }
    }
}

#[test]
fn strings_are_compared_without_their_escapes() {
    assert_all(&[
        (r#"{"a": ["\u00e9\n\"\\"]}"#, "{\"a\": \"é\\n\\\"\\u005C\"}", true),
        ("{\"\\u0061\": [\"é\"]}", r#"{"a": "\u00E9"}"#, true),
        (r#"{"a": [{"prefix": "\u00e9"}]}"#, r#"{"\u0061": "éa"}"#, true),
        (r#"{"a": [{"wildcard": "*\\\\*"}]}"#, r#"{"a": "x\\y"}"#, true),
        (r#"{"a": [{"wildcard": "\\**"}]}"#, r#"{"a": "*y"}"#, true),
        (r#"{"a": [{"wildcard": "\\**"}]}"#, r#"{"a": "x*y"}"#, false),
        (r#"{"a": [{"suffix": "\ud83d\ude00"}]}"#, r#"{"a": "x😀"}"#, true),
        (
            r#"{"a": [{"equals-ignore-case": "ÉCOLE"}]}"#,
            r#"{"a": "école"}"#,
            true,
        ),
        (
            r#"{"a": [{"suffix": {"equals-ignore-case": "ÉÉ"}}]}"#,
            r#"{"a": "xéÉ"}"#,
            true,
        ),
    ]);
}

#[test]
fn numbers_are_equal_by_value_within_bounds() {
    for (pattern, value, expected) in [
        ("300", "300.0", true),
        ("300", "3.0e2", true),
        ("3.0e2", "300", true),
        ("300", "\"300\"", false),
        ("300", "300.1", false),
        // An account number is beyond what is compared by value.
        ("123456789012", "123456789012", true),
        ("123456789012", "123456789012.0", false),
        ("0.1234567", "0.1234567", true),
        ("0.1234567", "0.1234568", false),
        ("0.123456", "0.1234567", false),
        (r#"{"numeric": ["=", 0.123456]}"#, "0.1234567", true),
        (r#"{"numeric": [">", 0]}"#, "5000000000", true),
        (r#"{"numeric": [">", 0]}"#, "5000000000.1", false),
        (r#"{"numeric": [">=", -5e9]}"#, "-5e9", true),
        (r#"{"numeric": ["<", 0]}"#, "-1e400", false),
        (r#"{"anything-but": 300}"#, "3e2", false),
        (r#"{"anything-but": 300}"#, "123456789012", true),
    ] {
        let (pattern, event) = (format!(r#"{{"n": [{pattern}]}}"#), format!(r#"{{"n": {value}}}"#));
        assert_eq!(matches(&pattern, &event), expected, "{pattern} on {event}");
    }
}

#[test]
fn fields_in_one_array_have_to_be_in_one_element() {
    let both = r#"{"d": {"a": ["x"], "b": ["y"]}}"#;
    let inner = r#"{"u": {"t": {"k": ["color"], "v": ["blue"]}}}"#;
    let across = r#"{"d": {"name": [{"exists": true}], "info": {"x": ["1"]}}}"#;
    let three = r#"{"d": {"a": [1], "b": [1], "c": [1]}}"#;
    assert_all(&[
        (both, r#"{"d": {"a": "x", "b": "y"}}"#, true),
        (both, r#"{"d": [{"a": "x", "b": "y"}]}"#, true),
        (both, r#"{"d": [{"a": "x"}, {"b": "y"}]}"#, false),
        (
            both,
            r#"{"d": [{"a": "x", "b": "z"}, {"a": "w", "b": "y"}, {"b": "y", "a": "x"}]}"#,
            true,
        ),
        (
            both,
            r#"{"d": [[{"a": "x"}, {"b": "y"}], [{"a": "x", "b": "y"}]]}"#,
            true,
        ),
        (both, r#"{"d": [[{"a": "x"}, {"b": "y"}]]}"#, false),
        (both, r#"{"d": [{"a": ["w", "x"], "b": ["y"]}]}"#, true),
        (inner, r#"{"u": [{"t": [{"k": "color", "v": "blue"}]}]}"#, true),
        (inner, r#"{"u": [{"t": [{"k": "color"}, {"v": "blue"}]}]}"#, false),
        (
            inner,
            r#"{"u": [{"t": {"k": "color"}}, {"t": {"v": "blue"}}]}"#,
            false,
        ),
        (across, r#"{"d": [{"name": "n", "info": {"x": "1"}}]}"#, true),
        (across, r#"{"d": [{"name": "n"}, {"info": {"x": "1"}}]}"#, false),
        (
            across,
            r#"{"d": [{"name": "n", "info": [{"x": "2"}, {"x": "1"}]}]}"#,
            true,
        ),
        (
            three,
            r#"{"d": [{"a": 1, "b": 1}, {"b": 1, "c": 1}, {"a": 1, "c": 1}]}"#,
            false,
        ),
        (
            three,
            r#"{"d": [{"a": 1, "b": 1}, {"a": 1, "b": 1, "c": 1}]}"#,
            true,
        ),
        // Different arrays don't matter to each other.
        (
            r#"{"a": {"x": [1]}, "b": {"x": [1]}}"#,
            r#"{"a": [{"x": 1}, {}], "b": [{}, {"x": 1}]}"#,
            true,
        ),
        (
            r#"{"a": {"x": [1]}, "b": [1]}"#,
            r#"{"a": [{"x": 0}, {"x": 1}], "b": 1}"#,
            true,
        ),
        // Alternatives each for themselves.
        (
            r#"{"d": {"$or": [{"a": ["x"], "b": ["y"]}, {"a": ["w"], "b": ["z"]}]}}"#,
            r#"{"d": [{"a": "x", "b": "z"}, {"a": "w", "b": "z"}]}"#,
            true,
        ),
    ]);
}

#[test]
fn absence_is_about_the_elements_that_the_other_fields_are_in() {
    let without = r#"{"d": {"a": [1], "b": [{"exists": false}]}}"#;
    let alone = r#"{"d": {"b": [{"exists": false}]}}"#;
    let either = r#"{"d": {"a": [1], "b": [2, {"exists": false}]}}"#;
    assert_all(&[
        (without, r#"{"d": [{"a": 1}]}"#, true),
        (without, r#"{"d": [{"a": 1, "b": 2}]}"#, false),
        (without, r#"{"d": [{"a": 1}, {"b": 2}]}"#, true),
        (without, r#"{"d": [{"a": 1, "b": 2}, {"a": 1}]}"#, true),
        (without, r#"{"d": {"a": 1, "b": []}}"#, true),
        (alone, r#"{"d": [{"a": 1}, {"b": 2}]}"#, false),
        (alone, r#"{"d": [{"a": 1}, {}]}"#, true),
        (either, r#"{"d": [{"a": 1, "b": 3}]}"#, false),
        (either, r#"{"d": [{"a": 1, "b": 3}, {"a": 1, "b": 2}]}"#, true),
        (either, r#"{"d": [{"a": 1, "b": 3}, {"a": 1}]}"#, true),
        (either, r#"{"d": [{"a": 1, "b": 3}, {"b": 2}]}"#, false),
        (
            r#"{"a": [1], "d": {"b": [{"exists": false}]}}"#,
            r#"{"a": 1, "d": [{"b": 1}, {}]}"#,
            false,
        ),
    ]);
}

#[test]
fn doubled_names() {
    assert_all(&[
        // In a pattern the last one counts.
        (r#"{"a": [1], "a": [2]}"#, r#"{"a": 1}"#, false),
        (r#"{"a": [1], "a": [2]}"#, r#"{"a": 2}"#, true),
        (r#"{"a": {"b": [1]}, "a.b": [2]}"#, r#"{"a": {"b": 2}}"#, true),
        // Different fields of doubled objects do.
        (
            r#"{"a": {"b": [1]}, "a": {"c": [1]}}"#,
            r#"{"a": {"c": 1}}"#,
            false,
        ),
        // In an event all do.
        (r#"{"a": [1]}"#, r#"{"a": 1, "a": 2}"#, true),
        (r#"{"a": [2]}"#, r#"{"a": 1, "a": 2}"#, true),
        (
            r#"{"a": {"b": [1], "c": [2]}}"#,
            r#"{"a": {"b": 1}, "a.c": 2}"#,
            true,
        ),
    ]);
}

#[test]
fn names_are_compared_exactly() {
    assert_all(&[
        (r#"{"Source": ["a"]}"#, r#"{"source": "a"}"#, false),
        (r#"{"": ["a"]}"#, r#"{"": "a"}"#, true),
        (r#"{"a": {"": ["b"]}}"#, r#"{"a.": "b"}"#, true),
        (r#"{"a": ["b"]}"#, r#"{"a.": "b"}"#, false),
        // `$or` is no field's name in a pattern, but it may be in an event.
        (
            r#"{"$or": [{"a": [1]}, {"b": [1]}]}"#,
            r#"{"$or": [{"a": 1}]}"#,
            false,
        ),
    ]);
}
