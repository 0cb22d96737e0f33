//! Topics and their subscribers, ready for use.

use std::collections::HashMap;
use std::sync::Arc;

use ninefold_catalog::{Catalog, CatalogError, Store, Table};
use ninefold_data_protection::DataProtectionPolicy;
use ninefold_protocol::ServiceError;
use parking_lot::RwLock;

use crate::arn::{SubscriptionArn, TopicArn};
use crate::delivery_policy::TopicDeliveryPolicy;
use crate::record::{SubscriptionRecord, TopicRecord};
use crate::subscribers::{Subscriber, Subscribers};

/// Topic -> [`TopicRecord`].
pub(crate) const TOPICS: Table = Table::new(30, "sns.topics");
/// Topic, subscription -> [`SubscriptionRecord`].
pub(crate) const SUBSCRIPTIONS: Table = Table::new(31, "sns.subscriptions");

/// Every topic.
pub(crate) struct Topics {
    pub(crate) records: Catalog<TopicRecord>,
    pub(crate) subscriptions: Catalog<SubscriptionRecord>,
    live: RwLock<HashMap<String, Arc<Topic>>>,
}

/// A topic, ready for use.
pub(crate) struct Topic {
    pub(crate) arn: TopicArn,
    settings: RwLock<Arc<TopicSettings>>,
    pub(crate) subscribers: RwLock<Subscribers>,
    /// Subscriptions are made one after the other.
    pub(crate) subscribing: tokio::sync::Mutex<()>,
    /// Shared by the messages of an ordered topic that set out to its subscribers.
    pub(crate) setting_out: tokio::sync::RwLock<()>,
}

/// A topic's record, with what publishing asks for read once.
pub(crate) struct TopicSettings {
    pub(crate) record: TopicRecord,
    pub(crate) content_based_deduplication: bool,
    pub(crate) delivery_policy: TopicDeliveryPolicy,
    pub(crate) data_protection: Option<DataProtectionPolicy>,
}

impl TopicSettings {
    fn read(record: &TopicRecord) -> Self {
        let policy = record.attribute("DeliveryPolicy").map(TopicDeliveryPolicy::read);
        TopicSettings {
            content_based_deduplication: record.flag("ContentBasedDeduplication"),
            // It was checked when it was set.
            delivery_policy: policy.and_then(Result::ok).unwrap_or_default(),
            data_protection: record
                .data_protection_policy
                .as_deref()
                .and_then(|json| DataProtectionPolicy::parse(json).ok()),
            record: record.clone(),
        }
    }

    /// The policy that was set, as JSON. Without one the topic is its account's alone.
    pub(crate) fn policy(&self) -> Option<&str> {
        self.record.attribute("Policy")
    }
}

impl Topic {
    pub(crate) fn settings(&self) -> Arc<TopicSettings> {
        Arc::clone(&self.settings.read())
    }
}

impl Topics {
    pub(crate) fn open(store: &Arc<dyn Store>) -> Result<Self, CatalogError> {
        let topics = Topics {
            records: Catalog::open(Arc::clone(store), TOPICS)?,
            subscriptions: Catalog::open(Arc::clone(store), SUBSCRIPTIONS)?,
            live: RwLock::default(),
        };
        for (key, record) in topics.records.page(b"", None, usize::MAX) {
            if let Some(arn) = TopicArn::from_key(&key) {
                topics.refresh(&arn, &record);
            }
        }
        for (key, record) in topics.subscriptions.page(b"", None, usize::MAX) {
            if let Some(arn) = SubscriptionArn::from_key(&key)
                && let Some(topic) = topics.get(&arn.topic)
            {
                let subscriber = Subscriber::read(arn, record);
                let subscriber = subscriber.map_err(|error: ServiceError| CatalogError::Damaged {
                    table: SUBSCRIPTIONS.name(),
                    reason: error.message,
                })?;
                topic.subscribers.write().put(Arc::new(subscriber));
            }
        }
        Ok(topics)
    }

    pub(crate) fn get(&self, arn: &TopicArn) -> Option<Arc<Topic>> {
        self.live.read().get(&arn.key()).cloned()
    }

    /// Every topic, in no particular order.
    pub(crate) fn all(&self) -> Vec<Arc<Topic>> {
        self.live.read().values().cloned().collect()
    }

    /// Takes over a topic's new record, which is durable.
    pub(crate) fn refresh(&self, arn: &TopicArn, record: &TopicRecord) {
        let settings = Arc::new(TopicSettings::read(record));
        let mut live = self.live.write();
        match live.get(&arn.key()) {
            Some(topic) => *topic.settings.write() = settings,
            None => {
                let topic = Topic {
                    arn: arn.clone(),
                    settings: RwLock::new(settings),
                    subscribers: RwLock::default(),
                    subscribing: tokio::sync::Mutex::default(),
                    setting_out: tokio::sync::RwLock::default(),
                };
                live.insert(arn.key(), Arc::new(topic));
            }
        }
    }

    /// Forgets a topic, whose record is gone.
    pub(crate) fn forget(&self, arn: &TopicArn) {
        self.live.write().remove(&arn.key());
    }
}
