//! An API destination.

use ninefold_catalog::Record;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An API destination. Whether it is active is its connection's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApiDestinationRecord {
    /// What its ARN ends with.
    pub(crate) id: Uuid,
    pub(crate) created_at_millis: u64,
    pub(crate) modified_at_millis: u64,
    pub(crate) description: Option<String>,
    /// The ARN of the connection, as it was given.
    pub(crate) connection_arn: String,
    /// A URL; a `*` in its path is a wildcard.
    pub(crate) invocation_endpoint: String,
    pub(crate) http_method: String,
    pub(crate) invocations_per_second: u32,
}

impl Record for ApiDestinationRecord {
    const FORMAT: u8 = 1;
}
