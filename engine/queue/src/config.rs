//! What a queue is told to be.

use std::fmt;

use bytes::Bytes;

/// The name of a queue: opaque, ordered bytes chosen by the door. Queues with a common prefix list together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueueKey(pub Bytes);

impl fmt::Display for QueueKey {
    /// For logs: what isn't text is replaced.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&String::from_utf8_lossy(&self.0))
    }
}

/// How a queue orders its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueKind {
    /// Best-effort order, no deduplication; groups only make delivery fair.
    Standard,
    /// Strict order within a message group, one group locked while one of its messages is in flight.
    Fifo {
        /// Where a deduplication id has to be unique.
        deduplication_scope: DeduplicationScope,
    },
}

/// The range in which a deduplication id is unique for the deduplication window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeduplicationScope {
    /// Unique in the whole queue.
    Queue,
    /// Unique within its message group.
    MessageGroup,
}

/// Where messages go that were received too often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetterPolicy {
    /// The dead-letter queue. While no queue has this key, messages stay where they are.
    pub queue: QueueKey,
    /// The receive that would exceed this count moves the message instead. At least 1.
    pub maximum_receive_count: u32,
}

/// The settings of a queue that the engine acts upon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueConfig {
    /// Standard or FIFO; fixed at creation.
    pub kind: QueueKind,
    /// Delay of messages that name none of their own.
    pub delay_seconds: u32,
    /// Length of a lease when the receiver names none.
    pub visibility_timeout_seconds: u32,
    /// Messages older than this are dropped.
    pub retention_seconds: u32,
    /// The most messages leased at one time.
    pub in_flight_limit: u32,
    /// Dead-lettering, when wanted.
    pub dead_letter: Option<DeadLetterPolicy>,
}

/// What the engine may hold in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of messages kept between arrival and receipt, for all queues together.
    pub cache_bytes: usize,
    /// Visible messages loaded at a time, a queue.
    pub visible_messages: usize,
    /// Visible messages loaded together with those of quiet groups that overtook a backlog, a queue.
    pub overtaking_messages: usize,
    /// Messages loaded at once.
    pub page_messages: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            cache_bytes: 64 << 20,
            visible_messages: 20_000,
            overtaking_messages: 30_000,
            page_messages: 1_000,
        }
    }
}
