use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};
use rustls::{ClientConfig, RootCertStore};

use crate::HttpClientError;

/// Reads certificates from PEM text, for [`HttpClientOptions::additional_roots`].
///
/// Fails if the text is malformed or holds no certificate.
///
/// [`HttpClientOptions::additional_roots`]: crate::HttpClientOptions::additional_roots
pub fn certificates_from_pem(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, HttpClientError> {
    let certificates = CertificateDer::pem_slice_iter(text)
        .collect::<Result<Vec<_>, _>>()
        .map_err(HttpClientError::Pem)?;
    if certificates.is_empty() {
        return Err(HttpClientError::Pem(pem::Error::NoItemsFound));
    }
    Ok(certificates)
}

/// The client's side of TLS 1.2 and 1.3, which trusts Mozilla's roots and the given ones.
pub(crate) fn client_config(
    additional_roots: Vec<CertificateDer<'static>>,
) -> Result<ClientConfig, HttpClientError> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    for (index, root) in additional_roots.into_iter().enumerate() {
        roots.add(root).map_err(|error| HttpClientError::Root {
            number: index + 1,
            reason: error.to_string(),
        })?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pem_text_without_a_certificate_is_refused() {
        for text in ["", "no PEM", "-----BEGIN CERTIFICATE-----\n!\n"] {
            let outcome = certificates_from_pem(text.as_bytes());
            assert!(matches!(outcome, Err(HttpClientError::Pem(_))), "{text:?}");
        }
    }

    #[test]
    fn a_root_that_is_no_certificate_is_named() {
        let key = rcgen::generate_simple_self_signed(vec!["ninefold.test".to_owned()]).unwrap();
        let usable = certificates_from_pem(key.cert.pem().as_bytes()).unwrap();
        assert!(client_config(usable.clone()).is_ok());
        let broken = CertificateDer::from(vec![1, 2, 3]);
        let error = client_config(vec![usable[0].clone(), broken]).unwrap_err();
        assert!(
            matches!(error, HttpClientError::Root { number: 2, .. }),
            "{error}"
        );
    }
}
