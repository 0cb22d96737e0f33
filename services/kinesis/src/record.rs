//! What the door keeps.

mod account;
mod consumer;
mod settings;

use std::collections::BTreeMap;

pub(crate) use account::{ACCOUNTS, AccountRecord, Commitment};
pub(crate) use consumer::{CONSUMERS, ConsumerRecord};
pub(crate) use settings::{Distribution, Metric, Mode, StreamSettings, of_last_day};

/// Tags of a resource.
pub(crate) type Tags = BTreeMap<String, String>;
