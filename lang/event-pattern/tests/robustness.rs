//! Whatever bytes come in, nothing panics, and both matchers agree on what they are.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_event_pattern::{Event, EventPattern, Limits, PatternIndex};
use proptest::prelude::*;

const PATTERNS: [&str; 5] = [
    r#"{"source": ["aws.ec2", {"prefix": "é"}], "detail": {"state": [{"anything-but": ["a", "b"]}, null]}}"#,
    r#"{"a": [{"numeric": [">", -5.5e2, "<=", 0]}, {"cidr": "10.0.0.0/8"}, {"exists": false}]}"#,
    r#"{"$or": [{"a.b": [{"wildcard": "x*\\*y*"}]}, {"b": [{"suffix": {"equals-ignore-case": "\ud83d\ude00"}}]}]}"#,
    r#"{"a": [{"anything-but": {"wildcard": ["*a", "b*"]}}, {"anything-but": {"prefix": "x"}}, {"exactly": "y"}]}"#,
    r#"{"a": {"b": {"c": [1, true, "", 123456789012.5, {"prefix": {"equals-ignore-case": "X"}}]}}}"#,
];

const EVENTS: [&str; 3] = [
    r#"{"source": "aws.ec2", "detail": {"state": ["c", {"d": [[], {}]}], "n": -1.5E+3}, "a": [1, null, "x"]}"#,
    "{\"a\": {\"b\": {\"c\": [\"é\u{1f600}\\u00e9\", 1e400, 0.0000001]}}, \"a.b\": \"x*y\"}",
    r#"{"a": "10.1.2.3", "b": "\ud83d\ude00", "a": [{"b": "x"}, {"b": {"c": false}}]}"#,
];

/// A text with some bytes changed, taken away or put in.
fn mutated(texts: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        3 => prop::sample::select(&b"{}[]\",:\\*0-.eEtfnu/ "[..]),
        1 => any::<u8>(),
    ];
    let edit = (any::<prop::sample::Index>(), 0..3_u8, byte);
    (prop::sample::select(texts), prop::collection::vec(edit, 0..6)).prop_map(|(text, edits)| {
        let mut bytes = text.as_bytes().to_vec();
        for (index, kind, byte) in edits {
            let index = index.index(bytes.len().max(1));
            match kind {
                0 if index < bytes.len() => bytes[index] = byte,
                1 if index < bytes.len() => {
                    bytes.remove(index);
                }
                _ => bytes.insert(index.min(bytes.len()), byte),
            }
        }
        bytes
    })
}

fn bytes(texts: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![9 => mutated(texts), 1 => prop::collection::vec(any::<u8>(), 0..64)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn any_bytes_are_taken_or_refused(pattern in bytes(&PATTERNS), event in bytes(&EVENTS)) {
        let text = String::from_utf8_lossy(&pattern);
        let parsed = EventPattern::parse(&text);
        let bare = EventPattern::parse_within(&text, Limits::EVENT_BRIDGE);
        prop_assert_eq!(parsed.is_ok(), bare.is_ok());
        if let (Err(located), Err(bare)) = (&parsed, &bare) {
            prop_assert!(!located.to_string().is_empty() && !bare.to_string().is_empty());
        }
        let mut index = PatternIndex::new();
        for (id, pattern) in PATTERNS.iter().enumerate() {
            index.insert(id, &EventPattern::parse(pattern).unwrap());
        }
        if let Ok(pattern) = &parsed {
            index.insert(PATTERNS.len(), pattern);
        }
        let whole = Event::parse(&event);
        let found = index.matches(&event);
        prop_assert_eq!(whole.is_ok(), found.is_ok(), "{:?} {:?}", whole.err(), found.err());
        if let (Ok(whole), Ok(found), Ok(pattern)) = (whole, found, parsed) {
            prop_assert_eq!(found.contains(&PATTERNS.len()), pattern.matches(&whole));
            prop_assert_eq!(pattern.explain(&whole).is_empty(), pattern.matches(&whole));
        }
    }
}
