//! Deliveries to targets that can't be reached at once.

mod api_destination;
mod bus;
mod dead_letter;
mod log_group;
pub(crate) mod payload;
mod terms;

use std::sync::{Arc, Weak};

use ninefold_delivery::{
    Answer, BoxFuture, Burial, Courier, Delivery, Ending, FailureKind, Outcome, TargetKey, Terms,
};
use ninefold_protocol::ServiceError;

use crate::EventsDoor;
use crate::arn::TargetName;
use crate::destination::Destination;
use crate::event::Event;
use crate::target::Target;

/// Pushes what waits to where it is to go.
pub(crate) struct EventsCourier(Weak<EventsDoor>);

impl EventsCourier {
    pub(crate) fn new(door: &Arc<EventsDoor>) -> Self {
        EventsCourier(Arc::downgrade(door))
    }
}

impl EventsDoor {
    /// The target behind a key of the delivery engine.
    pub(crate) fn target_of(&self, key: &TargetKey) -> Option<Arc<Target>> {
        let name = TargetName::from_key(key)?;
        let rule = self.buses.get(&name.rule.bus)?.rule(&name.rule.name)?;
        rule.targets
            .iter()
            .find(|target| target.name.id == name.id)
            .cloned()
    }

    async fn push(&self, delivery: &Delivery) -> Outcome {
        let Some(target) = self.target_of(&delivery.target) else {
            return refused("the target is no more");
        };
        match payload::decode(delivery) {
            Ok(event) => {
                let event = Arc::new(event);
                let outcome = self.push_to_target(&target, Arc::clone(&event)).await;
                self.log_attempt(&target, &event, &outcome);
                outcome
            }
            Err(reason) => refused(&format!("what was stored can't be read: {reason}")),
        }
    }

    async fn push_to_target(&self, target: &Target, event: Arc<Event>) -> Outcome {
        let outcomes = match &target.destination {
            Destination::Resource(resource) => self.push_to_resource(target, resource, &[event]).await,
            Destination::Bus(bus) => self.forward(target, bus, &[event]).await,
            Destination::LogGroup(group) => match target.input.body(&event) {
                Ok(Some(body)) => vec![self.append_to_log(group, &body).await],
                Ok(None) => vec![Ok(())],
                Err(error) => return refused(&error.to_string()),
            },
            Destination::Api(_) => return self.invoke(target, &event).await,
            Destination::Archive => self.keep_in_archive(target, &[event]).await,
        };
        match outcomes.into_iter().next() {
            Some(Ok(())) => Outcome::Delivered(Answer {
                code: Some(200),
                text: String::new(),
            }),
            Some(Err(error)) => failed(&error),
            None => refused("there is no such target on this server"),
        }
    }
}

/// What a resource's refusal means: a server's error may be over later, a client's error won't.
fn failed(error: &ServiceError) -> Outcome {
    let kind = match error.status {
        429 | 500.. => FailureKind::Transient,
        _ => FailureKind::Permanent,
    };
    let answer = Answer {
        code: Some(error.status),
        text: error.to_string(),
    };
    Outcome::Failed(kind, answer)
}

fn refused(reason: &str) -> Outcome {
    let text = reason.to_owned();
    Outcome::Failed(FailureKind::Permanent, Answer { code: None, text })
}

impl Courier for EventsCourier {
    fn terms(&self, target: &TargetKey) -> Option<Terms> {
        let door = self.0.upgrade()?;
        let target = door.target_of(target)?;
        let terms = terms::of(&target);
        Some(match &target.destination {
            Destination::Api(_) => door.invocation_terms(&target, terms),
            _ => terms,
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
