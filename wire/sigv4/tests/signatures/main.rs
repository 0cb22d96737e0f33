//! Parsing and verifying signatures, from outside the crate.
#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps in vain fails, as it should"
)]

mod parsing;
mod request;
mod verification;
