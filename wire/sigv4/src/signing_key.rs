use crate::{Credential, SCOPE_TERMINATOR, canonical::hex};
use hmac::{Hmac, KeyInit, Mac};
use parking_lot::RwLock;
use sha2::Sha256;
use std::collections::HashMap;
use subtle::ConstantTimeEq;

/// A secret key narrowed to a day, a region, and a service, ready to sign.
#[derive(Clone)]
pub(crate) struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// Derives the key for what a credential is scoped to.
    pub(crate) fn derive(secret_access_key: &str, credential: &Credential<'_>) -> Self {
        let day_key = hmac(format!("AWS4{secret_access_key}").as_bytes(), credential.date());
        let region_key = hmac(&day_key, credential.region());
        let service_key = hmac(&region_key, credential.service());
        Self(keyed(&hmac(&service_key, SCOPE_TERMINATOR)))
    }

    /// The signature of a text, in lower-case hex.
    pub(crate) fn sign(&self, text: &str) -> String {
        let mut mac = self.0.clone();
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

fn hmac(key: &[u8], text: &str) -> [u8; 32] {
    let mut mac = keyed(key);
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

/// Signing keys that verified a request, so that the next request of the same access key, day, region, and
/// service need not derive its key again.
///
/// Holds at most the given number of keys; those not used lately go first. A key is found only together with the
/// secret key it was derived from: when an access key's secret changes, nothing has to be told.
pub struct SigningKeyCache {
    /// How many keys a generation may have: half of the capacity.
    generation_size: usize,
    generations: RwLock<Generations>,
}

/// When the current generation is full it becomes the previous one, whose keys move over again when used.
#[derive(Default)]
struct Generations {
    current: HashMap<Box<str>, CachedKey>,
    previous: HashMap<Box<str>, CachedKey>,
}

#[derive(Clone)]
struct CachedKey {
    secret_access_key: Box<str>,
    signing_key: SigningKey,
}

impl SigningKeyCache {
    /// An empty cache for at most `capacity` keys (at least two).
    pub fn new(capacity: usize) -> Self {
        Self {
            generation_size: (capacity / 2).max(1),
            generations: RwLock::default(),
        }
    }

    /// The number of keys held.
    pub fn len(&self) -> usize {
        let generations = self.generations.read();
        generations.current.len() + generations.previous.len()
    }

    /// Whether no key is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn get(&self, credential: &Credential<'_>, secret_access_key: &str) -> Option<SigningKey> {
        let generations = self.generations.read();
        if let Some(cached) = generations.current.get(credential.as_str()) {
            return cached.for_secret(secret_access_key);
        }
        let signing_key = generations
            .previous
            .get(credential.as_str())?
            .for_secret(secret_access_key)?;
        drop(generations);
        self.insert(credential, secret_access_key, signing_key.clone());
        Some(signing_key)
    }

    /// Keeps a key. Only for keys that verified a signature: others would let strangers push out good keys.
    pub(crate) fn insert(
        &self,
        credential: &Credential<'_>,
        secret_access_key: &str,
        signing_key: SigningKey,
    ) {
        let cached = CachedKey {
            secret_access_key: secret_access_key.into(),
            signing_key,
        };
        let mut generations = self.generations.write();
        generations.previous.remove(credential.as_str());
        generations.current.insert(credential.as_str().into(), cached);
        if generations.current.len() >= self.generation_size {
            generations.previous = std::mem::take(&mut generations.current);
        }
    }
}

impl CachedKey {
    fn for_secret(&self, secret_access_key: &str) -> Option<SigningKey> {
        let same = self
            .secret_access_key
            .as_bytes()
            .ct_eq(secret_access_key.as_bytes());
        bool::from(same).then(|| self.signing_key.clone())
    }
}

impl std::fmt::Debug for SigningKeyCache {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SigningKeyCache")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    fn credential(region: &str) -> Credential<'static> {
        Credential::parse(format!("AKIDEXAMPLE/20150830/{region}/iam/aws4_request")).unwrap()
    }

    #[test]
    fn the_documented_signature_comes_out() {
        // The example of the documentation's page on deriving signing keys.
        let string_to_sign = "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n\
                              f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59";
        let signature = SigningKey::derive(SECRET, &credential("us-east-1")).sign(string_to_sign);
        assert_eq!(
            signature,
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
        );
    }

    #[test]
    fn a_cached_key_signs_like_the_derived_one_and_only_for_its_secret() {
        let cache = SigningKeyCache::new(16);
        let credential = credential("us-east-1");
        let derived = SigningKey::derive(SECRET, &credential);
        assert!(cache.get(&credential, SECRET).is_none());
        cache.insert(&credential, SECRET, derived.clone());
        assert_eq!(
            cache.get(&credential, SECRET).unwrap().sign("text"),
            derived.sign("text")
        );
        assert!(cache.get(&credential, "another secret").is_none());
        assert_eq!(cache.len(), 1);
    }

    #[test]
    fn the_cache_is_bounded_and_keeps_what_is_used() {
        let cache = SigningKeyCache::new(8);
        let used = credential("used");
        let key = SigningKey::derive(SECRET, &used);
        cache.insert(&used, SECRET, key.clone());
        for index in 0..100 {
            cache.insert(&credential(&format!("region-{index}")), SECRET, key.clone());
            assert!(cache.len() <= 8);
            assert!(cache.get(&used, SECRET).is_some(), "after {index}");
        }
        assert!(cache.get(&credential("region-0"), SECRET).is_none());
        assert!(cache.get(&credential("region-99"), SECRET).is_some());
    }
}
