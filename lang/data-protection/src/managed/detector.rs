use crate::keyword::{Hits, KeywordHits};
use regex::Regex;
use std::ops::Range;
use std::sync::OnceLock;

/// The longest text that a pattern may match.
pub(super) const LONGEST_CANDIDATE_BYTES: usize = 64;

/// A managed data identifier: what it is called, and how its data is found.
#[derive(Debug)]
pub(crate) struct ManagedIdentifier {
    name: &'static str,
    keywords: &'static [&'static str],
    detectors: Vec<Detector>,
}

/// One form of an identifier's data.
#[derive(Debug)]
struct Detector {
    needs_keyword: bool,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Pattern(Pattern),
    /// Finds everything in a message: in order, disjoint.
    Scan(fn(&str) -> Vec<Range<usize>>),
}

/// An expression that finds candidates, and a check that decides.
#[derive(Debug)]
struct Pattern {
    /// Begins with an ASCII character, matches no more than [`LONGEST_CANDIDATE_BYTES`].
    expression: &'static str,
    accepts: fn(&Candidate<'_>) -> bool,
    /// Compiled when first needed.
    regex: OnceLock<Regex>,
}

/// Text that looks like an identifier's data.
#[derive(Debug)]
pub(super) struct Candidate<'message> {
    message: &'message str,
    range: Range<usize>,
}

impl ManagedIdentifier {
    /// An identifier whose data needs one of these keywords nearby, except for what is found [`anywhere`](Self::anywhere).
    pub(super) fn new(name: &'static str, keywords: &'static [&'static str]) -> Self {
        Self {
            name,
            keywords,
            detectors: Vec::new(),
        }
    }

    /// Adds a pattern whose data counts near a keyword.
    pub(super) fn near_keyword(self, expression: &'static str, accepts: fn(&Candidate<'_>) -> bool) -> Self {
        self.with(true, Form::Pattern(Pattern::new(expression, accepts)))
    }

    /// Adds a pattern whose data counts wherever it is.
    pub(super) fn anywhere(self, expression: &'static str, accepts: fn(&Candidate<'_>) -> bool) -> Self {
        self.with(false, Form::Pattern(Pattern::new(expression, accepts)))
    }

    /// Adds a function that finds all data by itself.
    pub(super) fn scanned(self, scan: fn(&str) -> Vec<Range<usize>>) -> Self {
        self.with(false, Form::Scan(scan))
    }

    fn with(mut self, needs_keyword: bool, form: Form) -> Self {
        self.detectors.push(Detector { needs_keyword, form });
        self
    }

    /// Such as `Ssn-US`.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn keywords(&self) -> &'static [&'static str] {
        self.keywords
    }

    /// Where a message has this data: in order, disjoint, on character boundaries, none empty.
    pub(crate) fn find(&self, message: &str, hits: &KeywordHits) -> Vec<Range<usize>> {
        let hits = hits.of(self.name);
        let mut found: Vec<Range<usize>> = self
            .detectors
            .iter()
            .flat_map(|detector| detector.find(message, hits))
            .collect();
        if self.detectors.len() > 1 {
            found = merged(found);
        }
        found
    }
}

impl Detector {
    fn find(&self, message: &str, hits: &Hits) -> Vec<Range<usize>> {
        match &self.form {
            Form::Scan(scan) => scan(message),
            Form::Pattern(pattern) if self.needs_keyword => {
                let mut found = Vec::new();
                for window in hits.windows(message, LONGEST_CANDIDATE_BYTES) {
                    pattern.find(message, window, |range| hits.are_near(message, range), &mut found);
                }
                found
            }
            Form::Pattern(pattern) => {
                let mut found = Vec::new();
                pattern.find(message, 0..message.len(), |_| true, &mut found);
                found
            }
        }
    }
}

impl Pattern {
    fn new(expression: &'static str, accepts: fn(&Candidate<'_>) -> bool) -> Self {
        Self {
            expression,
            accepts,
            regex: OnceLock::new(),
        }
    }

    fn regex(&self) -> &Regex {
        self.regex
            .get_or_init(|| Regex::new(self.expression).expect("a test compiles every expression"))
    }

    /// Adds what there is in a window of the message. What was only a candidate is passed by as a whole word, so that
    /// a long word is looked at once.
    fn find(
        &self,
        message: &str,
        window: Range<usize>,
        is_near: impl Fn(&Range<usize>) -> bool,
        found: &mut Vec<Range<usize>>,
    ) {
        let in_sight = &message[..window.end];
        let mut position = window.start;
        while let Some(candidate) = self.regex().find_at(in_sight, position) {
            let candidate = Candidate {
                message,
                range: candidate.range(),
            };
            if candidate.is_whole() && (self.accepts)(&candidate) && is_near(&candidate.range) {
                position = candidate.range.end;
                found.push(candidate.range);
            } else {
                position = candidate.range.start + candidate.word_bytes().max(1);
            }
            if position > window.end {
                break;
            }
        }
    }
}

impl<'message> Candidate<'message> {
    /// The text itself.
    pub(super) fn text(&self) -> &'message str {
        &self.message[self.range.clone()]
    }

    /// Its digits, as numbers.
    pub(super) fn digits(&self) -> Vec<u8> {
        digits(self.text())
    }

    /// Its letters and digits, in upper case.
    pub(super) fn alphanumerics(&self) -> Vec<u8> {
        self.text()
            .bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|byte| byte.to_ascii_uppercase())
            .collect()
    }

    /// What stands before it.
    pub(super) fn before(&self) -> &'message [u8] {
        &self.message.as_bytes()[..self.range.start]
    }

    /// What stands after it.
    pub(super) fn after(&self) -> &'message [u8] {
        &self.message.as_bytes()[self.range.end..]
    }

    /// Whether it is no part of a longer word or number: neither `x123`, nor `0.123`, nor `123-4`.
    fn is_whole(&self) -> bool {
        let is_joined = |neighbour: Option<&u8>, beyond: Option<&u8>| match neighbour {
            Some(byte) if byte.is_ascii_alphanumeric() => true,
            Some(b'.' | b'-') => beyond.is_some_and(u8::is_ascii_digit),
            _ => false,
        };
        let mut before = self.before().iter().rev();
        let mut after = self.after().iter();
        !is_joined(before.next(), before.next()) && !is_joined(after.next(), after.next())
    }

    /// How many bytes of letters and digits there are from its start on.
    fn word_bytes(&self) -> usize {
        self.message.as_bytes()[self.range.start..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count()
    }
}

/// The digits of a text, as numbers.
pub(super) fn digits(text: &str) -> Vec<u8> {
    text.bytes()
        .filter(u8::is_ascii_digit)
        .map(|byte| byte - b'0')
        .collect()
}

/// Puts ranges in order, and those that overlap together.
fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::managed::catalog;

    #[test]
    fn every_pattern_compiles_and_is_bounded() {
        let mut patterns = 0;
        for identifier in catalog() {
            for detector in &identifier.detectors {
                let Form::Pattern(pattern) = &detector.form else {
                    continue;
                };
                patterns += 1;
                let longest = regex_syntax::parse(pattern.expression)
                    .unwrap()
                    .properties()
                    .maximum_len();
                assert!(
                    longest.is_some_and(|longest| longest <= LONGEST_CANDIDATE_BYTES),
                    "{}: {longest:?}",
                    identifier.name
                );
                assert!(!pattern.regex().is_match(""), "{}", identifier.name);
            }
        }
        assert!(patterns >= 40, "{patterns}");
    }

    #[test]
    fn every_identifier_has_a_form_and_keywords_where_it_needs_them() {
        for identifier in catalog() {
            assert!(!identifier.detectors.is_empty(), "{}", identifier.name);
            let needs_keyword = identifier.detectors.iter().any(|detector| detector.needs_keyword);
            assert_eq!(
                needs_keyword,
                !identifier.keywords.is_empty(),
                "{}",
                identifier.name
            );
        }
    }

    #[test]
    fn ranges_that_overlap_come_together() {
        let ranges = vec![10..12, 0..5, 3..8, 8..9, 11..12];
        assert_eq!(merged(ranges), [0..8, 8..9, 10..12]);
    }
}
