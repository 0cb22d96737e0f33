//! What the broker does, by what it does it to.

pub(crate) mod api_versions;
pub(crate) mod configs;
pub(crate) mod coordinator;
pub(crate) mod features;
pub(crate) mod groups;
pub(crate) mod list_offsets;
pub(crate) mod metadata;
pub(crate) mod partitions;
pub(crate) mod produce;
pub(crate) mod records;
pub(crate) mod replicas;
pub(crate) mod topics;
pub(crate) mod transactions;
