use std::error::Error;
use std::io;
use std::net::IpAddr;

use rustls::pki_types::pem;

use crate::EgressRule;

/// Why a client could not be made.
#[derive(Debug, thiserror::Error)]
pub enum HttpClientError {
    /// What should hold certificates is no PEM, or holds none.
    #[error("cannot read certificates: {0}")]
    Pem(pem::Error),
    /// One of the additional root certificates cannot be used.
    #[error("additional root certificate {number} cannot be used: {reason}")]
    Root {
        /// Which of them, counted from one.
        number: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
}

/// Why a request got no answer. Every answer, whatever its status, is an
/// [`OutboundResponse`](crate::OutboundResponse) and no error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutboundError {
    /// The URI cannot be asked: not `http` or `https`, without a host, or with user information.
    #[error("the URI cannot be used: {reason}")]
    Uri {
        /// What is wrong with it.
        reason: String,
    },
    /// The request cannot be sent, wherever it goes: its body is too large, or it would open a tunnel.
    #[error("the request cannot be sent: {reason}")]
    Request {
        /// What is wrong with it.
        reason: String,
    },
    /// The egress rules refuse every address of the host.
    #[error("{address} is refused by the egress rules: {rule}")]
    Refused {
        /// The address; the first of them if the host has several.
        address: IpAddr,
        /// The rule that this address meets.
        rule: EgressRule,
    },
    /// The host's name has no address.
    #[error("the host name cannot be resolved: {reason}")]
    Resolve {
        /// What the resolver says.
        reason: String,
    },
    /// No connection could be made, or it broke before TLS was agreed on.
    #[error("cannot connect: {reason}")]
    Connect {
        /// What the operating system says.
        reason: String,
    },
    /// The peer's certificate is not trusted, or there is no way of TLS that both sides have.
    #[error("TLS failed: {reason}")]
    Tls {
        /// What is wrong.
        reason: String,
    },
    /// The connection was not made, or the answer was not complete, in time.
    #[error("out of time: {reason}")]
    Timeout {
        /// What took too long, and how long it was given.
        reason: String,
    },
    /// The peer broke the connection off, or what it sent is not HTTP.
    #[error("no proper answer: {reason}")]
    Protocol {
        /// What happened.
        reason: String,
    },
}

impl OutboundError {
    /// Whether the same request may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            OutboundError::Uri { .. }
            | OutboundError::Request { .. }
            | OutboundError::Refused { .. }
            | OutboundError::Tls { .. } => false,
            OutboundError::Resolve { .. }
            | OutboundError::Connect { .. }
            | OutboundError::Timeout { .. }
            | OutboundError::Protocol { .. } => true,
        }
    }

    /// From a failed TLS handshake. What rustls decides comes wrapped into an I/O error.
    pub(crate) fn from_handshake(failure: &io::Error) -> Self {
        let cause = failure.get_ref();
        if let Some(error) = cause.and_then(|cause| cause.downcast_ref::<rustls::Error>()) {
            let reason = error.to_string();
            return OutboundError::Tls { reason };
        }
        OutboundError::Connect {
            reason: format!("the connection broke during the TLS handshake: {failure}"),
        }
    }

    /// From a failure after the connection was made.
    pub(crate) fn from_exchange(failure: &(dyn Error + 'static)) -> Self {
        let mut reason = failure.to_string();
        let mut cause = failure.source();
        while let Some(error) = cause {
            reason.push_str(": ");
            reason.push_str(&error.to_string());
            cause = error.source();
        }
        OutboundError::Protocol { reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_somebody_to_change_something_is_not_transient() {
        let reason = String::new;
        for (error, is_transient) in [
            (OutboundError::Uri { reason: reason() }, false),
            (OutboundError::Request { reason: reason() }, false),
            (OutboundError::Tls { reason: reason() }, false),
            (OutboundError::Resolve { reason: reason() }, true),
            (OutboundError::Connect { reason: reason() }, true),
            (OutboundError::Timeout { reason: reason() }, true),
            (OutboundError::Protocol { reason: reason() }, true),
        ] {
            assert_eq!(error.is_transient(), is_transient, "{error:?}");
        }
    }

    #[test]
    fn a_handshake_fails_for_what_tls_or_the_socket_says() {
        let tls = OutboundError::from_handshake(&io::Error::other(rustls::Error::DecryptError));
        assert!(matches!(tls, OutboundError::Tls { .. }), "{tls:?}");
        let reset = OutboundError::from_handshake(&io::Error::from(io::ErrorKind::ConnectionReset));
        assert!(matches!(reset, OutboundError::Connect { .. }), "{reset:?}");
    }
}
