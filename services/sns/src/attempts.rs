//! What became of a message, for whoever asks.

use std::sync::Arc;

use ninefold_delivery::{Attempt, MessageId, Then};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::SnsDoor;
use crate::arn::{SubscriptionArn, TopicArn};
use crate::message::written_time;

/// Attempts that are shown when no message is asked for.
const LAST: usize = 100;

impl SnsDoor {
    /// The attempts to deliver the message that a query names (`message=ID`), or the last ones.
    pub(crate) fn attempts_to_json(&self, query: &str) -> String {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let message =
            pairs.find_map(|(name, value)| (name == "message").then(|| Uuid::try_parse(value).ok()));
        let attempts = match message {
            Some(Some(id)) => self.deliveries.attempts_of(MessageId(id.as_u128())),
            Some(None) => Vec::new(),
            None => self.deliveries.last_attempts(LAST),
        };
        Value::from_iter(attempts.iter().map(described)).to_string()
    }
}

fn described(attempt: &Arc<Attempt>) -> Value {
    let target = &attempt.target.0;
    let name = SubscriptionArn::from_key(target)
        .map(|arn| arn.to_string())
        .or_else(|| TopicArn::from_key(target).map(|arn| arn.to_string()))
        .unwrap_or_else(|| String::from_utf8_lossy(target).into_owned());
    let (then, retry_at) = match attempt.then {
        Then::Delivered => ("delivered", None),
        Then::RetryAt(at) => ("retry", Some(written_time(at))),
        Then::DeadLettered => ("dead-lettered", None),
        Then::Dropped => ("dropped", None),
    };
    json!({
        "message": Uuid::from_u128(attempt.id.0).to_string(),
        "target": name,
        "attempt": attempt.number,
        "at": written_time(attempt.at.as_millis()),
        "tookMs": u64::try_from(attempt.took.as_millis()).unwrap_or(u64::MAX),
        "code": attempt.answer.code,
        "answer": attempt.answer.text,
        "then": then,
        "retryAt": retry_at,
    })
}
