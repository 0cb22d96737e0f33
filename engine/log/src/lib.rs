//! The log: ordered, offset-addressed, retained records, in numbered partitions.
//!
//! The unit of everything is Kafka's v2 record batch: what a producer sends is kept and served byte for byte, apart from the
//! fields outside of its checksum.
//!
//! ```text
//! append → offset given → journal: one round of all partitions, synced once → tail → readers are woken, append is answered
//!                                   ↑ used again                               ↓ when there is enough
//!                                   └───────────── flusher: segments, one series of files a partition
//! read   → tail (memory) → segments (files, by a sparse index)
//! ```
//!
//! Beside it, when they are called: retention, which drops the first segments, and compaction, which puts segments in the place
//! of others.
//!
//! What is known of a partition besides its records (settings, where it starts, which segments it has, its producers and
//! transactions up to the last segment) is a record in the store, written when segments are. So a start reads these records
//! and the journal, never the segments.

mod append;
mod committer;
mod compaction;
mod entry;
mod error;
mod figures;
mod flusher;
mod index;
mod leftovers;
mod log;
mod lookup;
mod partition;
mod progress;
mod read;
mod reader;
mod record;
mod retention;
mod segment;
mod settings;
mod tail;
mod watch;

pub use ninefold_record_batch::TimestampType;

pub use append::{Append, Appended};
pub use compaction::CompactionError;
pub use error::{AppendError, LogError, OpenError, ReadError};
pub use figures::LogFigures;
pub use log::{DurabilityMode, Log, LogOptions};
pub use lookup::TimedOffset;
pub use partition::{Partition, PartitionNumber};
pub use progress::{AbortedTransaction, ProducerSummary};
pub use read::{Chunk, Isolation, Read, ReadRequest};
pub use record::TABLES;
pub use settings::{Cleanup, Settings};
pub use watch::Watching;
