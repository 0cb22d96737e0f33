use std::borrow::Cow;

use serde::de::IgnoredAny;

use crate::{ApplyError, InputError, InputPath, InputTransformer, Reserved, event};

/// What a target gets. A target has at most one of the three parameters; the service says `Only one of Input, InputPath, or
/// InputTransformer must be provided for target <id>.` otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Input {
    /// None of them: the event as it is.
    #[default]
    Event,
    /// `Input`: always the same.
    Constant(Constant),
    /// `InputPath`: a part of the event.
    Path(InputPath),
    /// `InputTransformer`: a template, filled with parts of the event.
    Transformer(InputTransformer),
}

/// A JSON text, which the target gets as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constant(String);

impl Constant {
    /// Checks the text. Any JSON value is taken, a string or a number too.
    ///
    /// # Errors
    /// When it isn't JSON.
    pub fn parse(json: &str) -> Result<Self, InputError> {
        serde_json::from_str::<IgnoredAny>(json)?;
        Ok(Constant(json.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Input {
    /// What the target gets for an event: JSON, or several JSON strings where a template has several. None if the event
    /// doesn't have what the path selects; then there is nothing to send.
    ///
    /// # Errors
    /// When the event isn't JSON, or a template makes too much of it.
    pub fn apply<'a>(
        &'a self,
        event: &'a [u8],
        reserved: &Reserved<'_>,
    ) -> Result<Option<Cow<'a, str>>, ApplyError> {
        match self {
            Input::Event => Ok(Some(event::parse(event)?.get().into())),
            Input::Constant(constant) => Ok(Some(constant.as_str().into())),
            Input::Path(path) => path.select(event),
            Input::Transformer(transformer) => {
                let transformed = transformer.transform(event, reserved)?;
                Ok(Some(transformed.into()))
            }
        }
    }
}
