//! A bus whose rules lead to queues: set up before a run, counted and taken down after it.

use crate::caller::{CallError, Caller, Calls, call_all};
use crate::event::{self, EventEndpoint, Rule};
use crate::queue_set::QueueSet;
use crate::request::Endpoint;
use crate::sending::Sending;

/// Requests are written before a run: those with more different numbers than this would take too much memory.
const NUMBERS: usize = 10_000;

/// What there is on the bus.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Rules, each of which wants the events of a number of its own.
    pub rules: usize,
    /// Queues, which the rules lead to in turn, each to one.
    pub queues: usize,
}

/// A bus, its rules, and their queues.
#[derive(Debug)]
pub struct EventBus {
    events: EventEndpoint,
    name: String,
    shape: Shape,
    calls: Calls,
    queues: QueueSet,
}

impl EventBus {
    /// Makes a bus, its rules and queues. `calls` is how, also later on; its time is that for all rules to be made or
    /// deleted, and for all targets.
    pub fn set_up(
        events: EventEndpoint,
        endpoint: Endpoint,
        name: &str,
        shape: Shape,
        calls: Calls,
    ) -> Result<Self, CallError> {
        Caller::new(events.address).call("CreateEventBus", &events.create_event_bus(name))?;
        let bus = Self {
            events,
            name: name.to_owned(),
            shape,
            calls,
            queues: QueueSet::create(endpoint, name, shape.queues, calls)?,
        };
        bus.call_for_rules("PutRule", |rule| events.put_rule(rule))?;
        let arns: Vec<String> = bus.queues.queues().iter().map(|queue| queue.arn()).collect();
        let answers = bus.call_for_rules("PutTargets", |rule| {
            events.put_targets(rule, &arns[rule.number % arns.len()])
        })?;
        match answers.iter().find(|answer| !event::are_targets_taken(answer)) {
            Some(refusal) => Err(CallError::unusable("PutTargets", refusal)),
            None => Ok(bus),
        }
    }

    /// PutEvents of `entries` a request. Every rule has its turn, or if there are too many, rules evenly spread among them.
    pub fn events_in_turn(&self, entries: usize, detail_bytes: usize) -> Sending {
        let rules = self.shape.rules;
        let numbers = rules.min(NUMBERS);
        let turns: Vec<usize> = (0..numbers.next_multiple_of(entries))
            .map(|turn| turn % numbers * rules / numbers)
            .collect();
        self.sending(&turns, entries, detail_bytes)
    }

    /// PutEvents of the events of one number, `entries` a request.
    pub fn events_of(&self, number: usize, entries: usize, detail_bytes: usize) -> Sending {
        self.sending(&vec![number; entries], entries, detail_bytes)
    }

    fn sending(&self, numbers: &[usize], entries: usize, detail_bytes: usize) -> Sending {
        Sending {
            address: self.events.address,
            requests: numbers
                .chunks(entries)
                .map(|numbers| self.events.put_events(&self.name, numbers, detail_bytes))
                .collect(),
            messages: entries,
            acknowledged: event::acknowledged,
        }
    }

    /// The queues.
    pub fn queues(&self) -> &QueueSet {
        &self.queues
    }

    /// Deletes the rules, the bus and the queues.
    pub fn take_down(self) -> Result<(), CallError> {
        self.call_for_rules("RemoveTargets", |rule| self.events.remove_targets(rule))?;
        self.call_for_rules("DeleteRule", |rule| self.events.delete_rule(rule))?;
        let deletion = self.events.delete_event_bus(&self.name);
        Caller::new(self.events.address).call("DeleteEventBus", &deletion)?;
        self.queues.delete()
    }

    /// One call for each rule; the bodies of the answers.
    fn call_for_rules(
        &self,
        operation: &'static str,
        request: impl Fn(Rule<'_>) -> Vec<u8>,
    ) -> Result<Vec<Vec<u8>>, CallError> {
        let bus = &self.name;
        let requests: Vec<_> = (0..self.shape.rules)
            .map(|number| request(Rule { bus, number }))
            .collect();
        call_all(self.events.address, operation, &requests, self.calls)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use memchr::memmem;

    use super::*;
    use crate::request::Protocol;

    fn bus(rules: usize) -> EventBus {
        let address = "127.0.0.1:4566".parse().unwrap();
        let endpoint = Endpoint {
            address,
            protocol: Protocol::Json,
            signed: false,
        };
        let calls = Calls {
            connections: 1,
            limit: Duration::ZERO,
        };
        EventBus {
            events: EventEndpoint {
                address,
                signed: false,
            },
            name: "load".to_owned(),
            shape: Shape { rules, queues: 0 },
            calls,
            queues: QueueSet::create(endpoint, "load", 0, calls).unwrap(),
        }
    }

    fn numbers(sending: &Sending) -> Vec<usize> {
        let opening = br#"{\"number\":\""#;
        let number = |request: &[u8], at: usize| {
            let digits = &request[at + opening.len()..][..5];
            std::str::from_utf8(digits).unwrap().parse().unwrap()
        };
        let in_request = |request: &Vec<u8>| {
            memmem::find_iter(request, opening)
                .map(|at| number(request, at))
                .collect::<Vec<_>>()
        };
        sending.requests.iter().flat_map(in_request).collect()
    }

    #[test]
    fn every_rule_has_its_turn() {
        let sending = bus(30).events_in_turn(10, 256);
        assert_eq!((sending.requests.len(), sending.messages), (3, 10));
        assert_eq!(numbers(&sending), (0..30).collect::<Vec<_>>());
    }

    #[test]
    fn one_rule_gets_whole_requests() {
        assert_eq!(numbers(&bus(1).events_in_turn(10, 256)), [0; 10]);
        assert_eq!(numbers(&bus(2).events_of(1, 1, 256)), [1]);
    }

    #[test]
    fn of_very_many_rules_a_spread_has_its_turn() {
        let numbers = numbers(&bus(100_000).events_in_turn(10, 0));
        assert_eq!(numbers.len(), NUMBERS);
        assert_eq!((numbers[1], numbers[NUMBERS - 1]), (10, 99_990));
    }
}
