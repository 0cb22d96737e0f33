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
