//! The embedded engine: a log that commits are synced to, memory in front of an LSM tree on the local disk (fjall).
//!
//! ```text
//! submit → committer: one round → log (written, synced) → memtable → completions
//!                                  │ full                  │ full
//! flusher:                         used again    ←        moved into the tables
//! reads: memtables, newest first, then tables
//! ```
//!
//! A data directory holds
//!
//! | name | what |
//! | --- | --- |
//! | `ninefold.lock` | who has the directory open ([`lock`]) |
//! | `FORMAT` | the format's version and the store's identity ([`format`]) |
//! | `SYNCED` | the last round that was synced when the store was closed ([`format`]) |
//! | `APPLIED` | the last round that is in the tables for certain ([`format`]) |
//! | `log/` | the write-ahead log (a [journal](ninefold_journal)) |
//! | `store/` | the database of the tables ([`tables`]) |
//!
//! Every table is a keyspace of that database; a key is the partition (2 bytes, big endian), then the key.

mod committer;
mod deleted_ranges;
mod failure;
#[cfg(any(test, feature = "fault-injection"))]
pub mod fault;
mod figures;
mod flusher;
mod format;
mod lock;
mod logged;
mod memtable;
mod merge;
mod tables;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_journal::{
    Access, Disk, Journal, Known, Medium, Recovered, RecoveryError, Round, Segments, recover,
};
use parking_lot::RwLock;

use self::committer::{Committer, Sink};
use self::failure::Failure;
use self::flusher::{Flusher, Progress};
use self::format::Format;
use self::lock::DirectoryLock;
use self::memtable::{Layers, Memtable, SharedLayers};
use self::merge::Source;
use self::tables::Tables;
use crate::batch::{prefixed, prefixed_range};
use crate::{
    Batch, Completion, Direction, Durability, Entry, OpenError, PartitionId, ScanLimit, ScanRange, Store,
    StoreError, StoreFigures, StoreState, Table,
};

/// The name of the database's directory in the data directory.
const DATABASE: &str = "store";
/// The name of the log's directory.
const LOG: &str = "log";
const MIB: u64 = 1 << 20;

/// What [`Durability::Durable`] means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurabilityMode {
    /// Survives power loss: every round with a durable batch is synced to disk.
    Sync,
    /// Survives the end of the process, not of the machine: rounds go to the operating system's page cache.
    OsCache,
}

/// Where and how to open an [`EmbeddedStore`].
#[derive(Debug, Clone)]
pub struct EmbeddedOptions {
    /// The data directory; created if it does not exist.
    pub directory: PathBuf,
    /// Every table that will be used. Names and numbers are unique.
    pub tables: Vec<Table>,
    /// What a durable commit waits for.
    pub durability_mode: DurabilityMode,
    /// Memory for blocks read from tables, in bytes.
    pub block_cache_bytes: u64,
    /// How much is gathered in memory before it is moved to the tables, in bytes; as much again may be on its way.
    pub memtable_bytes: usize,
    /// How much log to write before memory is moved to the tables, in bytes. Start-up reads back twice this much at
    /// most.
    pub log_bytes: u64,
    /// How long what was deleted as a range may take up the disk when there is no other reason to move memory to the
    /// tables.
    pub range_patience: Duration,
}

impl EmbeddedOptions {
    /// Durable, with bounds for a machine of modest size.
    pub fn new(directory: impl Into<PathBuf>, tables: impl Into<Vec<Table>>) -> Self {
        EmbeddedOptions {
            directory: directory.into(),
            tables: tables.into(),
            durability_mode: DurabilityMode::Sync,
            block_cache_bytes: 32 * MIB,
            memtable_bytes: 64 << 20,
            log_bytes: 64 * MIB,
            range_patience: Duration::from_secs(30),
        }
    }
}

/// A store in a directory of the local disk. See [`Store`] for what it promises.
pub struct EmbeddedStore {
    committer: Committer,
    layers: SharedLayers,
    tables: Arc<Tables>,
    segments: Arc<Segments>,
    failure: Arc<Failure>,
    directory: PathBuf,
    /// Last, so that it is released once all else is closed.
    _lock: DirectoryLock,
}

/// What a directory was found to hold.
struct Contents {
    recovered: Recovered,
    /// The changes that are not in the tables yet.
    memtable: Memtable,
    tables: Tables,
}

impl EmbeddedStore {
    /// Opens the store in a directory, creating it if there is none.
    ///
    /// Reads back what the log holds beyond the tables: what a crash left half written is left out, any other damage is
    /// refused.
    ///
    /// # Errors
    ///
    /// If the directory is in use, cannot be written, has an unknown format or is damaged.
    pub fn open(options: EmbeddedOptions) -> Result<Self, OpenError> {
        Self::open_on(options, Arc::new(Disk))
    }

    fn open_on(options: EmbeddedOptions, medium: Arc<dyn Medium>) -> Result<Self, OpenError> {
        let directory = options.directory.clone();
        let failed = |error| open_failed(&directory, error);
        std::fs::create_dir_all(&directory).map_err(failed)?;
        let lock = DirectoryLock::acquire(&directory)?;
        let (database_directory, log_directory) = (directory.join(DATABASE), directory.join(LOG));
        let (format, created) = match Format::read(&directory)? {
            Some(format) => (format, false),
            None => (
                Format::begin(&directory, &[&database_directory, &log_directory])?,
                true,
            ),
        };
        if created {
            std::fs::create_dir(&log_directory).map_err(failed)?;
        }
        let known = Known {
            journal: format.journal_id(),
            applied_round: format::read_applied_round(&directory)?,
            synced_round: format::read_synced_round(&directory)?,
        };
        let access = match options.durability_mode {
            DurabilityMode::Sync => Access::Direct,
            DurabilityMode::OsCache => Access::Cached,
        };
        let mut memtable = Memtable::default();
        let recovered = recover(&log_directory, access, &known, |round| {
            replay(round, &mut memtable)
        })
        .map_err(not_recovered)?;
        let tables = Tables::open(&database_directory, &options, created)?;
        if known.applied_round > 0 && tables.are_blank() {
            return Err(OpenError::DamagedTables {
                directory: database_directory,
                detail: format!(
                    "they are empty, but commits up to round {} were in them",
                    known.applied_round
                ),
            });
        }
        if let Some(number) = tables.unknown(&memtable) {
            return Err(OpenError::Format {
                directory,
                detail: format!("its log has changes of table {number}; use the release that wrote it"),
            });
        }
        if created {
            format.finish(&directory)?;
        } else {
            format.bring_up_to_date(&directory)?;
        }
        let contents = Contents {
            recovered,
            memtable,
            tables,
        };
        Self::start(options, medium, &known, contents, lock).map_err(failed)
    }

    fn start(
        options: EmbeddedOptions,
        medium: Arc<dyn Medium>,
        known: &Known,
        contents: Contents,
        lock: DirectoryLock,
    ) -> io::Result<Self> {
        let recovered = contents.recovered;
        let segments = Arc::new(recovered.segments);
        let tables = Arc::new(contents.tables);
        let failure = Arc::new(Failure::default());
        let layers = Arc::new(RwLock::new(Layers {
            active: contents.memtable,
            frozen: None,
        }));
        let flusher = Flusher::start(flusher::Shared {
            directory: options.directory.clone(),
            layers: Arc::clone(&layers),
            tables: Arc::clone(&tables),
            segments: Arc::clone(&segments),
            failure: Arc::clone(&failure),
            progress: Progress::default(),
        })?;
        let log = Journal::new(
            known.journal,
            medium,
            segments.take()?,
            recovered.used,
            recovered.used_bytes,
        );
        let sink = Sink {
            log,
            layers: Arc::clone(&layers),
            segments: Arc::clone(&segments),
            flusher,
            mode: options.durability_mode,
            memtable_bytes: options.memtable_bytes,
            log_bytes: options.log_bytes,
            range_patience: options.range_patience,
        };
        let committer = Committer::start(sink, Arc::clone(&failure), recovered.last_round)?;
        Ok(EmbeddedStore {
            committer,
            layers,
            tables,
            segments,
            failure,
            directory: options.directory,
            _lock: lock,
        })
    }
}

impl Store for EmbeddedStore {
    fn submit(&self, batch: Batch, durability: Durability, completion: Completion) {
        match self.tables.missing(&batch) {
            None => self.committer.submit(batch, durability, completion),
            Some(table) => completion(Err(StoreError::UnknownTable { table })),
        }
    }

    fn get(&self, partition: PartitionId, table: Table, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        self.tables.check(table)?;
        let key = prefixed(partition, key);
        let layers = self.layers.read();
        match layers.get(table.id(), &key) {
            Some(recent) => Ok(recent),
            None => {
                // From now: what the deletion of a range does to the tables later brings older values to light.
                let snapshot = self.tables.snapshot();
                drop(layers);
                self.tables.get(&snapshot, table, &key)
            }
        }
    }

    fn scan(
        &self,
        partition: PartitionId,
        table: Table,
        range: ScanRange,
        limit: ScanLimit,
    ) -> Result<Vec<Entry>, StoreError> {
        self.tables.check(table)?;
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let direction = range.direction();
        // Held for the whole page, which is from one point in time therefore. And before the tables are looked at: what
        // moves from memory to the tables meanwhile is seen twice then, and not missed.
        let layers = self.layers.read();
        let mut sources: Vec<Source<'_>> = Vec::with_capacity(3);
        // What newer layers leave to be looked for in older ones.
        let mut ranges = vec![prefixed_range(partition, &range)];
        for memtable in std::iter::once(&layers.active).chain(layers.frozen.as_deref()) {
            let parts = ranges.clone().into_iter();
            let changes = parts.flat_map(|part| memtable.range(table.id(), part));
            let changes = changes.map(|(key, value)| Ok((Bytes::copy_from_slice(key), value.clone())));
            sources.push(directed(changes, direction));
            let gaps = |part| memtable.gaps(table.id(), part);
            ranges = ranges.into_iter().flat_map(gaps).collect();
        }
        let stored = self.tables.ranges(table, ranges)?;
        let stored = stored.map(|entry| entry.map(|(key, value)| (key, Some(value))));
        sources.push(directed(stored, direction));
        merge::page(sources, direction, limit)
    }

    fn partitions(&self) -> Vec<PartitionId> {
        PartitionId::all().collect()
    }

    fn state(&self) -> StoreState {
        self.failure.state()
    }

    fn figures(&self) -> StoreFigures {
        let mut figures = self.committer.figures();
        figures.disk_bytes = self.tables.disk_bytes() + self.segments.free_bytes() + figures.log_bytes;
        figures
    }

    fn close(&self) {
        if let Some(synced_round) = self.committer.close()
            && let Err(error) = format::write_synced_round(&self.directory, synced_round)
        {
            tracing::warn!(%error, "the store is closed and synced, but could not record up to where");
        }
    }
}

fn directed<'a>(
    changes: impl DoubleEndedIterator<Item = merge::Change> + 'a,
    direction: Direction,
) -> Source<'a> {
    match direction {
        Direction::Forward => Box::new(changes),
        Direction::Reverse => Box::new(changes.rev()),
    }
}

impl Drop for EmbeddedStore {
    fn drop(&mut self) {
        self.close();
    }
}

/// Applies the changes of a round that are not in the tables yet.
fn replay(round: &Round<'_>, memtable: &mut Memtable) -> Result<(), String> {
    for operation in logged::operations(round) {
        let operation = operation.ok_or("a change in the commit cannot be read")?;
        memtable.apply(operation.table, operation.key, operation.change);
    }
    Ok(())
}

fn not_recovered(error: RecoveryError) -> OpenError {
    match error {
        RecoveryError::Io { path, source } => open_failed(&path, source),
        RecoveryError::Damaged { file, offset, detail } => OpenError::Damaged { file, offset, detail },
    }
}

fn open_failed(directory: &Path, source: io::Error) -> OpenError {
    let directory = directory.to_owned();
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => OpenError::DiskFull { directory },
        io::ErrorKind::PermissionDenied
        | io::ErrorKind::ReadOnlyFilesystem
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::AlreadyExists => OpenError::NotWritable { directory, source },
        _ => OpenError::Io { directory, source },
    }
}
