//! Reading a journal back when it is opened.
//!
//! A crash leaves a torn end: the rounds that were not synced may be there in part, in any part. Damage looks the same,
//! but takes rounds that were synced. What tells them apart is evidence of a sync: every round knows which one had been synced
//! when it was written. When that one is missing, the journal is damaged, and must not be gone on with.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::block::round_up;
use crate::round::{self, JournalId, Round};
use crate::segment::{self, Access, Segment, Segments};

/// What a journal is found to be made of.
#[derive(Debug)]
pub struct Recovered {
    /// The last round there is, in the journal or taken over elsewhere.
    pub last_round: u64,
    /// The segments that hold rounds which are still needed.
    pub used: Vec<Segment>,
    /// How many bytes of them.
    pub used_bytes: u64,
    /// All other segments.
    pub segments: Segments,
}

/// What is known of a journal when it is read.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Whose rounds count.
    pub journal: JournalId,
    /// This round and all before it are not needed any more: what they hold was taken over elsewhere.
    pub applied_round: u64,
    /// This round and all before it were synced.
    pub synced_round: u64,
}

/// Why a journal can't be gone on with. Nothing was changed.
#[derive(Debug, Error)]
pub enum RecoveryError {
    /// A file can't be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Rounds that had been synced are missing, or can't be read.
    #[error("{file} is damaged at byte {offset}: {detail}")]
    Damaged {
        /// The damaged file.
        file: PathBuf,
        /// Where in it.
        offset: u64,
        /// What was found.
        detail: String,
    },
}

/// The consecutive rounds at the beginning of a segment.
struct Chain {
    path: PathBuf,
    /// First and last round; none when the segment does not begin with an intact one.
    rounds: Option<(u64, u64)>,
    /// Where they end.
    end: usize,
    /// What is there instead of a next round.
    stopped_by: &'static str,
    /// The highest number of any round behind them: of an earlier use, or one that outlived its predecessor in a crash.
    highest_stray: u64,
}

/// Reads the journal in `directory`, and has `apply` take every round that is still needed, in order; what it says against one
/// is damage.
///
/// # Errors
///
/// If the journal cannot be read, or rounds that had been synced are missing.
pub fn recover(
    directory: &Path,
    access: Access,
    known: &Known,
    mut apply: impl FnMut(&Round<'_>) -> Result<(), String>,
) -> Result<Recovered, RecoveryError> {
    let failed = |source| io_failed(directory, source);
    let listed = segment::list(directory).map_err(failed)?;
    let next_number = listed.last().map_or(1, |(number, _)| number + 1);
    let mut synced_round = known.synced_round;
    let mut chains = Vec::with_capacity(listed.len());
    for (_, path) in listed {
        let (chain, evidence) = read_chain(path, known.journal).map_err(failed)?;
        synced_round = synced_round.max(evidence);
        chains.push(chain);
    }
    let (mut used, free): (Vec<_>, Vec<_>) = chains
        .into_iter()
        .partition(|chain| chain.rounds.is_some_and(|(_, last)| last > known.applied_round));
    used.sort_by_key(|chain| chain.rounds);
    let last_round = check(&used, &free, known, synced_round, directory)?;

    for chain in used.iter().chain(&free) {
        cut_off_future(chain, last_round).map_err(failed)?;
    }
    for chain in &used {
        replay(chain, known, &mut apply)?;
    }
    let used_bytes = used.iter().map(|chain| chain.end as u64).sum();
    let open = |chains: Vec<Chain>| -> Result<Vec<Segment>, RecoveryError> {
        let segments = chains.into_iter().map(|chain| Segment::open(chain.path, access));
        segments.collect::<Result<_, _>>().map_err(failed)
    };
    let used = open(used)?;
    // What the crash of a process has left to the operating system must not get lost when later rounds don't.
    used.iter().try_for_each(Segment::sync).map_err(failed)?;
    Ok(Recovered {
        last_round,
        used,
        used_bytes,
        segments: Segments::new(directory.to_owned(), access, open(free)?, next_number),
    })
}

/// The rounds at the beginning of a segment, and the latest sync that any round in it, also of an earlier use, knows of.
fn read_chain(path: PathBuf, journal: JournalId) -> io::Result<(Chain, u64)> {
    let content = fs::read(&path)?;
    let mut chain = Chain {
        path,
        rounds: None,
        end: 0,
        stopped_by: "",
        highest_stray: 0,
    };
    let mut synced_round = 0;
    loop {
        match round::decode(&content, chain.end, journal) {
            Ok(round)
                if chain
                    .rounds
                    .is_none_or(|(_, last)| last + 1 == round.marker.round) =>
            {
                let first = chain.rounds.map_or(round.marker.round, |(first, _)| first);
                chain.rounds = Some((first, round.marker.round));
                chain.end = round_up(round.extent.end);
                synced_round = synced_round.max(round.marker.synced_round);
            }
            Ok(_) => {
                chain.stopped_by = "a round of another time starts here";
                break;
            }
            Err(reason) => {
                chain.stopped_by = reason;
                break;
            }
        }
    }
    let mut offset = chain.end;
    while let Some(round) = round::find(&content, offset, journal) {
        synced_round = synced_round.max(round.marker.synced_round);
        chain.highest_stray = chain.highest_stray.max(round.marker.round);
        offset = round.extent.end;
    }
    Ok((chain, synced_round))
}

/// Checks that the segments in use follow one another and reach what had been synced; returns the last round.
fn check(
    used: &[Chain],
    free: &[Chain],
    known: &Known,
    synced_round: u64,
    directory: &Path,
) -> Result<u64, RecoveryError> {
    let mut last_round = known.applied_round;
    let mut place: Option<&Chain> = None;
    for chain in used {
        let Some((first, last)) = chain.rounds else {
            continue;
        };
        // Only the first segment may hold rounds that are in the tables already.
        let follows = first == last_round + 1 || (place.is_none() && first <= last_round);
        if !follows {
            return Err(RecoveryError::Damaged {
                file: chain.path.clone(),
                offset: 0,
                detail: format!("round {first} follows round {last_round}"),
            });
        }
        last_round = last;
        place = Some(chain);
    }
    if last_round >= synced_round {
        return Ok(last_round);
    }
    // The missing rounds were behind the last ones there are, or at the beginning of a segment that has none now.
    let broken = place.or_else(|| free.iter().find(|chain| chain.rounds.is_none()));
    let detail = |stopped_by: &str| {
        format!(
            "commits up to round {synced_round} were synced, but round {last_round} is the last one there ({stopped_by})"
        )
    };
    Err(match broken {
        Some(chain) => RecoveryError::Damaged {
            file: chain.path.clone(),
            offset: chain.end as u64,
            detail: detail(chain.stopped_by),
        },
        None => RecoveryError::Damaged {
            file: directory.to_owned(),
            offset: 0,
            detail: detail("the journal is missing"),
        },
    })
}

/// Removes rounds that a crash has left without their predecessors: their numbers will be given again, and they must not be
/// taken for the successors of what is written then.
fn cut_off_future(chain: &Chain, last_round: u64) -> io::Result<()> {
    if chain.highest_stray <= last_round {
        return Ok(());
    }
    tracing::warn!(segment = ?chain.path, last_round, "leaving out commits that a crash has left incomplete");
    let file = OpenOptions::new().write(true).open(&chain.path)?;
    file.set_len(chain.end as u64)?;
    file.sync_all()
}

/// Hands a chain's rounds on that are still needed.
fn replay(
    chain: &Chain,
    known: &Known,
    apply: &mut impl FnMut(&Round<'_>) -> Result<(), String>,
) -> Result<(), RecoveryError> {
    let content = fs::read(&chain.path).map_err(|source| io_failed(&chain.path, source))?;
    let mut offset = 0;
    while offset < chain.end {
        let damaged = |detail: String| RecoveryError::Damaged {
            file: chain.path.clone(),
            offset: offset as u64,
            detail,
        };
        let round =
            round::decode(&content, offset, known.journal).map_err(|detail| damaged(detail.to_owned()))?;
        if round.marker.round > known.applied_round {
            apply(&round).map_err(damaged)?;
        }
        offset = round_up(round.extent.end);
    }
    Ok(())
}

fn io_failed(path: &Path, source: io::Error) -> RecoveryError {
    RecoveryError::Io {
        path: path.to_owned(),
        source,
    }
}
