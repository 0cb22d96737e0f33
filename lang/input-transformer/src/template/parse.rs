//! From a template's text to its parts.

use serde::de::IgnoredAny;

use super::{MAXIMUM_TEMPLATE_LENGTH, Part, Variable};
use crate::TransformError;

/// What stands for a placeholder's value while the template is checked.
const ANY_VALUE: &str = "null";

pub(super) fn parse(
    text: &str,
    path_number: impl FnMut(&str) -> Option<usize>,
) -> Result<Vec<Part>, TransformError> {
    if text.is_empty() || text.chars().count() > MAXIMUM_TEMPLATE_LENGTH {
        return Err(TransformError::TemplateLength {
            maximum: MAXIMUM_TEMPLATE_LENGTH,
        });
    }
    let mut reader = Reader {
        rest: text,
        is_object: text.trim_start().starts_with('{'),
        in_string: false,
        string_has_placeholder: false,
        parts: Vec::new(),
        checked: String::with_capacity(text.len()),
        path_number,
    };
    reader.read()?;
    if reader.is_object {
        serde_json::from_str::<IgnoredAny>(&reader.checked).map_err(not_json)?;
    } else {
        check_values(&reader.checked)?;
    }
    Ok(reader.parts)
}

/// Goes through a template character by character; that it is JSON at all is found out at the end.
struct Reader<'t, F> {
    rest: &'t str,
    is_object: bool,
    in_string: bool,
    /// Of the string that is being read.
    string_has_placeholder: bool,
    parts: Vec<Part>,
    /// The template with values in place of the placeholders.
    checked: String,
    path_number: F,
}

impl<F: FnMut(&str) -> Option<usize>> Reader<'_, F> {
    fn read(&mut self) -> Result<(), TransformError> {
        while let Some(character) = self.rest.chars().next() {
            if let Some(name) = placeholder(self.rest) {
                self.rest = &self.rest[name.len() + "<>".len()..];
                self.read_placeholder(name)?;
                continue;
            }
            self.rest = &self.rest[character.len_utf8()..];
            match character {
                '"' => self.read_quote()?,
                '\\' if self.in_string => self.read_escape(),
                character if character.is_ascii_whitespace() && self.is_object && !self.in_string => {
                    self.checked.push(character);
                }
                character => self.push(character),
            }
        }
        Ok(())
    }

    fn read_placeholder(&mut self, name: &str) -> Result<(), TransformError> {
        let variable = self.variable(name)?;
        if self.in_string {
            self.string_has_placeholder = true;
            self.parts.push(Part::InString(variable));
        } else {
            self.refuse_key()?;
            self.checked.push_str(ANY_VALUE);
            self.parts.push(Part::Value(variable));
        }
        Ok(())
    }

    fn read_quote(&mut self) -> Result<(), TransformError> {
        self.push('"');
        self.in_string = !self.in_string;
        if !self.in_string && self.string_has_placeholder {
            self.refuse_key()?;
        }
        self.string_has_placeholder = false;
        Ok(())
    }

    fn read_escape(&mut self) {
        self.push('\\');
        if let Some(escaped) = self.rest.chars().next() {
            self.push(escaped);
            self.rest = &self.rest[escaped.len_utf8()..];
        }
    }

    fn push(&mut self, character: char) {
        self.checked.push(character);
        match self.parts.last_mut() {
            Some(Part::Text(text)) => text.push(character),
            _ => self.parts.push(Part::Text(character.into())),
        }
    }

    /// After what has a placeholder: it is a key if a colon follows.
    fn refuse_key(&self) -> Result<(), TransformError> {
        if self.rest.trim_start().starts_with(':') {
            return Err(TransformError::PlaceholderInKey);
        }
        Ok(())
    }

    fn variable(&mut self, name: &str) -> Result<Variable, TransformError> {
        match name {
            "aws.events.rule-arn" => Ok(Variable::RuleArn),
            "aws.events.rule-name" => Ok(Variable::RuleName),
            "aws.events.event.ingestion-time" => Ok(Variable::IngestionTime),
            "aws.events.event" => Ok(Variable::Event),
            "aws.events.event.json" if self.is_object => Ok(Variable::EventJson),
            "aws.events.event.json" => Err(TransformError::EventJsonOutsideObject),
            name => (self.path_number)(name)
                .map(Variable::Path)
                .ok_or_else(|| TransformError::UnknownVariable { name: name.into() }),
        }
    }
}

/// The name in `<name>`, if the text begins with that.
fn placeholder(text: &str) -> Option<&str> {
    let (name, _) = text.strip_prefix('<')?.split_once('>')?;
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (!name.is_empty() && name.bytes().all(is_allowed)).then_some(name)
}

/// At least one JSON value, and nothing else.
fn check_values(text: &str) -> Result<(), TransformError> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    match values.next() {
        Some(value) => value.map(drop).map_err(not_json)?,
        None => serde_json::from_str::<IgnoredAny>(text)
            .map(drop)
            .map_err(not_json)?,
    }
    values.try_for_each(|value| value.map(drop).map_err(not_json))
}

fn not_json(error: serde_json::Error) -> TransformError {
    TransformError::NotJson {
        line: error.line(),
        column: error.column(),
        error,
    }
}
