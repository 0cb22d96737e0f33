//! Connections, API destinations and endpoints: the door on a driven clock, against real servers on loopback.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod api_destinations;
mod connections;
mod deliveries;
mod endpoints;
mod fixture;
mod server;
