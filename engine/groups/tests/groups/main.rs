//! What groups answer, one behaviour a test.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

mod classic;
mod classic_errors;
mod consumer;
mod consumer_errors;
mod conversion;
mod durability;
mod fixture;
mod migration;
mod offsets;
mod refusal;
mod share;
