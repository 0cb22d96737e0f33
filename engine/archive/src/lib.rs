//! The archive: what was published, kept in order for some time, to be read again from any point.
//!
//! An [`Archive`] has any number of series, each named by opaque bytes. An entry stands at a [`Place`]: whoever appends it chooses
//! all of it, and may then repeat that after a crash without changing anything, or chooses the time and gets a sequence. An entry's
//! age needn't go by the time of its place, so that what happened long ago can be kept as long as anything else from when it came.
//! How much there is in a series, its [`Tally`] says, exactly and without looking at entries.

mod archive;
mod stored;
mod tally;

pub use archive::{Archive, Entry, NewEntry, Place};
pub use ninefold_store::{Store, StoreError, Table};
pub use tally::Tally;
