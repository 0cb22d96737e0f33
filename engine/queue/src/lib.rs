//! The queue engine: leases on durable messages.
//!
//! A queue holds messages until a consumer has taken a lease on one (received it) and released it for good
//! (deleted it). A lease that runs out makes its message visible again; a message leased too often moves to
//! the dead-letter queue. The engine knows nothing of the protocols on top of it: a message is an opaque
//! payload, a queue is named by an opaque key.

mod config;
mod directory;
mod engine;
mod error;
mod message;
mod outgoing;
mod queue;
mod records;
mod recovery;
mod redrive;
mod state;
mod sweep;
mod transfer;

pub use config::{DeadLetterPolicy, DeduplicationScope, Limits, QueueConfig, QueueKey, QueueKind};
pub use engine::QueueEngine;
pub use error::{DeleteError, LeaseError, QueueError};
pub use message::{
    AttemptId, DeduplicationId, GroupId, MessageId, NewMessage, Position, Receipt, ReceiveRequest, Received,
    Sent,
};
pub use queue::{Counts, Disposing, Disposition, Exhausted, Glimpse, Queue, Sending, Strictness};
pub use redrive::{RedriveDestination, RedriveId, RedriveReport, RedriveState};
