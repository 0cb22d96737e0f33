//! An event on its way from a bus, by the rules that take it, to their targets.
//!
//! To a resource of this server it goes at once; whoever put it waits until it is durable there, so it isn't written a second time.
//! Everybody else, and resources that can't take it now, get it from their backlog, where it is durable as well.

use std::borrow::Cow;
use std::sync::Arc;

use futures_util::future::join_all;
use ninefold_delivery::{DeduplicationScope, Item, MessageId, Ordering};
use ninefold_event_pattern::EventError;
use ninefold_input_transformer::ApplyError;
use ninefold_protocol::{BoxFuture, ServiceError};

use crate::EventsDoor;
use crate::buses::Bus;
use crate::delivery::payload;
use crate::destination::{Destination, ResourceArn};
use crate::errors;
use crate::event::Event;
use crate::rule::Rule;
use crate::target::Target;

/// An event of a bus, and the rules that take it.
pub(crate) struct Routed {
    pub(crate) bus: Arc<Bus>,
    pub(crate) event: Arc<Event>,
    pub(crate) rules: Vec<Arc<Rule>>,
}

impl Routed {
    /// Finds the rules of a bus that take an event.
    ///
    /// # Errors
    ///
    /// If the event can't be read.
    pub(crate) fn on(bus: &Arc<Bus>, event: Event) -> Result<Self, EventError> {
        Ok(Routed {
            bus: Arc::clone(bus),
            rules: bus.matching(&event.json)?,
            event: Arc::new(event),
        })
    }
}

/// A target and the events that it gets.
struct Share {
    target: Arc<Target>,
    events: Vec<Arc<Event>>,
}

impl EventsDoor {
    /// Brings events to all targets of the rules that take them; when it returns, each has them or will get them.
    pub(crate) fn bring_to_targets(&self, routed: Vec<Routed>) -> BoxFuture<'_, Result<(), ServiceError>> {
        // Boxed: a target may be a bus, whose rules have targets.
        Box::pin(async move {
            let routed = Arc::new(routed);
            self.trail.remember(&routed, self.clock.now());
            self.log_routed(&routed);
            let shares = shares_of(&routed);
            if let [share] = &shares[..] {
                return self.bring(share).await;
            }
            let brought = join_all(shares.iter().map(|share| self.bring(share))).await;
            brought.into_iter().collect()
        })
    }

    async fn bring(&self, share: &Share) -> Result<(), ServiceError> {
        let target = &*share.target;
        let left = match &target.destination {
            Destination::Resource(resource) if !self.has_backlog(target) => {
                self.push_to_resource(target, resource, &share.events).await
            }
            Destination::Bus(bus) => self.forward(target, bus, &share.events).await,
            Destination::Archive => self.keep_in_archive(target, &share.events).await,
            _ => vec![Err(ServiceError::unavailable("It waits for its turn.")); share.events.len()],
        };
        if self.is_logged(target) {
            let delivered = share
                .events
                .iter()
                .zip(&left)
                .filter(|(_, outcome)| outcome.is_ok());
            delivered.for_each(|(event, _)| self.log_delivered(target, event));
        }
        let left = share
            .events
            .iter()
            .zip(&left)
            .filter_map(|(event, outcome)| outcome.is_err().then_some(event));
        let left: Vec<&Arc<Event>> = left.collect();
        match left.is_empty() {
            true => Ok(()),
            false => self.leave_in_backlog(target, left).await,
        }
    }

    /// Whether events must not overtake what waits already: where they are ordered.
    fn has_backlog(&self, target: &Target) -> bool {
        let backlog = target.group().and_then(|_| self.deliveries.backlog(&target.key));
        backlog.is_some_and(|backlog| backlog.items() > 0)
    }

    /// Pushes to a resource of this server; says of each event whether the resource has it.
    pub(crate) async fn push_to_resource(
        &self,
        target: &Target,
        resource: &ResourceArn,
        events: &[Arc<Event>],
    ) -> Vec<Result<(), ServiceError>> {
        let bodies: Vec<_> = events.iter().map(|event| target.input.body(event)).collect();
        let keys: Vec<_> = events.iter().map(|event| target.partition_key(event)).collect();
        let pushes: Vec<_> = events
            .iter()
            .zip(&bodies)
            .zip(&keys)
            .filter_map(|((event, body), key)| {
                Some(target.push(event, body.as_ref().ok()?.as_deref()?, key.as_deref()))
            })
            .collect();
        let context = self.target_context(target);
        let pushed = self
            .dispatcher
            .push(context, &resource.service, &resource.arn, &pushes)
            .await;
        let mut pushed = pushed.into_iter();
        let outcome = |body: Result<Option<Cow<'_, str>>, ApplyError>| match body {
            Ok(Some(_)) => pushed.next().unwrap_or_else(|| Err(unanswered())),
            // The event has nothing of what the target wants.
            Ok(None) => Ok(()),
            Err(error) => Err(errors::invalid(error.to_string())),
        };
        bodies.into_iter().map(outcome).collect()
    }

    /// Leaves events to be delivered as soon as that works; durable when it returns.
    pub(crate) async fn leave_in_backlog(
        &self,
        target: &Target,
        events: impl IntoIterator<Item = &Arc<Event>>,
    ) -> Result<(), ServiceError> {
        let ordering = match target.group() {
            Some(_) => Ordering::Grouped(DeduplicationScope::MessageGroup),
            None => Ordering::Unordered,
        };
        let items = events.into_iter().map(|event| {
            self.trail.note_left(event, &target.key);
            Item {
                id: MessageId(event.id.as_u128()),
                payload: payload::encode(event),
                group: target.group().map(Into::into),
                deduplication: None,
            }
        });
        let accepted = self
            .deliveries
            .accept(&target.key, ordering, items.collect())
            .await;
        accepted.map(drop).map_err(errors::from_delivery)
    }
}

fn unanswered() -> ServiceError {
    ServiceError::internal("It was not said what became of the event.")
}

/// Who gets which events.
fn shares_of(routed: &[Routed]) -> Vec<Share> {
    let mut shares: Vec<Share> = Vec::new();
    for Routed { event, rules, .. } in routed {
        for target in rules.iter().flat_map(|rule| &rule.targets) {
            match shares.iter_mut().find(|share| Arc::ptr_eq(&share.target, target)) {
                Some(share) => share.events.push(Arc::clone(event)),
                None => shares.push(Share {
                    target: Arc::clone(target),
                    events: vec![Arc::clone(event)],
                }),
            }
        }
    }
    shares
}
