//! Signatures of notifications, made once for all who get the same.

use std::collections::HashMap;
use std::sync::Arc;
use std::thread::available_parallelism;

use ninefold_notification::{
    Certificate, Signature, SignatureVersion, SigningKey, StringToSign, certificate_url,
};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use tokio::sync::{OnceCell, Semaphore};

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
    made: Mutex<HashMap<[u8; 32], Slot>>,
    /// Signatures that are made at one time, ahead of their use: as many as there are processors.
    room: Arc<Semaphore>,
}

/// The place of a signature. Whoever comes while it is being made waits for it.
type Slot = Arc<OnceCell<Arc<Signature>>>;

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
            room: Arc::new(Semaphore::new(available_parallelism().map_or(1, usize::from))),
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

    /// Signs a text. Unless that was done [ahead](Self::sign_ahead), it takes milliseconds of whoever asks.
    pub(crate) fn sign(
        &self,
        version: SignatureVersion,
        text: &StringToSign,
    ) -> Result<Arc<Signature>, String> {
        let slot = self.slot(version, text);
        if let Some(signature) = slot.get() {
            return Ok(Arc::clone(signature));
        }
        let signature = self.make(version, text)?;
        // Somebody else may have been first.
        drop(slot.set(Arc::clone(&signature)));
        Ok(signature)
    }

    /// Has a text signed, once for all who ask, on a thread where that holds up nobody else. [`sign`](Self::sign) has the
    /// signature then. Where there is none, it tries once more and says why.
    pub(crate) async fn sign_ahead(self: &Arc<Self>, version: SignatureVersion, text: StringToSign) {
        let slot = self.slot(version, &text);
        let signature = slot.get_or_try_init(|| async {
            let room = Arc::clone(&self.room).acquire_owned().await;
            let room = room.expect("the semaphore is never closed");
            let signer = Arc::clone(self);
            let making = tokio::task::spawn_blocking(move || {
                let made = signer.make(version, &text);
                drop(room);
                made
            });
            making.await.map_err(|error| error.to_string())?
        });
        drop(signature.await);
    }

    fn slot(&self, version: SignatureVersion, text: &StringToSign) -> Slot {
        let mut hash = Sha256::new();
        hash.update(version.as_str());
        hash.update(text.as_str());
        let hash: [u8; 32] = hash.finalize().into();
        let mut made = self.made.lock();
        if made.len() >= KEPT_SIGNATURES && !made.contains_key(&hash) {
            made.clear();
        }
        Arc::clone(made.entry(hash).or_default())
    }

    fn make(&self, version: SignatureVersion, text: &StringToSign) -> Result<Arc<Signature>, String> {
        let key = self.key()?;
        Ok(Arc::new(Signature {
            version,
            value: key.key.sign(version, text).map_err(|error| error.to_string())?,
            certificate_url: key.certificate_url.clone(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use ninefold_notification::{Notification, Timestamp};

    use super::*;

    fn signer() -> Arc<Signer> {
        let source: KeySource = Box::new(|| {
            let key = SigningKey::generate().map_err(|error| error.to_string())?;
            let certificate = key.certificate("localhost", 0);
            Ok((key, certificate.map_err(|error| error.to_string())?))
        });
        Arc::new(Signer::new(source, "http://localhost".to_owned()))
    }

    fn text(message: &str) -> StringToSign {
        StringToSign::of_notification(&Notification {
            message_id: "id".to_owned(),
            sequence_number: None,
            topic_arn: "topic".to_owned(),
            subject: None,
            message: message.to_owned(),
            timestamp: Timestamp::from_unix_milliseconds(0).unwrap(),
            attributes: Vec::new(),
        })
    }

    #[tokio::test]
    async fn a_text_is_signed_once_for_all_who_get_it() {
        let signer = signer();
        let version = SignatureVersion::Two;
        let together = (0..4).map(|number| signer.sign_ahead(version, text(&(number % 2).to_string())));
        join_all(together).await;
        assert_eq!(signer.made.lock().len(), 2);
        let ahead = signer.slot(version, &text("0")).get().cloned().unwrap();
        let signature = signer.sign(version, &text("0")).unwrap();
        assert!(Arc::ptr_eq(&ahead, &signature));
        let other = signer.sign(version, &text("1")).unwrap();
        assert_ne!(signature, other);
    }

    #[tokio::test]
    async fn without_a_key_nothing_is_signed_and_the_reason_is_said() {
        let source: KeySource = Box::new(|| Err("there is no key".to_owned()));
        let signer = Arc::new(Signer::new(source, String::new()));
        signer.sign_ahead(SignatureVersion::One, text("a")).await;
        let outcome = signer.sign(SignatureVersion::One, &text("a"));
        assert_eq!(outcome.unwrap_err(), "there is no key");
    }
}
