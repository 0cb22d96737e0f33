//! From bus to bus, within this server.
//!
//! Source: [Sending and receiving events between buses](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html).

use std::sync::Arc;

use ninefold_protocol::{CallContext, Principal, PrincipalKind, ServiceError};

use crate::EventsDoor;
use crate::arn::BusArn;
use crate::errors;
use crate::event::Event;
use crate::limits::HOPS;
use crate::routing::Routed;
use crate::target::Target;

impl EventsDoor {
    /// Puts events on another bus as they are; says of each whether it is there, durably.
    pub(crate) async fn forward(
        &self,
        target: &Target,
        to: &BusArn,
        events: &[Arc<Event>],
    ) -> Vec<Result<(), ServiceError>> {
        let from = &target.name.rule.bus;
        // The policies of buses name accounts, and not the service.
        let context = CallContext {
            principal: Principal {
                account: from.account,
                arn: format!("arn:aws:iam::{}:root", from.account),
                access_key_id: None,
                kind: PrincipalKind::Root,
            },
            ..self.target_context(target)
        };
        match self.forward_all(&context, from, to, events).await {
            Ok(outcomes) => outcomes,
            Err(error) => vec![Err(error); events.len()],
        }
    }

    async fn forward_all(
        &self,
        context: &CallContext,
        from: &BusArn,
        to: &BusArn,
        events: &[Arc<Event>],
    ) -> Result<Vec<Result<(), ServiceError>>, ServiceError> {
        let bus = self.buses.get(to);
        let record = bus.as_ref().map(|bus| bus.record());
        // Within an account the rule's own account says what goes where.
        if from.account != to.account {
            let policy = record.as_ref().and_then(|record| record.policy.as_deref());
            context.authorize("events:PutEvents", to, policy)?;
        }
        let bus = bus.ok_or_else(|| errors::bus_does_not_exist(to))?;
        let mut routed = Vec::with_capacity(events.len());
        let outcomes = events.iter().map(|event| {
            let event = Event {
                passage: passed_on(event, from, to)?,
                ..Event::clone(event)
            };
            let found = Routed::on(&bus, event).map_err(|error| errors::invalid(error.to_string()))?;
            routed.push(found);
            Ok(())
        });
        let outcomes = outcomes.collect();
        self.bring_to_targets(routed).await?;
        Ok(outcomes)
    }
}

/// The passage of an event that goes from one bus to another; refuses circles, and ways that are too long.
fn passed_on(event: &Event, from: &BusArn, to: &BusArn) -> Result<crate::event::Passage, ServiceError> {
    let mut passage = event.passage.clone();
    passage.came_by.push(from.key());
    match passage.came_by.contains(&to.key()) || passage.came_by.len() > HOPS {
        true => Err(errors::invalid(format!(
            "The event has come by too many buses, or by {to} already."
        ))),
        false => Ok(passage),
    }
}
