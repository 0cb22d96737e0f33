use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Why a batch was not committed or a read failed. Cheap to clone: one failed round answers many batches.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A write or sync failed before; nothing is accepted any more, reads go on. Restart once the cause is gone.
    #[error("the store is read-only: {reason}")]
    ReadOnly {
        /// What failed.
        reason: Arc<str>,
    },
    /// More is waiting to be written than the store may hold in memory. Try again later.
    #[error("the store is overloaded: too much is waiting to be written")]
    Overloaded,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The table was not in the list the store was opened with.
    #[error("the store has no table {table}")]
    UnknownTable {
        /// The table's name.
        table: &'static str,
    },
    /// What was read from disk does not match its checksum.
    #[error("the data on disk is damaged: {detail}")]
    Damaged {
        /// What was found.
        detail: Arc<str>,
    },
    /// Reading from disk failed.
    #[error("reading from the store failed: {detail}")]
    Read {
        /// The cause.
        detail: Arc<str>,
    },
}

/// Why a data directory could not be opened. Every text says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the directory.
    #[error("the data directory {directory} is in use by {}; stop that process or choose another directory",
        holder(*pid, host, *held_for))]
    InUse {
        /// The data directory.
        directory: PathBuf,
        /// The process that holds it, if it has said so already.
        pid: Option<u32>,
        /// The host that process runs on.
        host: String,
        /// For how long it has held the directory.
        held_for: Option<Duration>,
    },
    /// The directory or a file in it cannot be created or written.
    #[error(
        "the data directory {directory} cannot be written: {source}; \
         check its owner, its permissions and that its file system is mounted for writing"
    )]
    NotWritable {
        /// The data directory.
        directory: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The disk holding the directory is full.
    #[error("the disk of the data directory {directory} is full; free some space and start again")]
    DiskFull {
        /// The data directory.
        directory: PathBuf,
    },
    /// The directory's format is unknown to this version, or is not one of ours.
    #[error("the data directory {directory} has a format this version cannot read: {detail}")]
    Format {
        /// The data directory.
        directory: PathBuf,
        /// What was found and what to do.
        detail: String,
    },
    /// A file is damaged in a way no crash explains. Nothing was changed.
    #[error(
        "{file} is damaged at byte {offset}: {detail}. Nothing was changed. \
         Restore the data directory from a backup, or move it away to start with an empty one"
    )]
    Damaged {
        /// The damaged file.
        file: PathBuf,
        /// Where in it.
        offset: u64,
        /// What was found.
        detail: String,
    },
    /// The database's tables are damaged.
    #[error(
        "the tables in {directory} are damaged: {detail}. \
         Restore the data directory from a backup, or move it away to start with an empty one"
    )]
    DamagedTables {
        /// The database's directory.
        directory: PathBuf,
        /// What was found.
        detail: String,
    },
    /// Anything else the operating system reports.
    #[error("the data directory {directory} could not be opened: {source}")]
    Io {
        /// The data directory.
        directory: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

fn holder(pid: Option<u32>, host: &str, held_for: Option<Duration>) -> String {
    match (pid, held_for) {
        (Some(pid), Some(time)) => format!("process {pid} on host {host}, for {time:?}"),
        (Some(pid), None) => format!("process {pid} on host {host}"),
        (None, _) => "a process that has just started".to_owned(),
    }
}
