//! TestEventPattern.

use ninefold_event_pattern::Event;
use ninefold_protocol::{CallContext, ServiceError};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::errors;
use crate::rule::read_pattern;

/// What an event must have to be tested.
const FIELDS: &[&str] = &[
    "id",
    "account",
    "source",
    "time",
    "region",
    "resources",
    "detail-type",
    "detail",
];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TestEventPatternInput {
    event_pattern: String,
    event: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TestEventPatternOutput {
    result: bool,
}

pub(crate) fn test(
    context: &CallContext,
    input: TestEventPatternInput,
) -> Result<TestEventPatternOutput, ServiceError> {
    context.authorize("events:TestEventPattern", &"*", None)?;
    let pattern = read_pattern(&input.event_pattern)?;
    check_fields(&input.event)?;
    let event = Event::parse(input.event.as_bytes()).map_err(|error| not_an_event(&error))?;
    Ok(TestEventPatternOutput {
        result: pattern.matches(&event),
    })
}

fn check_fields(event: &str) -> Result<(), ServiceError> {
    let event: Value = serde_json::from_str(event).map_err(|error| not_an_event(&error))?;
    match FIELDS.iter().find(|field| event.get(field).is_none()) {
        Some(field) => Err(not_an_event(&format_args!("it has no {field}"))),
        None => Ok(()),
    }
}

fn not_an_event(reason: &dyn std::fmt::Display) -> ServiceError {
    errors::invalid_because("Event", reason)
}
