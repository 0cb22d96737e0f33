//! The secrets that MSK's clusters are associated with: a file in the data directory, in the place of Secrets Manager.
//!
//! ```toml
//! [[secret]]
//! arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:AmazonMSK_alice-AbCdEf"
//! username = "alice"
//! password = "alice-secret"
//! ```

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{fs, mem};

use ninefold_kafka::ScramSecrets;
use ninefold_kafka::host::ScramCredential;
use parking_lot::Mutex;
use serde::Deserialize;

/// The file with the secrets. Whoever runs the server writes it, for the server's user alone to read.
const SCRAM_SECRETS: &str = "scram-secrets.toml";

/// The file: a table `secret` for each.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretsFile {
    #[serde(default, rename = "secret")]
    secrets: Vec<SecretTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretTable {
    arn: String,
    username: String,
    password: String,
}

/// Secrets by their ARNs, read again when the file has changed.
pub(super) struct ScramSecretsFile {
    path: PathBuf,
    read: Mutex<Read>,
}

#[derive(Default)]
struct Read {
    modified: Option<SystemTime>,
    secrets: HashMap<String, (String, String)>,
}

impl ScramSecretsFile {
    /// The file in a data directory; there need be none.
    pub(super) fn of(data: &Path) -> Self {
        ScramSecretsFile {
            path: data.join(SCRAM_SECRETS),
            read: Mutex::default(),
        }
    }

    fn refresh(&self, read: &mut Read) {
        let modified = match fs::metadata(&self.path).and_then(|metadata| metadata.modified()) {
            Ok(modified) => Some(modified),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => None,
            Err(cause) => return self.complain(&cause),
        };
        if mem::replace(&mut read.modified, modified) == modified {
            return;
        }
        read.secrets.clear();
        if modified.is_none() {
            return;
        }
        let parsed = fs::read_to_string(&self.path)
            .and_then(|text| toml::from_str::<SecretsFile>(&text).map_err(io::Error::other));
        match parsed {
            Ok(file) => {
                let entry = |table: SecretTable| (table.arn, (table.username, table.password));
                read.secrets.extend(file.secrets.into_iter().map(entry));
            }
            Err(cause) => self.complain(&cause),
        }
    }

    fn complain(&self, cause: &io::Error) {
        tracing::error!(path = %self.path.display(), %cause, "the secrets of Kafka clusters cannot be read");
    }
}

impl ScramSecrets for ScramSecretsFile {
    fn credential(&self, secret_arn: &str) -> Option<ScramCredential> {
        let mut read = self.read.lock();
        self.refresh(&mut read);
        let (username, password) = read.secrets.get(secret_arn).cloned()?;
        Some(ScramCredential { username, password })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn password(secrets: &ScramSecretsFile, arn: &str) -> Option<String> {
        secrets.credential(arn).map(|credential| credential.password)
    }

    #[test]
    fn secrets_are_what_the_file_says_now() {
        let directory = tempfile::tempdir().unwrap();
        let secrets = ScramSecretsFile::of(directory.path());
        assert_eq!(password(&secrets, "one"), None);
        let path = directory.path().join(SCRAM_SECRETS);
        let mut modified = SystemTime::now();
        let mut write = |text: &str| {
            fs::write(&path, text).unwrap();
            // A file system may not tell apart two moments as close as these.
            modified += Duration::from_secs(1);
            fs::File::open(&path).unwrap().set_modified(modified).unwrap();
        };
        write("[[secret]]\narn = 'one'\nusername = 'alice'\npassword = 'first'");
        assert_eq!(password(&secrets, "one").as_deref(), Some("first"));
        write("[[secret]]\narn = 'one'\nusername = 'alice'\npassword = 'second'");
        assert_eq!(password(&secrets, "one").as_deref(), Some("second"));
        assert_eq!(password(&secrets, "two"), None);
        write("[[secret]]\narn = 'one'");
        assert_eq!(password(&secrets, "one"), None);
        fs::remove_file(&path).unwrap();
        assert_eq!(password(&secrets, "one"), None);
    }
}
