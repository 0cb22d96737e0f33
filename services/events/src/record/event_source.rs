//! A partner event source: what a partner offers to one account.

use ninefold_catalog::Record;
use serde::{Deserialize, Serialize};

/// A partner event source. It is named by region, name and the account that it is offered to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventSourceRecord {
    /// The partner's account.
    pub(crate) created_by: String,
    pub(crate) created_at_millis: u64,
    pub(crate) standing: EventSourceStanding,
}

/// What stands between a partner's events and the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum EventSourceStanding {
    /// The account has no bus for it, or wants nothing for now; then the source is gone after two weeks.
    Pending { since_millis: u64 },
    /// Its events go to the account's bus of the same name.
    Active,
    /// The partner has withdrawn it, and the account's bus is still there.
    Deleted,
}

impl Record for EventSourceRecord {
    const FORMAT: u8 = 1;
}
