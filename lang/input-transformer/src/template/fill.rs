//! What a variable's value looks like in its place.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde_json::value::RawValue;

use super::{Reserved, Variable};
use crate::event::Kind;

const EMPTY_STRING: &str = "\"\"";

pub(super) struct Source<'s> {
    pub(super) values: &'s [Option<Cow<'s, str>>],
    pub(super) event: &'s RawValue,
    pub(super) reserved: &'s Reserved<'s>,
}

impl<'s> Source<'s> {
    /// As a JSON value.
    pub(super) fn value(&self, variable: Variable) -> Result<Cow<'s, str>, serde_json::Error> {
        match variable {
            Variable::Path(number) => Ok(match &self.values[number] {
                Some(json) => Cow::Borrowed(json),
                None => Cow::Borrowed(EMPTY_STRING),
            }),
            Variable::RuleArn => serde_json::to_string(self.reserved.rule_arn).map(Cow::Owned),
            Variable::RuleName => serde_json::to_string(self.reserved.rule_name).map(Cow::Owned),
            Variable::IngestionTime => serde_json::to_string(self.reserved.ingestion_time).map(Cow::Owned),
            Variable::Event => without_detail(self.event).map(Cow::Owned),
            Variable::EventJson => Ok(Cow::Borrowed(self.event.get())),
        }
    }

    /// As a piece of a JSON string, without its quotes.
    pub(super) fn in_string(&self, variable: Variable) -> Result<Cow<'s, str>, serde_json::Error> {
        Ok(match self.value(variable)? {
            Cow::Borrowed(json) => unquoted(json),
            Cow::Owned(json) => Cow::Owned(unquoted(&json).into_owned()),
        })
    }
}

fn without_detail(event: &RawValue) -> Result<String, serde_json::Error> {
    let mut members: IndexMap<String, &RawValue> = serde_json::from_str(event.get())?;
    members.shift_remove("detail");
    if let Some(detail_type) = members.shift_remove("detail-type") {
        members.insert("detailType".into(), detail_type);
    }
    serde_json::to_string(&members)
}

/// JSON that can stand inside a string: a string's own text with its escapes; of objects and arrays what remains without
/// quotes and the space between parts.
fn unquoted(json: &str) -> Cow<'_, str> {
    match Kind::of(json) {
        Kind::String => Cow::Borrowed(&json[1..json.len() - 1]),
        Kind::Scalar => Cow::Borrowed(json),
        Kind::Object | Kind::Array => Cow::Owned(without_quotes(json)),
    }
}

fn without_quotes(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    let mut in_string = false;
    let mut characters = json.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => in_string = !in_string,
            // An escape is kept as a whole; that of a quote is a quote.
            '\\' => match characters.next() {
                Some('"') | None => {}
                Some(escaped) => text.extend(['\\', escaped]),
            },
            character if in_string || !character.is_ascii_whitespace() => text.push(character),
            _ => {}
        }
    }
    text
}
