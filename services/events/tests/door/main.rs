//! The door on the in-memory store and a driven clock, beside a real queue service.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

mod archives;
mod connections;
mod fixture;
mod replays;
mod webhooks;
