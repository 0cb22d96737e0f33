use std::fmt;

use ninefold_outbound_http::OutboundError;

/// Why an app's credentials cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// The service account is no JSON, or lacks something.
    #[error("the service account cannot be read: {reason}")]
    ServiceAccount {
        /// What is wrong with it.
        reason: String,
    },
    /// The private key cannot be read, or is of another kind.
    #[error("the private key cannot be used: {reason}")]
    PrivateKey {
        /// What is wrong with it.
        reason: String,
    },
    /// An identifier that APNs gives out is malformed.
    #[error("the {name} {value:?} is malformed")]
    Identifier {
        /// Which one.
        name: &'static str,
        /// What was given.
        value: String,
    },
    /// APNs credentials of the older kind.
    #[error(
        "APNs certificates are not supported: use a token signing key (.p8) with its key ID, the team ID and the bundle ID"
    )]
    ApnsCertificate,
    /// The base of an endpoint's URLs is no absolute http or https URL without query.
    #[error("{url} cannot be the base of an endpoint")]
    Endpoint {
        /// The base.
        url: String,
    },
}

/// What a failed notification means for the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushErrorKind {
    /// The device token is no longer, or never was, one of this app: nothing sent to it will arrive.
    EndpointGone,
    /// The same notification may succeed later.
    Transient,
    /// The same notification will fail again; others may succeed.
    Permanent,
    /// The app's credentials are refused: nothing succeeds until somebody changes them.
    Credentials,
}

/// Why a notification was not taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushError {
    /// What it means for the sender.
    pub kind: PushErrorKind,
    /// The status of the provider's answer; none if there was no answer.
    pub status: Option<u16>,
    /// The provider's code, such as `UNREGISTERED` or `BadDeviceToken`, or a description if there is none.
    pub reason: String,
    /// What the provider says besides.
    pub detail: Option<String>,
}

impl PushError {
    /// A notification that cannot be sent as it is.
    pub(crate) fn permanent(reason: impl Into<String>) -> Self {
        PushError {
            kind: PushErrorKind::Permanent,
            status: None,
            reason: reason.into(),
            detail: None,
        }
    }

    /// A token that could not be signed, which only a lack of random numbers causes.
    pub(crate) fn unsigned() -> Self {
        PushError {
            kind: PushErrorKind::Transient,
            ..PushError::permanent("the token could not be signed")
        }
    }
}

impl From<OutboundError> for PushError {
    fn from(error: OutboundError) -> Self {
        let kind = if error.is_transient() {
            PushErrorKind::Transient
        } else {
            PushErrorKind::Permanent
        };
        PushError {
            kind,
            ..PushError::permanent(error.to_string())
        }
    }
}

impl fmt::Display for PushError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.reason)?;
        if let Some(detail) = &self.detail {
            write!(formatter, ": {detail}")?;
        }
        if let Some(status) = self.status {
            write!(formatter, " (status {status})")?;
        }
        Ok(())
    }
}

impl std::error::Error for PushError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_shows_what_there_is() {
        let mut error = PushError::permanent("UNREGISTERED");
        assert_eq!(error.to_string(), "UNREGISTERED");
        error.status = Some(404);
        error.detail = Some("Requested entity was not found.".to_owned());
        assert_eq!(
            error.to_string(),
            "UNREGISTERED: Requested entity was not found. (status 404)"
        );
    }

    #[test]
    fn no_answer_is_transient_unless_it_will_never_come() {
        let reason = String::new();
        let broken = PushError::from(OutboundError::Protocol {
            reason: reason.clone(),
        });
        assert_eq!((broken.kind, broken.status), (PushErrorKind::Transient, None));
        let untrusted = PushError::from(OutboundError::Tls { reason });
        assert_eq!(untrusted.kind, PushErrorKind::Permanent);
    }
}
