//! What the door keeps of a queue beside the engine's settings: its attributes as they were given, and its tags.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use ninefold_policy::{Policy, PolicyKind};
use ninefold_protocol::ServiceError;
use ninefold_queue::Queue;
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};

use crate::limits::LARGEST_MESSAGE_BYTES;

/// The format of the stored record.
const FORMAT: u32 = 1;

/// The door's record of a queue, stored as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct QueueRecord {
    format: u32,
    pub(crate) created_at_seconds: u64,
    pub(crate) modified_at_seconds: u64,
    /// Attributes that were set, with the values given; all others have their defaults.
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
}

impl QueueRecord {
    pub(crate) fn new(
        now_seconds: u64,
        attributes: BTreeMap<String, String>,
        tags: BTreeMap<String, String>,
    ) -> Self {
        QueueRecord {
            format: FORMAT,
            created_at_seconds: now_seconds,
            modified_at_seconds: now_seconds,
            attributes,
            tags,
        }
    }

    pub(crate) fn encode(&self) -> Bytes {
        Bytes::from(serde_json::to_vec(self).expect("strings and numbers are always JSON"))
    }

    /// The attribute as it was set.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// A numeric attribute, which was checked when it was set.
    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        self.attribute(name)?.parse().ok()
    }

    fn flag(&self, name: &str) -> bool {
        self.attribute(name) == Some("true")
    }
}

/// A record made ready for use: what hot operations ask for is read once.
#[derive(Debug)]
pub(crate) struct QueueSettings {
    pub(crate) record: QueueRecord,
    pub(crate) is_fifo: bool,
    pub(crate) maximum_message_bytes: usize,
    pub(crate) wait_seconds: u32,
    pub(crate) content_based_deduplication: bool,
    /// The queue's policy, as JSON.
    pub(crate) policy: Option<String>,
    attachment: Bytes,
}

impl QueueSettings {
    fn read(attachment: Bytes) -> Result<Self, ServiceError> {
        let record: QueueRecord = serde_json::from_slice(&attachment)
            .ok()
            .filter(|record: &QueueRecord| record.format == FORMAT)
            .ok_or_else(|| ServiceError::internal("The stored data could not be read."))?;
        Ok(QueueSettings {
            is_fifo: record.flag("FifoQueue"),
            maximum_message_bytes: record
                .number("MaximumMessageSize")
                .map_or(LARGEST_MESSAGE_BYTES, |bytes| bytes as usize),
            wait_seconds: record.number("ReceiveMessageWaitTimeSeconds").unwrap_or(0),
            content_based_deduplication: record.flag("ContentBasedDeduplication"),
            policy: record.attribute("Policy").map(str::to_owned),
            record,
            attachment,
        })
    }

    /// The policy, ready to be changed.
    pub(crate) fn parsed_policy(&self) -> Result<Option<Policy>, ServiceError> {
        let Some(json) = &self.policy else { return Ok(None) };
        Policy::parse(json, PolicyKind::Resource)
            .map(Some)
            .map_err(|_| ServiceError::internal("The stored policy could not be read."))
    }
}

/// The settings of queues in use, by queue number.
#[derive(Debug, Default)]
pub(crate) struct SettingsCache(RwLock<HashMap<u64, Arc<QueueSettings>>>);

impl SettingsCache {
    /// The settings now in force.
    pub(crate) fn of(&self, queue: &Queue) -> Result<Arc<QueueSettings>, ServiceError> {
        let attachment = queue.attachment();
        if let Some(settings) = self.0.read().get(&queue.number())
            && is_same(&settings.attachment, &attachment)
        {
            return Ok(Arc::clone(settings));
        }
        let settings = Arc::new(QueueSettings::read(attachment)?);
        self.0.write().insert(queue.number(), Arc::clone(&settings));
        Ok(settings)
    }

    /// Forgets a queue that was deleted.
    pub(crate) fn forget(&self, number: u64) {
        self.0.write().remove(&number);
    }
}

/// Whether these are the very same bytes in memory: a change of the record makes new ones.
fn is_same(one: &Bytes, other: &Bytes) -> bool {
    std::ptr::eq(one.as_ptr(), other.as_ptr()) && one.len() == other.len()
}
