//! The operations, called through the door in both protocols, on an engine in memory and a driven clock.

#![allow(clippy::unwrap_used, reason = "the helpers of tests may unwrap as tests do")]

mod attributes;
mod batches;
mod consignments;
mod dead_letters;
mod fifo;
mod messages;
mod permissions;
mod push;
mod queues;
mod support;
mod tags;
mod visibility;
