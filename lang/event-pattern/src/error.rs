use crate::json::JsonError;

/// Why an event pattern was refused.
///
/// Displays as EventBridge words it. The service goes on with a line about where in the text it stopped; we don't.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It is not JSON, or nested deeper than 128 levels.
    #[error("Event pattern is not valid. Reason: Invalid JSON: {0}")]
    NotJson(String),
    /// It is not in the language, or too large; with the reason.
    #[error("Event pattern is not valid. Reason: {0}")]
    Invalid(String),
}

impl PatternError {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self::Invalid(reason.into())
    }
}

impl From<JsonError> for PatternError {
    fn from(error: JsonError) -> Self {
        Self::NotJson(error.to_string())
    }
}

/// Why an event could not be matched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// It is not UTF-8, not JSON, or nested deeper than 128 levels.
    #[error("the event is not valid JSON: {0}")]
    NotJson(String),
    /// It is JSON, but not an object.
    #[error("the event is not a JSON object")]
    NotAnObject,
}

impl From<JsonError> for EventError {
    fn from(error: JsonError) -> Self {
        Self::NotJson(error.to_string())
    }
}
