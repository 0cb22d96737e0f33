/// Why a JSON path is refused. The service says `InputPath for target <id> is invalid.`, to those of an `InputPathsMap` too.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// More than [`MAXIMUM_PATH_LENGTH`](crate::MAXIMUM_PATH_LENGTH) characters.
    #[error("a path has at most {maximum} characters")]
    TooLong {
        /// How many characters there may be.
        maximum: usize,
    },
    /// It doesn't begin with `$`.
    #[error("a path begins with $")]
    NoRoot,
    /// What follows isn't `.name`, `.*`, `[0]` or `[*]`.
    #[error("unexpected text in the path at character {position}")]
    Syntax {
        /// Which character, from 1.
        position: usize,
    },
}

/// Why the constant `Input` is refused. The service says `JSON syntax error in input for target <id>.`
#[derive(Debug, thiserror::Error)]
#[error("the input is not JSON: {0}")]
pub struct InputError(#[from] pub(crate) serde_json::Error);

/// Why an `InputTransformer` is refused.
#[derive(Debug, thiserror::Error)]
pub enum TransformError {
    /// More than [`MAXIMUM_PATHS`](crate::MAXIMUM_PATHS) entries in the paths map.
    #[error("there are at most {maximum} paths")]
    TooManyPaths {
        /// How many there may be.
        maximum: usize,
    },
    /// A variable's name isn't of 1 to 256 letters, digits, `_` and `-`.
    #[error("{name:?} is no name for a variable")]
    VariableName {
        /// The name.
        name: String,
    },
    /// A variable's path. The service says `InputPath for target <id> is invalid.`
    #[error("the path of {variable}: {error}")]
    Path {
        /// The variable.
        variable: String,
        /// What is wrong with the path.
        error: PathError,
    },
    /// Not from 1 to [`MAXIMUM_TEMPLATE_LENGTH`](crate::MAXIMUM_TEMPLATE_LENGTH) characters.
    #[error("a template has from 1 to {maximum} characters")]
    TemplateLength {
        /// How many characters there may be.
        maximum: usize,
    },
    /// A placeholder without a path, which isn't reserved either. The service says
    /// `InputTemplate for target <id> contains invalid placeholder <name>.`
    #[error("there is no variable {name}")]
    UnknownVariable {
        /// What stands between `<` and `>`.
        name: String,
    },
    /// `<aws.events.event.json>` in a template that isn't a JSON object. The service says
    /// `InputTemplate for target <id> contains placeholder aws.events.event.json valid only for JSON template.`
    #[error("<aws.events.event.json> is for templates that are JSON objects")]
    EventJsonOutsideObject,
    /// A placeholder in an object's key ("The placeholder cannot be used as an object key", the API reference).
    #[error("a placeholder can't be in a key")]
    PlaceholderInKey,
    /// With values in place of the placeholders, the template is neither a JSON object nor JSON strings. The service says
    /// `Invalid InputTemplate for target <id> : [Source: (String)"…"; line: <line>, column: <column>].`
    #[error("the template is not JSON, line {line}, column {column}: {error}")]
    NotJson {
        /// From 1; of the template with `null` in place of each placeholder.
        line: usize,
        /// From 1.
        column: usize,
        /// What is wrong there.
        error: serde_json::Error,
    },
}

/// Why there is no input for a target, though there is an event.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The event isn't JSON.
    #[error("the event is not JSON: {0}")]
    Event(#[from] serde_json::Error),
    /// What a template makes of the event is larger than [`MAXIMUM_OUTPUT_BYTES`](crate::MAXIMUM_OUTPUT_BYTES).
    #[error("the input has more than {maximum} bytes")]
    TooLarge {
        /// How many bytes there may be.
        maximum: usize,
    },
}
