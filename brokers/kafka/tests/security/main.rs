//! Security as clients meet it: over connections, on a driven clock.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod connections;
#[allow(dead_code, reason = "every test uses a part of it")]
mod fixture;
mod mutations;
mod quotas;
mod requests;
