//! A global endpoint.

use ninefold_catalog::Record;
use serde::{Deserialize, Serialize};

/// A global endpoint. Its region is the primary one; events are not replicated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndpointRecord {
    /// What clients name it by when they put events: two labels with a dot between them.
    pub(crate) endpoint_id: String,
    pub(crate) created_at_millis: u64,
    pub(crate) modified_at_millis: u64,
    pub(crate) description: Option<String>,
    /// `RoutingConfig`. Stored and returned: nothing ever fails over.
    pub(crate) routing: RoutingConfig,
    /// The ARNs of its buses, which have the same name, in the order they were given.
    pub(crate) event_bus_arns: Vec<String>,
    pub(crate) role_arn: Option<String>,
}

impl Record for EndpointRecord {
    const FORMAT: u8 = 1;
}

/// `RoutingConfig`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RoutingConfig {
    pub(crate) failover_config: FailoverConfig,
}

/// `FailoverConfig`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct FailoverConfig {
    pub(crate) primary: Primary,
    pub(crate) secondary: Secondary,
}

/// `Primary`: what says whether the primary region is well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Primary {
    pub(crate) health_check: String,
}

/// `Secondary`: the other region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Secondary {
    pub(crate) route: String,
}
