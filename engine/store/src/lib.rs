//! The store: where every engine keeps its state.
//!
//! State is spread over a fixed number of [partitions](PartitionId). A [`Batch`] changes one partition
//! atomically; [`Store::submit`] queues it and reports when it is durable. Nothing here assumes one machine,
//! and nothing is atomic across partitions: work that crosses them is an outbox entry in the first one and
//! an idempotent apply in the second.
//!
//! Engines: [`EmbeddedStore`] (an LSM tree on the local disk with group commit) and, for tests, `MemoryStore`
//! (feature `memory`). Both pass the suite in `conformance` (feature `conformance`).

mod batch;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod embedded;
mod error;
mod figures;
#[cfg(any(test, feature = "memory"))]
mod memory;
mod partition;
mod scan;
mod store;
mod table;

pub use batch::{Batch, Operation};
#[cfg(any(test, feature = "fault-injection"))]
pub use embedded::fault;
pub use embedded::{DurabilityMode, EmbeddedOptions, EmbeddedStore};
pub use error::{OpenError, StoreError};
pub use figures::{Histogram, StoreFigures};
#[cfg(any(test, feature = "memory"))]
pub use memory::MemoryStore;
pub use partition::{PARTITION_COUNT, PartitionId};
pub use scan::{Direction, ScanLimit, ScanRange};
pub use store::{Completion, Durability, Entry, Store, StoreState, commit};
pub use table::Table;
