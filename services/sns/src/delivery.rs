//! Deliveries to those that can't be reached at once.

mod confirmation;
mod dead_letter;
mod envelope;
mod mail;
mod ordered;
mod payload;
mod push;
pub(crate) mod queue;
mod terms;
mod texts;
mod transports;
mod web;

use std::sync::{Arc, Weak};

use ninefold_delivery::{
    Answer, BoxFuture, Burial, Courier, Delivery, Ending, FailureKind, Outcome, TargetKey, Terms,
};

pub(crate) use payload::{Kind, Payload};
pub(crate) use push::PushClient;
pub use transports::Transports;

use crate::SnsDoor;
use crate::arn::{SubscriptionArn, TopicArn};
use crate::destination::Destination;
use crate::feedback::Status;
use crate::operations;
use crate::phones::Owner;
use crate::subscribers::Subscriber;
use crate::topics::Topic;

/// Pushes what waits to where it is to go.
pub(crate) struct SnsCourier(Weak<SnsDoor>);

/// What a key of the delivery engine names.
enum Target {
    /// An ordered topic: its messages wait for their turn to be brought to its subscribers.
    Topic(Arc<Topic>),
    /// A subscription of a topic.
    Subscriber(Arc<Topic>, Arc<Subscriber>),
    /// Push notifications that are published to devices.
    Devices,
    /// Text messages that an account publishes to telephone numbers.
    Phones(Owner),
}

impl SnsCourier {
    pub(crate) fn new(door: &Arc<SnsDoor>) -> Self {
        SnsCourier(Arc::downgrade(door))
    }
}

impl SnsDoor {
    fn target_of(&self, key: &TargetKey) -> Option<Target> {
        if let Some(owner) = key.0.strip_prefix(operations::sms::DIRECT.as_bytes()) {
            return Owner::from_key(std::str::from_utf8(owner).ok()?).map(Target::Phones);
        }
        if key
            .0
            .starts_with(operations::platform_endpoints::DIRECT.as_bytes())
        {
            return Some(Target::Devices);
        }
        if let Some(arn) = SubscriptionArn::from_key(&key.0) {
            let topic = self.topics.get(&arn.topic)?;
            let subscriber = topic.subscribers.read().get(arn.id)?;
            return Some(Target::Subscriber(topic, subscriber));
        }
        self.topics.get(&TopicArn::from_key(&key.0)?).map(Target::Topic)
    }

    /// Whether there is somebody behind a key.
    pub(crate) fn is_target(&self, key: &TargetKey) -> bool {
        self.target_of(key).is_some()
    }

    async fn push(&self, delivery: &Delivery) -> Outcome {
        let Some(target) = self.target_of(&delivery.target) else {
            return refused("the subscription is no more");
        };
        let payload = match Payload::decode(&delivery.payload) {
            Ok(payload) => payload,
            Err(reason) => return refused(&format!("what was stored can't be read: {reason}")),
        };
        match target {
            Target::Phones(owner) => {
                let number = payload.recipient.clone().unwrap_or_default();
                self.push_to_phone(&owner, &number, &payload).await
            }
            Target::Devices => {
                let endpoint = payload.recipient.clone().unwrap_or_default();
                self.push_to_device(&endpoint, &payload).await
            }
            Target::Topic(topic) => self.push_in_order(&topic, payload, delivery).await,
            Target::Subscriber(topic, subscriber) => {
                let outcome = self.push_to_subscriber(&topic, &subscriber, &payload).await;
                if let Outcome::Delivered(answer) = &outcome {
                    let status = Status::Success(answer);
                    self.give_feedback(&topic, &subscriber, &payload, delivery.attempt, &status);
                }
                outcome
            }
        }
    }

    async fn push_to_subscriber(&self, topic: &Topic, subscriber: &Subscriber, payload: &Payload) -> Outcome {
        if !self.lets_out(topic, subscriber, payload) {
            let text = "the data protection policy of the topic denies it".to_owned();
            return Outcome::Failed(
                FailureKind::Permanent,
                Answer {
                    code: Some(403),
                    text,
                },
            );
        }
        match &subscriber.destination {
            Destination::Queue(queue) => self.push_to_queue(topic, subscriber, queue, payload).await,
            Destination::Url(uri) => self.push_to_web(topic, subscriber, uri, payload).await,
            Destination::Function(uri) => self.push_to_function(topic, subscriber, uri, payload).await,
            Destination::Mailbox(address) => self.push_to_mailbox(topic, subscriber, address, payload).await,
            Destination::Phone(number) => self.push_to_phone(&Owner::of(&topic.arn), number, payload).await,
            Destination::Device(endpoint) => self.push_to_device(endpoint, payload).await,
        }
    }
}

fn refused(reason: &str) -> Outcome {
    let text = reason.to_owned();
    Outcome::Failed(FailureKind::Permanent, Answer { code: None, text })
}

impl Courier for SnsCourier {
    fn terms(&self, target: &TargetKey) -> Option<Terms> {
        let door = self.0.upgrade()?;
        Some(match door.target_of(target)? {
            Target::Phones(_) | Target::Devices => terms::of_people(),
            Target::Topic(_) => terms::of_topic(),
            Target::Subscriber(topic, subscriber) => terms::of_subscriber(&topic, &subscriber),
        })
    }

    fn push<'a>(&'a self, delivery: &'a Delivery) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            match self.0.upgrade() {
                Some(door) => door.push(delivery).await,
                None => Outcome::Failed(FailureKind::Transient, Answer::default()),
            }
        })
    }

    fn bury<'a>(
        &'a self,
        delivery: &'a Delivery,
        ending: &'a Ending,
    ) -> BoxFuture<'a, Result<Burial, String>> {
        Box::pin(async move {
            let door = self.0.upgrade().ok_or("the server is stopping")?;
            door.bury(delivery, ending).await
        })
    }
}
