//! What is kept of a consumer.

use ninefold_catalog::{Record, Table};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Tags;

/// The table of consumers.
pub(crate) const CONSUMERS: Table = Table::new(70, "kinesis.consumers");

/// A consumer of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ConsumerRecord {
    /// The stream that it is of, and not one of the same name before or after.
    pub(crate) stream: Uuid,
    pub(crate) created_at_milliseconds: u64,
    pub(crate) tags: Tags,
    pub(crate) policy: Option<String>,
}

impl Record for ConsumerRecord {
    const FORMAT: u8 = 1;
}
