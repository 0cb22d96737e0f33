//! The grammar of patterns. Reasons are worded as event-ruler's `JsonRuleCompiler` does.

mod value;

use crate::error::PatternError;
use crate::json::{Kind, Reader};
use crate::tree::{Condition, Entry, Tree, ValueTest};

/// The member that takes one of several objects.
const ANY_OF: &str = "$or";

/// Names that fields in an `$or` can't have: those of operators, now or some day.
const RESERVED_IN_ANY_OF: [&str; 25] = [
    "exactly",
    "equals-ignore-case",
    "prefix",
    "suffix",
    "anything-but",
    "exists",
    "wildcard",
    "numeric",
    "cidr",
    "html",
    "=",
    "<",
    "<=",
    ">",
    ">=",
    "regex",
    "not-wildcard",
    "not-equals-ignore-case",
    "date-after",
    "date-on-or-after",
    "date-before",
    "date-on-or-before",
    "in-date-range",
    "ip-address-in-range",
    "ip-address-not-in-range",
];

/// Where an object stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Outside,
    InAnyOf,
}

/// Reads a pattern.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn parse(json: &str) -> Result<Tree, PatternError> {
    let mut reader = Reader::new(json);
    if !reader.is_object()? {
        return refuse("Filter is not an object");
    }
    let tree = object(&mut reader, Place::Outside)?;
    reader.end()?;
    Ok(tree)
}

fn object(reader: &mut Reader<'_>, place: Place) -> Result<Tree, PatternError> {
    let mut entries = Vec::new();
    let mut members = reader.object()?;
    while let Some(name) = reader.member(&mut members)? {
        if name == ANY_OF {
            entries.push(any_of(reader)?);
            continue;
        }
        if place == Place::InAnyOf && RESERVED_IN_ANY_OF.contains(&&*name) {
            return refuse(format!(
                "{name} is Ruler reserved fieldName which cannot be used inside {ANY_OF}."
            ));
        }
        let condition = match reader.peek()? {
            Kind::Object => Condition::Nested(object(reader, place)?),
            Kind::Array => Condition::Values(values(reader)?),
            _ => return refuse(format!("\"{name}\" must be an object or an array")),
        };
        entries.push(Entry::Field(name.into(), condition));
    }
    if entries.is_empty() {
        return refuse("Empty objects are not allowed");
    }
    Ok(Tree { entries })
}

fn any_of(reader: &mut Reader<'_>) -> Result<Entry, PatternError> {
    if reader.peek()? != Kind::Array {
        return refuse(format!("It must be an Array followed with {ANY_OF}."));
    }
    let mut trees = Vec::new();
    let mut elements = reader.array()?;
    while let Some(kind) = reader.element(&mut elements)? {
        if kind != Kind::Object {
            return refuse(format!(
                "Only JSON object is allowed in array of {ANY_OF} relationship."
            ));
        }
        trees.push(object(reader, Place::InAnyOf)?);
    }
    if trees.len() < 2 {
        return refuse(format!(
            "There must have at least 2 Objects in {ANY_OF} relationship."
        ));
    }
    Ok(Entry::AnyOf(trees))
}

fn values(reader: &mut Reader<'_>) -> Result<Vec<ValueTest>, PatternError> {
    let mut tests = Vec::new();
    let mut elements = reader.array()?;
    while let Some(kind) = reader.element(&mut elements)? {
        tests.push(value::test(reader, kind)?);
    }
    if tests.is_empty() {
        return refuse("Empty arrays are not allowed");
    }
    Ok(tests)
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, PatternError> {
    Err(PatternError::new(reason))
}
