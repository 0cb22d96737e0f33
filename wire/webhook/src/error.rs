use http::StatusCode;

/// Why a scheme cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemeError {
    /// It is longer than the limit.
    #[error("the scheme has {length_bytes} bytes, and {limit_bytes} are allowed")]
    TooLong {
        /// Its length, in bytes.
        length_bytes: usize,
        /// The limit, in bytes.
        limit_bytes: usize,
    },
    /// It is no JSON, or not what a scheme looks like.
    #[error("the scheme cannot be read: {0}")]
    Syntax(String),
    /// One of its members is not acceptable.
    #[error("{member} of the scheme is not acceptable: {reason}")]
    Member {
        /// Which member.
        member: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

/// Why a text is no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// It is empty, so that everybody knows it.
    #[error("a secret must not be empty")]
    Empty,
    /// It is longer than the limit.
    #[error("a secret of {length_bytes} bytes is too long: {limit_bytes} are allowed")]
    TooLong {
        /// Its length, in bytes.
        length_bytes: usize,
        /// The limit, in bytes.
        limit_bytes: usize,
    },
}

/// Why a webhook is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// The body is larger than an event can be.
    #[error("the body has {length_bytes} bytes, and {limit_bytes} are allowed")]
    BodyTooLarge {
        /// Its length, in bytes.
        length_bytes: usize,
        /// The limit, in bytes.
        limit_bytes: usize,
    },
    /// A header that the scheme needs is not there.
    #[error("the header {name} is missing")]
    MissingHeader {
        /// Which one.
        name: String,
    },
    /// A header that decides something is not there exactly once, or is no text.
    #[error("the header {name} cannot be used: {reason}")]
    Header {
        /// Which one.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// It was signed too long ago, or in the future.
    #[error(
        "it was signed {difference_seconds} seconds away from the time of this server, and {tolerance_seconds} are allowed"
    )]
    OutsideTolerance {
        /// How far the clocks are apart, in seconds.
        difference_seconds: u64,
        /// How far they may be, in seconds.
        tolerance_seconds: u32,
    },
    /// No secret of the source gives a signature that was sent.
    #[error("the signature does not match")]
    SignatureMismatch,
    /// The body is of a type that becomes no event.
    #[error("the content type {found:?} is not supported")]
    ContentType {
        /// The type.
        found: String,
    },
    /// The body is not what its type says, or no JSON object.
    #[error("the body becomes no event: {reason}")]
    Body {
        /// What is wrong with it.
        reason: String,
    },
    /// Nothing says what kind of event it is, or what does is not acceptable.
    #[error("the detail type is not acceptable: {reason}")]
    DetailType {
        /// What is wrong with it.
        reason: String,
    },
}

impl WebhookError {
    /// The status to answer with: 401 for what is not proven to come from the service, else 400 or 413.
    pub fn status(&self) -> StatusCode {
        match self {
            WebhookError::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            WebhookError::OutsideTolerance { .. } | WebhookError::SignatureMismatch => {
                StatusCode::UNAUTHORIZED
            }
            WebhookError::MissingHeader { .. }
            | WebhookError::Header { .. }
            | WebhookError::ContentType { .. }
            | WebhookError::Body { .. }
            | WebhookError::DetailType { .. } => StatusCode::BAD_REQUEST,
        }
    }
}
