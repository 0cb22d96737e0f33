use std::net::IpAddr;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::dialogue::Dialogue;
use crate::{InvalidMailOptions, MailCredentials, MailError, MailOptions, MailSecurity, MailStage};

/// The relay, and all it takes to begin a dialogue with it.
pub(crate) struct Server {
    host: String,
    port: u16,
    name: ServerName<'static>,
    security: MailSecurity,
    connector: TlsConnector,
    credentials: Option<MailCredentials>,
    hello_name: String,
}

impl Server {
    /// # Errors
    /// [`InvalidMailOptions`] says what can't be used.
    pub(crate) fn new(options: &MailOptions) -> Result<Self, InvalidMailOptions> {
        if !is_hello_name(&options.hello_name) {
            return Err(InvalidMailOptions::HelloName(options.hello_name.clone()));
        }
        Ok(Server {
            host: options.host.clone(),
            port: options.port,
            name: ServerName::try_from(options.host.clone())
                .map_err(|_| InvalidMailOptions::Host(options.host.clone()))?,
            security: options.security,
            connector: tls_connector(&options.additional_roots).map_err(InvalidMailOptions::Tls)?,
            credentials: options.credentials.clone(),
            hello_name: options.hello_name.clone(),
        })
    }

    /// Connects, greets, encrypts and logs in: whatever comes before the first mail.
    pub(crate) async fn connect(&self) -> Result<Dialogue, MailError> {
        let failed = |error| MailError::unavailable(MailStage::Connection, error);
        let stream = TcpStream::connect((&*self.host, self.port))
            .await
            .map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        let mut dialogue = match self.security {
            MailSecurity::Plain => Dialogue::begin(Box::new(stream), &self.hello_name).await?,
            MailSecurity::StartTls => {
                let dialogue = Dialogue::begin(Box::new(stream), &self.hello_name).await?;
                dialogue
                    .start_tls(&self.connector, self.name.clone(), &self.hello_name)
                    .await?
            }
            MailSecurity::ImplicitTls => {
                let stream = self
                    .connector
                    .connect(self.name.clone(), stream)
                    .await
                    .map_err(failed)?;
                Dialogue::begin(Box::new(stream), &self.hello_name).await?
            }
        };
        if let Some(credentials) = &self.credentials {
            dialogue.log_in(credentials).await?;
        }
        Ok(dialogue)
    }
}

fn tls_connector(additional_roots: &[CertificateDer<'static>]) -> Result<TlsConnector, rustls::Error> {
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    for root in additional_roots {
        roots.add(root.clone())?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// A host name, or an address as RFC 5321, section 4.1.3, writes it.
fn is_hello_name(name: &str) -> bool {
    match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        None => matches!(ServerName::try_from(name), Ok(ServerName::DnsName(_))),
        Some(literal) => match literal.strip_prefix("IPv6:") {
            None => matches!(literal.parse(), Ok(IpAddr::V4(_))),
            Some(literal) => matches!(literal.parse(), Ok(IpAddr::V6(_))),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_to_greet_with_is_a_host_name_or_an_address_in_brackets() {
        for name in ["mail.example.com", "localhost", "[127.0.0.1]", "[IPv6:::1]"] {
            assert!(is_hello_name(name), "{name}");
        }
        for name in [
            "",
            "127.0.0.1",
            "::1",
            "[::1]",
            "[IPv6:127.0.0.1]",
            "[localhost]",
            "a b",
            "a\r\nQUIT",
            "ä.example",
        ] {
            assert!(!is_hello_name(name), "{name:?}");
        }
    }
}
