use serde_json::Value;

use super::InvalidTemplate;
use super::placeholder::{Pattern, Placeholder, Values};

/// A JSON value whose strings are patterns. Its structure is that of the template whatever the values are.
pub(super) enum JsonPattern {
    /// Null, a truth value or a number.
    Fixed(Value),
    Text(Pattern),
    Array(Vec<JsonPattern>),
    Object(Vec<(String, JsonPattern)>),
}

impl JsonPattern {
    pub(super) fn parse(text: &str) -> Result<Self, InvalidTemplate> {
        let value = serde_json::from_str(text).map_err(|error| InvalidTemplate::Json(error.to_string()))?;
        Self::from_value(value)
    }

    /// The reader has bounded how deep this goes.
    fn from_value(value: Value) -> Result<Self, InvalidTemplate> {
        Ok(match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => JsonPattern::Fixed(value),
            Value::String(text) => JsonPattern::Text(Pattern::parse(&text)?),
            Value::Array(items) => JsonPattern::Array(
                items
                    .into_iter()
                    .map(Self::from_value)
                    .collect::<Result<_, _>>()?,
            ),
            Value::Object(members) => JsonPattern::Object(
                members
                    .into_iter()
                    .map(|(name, value)| Ok((name, Self::from_value(value)?)))
                    .collect::<Result<_, _>>()?,
            ),
        })
    }

    pub(super) fn has(&self, placeholder: Placeholder) -> bool {
        match self {
            JsonPattern::Fixed(_) => false,
            JsonPattern::Text(pattern) => pattern.has(placeholder),
            JsonPattern::Array(items) => items.iter().any(|item| item.has(placeholder)),
            JsonPattern::Object(members) => members.iter().any(|(_, value)| value.has(placeholder)),
        }
    }

    pub(super) fn fill(&self, values: &Values<'_>) -> Value {
        match self {
            JsonPattern::Fixed(value) => value.clone(),
            JsonPattern::Text(pattern) => Value::String(pattern.fill(values)),
            JsonPattern::Array(items) => items.iter().map(|item| item.fill(values)).collect(),
            JsonPattern::Object(members) => members
                .iter()
                .map(|(name, value)| (name.clone(), value.fill(values)))
                .collect(),
        }
    }
}
