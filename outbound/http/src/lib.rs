//! The HTTP client that everything goes out through: pooled, bounded, guarded.
//!
//! HTTP/1.1 and HTTP/2 over pooled connections, TLS with verification that cannot be turned off, and a bound on
//! everything a peer or a caller could make grow: time, bodies, headers, connections. Redirects are answers like any
//! other; nobody follows them. Whoever lets strangers name URLs guards the client with [`EgressRules`], which are
//! checked on the very address that is connected to, after names have been resolved.
//!
//! Certificates are checked against Mozilla's root certificates, compiled in, and against those that the
//! configuration adds. So a server in an empty container trusts what one on a workstation does, and a private
//! authority is named in the configuration instead of being installed on the machine.

mod client;
mod connect;
mod connection;
mod egress;
mod error;
mod exchange;
mod pool;
mod tls;

pub use client::{HttpClient, HttpClientOptions, HttpVersions};
pub use egress::{EgressRule, EgressRules};
pub use error::{HttpClientError, OutboundError};
pub use exchange::{OutboundRequest, OutboundResponse};
pub use tls::certificates_from_pem;
