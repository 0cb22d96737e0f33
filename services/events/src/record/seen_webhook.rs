//! A webhook that was taken.

use ninefold_catalog::Record;
use serde::{Deserialize, Serialize};

/// A webhook that was taken and could be sent again. It is named by its source and by what is the same then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeenWebhookRecord {
    /// Up to when it counts.
    pub(crate) until_millis: u64,
    /// Whether its signature is too old by then.
    pub(crate) is_limited: bool,
}

impl Record for SeenWebhookRecord {
    const FORMAT: u8 = 1;
}
