//! Where branches are filed by the value of one field, and found by it.

use super::affixes::Affixes;
use super::fingerprint::{ByFingerprint, Fingerprint, Fingerprints};
use super::fragments::Fragments;
use super::key::Key;
use super::networks::Networks;
use super::posting::{Anchor, Posting};
use super::ranges::Ranges;
use super::scan::Finding;
use super::search::Search;
use crate::case::fold_into;
use crate::scalar::Scalar;
use std::net::IpAddr;

/// The branches by what one of their fields admits. What is found is a bit more than what matches.
#[derive(Debug, Default)]
pub(super) struct Access {
    exact: ByFingerprint<Posting>,
    /// By any value: what is asked for leaves much open.
    any: Posting,
    /// What is rarer; kept apart so that an access is small.
    partial: Option<Box<Partial>>,
}

/// The branches by a part of a value, or by its magnitude.
#[derive(Debug, Default)]
struct Partial {
    prefixes: Affixes,
    suffixes: Affixes,
    fragments: Fragments,
    folded: Folded,
    networks: Networks,
    ranges: Ranges,
}

/// The branches by texts without their case.
#[derive(Debug, Default)]
struct Folded {
    whole: ByFingerprint<Posting>,
    prefixes: Affixes,
    suffixes: Affixes,
}

impl Access {
    pub(super) fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.any.is_empty() && self.partial.is_none()
    }

    /// How many branches are found along with one that is filed under these keys, and deeper anchors. `None` if none can be.
    pub(super) fn others(&self, keys: &[Key], deeper: &[Anchor<'_>]) -> Option<usize> {
        let of = |posting: Option<&Posting>| match posting {
            None => Some(0),
            Some(posting) => posting.others(deeper),
        };
        keys.iter().try_fold(0_usize, |sum, key| {
            let others = match (key, &self.partial) {
                (Key::Any, _) => of(Some(&self.any)),
                (Key::Exact(fingerprint), _) => of(self.exact.get(fingerprint)),
                (_, None) => Some(0),
                (Key::Range(range), Some(partial)) => partial.ranges.others(*range, deeper),
                (key, Some(partial)) => of(partial.get(key)),
            };
            Some(sum.saturating_add(others?))
        })
    }

    /// Calls `edit` with the posting of each key. Those that are empty afterwards go.
    pub(super) fn edit(&mut self, keys: &[Key], edit: &dyn Fn(&mut Posting)) {
        for key in keys {
            match key {
                Key::Any => edit(&mut self.any),
                Key::Exact(fingerprint) => edit_at(&mut self.exact, *fingerprint, edit),
                _ => {
                    let partial = self.partial.get_or_insert_default();
                    partial.edit(key, edit);
                    if partial.is_empty() {
                        self.partial = None;
                    }
                }
            }
        }
    }

    /// Finds the branches that one of the field's values may fit, and the other findings.
    pub(super) fn collect(&self, values: &[Finding<'_>], search: &mut Search<'_, '_>) {
        self.any.collect(search);
        for finding in values {
            if let Some(posting) = self.exact.get(&finding.fingerprint) {
                posting.collect(search);
            }
            let Some(partial) = &self.partial else {
                continue;
            };
            match &finding.value {
                Scalar::String(text) => {
                    let fingerprints = search.fingerprints;
                    partial.find_text(text, fingerprints, &mut |posting| posting.collect(search));
                }
                Scalar::Number(number) => {
                    if let Some(millionths) = number.millionths() {
                        partial
                            .ranges
                            .find(millionths, &mut |posting| posting.collect(search));
                    }
                }
                Scalar::Bool(_) | Scalar::Null => {}
            }
        }
    }
}

impl Partial {
    fn is_empty(&self) -> bool {
        self.prefixes.is_empty()
            && self.suffixes.is_empty()
            && self.fragments.is_empty()
            && self.folded.is_empty()
            && self.networks.is_empty()
            && self.ranges.is_empty()
    }

    /// The posting of a key; of a range there are several.
    fn get(&self, key: &Key) -> Option<&Posting> {
        match key {
            Key::Folded(fingerprint) => self.folded.whole.get(fingerprint),
            Key::Prefix(affix) => self.prefixes.get(*affix),
            Key::FoldedPrefix(affix) => self.folded.prefixes.get(*affix),
            Key::Suffix(affix) => self.suffixes.get(*affix),
            Key::FoldedSuffix(affix) => self.folded.suffixes.get(*affix),
            Key::Fragment(fragment) => self.fragments.get(*fragment),
            Key::Network(network) => self.networks.get(*network),
            Key::Any | Key::Exact(_) | Key::Range(_) => None,
        }
    }

    fn edit(&mut self, key: &Key, edit: &dyn Fn(&mut Posting)) {
        match key {
            Key::Folded(fingerprint) => edit_at(&mut self.folded.whole, *fingerprint, edit),
            Key::Prefix(affix) => self.prefixes.edit(*affix, edit),
            Key::FoldedPrefix(affix) => self.folded.prefixes.edit(*affix, edit),
            Key::Suffix(affix) => self.suffixes.edit(*affix, edit),
            Key::FoldedSuffix(affix) => self.folded.suffixes.edit(*affix, edit),
            Key::Fragment(fragment) => self.fragments.edit(*fragment, edit),
            Key::Network(network) => self.networks.edit(*network, edit),
            Key::Range(range) => self.ranges.edit(*range, edit),
            Key::Any | Key::Exact(_) => {}
        }
    }

    fn find_text(&self, text: &str, fingerprints: &Fingerprints, found: &mut dyn FnMut(&Posting)) {
        let value = text.as_bytes();
        self.prefixes.find_beginnings(value, fingerprints, found);
        self.suffixes.find_endings(value, fingerprints, found);
        self.fragments.find(value, fingerprints, found);
        if !self.folded.is_empty() {
            self.folded.find(text, fingerprints, found);
        }
        if !self.networks.is_empty()
            && let Ok(address) = text.parse::<IpAddr>()
        {
            self.networks.find(address, found);
        }
    }
}

impl Folded {
    fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.prefixes.is_empty() && self.suffixes.is_empty()
    }

    fn find(&self, text: &str, fingerprints: &Fingerprints, found: &mut dyn FnMut(&Posting)) {
        let mut folded = String::with_capacity(text.len());
        fold_into(text, &mut folded);
        let value = folded.as_bytes();
        if let Some(posting) = self.whole.get(&fingerprints.of_bytes(value)) {
            found(posting);
        }
        self.prefixes.find_beginnings(value, fingerprints, found);
        self.suffixes.find_endings(value, fingerprints, found);
    }
}

fn edit_at(postings: &mut ByFingerprint<Posting>, fingerprint: Fingerprint, edit: &dyn Fn(&mut Posting)) {
    let posting = postings.entry(fingerprint).or_default();
    edit(posting);
    if posting.is_empty() {
        postings.remove(&fingerprint);
    }
}
