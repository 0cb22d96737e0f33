use super::fingerprint::{ByFingerprint, Fingerprint, Fingerprints};
use super::posting::Posting;
use smallvec::SmallVec;

/// Branches by what a value has to begin with, or by what it has to end with. A value is looked up once for each length there
/// is, and there are few.
#[derive(Debug, Default)]
pub(super) struct Affixes {
    postings: ByFingerprint<Posting>,
    /// The lengths, in order, and how many affixes have each.
    lengths: SmallVec<[(u32, u32); 2]>,
}

/// An affix as it is filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Affix {
    length: u32,
    fingerprint: Fingerprint,
}

impl Affix {
    pub(super) fn new(text: &[u8], fingerprints: &Fingerprints) -> Self {
        Self {
            length: super::as_u32(text.len()),
            fingerprint: fingerprints.of_bytes(text),
        }
    }
}

impl Affixes {
    pub(super) fn is_empty(&self) -> bool {
        self.postings.is_empty()
    }

    pub(super) fn get(&self, affix: Affix) -> Option<&Posting> {
        self.postings.get(&affix.fingerprint)
    }

    pub(super) fn edit(&mut self, affix: Affix, edit: &dyn Fn(&mut Posting)) {
        let posting = self.postings.entry(affix.fingerprint).or_default();
        let was_empty = posting.is_empty();
        edit(posting);
        let is_empty = posting.is_empty();
        if is_empty {
            self.postings.remove(&affix.fingerprint);
        }
        match (was_empty, is_empty) {
            (true, false) => self.count(affix.length),
            (false, true) => self.discount(affix.length),
            _ => {}
        }
    }

    fn count(&mut self, length: u32) {
        match self.lengths.binary_search_by_key(&length, |(length, _)| *length) {
            Ok(index) => self.lengths[index].1 += 1,
            Err(index) => self.lengths.insert(index, (length, 1)),
        }
    }

    fn discount(&mut self, length: u32) {
        if let Ok(index) = self.lengths.binary_search_by_key(&length, |(length, _)| *length) {
            self.lengths[index].1 -= 1;
            if self.lengths[index].1 == 0 {
                self.lengths.remove(index);
            }
        }
    }

    /// Finds what is filed under beginnings of a value.
    pub(super) fn find_beginnings(
        &self,
        value: &[u8],
        fingerprints: &Fingerprints,
        found: &mut dyn FnMut(&Posting),
    ) {
        for (length, _) in &self.lengths {
            let Some(beginning) = value.get(..*length as usize) else {
                return;
            };
            self.find(beginning, fingerprints, found);
        }
    }

    /// Finds what is filed under endings of a value.
    pub(super) fn find_endings(
        &self,
        value: &[u8],
        fingerprints: &Fingerprints,
        found: &mut dyn FnMut(&Posting),
    ) {
        for (length, _) in &self.lengths {
            let Some(start) = value.len().checked_sub(*length as usize) else {
                return;
            };
            self.find(&value[start..], fingerprints, found);
        }
    }

    fn find(&self, affix: &[u8], fingerprints: &Fingerprints, found: &mut dyn FnMut(&Posting)) {
        if let Some(posting) = self.postings.get(&fingerprints.of_bytes(affix)) {
            found(posting);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn exactly_the_affixes_are_found(keys in prop::collection::vec("[ab]{0,5}", 0..20), value in "[ab]{0,7}") {
            let fingerprints = Fingerprints::default();
            let mut affixes = Affixes::default();
            for (number, key) in (0..).zip(&keys) {
                affixes.edit(Affix::new(key.as_bytes(), &fingerprints), &|posting| posting.insert_ungated(number));
            }
            let (mut beginnings, mut endings) = (Vec::new(), Vec::new());
            affixes.find_beginnings(value.as_bytes(), &fingerprints, &mut |posting| {
                beginnings.extend(posting.here());
            });
            affixes.find_endings(value.as_bytes(), &fingerprints, &mut |posting| {
                endings.extend(posting.here());
            });
            beginnings.sort_unstable();
            endings.sort_unstable();
            let those = |fits: &dyn Fn(&str) -> bool| {
                let those = (0_u32..).zip(&keys).filter(|(_, key)| fits(key));
                those.map(|(number, _)| number).collect::<Vec<_>>()
            };
            prop_assert_eq!(beginnings, those(&|key| value.starts_with(key)));
            prop_assert_eq!(endings, those(&|key| value.ends_with(key)));
            for (number, key) in (0..).zip(&keys) {
                affixes.edit(Affix::new(key.as_bytes(), &fingerprints), &|posting| posting.remove(number));
            }
            prop_assert!(affixes.is_empty() && affixes.lengths.is_empty());
        }
    }
}
