use super::posting::Posting;
use hashbrown::HashMap;
use std::collections::BTreeMap;

/// Branches by what a value has to begin with: by its length, then by itself. A value is looked up once for each length there
/// is, and there are few.
#[derive(Debug, Default)]
pub(super) struct Prefixes(BTreeMap<usize, HashMap<Box<[u8]>, Posting>>);

impl Prefixes {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, prefix: &[u8]) -> Option<&Posting> {
        self.0.get(&prefix.len())?.get(prefix)
    }

    pub(super) fn edit(&mut self, prefix: &[u8], edit: &dyn Fn(&mut Posting)) {
        let prefixes = self.0.entry(prefix.len()).or_default();
        let posting = prefixes.entry(prefix.into()).or_default();
        edit(posting);
        if posting.is_empty() {
            prefixes.remove(prefix);
        }
        if prefixes.is_empty() {
            self.0.remove(&prefix.len());
        }
    }

    /// Finds what is filed under beginnings of a value.
    pub(super) fn find(&self, value: &[u8], found: &mut dyn FnMut(&Posting)) {
        for (length, prefixes) in self.0.range(..=value.len()) {
            if let Some(posting) = prefixes.get(&value[..*length]) {
                found(posting);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scan::Findings;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn exactly_the_prefixes_are_found(keys in prop::collection::vec("[ab]{0,5}", 0..20), value in "[ab]{0,7}") {
            let mut prefixes = Prefixes::default();
            for (number, key) in (0..).zip(&keys) {
                prefixes.edit(key.as_bytes(), &|posting| posting.insert(number));
            }
            let mut found = Vec::new();
            prefixes.find(value.as_bytes(), &mut |posting| posting.collect(&Findings::default(), &mut found));
            found.sort_unstable();
            let expected = (0_u32..).zip(&keys).filter(|(_, key)| value.starts_with(&***key));
            prop_assert_eq!(found, expected.map(|(number, _)| number).collect::<Vec<_>>());
            for (number, key) in (0..).zip(&keys) {
                prefixes.edit(key.as_bytes(), &|posting| posting.remove(number));
            }
            prop_assert!(prefixes.is_empty());
        }
    }
}
