//! What the door keeps.

mod account;
mod channel;
mod consumer;
mod queue;
mod settings;

use std::collections::BTreeMap;

pub(crate) use account::{ACCOUNTS, AccountRecord, Commitment};
pub(crate) use channel::{
    CHANNEL_POSITIONS, CHANNELS, ChannelRecord, ChannelState, Compression, DeadLetterDestination,
    Destination, Logging, PositionsRecord, RecordFormat, StorageClass,
};
pub(crate) use consumer::{CONSUMERS, ConsumerRecord};
pub(crate) use queue::{QUEUES, QueueRecord, QueueStart};
pub(crate) use settings::{Distribution, Metric, Mode, StreamSettings, of_last_day};

/// Tags of a resource.
pub(crate) type Tags = BTreeMap<String, String>;
