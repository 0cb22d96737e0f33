//! Messages, as they come in and as they go out.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ninefold_time::Timestamp;

use crate::QueueKey;

/// The identity of a message, chosen by whoever sends it (a random UUID's bits).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageId(pub u128);

/// A message group: an ordering lane of a FIFO queue, a tenant of a standard one.
pub type GroupId = Arc<str>;

/// Two messages with one deduplication id within the window are one message.
pub type DeduplicationId = Arc<str>;

/// Names one attempt to receive from a FIFO queue, so that it can be repeated.
pub type AttemptId = Arc<str>;

/// Where a message stands in its queue: by the time from which it may be received, then by sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// When the message may be received for the first time (FIFO queues: when it was sent).
    pub vesting: Timestamp,
    /// Grows with every message of the queue; never used twice.
    pub sequence: u64,
}

impl Position {
    /// Before every message.
    pub const FIRST: Position = Position {
        vesting: Timestamp::EPOCH,
        sequence: 0,
    };
    /// After every message.
    pub const LAST: Position = Position {
        vesting: Timestamp::MAX,
        sequence: u64::MAX,
    };

    /// The position right behind this one.
    #[must_use]
    pub fn next(self) -> Position {
        Position {
            sequence: self.sequence.saturating_add(1),
            ..self
        }
    }
}

/// A message to send.
#[derive(Clone, Debug)]
pub struct NewMessage {
    /// Its identity.
    pub id: MessageId,
    /// What the engine keeps and hands out unread.
    pub payload: Bytes,
    /// The group; required on FIFO queues.
    pub group: Option<GroupId>,
    /// The deduplication id; required on FIFO queues, kept but not acted upon on standard ones.
    pub deduplication: Option<DeduplicationId>,
    /// A delay of its own instead of the queue's; standard queues only.
    pub delay_seconds: Option<u32>,
}

/// What became of a sent message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The message's identity: of the first one when this one is a duplicate.
    pub id: MessageId,
    /// Its place in the queue's order.
    pub sequence: u64,
}

/// A wish for messages.
#[derive(Clone, Debug)]
pub struct ReceiveRequest {
    /// At most this many.
    pub maximum_messages: usize,
    /// The length of the lease, when not the queue's own.
    pub visibility_timeout_seconds: Option<u32>,
    /// How long to wait for a first message.
    pub wait: Duration,
    /// FIFO queues: repeats the answer of an earlier attempt of the same name.
    pub attempt: Option<AttemptId>,
}

/// A leased message.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its identity.
    pub id: MessageId,
    /// Its place in the queue's order.
    pub sequence: u64,
    /// What was sent.
    pub payload: Bytes,
    /// Stands for this lease.
    pub receipt: Receipt,
    /// How often it was received, this time included; from the queue it was dead-lettered from, too.
    pub receive_count: u32,
    /// When it was sent (to the queue it was first sent to, on standard queues).
    pub sent_at: Timestamp,
    /// When it was first received from this queue.
    pub first_received_at: Timestamp,
    /// When it was first received from the queue it was dead-lettered from, if that is known.
    pub first_received_at_origin: Option<Timestamp>,
    /// Its group.
    pub group: Option<GroupId>,
    /// Its deduplication id.
    pub deduplication: Option<DeduplicationId>,
    /// The queue it was dead-lettered from.
    pub origin: Option<QueueKey>,
}

/// Stands for one lease of one message. The door makes an opaque, checked string of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Receipt {
    /// The number of the queue, as in [`Queue::number`](crate::Queue::number).
    pub queue: u64,
    /// The message.
    pub position: Position,
    /// Which of the message's leases: its receive count.
    pub lease: u32,
}
