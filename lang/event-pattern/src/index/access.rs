//! Where branches are filed by the value of one field, and found by it.

use super::fragments::Fragments;
use super::networks::Networks;
use super::posting::{Anchor, BranchId, Posting};
use super::prefixes::Prefixes;
use super::ranges::Ranges;
use super::scan::{Finding, Findings};
use crate::case::fold_into;
use crate::predicate::Predicate;
use crate::range::Range;
use crate::scalar::Scalar;
use hashbrown::HashMap;
use ipnet::IpNet;
use std::hash::Hash;
use std::net::IpAddr;

/// How vague predicates are that any value may fit.
pub(super) const VAGUE: usize = 1_000;

/// How little predicates say of a value, whatever else is filed: what speaks against filing a branch under them, in branches
/// found along with it.
pub(super) fn vagueness(predicates: &[Predicate]) -> usize {
    predicates
        .iter()
        .map(|predicate| match Key::from(predicate) {
            Key::String(_) | Key::Number(_) | Key::NumberText(_) => 1,
            Key::Folded(_) => 2,
            Key::Prefix(_) | Key::FoldedPrefix(_) | Key::Suffix(_) | Key::FoldedSuffix(_) => 3,
            Key::Network(_) => 3,
            Key::Range(_) | Key::Bool(_) | Key::Null => 4,
            Key::Fragment(_) => 6,
            Key::Any => VAGUE,
        })
        .fold(0, usize::saturating_add)
}

/// The branches by what one of their fields admits. What is found is a bit more than what matches.
#[derive(Debug, Default)]
pub(super) struct Access {
    /// By any value: what is asked for leaves much open.
    any: Posting,
    strings: HashMap<Box<str>, Posting>,
    folded: HashMap<Box<str>, Posting>,
    prefixes: Prefixes,
    folded_prefixes: Prefixes,
    /// From their end.
    suffixes: Prefixes,
    folded_suffixes: Prefixes,
    fragments: Fragments,
    networks: Networks,
    /// In millionths.
    numbers: HashMap<i64, Posting>,
    /// Numbers that are compared by their text.
    number_texts: HashMap<Box<str>, Posting>,
    ranges: Ranges,
    truths: Posting,
    falsehoods: Posting,
    nulls: Posting,
}

/// What a predicate is filed under.
enum Key<'p> {
    Any,
    String(&'p str),
    Folded(&'p str),
    Prefix(&'p str),
    FoldedPrefix(&'p str),
    Suffix(&'p str),
    FoldedSuffix(&'p str),
    Fragment(&'p str),
    Network(IpNet),
    Number(i64),
    NumberText(&'p str),
    Range(Range),
    Bool(bool),
    Null,
}

impl<'p> From<&'p Predicate> for Key<'p> {
    fn from(predicate: &'p Predicate) -> Self {
        match predicate {
            Predicate::Equals(Scalar::String(text)) => Self::String(text),
            Predicate::Equals(Scalar::Number(number)) => match number.identity() {
                Some(millionths) => Self::Number(millionths),
                None => Self::NumberText(number.text()),
            },
            Predicate::Equals(Scalar::Bool(value)) => Self::Bool(*value),
            Predicate::Equals(Scalar::Null) => Self::Null,
            Predicate::EqualsIgnoringCase(text) => Self::Folded(text),
            Predicate::Prefix(prefix) => Self::Prefix(prefix),
            Predicate::PrefixIgnoringCase(prefix) => Self::FoldedPrefix(prefix),
            Predicate::Suffix(suffix) => Self::Suffix(suffix),
            Predicate::SuffixIgnoringCase(suffix) => Self::FoldedSuffix(suffix),
            Predicate::Wildcard(wildcard) => {
                // The longest piece says most.
                let (beginning, middle, ending) =
                    (wildcard.beginning(), wildcard.middle(), wildcard.ending());
                match beginning.len().max(middle.len()).max(ending.len()) {
                    0 => Self::Any,
                    longest if beginning.len() == longest => Self::Prefix(beginning),
                    longest if ending.len() == longest => Self::Suffix(ending),
                    _ => Self::Fragment(middle),
                }
            }
            Predicate::Network(network) => Self::Network(*network),
            Predicate::Numeric(range) => Self::Range(*range),
            Predicate::AnythingBut(_) | Predicate::Exists => Self::Any,
        }
    }
}

impl Access {
    pub(super) fn is_empty(&self) -> bool {
        let postings = [&self.any, &self.truths, &self.falsehoods, &self.nulls];
        let texts = [&self.strings, &self.folded, &self.number_texts];
        let ends = [
            &self.prefixes,
            &self.folded_prefixes,
            &self.suffixes,
            &self.folded_suffixes,
        ];
        postings.into_iter().all(Posting::is_empty)
            && texts.into_iter().all(HashMap::is_empty)
            && ends.into_iter().all(Prefixes::is_empty)
            && self.fragments.is_empty()
            && self.networks.is_empty()
            && self.numbers.is_empty()
            && self.ranges.is_empty()
    }

    /// How many branches are found along with one that is filed under these predicates, and deeper ones.
    pub(super) fn others(&self, predicates: &[Predicate], deeper: &[Anchor<'_>]) -> usize {
        let of = |posting: Option<&Posting>| posting.map_or(0, |posting| posting.others(deeper));
        predicates
            .iter()
            .map(|predicate| match Key::from(predicate) {
                Key::Any => of(Some(&self.any)),
                Key::String(text) => of(self.strings.get(text)),
                Key::Folded(text) => of(self.folded.get(text)),
                Key::Prefix(prefix) => of(self.prefixes.get(prefix.as_bytes())),
                Key::FoldedPrefix(prefix) => of(self.folded_prefixes.get(prefix.as_bytes())),
                Key::Suffix(suffix) => of(self.suffixes.get(&reversed(suffix))),
                Key::FoldedSuffix(suffix) => of(self.folded_suffixes.get(&reversed(suffix))),
                Key::Fragment(fragment) => of(self.fragments.get(fragment.as_bytes())),
                Key::Network(network) => of(self.networks.get(network)),
                Key::Number(number) => of(self.numbers.get(&number)),
                Key::NumberText(text) => of(self.number_texts.get(text)),
                Key::Range(range) => self.ranges.others(range, deeper),
                Key::Bool(true) => of(Some(&self.truths)),
                Key::Bool(false) => of(Some(&self.falsehoods)),
                Key::Null => of(Some(&self.nulls)),
            })
            .fold(0, usize::saturating_add)
    }

    /// Calls `edit` with the posting of each predicate. Those that are empty afterwards go.
    pub(super) fn edit(&mut self, predicates: &[Predicate], edit: &dyn Fn(&mut Posting)) {
        for predicate in predicates {
            match Key::from(predicate) {
                Key::Any => edit(&mut self.any),
                Key::String(text) => edit_at(&mut self.strings, text.into(), edit),
                Key::Folded(text) => edit_at(&mut self.folded, text.into(), edit),
                Key::Prefix(prefix) => self.prefixes.edit(prefix.as_bytes(), edit),
                Key::FoldedPrefix(prefix) => self.folded_prefixes.edit(prefix.as_bytes(), edit),
                Key::Suffix(suffix) => self.suffixes.edit(&reversed(suffix), edit),
                Key::FoldedSuffix(suffix) => self.folded_suffixes.edit(&reversed(suffix), edit),
                Key::Fragment(fragment) => self.fragments.edit(fragment.as_bytes(), edit),
                Key::Network(network) => self.networks.edit(network, edit),
                Key::Number(number) => edit_at(&mut self.numbers, number, edit),
                Key::NumberText(text) => edit_at(&mut self.number_texts, text.into(), edit),
                Key::Range(range) => self.ranges.edit(range, edit),
                Key::Bool(true) => edit(&mut self.truths),
                Key::Bool(false) => edit(&mut self.falsehoods),
                Key::Null => edit(&mut self.nulls),
            }
        }
    }

    /// Finds the branches that one of the field's values may fit, and the other findings.
    pub(super) fn collect(
        &self,
        values: &[Finding<'_>],
        findings: &Findings<'_>,
        candidates: &mut Vec<BranchId>,
    ) {
        let mut found = |posting: &Posting| posting.collect(findings, candidates);
        found(&self.any);
        for finding in values {
            match &finding.value {
                Scalar::String(text) => self.find_text(text, &mut found),
                Scalar::Number(number) => {
                    let posting = match number.identity() {
                        Some(millionths) => self.numbers.get(&millionths),
                        None => self.number_texts.get(number.text()),
                    };
                    if let Some(posting) = posting {
                        found(posting);
                    }
                    if let Some(millionths) = number.millionths() {
                        self.ranges.find(millionths, &mut found);
                    }
                }
                Scalar::Bool(true) => found(&self.truths),
                Scalar::Bool(false) => found(&self.falsehoods),
                Scalar::Null => found(&self.nulls),
            }
        }
    }

    fn find_text(&self, text: &str, found: &mut dyn FnMut(&Posting)) {
        if let Some(posting) = self.strings.get(text) {
            found(posting);
        }
        find_by_ends(&self.prefixes, &self.suffixes, text, found);
        self.fragments.find(text.as_bytes(), found);
        if !self.folded.is_empty() || !self.folded_prefixes.is_empty() || !self.folded_suffixes.is_empty() {
            let mut folded = String::with_capacity(text.len());
            fold_into(text, &mut folded);
            if let Some(posting) = self.folded.get(&*folded) {
                found(posting);
            }
            find_by_ends(&self.folded_prefixes, &self.folded_suffixes, &folded, found);
        }
        if !self.networks.is_empty()
            && let Ok(address) = text.parse::<IpAddr>()
        {
            self.networks.find(address, found);
        }
    }
}

fn find_by_ends(prefixes: &Prefixes, suffixes: &Prefixes, text: &str, found: &mut dyn FnMut(&Posting)) {
    if !prefixes.is_empty() {
        prefixes.find(text.as_bytes(), found);
    }
    if !suffixes.is_empty() {
        suffixes.find(&reversed(text), found);
    }
}

fn edit_at<K: Eq + Hash + Clone>(postings: &mut HashMap<K, Posting>, key: K, edit: &dyn Fn(&mut Posting)) {
    let posting = postings.entry(key.clone()).or_default();
    edit(posting);
    if posting.is_empty() {
        postings.remove(&key);
    }
}

/// A text's bytes from the last to the first.
fn reversed(text: &str) -> Vec<u8> {
    text.bytes().rev().collect()
}
