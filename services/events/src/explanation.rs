//! What became of an event: the rules that took it, those that nearly did, and where each delivery stands.

use std::sync::Arc;

use ninefold_delivery::{Attempt, MessageId, Then};
use ninefold_event_pattern::Event as Matched;
use ninefold_model::{Timestamp, TimestampFormat};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::EventsDoor;
use crate::target::Target;
use crate::trail::Step;

/// Rules that didn't take the event, shown.
const NEAR_MISSES: usize = 10;
/// Of a rule that didn't, so many fields are shown.
const MISMATCHES: usize = 10;

impl EventsDoor {
    /// Explains an event as JSON; `None` when it is not remembered.
    pub(crate) fn explain(&self, id: Uuid) -> Option<Value> {
        let steps = self.trail.of(id);
        let attempts = self.deliveries.attempts_of(MessageId(id.as_u128()));
        if steps.is_empty() && attempts.is_empty() {
            return None;
        }
        let first = steps.first().map(|step| &step.routed().event.json);
        let event = first.and_then(|json| serde_json::from_str::<Value>(json).ok());
        Some(json!({
            "id": id.to_string(),
            "event": event,
            "buses": steps.iter().map(|step| explained(step, &attempts)).collect::<Vec<_>>(),
            // After a restart these are all that is known.
            "attempts": attempts.iter().map(described).collect::<Vec<_>>(),
        }))
    }
}

fn explained(step: &Step, attempts: &[Arc<Attempt>]) -> Value {
    let routed = step.routed();
    let took: Vec<Value> = routed
        .rules
        .iter()
        .map(|rule| {
            let targets = rule.targets.iter();
            json!({
                "rule": rule.arn.to_string(),
                "targets": targets.map(|target| standing(step, target, attempts)).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "bus": routed.bus.arn.to_string(),
        "at": written(step.at.as_millis()),
        "rules": took,
        "nearMisses": near_misses(step),
    })
}

/// Where the delivery to a target stands.
fn standing(step: &Step, target: &Target, attempts: &[Arc<Attempt>]) -> Value {
    let of_target: Vec<&Arc<Attempt>> = attempts
        .iter()
        .filter(|attempt| attempt.target == target.key)
        .collect();
    let standing = match of_target.last().map(|attempt| attempt.then) {
        Some(Then::Delivered) => "delivered",
        Some(Then::RetryAt(_)) => "retried later",
        Some(Then::DeadLettered) => "dead-lettered",
        Some(Then::Dropped) => "dropped",
        None if step.went_straight(&target.key) => "delivered",
        None => "waiting",
    };
    json!({
        "target": target.name.id,
        "arn": target.record.arn,
        "standing": standing,
        "attempts": of_target.into_iter().map(described).collect::<Vec<_>>(),
    })
}

fn described(attempt: &Arc<Attempt>) -> Value {
    let retry_at = match attempt.then {
        Then::RetryAt(at) => Some(written(at)),
        Then::Delivered | Then::DeadLettered | Then::Dropped => None,
    };
    json!({
        "target": crate::arn::TargetName::from_key(&attempt.target).map(|name| json!({
            "rule": name.rule.to_string(),
            "id": name.id,
        })),
        "attempt": attempt.number,
        "at": written(attempt.at.as_millis()),
        "tookMs": u64::try_from(attempt.took.as_millis()).unwrap_or(u64::MAX),
        "code": attempt.answer.code,
        "answer": attempt.answer.text,
        "retryAt": retry_at,
    })
}

/// A time to the millisecond.
fn written(milliseconds: u64) -> String {
    let milliseconds = i64::try_from(milliseconds).unwrap_or(i64::MAX);
    Timestamp::from_milliseconds(milliseconds).format(TimestampFormat::Iso8601)
}

/// The rules as they are now that came nearest to taking the event, nearest first.
fn near_misses(step: &Step) -> Vec<Value> {
    let routed = step.routed();
    let Ok(event) = Matched::parse(routed.event.json.as_bytes()) else {
        return Vec::new();
    };
    let mut missed: Vec<(usize, Value)> = Vec::new();
    for rule in routed.bus.rules() {
        let taken = routed.rules.iter().any(|known| known.arn == rule.arn);
        let pattern = rule.pattern.as_ref().filter(|_| !taken);
        let Some(pattern) = pattern else {
            continue;
        };
        let mut fields: Vec<String> = pattern.explain(&event).iter().map(ToString::to_string).collect();
        if !rule.record.state.is_enabled() {
            fields.push("the rule is disabled".to_owned());
        }
        // It would take the event today, but didn't then.
        if fields.is_empty() {
            continue;
        }
        let shown = &fields[..fields.len().min(MISMATCHES)];
        missed.push((
            fields.len(),
            json!({ "rule": rule.arn.to_string(), "fields": shown }),
        ));
        missed.sort_by_key(|(count, _)| *count);
        missed.truncate(NEAR_MISSES);
    }
    missed.into_iter().map(|(_, rule)| rule).collect()
}
