//! The subscribers of one topic, and who of them wants a message.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use ninefold_delivery::TargetKey;
use ninefold_filter_policy::{Attribute, FilterIndex, FilterPolicy, FilterScope};
use ninefold_protocol::ServiceError;
use uuid::Uuid;

use crate::arn::SubscriptionArn;
use crate::attributes::subscription::read_filter;
use crate::delivery_policy::{EffectivePolicy, SubscriptionDeliveryPolicy};
use crate::destination::{Destination, QueueArn};
use crate::message::Message;
use crate::record::{Protocol, SubscriptionRecord};
use crate::topics::TopicSettings;

/// A subscription, ready for use.
#[derive(Debug)]
pub(crate) struct Subscriber {
    pub(crate) arn: SubscriptionArn,
    pub(crate) record: Arc<SubscriptionRecord>,
    pub(crate) destination: Destination,
    pub(crate) is_raw: bool,
    pub(crate) delivery_policy: SubscriptionDeliveryPolicy,
    /// Where messages go that can't be delivered.
    pub(crate) dead_letter_queue: Option<QueueArn>,
    filter: Option<FilterPolicy>,
}

impl Subscriber {
    /// Makes a stored subscription ready for use.
    pub(crate) fn read(arn: SubscriptionArn, record: Arc<SubscriptionRecord>) -> Result<Self, ServiceError> {
        let policy = record
            .attribute("DeliveryPolicy")
            .map(SubscriptionDeliveryPolicy::read);
        let redrive = record
            .attribute("RedrivePolicy")
            .map(crate::attributes::redrive::read);
        Ok(Subscriber {
            arn,
            destination: Destination::read(record.protocol, &record.endpoint)?,
            is_raw: record.flag("RawMessageDelivery"),
            delivery_policy: policy.transpose()?.unwrap_or_default(),
            dead_letter_queue: redrive.transpose()?,
            filter: read_filter(&record.attributes)?,
            record,
        })
    }

    /// Whether it gets what was published earlier, and nothing else.
    pub(crate) fn is_replaying(&self) -> bool {
        self.record.replay.as_ref().is_some_and(|replay| !replay.is_done)
    }

    /// Whether it wants a message.
    pub(crate) fn wants(&self, message: &Message) -> bool {
        let Some(filter) = &self.filter else {
            return true;
        };
        match filter.scope() {
            FilterScope::MessageAttributes => filter.matches_attributes(&message.filter_attributes()),
            FilterScope::MessageBody => filter.matches_body(message.content.default_text()),
        }
    }

    fn place(&self) -> (Protocol, String) {
        (self.record.protocol, self.record.endpoint.clone())
    }

    /// The delivery policy in force.
    pub(crate) fn policy(&self, topic: &TopicSettings) -> EffectivePolicy {
        EffectivePolicy::of(&topic.delivery_policy, &self.delivery_policy)
    }

    /// Its name in the delivery engine.
    pub(crate) fn target(&self) -> TargetKey {
        target_of(&self.arn)
    }
}

/// A subscription's name in the delivery engine.
pub(crate) fn target_of(arn: &SubscriptionArn) -> TargetKey {
    TargetKey(Bytes::from(arn.key()))
}

/// The subscribers of one topic.
#[derive(Default)]
pub(crate) struct Subscribers {
    by_id: HashMap<Uuid, Arc<Subscriber>>,
    by_endpoint: HashMap<(Protocol, String), Uuid>,
    /// Confirmed ones that want every message.
    unfiltered: Vec<Arc<Subscriber>>,
    /// Confirmed ones with a filter policy.
    filtered: FilterIndex<Uuid>,
}

impl Subscribers {
    /// Adds a subscriber, or takes over what has changed about it.
    pub(crate) fn put(&mut self, subscriber: Arc<Subscriber>) {
        let id = subscriber.arn.id;
        self.remove(id);
        self.by_endpoint.insert(subscriber.place(), id);
        self.by_id.insert(id, Arc::clone(&subscriber));
        if subscriber.record.is_pending() {
            return;
        }
        match &subscriber.filter {
            Some(policy) => self.filtered.insert(id, policy),
            None => self.unfiltered.push(subscriber),
        }
    }

    pub(crate) fn remove(&mut self, id: Uuid) {
        if let Some(subscriber) = self.by_id.remove(&id) {
            self.by_endpoint.remove(&subscriber.place());
            self.filtered.remove(&id);
            self.unfiltered.retain(|subscriber| subscriber.arn.id != id);
        }
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<Arc<Subscriber>> {
        self.by_id.get(&id).cloned()
    }

    /// The one that subscribes this endpoint.
    pub(crate) fn at(&self, protocol: Protocol, endpoint: &str) -> Option<Arc<Subscriber>> {
        self.get(*self.by_endpoint.get(&(protocol, endpoint.to_owned()))?)
    }

    /// In no particular order.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Subscriber>> {
        self.by_id.values()
    }

    /// Confirmed subscribers and pending ones.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let pending = self
            .all()
            .filter(|subscriber| subscriber.record.is_pending())
            .count();
        (self.by_id.len() - pending, pending)
    }

    /// How many filter policies there are.
    pub(crate) fn filter_policies(&self) -> usize {
        self.all()
            .filter(|subscriber| subscriber.filter.is_some())
            .count()
    }

    /// Those who want every message.
    pub(crate) fn unfiltered(&self) -> &[Arc<Subscriber>] {
        &self.unfiltered
    }

    /// Those with a filter policy who want a message with these attributes and this body.
    pub(crate) fn matching(&self, attributes: &[Attribute<'_>], body: &str) -> Vec<Arc<Subscriber>> {
        let ids = match self.filtered.is_empty() {
            true => Vec::new(),
            false => self.filtered.matching(attributes, body),
        };
        ids.iter().filter_map(|id| self.by_id.get(id)).cloned().collect()
    }
}

/// The scope that a filter policy has when none is set.
pub(crate) const DEFAULT_SCOPE: FilterScope = FilterScope::MessageAttributes;
