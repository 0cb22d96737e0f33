//! The files that say what a data directory holds.

use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use ninefold_journal::JournalId;
use serde::{Deserialize, Serialize};

use super::open_failed;
use crate::{OpenError, PARTITION_COUNT};

/// Says what format the directory has; written once everything else of a new store is there.
const FORMAT: &str = "FORMAT";
/// There while a new store is being created: nothing in it has been acknowledged yet.
const CREATING: &str = "CREATING";
/// The last synced round when the store was closed.
const SYNCED: &str = "SYNCED";
/// The last round that is in the tables, and all before it.
const APPLIED: &str = "APPLIED";

/// Since 3, the log may hold deletions of ranges.
const VERSION: u64 = 3;
/// The oldest version that is read too; a store of it gets the present one when it is opened.
const OLDEST_VERSION: u64 = 2;
const ENGINE: &str = "log+fjall-3";

/// What `FORMAT` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Format {
    format: u64,
    engine: String,
    partitions: u16,
    store_id: String,
    created_seconds: u64,
}

impl Format {
    /// The format of the store in `directory`; `None` if there is no store.
    pub(super) fn read(directory: &Path) -> Result<Option<Self>, OpenError> {
        match fs::read_to_string(directory.join(FORMAT)) {
            Ok(text) => Self::parse(&text).map(Some).map_err(|detail| OpenError::Format {
                directory: directory.to_owned(),
                detail,
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(open_failed(directory, error)),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Version {
            format: u64,
        }
        let unreadable =
            |error| format!("its {FORMAT} file is unreadable ({error}); restore it from a backup");
        let version = serde_json::from_str::<Version>(text).map_err(unreadable)?.format;
        if !(OLDEST_VERSION..=VERSION).contains(&version) {
            return Err(format!(
                "it has format version {version}, and this release knows {OLDEST_VERSION} to {VERSION}; use the release \
                 that wrote it"
            ));
        }
        let format = serde_json::from_str::<Format>(text).map_err(unreadable)?;
        if format.engine != ENGINE || format.partitions != PARTITION_COUNT {
            return Err(format!(
                "it is kept by the engine {:?} in {} partitions, and this release knows {ENGINE:?} and \
                 {PARTITION_COUNT}; use the release that wrote it",
                format.engine, format.partitions
            ));
        }
        if u64::from_str_radix(&format.store_id, 16).is_err() {
            return Err(format!(
                "its {FORMAT} file has no valid store_id; restore it from a backup"
            ));
        }
        Ok(format)
    }

    /// Starts the creation of a store; what an interrupted creation left is removed first.
    pub(super) fn begin(directory: &Path, parts: &[&Path]) -> Result<Self, OpenError> {
        let failed = |error| open_failed(directory, error);
        let creating = directory.join(CREATING);
        let interrupted = creating.try_exists().map_err(failed)?;
        for part in parts {
            if !part.try_exists().map_err(failed)? {
                continue;
            }
            if !interrupted {
                return Err(OpenError::Format {
                    directory: directory.to_owned(),
                    detail: format!("it holds data but no {FORMAT} file; restore that file from a backup"),
                });
            }
            tracing::warn!(
                ?directory,
                "removing what an interrupted creation of the store left"
            );
            fs::remove_dir_all(part).map_err(failed)?;
        }
        write_synced(directory, CREATING, b"").map_err(failed)?;
        Ok(Format {
            format: VERSION,
            engine: ENGINE.to_owned(),
            partitions: PARTITION_COUNT,
            store_id: format!("{:016x}", random()),
            created_seconds: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default()
                .as_secs(),
        })
    }

    /// Ends the creation: from now on the directory holds a store.
    pub(super) fn finish(&self, directory: &Path) -> Result<(), OpenError> {
        self.write(directory)?;
        fs::remove_file(directory.join(CREATING)).map_err(|error| open_failed(directory, error))
    }

    /// Makes a store of an older version one of the present one, before anything is written that only that one knows.
    pub(super) fn bring_up_to_date(mut self, directory: &Path) -> Result<(), OpenError> {
        if self.format == VERSION {
            return Ok(());
        }
        self.format = VERSION;
        self.write(directory)
    }

    fn write(&self, directory: &Path) -> Result<(), OpenError> {
        let failed = |error| open_failed(directory, error);
        let mut text = serde_json::to_vec_pretty(self).map_err(|error| failed(error.into()))?;
        text.push(b'\n');
        write_synced(directory, FORMAT, &text).map_err(failed)
    }

    /// The number that marks this store's rounds.
    pub(super) fn journal_id(&self) -> JournalId {
        JournalId::new(
            u64::from_str_radix(&self.store_id, 16).expect("checked when parsed or made from a number"),
        )
    }
}

/// The round up to which everything had been synced when the store was last closed; 0 if it never was.
///
/// The file may be older than the store: it is a lower bound.
pub(super) fn read_synced_round(directory: &Path) -> Result<u64, OpenError> {
    read_round(directory, SYNCED)
}

/// Records up to where everything is synced.
pub(super) fn write_synced_round(directory: &Path, round: u64) -> io::Result<()> {
    write_round(directory, SYNCED, round)
}

/// Leaves a directory as if its store had never been closed.
#[cfg(any(test, feature = "fault-injection"))]
pub(super) fn forget_synced_round(directory: &Path) -> io::Result<()> {
    match fs::remove_file(directory.join(SYNCED)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The round up to which everything is in the tables; 0 if nothing is for certain.
pub(super) fn read_applied_round(directory: &Path) -> Result<u64, OpenError> {
    read_round(directory, APPLIED)
}

/// Records up to where everything is in the tables.
pub(super) fn write_applied_round(directory: &Path, round: u64) -> io::Result<()> {
    write_round(directory, APPLIED, round)
}

fn read_round(directory: &Path, name: &str) -> Result<u64, OpenError> {
    match fs::read_to_string(directory.join(name)) {
        Ok(text) => text.trim().parse().map_err(|_| OpenError::Format {
            directory: directory.to_owned(),
            detail: format!("its {name} file holds no number; restore it from a backup"),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(open_failed(directory, error)),
    }
}

fn write_round(directory: &Path, name: &str, round: u64) -> io::Result<()> {
    write_synced(directory, name, format!("{round}\n").as_bytes())
}

/// Writes a file so that after a crash it is there in full or as it was before.
fn write_synced(directory: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let new = directory.join(format!("{name}.new"));
    let mut file = File::create(&new)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(new, directory.join(name))?;
    File::open(directory)?.sync_all()
}

/// A number no other store has; std seeds its hashers from the operating system's random source.
fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(format: u64, engine: &str, partitions: u16) -> String {
        format!(
            r#"{{"format":{format},"engine":"{engine}","partitions":{partitions},"store_id":"ff","created_seconds":1}}"#
        )
    }

    #[test]
    fn a_known_format_is_accepted() {
        for version in [2, 3] {
            let format = Format::parse(&text(version, "log+fjall-3", 64)).unwrap();
            assert_eq!(format.journal_id(), JournalId::new(255));
        }
    }

    #[test]
    fn an_unknown_format_is_refused_with_what_to_do() {
        for (text, expected) in [
            (text(1, "fjall-3", 64), "format version 1"),
            (text(4, "log+fjall-3", 64), "format version 4"),
            (text(2, "rocks", 64), "the engine \"rocks\""),
            (text(2, "log+fjall-3", 8), "8 partitions"),
        ] {
            let detail = Format::parse(&text).unwrap_err();
            assert!(
                detail.contains(expected) && detail.contains("use the release"),
                "{detail}"
            );
        }
        for text in ["", "{}", r#"{"format":2}"#, "nonsense"] {
            let detail = Format::parse(text).unwrap_err();
            assert!(detail.contains("unreadable"), "{detail}");
        }
    }
}
