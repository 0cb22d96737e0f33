use std::collections::BTreeMap;

use crate::selection::Selection;
use crate::template::Template;
use crate::{ApplyError, InputPath, Reserved, TransformError, event};

/// How many entries an `InputPathsMap` may have: the API model's `TransformerPaths`.
pub const MAXIMUM_PATHS: usize = 100;
/// How many characters a variable's name may have: the API model's `InputTransformerPathKey`.
pub const MAXIMUM_VARIABLE_LENGTH: usize = 256;

/// Paths with names, and a template that mentions the names.
///
/// A template is either a JSON object, or JSON strings one after the other (as a rule one a line). `<name>` in it stands for
/// what the path of that name selects:
///
/// | the value | as a value: `{"a": <name>}` | in a string: `"a <name>"` |
/// |---|---|---|
/// | a string | the string, in quotes | the string, without quotes |
/// | a number, `true`, `false`, `null` | as it is | as it is |
/// | an object or array | as it is | as it is, without any quotes and the space between its parts |
/// | not there | `""` | nothing |
///
/// The first column is from the guide's examples, the last row was recorded from the service, "EventBridge removes any
/// internal quotes to ensure a valid string" is the guide's. `<` and `>` can't be escaped; what stands between them and
/// isn't made of letters, digits, `.`, `_` and `-` is text. A JSON object is sent without the space between its parts
/// ("minified"), strings as they are written in the template.
///
/// ```
/// use ninefold_input_transformer::{InputTransformer, Reserved};
///
/// let paths = [("instance", "$.detail.instance-id")];
/// let transformer = InputTransformer::parse(paths, r#"{"id": <instance>, "text": "<instance> by <aws.events.rule-name>"}"#)?;
/// let reserved = Reserved {
///     rule_arn: "arn:aws:events:us-east-2:123456789012:rule/example",
///     rule_name: "example",
///     ingestion_time: "2015-11-11T21:29:54Z",
/// };
/// let input = transformer.transform(br#"{"detail":{"instance-id":"i-0123456789"}}"#, &reserved)?;
/// assert_eq!(input, r#"{"id":"i-0123456789","text":"i-0123456789 by example"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputTransformer {
    /// The paths of the variables that the template mentions.
    selection: Selection,
    template: Template,
}

impl InputTransformer {
    /// Reads the entries of an `InputPathsMap` (names and paths) and an `InputTemplate`. Names that begin with `AWS` are
    /// taken: the service was measured to accept them, although the API reference says it doesn't.
    ///
    /// # Errors
    /// When the service would refuse them at `PutTargets`; each [`TransformError`] says with which text.
    pub fn parse<'p>(
        paths_map: impl IntoIterator<Item = (&'p str, &'p str)>,
        template: &str,
    ) -> Result<Self, TransformError> {
        let mut paths = BTreeMap::new();
        for (name, path) in paths_map {
            paths.insert(name, parse_path(name, path)?);
            if paths.len() > MAXIMUM_PATHS {
                return Err(TransformError::TooManyPaths {
                    maximum: MAXIMUM_PATHS,
                });
            }
        }
        let mut mentioned: Vec<&InputPath> = Vec::new();
        let template = Template::parse(template, |name| {
            let path = paths.get(name)?;
            let known = mentioned.iter().position(|other| *other == path);
            Some(known.unwrap_or_else(|| {
                mentioned.push(path);
                mentioned.len() - 1
            }))
        })?;
        let selection = Selection::of(mentioned.into_iter().map(InputPath::steps));
        Ok(InputTransformer { selection, template })
    }

    /// Fills the template from an event.
    ///
    /// # Errors
    /// When the event isn't JSON, or the result is larger than [`MAXIMUM_OUTPUT_BYTES`](crate::MAXIMUM_OUTPUT_BYTES).
    pub fn transform(&self, event: &[u8], reserved: &Reserved<'_>) -> Result<String, ApplyError> {
        let event = event::parse(event)?;
        let values = self.selection.select(event)?;
        self.template.fill(&values, event, reserved)
    }
}

fn parse_path(name: &str, path: &str) -> Result<InputPath, TransformError> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if name.is_empty() || name.len() > MAXIMUM_VARIABLE_LENGTH || !name.bytes().all(is_allowed) {
        return Err(TransformError::VariableName { name: name.into() });
    }
    InputPath::parse(path).map_err(|error| TransformError::Path {
        variable: name.into(),
        error,
    })
}
