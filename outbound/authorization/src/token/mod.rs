//! OAuth 2.0 access tokens for client credentials (RFC 6749, section 4.4).

mod answer;
mod request;
mod source;

pub use request::{ClientCredentials, TokenMethod};
pub use source::TokenSource;
