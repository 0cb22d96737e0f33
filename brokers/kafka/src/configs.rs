//! Configuration as Kafka's clients see it: every key with its value, where that comes from, and its default.

mod definition;
pub(crate) mod node;
pub(crate) mod topic;

pub(crate) use definition::{Definition, Kind};

/// Where a value comes from, as the protocol numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i8)]
pub(crate) enum Source {
    Topic = 1,
    StaticNode = 4,
    Default = 5,
}
