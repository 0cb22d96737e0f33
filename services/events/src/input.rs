//! What a target gets of an event.

use std::borrow::Cow;

use crate::event::Event;
use crate::record::TargetRecord;

/// What a target gets, ready for use.
#[derive(Debug)]
pub(crate) enum TargetInput {
    /// The event as it is.
    Whole,
    /// Always the same.
    Constant(String),
}

impl TargetInput {
    /// Reads what a target says of it.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in AWS's words.
    pub(crate) fn read(target: &TargetRecord) -> Result<Self, String> {
        Ok(match &target.input {
            Some(input) => TargetInput::Constant(input.clone()),
            None => TargetInput::Whole,
        })
    }

    /// The body that the target gets.
    pub(crate) fn body<'a>(&'a self, event: &'a Event) -> Cow<'a, str> {
        match self {
            TargetInput::Whole => Cow::Borrowed(&event.json),
            TargetInput::Constant(text) => Cow::Borrowed(text),
        }
    }
}
