//! The door on the in-memory store and a driven clock, with a queue service that takes what it is sent.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

mod fan_out;
mod fixture;
mod lifetimes;
