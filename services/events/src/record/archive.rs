//! An archive.

use ninefold_catalog::Record;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::arn::{BusArn, RuleArn};
use crate::resource_name::ResourceName;

/// What the name of an archive's rule begins with.
const RULE_PREFIX: &str = "Events-Archive-";
/// What the names of the door's series of archived events begin with.
pub(crate) const SERIES_PREFIX: &[u8] = b"events/";

/// An archive. Its events are kept elsewhere, and what brings them there is a rule of its bus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ArchiveRecord {
    /// Tells apart archives that have the same name, one after the other.
    pub(crate) id: Uuid,
    pub(crate) created_at_millis: u64,
    /// The bus whose events are kept, in the archive's account and region.
    pub(crate) bus_name: String,
    pub(crate) description: Option<String>,
    /// As it was given; without one, every event is kept.
    pub(crate) event_pattern: Option<String>,
    /// 0 is for ever.
    pub(crate) retention_days: u32,
    /// Stored and returned; nothing is encrypted by it.
    pub(crate) kms_key: Option<String>,
    pub(crate) standing: ArchiveStanding,
}

impl Record for ArchiveRecord {
    const FORMAT: u8 = 1;
}

/// How far what was last asked of an archive is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ArchiveStanding {
    /// Its rule is being made.
    Creating,
    /// Its rule is being changed.
    Updating,
    /// Its rule is made.
    Ready,
}

impl ArchiveRecord {
    /// The bus whose events it keeps.
    pub(crate) fn bus(&self, name: &ResourceName) -> BusArn {
        BusArn {
            account: name.account,
            region: name.region.clone(),
            name: self.bus_name.clone(),
        }
    }

    /// The rule that brings events to it.
    pub(crate) fn rule(&self, name: &ResourceName) -> RuleArn {
        self.bus(name).rule(&[RULE_PREFIX, &name.name].concat())
    }

    /// The series that its events are kept in.
    pub(crate) fn series(&self) -> Vec<u8> {
        [SERIES_PREFIX, self.id.as_bytes()].concat()
    }
}

/// The name of the archive that a rule of this name is for.
pub(crate) fn archive_of_rule(rule: &RuleArn) -> Option<ResourceName> {
    Some(ResourceName {
        account: rule.bus.account,
        region: rule.bus.region.clone(),
        name: rule.name.strip_prefix(RULE_PREFIX)?.to_owned(),
    })
}
