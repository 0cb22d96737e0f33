//! The HTTP server in front of every door: HTTP/1.1, HTTP/2 and h2c on one port, with or without TLS.
//!
//! A [`Handler`] gets whole requests and answers them at once or [part by part](ResponseBody::Streaming): the server reads bodies within its [`Limits`], cuts clients that are
//! too slow, bounds how many connections are open, and drains when it is told to stop. Nothing here knows
//! what the requests mean.

mod activity;
mod body;
mod connection;
mod detect;
mod handler;
mod limits;
mod response;
mod server;
mod stream;
mod tls;

pub use handler::{Handler, Refusal};
pub use limits::Limits;
pub use response::{Interrupted, PartStream, ResponseBody};
pub use server::{ConnectionCount, Server};
pub use tls::{Tls, TlsError};
