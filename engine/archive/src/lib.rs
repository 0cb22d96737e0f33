//! The archive: what was published, kept in order for some time, to be read again from any point.
//!
//! An [`Archive`] has any number of series, each named by opaque bytes. An entry stands at a [`Place`], which whoever appends
//! it chooses: appending at the same place again changes nothing, so that it can be repeated after a crash.

mod archive;

pub use archive::{Archive, Entry, Place};
pub use ninefold_store::{Store, StoreError, Table};
