//! What is committed and not in the tables yet, in memory and in order.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::RwLock;

use super::deleted_ranges::DeletedRanges;
use crate::batch::{Change, PrefixedKey};

/// About what an entry takes besides its key and value.
const ENTRY_OVERHEAD_BYTES: usize = 104;
/// What a deleted range counts for: it takes less memory, but a look into the tables when it gets there, so that there
/// shouldn't be too many.
const RANGE_OVERHEAD_BYTES: usize = 4_096;

/// The changes of one table.
#[derive(Debug, Default)]
pub(super) struct Changes {
    entries: BTreeMap<PrefixedKey, Entry>,
    deleted: DeletedRanges,
    /// How many ranges were deleted so far.
    range_deletions: u32,
}

/// The latest change of a key by itself.
#[derive(Debug)]
struct Entry {
    /// `None` if the key is gone.
    value: Option<Bytes>,
    /// How many ranges had been deleted when it was made. A later deletion of a range hides it: to take all entries of a
    /// range out at once would hold everybody up.
    range_deletions: u32,
}

impl Changes {
    /// The change of a key by itself, unless it was deleted with a range later.
    fn entry(&self, key: &[u8]) -> Option<&Option<Bytes>> {
        let entry = self.entries.get(key)?;
        self.is_latest(key, entry).then_some(&entry.value)
    }

    fn is_latest(&self, key: &[u8], entry: &Entry) -> bool {
        let deleted = self.deleted.number_at(key);
        deleted.is_none_or(|number| number <= entry.range_deletions)
    }

    /// The changes in a range of keys by themselves.
    fn range(
        &self,
        range: Range<PrefixedKey>,
    ) -> impl DoubleEndedIterator<Item = (&PrefixedKey, &Option<Bytes>)> {
        let entries = self.entries.range(range);
        let latest = entries.filter(|(key, entry)| self.is_latest(key, entry));
        latest.map(|(key, entry)| (key, &entry.value))
    }

    /// Every change of a key by itself, in order.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&PrefixedKey, &Option<Bytes>)> {
        let latest = self
            .entries
            .iter()
            .filter(|(key, entry)| self.is_latest(key, entry));
        latest.map(|(key, entry)| (key, &entry.value))
    }

    /// The ranges that were deleted before those changes.
    pub(super) fn deleted_ranges(&self) -> &DeletedRanges {
        &self.deleted
    }

    fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.deleted.is_empty()
    }
}

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
    pub(super) fn apply(&mut self, table: u8, key: PrefixedKey, change: Change) {
        let table = usize::from(table);
        if table >= self.tables.len() {
            self.tables.resize_with(table + 1, Changes::default);
        }
        let changes = &mut self.tables[table];
        let value = match change {
            Change::Put(value) => Some(value),
            Change::Delete => None,
            Change::DeleteUntil(end) => {
                self.bytes += key.len() + end.len() + RANGE_OVERHEAD_BYTES;
                changes.range_deletions += 1;
                changes.deleted.add(key..end, changes.range_deletions);
                return;
            }
        };
        let key_bytes = key.len();
        self.bytes += value.as_ref().map_or(0, Bytes::len);
        let entry = Entry {
            value,
            range_deletions: changes.range_deletions,
        };
        match changes.entries.insert(key, entry) {
            Some(replaced) => self.bytes -= replaced.value.map_or(0, |value| value.len()),
            None => self.bytes += key_bytes + ENTRY_OVERHEAD_BYTES,
        }
    }

    /// What happened to a key: its new value, that it is gone (`Some(None)`), or nothing.
    pub(super) fn get(&self, table: u8, key: &[u8]) -> Option<Option<Bytes>> {
        let changes = self.tables.get(usize::from(table))?;
        let deleted = || changes.deleted.number_at(key).map(|_| None);
        changes.entry(key).cloned().or_else(deleted)
    }

    /// The changes of keys by themselves in a range of a table, in order.
    pub(super) fn range(
        &self,
        table: u8,
        range: Range<PrefixedKey>,
    ) -> impl DoubleEndedIterator<Item = (&PrefixedKey, &Option<Bytes>)> {
        let changes = self.tables.get(usize::from(table));
        changes.map(|changes| changes.range(range)).into_iter().flatten()
    }

    /// What of a range of a table was not deleted as a whole: where older layers count.
    pub(super) fn gaps(&self, table: u8, range: Range<PrefixedKey>) -> Vec<Range<PrefixedKey>> {
        match self.tables.get(usize::from(table)) {
            Some(changes) => changes.deleted.gaps(range),
            None => vec![range],
        }
    }

    /// The tables with changes, by their numbers.
    pub(super) fn tables(&self) -> impl Iterator<Item = (u8, &Changes)> {
        let numbered = (0..=u8::MAX).zip(&self.tables);
        numbered.filter(|(_, changes)| !changes.is_empty())
    }

    /// Whether ranges were deleted.
    pub(super) fn holds_ranges(&self) -> bool {
        self.tables.iter().any(|changes| !changes.deleted.is_empty())
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

    fn put(value: &'static str) -> Change {
        Change::Put(Bytes::from_static(value.as_bytes()))
    }

    #[test]
    fn its_size_follows_what_it_holds() {
        let mut memtable = Memtable::default();
        let key = || PrefixedKey::from_slice(b"key");
        let entry = 3 + ENTRY_OVERHEAD_BYTES;
        memtable.apply(1, key(), put("12345"));
        assert_eq!(memtable.bytes(), entry + 5);
        memtable.apply(1, key(), put("1"));
        assert_eq!(memtable.bytes(), entry + 1);
        memtable.apply(1, key(), Change::Delete);
        assert_eq!(memtable.bytes(), entry);
        assert_eq!(memtable.get(1, b"key"), Some(None));
        assert_eq!(memtable.get(2, b"key"), None);
        memtable.apply(1, key(), Change::DeleteUntil(PrefixedKey::from_slice(b"kez")));
        assert_eq!(memtable.bytes(), entry + RANGE_OVERHEAD_BYTES + 6);
    }

    #[test]
    fn a_deleted_range_hides_what_was_there_before_and_nothing_later() {
        let key = |key: &str| PrefixedKey::from_slice(key.as_bytes());
        let after = || Some(Bytes::from_static(b"after"));
        let mut memtable = Memtable::default();
        memtable.apply(1, key("b"), put("before"));
        memtable.apply(1, key("c"), put("before"));
        memtable.apply(1, key("b"), Change::DeleteUntil(key("d")));
        memtable.apply(1, key("c"), put("after"));
        assert_eq!(memtable.get(1, b"b"), Some(None));
        assert_eq!(memtable.get(1, b"bb"), Some(None));
        assert_eq!(memtable.get(1, b"c"), Some(after()));
        assert_eq!(memtable.get(1, b"d"), None);
        let found: Vec<_> = memtable.range(1, key("a")..key("z")).collect();
        assert_eq!(found, [(&key("c"), &after())]);
        assert_eq!(
            memtable.gaps(1, key("a")..key("z")),
            [key("a")..key("b"), key("d")..key("z")]
        );
        assert_eq!(memtable.gaps(2, key("a")..key("z")), [key("a")..key("z")]);
    }
}
