//! Signatures of notifications, made once for all who get the same.

use std::collections::HashMap;
use std::sync::Arc;

use ninefold_notification::{
    Certificate, Signature, SignatureVersion, SigningKey, StringToSign, certificate_url,
};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};

/// As many signatures are kept; then all are forgotten.
const KEPT_SIGNATURES: usize = 4_096;

/// Gives the key that notifications are signed with, and its certificate; an error is a reason in words.
pub type KeySource = Box<dyn Fn() -> Result<(SigningKey, Certificate), String> + Send + Sync>;

/// Signs notifications.
pub(crate) struct Signer {
    source: KeySource,
    /// The URL that the certificate can be fetched from, without its name.
    endpoint: String,
    /// Asked for when it is needed: making a key takes longer than starting the whole server.
    key: Mutex<Option<Arc<Key>>>,
    /// By the hash of what was signed. Retries, and subscribers of the same protocol, share one.
    made: Mutex<HashMap<[u8; 32], Arc<Signature>>>,
}

struct Key {
    key: SigningKey,
    certificate: Certificate,
    certificate_url: String,
}

impl Signer {
    pub(crate) fn new(source: KeySource, endpoint: String) -> Self {
        Signer {
            source,
            endpoint,
            key: Mutex::default(),
            made: Mutex::default(),
        }
    }

    fn key(&self) -> Result<Arc<Key>, String> {
        let mut key = self.key.lock();
        if let Some(key) = &*key {
            return Ok(Arc::clone(key));
        }
        let (signing_key, certificate) = (self.source)()?;
        let made = Arc::new(Key {
            key: signing_key,
            certificate_url: certificate_url(&self.endpoint, &certificate),
            certificate,
        });
        *key = Some(Arc::clone(&made));
        Ok(made)
    }

    /// The certificate, if it is what a path asks for.
    pub(crate) fn certificate_at(&self, path: &str) -> Option<String> {
        let name = path.strip_prefix('/').filter(|name| name.ends_with(".pem"))?;
        match self.key() {
            Ok(key) if name == key.certificate.file_name() => Some(key.certificate.pem().to_owned()),
            Ok(_) => None,
            Err(reason) => {
                tracing::error!(reason, "there is no key to sign notifications with");
                None
            }
        }
    }

    pub(crate) fn sign(
        &self,
        version: SignatureVersion,
        text: &StringToSign,
    ) -> Result<Arc<Signature>, String> {
        let mut hash = Sha256::new();
        hash.update(version.as_str());
        hash.update(text.as_str());
        let hash: [u8; 32] = hash.finalize().into();
        if let Some(signature) = self.made.lock().get(&hash) {
            return Ok(Arc::clone(signature));
        }
        let key = self.key()?;
        let signature = Arc::new(Signature {
            version,
            value: key.key.sign(version, text).map_err(|error| error.to_string())?,
            certificate_url: key.certificate_url.clone(),
        });
        let mut made = self.made.lock();
        if made.len() >= KEPT_SIGNATURES {
            made.clear();
        }
        made.insert(hash, Arc::clone(&signature));
        Ok(signature)
    }
}
