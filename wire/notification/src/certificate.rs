use crate::{SigningKey, SigningKeyError};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256};
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};

/// How long certificates are valid: ten years.
pub const CERTIFICATE_VALIDITY_DAYS: i64 = 3652;
/// How much of a certificate's hash is in its name.
const NAME_HASH_BYTES: usize = 16;

/// The certificate of a signing key, which subscribers fetch to verify signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    pem: String,
    file_name: String,
}

impl SigningKey {
    /// Makes the key's certificate: signed by itself, for a server's name (a host name or an address), valid for
    /// ten years from a moment on. The same arguments make the same certificate.
    ///
    /// # Errors
    /// [`SigningKeyError::Certificate`] if the name is not ASCII, or the moment is out of the calendar.
    pub fn certificate(
        &self,
        server_name: &str,
        not_before_unix_seconds: i64,
    ) -> Result<Certificate, SigningKeyError> {
        let pair = KeyPair::from_pkcs8_der_and_sign_algo(&self.to_der()?.into(), &PKCS_RSA_SHA256)
            .map_err(certificate_error)?;
        let mut parameters =
            CertificateParams::new(vec![server_name.to_owned()]).map_err(certificate_error)?;
        let mut subject = DistinguishedName::new();
        subject.push(DnType::CommonName, server_name);
        parameters.distinguished_name = subject;
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.not_before =
            OffsetDateTime::from_unix_timestamp(not_before_unix_seconds).map_err(certificate_error)?;
        parameters.not_after = parameters
            .not_before
            .checked_add(Duration::days(CERTIFICATE_VALIDITY_DAYS))
            .ok_or_else(|| {
                SigningKeyError::Certificate("it would be valid beyond the year 9999".to_owned())
            })?;
        let certificate = parameters.self_signed(&pair).map_err(certificate_error)?;
        Ok(Certificate {
            pem: certificate.pem(),
            file_name: file_name(certificate.der()),
        })
    }
}

impl Certificate {
    /// The certificate as PEM: the body of what is found at the `SigningCertURL`.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The last part of the `SigningCertURL`: `SimpleNotificationService-` and 32 hex digits that depend on the
    /// certificate, so that another one is found under another name.
    pub fn file_name(&self) -> &str {
        &self.file_name
    }
}

fn file_name(der: &[u8]) -> String {
    let hash: String = Sha256::digest(der)
        .iter()
        .take(NAME_HASH_BYTES)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("SimpleNotificationService-{hash}.pem")
}

fn certificate_error(error: impl std::fmt::Display) -> SigningKeyError {
    SigningKeyError::Certificate(error.to_string())
}
