//! The tables: an LSM tree on the local disk (fjall), fed with sorted changes only, never through its own journal.

use std::io;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::OnceLock;

use bytes::Bytes;
use fjall::{
    AbstractTree, Database, Keyspace, KeyspaceCreateOptions, LsmError, PersistMode, Readable, Snapshot,
};
use ninefold_journal::do_in_background;

use super::EmbeddedOptions;
use super::deleted_ranges::DeletedRanges;
use super::memtable::{Changes, Memtable};
use super::open_failed;
use crate::batch::PrefixedKey;
use crate::{Batch, OpenError, StoreError, Table};

const MIB: u64 = 1 << 20;
/// Nothing goes through the database's own memory and journal; these are the least it takes.
const UNUSED_JOURNAL_BYTES: u64 = 64 * MIB;
const UNUSED_MEMTABLE_BYTES: u64 = MIB;
/// Table files that may wait to be merged before more are made; each costs a read one look more.
const UNMERGED_TABLES: usize = 16;
/// So many keys are deleted one by one: dropping files waits for merging, and syncs.
const FEW_KEYS: usize = 10_000;

/// The keyspaces of the database, one a table. They are made when there is something to put in: making them all takes
/// longer than everything else a new store needs.
pub(super) struct Tables {
    database: Database,
    /// By the table's number.
    opened: Vec<Option<(Table, OnceLock<Keyspace>)>>,
}

impl Tables {
    /// Opens the database in `directory`; creates it if the store is new.
    pub(super) fn open(
        directory: &Path,
        options: &EmbeddedOptions,
        created: bool,
    ) -> Result<Self, OpenError> {
        if !created && !directory.is_dir() {
            return Err(OpenError::DamagedTables {
                directory: directory.to_owned(),
                detail: "they are missing".to_owned(),
            });
        }
        // In the background for the threads that the database starts, which merge tables. Its recovery panics on some kinds of
        // damage where it could return an error.
        let opened = do_in_background(|| Self::try_open(directory, options));
        match opened {
            Ok(Ok(tables)) => Ok(tables),
            Ok(Err(error)) => Err(database_open_failed(directory, error)),
            Err(_) => Err(OpenError::DamagedTables {
                directory: directory.to_owned(),
                detail: "they cannot be read (the log has the place)".to_owned(),
            }),
        }
    }

    fn try_open(directory: &Path, options: &EmbeddedOptions) -> fjall::Result<Self> {
        let database = Database::builder(directory)
            .cache_size(options.block_cache_bytes)
            .worker_threads(2)
            .max_journaling_size(UNUSED_JOURNAL_BYTES)
            .manual_journal_persist(true)
            .open()?;
        let mut opened: Vec<Option<(Table, OnceLock<Keyspace>)>> = Vec::new();
        opened.resize_with(256, || None);
        for table in &options.tables {
            let slot = &mut opened[usize::from(table.id())];
            assert!(slot.is_none(), "two tables have the number {}", table.id());
            let keyspace = match database.keyspace_exists(table.name()) {
                true => OnceLock::from(keyspace(&database, *table)?),
                false => OnceLock::new(),
            };
            *slot = Some((*table, keyspace));
        }
        Ok(Tables { database, opened })
    }

    /// Whether a table was opened.
    pub(super) fn check(&self, table: Table) -> Result<(), StoreError> {
        self.keyspace(table).map(|_| ())
    }

    /// The keyspace of a table; none where nothing was put in yet.
    pub(super) fn keyspace(&self, table: Table) -> Result<Option<&Keyspace>, StoreError> {
        match &self.opened[usize::from(table.id())] {
            Some((known, keyspace)) if *known == table => Ok(keyspace.get()),
            _ => Err(StoreError::UnknownTable { table: table.name() }),
        }
    }

    /// The first table of the batch that was not opened.
    pub(super) fn missing(&self, batch: &Batch) -> Option<&'static str> {
        let unknown = batch
            .operations()
            .iter()
            .find(|operation| self.check(operation.table).is_err());
        unknown.map(|operation| operation.table.name())
    }

    /// Whether nothing was ever put in.
    pub(super) fn are_blank(&self) -> bool {
        self.database.keyspace_count() == 0
    }

    /// The number of a table with changes that was not opened.
    pub(super) fn unknown(&self, memtable: &Memtable) -> Option<u8> {
        let numbers = memtable.tables().map(|(number, _)| number);
        numbers
            .into_iter()
            .find(|number| self.opened[usize::from(*number)].is_none())
    }

    /// The tables as they are now.
    pub(super) fn snapshot(&self) -> Snapshot {
        self.database.snapshot()
    }

    /// The value of a key at one point in time.
    pub(super) fn get(
        &self,
        snapshot: &Snapshot,
        table: Table,
        key: &[u8],
    ) -> Result<Option<Bytes>, StoreError> {
        let Some(keyspace) = self.keyspace(table)? else {
            return Ok(None);
        };
        let value = snapshot.get(keyspace, key).map_err(read_failed)?;
        Ok(value.map(|value| owned(&value)))
    }

    /// The entries in ranges, which are in order, from one point in time.
    pub(super) fn ranges(
        &self,
        table: Table,
        ranges: Vec<Range<PrefixedKey>>,
    ) -> Result<impl DoubleEndedIterator<Item = Result<(Bytes, Bytes), StoreError>> + use<>, StoreError> {
        let snapshot = self.snapshot();
        let found = self.keyspace(table)?.cloned().map(|keyspace| {
            let ranges = ranges.into_iter();
            ranges.flat_map(move |range| snapshot.range(&keyspace, range))
        });
        Ok(found.into_iter().flatten().map(|guard| {
            let (key, value) = guard.into_inner().map_err(read_failed)?;
            Ok((owned(&key), owned(&value)))
        }))
    }

    /// Takes changes over; durable when it returns. Taking the same ones over again changes nothing. Until then they hide
    /// what is here: while ranges are deleted, older values come to light for a time.
    pub(super) fn take_over(&self, memtable: &Memtable) -> Result<(), String> {
        // A panic in the database must not leave callers without an answer.
        let taken = catch_unwind(AssertUnwindSafe(|| {
            for (number, changes) in memtable.tables() {
                let (table, made) = self.opened[usize::from(number)]
                    .as_ref()
                    .expect("batches and logs with unknown tables are refused");
                let keyspace = match made.get() {
                    Some(keyspace) => keyspace,
                    // Only the flusher gets here.
                    None => {
                        let new = keyspace(&self.database, *table)?;
                        made.get_or_init(|| new)
                    }
                };
                clear(keyspace, changes.deleted_ranges())?;
                ingest(keyspace, changes)?;
            }
            Ok(())
        }));
        match taken {
            Ok(outcome) => outcome.map_err(|error: fjall::Error| describe(&error)),
            Err(_) => Err("the database panicked (the log has the place)".to_owned()),
        }
    }

    /// Whether so many table files wait to be merged that there should be no more; an error if merging has failed.
    pub(super) fn is_behind(&self) -> Result<bool, String> {
        // The one call that says whether anything in the background went wrong; there is nothing to write.
        self.database
            .persist(PersistMode::Buffer)
            .map_err(|error| describe(&error))?;
        let keyspaces = self.opened.iter().flatten().filter_map(|(_, made)| made.get());
        Ok(keyspaces
            .into_iter()
            .any(|keyspace| keyspace.l0_table_count() >= UNMERGED_TABLES))
    }

    /// Bytes on disk.
    pub(super) fn disk_bytes(&self) -> u64 {
        // A database that cannot say how large its files are has reported the cause where it failed to write.
        self.database.disk_space().unwrap_or_default()
    }
}

/// The keyspace of a table, made if there is none.
fn keyspace(database: &Database, table: Table) -> fjall::Result<Keyspace> {
    database.keyspace(table.name(), || {
        KeyspaceCreateOptions::default().max_memtable_size(UNUSED_MEMTABLE_BYTES)
    })
}

/// Writes changes as new table files. Deletions of what was never in the tables are left out.
fn ingest(keyspace: &Keyspace, changes: &Changes) -> fjall::Result<()> {
    let mut ingestion = None;
    for (key, value) in changes.entries() {
        if value.is_none() && !keyspace.contains_key(key)? {
            continue;
        }
        let writer = match &mut ingestion {
            Some(writer) => writer,
            None => ingestion.insert(keyspace.start_ingestion()?),
        };
        match value {
            Some(value) => writer.write(&key[..], value.clone())?,
            None => writer.write_tombstone(&key[..])?,
        }
    }
    match ingestion {
        Some(writer) => writer.finish(),
        None => Ok(()),
    }
}

/// Deletes everything in ranges. Of a large one, whatever files it holds as a whole are dropped; only what shares a file
/// with other keys is deleted one by one, which doesn't grow with the range.
fn clear(keyspace: &Keyspace, ranges: &DeletedRanges) -> fjall::Result<()> {
    let mut ingestion = None;
    for range in ranges.iter() {
        if keyspace.range(range.clone()).nth(FEW_KEYS).is_some() {
            keyspace.tree.drop_range(range.clone())?;
        }
        for guard in keyspace.range(range) {
            let writer = match &mut ingestion {
                Some(writer) => writer,
                None => ingestion.insert(keyspace.start_ingestion()?),
            };
            writer.write_tombstone(guard.key()?)?;
        }
    }
    match ingestion {
        Some(writer) => writer.finish(),
        None => Ok(()),
    }
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
