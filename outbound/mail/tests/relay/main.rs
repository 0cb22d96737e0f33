//! The relay against a small SMTP server on loopback.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod encryption;
mod mails;
mod refusals;
mod server;
mod sessions;
