use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::PhoneNumber;

/// The longest name: what fits the address field of a message (3GPP TS 23.040, section 9.1.2.5).
const MAXIMUM_NAME_CHARACTERS: usize = 11;

/// Who a message is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sender {
    /// A number that can be answered.
    Number(PhoneNumber),
    /// A number of 3 to 8 digits that is valid in one country.
    ShortCode(ShortCode),
    /// A name, which can't be answered.
    Name(SenderName),
}

/// See [`Sender::ShortCode`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShortCode(String);

/// See [`Sender::Name`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SenderName(String);

/// Something can't be who a message is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a sender is an international number, a short code of 3 to 8 digits, or a name of up to {MAXIMUM_NAME_CHARACTERS} \
     letters, digits, spaces, hyphens and underscores that has a letter"
)]
pub struct InvalidSender;

impl FromStr for Sender {
    type Err = InvalidSender;

    /// Reads what begins with `+` as a number, digits as a short code, and all else as a name.
    fn from_str(text: &str) -> Result<Self, InvalidSender> {
        if text.starts_with('+') {
            return text.parse().map(Sender::Number).map_err(|_| InvalidSender);
        }
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            let is_short_code = (3..=8).contains(&text.len());
            let code = ShortCode(text.to_owned());
            return is_short_code
                .then_some(Sender::ShortCode(code))
                .ok_or(InvalidSender);
        }
        let is_name = (1..=MAXIMUM_NAME_CHARACTERS).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b" -_".contains(&byte))
            && text.bytes().any(|byte| byte.is_ascii_alphabetic())
            && text.trim() == text;
        let name = SenderName(text.to_owned());
        is_name.then_some(Sender::Name(name)).ok_or(InvalidSender)
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sender::Number(number) => number.fmt(formatter),
            Sender::ShortCode(ShortCode(text)) | Sender::Name(SenderName(text)) => formatter.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_a_number_a_short_code_or_a_name() {
        for (text, kind) in [
            ("+15550100", "number"),
            ("123", "short code"),
            ("12345678", "short code"),
            ("NINEFOLD", "name"),
            ("My Shop 24", "name"),
            ("a-b_c", "name"),
            ("ELEVENCHARS", "name"),
        ] {
            let sender: Sender = text.parse().unwrap();
            let found = match sender {
                Sender::Number(_) => "number",
                Sender::ShortCode(_) => "short code",
                Sender::Name(_) => "name",
            };
            assert_eq!((found, &*sender.to_string()), (kind, text));
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            " ",
            "12",
            "123456789",
            "+",
            "+0123",
            "TWELVE CHARS",
            " NAME",
            "NAME ",
            "1 2",
            "Ünal",
            "a&b=c",
            "a\"b",
            "a\nb",
        ] {
            assert_eq!(text.parse::<Sender>(), Err(InvalidSender), "{text:?}");
        }
    }
}
