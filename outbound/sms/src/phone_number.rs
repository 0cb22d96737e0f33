use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The most digits of an international number (ITU-T E.164, section 6.2.1).
const MAXIMUM_DIGITS: usize = 15;

/// A telephone number in its international form: `+` and 1 to 15 digits, the first of them not 0 (ITU-T E.164).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber {
    digits: String,
}

/// Something is no telephone number in its international form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a telephone number is a plus sign and up to {MAXIMUM_DIGITS} digits, of which the first is not 0")]
pub struct InvalidPhoneNumber;

impl PhoneNumber {
    /// The number without its plus sign.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// A number from its digits, without the plus sign.
    ///
    /// # Errors
    /// [`InvalidPhoneNumber`] if these are not 1 to 15 digits, or the first is 0.
    pub fn from_digits(digits: &str) -> Result<Self, InvalidPhoneNumber> {
        let is_number = (1..=MAXIMUM_DIGITS).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        let digits = digits.to_owned();
        is_number
            .then_some(PhoneNumber { digits })
            .ok_or(InvalidPhoneNumber)
    }
}

impl FromStr for PhoneNumber {
    type Err = InvalidPhoneNumber;

    fn from_str(text: &str) -> Result<Self, InvalidPhoneNumber> {
        Self::from_digits(text.strip_prefix('+').ok_or(InvalidPhoneNumber)?)
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "+{}", self.digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_in_its_international_form() {
        for text in ["+1", "+15550100", "+4915112345678", "+123456789012345"] {
            let number: PhoneNumber = text.parse().unwrap();
            assert_eq!(number.to_string(), text);
            assert_eq!(number.digits(), &text[1..]);
        }
        for text in [
            "",
            "+",
            "15550100",
            "+0123",
            "+1234567890123456",
            "+1 555",
            "+1-555",
            "++1",
            "+1\u{660}",
            "+1\r\n",
            "+1&to=2",
        ] {
            assert_eq!(text.parse::<PhoneNumber>(), Err(InvalidPhoneNumber), "{text:?}");
        }
    }
}
