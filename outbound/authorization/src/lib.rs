//! What EventBridge's connections and API destinations make of an event: an HTTP request that the endpoint accepts.
//!
//! - A [`Connection`] knows how to authorize: with a fixed header, or with an OAuth access token that it gets, keeps
//!   and renews. It may add headers, query and body.
//! - An [`Endpoint`] is a URL with wildcards; with a [`Method`] and a target's [`TargetParameters`] it is an
//!   [`Invocation`], whose request is made by a pure function.
//! - An [`Outcome`] says what an answer means for the event.
//!
//! The rules are those of [API destinations](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html)
//! and [connections](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection-auth.html). Deliberately
//! different: connections are kept alive, and answers are not asked to be compressed.

mod connection;
mod content;
mod credential;
mod endpoint;
mod error;
mod headers;
mod invocation;
mod method;
mod outcome;
mod parameters;
mod query;
mod token;

pub use connection::{Authorization, Connection};
pub use credential::Credential;
pub use endpoint::{ENDPOINT_LIMIT_BYTES, Endpoint};
pub use error::{InvocationError, ParameterError, TokenError};
pub use invocation::{INVOCATION_TIMEOUT, Invocation, RESPONSE_LIMIT_BYTES};
pub use method::Method;
pub use outcome::{LONGEST_RETRY_AFTER, Outcome};
pub use parameters::{ConnectionParameters, PARAMETERS_LIMIT, PARAMETERS_LIMIT_BYTES, TargetParameters};
pub use token::{ClientCredentials, TokenMethod, TokenSource};
