//! What is kept of an account in a region.

use ninefold_catalog::{Record, Table};
use serde::{Deserialize, Serialize};

use crate::limits::COMMITMENT_MILLISECONDS;

/// The table of accounts.
pub(crate) const ACCOUNTS: Table = Table::new(71, "kinesis.accounts");

/// An account's settings in a region.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountRecord {
    /// The commitment to a minimum of throughput, which opens on-demand streams' further features.
    pub(crate) commitment: Option<Commitment>,
}

/// A commitment to a minimum of throughput. Nobody is charged for it here. Times are milliseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Commitment {
    pub(crate) started_at_milliseconds: u64,
    /// When it was ended, if it was.
    pub(crate) ended_at_milliseconds: Option<u64>,
}

impl Record for AccountRecord {
    const FORMAT: u8 = 1;
}

impl Commitment {
    /// When it ends at the earliest, whatever its owner wants.
    pub(crate) fn earliest_end_milliseconds(&self) -> u64 {
        self.started_at_milliseconds + COMMITMENT_MILLISECONDS
    }

    /// When it ends or ended, if its owner wanted that.
    pub(crate) fn end_milliseconds(&self) -> Option<u64> {
        let ended_at = self.ended_at_milliseconds?;
        Some(ended_at.max(self.earliest_end_milliseconds()))
    }

    pub(crate) fn is_in_force(&self, now_milliseconds: u64) -> bool {
        self.end_milliseconds().is_none_or(|end| end > now_milliseconds)
    }
}
