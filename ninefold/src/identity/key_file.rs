use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use ninefold_policy::{Policy, PolicyKind};
use ninefold_protocol::AccountId;
use serde::{Deserialize, Serialize};

use super::sealing::SealingKey;
use super::{AccessKey, UserName};
use crate::secret_file::{owner_only, read_or_create_secret, read_secret, replace};

const KEYS: &str = "keys.json";
const SECRET: &str = "keys.secret";
const LOCK: &str = "keys.lock";
const VERSION: u32 = 1;

/// As many keys as there may be.
const MAXIMUM_KEYS: usize = 10_000;

/// Where access keys are kept: `keys.json` in the data directory, secrets sealed with the key in
/// `keys.secret`. Both can be read by their owner only, and change atomically.
pub(crate) struct KeyFile {
    directory: PathBuf,
}

/// Why access keys could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("cannot access {}: {cause}", path.display())]
    Io { path: PathBuf, cause: io::Error },
    #[error("{} is damaged: {reason}. Restore it from a backup, or delete it and create the keys anew", path.display())]
    Damaged { path: PathBuf, reason: String },
    #[error("there is no access key {0}")]
    NoSuchKey(String),
    #[error("there are {MAXIMUM_KEYS} access keys already; delete some first")]
    TooMany,
    #[error("the operating system gave no random numbers")]
    NoRandomness,
}

/// Tells versions of the file apart without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint {
    inode: u64,
    modified: (i64, i64),
    size: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    version: u32,
    keys: Vec<Record>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    access_key_id: String,
    sealed_secret: String,
    account: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    policy: Option<String>,
}

impl KeyFile {
    pub(crate) fn new(directory: impl Into<PathBuf>) -> Self {
        KeyFile {
            directory: directory.into(),
        }
    }

    /// Every key, in the order of their creation.
    pub(crate) fn read(&self) -> Result<Vec<AccessKey>, KeyError> {
        let records = self.read_records()?;
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let sealing_key = self.sealing_key()?;
        records
            .into_iter()
            .map(|record| self.unseal(record, &sealing_key))
            .collect()
    }

    /// Adds a key.
    pub(crate) fn add(&self, key: &AccessKey) -> Result<(), KeyError> {
        fs::create_dir_all(&self.directory).map_err(|cause| io_error(&self.directory, cause))?;
        let _lock = self.lock()?;
        let mut records = self.read_records()?;
        if records.len() >= MAXIMUM_KEYS {
            return Err(KeyError::TooMany);
        }
        let sealing_key = self.sealing_key_or_create(records.is_empty())?;
        records.push(Record {
            access_key_id: key.id.clone(),
            sealed_secret: sealing_key
                .seal(&key.id, &key.secret)
                .ok_or(KeyError::NoRandomness)?,
            account: key.account.as_str().to_owned(),
            user: key.user.as_ref().map(|user| user.as_str().to_owned()),
            policy: key.policy.as_ref().map(Policy::to_json),
        });
        self.write_records(records)
    }

    /// Removes a key.
    pub(crate) fn remove(&self, id: &str) -> Result<(), KeyError> {
        let no_such_key = || KeyError::NoSuchKey(id.to_owned());
        if !self.directory.exists() {
            return Err(no_such_key());
        }
        let _lock = self.lock()?;
        let mut records = self.read_records()?;
        let position = records
            .iter()
            .position(|record| record.access_key_id == id)
            .ok_or_else(no_such_key)?;
        records.remove(position);
        self.write_records(records)
    }

    /// What the file looks like now; `None` if there is none.
    pub(super) fn fingerprint(&self) -> Result<Option<Fingerprint>, KeyError> {
        let path = self.path(KEYS);
        match fs::metadata(&path) {
            Ok(metadata) => Ok(Some(Fingerprint {
                inode: metadata.ino(),
                modified: (metadata.mtime(), metadata.mtime_nsec()),
                size: metadata.size(),
            })),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(io_error(&path, cause)),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Keeps other processes from changing keys until it is dropped.
    fn lock(&self) -> Result<File, KeyError> {
        let path = self.path(LOCK);
        let open = || {
            let file = owner_only().create(true).truncate(false).open(&path)?;
            file.lock()?;
            Ok(file)
        };
        open().map_err(|cause| io_error(&path, cause))
    }

    fn read_records(&self) -> Result<Vec<Record>, KeyError> {
        let path = self.path(KEYS);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(io_error(&path, cause)),
        };
        let contents: Contents =
            serde_json::from_slice(&text).map_err(|cause| damaged(&path, &cause.to_string()))?;
        if contents.version != VERSION {
            return Err(damaged(&path, "it has a version that this server does not know"));
        }
        Ok(contents.keys)
    }

    fn write_records(&self, keys: Vec<Record>) -> Result<(), KeyError> {
        let contents = Contents {
            version: VERSION,
            keys,
        };
        let path = self.path(KEYS);
        let mut text = serde_json::to_vec_pretty(&contents).map_err(|cause| io_error(&path, cause.into()))?;
        text.push(b'\n');
        replace(&path, &text).map_err(|cause| io_error(&path, cause))
    }

    fn unseal(&self, record: Record, sealing_key: &SealingKey) -> Result<AccessKey, KeyError> {
        let id = &record.access_key_id;
        let broken = |what: &str| {
            damaged(
                &self.path(KEYS),
                &format!("{what} of access key {id} is not valid"),
            )
        };
        let secret = sealing_key
            .open(id, &record.sealed_secret)
            .map_err(|_| broken("the sealed secret"))?;
        let account = AccountId::parse(&record.account).map_err(|_| broken("the account"))?;
        let user = match &record.user {
            Some(user) => Some(UserName::parse(user).ok_or_else(|| broken("the user"))?),
            None => None,
        };
        let policy = match &record.policy {
            Some(json) => Some(Policy::parse(json, PolicyKind::Identity).map_err(|_| broken("the policy"))?),
            None => None,
        };
        Ok(AccessKey {
            secret,
            account,
            user,
            policy,
            id: record.access_key_id,
        })
    }

    fn sealing_key(&self) -> Result<SealingKey, KeyError> {
        let path = self.path(SECRET);
        let bytes = read_secret(&path).map_err(|cause| io_error(&path, cause))?;
        Ok(SealingKey::new(&bytes))
    }

    /// The sealing key; a new one only while no secret depends on an old one.
    fn sealing_key_or_create(&self, may_create: bool) -> Result<SealingKey, KeyError> {
        if !may_create {
            return self.sealing_key();
        }
        let path = self.path(SECRET);
        let bytes = read_or_create_secret(&path).map_err(|cause| io_error(&path, cause))?;
        Ok(SealingKey::new(&bytes))
    }
}

fn io_error(path: &Path, cause: io::Error) -> KeyError {
    KeyError::Io {
        path: path.to_owned(),
        cause,
    }
}

fn damaged(path: &Path, reason: &str) -> KeyError {
    KeyError::Damaged {
        path: path.to_owned(),
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const POLICY: &str =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}"#;

    fn key(user: &str) -> AccessKey {
        let account = AccountId::parse("123456789012").unwrap();
        let policy = Policy::parse(POLICY, PolicyKind::Identity).unwrap();
        AccessKey::generate(account, UserName::parse(user), Some(policy)).unwrap()
    }

    fn ids(file: &KeyFile) -> Vec<String> {
        file.read().unwrap().into_iter().map(|key| key.id).collect()
    }

    #[test]
    fn keys_come_back_as_they_were() {
        let directory = tempfile::tempdir().unwrap();
        let file = KeyFile::new(directory.path().join("data"));
        assert!(file.read().unwrap().is_empty());
        let (alice, bob) = (key("alice"), key("bob"));
        file.add(&alice).unwrap();
        file.add(&bob).unwrap();
        let read = file.read().unwrap();
        assert_eq!(read[0].secret, alice.secret);
        assert_eq!(read[1].principal_arn(), "arn:aws:iam::123456789012:user/bob");
        assert_eq!(read[1].policy, bob.policy);
        file.remove(&alice.id).unwrap();
        assert_eq!(ids(&file), [bob.id]);
        assert!(matches!(file.remove(&alice.id), Err(KeyError::NoSuchKey(_))));
    }

    #[test]
    fn secrets_are_not_on_disk_and_files_are_the_owners() {
        let directory = tempfile::tempdir().unwrap();
        let file = KeyFile::new(directory.path());
        let alice = key("alice");
        file.add(&alice).unwrap();
        for name in [KEYS, SECRET] {
            let path = directory.path().join(name);
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600,
                "{name}"
            );
            let bytes = fs::read(&path).unwrap();
            let secret = alice.secret.as_bytes();
            assert!(
                !bytes.windows(secret.len()).any(|window| window == secret),
                "{name}"
            );
        }
    }

    #[test]
    fn concurrent_changes_all_happen() {
        let directory = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        KeyFile::new(directory.path()).add(&key("alice")).unwrap();
                    }
                });
            }
        });
        assert_eq!(ids(&KeyFile::new(directory.path())).len(), 20);
    }

    #[test]
    fn damage_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let file = KeyFile::new(directory.path());
        file.add(&key("alice")).unwrap();
        let good = fs::read_to_string(directory.path().join(KEYS)).unwrap();
        for (bad, expected) in [
            ("{".to_owned(), "EOF"),
            (good.replace("\"version\": 1", "\"version\": 2"), "version"),
            (good.replace("123456789012", "12"), "the account"),
            (good.replace("alice", "a b"), "the user"),
            (good.replace("AKIA", "AKIB"), "the sealed secret"),
            (good.replace("Allow", "Perhaps"), "the policy"),
        ] {
            fs::write(directory.path().join(KEYS), bad).unwrap();
            let error = file.read().unwrap_err();
            assert!(matches!(error, KeyError::Damaged { .. }));
            assert!(error.to_string().contains(expected), "{error}");
        }
        fs::write(directory.path().join(KEYS), good).unwrap();
        fs::remove_file(directory.path().join(SECRET)).unwrap();
        assert!(matches!(file.read(), Err(KeyError::Io { .. })));
        // A new secret would make the keys that are there unreadable for good.
        assert!(matches!(file.add(&key("bob")), Err(KeyError::Io { .. })));
    }
}
