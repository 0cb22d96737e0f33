//! Both matchers on one pattern and one event.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_event_pattern::{Event, EventPattern, PatternIndex};

/// Whether the pattern matches the event; both matchers have to agree on it.
pub(crate) fn matches(pattern: &str, event: &str) -> bool {
    let parsed = EventPattern::parse(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    let by_itself = parsed.matches(&Event::parse(event.as_bytes()).unwrap());
    let mut index = PatternIndex::new();
    index.insert("pattern", &parsed);
    let indexed = index.matches(event.as_bytes()).unwrap();
    assert_eq!(
        by_itself,
        indexed == ["pattern"],
        "the matchers disagree: {pattern} on {event}"
    );
    by_itself
}

/// Asserts of each line whether the pattern matches the event.
pub(crate) fn assert_all(cases: &[(&str, &str, bool)]) {
    for (pattern, event, expected) in cases {
        assert_eq!(matches(pattern, event), *expected, "{pattern} on {event}");
    }
}
