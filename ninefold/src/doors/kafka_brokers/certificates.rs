//! The certificate that brokers show: the server's own, or one by a certificate authority that is made once, in the data directory, and
//! that clients are to trust.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use crate::config::{Config, TlsFiles};
use crate::secret_file::replace;

/// The certificate of the authority, for clients to trust.
const AUTHORITY: &str = "kafka-ca.pem";
/// Its key, for the server alone.
const AUTHORITY_KEY: &str = "kafka-ca.key";
const AUTHORITY_NAME: &str = "Ninefold's Kafka brokers";

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub(super) enum CertificateError {
    #[error("cannot keep {}: {cause}", path.display())]
    Unkept { path: PathBuf, cause: io::Error },
    #[error("cannot read {}: {cause}", path.display())]
    Unreadable { path: PathBuf, cause: pem::Error },
    #[error("a certificate cannot be made: {0}")]
    Unmade(#[from] rcgen::Error),
    #[error("the certificate or its key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
}

/// A chain, and the key of its first certificate.
type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// Gives the certificate to those who listen, once somebody does.
pub(super) struct Certificates {
    data: PathBuf,
    own: Option<(PathBuf, PathBuf)>,
    names: Vec<String>,
    acceptor: Mutex<Option<TlsAcceptor>>,
}

impl Certificates {
    /// The server's own certificate if it has one; otherwise one for these names.
    pub(super) fn new(config: &Config, names: &[String]) -> Self {
        let own = config.tls.as_ref();
        Certificates {
            data: config.data.clone(),
            own: own.map(|TlsFiles { certificate, key }| (certificate.clone(), key.clone())),
            names: names.to_vec(),
            acceptor: Mutex::default(),
        }
    }

    pub(super) fn acceptor(&self) -> Result<TlsAcceptor, CertificateError> {
        let mut made = self.acceptor.lock();
        if let Some(acceptor) = &*made {
            return Ok(acceptor.clone());
        }
        let (chain, key) = match &self.own {
            Some((certificate, key)) => read(certificate, key)?,
            None => issue(&self.data, &self.names)?,
        };
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Ok(made.insert(acceptor).clone())
    }
}

fn read(certificate: &Path, key: &Path) -> Result<Identity, CertificateError> {
    let unreadable = |path: &Path, cause| CertificateError::Unreadable {
        path: path.to_owned(),
        cause,
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|cause| unreadable(certificate, cause))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|cause| unreadable(key, cause))?;
    Ok((chain, key))
}

/// Makes a certificate for these names, whose key isn't kept: whoever trusts the authority trusts the next one too.
fn issue(data: &Path, names: &[String]) -> Result<Identity, CertificateError> {
    let authority = authority(data)?;
    let key = KeyPair::generate()?;
    let mut parameters = CertificateParams::new(names)?;
    parameters.distinguished_name = named("Ninefold's Kafka broker");
    parameters.use_authority_key_identifier_extension = true;
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = parameters.signed_by(&key, &authority)?;
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    Ok((vec![certificate.der().clone()], key.into()))
}

/// The authority in the data directory, which is made if there is none.
fn authority(data: &Path) -> Result<CertifiedIssuer<'static, KeyPair>, CertificateError> {
    let path = data.join(AUTHORITY_KEY);
    let unkept = |path: &Path, cause| CertificateError::Unkept {
        path: path.to_owned(),
        cause,
    };
    let key = match fs::read_to_string(&path) {
        Ok(text) => KeyPair::from_pem(&text)?,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            let key = KeyPair::generate()?;
            replace(&path, key.serialize_pem().as_bytes()).map_err(|cause| unkept(&path, cause))?;
            key
        }
        Err(cause) => return Err(unkept(&path, cause)),
    };
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = named(AUTHORITY_NAME);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority = CertifiedIssuer::self_signed(parameters, key)?;
    // What clients trust stays the same; it is the key that counts.
    let path = data.join(AUTHORITY);
    if !path.exists() {
        replace(&path, authority.pem().as_bytes()).map_err(|cause| unkept(&path, cause))?;
    }
    Ok(authority)
}

fn named(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}
