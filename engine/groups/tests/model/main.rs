//! Random clients on the engine, which crashes now and then with what it has not stored.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

mod classic;
mod commits;
mod consumer;
mod mixed;
mod offsets;
mod world;
