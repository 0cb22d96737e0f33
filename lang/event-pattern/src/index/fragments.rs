use super::affixes::{Affix, Affixes};
use super::fingerprint::Fingerprints;
use super::posting::Posting;
use hashbrown::HashMap;

/// The longest start of a fragment that is looked up first.
const LONGEST_START: usize = 4;

/// Branches by a fragment that a value has to contain: by the first bytes of the fragment, then by the whole.
///
/// A value is looked up from each of its positions on, once for each length of starts, of which there is most often one.
#[derive(Debug, Default)]
pub(super) struct Fragments([HashMap<u32, Affixes>; LONGEST_START]);

/// A fragment as it is filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fragment {
    /// By the length of its start, which is one more.
    start_class: usize,
    start: u32,
    whole: Affix,
}

impl Fragment {
    /// The text isn't empty.
    pub(super) fn new(text: &[u8], fingerprints: &Fingerprints) -> Self {
        let length = text.len().clamp(1, LONGEST_START);
        Self {
            start_class: length - 1,
            start: number_of(text.get(..length).unwrap_or_default()),
            whole: Affix::new(text, fingerprints),
        }
    }
}

impl Fragments {
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(HashMap::is_empty)
    }

    pub(super) fn get(&self, fragment: Fragment) -> Option<&Posting> {
        self.0[fragment.start_class]
            .get(&fragment.start)?
            .get(fragment.whole)
    }

    pub(super) fn edit(&mut self, fragment: Fragment, edit: &dyn Fn(&mut Posting)) {
        let starts = &mut self.0[fragment.start_class];
        let wholes = starts.entry(fragment.start).or_default();
        wholes.edit(fragment.whole, edit);
        if wholes.is_empty() {
            starts.remove(&fragment.start);
        }
    }

    /// Finds what is filed under fragments of a value.
    pub(super) fn find(&self, value: &[u8], fingerprints: &Fingerprints, found: &mut dyn FnMut(&Posting)) {
        for (length, starts) in (1..).zip(&self.0) {
            if starts.is_empty() {
                continue;
            }
            for (position, window) in value.windows(length).enumerate() {
                if let Some(wholes) = starts.get(&number_of(window)) {
                    wholes.find_beginnings(&value[position..], fingerprints, found);
                }
            }
        }
    }
}

/// Up to four bytes as a number.
fn number_of(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn exactly_the_fragments_are_found(keys in prop::collection::vec("[ab]{1,7}", 0..20), value in "[ab]{0,10}") {
            let fingerprints = Fingerprints::default();
            let keys = keys.iter().map(|key| (key, Fragment::new(key.as_bytes(), &fingerprints))).collect::<Vec<_>>();
            let mut fragments = Fragments::default();
            for (number, (_, key)) in (0..).zip(&keys) {
                fragments.edit(*key, &|posting| posting.insert_ungated(number));
            }
            let mut found = Vec::new();
            fragments.find(value.as_bytes(), &fingerprints, &mut |posting| {
                found.extend(posting.here());
            });
            found.sort_unstable();
            found.dedup();
            let expected = (0_u32..).zip(&keys).filter(|(_, (key, _))| value.contains(&***key));
            prop_assert_eq!(found, expected.map(|(number, _)| number).collect::<Vec<_>>());
            for (number, (_, key)) in (0..).zip(&keys) {
                prop_assert!(fragments.get(*key).is_some());
                fragments.edit(*key, &|posting| posting.remove(number));
            }
            prop_assert!(fragments.is_empty());
        }
    }
}
