//! Checks the journals before the database replays them.
//!
//! The database cuts a journal off at the first thing it does not understand, be it the torn end that a crash leaves or
//! damage in the middle with acknowledged commits behind it. The scrub tells the two apart: nothing that was synced can
//! be torn, so evidence of a sync at or after the broken place means damage, and the store is not opened.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::journal::{Found, JournalReader, Round, StoreId};
use super::open_failed;
use crate::OpenError;

/// What is known so far, journal after journal.
struct Progress {
    last: Option<Round>,
    /// Known from elsewhere: this round and all before it were synced.
    synced_round: u64,
}

/// Checks every journal in `directory`, oldest first, and cuts a torn end off the last one.
pub(super) fn scrub(directory: &Path, store: StoreId, synced_round: u64) -> Result<(), OpenError> {
    let journals = journals(directory).map_err(|error| open_failed(directory, error))?;
    let mut progress = Progress {
        last: None,
        synced_round,
    };
    for (index, path) in journals.iter().enumerate() {
        let is_active = index + 1 == journals.len();
        scrub_journal(path, store, is_active, &mut progress)?;
    }
    Ok(())
}

/// The journals in the order they were written: their names are numbers.
pub(super) fn journals(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut journals = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "jnl") {
            let number = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .and_then(|stem| stem.parse::<u64>().ok());
            let number =
                number.ok_or_else(|| io::Error::other(format!("{} is no journal", path.display())))?;
            journals.push((number, path));
        }
    }
    journals.sort();
    Ok(journals.into_iter().map(|(_, path)| path).collect())
}

fn scrub_journal(
    path: &Path,
    store: StoreId,
    is_active: bool,
    progress: &mut Progress,
) -> Result<(), OpenError> {
    let failed = |error| open_failed(path, error);
    let mut reader = JournalReader::open(path, store).map_err(failed)?;
    let mut offset = 0;
    loop {
        match reader.round_at(offset).map_err(failed)? {
            Found::Round(round) => {
                if let Some(detail) = progress.contradiction(&round) {
                    return Err(damaged(path, offset, detail));
                }
                progress.last = Some(round);
                offset = round.end;
            }
            Found::EndOfFile if !is_active => return Ok(()),
            Found::EndOfFile => return check_end(path, offset, "the journal ends", progress),
            Found::Broken(_) if reader.is_blank_from(offset).map_err(failed)? => {
                return if is_active {
                    check_end(path, offset, "the journal ends", progress)
                } else {
                    Ok(())
                };
            }
            Found::Broken(detail) if !is_active => return Err(damaged(path, offset, detail.to_owned())),
            Found::Broken(detail) => {
                check_end(path, offset, detail, progress)?;
                check_rest(&mut reader, path, offset, detail, progress)?;
                return cut_off(path, offset, detail).map_err(failed);
            }
        }
    }
}

impl Progress {
    /// Why this intact batch cannot follow the one before.
    fn contradiction(&self, next: &Round) -> Option<String> {
        let last = self.last?;
        if next.marker.round != last.marker.round + 1 {
            return Some(format!(
                "commit round {} follows round {}, so there is something missing",
                next.marker.round, last.marker.round
            ));
        }
        (next.sequence_number <= last.sequence_number)
            .then(|| format!("the sequence number of round {} is wrong", next.marker.round))
    }

    /// Whether rounds are missing behind the last one that were synced, if all up to `synced_round` were.
    fn lacks(&self, synced_round: u64) -> bool {
        self.last.is_some_and(|last| last.marker.round < synced_round)
    }
}

/// Refuses an end before what was synced when the store was closed.
fn check_end(path: &Path, offset: u64, detail: &str, progress: &Progress) -> Result<(), OpenError> {
    if progress.lacks(progress.synced_round) {
        let synced = progress.synced_round;
        return Err(damaged(
            path,
            offset,
            format!("{detail}, but commits up to round {synced} were synced"),
        ));
    }
    Ok(())
}

/// Refuses a broken place when a batch behind it knows that more had been synced.
fn check_rest(
    reader: &mut JournalReader,
    path: &Path,
    offset: u64,
    detail: &str,
    progress: &Progress,
) -> Result<(), OpenError> {
    let failed = |error| open_failed(path, error);
    let mut from = offset + 1;
    let mut missing_round = progress.last.map(|last| last.marker.round + 1);
    while let Some(round) = reader.next_round(from).map_err(failed)? {
        // With nothing intact before, all that is sure is that the round right before this one is missing.
        let missing = *missing_round.get_or_insert(round.marker.round.saturating_sub(1));
        if round.marker.synced_round >= missing {
            let intact = round.start;
            let detail = format!("{detail}, and commits acknowledged later follow at byte {intact}");
            return Err(damaged(path, offset, detail));
        }
        from = round.end;
    }
    Ok(())
}

/// Removes what a crash left half written, none of which was acknowledged as durable.
fn cut_off(path: &Path, offset: u64, detail: &str) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(path)?;
    let discarded_bytes = file.metadata()?.len() - offset;
    tracing::warn!(
        journal = ?path, offset, discarded_bytes, detail,
        "the journal ends in a write that a crash interrupted; cutting that off"
    );
    file.set_len(offset)?;
    file.sync_all()
}

fn damaged(path: &Path, offset: u64, detail: String) -> OpenError {
    OpenError::Damaged {
        file: path.to_owned(),
        offset,
        detail,
    }
}
