//! The client against real servers on loopback.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod egress;
mod limits;
mod pooling;
mod support;
mod tls;
mod wire;
