use std::borrow::Cow;
use std::hash::{Hash, Hasher};

/// The largest magnitude of a number that is compared by value, in millionths: 5.0e9, inclusive.
const MAXIMUM_MILLIONTHS: i64 = 5_000_000_000 * 1_000_000;

/// The decimals of a number that count.
const DECIMALS: i64 = 6;

/// A number as it was written, and what it is worth.
///
/// EventBridge compares numbers from -5.0e9 to +5.0e9, to six digits after the point. Beyond those bounds a number is in no
/// range, and digits after the sixth don't count for ranges. Two such numbers are equal only if they are written the same.
#[derive(Debug, Clone)]
pub struct Number<'a> {
    text: Cow<'a, str>,
    millionths: Option<i64>,
    /// Whether the millionths are all there is.
    exact: bool,
}

impl<'a> Number<'a> {
    /// Reads a decimal number. More than JSON allows is one: `+1`, `007`, `1.` and `.5` too, as SNS takes them in attributes.
    /// `None` if the text is no number.
    pub fn parse(text: impl Into<Cow<'a, str>>) -> Option<Self> {
        let text = text.into();
        let (millionths, exact) = Decimal::parse(&text)?.millionths();
        Some(Self {
            text,
            millionths,
            exact,
        })
    }

    /// The text that was read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value in millionths, without what is less than one. `None` if it is beyond ±5.0e9.
    pub fn millionths(&self) -> Option<i64> {
        self.millionths
    }

    /// The value in millionths, if that is what tells the number from others.
    pub(crate) fn identity(&self) -> Option<i64> {
        self.millionths.filter(|_| self.exact)
    }

    pub(crate) fn into_owned(self) -> Number<'static> {
        Number {
            text: Cow::Owned(self.text.into_owned()),
            millionths: self.millionths,
            exact: self.exact,
        }
    }
}

impl PartialEq for Number<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.identity(), other.identity()) {
            (Some(own), Some(others)) => own == others,
            (None, None) => self.text == other.text,
            _ => false,
        }
    }
}

impl Eq for Number<'_> {}

impl Hash for Number<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.identity() {
            Some(millionths) => millionths.hash(state),
            None => self.text.hash(state),
        }
    }
}

/// The parts of a written number: `sign whole.fraction × 10^exponent`, of digits only.
struct Decimal<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    exponent: i64,
}

impl<'a> Decimal<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            None => (unsigned, 0),
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let valid = digits_only(whole) && digits_only(fraction) && !(whole.is_empty() && fraction.is_empty());
        valid.then_some(Self {
            negative,
            whole,
            fraction,
            exponent,
        })
    }

    /// The value in millionths, `None` beyond the bounds, and whether that is exact.
    fn millionths(&self) -> (Option<i64>, bool) {
        let digits = || self.whole.bytes().chain(self.fraction.bytes());
        let Some(leading_zeros) = digits().position(|digit| digit != b'0') else {
            return (Some(0), true);
        };
        let count = self.whole.len() + self.fraction.len();
        // The value is 0.d₁d₂d₃… × 10^magnitude millionths, with d₁ not 0.
        let magnitude = saturating(self.whole.len())
            .saturating_sub(saturating(leading_zeros))
            .saturating_add(self.exponent)
            .saturating_add(DECIMALS);
        if magnitude > 16 {
            return (None, false);
        }
        let kept = usize::try_from(magnitude).unwrap_or(0);
        let mut value = 0_i64;
        for position in 0..kept {
            let digit = if leading_zeros + position < count {
                self.digit(leading_zeros + position)
            } else {
                0
            };
            value = value * 10 + i64::from(digit);
        }
        let exact = digits().skip(leading_zeros + kept).all(|digit| digit == b'0');
        if value > MAXIMUM_MILLIONTHS {
            return (None, false);
        }
        (Some(if self.negative { -value } else { value }), exact)
    }

    fn digit(&self, index: usize) -> u8 {
        let byte = match index.checked_sub(self.whole.len()) {
            None => self.whole.as_bytes()[index],
            Some(index) => self.fraction.as_bytes()[index],
        };
        byte - b'0'
    }
}

fn saturating(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// Digits with a sign or without. What doesn't fit is as good as infinite.
fn parse_exponent(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let magnitude = digits.bytes().fold(0_i64, |value, digit| {
        value.saturating_mul(10).saturating_add(i64::from(digit - b'0'))
    });
    Some(if negative { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_worth_what_they_say() {
        for (text, expected) in [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("0.000e400", Some(0)),
            ("300", Some(300_000_000)),
            ("300.0", Some(300_000_000)),
            ("3.0e2", Some(300_000_000)),
            ("3E+2", Some(300_000_000)),
            ("0.0003e6", Some(300_000_000)),
            ("-1.5", Some(-1_500_000)),
            ("0.000001", Some(1)),
            ("0.0000019", Some(1)),
            ("-0.0000019", Some(-1)),
            ("0.0000001", Some(0)),
            ("1e-400", Some(0)),
            ("1e-99999999999999999999", Some(0)),
            ("5000000000", Some(MAXIMUM_MILLIONTHS)),
            ("-5.0e9", Some(-MAXIMUM_MILLIONTHS)),
            ("5000000000.000001", None),
            ("5e10", None),
            ("123456789012", None),
            ("1e400", None),
            ("1e99999999999999999999", None),
            ("+1", Some(1_000_000)),
            ("007", Some(7_000_000)),
            ("1.", Some(1_000_000)),
            (".5", Some(500_000)),
        ] {
            assert_eq!(Number::parse(text).unwrap().millionths(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "", "-", "+", ".", "e5", "1e", "1e+", "1e1.5", "1.2.3", "0x10", " 1", "1 ", "1,5", "NaN", "--1",
            "١",
        ] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_equal_by_value_or_else_by_text() {
        for (one, other, expected) in [
            ("300", "300.0", true),
            ("300", "3.0e2", true),
            ("0", "-0", true),
            ("1", "1.0000000", true),
            ("1", "2", false),
            ("0.1234567", "0.1234567", true),
            ("0.1234567", "0.1234568", false),
            ("0.1234567", "0.123456", false),
            ("123456789012", "123456789012", true),
            ("123456789012", "123456789012.0", false),
            ("123456789012", "123456789013", false),
        ] {
            let equal = Number::parse(one) == Number::parse(other);
            assert_eq!(equal, expected, "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn millionths_are_those_of_the_decimal(value in -5_000_000_000_000_000_i64..=5_000_000_000_000_000, shift in 0_i32..20) {
            let sign = if value < 0 { "-" } else { "" };
            let (whole, fraction) = (value.unsigned_abs() / 1_000_000, value.unsigned_abs() % 1_000_000);
            let plain = format!("{sign}{whole}.{fraction:06}");
            prop_assert_eq!(Number::parse(plain.as_str()).unwrap().millionths(), Some(value));
            let shifted = format!("{value}{}e-{}", "0".repeat(usize::try_from(shift).unwrap()), 6 + shift);
            prop_assert_eq!(Number::parse(shifted.as_str()).unwrap().millionths(), Some(value));
            prop_assert!(Number::parse(plain) == Number::parse(shifted));
        }
    }
}
