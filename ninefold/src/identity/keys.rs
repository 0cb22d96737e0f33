use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use parking_lot::RwLock;

use super::key_file::Fingerprint;
use super::{AccessKey, KeyError, KeyFile};

/// How often the file is looked at, at most.
const CHECK_INTERVAL_MILLISECONDS: u64 = 500;

/// The access keys of a running server, which follow the file as it changes.
pub(crate) struct AccessKeys {
    file: KeyFile,
    start: Instant,
    /// When the file was last looked at, in milliseconds since `start`.
    checked: AtomicU64,
    loaded: RwLock<Loaded>,
}

struct Loaded {
    fingerprint: Option<Fingerprint>,
    keys: HashMap<String, Arc<AccessKey>>,
}

impl AccessKeys {
    /// Reads the keys.
    pub(crate) fn open(file: KeyFile) -> Result<Self, KeyError> {
        let loaded = load(&file)?;
        Ok(AccessKeys {
            file,
            start: Instant::now(),
            checked: AtomicU64::new(0),
            loaded: RwLock::new(loaded),
        })
    }

    /// The key with this id.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<AccessKey>> {
        self.follow_file();
        self.loaded.read().keys.get(id).cloned()
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> usize {
        self.loaded.read().keys.len()
    }

    /// Reads the file again if it has changed; looks no more often than the interval.
    fn follow_file(&self) {
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let checked = self.checked.load(Ordering::Relaxed);
        if now.saturating_sub(checked) < CHECK_INTERVAL_MILLISECONDS {
            return;
        }
        let claimed = self
            .checked
            .compare_exchange(checked, now, Ordering::Relaxed, Ordering::Relaxed);
        if claimed.is_ok() {
            self.reload_if_changed();
        }
    }

    /// A file that can't be read changes nothing: the keys known so far stay.
    fn reload_if_changed(&self) {
        let changed = self
            .file
            .fingerprint()
            .map(|fingerprint| fingerprint != self.loaded.read().fingerprint);
        let loaded = match changed {
            Ok(false) => return,
            Ok(true) => load(&self.file),
            Err(error) => Err(error),
        };
        match loaded {
            Ok(loaded) => {
                tracing::info!(keys = loaded.keys.len(), "access keys have changed");
                *self.loaded.write() = loaded;
            }
            Err(error) => {
                tracing::error!(%error, "access keys cannot be read; those known so far stay valid")
            }
        }
    }
}

/// Takes the fingerprint first: a change while the file is being read is noticed the next time.
fn load(file: &KeyFile) -> Result<Loaded, KeyError> {
    let fingerprint = file.fingerprint()?;
    let keys = file.read()?;
    Ok(Loaded {
        fingerprint,
        keys: keys
            .into_iter()
            .map(|key| (key.id.clone(), Arc::new(key)))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use ninefold_protocol::AccountId;

    use super::*;

    #[test]
    fn keys_follow_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let keys = AccessKeys::open(KeyFile::new(directory.path())).unwrap();
        let account = AccountId::parse("123456789012").unwrap();
        let key = AccessKey::generate(account, None, None).unwrap();
        let file = KeyFile::new(directory.path());
        assert!(keys.find(&key.id).is_none());
        file.add(&key).unwrap();
        keys.reload_if_changed();
        assert_eq!(keys.find(&key.id).unwrap().secret, key.secret);
        assert_eq!(keys.len(), 1);
        file.remove(&key.id).unwrap();
        keys.reload_if_changed();
        assert!(keys.find(&key.id).is_none());
    }

    #[test]
    fn a_damaged_file_leaves_the_keys_as_they_were() {
        let directory = tempfile::tempdir().unwrap();
        let file = KeyFile::new(directory.path());
        let account = AccountId::parse("123456789012").unwrap();
        let key = AccessKey::generate(account, None, None).unwrap();
        file.add(&key).unwrap();
        let keys = AccessKeys::open(file).unwrap();
        std::fs::write(directory.path().join("keys.json"), "{").unwrap();
        keys.reload_if_changed();
        assert!(keys.find(&key.id).is_some());
        assert!(AccessKeys::open(KeyFile::new(directory.path())).is_err());
    }
}
