//! A queue's attributes: their names, what values they take, and what they tell the engine.
//!
//! Follows [SetQueueAttributes](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html).

mod policy;
mod redrive;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use ninefold_protocol::ServiceError;
use ninefold_queue::{DeadLetterPolicy, DeduplicationScope, QueueConfig, QueueKind};

pub(crate) use policy::{check_size, over_limit};
pub(crate) use redrive::{RedriveAllowPolicy, RedrivePolicy, invalid_redrive_policy};

use crate::errors;
use crate::limits::{
    DELAY_SECONDS, FIFO_IN_FLIGHT, KEY_REUSE_SECONDS, MESSAGE_BYTES, RETENTION_SECONDS, STANDARD_IN_FLIGHT,
    VISIBILITY_TIMEOUT_SECONDS, WAIT_SECONDS,
};

/// Stands for every attribute in a request.
pub(crate) const ALL: &str = "All";

/// Attributes as they are kept: by name, in their one form.
pub(crate) type Attributes = BTreeMap<String, String>;

/// An attribute that can be set.
struct Definition {
    name: &'static str,
    value: ValueKind,
    queues: Queues,
    /// The value when none was set, unless the queue then has no such attribute.
    default: Option<&'static str>,
}

/// What values an attribute takes.
enum ValueKind {
    Number(RangeInclusive<u32>),
    Flag,
    Choice(&'static [&'static str]),
    /// Text of which every value is taken; the empty one removes the attribute.
    Text,
    /// A document that its own reader checks; the empty text removes the attribute.
    Document(fn(&str) -> Result<(), ServiceError>),
}

/// Which queues have an attribute.
#[derive(PartialEq, Eq)]
enum Queues {
    All,
    Fifo,
}

const fn define(
    name: &'static str,
    queues: Queues,
    value: ValueKind,
    default: Option<&'static str>,
) -> Definition {
    Definition {
        name,
        value,
        queues,
        default,
    }
}

use Queues::{All, Fifo};
use ValueKind::{Choice, Document, Flag, Number, Text};

#[rustfmt::skip]
static SETTABLE: [Definition; 15] = [
    define("ContentBasedDeduplication", Fifo, Flag, Some("false")),
    define("DeduplicationScope", Fifo, Choice(&["queue", "messageGroup"]), Some("queue")),
    define("DelaySeconds", All, Number(0..=DELAY_SECONDS), Some("0")),
    define("FifoQueue", Fifo, Flag, None),
    define("FifoThroughputLimit", Fifo, Choice(&["perQueue", "perMessageGroupId"]), Some("perQueue")),
    define("KmsDataKeyReusePeriodSeconds", All, Number(KEY_REUSE_SECONDS), None),
    define("KmsMasterKeyId", All, Text, None),
    define("MaximumMessageSize", All, Number(MESSAGE_BYTES), Some("1048576")),
    define("MessageRetentionPeriod", All, Number(RETENTION_SECONDS), Some("345600")),
    define("Policy", All, Document(policy::check), None),
    define("ReceiveMessageWaitTimeSeconds", All, Number(0..=WAIT_SECONDS), Some("0")),
    define("RedriveAllowPolicy", All, Document(redrive::check_allow_policy), None),
    define("RedrivePolicy", All, Document(redrive::check_policy), None),
    define("SqsManagedSseEnabled", All, Flag, Some("true")),
    define("VisibilityTimeout", All, Number(0..=VISIBILITY_TIMEOUT_SECONDS), Some("30")),
];

/// Attributes that the service itself tells of a queue.
pub(crate) const TOLD: &[&str] = &[
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "QueueArn",
];

/// The period for which a data key is used again, when there is a key and no other period.
const DEFAULT_KEY_REUSE_SECONDS: &str = "300";

/// Whether a queue can have an attribute of this name.
pub(crate) fn is_attribute(name: &str) -> bool {
    name == ALL || TOLD.contains(&name) || definition(name).is_some()
}

/// The names of all attributes that can be set.
pub(crate) fn settable_names() -> impl Iterator<Item = &'static str> {
    SETTABLE.iter().map(|definition| definition.name)
}

fn definition(name: &str) -> Option<&'static Definition> {
    SETTABLE.iter().find(|definition| definition.name == name)
}

/// Whether these attributes ask for a FIFO queue.
pub(crate) fn asks_for_fifo(given: &BTreeMap<String, String>) -> bool {
    given
        .get("FifoQueue")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// Checks attributes that a request sets on a queue, each by itself, and brings their values into their one form.
pub(crate) fn check(given: &BTreeMap<String, String>, is_fifo: bool) -> Result<Attributes, ServiceError> {
    let check = |(name, value): (&String, &String)| {
        let definition = definition(name)
            .filter(|definition| is_fifo || definition.queues == Queues::All)
            .ok_or_else(|| errors::invalid_attribute_name(name))?;
        Ok((name.clone(), definition.check(value)?))
    };
    let checked: Attributes = given.iter().map(check).collect::<Result<_, ServiceError>>()?;
    if is_fifo && checked.get("FifoQueue").is_some_and(|value| value == "false") {
        let reason = "Modifying queue type is not supported.";
        return Err(errors::invalid_attribute_value("FifoQueue", Some(reason)));
    }
    let has_key = checked.get("KmsMasterKeyId").is_some_and(|key| !key.is_empty());
    if has_key
        && checked
            .get("SqsManagedSseEnabled")
            .is_some_and(|value| value == "true")
    {
        return Err(errors::two_encryptions());
    }
    Ok(checked)
}

impl Definition {
    fn check(&self, value: &str) -> Result<String, ServiceError> {
        let invalid = || errors::invalid_attribute_value(self.name, None);
        match &self.value {
            ValueKind::Number(range) => read_number(value)
                .filter(|number| range.contains(number))
                .map(|number| number.to_string())
                .ok_or_else(invalid),
            ValueKind::Flag => Some(value.to_ascii_lowercase())
                .filter(|flag| flag == "true" || flag == "false")
                .ok_or_else(invalid),
            ValueKind::Choice(choices) if choices.contains(&value) => Ok(value.to_owned()),
            ValueKind::Choice(_) => Err(invalid()),
            ValueKind::Text => Ok(value.to_owned()),
            ValueKind::Document(_) if value.is_empty() => Ok(String::new()),
            ValueKind::Document(check) => check(value).map(|()| value.to_owned()),
        }
    }
}

/// Digits alone, without a sign.
fn read_number(text: &str) -> Option<u32> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

/// The attributes of a queue after a change; `changes` were checked.
pub(crate) fn merge(current: &Attributes, changes: Attributes) -> Result<Attributes, ServiceError> {
    let mut merged = current.clone();
    if changes.get("KmsMasterKeyId").is_some_and(|key| !key.is_empty()) {
        merged.insert("SqsManagedSseEnabled".to_owned(), "false".to_owned());
    }
    if changes
        .get("SqsManagedSseEnabled")
        .is_some_and(|value| value == "true")
    {
        merged.remove("KmsMasterKeyId");
        merged.remove("KmsDataKeyReusePeriodSeconds");
    }
    for (name, value) in changes {
        match value.is_empty() {
            true => merged.remove(&name),
            false => merged.insert(name, value),
        };
    }
    let is_by_group = value(&merged, "FifoThroughputLimit").as_deref() == Some("perMessageGroupId");
    if is_by_group && deduplication_scope(&merged) == DeduplicationScope::Queue {
        let reason = "The value perMessageGroupId is allowed only when the value for DeduplicationScope is messageGroup.";
        return Err(errors::invalid_attribute_value(
            "FifoThroughputLimit",
            Some(reason),
        ));
    }
    Ok(merged)
}

/// The value of an attribute that can be set: as it was set, or its default.
pub(crate) fn value(attributes: &Attributes, name: &str) -> Option<String> {
    let default = || {
        let definition = definition(name)?;
        match name {
            "KmsDataKeyReusePeriodSeconds" => attributes
                .contains_key("KmsMasterKeyId")
                .then_some(DEFAULT_KEY_REUSE_SECONDS),
            _ if definition.queues == Queues::Fifo && !attributes.contains_key("FifoQueue") => None,
            _ => definition.default,
        }
    };
    attributes
        .get(name)
        .cloned()
        .or_else(|| default().map(str::to_owned))
}

/// The first of the wanted attributes that a queue has otherwise.
pub(crate) fn first_difference<'a>(current: &Attributes, wanted: &'a Attributes) -> Option<&'a str> {
    let differs = |(name, wanted): &(&String, &String)| {
        let current = value(current, name).unwrap_or_default();
        current != **wanted && !is_same_json(&current, wanted)
    };
    wanted.iter().find(differs).map(|(name, _)| name.as_str())
}

/// Whether both are JSON documents that say the same.
fn is_same_json(one: &str, other: &str) -> bool {
    let read = |text| serde_json::from_str::<serde_json::Map<_, _>>(text).ok();
    matches!((read(one), read(other)), (Some(one), Some(other)) if one == other)
}

/// What a queue's attributes tell the engine to do.
pub(crate) fn engine_config(attributes: &Attributes) -> QueueConfig {
    let number = |name| {
        value(attributes, name)
            .and_then(|value| value.parse().ok())
            .expect("numbers were checked when they were set, and have defaults")
    };
    let is_fifo = attributes.contains_key("FifoQueue");
    QueueConfig {
        kind: match is_fifo {
            true => QueueKind::Fifo {
                deduplication_scope: deduplication_scope(attributes),
            },
            false => QueueKind::Standard,
        },
        delay_seconds: number("DelaySeconds"),
        visibility_timeout_seconds: number("VisibilityTimeout"),
        retention_seconds: number("MessageRetentionPeriod"),
        in_flight_limit: if is_fifo {
            FIFO_IN_FLIGHT
        } else {
            STANDARD_IN_FLIGHT
        },
        dead_letter: RedrivePolicy::of(attributes).map(|policy| DeadLetterPolicy {
            queue: policy.target.key(),
            maximum_receive_count: policy.maximum_receive_count,
        }),
    }
}

fn deduplication_scope(attributes: &Attributes) -> DeduplicationScope {
    match attributes.get("DeduplicationScope").map(String::as_str) {
        Some("messageGroup") => DeduplicationScope::MessageGroup,
        _ => DeduplicationScope::Queue,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(of: &[(&str, &str)]) -> Attributes {
        of.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn every_default_is_a_valid_value() {
        for definition in &SETTABLE {
            if let Some(default) = definition.default {
                assert_eq!(definition.check(default).unwrap(), default, "{}", definition.name);
            }
        }
    }

    #[test]
    fn values_get_their_one_form() {
        let given = attributes(&[("DelaySeconds", "007"), ("SqsManagedSseEnabled", "False")]);
        let expected = attributes(&[("DelaySeconds", "7"), ("SqsManagedSseEnabled", "false")]);
        assert_eq!(check(&given, false).unwrap(), expected);
    }

    #[test]
    fn differences_are_found_in_what_is_meant() {
        let current = attributes(&[("Policy", r#"{"a":1,"b":2}"#), ("DelaySeconds", "7")]);
        for (name, value, differs) in [
            ("Policy", r#"{"b": 2, "a": 1}"#, false),
            ("Policy", r#"{"b": 2}"#, true),
            ("Policy", "", true),
            ("RedrivePolicy", "", false),
            ("DelaySeconds", "7", false),
            ("DelaySeconds", "8", true),
            ("VisibilityTimeout", "30", false),
            ("VisibilityTimeout", "31", true),
        ] {
            let wanted = attributes(&[(name, value)]);
            let expected = differs.then_some(name);
            assert_eq!(first_difference(&current, &wanted), expected, "{name}={value}");
        }
    }

    #[test]
    fn the_engine_is_told() {
        let config = engine_config(&attributes(&[]));
        assert_eq!(config.kind, QueueKind::Standard);
        assert_eq!((config.delay_seconds, config.visibility_timeout_seconds), (0, 30));
        assert_eq!(
            (config.retention_seconds, config.in_flight_limit),
            (345_600, 120_000)
        );
        assert_eq!(config.dead_letter, None);
        let arn = "arn:aws:sqs:eu-central-1:123456789012:dead.fifo";
        let redrive = format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":"3"}}"#);
        let config = engine_config(&attributes(&[
            ("FifoQueue", "true"),
            ("DeduplicationScope", "messageGroup"),
            ("RedrivePolicy", &redrive),
        ]));
        let by_group = DeduplicationScope::MessageGroup;
        let fifo = QueueKind::Fifo {
            deduplication_scope: by_group,
        };
        assert_eq!((config.kind, config.in_flight_limit), (fifo, 20_000));
        let dead_letter = config.dead_letter.unwrap();
        assert_eq!(
            dead_letter.queue.to_string(),
            "123456789012/eu-central-1/dead.fifo"
        );
        assert_eq!(dead_letter.maximum_receive_count, 3);
    }
}
