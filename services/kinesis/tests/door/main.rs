//! The door as its clients see it, on engines in memory and a directory, with a clock that tests drive.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod cbor;
mod channel_deliveries;
mod channel_failures;
mod channel_random;
mod channel_settings;
mod channel_support;
mod consumers;
mod describing;
mod push;
mod queue_records;
mod queues;
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
