//! A message on its way to the subscribers of a topic.
//!
//! To a queue on this server it goes at once; whoever publishes waits until it is durable there, so it isn't written a second
//! time. Everybody else, and queues that can't take it now, get it from their backlog, where it is durable as well.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join_all;
use ninefold_delivery::{Answer, DeduplicationScope, Item, MessageId, Ordering, TargetKey};
use ninefold_protocol::ServiceError;
use uuid::Uuid;

use crate::SnsDoor;
use crate::delivery::Payload;
use crate::destination::QueueArn;
use crate::errors;
use crate::feedback::Status;
use crate::message::Message;
use crate::subscribers::Subscriber;
use crate::topics::Topic;

/// What a publisher is told: the message's id, and its sequence number on an ordered topic.
pub(crate) type Published = (Uuid, Option<u64>);

/// A subscriber and the messages they want.
struct Share<'a> {
    subscriber: Arc<Subscriber>,
    messages: Vec<&'a Message>,
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
        if let [share] = &shares[..] {
            return self.bring(topic, share).await;
        }
        let brought = join_all(shares.iter().map(|share| self.bring(topic, share))).await;
        brought.into_iter().collect()
    }

    async fn bring(&self, topic: &Topic, share: &Share<'_>) -> Result<(), ServiceError> {
        let subscriber = &share.subscriber;
        let protocol = subscriber.record.protocol;
        let payloads = share
            .messages
            .iter()
            .map(|message| Payload::for_protocol(message, protocol));
        let payloads: Vec<Payload> = payloads.collect();
        // What must not go out is found again there, and recorded.
        let lets_out = payloads
            .iter()
            .all(|payload| self.lets_out(topic, subscriber, payload));
        match subscriber.destination.queue() {
            Some(queue) if lets_out && !self.has_backlog(topic, subscriber) => {
                self.bring_to_queue(topic, subscriber, queue, payloads).await
            }
            _ => self.leave_in_backlog(topic, subscriber, payloads.iter()).await,
        }
    }

    /// Whether messages must not overtake what waits already: in ordered topics.
    fn has_backlog(&self, topic: &Topic, subscriber: &Subscriber) -> bool {
        let backlog = topic
            .arn
            .is_fifo()
            .then(|| self.deliveries.backlog(&subscriber.target()));
        backlog.flatten().is_some_and(|backlog| backlog.items() > 0)
    }

    async fn bring_to_queue(
        &self,
        topic: &Topic,
        subscriber: &Subscriber,
        queue: &QueueArn,
        payloads: Vec<Payload>,
    ) -> Result<(), ServiceError> {
        let messages: Result<Vec<_>, String> = payloads
            .iter()
            .map(|payload| self.queue_message(topic, subscriber, queue, payload))
            .collect();
        let Ok(messages) = messages else {
            // The reason is found again there, and recorded.
            return self.leave_in_backlog(topic, subscriber, payloads.iter()).await;
        };
        let outcomes = self.send_to_queue(&topic.arn, queue, messages).await;
        for (payload, outcome) in payloads.iter().zip(&outcomes) {
            if outcome.is_ok() {
                self.give_feedback(
                    topic,
                    subscriber,
                    payload,
                    1,
                    &Status::Success(&Answer::default()),
                );
            }
        }
        let left = payloads
            .iter()
            .zip(outcomes)
            .filter_map(|(payload, outcome)| outcome.is_err().then_some(payload));
        let left: Vec<&Payload> = left.collect();
        if left.is_empty() {
            return Ok(());
        }
        self.leave_in_backlog(topic, subscriber, left).await
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
fn shares_of<'a>(topic: &Topic, messages: &'a [Message]) -> Vec<Share<'a>> {
    let subscribers = topic.subscribers.read();
    let mut shares: Vec<Share<'a>> = Vec::new();
    let mut places: HashMap<Uuid, usize> = HashMap::new();
    for message in messages {
        let attributes = message.filter_attributes();
        for subscriber in subscribers.matching(&attributes, message.content.default_text()) {
            // It finds the message in the archive.
            if subscriber.is_replaying() {
                continue;
            }
            let place = *places.entry(subscriber.arn.id).or_insert(shares.len());
            if place == shares.len() {
                shares.push(Share {
                    subscriber,
                    messages: Vec::with_capacity(messages.len()),
                });
            }
            shares[place].messages.push(message);
        }
    }
    shares
}
