//! One process per data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::open_failed;
use crate::OpenError;

const FILE: &str = "ninefold.lock";

/// Holds a data directory until dropped or the process ends, however it ends: the operating system releases it.
pub(super) struct DirectoryLock {
    _file: File,
}

/// What the holder writes into the file, for whoever comes second.
#[derive(Serialize, Deserialize)]
struct Holder {
    pid: u32,
    host: String,
    started_seconds: u64,
}

impl DirectoryLock {
    /// Takes the directory, or says who has it.
    pub(super) fn acquire(directory: &Path) -> Result<Self, OpenError> {
        let failed = |error| open_failed(directory, error);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(directory.join(FILE))
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {
                Holder::this_process().write(&mut file).map_err(failed)?;
                Ok(DirectoryLock { _file: file })
            }
            Err(TryLockError::WouldBlock) => Err(in_use(directory, &mut file)),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

impl Holder {
    fn this_process() -> Self {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
            .ok()
            .or_else(|| std::env::var("HOSTNAME").ok())
            .unwrap_or_else(|| "unknown".to_owned());
        Holder {
            pid: std::process::id(),
            host: host.trim().to_owned(),
            started_seconds: now_seconds(),
        }
    }

    fn write(&self, file: &mut File) -> std::io::Result<()> {
        file.set_len(0)?;
        file.rewind()?;
        serde_json::to_writer(&mut *file, self)?;
        file.write_all(b"\n")
    }
}

fn in_use(directory: &Path, file: &mut File) -> OpenError {
    let mut text = String::new();
    // A holder that has just started may not have written its name yet.
    let holder = match file.take(4_096).read_to_string(&mut text) {
        Ok(_) => serde_json::from_str::<Holder>(&text).ok(),
        Err(_) => None,
    };
    OpenError::InUse {
        directory: directory.to_owned(),
        pid: holder.as_ref().map(|holder| holder.pid),
        host: holder
            .as_ref()
            .map_or_else(|| "unknown".to_owned(), |holder| holder.host.clone()),
        held_for: holder
            .map(|holder| Duration::from_secs(now_seconds().saturating_sub(holder.started_seconds))),
    }
}

fn now_seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}
