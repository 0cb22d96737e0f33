//! Why a pattern doesn't match an event: field by field, for people.

use crate::branch::{Branch, Test};
use crate::event::{Event, Node};
use crate::pattern::EventPattern;
use crate::scalar::Scalar;
use crate::written::{written_scalar, written_test};
use std::fmt;

/// As many values of a field are shown.
const SHOWN_VALUES: usize = 16;

/// As many characters of a value, or of what is wanted, are shown.
const SHOWN_CHARACTERS: usize = 256;

/// A field of a pattern that an event doesn't fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The names that lead to the field, joined by dots.
    pub path: String,
    /// What the pattern wants there, as JSON as in the pattern: `["running",{"prefix":"stop"}]`. Texts that are compared without
    /// case are in lower case.
    pub wanted: String,
    /// What is there instead.
    pub found: Found,
}

/// What an event has at a field that it doesn't fit. The values are JSON, cut short if they are long, and not more than 16.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// No value.
    Nothing,
    /// Values that don't fit.
    Different(Vec<String>),
    /// Values, but there is to be none.
    Unwanted(Vec<String>),
    /// Values, some of which fit, but only in another element of an array than those of other fields.
    Apart(Vec<String>),
}

impl fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, wanted, found } = self;
        match found {
            Found::Nothing => write!(formatter, "{path}: wanted {wanted}, found nothing"),
            Found::Different(values) => {
                write!(formatter, "{path}: wanted {wanted}, found {}", values.join(", "))
            }
            Found::Unwanted(values) => {
                write!(formatter, "{path}: wanted no value, found {}", values.join(", "))
            }
            Found::Apart(values) => write!(
                formatter,
                "{path}: wanted {wanted} in the same element of an array as other fields, found {} elsewhere",
                values.join(", ")
            ),
        }
    }
}

impl EventPattern {
    /// The fields that the event doesn't fit; none if the pattern matches. Of the alternatives of a pattern (`$or`, and having a
    /// value or none) the one that the event misses by the fewest fields.
    pub fn explain(&self, event: &Event<'_>) -> Vec<Mismatch> {
        let misses = self.branches().iter().map(|branch| mismatches(branch, event));
        misses.min_by_key(Vec::len).unwrap_or_default()
    }
}

fn mismatches(branch: &Branch, event: &Event<'_>) -> Vec<Mismatch> {
    let alone = collect(branch, |test, path| found_alone(test, path, event.root()));
    if !alone.is_empty() || branch.matches(event) {
        return alone;
    }
    // Each field fits, but not together.
    collect(branch, |test, path| found_apart(test, path, event.root()))
}

fn collect(branch: &Branch, find: impl Fn(&Test, &str) -> Option<Found>) -> Vec<Mismatch> {
    let mismatch = |(path, test): &(Box<str>, Test)| {
        Some(Mismatch {
            path: path.to_string(),
            wanted: shortened(written_test(test)),
            found: find(test, path)?,
        })
    };
    branch.fields.iter().filter_map(mismatch).collect()
}

/// What is wrong with a field whatever the others are.
fn found_alone(test: &Test, path: &str, root: &Node<'_>) -> Option<Found> {
    if *test == Test::Absent {
        let values = root.values_at(Some(path));
        return (!values.is_empty()).then(|| Found::Unwanted(shown(values.iter())));
    }
    let values = root.all_values(path);
    if values.is_empty() {
        return Some(Found::Nothing);
    }
    let fits = values.iter().any(|value| test.fits(value));
    (!fits).then(|| Found::Different(shown(values.into_iter())))
}

/// What is in elements of arrays only.
fn found_apart(test: &Test, path: &str, root: &Node<'_>) -> Option<Found> {
    let values = shown(root.all_values(path).into_iter());
    match test {
        Test::Absent => (!values.is_empty()).then_some(Found::Unwanted(values)),
        Test::Any(_) => {
            let fits = root.values_at(Some(path)).iter().any(|value| test.fits(value));
            (!fits).then_some(Found::Apart(values))
        }
    }
}

fn shown<'v, 'a: 'v>(values: impl Iterator<Item = &'v Scalar<'a>>) -> Vec<String> {
    values
        .take(SHOWN_VALUES)
        .map(|value| shortened(written_scalar(value)))
        .collect()
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(SHOWN_CHARACTERS) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
