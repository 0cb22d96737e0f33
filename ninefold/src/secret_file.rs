//! Small files of the data directory that their owner alone may read, and that change as a whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use ring::rand::{SecureRandom, SystemRandom};

/// The length of a secret, in bytes.
pub(crate) const SECRET_BYTES: usize = 32;

/// Options that create files for their owner alone.
pub(crate) fn owner_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

/// Replaces a file: after a crash there is the old one or the new one. Only one process at a time may do so.
pub(crate) fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    let temporary = path.with_added_extension("new");
    if let Err(cause) = fs::remove_file(&temporary)
        && cause.kind() != io::ErrorKind::NotFound
    {
        return Err(cause);
    }
    let mut file = owner_only().create_new(true).open(&temporary)?;
    file.write_all(contents)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    match path.parent() {
        Some(directory) => File::open(directory)?.sync_all(),
        None => Ok(()),
    }
}

/// The secret in a file. Fails if there is none, or if it has another length.
pub(crate) fn read_secret(path: &Path) -> io::Result<[u8; SECRET_BYTES]> {
    fs::read(path)?.try_into().map_err(|found: Vec<u8>| {
        let message = format!("it has {} bytes instead of {SECRET_BYTES}", found.len());
        io::Error::new(io::ErrorKind::InvalidData, message)
    })
}

/// The secret in a file, which is created with a random one if there is none.
pub(crate) fn read_or_create_secret(path: &Path) -> io::Result<[u8; SECRET_BYTES]> {
    match read_secret(path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            let mut secret = [0; SECRET_BYTES];
            SystemRandom::new()
                .fill(&mut secret)
                .map_err(|_| io::Error::other("the operating system gave no random numbers"))?;
            replace(path, &secret)?;
            Ok(secret)
        }
        read => read,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_is_created_once_for_its_owner() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.secret");
        assert_eq!(read_secret(&path).unwrap_err().kind(), io::ErrorKind::NotFound);
        let secret = read_or_create_secret(&path).unwrap();
        assert_ne!(secret, [0; SECRET_BYTES]);
        assert_eq!(read_or_create_secret(&path).unwrap(), secret);
        assert_ne!(
            read_or_create_secret(&directory.path().join("b.secret")).unwrap(),
            secret
        );
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        replace(&path, b"short").unwrap();
        assert_eq!(
            read_or_create_secret(&path).unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
    }

    #[test]
    fn what_a_crash_left_behind_is_no_obstacle() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys.json");
        fs::write(directory.path().join("keys.json.new"), "half").unwrap();
        replace(&path, b"whole").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
