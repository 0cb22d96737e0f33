//! The store: where every engine keeps its state.
//!
//! State is spread over a fixed number of [partitions](PartitionId). A [`Batch`] changes one partition
//! atomically; [`Store::submit`] queues it and reports when it is durable. Nothing here assumes one machine,
//! and nothing is atomic across partitions: work that crosses them is an outbox entry in the first one and
//! an idempotent apply in the second.
//!
//! Engines: an embedded one (an LSM tree on the local disk with group commit) and, for tests,
//! `MemoryStore`.

mod batch;
mod error;
mod figures;
#[cfg(any(test, feature = "memory"))]
mod memory;
mod partition;
mod scan;
mod store;
mod table;

pub use batch::{Batch, Operation};
pub use error::{OpenError, StoreError};
pub use figures::{Histogram, StoreFigures};
#[cfg(any(test, feature = "memory"))]
pub use memory::MemoryStore;
pub use partition::{PARTITION_COUNT, PartitionId};
pub use scan::{Direction, ScanLimit, ScanRange};
pub use store::{Completion, Durability, Entry, Store, StoreState, commit};
pub use table::Table;
