//! Templates: read once into parts, then filled event by event.

mod fill;
mod parse;

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::output::Output;
use crate::{ApplyError, TransformError};

/// How many characters a template may have: the API model's `TransformerInput`.
pub const MAXIMUM_TEMPLATE_LENGTH: usize = 8_192;

/// What the variables that begin with `aws.events.` stand for, besides the event itself.
///
/// `<aws.events.event.json>` is the whole event. `<aws.events.event>` is the event without `detail`, and with `detailType`
/// in place of `detail-type`, as recorded from the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserved<'r> {
    /// `<aws.events.rule-arn>`.
    pub rule_arn: &'r str,
    /// `<aws.events.rule-name>`.
    pub rule_name: &'r str,
    /// `<aws.events.event.ingestion-time>`: when the bus received the event, in the form `2015-11-11T21:29:54Z`.
    pub ingestion_time: &'r str,
}

/// A template that is valid JSON whatever its placeholders are filled with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// A placeholder where JSON has a value.
    Value(Variable),
    /// A placeholder inside a string.
    InString(Variable),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Variable {
    /// The number of a path.
    Path(usize),
    RuleArn,
    RuleName,
    IngestionTime,
    Event,
    EventJson,
}

impl Template {
    /// `path_number` knows the variables that have a path.
    pub(crate) fn parse(
        text: &str,
        path_number: impl FnMut(&str) -> Option<usize>,
    ) -> Result<Self, TransformError> {
        parse::parse(text, path_number).map(Template)
    }

    /// `values` are those of the paths, by number.
    pub(crate) fn fill(
        &self,
        values: &[Option<Cow<'_, str>>],
        event: &RawValue,
        reserved: &Reserved<'_>,
    ) -> Result<String, ApplyError> {
        let source = fill::Source {
            values,
            event,
            reserved,
        };
        let mut output = Output::default();
        for part in &self.0 {
            match part {
                Part::Text(text) => output.push(text)?,
                Part::Value(variable) => output.push(&source.value(*variable)?)?,
                Part::InString(variable) => output.push(&source.in_string(*variable)?)?,
            }
        }
        Ok(output.into_text())
    }
}
