use ninefold_outbound_http::OutboundError;

/// Why a part of a connection, a destination or a target cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// It cannot be the name of a header.
    #[error("{name:?} cannot be the name of a header")]
    HeaderName {
        /// The name.
        name: String,
    },
    /// The value has characters that a header cannot have.
    #[error("the value of the header {name:?} has characters that no header can have")]
    HeaderValue {
        /// The name of the header; the value may be a secret.
        name: String,
    },
    /// A header with the API key that would be removed from every request.
    #[error("the header {name:?} is removed from every request, so it cannot hold an API key")]
    RemovedHeader {
        /// The name of the header.
        name: String,
    },
    /// A user name with a colon, which Basic authorization cannot tell from the password (RFC 7617, section 2).
    #[error("a user name must not contain a colon")]
    UserName,
    /// It is no absolute URL of HTTP, or has what none may have.
    #[error("the endpoint cannot be used: {reason}")]
    Endpoint {
        /// What is wrong with it.
        reason: String,
    },
    /// It is none of the methods.
    #[error("{method:?} is not a method that can be used")]
    Method {
        /// What was given.
        method: String,
    },
    /// More parameters, or larger ones, than there may be.
    #[error("there are too many parameters: {limit} of a kind and {limit_bytes} bytes in all are allowed")]
    TooMany {
        /// How many of a kind there may be.
        limit: usize,
        /// How large they may be together, in bytes.
        limit_bytes: usize,
    },
}

/// Why there is no access token. What the authorization server says is shortened.
///
/// [`TokenError::is_transient`] says what it means for the connection's state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The authorization server refuses the client (RFC 6749, section 5.2).
    #[error("the authorization server refuses: {error}{} (status {status})", describe(.description))]
    Denied {
        /// The status of its answer.
        status: u16,
        /// Its code, such as `invalid_client`, or a description if there is none.
        error: String,
        /// What it says besides.
        description: Option<String>,
    },
    /// The authorization server answers with success, but with no token that can be used.
    #[error("the authorization server's answer cannot be used: {reason} (status {status})")]
    Answer {
        /// The status of its answer.
        status: u16,
        /// What is wrong with it.
        reason: String,
    },
    /// The authorization server cannot answer at the moment.
    #[error("the authorization server is not available (status {status})")]
    Unavailable {
        /// The status of its answer.
        status: u16,
    },
    /// There was no answer.
    #[error("the authorization server cannot be reached: {0}")]
    Unreachable(OutboundError),
}

fn describe(description: &Option<String>) -> String {
    description
        .as_ref()
        .map(|description| format!(": {description}"))
        .unwrap_or_default()
}

impl TokenError {
    /// Whether the next attempt may succeed without anybody changing anything. Then a connection stays in the
    /// [state](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection-states.html) that it is
    /// in, such as `AUTHORIZING`; otherwise it becomes `DEAUTHORIZED`, and this error is the reason.
    pub fn is_transient(&self) -> bool {
        match self {
            TokenError::Denied { .. } | TokenError::Answer { .. } => false,
            TokenError::Unavailable { .. } => true,
            TokenError::Unreachable(error) => error.is_transient(),
        }
    }
}

/// Why an endpoint did not get an event, or gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvocationError {
    /// The endpoint has more wildcards than the target has values.
    #[error("the endpoint has {wildcards} path wildcards, and the target has {values} path parameter values")]
    PathParameters {
        /// How many wildcards there are.
        wildcards: usize,
        /// How many values there are.
        values: usize,
    },
    /// A path parameter that is empty, or that would lead to another folder.
    #[error("{value:?} cannot be a path parameter")]
    PathParameter {
        /// The value.
        value: String,
    },
    /// The URL that came out is no URL, or too long.
    #[error("the URL cannot be used: {reason}")]
    Url {
        /// What is wrong with it.
        reason: String,
    },
    /// The connection adds body parameters to what is no JSON object.
    #[error("the connection has body parameters, but the body is no JSON object: {reason}")]
    Body {
        /// What is wrong with it.
        reason: String,
    },
    /// There is no access token.
    #[error("not authorized: {0}")]
    Token(#[from] TokenError),
    /// There was no answer.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
}

impl InvocationError {
    /// Whether the same event may be delivered later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            InvocationError::PathParameters { .. }
            | InvocationError::PathParameter { .. }
            | InvocationError::Url { .. }
            | InvocationError::Body { .. } => false,
            InvocationError::Token(error) => error.is_transient(),
            InvocationError::Outbound(error) => error.is_transient(),
        }
    }
}
