//! Checking an input against its shape, with messages that read as AWS's do.

use std::fmt;

use crate::{
    Member, NumberRange, ServiceModel, Shape, ShapeId, ShapeKind, StringShape, TimestampFormat, Value,
};

/// Violations reported of one input; more would only grow the message.
const MAX_VIOLATIONS: usize = 100;
/// Characters of a value repeated in a message.
const MAX_VALUE_CHARACTERS: usize = 4096;
/// Stands for a sensitive part of a value.
const REDACTED: &str = "***Sensitive Data Redacted***";

/// One constraint that an input breaks.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// Path of the value as AWS writes it, e.g. `entries.1.member.id`.
    pub path: String,
    /// The value as AWS writes it, with its quotes where it has any; `None` when it is sensitive.
    pub value: Option<String>,
    /// What it breaks.
    pub constraint: Constraint,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Violation {
            path,
            value,
            constraint,
        } = self;
        match value {
            Some(value) => write!(
                formatter,
                "Value {value} at '{path}' failed to satisfy constraint: {constraint}"
            ),
            None => write!(
                formatter,
                "Value at '{path}' failed to satisfy constraint: {constraint}"
            ),
        }
    }
}

/// A constraint of a shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Constraint {
    /// A required member is missing.
    NotNull,
    /// Fewer characters, bytes, elements or entries than allowed.
    MinLength(f64),
    /// More characters, bytes, elements or entries than allowed.
    MaxLength(f64),
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

impl fmt::Display for Constraint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Constraint::NotNull => formatter.write_str("Member must not be null"),
            Constraint::MinLength(min) => write!(
                formatter,
                "Member must have length greater than or equal to {min}"
            ),
            Constraint::MaxLength(max) => {
                write!(formatter, "Member must have length less than or equal to {max}")
            }
            Constraint::MinValue(min) => {
                write!(formatter, "Member must have value greater than or equal to {min}")
            }
            Constraint::MaxValue(max) => {
                write!(formatter, "Member must have value less than or equal to {max}")
            }
            Constraint::Enumeration(values) => {
                write!(
                    formatter,
                    "Member must satisfy enum value set: [{}]",
                    values.join(", ")
                )
            }
            Constraint::Pattern(pattern) => {
                write!(
                    formatter,
                    "Member must satisfy regular expression pattern: {pattern}"
                )
            }
            Constraint::Elements(constraints) => write_all(formatter, "Member", constraints),
            Constraint::Keys(constraints) => write_all(formatter, "Map keys", constraints),
            Constraint::Values(constraints) => write_all(formatter, "Map value", constraints),
        }
    }
}

fn write_all(formatter: &mut fmt::Formatter<'_>, subject: &str, constraints: &[Constraint]) -> fmt::Result {
    let constraints: Vec<String> = constraints.iter().map(Constraint::to_string).collect();
    write!(
        formatter,
        "{subject} must satisfy constraint: [{}]",
        constraints.join(", ")
    )
}

/// Checks a decoded value against the constraints of its shape. Types are taken as the decoders checked them.
pub fn validate(model: &ServiceModel, shape: ShapeId, value: &Value) -> Result<(), Vec<Violation>> {
    let mut checker = Checker {
        model,
        path: String::new(),
        violations: Vec::new(),
    };
    checker.check(shape, value);
    if checker.violations.is_empty() {
        Ok(())
    } else {
        Err(checker.violations)
    }
}

/// The message of a `ValidationException`: `2 validation errors detected: Value ... at ... failed ...; Value ...`.
pub fn describe(violations: &[Violation]) -> String {
    let plural = if violations.len() == 1 { "" } else { "s" };
    let all: Vec<String> = violations.iter().map(Violation::to_string).collect();
    format!(
        "{} validation error{plural} detected: {}",
        violations.len(),
        all.join("; ")
    )
}

struct Checker<'a> {
    model: &'a ServiceModel,
    path: String,
    violations: Vec<Violation>,
}

impl Checker<'_> {
    fn check(&mut self, id: ShapeId, value: &Value) {
        let shape = self.model.shape(id);
        match (&shape.kind, value) {
            (ShapeKind::Structure(structure), Value::Map(map)) if !structure.document => {
                for member in &structure.members {
                    self.check_member(member, map.get(member.name));
                }
            }
            (ShapeKind::List(list), Value::List(elements)) => {
                self.report(shape, value, length_broken(list.length, elements.len()));
                self.check_elements(shape, &list.member, value, elements);
            }
            (ShapeKind::Map(map), Value::Map(entries)) => {
                self.report(shape, value, length_broken(map.length, entries.len()));
                let keys = self.model.shape(map.key.shape);
                if entries.iter().any(|(key, _)| !text_broken(keys, key).is_empty()) {
                    self.report(shape, value, vec![Constraint::Keys(scalar_constraints(keys))]);
                }
                self.check_entries(shape, &map.value, value);
            }
            _ => self.report(shape, value, scalar_broken(shape, value)),
        }
    }

    fn check_member(&mut self, member: &Member, value: Option<&Value>) {
        let value = value.unwrap_or(&Value::Null);
        if value.is_null() && !member.required {
            return;
        }
        let mut characters = member.name.chars();
        let first = characters
            .next()
            .map(|first| first.to_ascii_lowercase())
            .unwrap_or_default();
        let separator = if self.path.is_empty() { "" } else { "." };
        self.within(
            &format!("{separator}{first}{}", characters.as_str()),
            |checker| match value {
                Value::Null => checker.report_null(),
                _ => checker.check(member.shape, value),
            },
        );
    }

    /// Scalar elements are reported once, at the list; structures at their own path.
    fn check_elements(&mut self, list: &Shape, member: &Member, value: &Value, elements: &[Value]) {
        let element_shape = self.model.shape(member.shape);
        if is_scalar(element_shape) {
            if elements
                .iter()
                .any(|element| !scalar_broken(element_shape, element).is_empty())
            {
                self.report(
                    list,
                    value,
                    vec![Constraint::Elements(scalar_constraints(element_shape))],
                );
            }
            return;
        }
        for (index, element) in elements.iter().enumerate() {
            self.within(&format!(".{}.member", index + 1), |checker| match element {
                Value::Null => checker.report_null(),
                _ => checker.check(member.shape, element),
            });
        }
    }

    fn check_entries(&mut self, map: &Shape, member: &Member, value: &Value) {
        let Value::Map(entries) = value else { return };
        let value_shape = self.model.shape(member.shape);
        if is_scalar(value_shape) {
            if entries
                .iter()
                .any(|(_, entry)| !scalar_broken(value_shape, entry).is_empty())
            {
                self.report(
                    map,
                    value,
                    vec![Constraint::Values(scalar_constraints(value_shape))],
                );
            }
            return;
        }
        for (key, entry) in entries.iter() {
            self.within(&format!(".{key}.member"), |checker| {
                checker.check(member.shape, entry)
            });
        }
    }

    fn within(&mut self, step: &str, check: impl FnOnce(&mut Self)) {
        if self.violations.len() >= MAX_VIOLATIONS {
            return;
        }
        let length = self.path.len();
        self.path.push_str(step);
        check(self);
        self.path.truncate(length);
    }

    fn report_null(&mut self) {
        let violation = Violation {
            path: self.path.clone(),
            value: Some("null".to_owned()),
            constraint: Constraint::NotNull,
        };
        self.violations.push(violation);
    }

    fn report(&mut self, shape: &Shape, value: &Value, broken: Vec<Constraint>) {
        for constraint in broken {
            let value = (!shape.sensitive).then(|| format!("'{}'", rendered(self.model, shape, value)));
            self.violations.push(Violation {
                path: self.path.clone(),
                value,
                constraint,
            });
        }
    }
}

fn is_scalar(shape: &Shape) -> bool {
    !matches!(
        shape.kind,
        ShapeKind::Structure(_) | ShapeKind::List(_) | ShapeKind::Map(_)
    )
}

fn scalar_broken(shape: &Shape, value: &Value) -> Vec<Constraint> {
    match (&shape.kind, value) {
        (_, Value::Null) => vec![Constraint::NotNull],
        (ShapeKind::String(_), Value::String(text)) => text_broken(shape, text),
        (ShapeKind::Blob(range), Value::Blob(bytes)) => length_broken(*range, bytes.len()),
        (ShapeKind::Integer(range) | ShapeKind::Long(range), Value::Integer(number)) => {
            number_broken(*range, *number as f64)
        }
        (ShapeKind::Float(range), Value::Float(number)) => number_broken(*range, *number),
        _ => Vec::new(),
    }
}

/// Broken constraints of a text in the order AWS reports them: enumeration, pattern, length.
fn text_broken(shape: &Shape, text: &str) -> Vec<Constraint> {
    let ShapeKind::String(string) = &shape.kind else {
        return Vec::new();
    };
    let mut broken = Vec::new();
    if !string.values.is_empty() && !string.values.contains(&text) {
        broken.push(Constraint::Enumeration(string.values.clone()));
    }
    if let Some(pattern) = string.pattern.as_ref().filter(|pattern| !pattern.matches(text)) {
        broken.push(Constraint::Pattern(pattern.source()));
    }
    if string.length != NumberRange::default() {
        broken.extend(length_broken(string.length, text.chars().count()));
    }
    broken
}

fn length_broken(range: NumberRange, length: usize) -> Vec<Constraint> {
    let length = length as f64;
    match range {
        NumberRange { min: Some(min), .. } if length < min => vec![Constraint::MinLength(min)],
        NumberRange { max: Some(max), .. } if length > max => vec![Constraint::MaxLength(max)],
        _ => Vec::new(),
    }
}

fn number_broken(range: NumberRange, number: f64) -> Vec<Constraint> {
    match range {
        NumberRange { min: Some(min), .. } if number < min => vec![Constraint::MinValue(min)],
        NumberRange { max: Some(max), .. } if number > max => vec![Constraint::MaxValue(max)],
        _ => Vec::new(),
    }
}

/// Every constraint of a scalar, which AWS lists when an element of a list or map breaks one.
fn scalar_constraints(shape: &Shape) -> Vec<Constraint> {
    let lengths = |range: &NumberRange| {
        [
            range.max.map(Constraint::MaxLength),
            range.min.map(Constraint::MinLength),
        ]
        .into_iter()
        .flatten()
        .collect()
    };
    let stated: Vec<Constraint> = match &shape.kind {
        ShapeKind::String(StringShape {
            length,
            values,
            pattern,
        }) => {
            let mut constraints: Vec<Constraint> = lengths(length);
            constraints.extend(
                pattern
                    .as_ref()
                    .map(|pattern| Constraint::Pattern(pattern.source())),
            );
            constraints.extend((!values.is_empty()).then(|| Constraint::Enumeration(values.clone())));
            constraints
        }
        ShapeKind::Blob(range) => lengths(range),
        ShapeKind::Integer(range) | ShapeKind::Long(range) | ShapeKind::Float(range) => [
            range.max.map(Constraint::MaxValue),
            range.min.map(Constraint::MinValue),
        ]
        .into_iter()
        .flatten()
        .collect(),
        _ => Vec::new(),
    };
    if stated.is_empty() {
        vec![Constraint::NotNull]
    } else {
        stated
    }
}

/// A value as AWS's Java services print it, cut at a sane length.
fn rendered(model: &ServiceModel, shape: &Shape, value: &Value) -> String {
    let mut output = String::new();
    render(&mut output, model, shape, value);
    if let Some((end, _)) = output.char_indices().nth(MAX_VALUE_CHARACTERS) {
        output.truncate(end);
    }
    output
}

fn render(output: &mut String, model: &ServiceModel, shape: &Shape, value: &Value) {
    if shape.sensitive {
        return output.push_str(REDACTED);
    }
    if output.len() > 4 * MAX_VALUE_CHARACTERS {
        return;
    }
    match (&shape.kind, value) {
        (ShapeKind::List(list), Value::List(elements)) => {
            let element_shape = model.shape(list.member.shape);
            let parts = elements.iter().map(|element| ("", element_shape, element));
            render_parts(output, model, ['[', ']'], parts);
        }
        (ShapeKind::Map(map), Value::Map(entries)) => {
            let value_shape = model.shape(map.value.shape);
            let parts = entries.iter().map(|(key, entry)| (key, value_shape, entry));
            render_parts(output, model, ['{', '}'], parts);
        }
        (ShapeKind::Structure(structure), Value::Map(members)) => {
            output.push_str(shape.name);
            let parts = members.iter().filter_map(|(name, member)| {
                structure
                    .member(name)
                    .map(|definition| (name, model.shape(definition.shape), member))
            });
            render_parts(output, model, ['(', ')'], parts);
        }
        (_, value) => render_scalar(output, value),
    }
}

fn render_parts<'a>(
    output: &mut String,
    model: &ServiceModel,
    brackets: [char; 2],
    parts: impl Iterator<Item = (&'a str, &'a Shape, &'a Value)>,
) {
    output.push(brackets[0]);
    for (index, (name, shape, value)) in parts.enumerate() {
        if index > 0 {
            output.push_str(", ");
        }
        if !name.is_empty() {
            output.push_str(name);
            output.push('=');
        }
        render(output, model, shape, value);
    }
    output.push(brackets[1]);
}

fn render_scalar(output: &mut String, value: &Value) {
    match value {
        Value::Bool(flag) => output.push_str(if *flag { "true" } else { "false" }),
        Value::Integer(number) => output.push_str(&number.to_string()),
        Value::Float(number) => output.push_str(&format!("{number:?}")),
        Value::String(text) => output.push_str(text),
        Value::Blob(bytes) => {
            let length = bytes.len();
            output.push_str(&format!(
                "java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]"
            ));
        }
        Value::Timestamp(timestamp) => output.push_str(&timestamp.format(TimestampFormat::Iso8601)),
        Value::Null | Value::List(_) | Value::Map(_) => output.push_str("null"),
    }
}
