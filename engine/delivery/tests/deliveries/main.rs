//! The delivery engine on the in-memory store, a driven clock, and a courier that does as it is told.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

mod endings;
mod fixture;
mod isolation;
mod property;
mod retries;
