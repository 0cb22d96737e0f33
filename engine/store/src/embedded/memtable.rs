//! What is committed and not in the tables yet, in memory and in order.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::RwLock;

use crate::batch::PrefixedKey;

/// About what an entry takes besides its key and value.
const ENTRY_OVERHEAD_BYTES: usize = 96;

/// The changes of one table: the new value of each key, or that it is gone.
pub(super) type Changes = BTreeMap<PrefixedKey, Option<Bytes>>;

/// The latest change of every key, for some time. What is overwritten or deleted while it is here never reaches the
/// tables, which is the fate of most of what a queue holds.
#[derive(Debug, Default)]
pub(super) struct Memtable {
    /// By the table's number.
    tables: Vec<Changes>,
    bytes: usize,
}

impl Memtable {
    /// Notes a change.
    pub(super) fn apply(&mut self, table: u8, key: PrefixedKey, value: Option<Bytes>) {
        let table = usize::from(table);
        if table >= self.tables.len() {
            self.tables.resize_with(table + 1, Changes::new);
        }
        let key_bytes = key.len();
        self.bytes += value.as_ref().map_or(0, Bytes::len);
        match self.tables[table].insert(key, value) {
            Some(replaced) => self.bytes -= replaced.as_ref().map_or(0, Bytes::len),
            None => self.bytes += key_bytes + ENTRY_OVERHEAD_BYTES,
        }
    }

    /// What happened to a key: its new value, that it is gone (`Some(None)`), or nothing.
    pub(super) fn get(&self, table: u8, key: &[u8]) -> Option<Option<Bytes>> {
        self.tables.get(usize::from(table))?.get(key).cloned()
    }

    /// The changes in a range of a table, in order of their keys.
    pub(super) fn range(
        &self,
        table: u8,
        bounds: (Bound<&[u8]>, Bound<&[u8]>),
    ) -> impl DoubleEndedIterator<Item = (&PrefixedKey, &Option<Bytes>)> {
        let changes = self.tables.get(usize::from(table));
        changes
            .map(|changes| changes.range::<[u8], _>(bounds))
            .into_iter()
            .flatten()
    }

    /// The tables with changes, by their numbers.
    pub(super) fn tables(&self) -> impl Iterator<Item = (u8, &Changes)> {
        let numbered = (0..=u8::MAX).zip(&self.tables);
        numbered.filter(|(_, changes)| !changes.is_empty())
    }

    /// About how many bytes of memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

/// What reads look through before the tables, newest first.
#[derive(Debug, Default)]
pub(super) struct Layers {
    /// Changed by every round.
    pub(super) active: Memtable,
    /// On its way to the tables.
    pub(super) frozen: Option<Arc<Memtable>>,
}

/// The layers, shared by the committer, the flusher and readers.
pub(super) type SharedLayers = Arc<RwLock<Layers>>;

impl Layers {
    /// What happened to a key that the tables don't know yet.
    pub(super) fn get(&self, table: u8, key: &[u8]) -> Option<Option<Bytes>> {
        let newest = self.active.get(table, key);
        newest.or_else(|| self.frozen.as_ref()?.get(table, key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_size_follows_what_it_holds() {
        let mut memtable = Memtable::default();
        let key = || PrefixedKey::from_slice(b"key");
        let entry = 3 + ENTRY_OVERHEAD_BYTES;
        memtable.apply(1, key(), Some(Bytes::from_static(b"12345")));
        assert_eq!(memtable.bytes(), entry + 5);
        memtable.apply(1, key(), Some(Bytes::from_static(b"1")));
        assert_eq!(memtable.bytes(), entry + 1);
        memtable.apply(1, key(), None);
        assert_eq!(memtable.bytes(), entry);
        assert_eq!(memtable.get(1, b"key"), Some(None));
        assert_eq!(memtable.get(2, b"key"), None);
    }
}
