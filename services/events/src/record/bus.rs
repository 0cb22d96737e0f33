//! A bus.

use std::collections::BTreeMap;

use ninefold_catalog::Record;
use serde::{Deserialize, Serialize};

/// A bus. The default one has a record only once something about it was set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BusRecord {
    pub(crate) created_at_millis: u64,
    pub(crate) modified_at_millis: u64,
    pub(crate) description: Option<String>,
    /// Stored and returned; nothing is encrypted by it.
    pub(crate) kms_key: Option<String>,
    pub(crate) dead_letter: Option<DeadLetterConfig>,
    pub(crate) log: Option<LogConfig>,
    /// The resource policy, as it was given or put together.
    pub(crate) policy: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    /// The partner event source whose events it takes.
    pub(crate) event_source: Option<String>,
}

impl Record for BusRecord {
    const FORMAT: u8 = 1;
}

/// `DeadLetterConfig`: where goes what can't be delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeadLetterConfig {
    /// A standard queue's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) arn: Option<String>,
}

/// `LogConfig`: what is logged of the bus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct LogConfig {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) include_detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) level: Option<String>,
}
