//! Who is at the other end of a connection.

use std::net::SocketAddr;

/// The caller of a request.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// Who it is.
    pub(crate) principal: Principal,
    /// Where it is.
    pub(crate) peer: SocketAddr,
    /// The address it has connected to, which is how it reaches this node.
    pub(crate) reached_at: Endpoint,
}

/// Whom a client has shown to be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Principal {
    /// Nobody in particular.
    Anonymous,
    /// A user by name.
    User(String),
}

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) host: String,
    pub(crate) port: u16,
}
