//! Why an event is none that a pattern wants: field by field.

use std::fmt;

use ninefold_event_pattern::{Event, EventPattern};
use serde_json::{Map, Value};

/// A field that differs.
#[derive(Debug, PartialEq)]
pub(crate) struct Mismatch {
    /// The names that lead to it, joined by dots.
    path: String,
    /// What the pattern asks of it.
    wanted: Value,
    /// What the event has there, if anything.
    found: Option<Value>,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} should fit {}, and ", self.path, self.wanted)?;
        match &self.found {
            Some(found) => write!(formatter, "is {found}"),
            None => formatter.write_str("is not there"),
        }
    }
}

/// The fields of a pattern that an event fits in none of its values. Empty if they all fit: then either the event matches, or
/// what fits is in different elements of one array.
pub(crate) fn mismatches(pattern: &str, event: &str) -> Vec<Mismatch> {
    let (Ok(Value::Object(pattern)), Ok(value)) =
        (serde_json::from_str(pattern), serde_json::from_str(event))
    else {
        return Vec::new();
    };
    let Ok(event) = Event::parse(event.as_bytes()) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    collect(&pattern, &mut Vec::new(), &mut |path, wanted| {
        if !fits(path, wanted, &event) {
            found.push(Mismatch {
                path: path.join("."),
                wanted: wanted.clone(),
                found: at(&value, path).cloned(),
            });
        }
    });
    found
}

/// Visits what a pattern asks, field by field. Alternatives between fields are one thing that is asked.
fn collect<'a>(
    pattern: &'a Map<String, Value>,
    path: &mut Vec<&'a str>,
    visit: &mut impl FnMut(&[&str], &Value),
) {
    for (name, condition) in pattern {
        path.push(name);
        match condition {
            Value::Object(nested) => collect(nested, path, visit),
            wanted => visit(path, wanted),
        }
        path.pop();
    }
}

/// Whether an event fits a pattern that asks for one field only.
fn fits(path: &[&str], wanted: &Value, event: &Event<'_>) -> bool {
    let nested = path.iter().rev().fold(wanted.clone(), |inner, name| {
        Value::Object(Map::from_iter([((*name).to_owned(), inner)]))
    });
    EventPattern::parse(&nested.to_string()).is_ok_and(|pattern| pattern.matches(event))
}

/// What an event has at a path; names may have dots, which separate as nesting does.
fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    let mut names = path.iter().flat_map(|name| name.split('.'));
    names.try_fold(value, |value, name| value.get(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str =
        r#"{"source":"shop","detail":{"state":"paid","total":12,"lines":[{"a":1,"b":2},{"a":3,"b":4}]}}"#;

    fn explained(pattern: &str) -> Vec<String> {
        let found = mismatches(pattern, EVENT);
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_differs_is_said_field_by_field() {
        assert_eq!(explained(r#"{"source": ["shop"]}"#), [""; 0]);
        assert_eq!(
            explained(
                r#"{"source": [{"prefix": "bank"}], "detail": {"state": ["paid"], "total": [{"numeric": [">", 100]}]}}"#
            ),
            [
                r#"detail.total should fit [{"numeric":[">",100]}], and is 12"#,
                r#"source should fit [{"prefix":"bank"}], and is "shop""#,
            ]
        );
        assert_eq!(
            explained(r#"{"detail": {"customer": ["a"]}}"#),
            [r#"detail.customer should fit ["a"], and is not there"#]
        );
        assert_eq!(
            explained(r#"{"$or": [{"source": ["a"]}, {"source": ["b"]}]}"#),
            [r#"$or should fit [{"source":["a"]},{"source":["b"]}], and is not there"#]
        );
        assert_eq!(
            explained(r#"{"$or": [{"source": ["a"]}, {"source": ["shop"]}]}"#),
            [""; 0]
        );
        // Each fits by itself.
        assert_eq!(
            explained(r#"{"detail": {"lines": {"a": [1], "b": [4]}}}"#),
            [""; 0]
        );
    }
}
