//! What a target gets of an event.

use std::borrow::Cow;

use ninefold_input_transformer::{
    ApplyError, Constant, Input, InputPath, InputTransformer, Reserved, TransformError,
};
use ninefold_model::{Timestamp, TimestampFormat};

use crate::arn::RuleArn;
use crate::event::Event;
use crate::record::{InputTransformerRecord, TargetRecord};

/// What a target gets, ready for use.
#[derive(Debug)]
pub(crate) struct TargetInput {
    input: Input,
    rule_arn: String,
    rule_name: String,
}

impl TargetInput {
    /// Reads what a target says of it.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in AWS's words.
    pub(crate) fn read(rule: &RuleArn, target: &TargetRecord) -> Result<Self, String> {
        let id = &target.id;
        let input = match (&target.input, &target.input_path, &target.input_transformer) {
            (None, None, None) => Input::Event,
            (Some(json), None, None) => Constant::parse(json)
                .map(Input::Constant)
                .map_err(|_| format!("JSON syntax error in input for target {id}."))?,
            (None, Some(path), None) => InputPath::parse(path)
                .map(Input::Path)
                .map_err(|_| invalid_path(id))?,
            (None, None, Some(record)) => read_transformer(id, record).map(Input::Transformer)?,
            _ => {
                return Err(format!(
                    "Only one of Input, InputPath, or InputTransformer must be provided for target {id}."
                ));
            }
        };
        Ok(TargetInput {
            input,
            rule_arn: rule.to_string(),
            rule_name: rule.name.clone(),
        })
    }

    /// The body that the target gets of an event; none where the event has nothing of what it wants.
    ///
    /// # Errors
    ///
    /// If what is made of the event is too much.
    pub(crate) fn body<'a>(&'a self, event: &'a Event) -> Result<Option<Cow<'a, str>>, ApplyError> {
        if self.input == Input::Event {
            return Ok(Some(Cow::Borrowed(&event.json)));
        }
        let reserved = Reserved {
            rule_arn: &self.rule_arn,
            rule_name: &self.rule_name,
            ingestion_time: &written(event.passage.ingested_at_millis),
        };
        self.input.apply(event.json.as_bytes(), &reserved)
    }
}

/// A time to the second.
fn written(milliseconds: u64) -> String {
    let seconds = i64::try_from(milliseconds / 1_000).unwrap_or(i64::MAX / 1_000);
    Timestamp::from_milliseconds(seconds * 1_000).format(TimestampFormat::Iso8601)
}

fn invalid_path(id: &str) -> String {
    format!("InputPath for target {id} is invalid.")
}

fn read_transformer(id: &str, record: &InputTransformerRecord) -> Result<InputTransformer, String> {
    let paths = record
        .input_paths_map
        .iter()
        .map(|(name, path)| (name.as_str(), path.as_str()));
    InputTransformer::parse(paths, &record.input_template).map_err(|error| match &error {
        TransformError::Path { .. } => invalid_path(id),
        TransformError::UnknownVariable { name } => {
            format!("InputTemplate for target {id} contains invalid placeholder {name}.")
        }
        TransformError::EventJsonOutsideObject => format!(
            "InputTemplate for target {id} contains placeholder aws.events.event.json valid only for JSON template."
        ),
        TransformError::NotJson { line, column, .. } => format!(
            "Invalid InputTemplate for target {id} : [Source: (String)\"{}\"; line: {line}, column: {column}].",
            record.input_template
        ),
        TransformError::TooManyPaths { .. }
        | TransformError::VariableName { .. }
        | TransformError::TemplateLength { .. }
        | TransformError::PlaceholderInKey => format!("Invalid InputTemplate for target {id} : {error}."),
    })
}
