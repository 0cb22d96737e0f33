//! The limits that AWS publishes.
//!
//! Source: [Amazon SQS message quotas](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html).

/// The largest message, and all messages of a batch together: 1 MiB.
pub(crate) const LARGEST_MESSAGE_BYTES: usize = 1_048_576;
/// What a queue's largest message may be limited to.
pub(crate) const MESSAGE_BYTES: std::ops::RangeInclusive<u32> = 1_024..=1_048_576;
/// Entries of a batch.
pub(crate) const BATCH_ENTRIES: usize = 10;
/// Characters of a batch entry's id.
pub(crate) const BATCH_ID_CHARACTERS: usize = 80;
/// Message attributes of one message.
pub(crate) const MESSAGE_ATTRIBUTES: usize = 10;
/// Characters of a message attribute's name or type.
pub(crate) const ATTRIBUTE_NAME_CHARACTERS: usize = 256;
/// Characters of a message group id, deduplication id or receive attempt id.
pub(crate) const ID_CHARACTERS: usize = 128;
/// Messages of one receive.
pub(crate) const RECEIVED_MESSAGES: u32 = 10;
/// The longest long poll.
pub(crate) const WAIT_SECONDS: u32 = 20;
/// The longest delay of a message.
pub(crate) const DELAY_SECONDS: u32 = 900;
/// The longest visibility timeout: 12 hours.
pub(crate) const VISIBILITY_TIMEOUT_SECONDS: u32 = 43_200;
/// The shortest and longest time a message is kept.
pub(crate) const RETENTION_SECONDS: std::ops::RangeInclusive<u32> = 60..=1_209_600;
/// Messages in flight, standard queues.
pub(crate) const STANDARD_IN_FLIGHT: u32 = 120_000;
/// Messages in flight, FIFO queues.
pub(crate) const FIFO_IN_FLIGHT: u32 = 20_000;
/// Receives before a message is dead-lettered.
pub(crate) const RECEIVE_COUNT: std::ops::RangeInclusive<u32> = 1..=1_000;
/// How long a data key may be used again.
pub(crate) const KEY_REUSE_SECONDS: std::ops::RangeInclusive<u32> = 60..=86_400;
/// Tags of a queue.
pub(crate) const TAGS: usize = 50;
/// Source queues that a redrive allow policy may name.
pub(crate) const REDRIVE_SOURCES: usize = 10;
/// Entries of one page of a list.
pub(crate) const PAGE: usize = 1_000;
/// Messages a second that a message move task may be limited to.
pub(crate) const MOVES_PER_SECOND: std::ops::RangeInclusive<u32> = 1..=500;
/// Message move tasks listed at the most.
pub(crate) const LISTED_MOVE_TASKS: usize = 10;
/// How long a deleted queue's name isn't free, and how long after a purge there can't be another.
pub(crate) const COOL_DOWN: std::time::Duration = std::time::Duration::from_secs(60);
