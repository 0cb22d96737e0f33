//! Faults for tests: disks that fail, and directories as a crash leaves them.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use ninefold_journal::Medium;
use ninefold_journal::{decode, list, round_up};
use parking_lot::Mutex;

use super::format::{self, Format};
use super::{EmbeddedOptions, EmbeddedStore, LOG};
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
    /// The next write of a round fails, with about half of its blocks written.
    pub fn fail_next_write(&self, kind: io::ErrorKind) {
        self.0.lock().writes.push_back(kind);
    }

    /// The next sync fails.
    pub fn fail_next_sync(&self, kind: io::ErrorKind) {
        self.0.lock().syncs.push_back(kind);
    }
}

impl Medium for FaultyMedium {
    fn write(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        let Some(kind) = self.0.lock().writes.pop_front() else {
            return file.write_all_at(bytes, offset);
        };
        // As a full disk does it: some of it is there, in whole blocks.
        let written = round_up(bytes.len() / 2);
        file.write_all_at(&bytes[..written], offset)?;
        Err(kind.into())
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        match self.0.lock().syncs.pop_front() {
            Some(kind) => Err(kind.into()),
            None => file.sync_data(),
        }
    }
}

/// Where a commit round is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundExtent {
    /// The segment of the log.
    pub segment: PathBuf,
    /// The round's number.
    pub round: u64,
    /// The last round that had been synced when this one was written.
    pub synced_round: u64,
    /// Offset of its first byte.
    pub start: u64,
    /// Offset behind its last block.
    pub end: u64,
}

/// Every intact round in the log of a data directory that is not in the tables for certain, in order.
///
/// # Errors
///
/// If the directory is no store or cannot be read.
pub fn rounds(directory: &Path) -> Result<Vec<RoundExtent>, OpenError> {
    let failed = |error| super::open_failed(directory, error);
    let Some(format) = Format::read(directory)? else {
        return Err(failed(io::ErrorKind::NotFound.into()));
    };
    let applied_round = format::read_applied_round(directory)?;
    let mut rounds = Vec::new();
    for (_, segment) in list(&directory.join(LOG)).map_err(failed)? {
        let content = fs::read(&segment).map_err(failed)?;
        let mut offset = 0;
        while let Ok(found) = decode(&content, offset, format.journal_id()) {
            offset = round_up(found.extent.end);
            rounds.push(RoundExtent {
                segment: segment.clone(),
                round: found.marker.round,
                synced_round: found.marker.synced_round,
                start: found.extent.start as u64,
                end: offset as u64,
            });
        }
    }
    rounds.retain(|round| round.round > applied_round);
    rounds.sort_by_key(|round| round.round);
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

/// Copies the data directory `source`, whose store does nothing at the moment, to `target` as a crash while `crashed` was
/// written would have left it: what had been synced by then is intact, what had not is as `fate` says sector by
/// sector, and nothing later was ever written.
///
/// # Errors
///
/// If a file cannot be read or written.
pub fn crash(
    source: &Path,
    target: &Path,
    crashed: &RoundExtent,
    mut fate: impl FnMut() -> Sector,
) -> Result<(), OpenError> {
    let failed = |error| super::open_failed(target, error);
    let rounds = rounds(source)?;
    copy(source, target).map_err(failed)?;
    format::forget_synced_round(target).map_err(failed)?;
    for round in rounds.iter().filter(|round| round.round > crashed.round) {
        tear(&inside(round, source, target), round.start, round.end, || {
            Sector::Lost
        })
        .map_err(failed)?;
    }
    // A segment is synced before the next one is begun: what was not synced is in the same one.
    let synced = rounds
        .iter()
        .find(|round| round.round == crashed.synced_round && round.segment == crashed.segment);
    let synced_end = synced.map_or(0, |round| round.end);
    tear(
        &inside(crashed, source, target),
        synced_end,
        crashed.end,
        &mut fate,
    )
    .map_err(failed)
}

fn inside(round: &RoundExtent, source: &Path, target: &Path) -> PathBuf {
    let inside = round.segment.strip_prefix(source);
    target.join(inside.expect("the rounds were found below the source"))
}

/// Does to each sector of a range of a file what `fate` says.
fn tear(file: &Path, start: u64, end: u64, mut fate: impl FnMut() -> Sector) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(file)?;
    let mut offset = start;
    while offset < end {
        let sector_end = (offset / SECTOR_BYTES + 1) * SECTOR_BYTES;
        let replaced = match fate() {
            Sector::Written => None,
            Sector::Lost => Some(0),
            Sector::Garbage(byte) => Some(byte),
        };
        if let Some(byte) = replaced {
            let bytes = sector_end.min(end) - offset;
            file.write_all_at(&vec![byte; bytes as usize], offset)?;
        }
        offset = sector_end;
    }
    Ok(())
}

/// Overwrites bytes of a file in place, as failing hardware does.
///
/// # Errors
///
/// If the file cannot be read or written.
pub fn damage(file: &Path, offset: u64, bytes: usize) -> io::Result<()> {
    let file = OpenOptions::new().read(true).write(true).open(file)?;
    let mut content = vec![0; bytes];
    file.read_exact_at(&mut content, offset)?;
    content.iter_mut().for_each(|byte| *byte = !*byte);
    file.write_all_at(&content, offset)
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

/// Leaves the zeros out, since the database allocates files far ahead.
fn copy_file(source: &Path, target: &Path) -> io::Result<()> {
    const BLOCK: usize = 64 << 10;
    let (mut source, target) = (File::open(source)?, File::create(target)?);
    let length = source.metadata()?.len();
    let (mut block, zeros) = (vec![0; BLOCK], vec![0; BLOCK]);
    let mut offset = 0;
    while offset < length {
        let bytes = source.read(&mut block)?;
        if block[..bytes] != zeros[..bytes] {
            target.write_all_at(&block[..bytes], offset)?;
        }
        offset += bytes as u64;
    }
    target.set_len(length)
}
