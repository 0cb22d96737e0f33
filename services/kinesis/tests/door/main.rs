//! The door as its clients see it, on engines in memory and a directory, with a clock that tests drive.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod cbor;
mod consumers;
mod describing;
mod push;
mod reading;
mod records;
mod resharding;
mod restart;
mod settings;
mod streams;
mod subscriptions;
mod support;
mod throttling;
mod topics;
