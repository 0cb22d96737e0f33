//! Records of a log, shared by lease: consumers acquire records of a partition for a time, and acknowledge, release or reject
//! them one by one, in any order. What Kafka calls a share group (KIP-932) and Kinesis a queue.
//!
//! There is no second machinery of leases. For each group and partition there is a [queue](ninefold_queue) under a key that no
//! door can name, whose messages are references to records, a message's id being its record's offset:
//!
//! ```text
//! log ──feeder──▶ queue of references ──lease──▶ member ──▶ acknowledge: delete   release: visible again
//!       cursor    (a window of some 2,000)                   reject: delete        renew: extend
//! ```
//!
//! - **The cursor** says up to where the log has been referred to. It is the queue's *mark*: written in the same commit as the
//!   references that it passes, so that after a crash neither is a record there twice nor is one lost. That commit need not be
//!   durable by itself: what is done to a reference later is only durable together with it.
//! - **The window** bounds the references, and with them memory and leases; further records wait in the log.
//! - **What is referred to** are records: no control batches, nothing of aborted transactions (where a group wants to see only
//!   what was committed), no offsets that compaction has emptied.
//! - **How often** a record was delivered is how often its reference was received. One that comes to its limit is rejected when
//!   it is released, or as soon as anybody looks after its lease has ended.
//! - **Dead letters**, where a group wants them: what would be rejected then goes to a second queue of references, by the queue
//!   engine's move between queues, and back when it is restored. There it is leased and decided on likewise, and it doesn't count
//!   in the window.

mod acknowledge;
mod acquire;
mod dead_letters;
mod error;
mod feeder;
mod holdings;
mod key;
mod offsets;
mod settings;
mod share;
mod shares;
mod watch;

pub use acknowledge::{Claim, Verdict};
pub use acquire::{AcquireRequest, Acquired, AcquiredBatch, AcquiredRange, Lease};
pub use error::ShareError;
pub use holdings::MemberId;
pub use key::{Group, ShareKey};
pub use ninefold_queue::{LeaseError, Position, Receipt};
pub use settings::{Exhausted, LONGEST_WINDOW, Orphans, Settings, StartPosition};
pub use share::{Description, Share};
pub use shares::Shares;
pub use watch::Watching;
