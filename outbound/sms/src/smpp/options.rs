use std::fmt;
use std::num::{NonZeroU16, NonZeroU32};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;
use tokio_rustls::TlsConnector;

use super::address::{NumberingPlan, SmppAddress, TypeOfNumber};
use super::pdu::{Address, Bind, CText};

const LEAST_ENQUIRE_LINK_INTERVAL: Duration = Duration::from_secs(1);

/// Which message centre, and how to use it.
#[derive(Clone)]
pub struct SmppOptions {
    /// Its host name or IP address; with TLS, what its certificate has to be for.
    pub host: String,
    /// Its port, by custom 2775, with TLS 3550.
    pub port: u16,
    /// How the session is protected.
    pub security: SmppSecurity,
    /// Who logs in: up to 15 ASCII characters.
    pub system_id: String,
    /// Their password: up to 8 ASCII characters.
    pub password: String,
    /// What kind of system they are, if the message centre asks for it: up to 12 ASCII characters.
    pub system_type: String,
    /// Who a message is from that doesn't say so.
    pub source: SmppAddress,
    /// What kind of number the recipients' are said to be, usually international.
    pub destination_ton: TypeOfNumber,
    /// Which plan the recipients' numbers are said to belong to, usually that of telephones.
    pub destination_npi: NumberingPlan,
    /// How messages of more than one part travel.
    pub long_messages: LongMessages,
    /// How many requests may be without a response at once.
    pub window: NonZeroU16,
    /// How many parts may be sent in a second; any number if the message centre has no limit.
    pub parts_per_second: Option<NonZeroU32>,
    /// How long it may take to connect and log in, and to get a part accepted.
    pub response_timeout: Duration,
    /// How long the message centre may be silent before it is asked whether it is still there; a second at least.
    pub enquire_link_interval: Duration,
}

impl fmt::Debug for SmppOptions {
    /// Without the password.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SmppOptions")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("system_id", &self.system_id)
            .finish_non_exhaustive()
    }
}

/// How a session with a message centre is protected.
#[derive(Clone, Debug)]
pub enum SmppSecurity {
    /// Not at all: for a private network, or a tunnel.
    Plain,
    /// By TLS from the beginning.
    Tls {
        /// Certificate authorities to believe beyond Mozilla's, in DER.
        additional_roots: Vec<CertificateDer<'static>>,
    },
}

/// How messages of more than one part travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LongMessages {
    /// As parts that the telephone joins. Works everywhere.
    Concatenated,
    /// As a whole, which the message centre cuts (`message_payload`).
    Payload,
}

/// Why a message centre can't be used as it is configured.
#[derive(Debug, Error)]
pub enum InvalidSmppOptions {
    /// Neither a host name nor an IP address.
    #[error("the message centre's host {0:?} is neither a host name nor an IP address")]
    Host(String),
    /// Too long for its field, or not ASCII.
    #[error("{field} has at most {maximum} ASCII characters")]
    Field {
        /// The name of the field in SMPP.
        field: &'static str,
        /// Its longest value.
        maximum: usize,
    },
    /// TLS can't be set up with the given certificate authorities.
    #[error("TLS to the message centre cannot be set up: {0}")]
    Tls(#[source] rustls::Error),
}

/// Options that were checked.
pub(super) struct Settings {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: Option<(TlsConnector, ServerName<'static>)>,
    pub(super) bind: Bind,
    pub(super) source: Address,
    pub(super) destination_ton: TypeOfNumber,
    pub(super) destination_npi: NumberingPlan,
    pub(super) long_messages: LongMessages,
    pub(super) window: NonZeroU16,
    pub(super) parts_per_second: Option<NonZeroU32>,
    pub(super) response_timeout: Duration,
    pub(super) enquire_link_interval: Duration,
}

impl Settings {
    pub(super) fn new(options: SmppOptions) -> Result<Self, InvalidSmppOptions> {
        let name = ServerName::try_from(options.host.clone())
            .map_err(|_| InvalidSmppOptions::Host(options.host.clone()))?;
        let tls = match options.security {
            SmppSecurity::Plain => None,
            SmppSecurity::Tls { additional_roots } => {
                let connector = tls_connector(additional_roots).map_err(InvalidSmppOptions::Tls)?;
                Some((connector, name))
            }
        };
        Ok(Settings {
            host: options.host,
            port: options.port,
            tls,
            bind: Bind {
                system_id: field("system_id", &options.system_id)?,
                password: field("password", &options.password)?,
                system_type: field("system_type", &options.system_type)?,
            },
            source: Address {
                ton: options.source.ton as u8,
                npi: options.source.npi as u8,
                text: field("source_addr", &options.source.text)?,
            },
            destination_ton: options.destination_ton,
            destination_npi: options.destination_npi,
            long_messages: options.long_messages,
            window: options.window,
            parts_per_second: options.parts_per_second,
            response_timeout: options.response_timeout,
            enquire_link_interval: options.enquire_link_interval.max(LEAST_ENQUIRE_LINK_INTERVAL),
        })
    }
}

fn field<const SIZE: usize>(field: &'static str, text: &str) -> Result<CText<SIZE>, InvalidSmppOptions> {
    let maximum = SIZE - 1;
    CText::new(text).ok_or(InvalidSmppOptions::Field { field, maximum })
}

fn tls_connector(additional_roots: Vec<CertificateDer<'static>>) -> Result<TlsConnector, rustls::Error> {
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    for root in additional_roots {
        roots.add(root)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
