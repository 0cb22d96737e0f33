//! What the service allows.
//!
//! Source: [Amazon MSK quotas](https://docs.aws.amazon.com/msk/latest/developerguide/limits.html). Where a quota is only there to share
//! a region among customers, ours is larger.

/// Clusters of an account in a region. AWS counts brokers instead: 90.
pub(crate) const CLUSTERS: usize = 300;
/// Configurations of an account in a region. AWS begins with 100.
pub(crate) const CONFIGURATIONS: usize = 1_000;
/// Revisions of a configuration.
pub(crate) const REVISIONS: usize = 50;
/// The properties of a configuration, in bytes. AWS states no limit.
pub(crate) const PROPERTIES_BYTES: usize = 16 << 10;
/// Operations that are remembered of a cluster. AWS states no limit.
pub(crate) const OPERATIONS: usize = 50;
/// A cluster's policy, in bytes.
pub(crate) const POLICY_BYTES: usize = 20_480;
/// Tags of a resource.
pub(crate) const TAGS: usize = 50;
/// Users of a cluster that authenticate with SCRAM: as many secrets are associated with it.
pub(crate) const SCRAM_SECRETS: usize = 1_000;
/// Secrets that are associated or disassociated in one call.
pub(crate) const SCRAM_SECRETS_OF_A_CALL: usize = 10;
/// Subnets of a cluster.
pub(crate) const SUBNETS: usize = 3;
/// VPCs of a serverless cluster.
pub(crate) const VPCS: usize = 5;
/// Entries of a page where the caller says no limit.
pub(crate) const PAGE_ENTRIES: usize = 100;
/// The decoded configuration of a topic, in bytes. AWS states no limit.
pub(crate) const TOPIC_CONFIGS_BYTES: usize = 16 << 10;
