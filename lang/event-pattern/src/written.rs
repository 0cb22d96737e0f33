//! Patterns and values written out as JSON, so that people can read what was compared.

use crate::branch::Test;
use crate::number::Number;
use crate::predicate::{Excluded, Predicate};
use crate::range::Range;
use crate::scalar::Scalar;
use std::fmt::Write;

const MILLION: u64 = 1_000_000;

/// The tests of a field.
pub(crate) fn written_test(test: &Test) -> String {
    match test {
        Test::Any(predicates) => list(predicates.iter().map(predicate)),
        Test::Absent => r#"[{"exists":false}]"#.to_owned(),
    }
}

/// A value.
pub(crate) fn written_scalar(scalar: &Scalar<'_>) -> String {
    match scalar {
        Scalar::String(text) => string(text),
        Scalar::Number(number) => number.text().to_owned(),
        Scalar::Bool(value) => value.to_string(),
        Scalar::Null => "null".to_owned(),
    }
}

fn predicate(predicate: &Predicate) -> String {
    match predicate {
        Predicate::Equals(scalar) => written_scalar(scalar),
        Predicate::EqualsIgnoringCase(text) => operator("equals-ignore-case", &string(text)),
        Predicate::Prefix(text) => operator("prefix", &string(text)),
        Predicate::PrefixIgnoringCase(text) => {
            operator("prefix", &operator("equals-ignore-case", &string(text)))
        }
        Predicate::Suffix(text) => operator("suffix", &string(text)),
        Predicate::SuffixIgnoringCase(text) => {
            operator("suffix", &operator("equals-ignore-case", &string(text)))
        }
        Predicate::Wildcard(wildcard) => operator("wildcard", &string(&wildcard.text())),
        Predicate::AnythingBut(excluded) => operator("anything-but", &values(excluded)),
        Predicate::Numeric(range) => operator("numeric", &numeric(range)),
        Predicate::Network(network) => operator("cidr", &string(&network.to_string())),
        Predicate::Exists => operator("exists", "true"),
    }
}

fn values(excluded: &Excluded) -> String {
    let strings = |texts: &[Box<str>]| list(texts.iter().map(|text| string(text)));
    match excluded {
        Excluded::Strings(texts) => strings(texts),
        Excluded::Numbers(numbers) => list(numbers.iter().map(Number::text).map(str::to_owned)),
        Excluded::IgnoringCase(texts) => operator("equals-ignore-case", &strings(texts)),
        Excluded::Prefixes(texts) => operator("prefix", &strings(texts)),
        Excluded::Suffixes(texts) => operator("suffix", &strings(texts)),
        Excluded::Wildcards(wildcards) => operator(
            "wildcard",
            &list(wildcards.iter().map(|wildcard| string(&wildcard.text()))),
        ),
    }
}

/// A range, with bounds that are included: an excluded one is written as its neighbour.
fn numeric(range: &Range) -> String {
    let bound = |operator: &str, value: i64| [string(operator), decimal(value)];
    let bounds = match (range.low(), range.high()) {
        (Some(low), Some(high)) if low == high => bound("=", low).to_vec(),
        (low, high) => {
            let low = low.map(|low| bound(">=", low));
            let high = high.map(|high| bound("<=", high));
            low.into_iter().chain(high).flatten().collect()
        }
    };
    list(bounds.into_iter())
}

/// A number of millionths.
fn decimal(millionths: i64) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let (whole, rest) = (
        millionths.unsigned_abs() / MILLION,
        millionths.unsigned_abs() % MILLION,
    );
    let written = format!("{sign}{whole}.{rest:06}");
    written.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn operator(name: &str, operand: &str) -> String {
    format!("{{{}:{operand}}}", string(name))
}

fn list(elements: impl Iterator<Item = String>) -> String {
    format!("[{}]", elements.collect::<Vec<_>>().join(","))
}

/// A text as a string of JSON.
fn string(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 2);
    written.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => written.extend(['\\', character]),
            '\0'..='\u{1f}' => {
                write!(written, "\\u{:04x}", u32::from(character)).expect("a String takes what is written");
            }
            _ => written.push(character),
        }
    }
    written.push('"');
    written
}
