//! Filter policies and event patterns: whatever is given as one is read or refused, and what was read matches as the index of
//! all that were read says.

use ninefold_event_pattern::{Event, EventPattern, PatternIndex};
use ninefold_filter_policy::{Attribute, AttributeValue, FilterIndex, FilterPolicy, FilterScope};
use ninefold_fuzz::Mutator;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const POLICIES: &[&str] = &[
    r#"{"colour":["red",{"prefix":"dark"},{"anything-but":["blue"]}],"price":[{"numeric":[">",0,"<=",100.5]}]}"#,
    r#"{"$or":[{"a":["x"]},{"b":[{"exists":false}]}],"c":[{"suffix":"y"},{"equals-ignore-case":"Z"},null,true]}"#,
    r#"{"order":{"state":["paid"],"lines":{"total":[{"numeric":["=",3]}]}},"ip":[{"cidr":"10.0.0.0/24"}]}"#,
    r#"{"name":[{"wildcard":"a*b*c"}],"other":[{"anything-but":{"prefix":"p"}}]}"#,
];
const BODIES: &[&str] = &[
    r#"{"colour":"red","price":7,"order":{"state":"paid","lines":[{"total":3},{"total":4}]},"ip":"10.0.0.7"}"#,
    r#"{"a":"x","c":["y",null],"name":"a--b--c","other":[1,2.5e3,"\ud83d\ude00"]}"#,
];
const TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u0000",
    "*",
    "null",
    "true",
    "-1e400",
    "99999999999999999999",
    "{\"prefix\":",
    "{\"numeric\":[",
    "{\"anything-but\":",
    "{\"exists\":true}",
    "\"$or\":[",
    "{\"wildcard\":\"****\"}",
    "{\"cidr\":\"::/0\"}",
    "[[[[[[[[",
    "{\"a\":{\"a\":",
    "\u{e9}",
];
/// Memory that one input may take: a constant, and so much for each of its bytes.
const CONSTANT_BYTES: usize = 256 << 10;
const BYTES_PER_BYTE: usize = 400;

#[test]
fn policies_and_bodies_of_any_kind_are_read_or_refused() {
    let (mut policies, mut bodies) = (
        Mutator::new(11, POLICIES, TOKENS),
        Mutator::new(12, BODIES, TOKENS),
    );
    let (mut read, mut matched) = (0, 0);
    for number in 0..Mutator::inputs() {
        let policy = String::from_utf8_lossy(&policies.next_input()).into_owned();
        let body = String::from_utf8_lossy(&bodies.next_input()).into_owned();
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let scope = match number % 2 {
            0 => FilterScope::MessageBody,
            _ => FilterScope::MessageAttributes,
        };
        if let Ok(policy) = FilterPolicy::parse(&policy, scope) {
            read += 1;
            let attributes = [
                Attribute {
                    name: "colour",
                    value: AttributeValue::String(&body),
                },
                Attribute {
                    name: "price",
                    value: AttributeValue::Number("7"),
                },
                Attribute {
                    name: "c",
                    value: AttributeValue::StringArray(&body),
                },
            ];
            let matches = match scope {
                FilterScope::MessageBody => policy.matches_body(&body),
                FilterScope::MessageAttributes => policy.matches_attributes(&attributes),
            };
            let mut index = FilterIndex::new();
            index.insert(1, &policy);
            assert_eq!(
                index.matching(&attributes, &body) == [1],
                matches,
                "{policy:?} {body}"
            );
            matched += usize::from(matches);
        }
        let used = MEMORY.peak_usage().saturating_sub(before);
        let allowed = CONSTANT_BYTES + BYTES_PER_BYTE * (policy.len() + body.len());
        assert!(used <= allowed, "{used} bytes for {policy} and {body}");
    }
    assert!(
        read > 100 && matched > 10,
        "{read} were read and {matched} matched: the seeds are wrong"
    );
}

#[test]
fn patterns_and_events_of_any_kind_are_read_or_refused() {
    let (mut patterns, mut events) = (
        Mutator::new(13, POLICIES, TOKENS),
        Mutator::new(14, BODIES, TOKENS),
    );
    let mut read = 0;
    for _ in 0..Mutator::inputs() {
        let pattern = String::from_utf8_lossy(&patterns.next_input()).into_owned();
        let event = events.next_input();
        let Ok(pattern) = EventPattern::parse(&pattern) else {
            continue;
        };
        let mut index = PatternIndex::new();
        index.insert(1, &pattern);
        match (Event::parse(&event), index.matches(&event)) {
            (Ok(parsed), Ok(found)) => {
                read += 1;
                assert_eq!(found == [1], pattern.matches(&parsed), "{pattern:?}");
            }
            (Err(_), Err(_)) => (),
            (parsed, found) => panic!("{parsed:?} but {found:?}"),
        }
    }
    assert!(read > 100, "{read} were read: the seeds are wrong");
}
