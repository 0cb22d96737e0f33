use ninefold_event_pattern::PatternError;

/// Why a filter policy was refused. Displays what SNS puts behind `Invalid parameter: ` (or, when subscribing, behind
/// `Invalid parameter: Attributes Reason: `).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterPolicyError {
    /// It is not JSON; with the reason.
    #[error("FilterPolicy: failed to parse JSON. {0}")]
    NotJson(String),
    /// It is not in the language; with the reason in the words of EventBridge.
    #[error("FilterPolicy: {0}")]
    Syntax(String),
    /// More than 256 KB of text.
    #[error("FilterPolicy: Filter policy can not have more than 262144 bytes")]
    TooLarge,
    /// More than five keys.
    #[error("FilterPolicy: Filter policy can not have more than 5 keys")]
    TooManyKeys,
    /// Too many combinations of values, or too many asterisks.
    #[error("FilterPolicy: Filter policy is too complex")]
    TooComplex,
    /// Nested objects, but it is about attributes.
    #[error("Filter policy scope MessageAttributes does not support nested filter policy")]
    Nested,
}

impl From<PatternError> for FilterPolicyError {
    fn from(error: PatternError) -> Self {
        match error {
            PatternError::NotJson(reason) => Self::NotJson(reason),
            PatternError::Invalid(reason) => Self::Syntax(reason),
        }
    }
}
