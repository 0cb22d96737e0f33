use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use thiserror::Error;

use crate::Mailbox;

/// Which relay, and how to use it.
#[derive(Clone, Debug)]
pub struct MailOptions {
    /// The relay's host name or IP address, which its certificate has to be for.
    pub host: String,
    /// The port, by custom 587 with [`MailSecurity::StartTls`], 465 with [`MailSecurity::ImplicitTls`], 25 otherwise.
    pub port: u16,
    /// How the dialogue is protected.
    pub security: MailSecurity,
    /// Who logs in; nobody where the relay asks for nothing. Without TLS the password crosses the network readably.
    pub credentials: Option<MailCredentials>,
    /// Who mails are from, in the envelope and in the header.
    pub sender: Mailbox,
    /// Certificate authorities to believe beyond Mozilla's, in DER.
    pub additional_roots: Vec<CertificateDer<'static>>,
    /// How long a mail may take: waiting for a connection, making one, and the dialogue. A relay may take its time to accept
    /// (RFC 5321, section 4.5.3.2), and giving up then means that the mail is sent twice: half a minute is the least.
    pub timeout: Duration,
    /// What this client calls itself: its host name, or an IP address in square brackets (RFC 5321, section 4.1.1.1).
    pub hello_name: String,
    /// How many dialogues there may be at once.
    pub connections: NonZeroUsize,
}

/// How the dialogue with a relay is protected. There is no falling back to a lesser one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailSecurity {
    /// Not at all. For a relay on the same machine or network.
    Plain,
    /// By TLS, which is asked for in the dialogue (RFC 3207).
    StartTls,
    /// By TLS from the beginning (RFC 8314).
    ImplicitTls,
}

/// Who logs in at a relay, by PLAIN or LOGIN.
#[derive(Clone)]
pub struct MailCredentials {
    /// The user name.
    pub user: String,
    /// The password.
    pub secret: String,
}

impl fmt::Debug for MailCredentials {
    /// Without the password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MailCredentials")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// Why a relay can't be used as it is configured.
#[derive(Debug, Error)]
pub enum InvalidMailOptions {
    /// Neither a host name nor an IP address.
    #[error("the relay's host {0:?} is neither a host name nor an IP address")]
    Host(String),
    /// Not a name to greet with.
    #[error(
        "{0:?} is neither a host name nor an IP address in square brackets, so no name to greet a relay with"
    )]
    HelloName(String),
    /// TLS can't be set up with the given certificate authorities.
    #[error("TLS to the relay cannot be set up: {0}")]
    Tls(#[source] rustls::Error),
}
