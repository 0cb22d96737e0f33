//! The transaction coordinator: what a producer writes to several partitions counts as a whole or not at all.
//!
//! It follows Kafka's coordinator (KIP-98, KIP-360, KIP-447, KIP-664, KIP-890) and knows nothing of its protocol.
//!
//! ```text
//! initialize → an identity: producer id and epoch; whoever had one under the same transactional id before is fenced
//! add, admit → the transaction is ongoing, and takes part where it says, durably, before anything is written there
//! end        → the decision is durable: answered → markers to all participants, again until done → completed
//! ```
//!
//! What a request does to a transaction is a pure function (`transition`), which makes a new state of the present one. It is
//! adopted when it is durable, so that memory is never ahead of the store. Changes of one transactional id take turns.
//!
//! Whoever writes on behalf of a transaction holds an [`Admission`] while it does, and no marker is written meanwhile. So nothing
//! gets into a partition after the marker that was let in before it.

mod admission;
mod attendance;
mod config;
mod coordinator;
mod description;
mod error;
mod identity;
mod marker;
mod participants;
mod producer_ids;
mod records;
mod slot;
mod timers;
mod transaction;
mod transition;

pub use admission::Admission;
pub use config::TransactionsConfig;
pub use coordinator::Transactions;
pub use description::{Description, Filter, Listing};
pub use error::{OpenError, TransactionError};
pub use identity::{CoordinatorEpoch, Producer, ProducerId, TransactionalId};
pub use marker::{MarkerWriter, Markers, Writing};
pub use participants::{Participant, Participants};
pub use transaction::{Outcome, TransactionState};
pub use transition::{Initialize, TransactionVersion};
