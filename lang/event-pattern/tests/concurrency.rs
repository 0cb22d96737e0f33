//! An index that is read and changed at the same time, behind a lock as a bus has it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_event_pattern::{EventPattern, PatternIndex};
use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

#[test]
fn readers_see_every_change_whole() {
    let index = RwLock::new(PatternIndex::new());
    let pattern = |json: &str| EventPattern::parse(json).unwrap();
    let constant = pattern(r#"{"a": ["x"]}"#);
    index.write().unwrap().insert("constant", &constant);
    let (both, neither) = (
        pattern(r#"{"a": ["x"], "b": [1]}"#),
        pattern(r#"{"a": ["y"], "c": [1]}"#),
    );
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Acquire) {
                    let mut found = index
                        .read()
                        .unwrap()
                        .matches(br#"{"a": "x", "b": 1, "c": 1}"#)
                        .unwrap();
                    found.sort_unstable();
                    // Both of a pair come and go in one change.
                    assert!(
                        found == ["constant"] || found == ["constant", "first", "second"],
                        "{found:?}"
                    );
                }
            });
        }
        for round in 0..2_000 {
            let mut index = index.write().unwrap();
            let one = if round % 2 == 0 { &both } else { &neither };
            index.insert("first", one);
            index.insert("second", one);
        }
        is_over.store(true, Ordering::Release);
    });
    let index = index.read().unwrap();
    assert_eq!(index.len(), 3);
    assert_eq!(index.matches(br#"{"a": "y", "c": 1}"#).unwrap().len(), 2);
}
