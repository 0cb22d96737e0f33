use std::borrow::Cow;

use crate::selection::{Selection, Step};
use crate::{ApplyError, PathError, event};

/// How many characters a path may have: the API model's `TargetInputPath`.
pub const MAXIMUM_PATH_LENGTH: usize = 256;

/// A JSON path: `$`, then any number of `.name`, `.*`, `[0]` and `[*]`.
///
/// The guide lists "dot notation, dashes, underscores, alphanumeric characters, array indices, wildcards (*), forward
/// slashes", and that paths aren't validated any further. So names may have other characters too, except those that JSON
/// paths use themselves. Measured of the service: `$` alone and `$.detail.a[0]` are accepted; a path without `$` and
/// quoted brackets (`$.detail['a']`) are refused. Recursive descent, filters and slices are refused here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputPath {
    steps: Vec<Step>,
    selection: Selection,
}

impl InputPath {
    /// Reads a path.
    ///
    /// # Errors
    /// When it isn't of the form above.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        if text.chars().count() > MAXIMUM_PATH_LENGTH {
            return Err(PathError::TooLong {
                maximum: MAXIMUM_PATH_LENGTH,
            });
        }
        let steps = parse_steps(text)?;
        let selection = Selection::of([steps.as_slice()]);
        Ok(InputPath { steps, selection })
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// What the path selects, as JSON text; none if the event doesn't have it. With a wildcard it is an array of all that
    /// match, which is empty if only what comes before the wildcard is there.
    ///
    /// # Errors
    /// When the event isn't JSON.
    pub fn select<'e>(&self, event: &'e [u8]) -> Result<Option<Cow<'e, str>>, ApplyError> {
        let mut found = self.selection.select(event::parse(event)?)?;
        Ok(found.pop().flatten())
    }
}

fn parse_steps(text: &str) -> Result<Vec<Step>, PathError> {
    let mut rest = text.strip_prefix('$').ok_or(PathError::NoRoot)?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let parsed = if let Some(after) = rest.strip_prefix('.') {
            parse_member(after)
        } else if let Some(after) = rest.strip_prefix('[') {
            parse_element(after)
        } else {
            None
        };
        let Some((step, after)) = parsed else {
            let read = &text[..text.len() - rest.len()];
            return Err(PathError::Syntax {
                position: read.chars().count() + 1,
            });
        };
        steps.push(step);
        rest = after;
    }
    Ok(steps)
}

/// The step, and what follows it.
fn parse_member(text: &str) -> Option<(Step, &str)> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let (name, after) = text.split_at(end);
    if name == "*" {
        return Some((Step::Every, after));
    }
    let allowed = |character: char| {
        !character.is_whitespace() && !character.is_control() && !"$*]()'\"?@,\\<>".contains(character)
    };
    (!name.is_empty() && name.chars().all(allowed)).then(|| (Step::Member(name.into()), after))
}

fn parse_element(text: &str) -> Option<(Step, &str)> {
    let (index, after) = text.split_once(']')?;
    if index == "*" {
        return Some((Step::Every, after));
    }
    if !index.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((Step::Element(index.parse().ok()?), after))
}
