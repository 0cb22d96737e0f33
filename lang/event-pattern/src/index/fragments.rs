use super::posting::Posting;
use super::prefixes::Prefixes;
use hashbrown::HashMap;

/// The longest start of a fragment that is looked up first.
const LONGEST_START: usize = 4;

/// Branches by a fragment that a value has to contain: by the first bytes of the fragment, then by the whole.
///
/// A value is looked up from each of its positions on, once for each length of starts, of which there is most often one.
#[derive(Debug, Default)]
pub(super) struct Fragments([HashMap<u32, Prefixes>; LONGEST_START]);

impl Fragments {
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(HashMap::is_empty)
    }

    pub(super) fn get(&self, fragment: &[u8]) -> Option<&Posting> {
        let (length, start) = start_of(fragment);
        self.0.get(length - 1)?.get(&start)?.get(fragment)
    }

    /// The fragment isn't empty.
    pub(super) fn edit(&mut self, fragment: &[u8], edit: &dyn Fn(&mut Posting)) {
        let (length, start) = start_of(fragment);
        let starts = &mut self.0[length - 1];
        let fragments = starts.entry(start).or_default();
        fragments.edit(fragment, edit);
        if fragments.is_empty() {
            starts.remove(&start);
        }
    }

    /// Finds what is filed under fragments of a value.
    pub(super) fn find(&self, value: &[u8], found: &mut dyn FnMut(&Posting)) {
        for (length, starts) in (1..).zip(&self.0) {
            if starts.is_empty() {
                continue;
            }
            for (position, window) in value.windows(length).enumerate() {
                if let Some(fragments) = starts.get(&number_of(window)) {
                    fragments.find(&value[position..], found);
                }
            }
        }
    }
}

/// The length of a fragment's start, and the start.
fn start_of(fragment: &[u8]) -> (usize, u32) {
    let length = fragment.len().clamp(1, LONGEST_START);
    (length, number_of(fragment.get(..length).unwrap_or_default()))
}

/// Up to four bytes as a number.
fn number_of(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::super::scan::Findings;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn exactly_the_fragments_are_found(keys in prop::collection::vec("[ab]{1,7}", 0..20), value in "[ab]{0,10}") {
            let mut fragments = Fragments::default();
            for (number, key) in (0..).zip(&keys) {
                fragments.edit(key.as_bytes(), &|posting| posting.insert(number));
            }
            let mut found = Vec::new();
            fragments.find(value.as_bytes(), &mut |posting| posting.collect(&Findings::default(), &mut found));
            found.sort_unstable();
            found.dedup();
            let expected = (0_u32..).zip(&keys).filter(|(_, key)| value.contains(&***key));
            prop_assert_eq!(found, expected.map(|(number, _)| number).collect::<Vec<_>>());
            for (number, key) in (0..).zip(&keys) {
                prop_assert!(fragments.get(key.as_bytes()).is_some());
                fragments.edit(key.as_bytes(), &|posting| posting.remove(number));
            }
            prop_assert!(fragments.is_empty());
        }
    }
}
