//! Configuration as Kafka's clients see it: every key with its value, where that comes from, and its default.

mod configurable;
mod definition;
mod duration;
pub(crate) mod group;
mod group_records;
pub(crate) mod node;
mod node_properties;
pub(crate) mod topic;

pub(crate) use configurable::Configurable;
pub(crate) use definition::{Definition, Kind};
pub(crate) use group_records::ClusterGroupConfigs;
pub use group_records::GroupConfigRecords;
pub(crate) use node_properties::NodeProperties;

/// Where a value comes from, as the protocol numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i8)]
pub(crate) enum Source {
    Topic = 1,
    StaticNode = 4,
    Default = 5,
    Group = 8,
}
