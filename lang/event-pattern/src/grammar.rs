//! The grammar of patterns. Reasons are worded as event-ruler's `JsonRuleCompiler` does.

mod network;
mod numeric;
mod value;

use crate::error::{Place, Refusal};
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
enum Surroundings {
    Outside,
    InAnyOf,
}

/// Reads a pattern.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn parse(json: &str) -> Result<Tree, Refusal> {
    let mut reader = Reader::new(json);
    match reader.peek()? {
        Kind::Object => {}
        kind => {
            // More than the first token isn't read.
            let place = reader.end_of_next_token();
            if let Kind::True | Kind::False | Kind::Null = kind {
                reader.literal(kind)?;
            }
            return refuse_at(Place::At(place), "Filter is not an object");
        }
    }
    let tree = object(&mut reader, Surroundings::Outside)?;
    reader.end()?;
    Ok(tree)
}

fn object(reader: &mut Reader<'_>, surroundings: Surroundings) -> Result<Tree, Refusal> {
    let mut entries = Vec::new();
    let mut members = reader.object()?;
    while let Some(name) = reader.member(&mut members)? {
        if name == ANY_OF {
            entries.push(any_of(reader)?);
            continue;
        }
        if surroundings == Surroundings::InAnyOf && RESERVED_IN_ANY_OF.contains(&&*name) {
            let reason = format!("{name} is Ruler reserved fieldName which cannot be used inside {ANY_OF}.");
            return refuse_next(reader, reason);
        }
        let condition = match reader.peek()? {
            Kind::Object => Condition::Nested(object(reader, surroundings)?),
            Kind::Array => Condition::Values(values(reader)?),
            _ => return refuse_next(reader, format!("\"{name}\" must be an object or an array")),
        };
        entries.push(Entry::Field(name.into(), condition));
    }
    if entries.is_empty() {
        return refuse_here(reader, "Empty objects are not allowed");
    }
    Ok(Tree { entries })
}

fn any_of(reader: &mut Reader<'_>) -> Result<Entry, Refusal> {
    if reader.peek()? != Kind::Array {
        return refuse_next(reader, format!("It must be an Array followed with {ANY_OF}."));
    }
    let mut trees = Vec::new();
    let mut elements = reader.array()?;
    while let Some(kind) = reader.element(&mut elements)? {
        if kind != Kind::Object {
            let reason = format!("Only JSON object is allowed in array of {ANY_OF} relationship.");
            return refuse_next(reader, reason);
        }
        trees.push(object(reader, Surroundings::InAnyOf)?);
    }
    if trees.len() < 2 {
        let reason = format!("There must have at least 2 Objects in {ANY_OF} relationship.");
        return refuse_here(reader, reason);
    }
    Ok(Entry::AnyOf(trees))
}

fn values(reader: &mut Reader<'_>) -> Result<Vec<ValueTest>, Refusal> {
    let mut tests = Vec::new();
    let mut elements = reader.array()?;
    while let Some(kind) = reader.element(&mut elements)? {
        tests.push(value::test(reader, kind)?);
    }
    if tests.is_empty() {
        return refuse_here(reader, "Empty arrays are not allowed");
    }
    Ok(tests)
}

/// Refuses what has been read last.
fn refuse_here<T>(reader: &Reader<'_>, reason: impl Into<String>) -> Result<T, Refusal> {
    refuse_at(Place::At(reader.position()), reason)
}

/// Refuses what comes next.
fn refuse_next<T>(reader: &mut Reader<'_>, reason: impl Into<String>) -> Result<T, Refusal> {
    refuse_at(Place::At(reader.end_of_next_token()), reason)
}

fn refuse_at<T>(place: Place, reason: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Invalid {
        reason: reason.into(),
        place,
    })
}
