//! A message on its way to the subscribers of a topic.
//!
//! To a queue on this server it goes at once; whoever publishes waits until it is durable there, so it isn't written a second
//! time. Everybody else, and queues that can't take it now, get it from their backlog, where it is durable as well.

mod queues;

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::{join, join_all};
use ninefold_delivery::{DeduplicationScope, Item, MessageId, Ordering, TargetKey};
use ninefold_protocol::ServiceError;
use uuid::Uuid;

use crate::SnsDoor;
use crate::delivery::Payload;
use crate::errors;
use crate::message::Message;
use crate::record::Protocol;
use crate::subscribers::Subscriber;
use crate::topics::Topic;

/// What a publisher is told: the message's id, and its sequence number on an ordered topic.
pub(crate) type Published = (Uuid, Option<u64>);

/// A subscriber and the messages they want, by their places.
struct Share {
    subscriber: Arc<Subscriber>,
    messages: Arc<[usize]>,
}

impl SnsDoor {
    /// Publishes messages; durable when it returns.
    pub(crate) async fn publish_to(
        &self,
        topic: &Arc<Topic>,
        messages: Vec<Message>,
    ) -> Result<Vec<Published>, ServiceError> {
        if messages.is_empty() {
            return Ok(Vec::new());
        }
        if topic.arn.is_fifo() {
            return self.publish_in_order(topic, messages).await;
        }
        self.bring_to_subscribers(topic, &messages).await?;
        Ok(messages.iter().map(|message| (message.id, None)).collect())
    }

    /// Puts messages in line behind those of their groups, and tells duplicates apart.
    async fn publish_in_order(
        &self,
        topic: &Arc<Topic>,
        messages: Vec<Message>,
    ) -> Result<Vec<Published>, ServiceError> {
        let items = messages.iter().map(|message| Item {
            id: MessageId(message.id.as_u128()),
            payload: Payload::whole(message).encode(),
            group: message.group.as_deref().map(Into::into),
            deduplication: message.deduplication.as_deref().map(Into::into),
        });
        let target = TargetKey(Bytes::from(topic.arn.key()));
        let accepted = self
            .deliveries
            .accept(&target, Ordering::Grouped(scope_of(topic)), items.collect())
            .await;
        let accepted = accepted.map_err(errors::from_delivery)?;
        Ok(accepted
            .iter()
            .map(|sent| (Uuid::from_u128(sent.id.0), Some(sent.sequence)))
            .collect())
    }

    /// Brings messages to every subscriber who wants them; when it returns, each has them or will get them.
    pub(crate) async fn bring_to_subscribers(
        &self,
        topic: &Arc<Topic>,
        messages: &[Message],
    ) -> Result<(), ServiceError> {
        let shares = shares_of(topic, messages);
        let for_queues = Payload::for_all(messages, Protocol::Sqs);
        let (at_once, later): (Vec<Share>, Vec<Share>) = shares
            .into_iter()
            .partition(|share| self.goes_at_once(topic, share, &for_queues));
        if later.is_empty() {
            return self.bring_to_queues(topic, &for_queues, &at_once).await;
        }
        let left = later.iter().map(|share| self.leave_share(topic, share, messages));
        let (brought, left) = join(self.bring_to_queues(topic, &for_queues, &at_once), join_all(left)).await;
        left.into_iter().chain([brought]).collect()
    }

    /// Whether a share can go straight to a queue. What must not go out is found again when it is pushed, and recorded.
    fn goes_at_once(&self, topic: &Topic, share: &Share, for_queues: &[Payload]) -> bool {
        let subscriber = &share.subscriber;
        let lets_out = |place: &usize| self.lets_out(topic, subscriber, &for_queues[*place]);
        subscriber.destination.queue().is_some()
            && share.messages.iter().all(lets_out)
            && !self.has_backlog(topic, subscriber)
    }

    /// Whether messages must not overtake what waits already: in ordered topics.
    fn has_backlog(&self, topic: &Topic, subscriber: &Subscriber) -> bool {
        let backlog = topic
            .arn
            .is_fifo()
            .then(|| self.deliveries.backlog(&subscriber.target()));
        backlog.flatten().is_some_and(|backlog| backlog.items() > 0)
    }

    async fn leave_share(
        &self,
        topic: &Topic,
        share: &Share,
        messages: &[Message],
    ) -> Result<(), ServiceError> {
        let subscriber = &share.subscriber;
        let protocol = subscriber.record.protocol;
        let payloads = share
            .messages
            .iter()
            .map(|place| Payload::for_protocol(&messages[*place], protocol));
        let payloads: Vec<Payload> = payloads.collect();
        self.leave_in_backlog(topic, subscriber, &payloads).await
    }

    /// Leaves messages to be delivered as soon as that works; durable when it returns.
    pub(crate) async fn leave_in_backlog<'a>(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
        payloads: impl IntoIterator<Item = &'a Payload>,
    ) -> Result<(), ServiceError> {
        let ordering = match topic.arn.is_fifo() {
            // They were told apart when they were published.
            true => Ordering::Grouped(DeduplicationScope::MessageGroup),
            false => Ordering::Unordered,
        };
        let items = payloads.into_iter().map(|payload| Item {
            id: MessageId(payload.id.as_u128()),
            payload: payload.encode(),
            group: payload.group.as_deref().map(Into::into),
            deduplication: None,
        });
        let accepted = self
            .deliveries
            .accept(&subscriber.target(), ordering, items.collect())
            .await;
        accepted.map(drop).map_err(errors::from_delivery)
    }
}

impl SnsDoor {
    /// Leaves a message for somebody who is reached without a topic; durable when it returns.
    pub(crate) async fn leave_for(&self, target: &TargetKey, payload: &Payload) -> Result<(), ServiceError> {
        let item = Item {
            id: MessageId(payload.id.as_u128()),
            payload: payload.encode(),
            group: None,
            deduplication: None,
        };
        let accepted = self
            .deliveries
            .accept(target, Ordering::Unordered, vec![item])
            .await;
        accepted.map(drop).map_err(errors::from_delivery)
    }
}

/// Where two messages with one deduplication id are one.
fn scope_of(topic: &Topic) -> DeduplicationScope {
    match topic.settings().record.attribute("FifoThroughputScope") {
        Some("MessageGroup") => DeduplicationScope::MessageGroup,
        _ => DeduplicationScope::Queue,
    }
}

/// Who gets which messages.
fn shares_of(topic: &Topic, messages: &[Message]) -> Vec<Share> {
    let subscribers = topic.subscribers.read();
    let all: Arc<[usize]> = (0..messages.len()).collect();
    let mut shares: Vec<Share> = Vec::new();
    let mut add = |subscriber: &Arc<Subscriber>, messages: Arc<[usize]>| {
        // Who is replaying finds messages in the archive.
        if !subscriber.is_replaying() {
            shares.push(Share {
                subscriber: Arc::clone(subscriber),
                messages,
            });
        }
    };
    for subscriber in subscribers.unfiltered() {
        add(subscriber, Arc::clone(&all));
    }
    let mut wanted: HashMap<Uuid, (Arc<Subscriber>, Vec<usize>)> = HashMap::new();
    for (place, message) in messages.iter().enumerate() {
        let attributes = message.filter_attributes();
        for subscriber in subscribers.matching(&attributes, message.content.default_text()) {
            let share = wanted.entry(subscriber.arn.id);
            let (_, places) = share.or_insert_with(|| (subscriber, Vec::new()));
            places.push(place);
        }
    }
    for (subscriber, places) in wanted.into_values() {
        add(&subscriber, places.into());
    }
    shares
}
