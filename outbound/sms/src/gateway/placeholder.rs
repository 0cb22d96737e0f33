use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::InvalidTemplate;
use crate::{Sender, TextMessage};

/// All but the unreserved characters of RFC 3986, section 2.3, and the dot, which makes path segments that mean something: a
/// value is nothing but a value, wherever in a URL or a form it stands.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');

/// What a template can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placeholder {
    To,
    ToDigits,
    Text,
    Sender,
    Kind,
    MessageId,
}

impl Placeholder {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "to" => Placeholder::To,
            "to_digits" => Placeholder::ToDigits,
            "text" => Placeholder::Text,
            "sender" => Placeholder::Sender,
            "kind" => Placeholder::Kind,
            "message_id" => Placeholder::MessageId,
            _ => return None,
        })
    }
}

/// The values of a message.
pub(super) struct Values<'a> {
    to: String,
    text: &'a str,
    sender: String,
    kind: &'static str,
    message_id: &'a str,
}

impl<'a> Values<'a> {
    pub(super) fn new(message: &'a TextMessage, default_sender: Option<&Sender>) -> Self {
        let sender = message.sender.as_ref().or(default_sender);
        Values {
            to: message.to.to_string(),
            text: &message.text,
            sender: sender.map(ToString::to_string).unwrap_or_default(),
            kind: message.kind.as_str(),
            message_id: message.message_id.as_str(),
        }
    }

    fn get(&self, placeholder: Placeholder) -> &str {
        match placeholder {
            Placeholder::To => &self.to,
            Placeholder::ToDigits => self.to.trim_start_matches('+'),
            Placeholder::Text => self.text,
            Placeholder::Sender => &self.sender,
            Placeholder::Kind => self.kind,
            Placeholder::MessageId => self.message_id,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Placeholder(Placeholder),
}

/// A text with placeholders in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Piece>);

impl Pattern {
    /// Reads `{name}` as a placeholder; a brace that doesn't begin a name in small letters stands for itself.
    pub(super) fn parse(text: &str) -> Result<Self, InvalidTemplate> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            literal.push_str(before);
            match name_in_braces(after) {
                None => {
                    literal.push('{');
                    rest = after;
                }
                Some(name) => {
                    let placeholder = Placeholder::named(name)
                        .ok_or_else(|| InvalidTemplate::UnknownPlaceholder(name.to_owned()))?;
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                    pieces.push(Piece::Placeholder(placeholder));
                    rest = &after[name.len() + 1..];
                }
            }
        }
        literal.push_str(rest);
        pieces.push(Piece::Literal(literal));
        pieces.retain(|piece| *piece != Piece::Literal(String::new()));
        Ok(Pattern(pieces))
    }

    /// The literal text before the first placeholder.
    pub(super) fn start(&self) -> &str {
        match self.0.first() {
            Some(Piece::Literal(text)) => text,
            _ => "",
        }
    }

    pub(super) fn has(&self, placeholder: Placeholder) -> bool {
        self.0.contains(&Piece::Placeholder(placeholder))
    }

    /// Whether the placeholder stands somewhere before this character.
    pub(super) fn has_before(&self, placeholder: Placeholder, character: char) -> bool {
        self.0
            .iter()
            .take_while(|piece| !matches!(piece, Piece::Literal(text) if text.contains(character)))
            .any(|piece| *piece == Piece::Placeholder(placeholder))
    }

    /// The text with its values as they are.
    pub(super) fn fill(&self, values: &Values<'_>) -> String {
        self.fill_with(|placeholder, filled| filled.push_str(values.get(placeholder)))
    }

    /// The text with its values percent-encoded.
    pub(super) fn fill_encoded(&self, values: &Values<'_>) -> String {
        self.fill_with(|placeholder, filled| {
            filled.extend(utf8_percent_encode(values.get(placeholder), VALUE))
        })
    }

    fn fill_with(&self, mut fill: impl FnMut(Placeholder, &mut String)) -> String {
        let mut filled = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => filled.push_str(text),
                Piece::Placeholder(placeholder) => fill(*placeholder, &mut filled),
            }
        }
        filled
    }
}

/// The name at the beginning of what follows an opening brace.
fn name_in_braces(text: &str) -> Option<&str> {
    let (name, _) = text.split_once('}')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MessageId, SmsKind};

    fn message() -> TextMessage {
        TextMessage {
            to: "+15550100".parse().unwrap(),
            text: "a&b=\u{e4}. {to}".to_owned(),
            sender: Some("My Shop".parse().unwrap()),
            kind: SmsKind::Transactional,
            message_id: MessageId::new("id-1").unwrap(),
        }
    }

    #[test]
    fn placeholders_become_values_once() {
        let message = message();
        let values = Values::new(&message, None);
        let pattern = Pattern::parse("{to}|{to_digits}|{text}|{sender}|{kind}|{message_id}").unwrap();
        assert_eq!(
            pattern.fill(&values),
            "+15550100|15550100|a&b=\u{e4}. {to}|My Shop|transactional|id-1"
        );
        assert_eq!(
            pattern.fill_encoded(&values),
            "%2B15550100|15550100|a%26b%3D%C3%A4%2E%20%7Bto%7D|My%20Shop|transactional|id-1"
        );
    }

    #[test]
    fn braces_without_a_name_stand_for_themselves() {
        let message = message();
        let values = Values::new(&message, None);
        for (text, expected) in [
            ("", ""),
            ("{", "{"),
            ("{}", "{}"),
            ("{ to }", "{ to }"),
            ("{{to}}", "{+15550100}"),
            ("{\"to\":1}", "{\"to\":1}"),
            ("a{to", "a{to"),
            ("}{TO}", "}{TO}"),
        ] {
            assert_eq!(Pattern::parse(text).unwrap().fill(&values), expected, "{text}");
        }
        let unknown = InvalidTemplate::UnknownPlaceholder("phone".to_owned());
        assert_eq!(Pattern::parse("a={phone}"), Err(unknown));
    }

    #[test]
    fn without_a_sender_the_default_is_used() {
        let message = TextMessage {
            sender: None,
            ..message()
        };
        let default = "12345".parse().unwrap();
        let pattern = Pattern::parse("{sender}").unwrap();
        assert_eq!(pattern.fill(&Values::new(&message, Some(&default))), "12345");
        assert_eq!(pattern.fill(&Values::new(&message, None)), "");
    }
}
