//! Redrive: moving what a dead-letter queue holds to where it came from, or elsewhere.

use ninefold_time::Timestamp;

use crate::QueueKey;

/// The identity of a redrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RedriveId(pub u128);

/// Where redriven messages go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedriveDestination {
    /// Each message to the queue it was dead-lettered from.
    Origin,
    /// All of them to one queue.
    Queue(QueueKey),
}

/// How far a redrive is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedriveState {
    /// Messages are being moved.
    Running,
    /// Everything was moved.
    Completed,
    /// A cancellation was asked for.
    Cancelling,
    /// It was cancelled.
    Cancelled,
    /// It had to stop.
    Failed,
}

/// What there is to know of a redrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedriveReport {
    /// Its identity.
    pub id: RedriveId,
    /// The queue that messages leave.
    pub source: QueueKey,
    /// Where they go.
    pub destination: RedriveDestination,
    /// At most so many messages a second.
    pub rate_per_second: Option<u32>,
    /// How far it is.
    pub state: RedriveState,
    /// Messages moved so far.
    pub moved: u64,
    /// Messages that were there to be moved when it started.
    pub to_move: u64,
    /// When it started.
    pub started_at: Timestamp,
    /// Why it failed.
    pub failure: Option<String>,
}
