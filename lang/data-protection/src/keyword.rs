//! Keywords near data: many identifiers count only with a word nearby that says what the data is.

use crate::managed::{ManagedIdentifier, catalog};
use aho_corasick::AhoCorasick;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

/// How far from the data a keyword may be. SNS's page says "in proximity"; the number is that of Macie, whose
/// identifiers these are: <https://docs.aws.amazon.com/macie/latest/user/managed-data-identifiers-keywords.html>.
const PROXIMITY_CHARACTERS: usize = 30;
const PROXIMITY_BYTES: usize = PROXIMITY_CHARACTERS * MAXIMUM_CHARACTER_BYTES;
const MAXIMUM_CHARACTER_BYTES: usize = 4;

/// Where the keywords of identifiers are in a message.
#[derive(Debug, Default)]
pub(crate) struct KeywordHits {
    /// By the identifier's name.
    by_identifier: BTreeMap<&'static str, Hits>,
}

/// Where the keywords of one identifier are in a message.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Hits {
    /// In order.
    starts: Vec<usize>,
    /// In order.
    ends: Vec<usize>,
}

impl KeywordHits {
    /// Finds the keywords of the given identifiers in one pass over the message.
    pub(crate) fn find(message: &str, identifiers: impl Iterator<Item = &'static ManagedIdentifier>) -> Self {
        let mut hits: BTreeMap<&'static str, Hits> = identifiers
            .filter(|identifier| !identifier.keywords().is_empty())
            .map(|identifier| (identifier.name(), Hits::default()))
            .collect();
        if !hits.is_empty() {
            INDEX.collect(message, &mut hits);
        }
        for hits in hits.values_mut() {
            hits.starts.sort_unstable();
        }
        Self { by_identifier: hits }
    }

    /// Those of one identifier: none if it wasn't among those looked for.
    pub(crate) fn of(&self, identifier: &str) -> &Hits {
        static NONE: Hits = Hits {
            starts: Vec::new(),
            ends: Vec::new(),
        };
        self.by_identifier.get(identifier).unwrap_or(&NONE)
    }
}

impl Hits {
    /// Whether a keyword ends within 30 characters before a range, or starts within 30 after it.
    pub(crate) fn are_near(&self, message: &str, range: &Range<usize>) -> bool {
        let is_near = |gap: Range<usize>| {
            gap.len() <= PROXIMITY_CHARACTERS
                || gap.len() <= PROXIMITY_BYTES && message[gap].chars().count() <= PROXIMITY_CHARACTERS
        };
        let before = self.ends.partition_point(|end| *end <= range.start);
        let after = self.starts.partition_point(|start| *start < range.end);
        before
            .checked_sub(1)
            .is_some_and(|last| is_near(self.ends[last]..range.start))
            || self
                .starts
                .get(after)
                .is_some_and(|start| is_near(range.end..*start))
    }

    /// The parts of a message that have all data of at most `longest_bytes` near a keyword: in order, disjoint, on
    /// character boundaries, with what follows such data in sight.
    pub(crate) fn windows(&self, message: &str, longest_bytes: usize) -> Vec<Range<usize>> {
        let reach = PROXIMITY_BYTES + longest_bytes + MAXIMUM_CHARACTER_BYTES;
        let mut windows: Vec<Range<usize>> = Vec::new();
        // The data may stand before the first of two keywords that overlap, and after the second.
        let mut starts = self.starts.iter();
        for end in &self.ends {
            let start = starts.next().map_or(*end, |start| *start);
            let window = message.floor_char_boundary(start.saturating_sub(reach))
                ..message.ceil_char_boundary(end.saturating_add(reach).min(message.len()));
            match windows.last_mut() {
                Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
                _ => windows.push(window),
            }
        }
        windows
    }
}

static INDEX: LazyLock<KeywordIndex> = LazyLock::new(KeywordIndex::new);

/// All keywords of all identifiers.
struct KeywordIndex {
    automaton: AhoCorasick,
    /// By the number of the automaton's pattern.
    keywords: Vec<Keyword>,
}

struct Keyword {
    /// `exp d` and its like: the last word is cut off, and may go on.
    is_abbreviated: bool,
    identifiers: Vec<&'static str>,
}

impl KeywordIndex {
    fn new() -> Self {
        let mut by_spelling: BTreeMap<String, Keyword> = BTreeMap::new();
        for identifier in catalog() {
            for keyword in identifier.keywords() {
                for spelling in spellings(keyword) {
                    by_spelling
                        .entry(spelling)
                        .or_insert_with(|| Keyword {
                            is_abbreviated: is_abbreviated(keyword),
                            identifiers: Vec::new(),
                        })
                        .identifiers
                        .push(identifier.name());
                }
            }
        }
        let (patterns, mut keywords): (Vec<String>, Vec<Keyword>) = by_spelling.into_iter().unzip();
        for keyword in &mut keywords {
            keyword.identifiers.sort_unstable();
            keyword.identifiers.dedup();
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(patterns)
            .expect("the keywords are some thousands, far below the automaton's limits");
        Self { automaton, keywords }
    }

    fn collect(&self, message: &str, hits: &mut BTreeMap<&'static str, Hits>) {
        for hit in self.automaton.find_overlapping_iter(message) {
            let keyword = &self.keywords[hit.pattern().as_usize()];
            if !is_word(message, hit.range(), keyword.is_abbreviated) {
                continue;
            }
            for identifier in &keyword.identifiers {
                if let Some(hits) = hits.get_mut(identifier) {
                    hits.starts.push(hit.start());
                    hits.ends.push(hit.end());
                }
            }
        }
    }
}

/// The ways to write a keyword: "if a keyword contains a space, Amazon SNS automatically matches keyword variations that
/// don't contain the space, or contain an underscore or a hyphen instead of the space". ASCII letters are matched in any
/// case; other letters in lower case, in upper case, and as they stand.
fn spellings(keyword: &str) -> Vec<String> {
    let mut spellings = Vec::new();
    for cased in [keyword.to_owned(), keyword.to_lowercase(), keyword.to_uppercase()] {
        for apostrophe in ["'", "’"] {
            for separator in [" ", "", "_", "-"] {
                let spelling = cased.replace(['\'', '’'], apostrophe).replace(' ', separator);
                // ASCII case makes no difference to the automaton: keep one of each.
                let spelling = spelling.to_ascii_lowercase();
                if !spellings.contains(&spelling) {
                    spellings.push(spelling);
                }
            }
        }
    }
    spellings
}

fn is_abbreviated(keyword: &str) -> bool {
    keyword
        .rsplit_once(' ')
        .is_some_and(|(_, last)| last.len() == 1 && last.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

/// Whether a keyword stands for itself rather than within a longer word. The humps of `cardNumber` are words; a plural
/// is the same word.
fn is_word(message: &str, range: Range<usize>, is_abbreviated: bool) -> bool {
    let text = &message[range.clone()];
    let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else {
        return false;
    };
    let joins = |left: char, right: char| {
        left.is_alphabetic() && right.is_alphabetic() && !(left.is_lowercase() && right.is_uppercase())
    };
    let is_joined_before = message[..range.start]
        .chars()
        .next_back()
        .is_some_and(|before| joins(before, first));
    let mut after = message[range.end..].chars();
    let is_joined_after = match after.next() {
        Some('s' | 'S') if last.is_alphabetic() => after
            .next()
            .is_some_and(|next| next.is_alphabetic() && !next.is_uppercase()),
        Some(next) => joins(last, next),
        None => false,
    };
    !is_joined_before && (is_abbreviated || !is_joined_after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(message: &str, identifier: &str) -> Hits {
        let identifiers = catalog()
            .iter()
            .filter(|candidate| candidate.name() == identifier);
        KeywordHits::find(message, identifiers).of(identifier).clone()
    }

    #[test]
    fn keywords_are_found_in_every_spelling() {
        for message in [
            "card number",
            "Card Number",
            "CARD_NUMBER",
            "card-number",
            "cardNumber",
            "customerCardNumber",
            "the card numbers:",
            "card_number1",
        ] {
            assert!(!hits(message, "CreditCardNumber").starts.is_empty(), "{message}");
        }
        for message in ["numéro de passeport", "NUMÉRO DE PASSEPORT", "numérodepasseport"] {
            assert!(!hits(message, "PassportNumber-FR").starts.is_empty(), "{message}");
        }
        for message in ["expDate", "exp month", "EXP_YEAR", "expiry"] {
            assert!(
                !hits(message, "CreditCardExpiration").starts.is_empty(),
                "{message}"
            );
        }
    }

    #[test]
    fn words_within_words_are_not_keywords() {
        for message in [
            "company",
            "span",
            "panel",
            "visage",
            "unelectronic",
            "mcdonald",
            "pan-",
        ] {
            let expected = message == "pan-";
            assert_eq!(
                !hits(message, "CreditCardNumber").starts.is_empty(),
                expected,
                "{message}"
            );
        }
    }

    #[test]
    fn near_is_thirty_characters_either_side() {
        for filler in ["x", "é", "€", "😀"] {
            for (gap, expected) in [(0_usize, true), (1, true), (30, true), (31, false), (300, false)] {
                // The blank keeps the filler from being part of the word.
                let letters = filler.repeat(gap.saturating_sub(1));
                let blank = " ".repeat(gap.min(1));
                let message = format!("ssn{blank}{letters}1234");
                let data = message.len() - 4..message.len();
                let is_near = hits(&message, "Ssn-US").are_near(&message, &data);
                assert_eq!(is_near, expected, "{filler} {gap} before");
                let message = format!("1234{letters}{blank}ssn");
                let is_near = hits(&message, "Ssn-US").are_near(&message, &(0..4));
                assert_eq!(is_near, expected, "{filler} {gap} after");
            }
        }
    }

    #[test]
    fn windows_have_all_that_is_near() {
        let message = format!(
            "{}ssn{}ssn ssn{}",
            "€".repeat(400),
            "€".repeat(400),
            "€".repeat(100)
        );
        let windows = hits(&message, "Ssn-US").windows(&message, 11);
        assert_eq!(windows.len(), 2);
        for window in &windows {
            assert!(message.is_char_boundary(window.start) && message.is_char_boundary(window.end));
        }
        assert!(windows[0].start <= 1200 - 120 - 11 && windows[0].end >= 1203 + 120 + 11);
        assert!(windows[0].end < windows[1].start);
        assert!(hits("no keyword", "Ssn-US").windows("no keyword", 11).is_empty());
    }
}
