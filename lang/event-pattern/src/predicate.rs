use crate::case::fold;
use crate::number::Number;
use crate::range::Range;
use crate::scalar::Scalar;
use crate::wildcard::Wildcard;
use ipnet::IpNet;
use std::net::IpAddr;

/// What one value of an event is asked. Texts to be compared without case are stored without.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Predicate {
    /// A value itself.
    Equals(Scalar<'static>),
    /// `equals-ignore-case`: a string, whatever its case.
    EqualsIgnoringCase(Box<str>),
    /// `prefix`: strings that begin so.
    Prefix(Box<str>),
    /// `prefix` with `equals-ignore-case`.
    PrefixIgnoringCase(Box<str>),
    /// `suffix`: strings that end so.
    Suffix(Box<str>),
    /// `suffix` with `equals-ignore-case`.
    SuffixIgnoringCase(Box<str>),
    /// `wildcard`: strings of that form.
    Wildcard(Wildcard),
    /// `anything-but`: all values but some.
    AnythingBut(Excluded),
    /// `numeric`: numbers within a range.
    Numeric(Range),
    /// `cidr`: strings that are an address of a network.
    Network(IpNet),
    /// `exists` with `true`: any value, `null` too.
    Exists,
}

/// The values that `anything-but` leaves out. A value of another type is never among them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Excluded {
    /// These strings.
    Strings(Box<[Box<str>]>),
    /// These numbers.
    Numbers(Box<[Number<'static>]>),
    /// These strings whatever their case.
    IgnoringCase(Box<[Box<str>]>),
    /// Strings that begin with one of these.
    Prefixes(Box<[Box<str>]>),
    /// Strings that end with one of these.
    Suffixes(Box<[Box<str>]>),
    /// Strings of one of these forms.
    Wildcards(Box<[Wildcard]>),
}

impl Predicate {
    /// Whether a value is one of those asked for.
    pub(crate) fn fits(&self, value: &Scalar<'_>) -> bool {
        match self {
            Self::Equals(own) => own == value,
            Self::Exists => true,
            Self::AnythingBut(excluded) => !excluded.contains(value),
            Self::Numeric(range) => match value {
                Scalar::Number(number) => range.contains(number),
                _ => false,
            },
            _ => match value {
                Scalar::String(text) => self.fits_text(text),
                _ => false,
            },
        }
    }

    fn fits_text(&self, text: &str) -> bool {
        match self {
            Self::EqualsIgnoringCase(own) => *fold(text) == **own,
            Self::Prefix(prefix) => text.starts_with(&**prefix),
            Self::PrefixIgnoringCase(prefix) => fold(text).starts_with(&**prefix),
            Self::Suffix(suffix) => text.ends_with(&**suffix),
            Self::SuffixIgnoringCase(suffix) => fold(text).ends_with(&**suffix),
            Self::Wildcard(wildcard) => wildcard.matches(text),
            Self::Network(network) => text
                .parse::<IpAddr>()
                .is_ok_and(|address| network.contains(&address)),
            Self::Equals(_) | Self::Exists | Self::AnythingBut(_) | Self::Numeric(_) => false,
        }
    }
}

impl Excluded {
    fn contains(&self, value: &Scalar<'_>) -> bool {
        match (self, value) {
            (Self::Numbers(numbers), Scalar::Number(number)) => numbers.contains(number),
            (Self::Strings(strings), Scalar::String(text)) => strings.iter().any(|own| **own == **text),
            (Self::IgnoringCase(strings), Scalar::String(text)) => {
                let folded = fold(text);
                strings.iter().any(|own| **own == *folded)
            }
            (Self::Prefixes(prefixes), Scalar::String(text)) => {
                prefixes.iter().any(|prefix| text.starts_with(&**prefix))
            }
            (Self::Suffixes(suffixes), Scalar::String(text)) => {
                suffixes.iter().any(|suffix| text.ends_with(&**suffix))
            }
            (Self::Wildcards(wildcards), Scalar::String(text)) => {
                wildcards.iter().any(|wildcard| wildcard.matches(text))
            }
            _ => false,
        }
    }
}
