//! What a branch is filed under at one of its fields.

use super::affixes::Affix;
use super::fingerprint::{Fingerprint, Fingerprints};
use super::fragments::Fragment;
use crate::predicate::Predicate;
use crate::range::Range;
use crate::wildcard::Wildcard;
use ipnet::IpNet;
use smallvec::SmallVec;

/// What stands for a predicate: a value that fits has it, and most that don't fit haven't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// Any value may fit.
    Any,
    Exact(Fingerprint),
    /// Of a text without its case.
    Folded(Fingerprint),
    Prefix(Affix),
    FoldedPrefix(Affix),
    Suffix(Affix),
    FoldedSuffix(Affix),
    Fragment(Fragment),
    Network(IpNet),
    Range(Range),
}

impl Key {
    pub(super) fn new(predicate: &Predicate, fingerprints: &Fingerprints) -> Self {
        let affix = |text: &str| Affix::new(text.as_bytes(), fingerprints);
        match predicate {
            Predicate::Equals(scalar) => Self::Exact(fingerprints.of_scalar(scalar)),
            Predicate::EqualsIgnoringCase(text) => Self::Folded(fingerprints.of_bytes(text.as_bytes())),
            Predicate::Prefix(prefix) => Self::Prefix(affix(prefix)),
            Predicate::PrefixIgnoringCase(prefix) => Self::FoldedPrefix(affix(prefix)),
            Predicate::Suffix(suffix) => Self::Suffix(affix(suffix)),
            Predicate::SuffixIgnoringCase(suffix) => Self::FoldedSuffix(affix(suffix)),
            Predicate::Wildcard(wildcard) => Self::of_wildcard(wildcard, fingerprints),
            Predicate::Network(network) => Self::Network(*network),
            Predicate::Numeric(range) => Self::Range(*range),
            Predicate::AnythingBut(_) | Predicate::Exists => Self::Any,
        }
    }

    /// The longest piece says most; its beginning and its ending are looked up more quickly.
    fn of_wildcard(wildcard: &Wildcard, fingerprints: &Fingerprints) -> Self {
        let (beginning, middle, ending) = (wildcard.beginning(), wildcard.middle(), wildcard.ending());
        match beginning.len().max(middle.len()).max(ending.len()) {
            0 => Self::Any,
            longest if beginning.len() == longest => {
                Self::Prefix(Affix::new(beginning.as_bytes(), fingerprints))
            }
            longest if ending.len() == longest => Self::Suffix(Affix::new(ending.as_bytes(), fingerprints)),
            _ => Self::Fragment(Fragment::new(middle.as_bytes(), fingerprints)),
        }
    }

    /// How little it says of a value, whatever else is filed: what speaks against filing a branch under it, in branches found
    /// along with it.
    fn vagueness(&self) -> usize {
        match self {
            Self::Exact(_) => 1,
            Self::Folded(_) => 2,
            Self::Prefix(_) | Self::FoldedPrefix(_) | Self::Suffix(_) | Self::FoldedSuffix(_) => 3,
            Self::Network(_) => 3,
            Self::Range(_) => 4,
            Self::Fragment(_) => 6,
            Self::Any => 1_000,
        }
    }
}

/// Whether any value may fit, whatever keys it has.
pub(super) fn leave_all_open(keys: &[Key]) -> bool {
    keys.contains(&Key::Any)
}

/// How little keys say of which a value has to have one.
pub(super) fn vagueness(keys: &[Key]) -> usize {
    keys.iter().map(Key::vagueness).fold(0, usize::saturating_add)
}

impl Fingerprints {
    /// The keys of predicates of which one has to be fit.
    pub(super) fn keys(&self, predicates: &[Predicate]) -> SmallVec<[Key; 1]> {
        predicates
            .iter()
            .map(|predicate| Key::new(predicate, self))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_filed_under_their_longest_piece() {
        let fingerprints = Fingerprints::default();
        let affix = |text: &str| Affix::new(text.as_bytes(), &fingerprints);
        let fragment = |text: &str| Fragment::new(text.as_bytes(), &fingerprints);
        for (text, expected) in [
            ("abc", Key::Prefix(affix("abc"))),
            ("ab*", Key::Prefix(affix("ab"))),
            ("ab*cd", Key::Prefix(affix("ab"))),
            ("*ab", Key::Suffix(affix("ab"))),
            ("a*bc*de", Key::Suffix(affix("de"))),
            ("*bc*", Key::Fragment(fragment("bc"))),
            ("a*bcd*efgh*ij", Key::Fragment(fragment("efgh"))),
            ("*", Key::Any),
            ("", Key::Any),
        ] {
            let wildcard = Wildcard::parse(text).unwrap();
            assert_eq!(Key::of_wildcard(&wildcard, &fingerprints), expected, "{text}");
        }
    }
}
