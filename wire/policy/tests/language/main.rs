//! The language from outside the crate: what is a policy, and what it says.
#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps in vain fails, as it should"
)]

mod conditions;
mod editing;
mod evaluation;
mod parsing;
mod properties;
mod requests;
