//! The models' regular expressions.

use std::sync::OnceLock;

use regex::Regex;

/// Bytes of compiled program; the models' patterns stay far below.
const COMPILED_SIZE_LIMIT: usize = 1 << 20;

/// A regular expression of a model, compiled on first use. Models write Java's dialect; what only Java has
/// (look-around, possessive quantifiers) cannot be checked in bounded time and is not checked at all.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    translated: Option<String>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Takes a pattern as the model has it and decides whether it can be checked.
    pub(crate) fn new(source: &'static str) -> Self {
        Pattern {
            source,
            translated: translate(source),
            compiled: OnceLock::new(),
        }
    }

    /// The pattern as the model has it.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// Whether values are checked against it.
    pub fn is_checked(&self) -> bool {
        self.compiled().is_some()
    }

    /// Whether the whole value matches; true for a pattern that isn't checked.
    pub fn matches(&self, value: &str) -> bool {
        self.compiled().is_none_or(|regex| regex.is_match(value))
    }

    fn compiled(&self) -> Option<&Regex> {
        let compile = || {
            let pattern = self.translated.as_deref()?;
            regex::RegexBuilder::new(pattern)
                .size_limit(COMPILED_SIZE_LIMIT)
                .build()
                .ok()
        };
        self.compiled.get_or_init(compile).as_ref()
    }
}

/// Rewrites Java's dialect to ours, anchored at both ends; `None` for look-around, back-references and
/// possessive quantifiers.
fn translate(source: &str) -> Option<String> {
    Translation {
        rest: source,
        output: String::from(r"\A(?:"),
        class_depth: 0,
    }
    .run()
}

struct Translation<'a> {
    rest: &'a str,
    output: String,
    class_depth: usize,
}

impl Translation<'_> {
    fn run(mut self) -> Option<String> {
        while let Some(character) = self.next() {
            match character {
                '\\' => self.escape()?,
                '[' => self.open_class(),
                ']' if self.class_depth > 0 => {
                    self.class_depth -= 1;
                    self.output.push(']');
                }
                '(' if self.class_depth == 0 => self.group()?,
                '+' | '*' | '?' | '}' if self.class_depth == 0 && self.rest.starts_with('+') => return None,
                // Set operators of our dialect that are plain characters in Java's.
                '-' | '~' if self.class_depth > 0 && self.rest.starts_with(character) => {
                    self.output.push('\\');
                    self.output.push(character);
                }
                other => self.output.push(other),
            }
        }
        self.output.push_str(r")\z");
        Some(self.output)
    }

    fn next(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.rest = &self.rest[character.len_utf8()..];
        Some(character)
    }

    fn open_class(&mut self) {
        self.class_depth += 1;
        self.output.push('[');
    }

    fn group(&mut self) -> Option<()> {
        let look_around = ["?=", "?!", "?<=", "?<!", "?>"];
        if look_around.iter().any(|prefix| self.rest.starts_with(prefix)) {
            return None;
        }
        self.output.push('(');
        Some(())
    }

    fn escape(&mut self) -> Option<()> {
        match self.next()? {
            // Java's predefined classes are ASCII.
            'w' => self.predefined("0-9A-Za-z_"),
            'd' => self.predefined("0-9"),
            's' => self.predefined(r"\t\n\x0B\f\r "),
            'W' => self.output.push_str("[^0-9A-Za-z_]"),
            'D' => self.output.push_str("[^0-9]"),
            'S' => self.output.push_str(r"[^\t\n\x0B\f\r ]"),
            'u' => self.code_point()?,
            '1'..='9' | 'k' => return None,
            'p' if self.rest.starts_with("{ASCII}") => {
                self.rest = &self.rest["{ASCII}".len()..];
                self.predefined(r"\x00-\x7F");
            }
            other => {
                self.output.push('\\');
                self.output.push(other);
            }
        }
        Some(())
    }

    fn predefined(&mut self, class: &str) {
        self.output.push('[');
        self.output.push_str(class);
        self.output.push(']');
    }

    /// `\u0020`; also `\u10000` to `\u10FFFF`, which the models write for supplementary characters.
    fn code_point(&mut self) -> Option<()> {
        let supplementary = self.rest.starts_with("10000") || self.rest.starts_with("10FFFF");
        let digits = match (supplementary, self.rest.starts_with("10FFFF")) {
            (false, _) => 4,
            (true, false) => 5,
            (true, true) => 6,
        };
        let hexadecimal = self.rest.get(..digits)?;
        u32::from_str_radix(hexadecimal, 16).ok()?;
        self.output.push_str(&format!(r"\x{{{hexadecimal}}}"));
        self.rest = &self.rest[digits..];
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn javas_dialect_is_understood() {
        let cases = [
            (r"[a-zA-Z0-9-_]+", "a-Z_9", true),
            (r"[a-zA-Z0-9-_]+", "a b", false),
            (r"[\w+=,.@-]*", "", true),
            (r"[\w+=,.@-]*", "a+b@c", true),
            // Java's \w and \d are ASCII, and the whole value must match.
            (r"[\w+=,.@-]*", "ä", false),
            (r"[\d]*", "٣", false),
            (r"[a-z]+", "abc\n", false),
            (r"^[a-z]+$", "abc", true),
            ("a|b", "ax", false),
            (r"[\u0020-\u00FF]+", "aÿ", true),
            (r"[\u0020-\u00FF]+", "aĀ", false),
            (r"[\u0020-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+", "a😀", true),
            (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "Größe 7", true),
            (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "a;b", false),
            (r"\p{ASCII}*", "abc", true),
            (r"[0-9A-Za-z\.\-_]*", "a.b-c", true),
            (r"arn:(aws[a-zA-Z-]*)?:lambda:[^:\s]+", "arn:aws:lambda:x", true),
            (r"\S+", "a b", false),
            (r"[ -~]{2,4}", "a~", true),
        ];
        for (source, value, expected) in cases {
            let pattern = Pattern::new(source);
            assert!(pattern.is_checked(), "{source}");
            assert_eq!(pattern.matches(value), expected, "{source} on {value:?}");
        }
    }

    #[test]
    fn what_only_java_has_is_not_checked() {
        let sources = [
            r"(?!^[0-9]+$)([a-zA-Z0-9-_]+)",
            r"^(?=.*[a-z]).+$",
            r"[a-z]*(?<!\.)",
            r"a++",
            r"(a)\1",
            r"\u00",
            r"[a",
        ];
        for source in sources {
            let pattern = Pattern::new(source);
            assert!(!pattern.is_checked(), "{source}");
            assert!(pattern.matches("anything at all"));
        }
    }

    proptest! {
        #[test]
        fn no_pattern_panics(source in r"[\[\]\\(){}?*+|^$&~u0-9a-z.-]{0,24}", value: String) {
            let pattern = Pattern::new(source.leak());
            if !pattern.is_checked() {
                prop_assert!(pattern.matches(&value));
            }
        }
    }
}
