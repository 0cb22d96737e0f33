//! The control plane against a host in memory, on a clock that the test drives.
#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

mod authorization;
mod clusters;
mod configurations;
mod fixture;
mod host;
mod policies_and_tags;
mod secrets;
mod topics;
mod updates;
mod wire;
