//! What the service allows.
//!
//! Source: [EventBridge quotas](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html). Where a quota is only there to
//! share a region among customers, ours is larger.

/// Rules of a bus. AWS begins with 300.
pub(crate) const RULES_OF_A_BUS: usize = 100_000;
/// Targets of a rule.
pub(crate) const TARGETS_OF_A_RULE: usize = 5;
/// Custom and partner buses of an account in a region. AWS begins with 100.
pub(crate) const BUSES: usize = 10_000;
/// All entries of a PutEvents together, in bytes.
pub(crate) const LARGEST_REQUEST_BYTES: usize = 1 << 20;
/// Entries of one PutEvents.
pub(crate) const ENTRIES: usize = 10;
/// A bus's policy, in bytes.
pub(crate) const POLICY_BYTES: usize = 10_240;
/// Tags of a resource.
pub(crate) const TAGS: usize = 50;
/// Entries of a page where the caller says no limit.
pub(crate) const PAGE_ENTRIES: usize = 100;
/// Buses that an event may come by, from the one it was put on.
pub(crate) const HOPS: usize = 8;
/// Archives of an account in a region.
pub(crate) const ARCHIVES: usize = 10_000;
/// Replays of an account in a region that have not ended.
pub(crate) const ACTIVE_REPLAYS: usize = 10;
/// Connections of an account in a region.
pub(crate) const CONNECTIONS: usize = 3_000;
/// API destinations of an account in a region.
pub(crate) const API_DESTINATIONS: usize = 3_000;
/// Invocations of an API destination in a second where it says nothing.
pub(crate) const INVOCATIONS_PER_SECOND: u32 = 300;
/// Global endpoints of an account in a region.
pub(crate) const ENDPOINTS: usize = 100;
