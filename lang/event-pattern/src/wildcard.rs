use crate::error::PatternError;

/// The most asterisks in one text. The service refuses texts that it deems too complex without saying from where on; it is
/// known to refuse `*:*:*:*:*:event-bus/*`.
const MAXIMUM_ASTERISKS: usize = 5;

/// A text in which `*` stands for any number of characters, none too. `\*` and `\\` stand for themselves.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Wildcard {
    /// What stands before, between and behind the asterisks.
    pieces: Box<[Box<str>]>,
}

impl Wildcard {
    /// What the service says of a text that is too complex.
    pub(crate) const TOO_COMPLEX: &str = "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a \
         wildcard character";

    /// Reads a text.
    ///
    /// # Errors
    /// Two asterisks in a row, an escape of another character, too many asterisks.
    pub(crate) fn parse(text: &str) -> Result<Self, PatternError> {
        let mut pieces = Vec::new();
        let mut piece = String::new();
        let mut characters = text.char_indices().peekable();
        while let Some((index, character)) = characters.next() {
            // The service counts the quote that a string begins with.
            let position = index + 1;
            let next = characters.peek().map(|(_, next)| *next);
            match (character, next) {
                ('*', Some('*')) => {
                    return Err(PatternError::new(format!(
                        "Consecutive wildcard characters at pos {position}"
                    )));
                }
                ('*', _) => pieces.push(std::mem::take(&mut piece).into_boxed_str()),
                ('\\', Some(escaped @ ('*' | '\\'))) => {
                    piece.push(escaped);
                    characters.next();
                }
                ('\\', _) => {
                    return Err(PatternError::new(format!(
                        "Invalid escape character at pos {position}"
                    )));
                }
                _ => piece.push(character),
            }
        }
        if pieces.len() > MAXIMUM_ASTERISKS {
            return Err(PatternError::new(Self::TOO_COMPLEX));
        }
        pieces.push(piece.into_boxed_str());
        Ok(Self {
            pieces: pieces.into(),
        })
    }

    /// The text, as a pattern has it.
    pub(crate) fn text(&self) -> String {
        let escaped = |piece: &str| piece.replace('\\', r"\\").replace('*', r"\*");
        let pieces = self.pieces.iter().map(|piece| escaped(piece));
        pieces.collect::<Vec<_>>().join("*")
    }

    /// How many asterisks there are.
    pub fn asterisks(&self) -> usize {
        self.pieces.len() - 1
    }

    /// What every text that matches begins with.
    pub(crate) fn beginning(&self) -> &str {
        self.pieces.first().map_or("", |piece| piece)
    }

    /// The longest piece between two asterisks, which every text that matches contains.
    pub(crate) fn middle(&self) -> &str {
        let [_, between @ .., _] = &*self.pieces else {
            return "";
        };
        between
            .iter()
            .max_by_key(|piece| piece.len())
            .map_or("", |piece| piece)
    }

    /// What every text that matches ends with.
    pub(crate) fn ending(&self) -> &str {
        self.pieces.last().map_or("", |piece| piece)
    }

    /// Whether the whole text matches. Each piece is taken where it first occurs: a later place leaves less for the rest.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let Some(mut rest) = text.strip_prefix(self.beginning()) else {
            return false;
        };
        let [_, between @ .., ending] = &*self.pieces else {
            return rest.is_empty();
        };
        for piece in between {
            let Some(index) = rest.find(&**piece) else {
                return false;
            };
            rest = &rest[index + piece.len()..];
        }
        rest.ends_with(&**ending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn asterisks_match() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("*", "anything", true),
            ("a*", "a", true),
            ("a*", "ba", false),
            ("*a", "ba", true),
            ("*a", "ab", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("a*bc", "abcbc", true),
            ("*ab*ab*", "abab", true),
            ("*ab*ab*", "aba", false),
            ("Simple*Service", "SimpleQueueService", true),
            (r"a\*b", "a*b", true),
            (r"a\*b", "axb", false),
            (r"a\\b", r"a\b", true),
            (r"\\*", r"\x", true),
            ("ሴ*", "ሴሴ", true),
            ("?", "a", false),
        ] {
            let matches = Wildcard::parse(pattern).unwrap().matches(text);
            assert_eq!(matches, expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn malformed_texts_are_refused_as_the_service_words_it() {
        for (pattern, reason) in [
            ("**", "Consecutive wildcard characters at pos 1"),
            (
                "arn:aws:events:us-east-1:**:event-bus/*",
                "Consecutive wildcard characters at pos 26",
            ),
            (r"a\b", "Invalid escape character at pos 2"),
            (r"ab\", "Invalid escape character at pos 3"),
            (
                "*:*:*:*:*:event-bus/*",
                "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after \
                 a wildcard character",
            ),
        ] {
            let error = Wildcard::parse(pattern).unwrap_err();
            assert_eq!(error, PatternError::new(reason), "{pattern}");
        }
    }

    /// The definition, character by character.
    fn oracle(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], _) => text.is_empty(),
            (['*', behind @ ..], _) => (0..=text.len()).any(|taken| oracle(behind, &text[taken..])),
            ([own, behind @ ..], [character, rest @ ..]) => own == character && oracle(behind, rest),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn the_matcher_agrees_with_the_definition(pattern in "(\\*?[abሴ]{1,2}){0,4}\\*?", text in "[abሴ]{0,10}") {
            let characters = |text: &str| text.chars().collect::<Vec<_>>();
            let expected = oracle(&characters(&pattern), &characters(&text));
            prop_assert_eq!(Wildcard::parse(&pattern).unwrap().matches(&text), expected);
        }
    }
}
