//! A configuration.

use ninefold_catalog::Record;
use serde::{Deserialize, Serialize};

/// A configuration with all its revisions, the first one first; there is at least one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfigurationRecord {
    pub(crate) id: String,
    pub(crate) created_at_millis: u64,
    pub(crate) description: String,
    /// The versions of Kafka that it is for; none: all of them.
    pub(crate) kafka_versions: Vec<String>,
    pub(crate) revisions: Vec<RevisionRecord>,
}

impl Record for ConfigurationRecord {
    const FORMAT: u8 = 1;
}

/// A revision of a configuration. Its number is its place, from 1 on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevisionRecord {
    pub(crate) created_at_millis: u64,
    pub(crate) description: String,
    /// `server.properties`, as it was given.
    pub(crate) properties: String,
}

impl ConfigurationRecord {
    /// A revision by its number.
    pub(crate) fn revision(&self, number: i64) -> Option<&RevisionRecord> {
        let place = usize::try_from(number).ok()?.checked_sub(1)?;
        self.revisions.get(place)
    }

    /// The last revision, and its number.
    pub(crate) fn latest(&self) -> (i64, &RevisionRecord) {
        let last = self.revisions.last().expect("there is at least one revision");
        (i64::try_from(self.revisions.len()).unwrap_or(i64::MAX), last)
    }
}
