//! Faults for tests: disks that fail, and directories as a crash leaves them.

use std::collections::VecDeque;
use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use super::format::Format;
use super::journal::{Found, JournalReader};
pub use super::medium::Medium;
use super::{DATABASE, EmbeddedOptions, EmbeddedStore, scrub};
use crate::OpenError;

/// Disks persist a sector as a whole or not at all.
pub const SECTOR_BYTES: u64 = 512;

/// Opens a store on a medium that may fail.
///
/// # Errors
///
/// As [`EmbeddedStore::open`].
pub fn open(options: EmbeddedOptions, medium: Arc<dyn Medium>) -> Result<EmbeddedStore, OpenError> {
    EmbeddedStore::open_on(options, medium)
}

/// A disk that fails when told to.
#[derive(Debug, Default)]
pub struct FaultyMedium(Mutex<Faults>);

#[derive(Debug, Default)]
struct Faults {
    writes: VecDeque<io::ErrorKind>,
    syncs: VecDeque<io::ErrorKind>,
}

impl FaultyMedium {
    /// The next write of a round fails, synced or not.
    pub fn fail_next_write(&self, kind: io::ErrorKind) {
        self.0.lock().writes.push_back(kind);
    }

    /// The next sync fails.
    pub fn fail_next_sync(&self, kind: io::ErrorKind) {
        self.0.lock().syncs.push_back(kind);
    }
}

impl Medium for FaultyMedium {
    fn before_write(&self, sync: bool) -> io::Result<()> {
        let mut faults = self.0.lock();
        let fault = match faults.writes.pop_front() {
            None if sync => faults.syncs.pop_front(),
            fault => fault,
        };
        fault.map_or(Ok(()), |kind| Err(kind.into()))
    }
}

/// Where a commit round is in its journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundExtent {
    /// The journal file.
    pub journal: PathBuf,
    /// The round's number.
    pub round: u64,
    /// The last round that had been synced when this one was written.
    pub synced_round: u64,
    /// Offset of its first byte.
    pub start: u64,
    /// Offset behind its last byte.
    pub end: u64,
}

/// Every intact round in the journals of a data directory, in order.
///
/// # Errors
///
/// If the directory is no store or cannot be read.
pub fn rounds(directory: &Path) -> Result<Vec<RoundExtent>, OpenError> {
    let failed = |error| super::open_failed(directory, error);
    let Some(format) = Format::read(directory)? else {
        return Err(failed(io::ErrorKind::NotFound.into()));
    };
    let mut rounds = Vec::new();
    for journal in scrub::journals(&directory.join(DATABASE)).map_err(failed)? {
        let mut reader = JournalReader::open(&journal, format.store_id()).map_err(failed)?;
        let mut offset = 0;
        while let Found::Round(found) = reader.round_at(offset).map_err(failed)? {
            rounds.push(RoundExtent {
                journal: journal.clone(),
                round: found.marker.round,
                synced_round: found.marker.synced_round,
                start: found.start,
                end: found.end,
            });
            offset = found.end;
        }
    }
    Ok(rounds)
}

/// What became of a sector that was written and not synced when the power failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sector {
    /// It reached the disk.
    Written,
    /// It did not: the disk has zeros there.
    Lost,
    /// The disk has something else there.
    Garbage(u8),
}

/// Copies the data directory `source`, whose store does nothing at the moment, to `target` as a crash would have left
/// it: of the journal `journal`, everything before `synced_end` is intact, what lies between that and `written_end`
/// is as `fate` says sector by sector, and nothing behind was ever written.
///
/// # Errors
///
/// If a file cannot be read or written.
pub fn crash(
    source: &Path,
    target: &Path,
    journal: &Path,
    synced_end: u64,
    written_end: u64,
    fate: impl FnMut() -> Sector,
) -> io::Result<()> {
    copy(source, target)?;
    let inside = journal.strip_prefix(source).map_err(io::Error::other)?;
    tear(&target.join(inside), synced_end, written_end, fate)
}

fn tear(
    journal: &Path,
    synced_end: u64,
    written_end: u64,
    mut fate: impl FnMut() -> Sector,
) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().read(true).write(true).open(journal)?;
    let length = file.metadata()?.len();
    let mut offset = synced_end;
    while offset < written_end {
        let sector_end = (offset / SECTOR_BYTES + 1) * SECTOR_BYTES;
        let replaced = match fate() {
            Sector::Written => None,
            Sector::Lost => Some(0),
            Sector::Garbage(byte) => Some(byte),
        };
        if let Some(byte) = replaced {
            let bytes = sector_end.min(written_end) - offset;
            file.seek(SeekFrom::Start(offset))?;
            file.write_all(&vec![byte; bytes as usize])?;
        }
        offset = sector_end;
    }
    file.set_len(written_end)?;
    file.set_len(length)
}

/// Overwrites bytes of a file in place, as failing hardware does.
///
/// # Errors
///
/// If the file cannot be read or written.
pub fn damage(file: &Path, offset: u64, bytes: usize) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().read(true).write(true).open(file)?;
    let mut content = vec![0; bytes];
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(&mut content)?;
    content.iter_mut().for_each(|byte| *byte = !*byte);
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(&content)
}

/// Copies a data directory; the store in it must not be writing.
///
/// # Errors
///
/// If a file cannot be read or written.
pub fn copy(source: &Path, target: &Path) -> io::Result<()> {
    fs::create_dir_all(target)?;
    for entry in fs::read_dir(source)? {
        let entry = entry?;
        let copied = target.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &copied)?;
        } else {
            copy_file(&entry.path(), &copied)?;
        }
    }
    Ok(())
}

/// Leaves the zeros out, since journals are allocated far ahead.
fn copy_file(source: &Path, target: &Path) -> io::Result<()> {
    const BLOCK: usize = 64 << 10;
    let (mut source, mut target) = (fs::File::open(source)?, fs::File::create(target)?);
    let length = source.metadata()?.len();
    let (mut block, zeros) = (vec![0; BLOCK], vec![0; BLOCK]);
    let mut offset = 0;
    while offset < length {
        let bytes = source.read(&mut block)?;
        if block[..bytes] != zeros[..bytes] {
            target.seek(SeekFrom::Start(offset))?;
            target.write_all(&block[..bytes])?;
        }
        offset += bytes as u64;
    }
    target.set_len(length)
}
