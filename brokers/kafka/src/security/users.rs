//! Users with passwords: what is kept of them, which is enough to verify a password or a proof of it.

pub(crate) mod requests;

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ninefold_catalog::{Catalog, CatalogError, Change, Record, Table};
use ninefold_kafka_protocol::sasl::scram::{ScramCredential, ScramHash};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use tokio::task::spawn_blocking;

use super::namespace::Namespace;

/// Where users are kept.
pub(super) const USERS: Table = Table::new(50, "kafka-broker.users");
/// How often the passwords that the server itself hashes are hashed: as often as Kafka's own tool does it.
const ITERATIONS: u32 = 4_096;
/// The salt that they are hashed with.
const SALT_BYTES: usize = 24;
/// A cluster has so many users at most.
const COUNT: usize = 100_000;

/// Seals what is kept of passwords, so that nobody who reads the store can pass for the server, or try passwords out.
pub trait Sealer: Send + Sync + 'static {
    /// Seals a text for one owner; `None` if the operating system has no randomness.
    fn seal(&self, owner: &str, text: &str) -> Option<String>;

    /// The text that was sealed for this owner; `None` if it was changed, or sealed for somebody else or with another key.
    fn open(&self, owner: &str, sealed: &str) -> Option<String>;
}

/// A user and a password.
#[derive(Clone)]
pub struct UserPassword {
    /// The name of the user.
    pub name: String,
    /// In the clear; it is not kept.
    pub password: String,
}

/// Why users were not changed.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// There is none of this mechanism to delete.
    #[error("Attempt to delete a user credential that does not exist")]
    NotFound,
    /// The bound is reached.
    #[error("A cluster has {COUNT} users at most.")]
    TooMany,
    /// The operating system has no randomness.
    #[error("there are no random bytes")]
    NoRandomness,
    /// The store failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// A user.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct UserRecord {
    credentials: BTreeMap<StoredHash, StoredCredential>,
}

impl Record for UserRecord {
    const FORMAT: u8 = 1;
}

/// The hash function of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum StoredHash {
    Sha256,
    Sha512,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct StoredCredential {
    /// In Base64.
    salt: String,
    iterations: u32,
    /// The keys: in Base64 each, with a dot between them, and sealed.
    sealed_keys: String,
}

/// The users of a cluster.
pub(crate) struct Users {
    catalog: Arc<Catalog<UserRecord>>,
    namespace: Namespace,
    sealer: Arc<dyn Sealer>,
}

impl From<ScramHash> for StoredHash {
    fn from(hash: ScramHash) -> Self {
        match hash {
            ScramHash::Sha256 => StoredHash::Sha256,
            ScramHash::Sha512 => StoredHash::Sha512,
        }
    }
}

impl From<StoredHash> for ScramHash {
    fn from(hash: StoredHash) -> Self {
        match hash {
            StoredHash::Sha256 => ScramHash::Sha256,
            StoredHash::Sha512 => ScramHash::Sha512,
        }
    }
}

impl Users {
    pub(super) fn new(
        catalog: Arc<Catalog<UserRecord>>,
        namespace: Namespace,
        sealer: Arc<dyn Sealer>,
    ) -> Self {
        Users {
            catalog,
            namespace,
            sealer,
        }
    }

    /// What proofs of a user's password are verified with.
    pub(crate) fn credential(&self, name: &str, hash: ScramHash) -> Option<ScramCredential> {
        let record = self.catalog.get(&self.namespace.key(name))?;
        let stored = record.credentials.get(&hash.into())?;
        let opened = self.open(name, hash, stored);
        if opened.is_none() {
            tracing::error!(user = name, "what is kept of a user's password can't be read");
        }
        opened
    }

    /// Whether this is the password of a user, by whichever credential there is.
    pub(crate) async fn verify_password(&self, name: &str, password: &str) -> bool {
        let hashes = [ScramHash::Sha256, ScramHash::Sha512];
        let Some(credential) = hashes.into_iter().find_map(|hash| self.credential(name, hash)) else {
            return false;
        };
        let password = password.to_owned();
        let verified = spawn_blocking(move || is_password(&credential, &password)).await;
        verified.unwrap_or(false)
    }

    /// How often the passwords of a user are hashed, by hash function; nothing if there is no such user.
    fn iterations(&self, name: &str) -> Option<Vec<(ScramHash, u32)>> {
        let record = self.catalog.get(&self.namespace.key(name))?;
        Some(record.iterations())
    }

    /// All users there are, in the order of their names.
    fn names(&self) -> Vec<String> {
        let prefix = self.namespace.prefix();
        let page = self.catalog.page(&prefix, None, usize::MAX);
        let names = page
            .iter()
            .filter_map(|(key, _)| String::from_utf8(key[prefix.len()..].to_vec()).ok());
        names.collect()
    }

    /// Sets a credential; durable when it returns.
    async fn set(&self, name: &str, credential: &ScramCredential) -> Result<(), UserError> {
        let stored = self.seal(name, credential).ok_or(UserError::NoRandomness)?;
        let set = |current: Option<&Arc<UserRecord>>| {
            if current.is_none() && self.catalog.len() >= COUNT {
                return Err(UserError::TooMany);
            }
            let mut record = current.map(|record| (**record).clone()).unwrap_or_default();
            record.credentials.insert(credential.hash.into(), stored);
            Ok(Change::Put(record))
        };
        let key = self.namespace.key(name);
        self.catalog.change(&key, set).await.map(drop)
    }

    /// Removes a credential, and the user with the last one; durable when it returns.
    async fn remove(&self, name: &str, hash: ScramHash) -> Result<(), UserError> {
        let remove = |current: Option<&Arc<UserRecord>>| {
            let mut record = current.map(|record| (**record).clone()).unwrap_or_default();
            if record.credentials.remove(&hash.into()).is_none() {
                return Err(UserError::NotFound);
            }
            Ok(if record.credentials.is_empty() {
                Change::Delete
            } else {
                Change::Put(record)
            })
        };
        let key = self.namespace.key(name);
        self.catalog.change(&key, remove).await.map(drop)
    }

    /// Makes these the users, with SCRAM-SHA-512, and nobody else; durable when it returns.
    pub(crate) async fn replace(&self, users: Vec<UserPassword>) -> Result<(), UserError> {
        for name in self.names() {
            if users.iter().any(|user| user.name == name) {
                self.remove_if_there(&name, ScramHash::Sha256).await?;
            } else {
                self.catalog.delete(&self.namespace.key(&name)).await?;
            }
        }
        for user in users {
            let known = self.credential(&user.name, ScramHash::Sha512);
            let name = user.name.clone();
            let made = spawn_blocking(move || match known {
                Some(known) if is_password(&known, &user.password) => Ok(None),
                _ => hashed(&user.password).map(Some),
            });
            if let Some(credential) = made.await.map_err(|_| UserError::NoRandomness)?? {
                self.set(&name, &credential).await?;
            }
        }
        Ok(())
    }

    async fn remove_if_there(&self, name: &str, hash: ScramHash) -> Result<(), UserError> {
        match self.remove(name, hash).await {
            Ok(()) | Err(UserError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn seal(&self, name: &str, credential: &ScramCredential) -> Option<StoredCredential> {
        let keys = [&credential.stored_key, &credential.server_key].map(|key| STANDARD.encode(key));
        let owner = self.owner(name, credential.hash);
        Some(StoredCredential {
            salt: STANDARD.encode(&credential.salt),
            iterations: credential.iterations,
            sealed_keys: self.sealer.seal(&owner, &keys.join("."))?,
        })
    }

    fn open(&self, name: &str, hash: ScramHash, stored: &StoredCredential) -> Option<ScramCredential> {
        let keys = self.sealer.open(&self.owner(name, hash), &stored.sealed_keys)?;
        let (stored_key, server_key) = keys.split_once('.')?;
        let decode = |text: &str| STANDARD.decode(text).ok();
        Some(ScramCredential {
            hash,
            salt: decode(&stored.salt)?,
            iterations: stored.iterations,
            stored_key: decode(stored_key)?,
            server_key: decode(server_key)?,
        })
    }

    fn owner(&self, name: &str, hash: ScramHash) -> String {
        let hash = match hash {
            ScramHash::Sha256 => "SCRAM-SHA-256",
            ScramHash::Sha512 => "SCRAM-SHA-512",
        };
        format!("{hash}/{}", self.namespace.owner(name))
    }
}

impl UserRecord {
    fn iterations(&self) -> Vec<(ScramHash, u32)> {
        let credentials = self.credentials.iter();
        credentials
            .map(|(hash, stored)| ((*hash).into(), stored.iterations))
            .collect()
    }
}

/// Takes as long as the credential wants it to.
fn is_password(credential: &ScramCredential, password: &str) -> bool {
    let ScramCredential {
        hash,
        salt,
        iterations,
        ..
    } = credential;
    let tried = ScramCredential::from_password(*hash, password, salt, *iterations);
    tried.stored_key.ct_eq(&credential.stored_key).into()
}

fn hashed(password: &str) -> Result<ScramCredential, UserError> {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|_| UserError::NoRandomness)?;
    Ok(ScramCredential::from_password(
        ScramHash::Sha512,
        password,
        &salt,
        ITERATIONS,
    ))
}
