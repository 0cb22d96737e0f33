//! The embedded engine: an LSM tree on the local disk (fjall), written to by one committer thread.
//!
//! A data directory holds
//!
//! | name | what |
//! | --- | --- |
//! | `ninefold.lock` | who has the directory open ([`lock`]) |
//! | `FORMAT` | the format's version and the store's identity ([`format`]) |
//! | `SYNCED` | the last round that was synced when the store was closed ([`format`]) |
//! | `store/` | the database: journals (`*.jnl`, [`journal`]) and tables |
//!
//! Every table is a keyspace of that database; a key is the partition (2 bytes, big endian), then the key.

mod committer;
#[cfg(any(test, feature = "fault-injection"))]
pub mod fault;
mod figures;
mod format;
mod journal;
mod lock;
#[cfg_attr(
    not(any(test, feature = "fault-injection")),
    allow(unreachable_pub, reason = "public for fault injection")
)]
mod medium;
mod scrub;
#[cfg(test)]
mod tests;

use std::io;
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use fjall::{Database, Keyspace, KeyspaceCreateOptions, LsmError, Readable};

use self::committer::Committer;
use self::format::Format;
use self::journal::{Marker, StoreId};
use self::lock::DirectoryLock;
use self::medium::Medium;
use crate::batch::{PREFIX_BYTES, prefixed};
use crate::scan::end_of_prefix;
use crate::{
    Batch, Completion, Direction, Durability, Entry, OpenError, PartitionId, ScanLimit, ScanRange, Store,
    StoreError, StoreFigures, StoreState, Table,
};

/// The name of the database's directory in the data directory.
const DATABASE: &str = "store";
/// The keyspace of the round [`Marker`].
const ROUNDS: &str = "store.rounds";
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
    /// How much a table of the store gathers in memory before it is written out, in bytes.
    pub memtable_bytes: u64,
    /// How much journal to keep before memory is written out to shorten it, in bytes; at least 64 MiB. Start-up
    /// replays this much.
    pub journal_bytes: u64,
}

impl EmbeddedOptions {
    /// Durable, with bounds for a machine of modest size.
    pub fn new(directory: impl Into<PathBuf>, tables: impl Into<Vec<Table>>) -> Self {
        EmbeddedOptions {
            directory: directory.into(),
            tables: tables.into(),
            durability_mode: DurabilityMode::Sync,
            block_cache_bytes: 32 * MIB,
            memtable_bytes: 32 * MIB,
            journal_bytes: 128 * MIB,
        }
    }
}

/// A store in a directory of the local disk. See [`Store`] for what it promises.
pub struct EmbeddedStore {
    committer: Committer,
    database: Database,
    tables: Arc<Tables>,
    directory: PathBuf,
    /// Last, so that it is released once all else is closed.
    _lock: DirectoryLock,
}

impl EmbeddedStore {
    /// Opens the store in a directory, creating it if there is none.
    ///
    /// Checks every journal before it is replayed: what a crash left half written is cut off and logged, any
    /// other damage is refused.
    ///
    /// # Errors
    ///
    /// If the directory is in use, cannot be written, has an unknown format or is damaged.
    pub fn open(options: EmbeddedOptions) -> Result<Self, OpenError> {
        Self::open_on(options, Arc::new(medium::Disk))
    }

    fn open_on(options: EmbeddedOptions, medium: Arc<dyn Medium>) -> Result<Self, OpenError> {
        let directory = options.directory.clone();
        let failed = |error| open_failed(&directory, error);
        std::fs::create_dir_all(&directory).map_err(failed)?;
        let lock = DirectoryLock::acquire(&directory)?;
        let database_directory = directory.join(DATABASE);
        let (format, created) = match Format::read(&directory)? {
            Some(format) => (format, false),
            None => (Format::begin(&directory, &database_directory)?, true),
        };
        let synced_round = format::read_synced_round(&directory)?;
        if !created {
            scrub::scrub(&database_directory, format.store_id(), synced_round)?;
        }
        let (database, tables) = open_database(&database_directory, &options)?;
        let round = last_round(&tables.rounds, format.store_id(), &database_directory)?;
        if round < synced_round {
            return Err(OpenError::DamagedTables {
                directory: database_directory,
                detail: format!("round {synced_round} was synced, but {round} is the last one there"),
            });
        }
        if created {
            format.finish(&directory)?;
        }
        let tables = Arc::new(tables);
        let log = committer::Log {
            database: database.clone(),
            tables: Arc::clone(&tables),
            store_id: format.store_id(),
            mode: options.durability_mode,
            medium,
        };
        let committer = Committer::start(log, round).map_err(failed)?;
        Ok(EmbeddedStore {
            committer,
            database,
            tables,
            directory,
            _lock: lock,
        })
    }

    /// Bounds of a range in the engine's own keys.
    fn bounds(partition: PartitionId, range: &ScanRange) -> (Bound<Bytes>, Bound<Bytes>) {
        let end = match range.end() {
            Some(end) => Some(prefixed(partition, end)),
            None => end_of_prefix(&partition.prefix()),
        };
        let start = Bound::Included(prefixed(partition, range.start()));
        (start, end.map_or(Bound::Unbounded, Bound::Excluded))
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
        let value = self
            .tables
            .get(table)?
            .get(prefixed(partition, key))
            .map_err(read_failed)?;
        Ok(value.map(|value| owned(&value)))
    }

    fn scan(
        &self,
        partition: PartitionId,
        table: Table,
        range: ScanRange,
        limit: ScanLimit,
    ) -> Result<Vec<Entry>, StoreError> {
        let keyspace = self.tables.get(table)?;
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let found = self
            .database
            .snapshot()
            .range(keyspace, Self::bounds(partition, &range));
        match range.direction() {
            Direction::Forward => page(found, limit),
            Direction::Reverse => page(found.rev(), limit),
        }
    }

    fn partitions(&self) -> Vec<PartitionId> {
        PartitionId::all().collect()
    }

    fn state(&self) -> StoreState {
        self.committer.state()
    }

    fn figures(&self) -> StoreFigures {
        let mut figures = self.committer.figures();
        // A database that cannot say how large its files are has reported the cause where it failed to write.
        figures.journal_bytes = self.database.journal_disk_space().unwrap_or_default();
        figures.disk_bytes = self.database.disk_space().unwrap_or_default();
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

impl Drop for EmbeddedStore {
    fn drop(&mut self) {
        self.close();
    }
}

/// The keyspaces of the database.
struct Tables {
    /// By the table's number.
    keyspaces: Vec<Option<(Table, Keyspace)>>,
    rounds: Keyspace,
}

impl Tables {
    fn get(&self, table: Table) -> Result<&Keyspace, StoreError> {
        match &self.keyspaces[usize::from(table.id())] {
            Some((known, keyspace)) if *known == table => Ok(keyspace),
            _ => Err(StoreError::UnknownTable { table: table.name() }),
        }
    }

    /// The first table of the batch that was not opened.
    fn missing(&self, batch: &Batch) -> Option<&'static str> {
        let unknown = batch
            .operations()
            .iter()
            .find(|operation| self.get(operation.table).is_err());
        unknown.map(|operation| operation.table.name())
    }

    /// Whether so much memory waits to be written out that the next commit could be held up.
    fn is_behind(&self) -> bool {
        self.keyspaces
            .iter()
            .flatten()
            .any(|(_, keyspace)| keyspace.sealed_memtable_count() >= 3)
    }
}

fn open_database(directory: &Path, options: &EmbeddedOptions) -> Result<(Database, Tables), OpenError> {
    // The database's recovery panics on some kinds of damage where it could return an error.
    let opened = catch_unwind(AssertUnwindSafe(|| try_open_database(directory, options)));
    match opened {
        Ok(Ok(opened)) => Ok(opened),
        Ok(Err(error)) => Err(database_open_failed(directory, error)),
        Err(_) => Err(OpenError::DamagedTables {
            directory: directory.to_owned(),
            detail: "its tables cannot be read (the log has the place)".to_owned(),
        }),
    }
}

fn try_open_database(directory: &Path, options: &EmbeddedOptions) -> fjall::Result<(Database, Tables)> {
    let database = Database::builder(directory)
        .cache_size(options.block_cache_bytes)
        .worker_threads(2)
        .max_journaling_size(options.journal_bytes.max(64 * MIB))
        .manual_journal_persist(true)
        .open()?;
    let keyspace = |name: &str, memtable_bytes: u64| {
        database.keyspace(name, || {
            KeyspaceCreateOptions::default().max_memtable_size(memtable_bytes)
        })
    };
    let rounds = keyspace(ROUNDS, 8 * MIB)?;
    let mut keyspaces: Vec<Option<(Table, Keyspace)>> = vec![None; 256];
    for table in &options.tables {
        let slot = &mut keyspaces[usize::from(table.id())];
        assert!(slot.is_none(), "two tables have the number {}", table.id());
        assert!(table.name() != ROUNDS, "the name {ROUNDS} is taken");
        *slot = Some((*table, keyspace(table.name(), options.memtable_bytes)?));
    }
    Ok((database, Tables { keyspaces, rounds }))
}

/// The last round that is in the store; 0 if there was none yet.
fn last_round(rounds: &Keyspace, store_id: StoreId, directory: &Path) -> Result<u64, OpenError> {
    let damaged = |detail| OpenError::DamagedTables {
        directory: directory.to_owned(),
        detail,
    };
    match rounds
        .get(Marker::KEY)
        .map_err(|error| database_open_failed(directory, error))?
    {
        None => Ok(0),
        Some(value) => match Marker::decode(&value, store_id) {
            Some(marker) => Ok(marker.round),
            None => Err(damaged(
                "the record of the last round belongs to another store".to_owned(),
            )),
        },
    }
}

fn page(found: impl Iterator<Item = fjall::Guard>, limit: ScanLimit) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::new();
    let mut bytes = 0;
    for guard in found {
        if limit.is_reached(entries.len(), bytes) {
            break;
        }
        let (key, value) = guard.into_inner().map_err(read_failed)?;
        bytes += key.len() - PREFIX_BYTES + value.len();
        entries.push((owned(&key[PREFIX_BYTES..]), owned(&value)));
    }
    Ok(entries)
}

/// A copy, since what the database returns keeps the whole block it was read from in memory.
fn owned(bytes: &[u8]) -> Bytes {
    Bytes::copy_from_slice(bytes)
}

fn read_failed(error: fjall::Error) -> StoreError {
    let detail = describe(&error).into();
    if is_damage(&error) {
        StoreError::Damaged { detail }
    } else {
        StoreError::Read { detail }
    }
}

fn is_damage(error: &fjall::Error) -> bool {
    use fjall::Error;
    match error {
        Error::Io(cause) | Error::Storage(LsmError::Io(cause)) => {
            cause.kind() == io::ErrorKind::UnexpectedEof
        }
        Error::Storage(_) | Error::JournalRecovery(_) | Error::Decompress(_) | Error::InvalidTrailer => true,
        Error::InvalidTag(_) | Error::Unrecoverable => true,
        _ => false,
    }
}

/// What went wrong, in words.
fn describe(error: &fjall::Error) -> String {
    use fjall::Error;
    match error {
        Error::Io(cause) | Error::Storage(LsmError::Io(cause)) => cause.to_string(),
        Error::Storage(LsmError::ChecksumMismatch { .. }) => "a checksum does not match".to_owned(),
        Error::Poisoned => "a write in the background failed earlier (the log has the cause)".to_owned(),
        other => format!("{other:?}"),
    }
}

fn database_open_failed(directory: &Path, error: fjall::Error) -> OpenError {
    let directory = directory.to_owned();
    match error {
        error if is_damage(&error) => OpenError::DamagedTables {
            directory,
            detail: describe(&error),
        },
        fjall::Error::Io(cause) | fjall::Error::Storage(LsmError::Io(cause)) => {
            open_failed(&directory, cause)
        }
        fjall::Error::InvalidVersion(version) => {
            let detail = format!("the database in it has version {version:?}; use the release that wrote it");
            OpenError::Format { directory, detail }
        }
        other => open_failed(&directory, io::Error::other(other)),
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
