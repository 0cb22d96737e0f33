//! A write-ahead log: rounds that are written and synced one after the other, and read back after a crash.
//!
//! What a round holds is its writer's business; a round carries its number, how far everything was synced when it was
//! written, and a checksum. The store and the log of streams keep one each.

mod background;
mod block;
mod failure;
mod intake;
mod journal;
mod medium;
mod recovery;
mod round;
mod segment;

pub use background::{do_in_background, spawn_in_background};
pub use block::round_up;
pub use failure::Failure;
pub use intake::{Gathering, Intake, Refused, Taken};
pub use journal::Journal;
pub use medium::{Disk, Medium};
pub use recovery::{Known, Recovered, RecoveryError, recover};
pub use round::{Content, JournalId, Marker, Round, decode};
pub use segment::{Access, Segment, Segments, list};
