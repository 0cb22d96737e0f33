//! Security as clients meet it: over connections, on a driven clock.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod connections;
mod fixture;
mod quotas;
mod requests;
