//! Where branches are filed that have their anchor at one path, and found by a value.

use super::networks::Networks;
use super::posting::{BranchId, Posting};
use super::prefixes::Prefixes;
use super::ranges::Ranges;
use super::scan::Finding;
use crate::case::fold_into;
use crate::predicate::Predicate;
use crate::range::Range;
use crate::scalar::Scalar;
use hashbrown::HashMap;
use ipnet::IpNet;
use std::net::IpAddr;

/// The branches by what their anchor admits. What is found is a bit more than what matches.
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
            Predicate::Wildcard(wildcard) => match (wildcard.beginning(), wildcard.ending()) {
                ("", "") => Self::Any,
                ("", ending) => Self::Suffix(ending),
                (beginning, _) => Self::Prefix(beginning),
            },
            Predicate::Network(network) => Self::Network(*network),
            Predicate::Numeric(range) => Self::Range(*range),
            Predicate::AnythingBut(_) | Predicate::Exists => Self::Any,
        }
    }
}

impl Access {
    /// How many branches are found along with one that is filed under these predicates; more the less a predicate says.
    pub(super) fn cost(&self, predicates: &[Predicate]) -> usize {
        let of_text = |map: &HashMap<Box<str>, Posting>, key| map.get(key).map_or(0, Posting::len);
        predicates
            .iter()
            .map(|predicate| match Key::from(predicate) {
                Key::Any => 1_000 + self.any.len(),
                Key::String(text) => 1 + of_text(&self.strings, text),
                Key::Folded(text) => 2 + of_text(&self.folded, text),
                Key::Prefix(prefix) => 3 + self.prefixes.cost(prefix.as_bytes()),
                Key::FoldedPrefix(prefix) => 3 + self.folded_prefixes.cost(prefix.as_bytes()),
                Key::Suffix(suffix) => 3 + self.suffixes.cost(&reversed(suffix)),
                Key::FoldedSuffix(suffix) => 3 + self.folded_suffixes.cost(&reversed(suffix)),
                Key::Network(network) => 3 + self.networks.cost(network),
                Key::Number(number) => 1 + self.numbers.get(&number).map_or(0, Posting::len),
                Key::NumberText(text) => 1 + of_text(&self.number_texts, text),
                Key::Range(range) => 4 + self.ranges.cost(range),
                Key::Bool(true) => 4 + self.truths.len(),
                Key::Bool(false) => 4 + self.falsehoods.len(),
                Key::Null => 4 + self.nulls.len(),
            })
            .fold(0, usize::saturating_add)
    }

    /// Calls `edit` with the posting of each predicate.
    pub(super) fn edit(&mut self, predicates: &[Predicate], edit: impl Fn(&mut Posting)) {
        for predicate in predicates {
            match Key::from(predicate) {
                Key::Any => edit(&mut self.any),
                Key::String(text) => edit_text(&mut self.strings, text, &edit),
                Key::Folded(text) => edit_text(&mut self.folded, text, &edit),
                Key::Prefix(prefix) => self.prefixes.edit(prefix.as_bytes(), &edit),
                Key::FoldedPrefix(prefix) => self.folded_prefixes.edit(prefix.as_bytes(), &edit),
                Key::Suffix(suffix) => self.suffixes.edit(&reversed(suffix), &edit),
                Key::FoldedSuffix(suffix) => self.folded_suffixes.edit(&reversed(suffix), &edit),
                Key::Network(network) => self.networks.edit(network, &edit),
                Key::Number(number) => {
                    let posting = self.numbers.entry(number).or_default();
                    edit(posting);
                    if posting.is_empty() {
                        self.numbers.remove(&number);
                    }
                }
                Key::NumberText(text) => edit_text(&mut self.number_texts, text, &edit),
                Key::Range(range) => self.ranges.edit(range, &edit),
                Key::Bool(true) => edit(&mut self.truths),
                Key::Bool(false) => edit(&mut self.falsehoods),
                Key::Null => edit(&mut self.nulls),
            }
        }
    }

    /// Finds the branches whose anchor may fit one of the values.
    pub(super) fn collect(&self, values: &[Finding<'_>], candidates: &mut Vec<BranchId>) {
        self.any.add_to(candidates);
        for finding in values {
            match &finding.value {
                Scalar::String(text) => self.collect_by_text(text, candidates),
                Scalar::Number(number) => {
                    let posting = match number.identity() {
                        Some(millionths) => self.numbers.get(&millionths),
                        None => self.number_texts.get(number.text()),
                    };
                    if let Some(posting) = posting {
                        posting.add_to(candidates);
                    }
                    if let Some(millionths) = number.millionths() {
                        self.ranges.collect(millionths, candidates);
                    }
                }
                Scalar::Bool(true) => self.truths.add_to(candidates),
                Scalar::Bool(false) => self.falsehoods.add_to(candidates),
                Scalar::Null => self.nulls.add_to(candidates),
            }
        }
    }

    fn collect_by_text(&self, text: &str, candidates: &mut Vec<BranchId>) {
        if let Some(posting) = self.strings.get(text) {
            posting.add_to(candidates);
        }
        collect_by_ends(&self.prefixes, &self.suffixes, text, candidates);
        if !self.folded.is_empty() || !self.folded_prefixes.is_empty() || !self.folded_suffixes.is_empty() {
            let mut folded = String::with_capacity(text.len());
            fold_into(text, &mut folded);
            if let Some(posting) = self.folded.get(&*folded) {
                posting.add_to(candidates);
            }
            collect_by_ends(&self.folded_prefixes, &self.folded_suffixes, &folded, candidates);
        }
        if !self.networks.is_empty()
            && let Ok(address) = text.parse::<IpAddr>()
        {
            self.networks.collect(address, candidates);
        }
    }
}

fn collect_by_ends(prefixes: &Prefixes, suffixes: &Prefixes, text: &str, candidates: &mut Vec<BranchId>) {
    if !prefixes.is_empty() {
        prefixes.collect(text.as_bytes(), candidates);
    }
    if !suffixes.is_empty() {
        suffixes.collect(&reversed(text), candidates);
    }
}

fn edit_text(postings: &mut HashMap<Box<str>, Posting>, text: &str, edit: impl Fn(&mut Posting)) {
    let posting = postings.entry(text.into()).or_default();
    edit(posting);
    if posting.is_empty() {
        postings.remove(text);
    }
}

/// A text's bytes from the last to the first.
fn reversed(text: &str) -> Vec<u8> {
    text.bytes().rev().collect()
}
