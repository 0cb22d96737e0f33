//! The server as clients on the wire see it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod http1;
mod http2;
mod streaming;
mod support;
