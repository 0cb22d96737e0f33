//! What clients keep for the server and can't make up: iterators and tokens of lists.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use ninefold_catalog::{Catalog, CatalogError, Change, Record, Store, Table};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// The table of secrets.
pub(crate) const SECRETS: Table = Table::new(72, "kinesis.secrets");
/// The only secret so far.
const KEY: &[u8] = b"iterators";
/// What of the keyed hash is kept.
const SEAL_BYTES: usize = 16;

/// Seals text, and opens what it has sealed.
pub(crate) struct Sealer {
    keyed: Hmac<Sha256>,
}

/// A secret of the server.
#[derive(Debug, Serialize, Deserialize)]
struct SecretRecord {
    secret: [u8; 32],
}

impl Record for SecretRecord {
    const FORMAT: u8 = 1;
}

impl Sealer {
    /// With the secret that is in the store; makes one the first time.
    pub(crate) async fn open(store: Arc<dyn Store>) -> Result<Self, CatalogError> {
        let secrets: Catalog<SecretRecord> = Catalog::open(store, SECRETS)?;
        let mut fresh = [0; 32];
        getrandom::fill(&mut fresh).map_err(|error| CatalogError::Damaged {
            table: SECRETS.name(),
            reason: format!("the system has no random bytes for a new secret: {error}"),
        })?;
        let kept = secrets.change(KEY, |current| {
            Ok::<_, CatalogError>(match current {
                Some(_) => Change::Keep,
                None => Change::Put(SecretRecord { secret: fresh }),
            })
        });
        let secret = kept.await?.map_or(fresh, |record| record.secret);
        Ok(Self::new(secret))
    }

    pub(crate) fn new(secret: [u8; 32]) -> Self {
        Sealer {
            keyed: Hmac::new_from_slice(&secret).expect("a key may have any length"),
        }
    }

    pub(crate) fn seal(&self, mut content: Vec<u8>) -> String {
        let seal = self.seal_of(&content);
        content.extend_from_slice(&seal);
        STANDARD.encode(content)
    }

    /// The content of what was sealed here, unless anything about it is different, if only the way in which it is written.
    pub(crate) fn open_sealed(&self, text: &str) -> Option<Vec<u8>> {
        let mut bytes = STANDARD.decode(text).ok()?;
        let content_bytes = bytes.len().checked_sub(SEAL_BYTES)?;
        let (content, seal) = bytes.split_at(content_bytes);
        let is_ours = bool::from(self.seal_of(content).ct_eq(seal));
        bytes.truncate(content_bytes);
        is_ours.then_some(bytes)
    }

    fn seal_of(&self, content: &[u8]) -> [u8; SEAL_BYTES] {
        let mut keyed = self.keyed.clone();
        keyed.update(content);
        let mut seal = [0; SEAL_BYTES];
        seal.copy_from_slice(&keyed.finalize().into_bytes()[..SEAL_BYTES]);
        seal
    }
}
