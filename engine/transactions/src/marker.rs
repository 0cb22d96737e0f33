//! What ends a transaction where it has written.

use std::future::Future;
use std::pin::Pin;

use crate::{CoordinatorEpoch, Outcome, Participants, Producer, TransactionVersion};

/// The markers of one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Markers {
    /// Whose transaction it is, in the epoch that markers carry: with [`TransactionVersion::Two`] it is higher than that of
    /// whatever was written in the transaction.
    pub producer: Producer,
    /// How it was ended. A transaction that the coordinator aborts is ended as of version 2.
    pub version: TransactionVersion,
    /// What has become of it.
    pub outcome: Outcome,
    /// The epoch of this coordinator.
    pub coordinator_epoch: CoordinatorEpoch,
    /// Where they have to be written.
    pub participants: Participants,
}

/// Markers being written; resolves to where they could not be, for whatever reason that may pass.
pub type Writing = Pin<Box<dyn Future<Output = Participants> + Send>>;

/// Writes markers. Implemented by whoever keeps partitions and groups.
pub trait MarkerWriter: Send + Sync + 'static {
    /// Ends a transaction at its participants, durably. It is asked again for those that it couldn't reach, after a while, and for
    /// all of them after a restart, so markers must do no harm where they have been written already. A partition or group that
    /// exists no more counts as written.
    ///
    /// When the future has resolved nothing of it may be under way any more: a marker that comes later would end the next
    /// transaction.
    fn write_markers(&self, markers: Markers) -> Writing;
}
