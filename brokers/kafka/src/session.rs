//! Who is at the other end of a connection.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::security::{IamIdentity, Origin};

/// The caller of a request.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// Who it is.
    pub(crate) principal: Principal,
    /// Where it is.
    pub(crate) peer: SocketAddr,
    /// Whether what it says is encrypted on the way.
    pub(crate) is_encrypted: bool,
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
    /// An identity of IAM.
    Iam(Arc<IamIdentity>),
}

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Caller {
    /// Where it is, as policies see it.
    pub(crate) fn origin(&self) -> Origin {
        Origin {
            address: self.peer.ip().to_canonical(),
            is_encrypted: self.is_encrypted,
        }
    }
}

impl Principal {
    /// Its name alone.
    pub(crate) fn name(&self) -> &str {
        match self {
            Principal::Anonymous => "ANONYMOUS",
            Principal::User(name) => name,
            Principal::Iam(identity) => &identity.principal_arn,
        }
    }

    /// As ACLs name it: `User:name`.
    pub(crate) fn qualified(&self) -> Cow<'static, str> {
        match self {
            Principal::Anonymous => Cow::Borrowed("User:ANONYMOUS"),
            named => Cow::Owned(format!("User:{}", named.name())),
        }
    }
}
