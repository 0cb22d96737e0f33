use crate::jackson;
use crate::json::JsonError;

/// Why an event pattern was refused.
///
/// Displays what EventBridge puts behind `Event pattern is not valid. Reason: `. From [`EventPattern::parse`] it ends with where
/// in the text that was, as the service has it: `\n at [Source: (String)"{"a": []}"; line: 1, column: 9]`.
///
/// [`EventPattern::parse`]: crate::EventPattern::parse
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It is not JSON, or nested deeper than 128 levels.
    #[error("{0}")]
    NotJson(String),
    /// It is not in the language, or too large; with the reason.
    #[error("{0}")]
    Invalid(String),
}

impl PatternError {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self::Invalid(reason.into())
    }
}

/// What the grammar objects to, with the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotJson(JsonError),
    Invalid { reason: String, place: Place },
}

/// Where in the text a pattern is wrong, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The service doesn't say.
    Unsaid,
    At(usize),
    /// The service says it twice.
    TwiceAt(usize),
}

impl Refusal {
    /// The reason without the place.
    pub(crate) fn bare(self) -> PatternError {
        match self {
            Self::NotJson(error) => PatternError::NotJson(error.to_string()),
            Self::Invalid { reason, .. } => PatternError::Invalid(reason),
        }
    }

    /// The reason with the place in the text, in the words of the service.
    pub(crate) fn located(self, json: &str) -> PatternError {
        match self {
            Self::NotJson(error) => PatternError::NotJson(jackson::words(error, json)),
            Self::Invalid { reason, place } => {
                let (times, position) = match place {
                    Place::Unsaid => (0, 0),
                    Place::At(position) => (1, position),
                    Place::TwiceAt(position) => (2, position),
                };
                let location = format!("\n at {}", jackson::location(json, position));
                PatternError::Invalid(reason + &location.repeat(times))
            }
        }
    }
}

impl From<JsonError> for Refusal {
    fn from(error: JsonError) -> Self {
        Self::NotJson(error)
    }
}

/// What was found out without the text at hand has no place in it.
impl From<PatternError> for Refusal {
    fn from(error: PatternError) -> Self {
        let (PatternError::NotJson(reason) | PatternError::Invalid(reason)) = error;
        Self::Invalid {
            reason,
            place: Place::Unsaid,
        }
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
