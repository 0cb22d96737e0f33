use std::ops::Range;

use bytes::Bytes;
use smallvec::SmallVec;

use crate::scan::end_of_prefix;
use crate::{PartitionId, ScanRange, Table};

/// Changes to one partition that are applied all together or not at all, in the order they were added.
#[derive(Debug, Clone)]
pub struct Batch {
    partition: PartitionId,
    operations: Vec<Operation>,
    bytes: usize,
}

/// One change to one key, or to a range of keys.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The table changed.
    pub table: Table,
    /// Partition prefix and key, as the engines keep it; the first one of a range.
    pub(crate) prefixed_key: PrefixedKey,
    /// What becomes of it.
    pub(crate) change: Change,
    /// Whether an engine may leave this change out when a later one of the same sync round replaces it.
    pub coalesced: bool,
}

/// What becomes of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    Put(Bytes),
    Delete,
    /// It and all that follow are deleted, up to this prefixed key, which isn't.
    DeleteUntil(PrefixedKey),
}

impl Batch {
    /// The longest key, in bytes.
    pub const MAX_KEY_BYTES: usize = 4_096;
    /// The longest value, in bytes: 64 MiB.
    pub const MAX_VALUE_BYTES: usize = 64 << 20;

    /// An empty batch for one partition.
    pub fn new(partition: PartitionId) -> Self {
        Batch {
            partition,
            operations: Vec::new(),
            bytes: 0,
        }
    }

    /// Sets a key. Give the value as a buffer of its own: a slice of a larger one keeps all of that in memory
    /// until the engine has written its tables.
    ///
    /// # Panics
    ///
    /// If the key or value is longer than [`Batch::MAX_KEY_BYTES`] or [`Batch::MAX_VALUE_BYTES`]; engines
    /// check their own, lower limits where a request comes in.
    pub fn put(&mut self, table: Table, key: impl AsRef<[u8]>, value: impl Into<Bytes>) {
        self.push_key(table, key.as_ref(), Change::Put(value.into()), false);
    }

    /// Sets a key whose intermediate values nobody needs (a counter): means the same as [`Batch::put`], and
    /// the engine may keep only the last value of a sync round.
    ///
    /// # Panics
    ///
    /// As [`Batch::put`].
    pub fn put_coalesced(&mut self, table: Table, key: impl AsRef<[u8]>, value: impl Into<Bytes>) {
        self.push_key(table, key.as_ref(), Change::Put(value.into()), true);
    }

    /// Removes a key; one that does not exist is no error.
    ///
    /// # Panics
    ///
    /// As [`Batch::put`].
    pub fn delete(&mut self, table: Table, key: impl AsRef<[u8]>) {
        self.push_key(table, key.as_ref(), Change::Delete, false);
    }

    /// Removes every key of a range that is there when the batch is applied, however many they are: what is put into it
    /// later stays. The range's direction means nothing.
    ///
    /// # Panics
    ///
    /// If an end of the range is longer than [`Batch::MAX_KEY_BYTES`].
    pub fn delete_range(&mut self, table: Table, range: &ScanRange) {
        if range.is_empty() {
            return;
        }
        check_key(range.start());
        check_key(range.end().unwrap_or_default());
        let Range { start, end } = prefixed_range(self.partition, range);
        self.push(table, start, Change::DeleteUntil(end), false);
    }

    fn push_key(&mut self, table: Table, key: &[u8], change: Change, coalesced: bool) {
        check_key(key);
        self.push(table, prefixed(self.partition, key), change, coalesced);
    }

    fn push(&mut self, table: Table, prefixed_key: PrefixedKey, change: Change, coalesced: bool) {
        let change_bytes = match &change {
            Change::Put(value) => value.len(),
            Change::Delete => 0,
            Change::DeleteUntil(end) => end.len(),
        };
        assert!(
            change_bytes <= Self::MAX_VALUE_BYTES,
            "a value of {change_bytes} bytes is too long"
        );
        self.bytes += prefixed_key.len() + change_bytes;
        self.operations.push(Operation {
            table,
            prefixed_key,
            change,
            coalesced,
        });
    }

    /// The partition this batch changes.
    pub fn partition(&self) -> PartitionId {
        self.partition
    }

    /// The changes, in order.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Whether there is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// How many bytes of keys and values this batch carries.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn into_operations(self) -> Vec<Operation> {
        self.operations
    }
}

impl Operation {
    /// Whether another one changes the same key.
    pub(crate) fn changes_same(&self, other: &Self) -> bool {
        self.table == other.table && self.prefixed_key == other.prefixed_key
    }

    pub(crate) fn is_range_deletion(&self) -> bool {
        matches!(self.change, Change::DeleteUntil(_))
    }

    /// The key changed; of a range, the first one.
    pub fn key(&self) -> &[u8] {
        &self.prefixed_key[PREFIX_BYTES..]
    }
}

fn check_key(key: &[u8]) {
    assert!(
        key.len() <= Batch::MAX_KEY_BYTES,
        "a key of {} bytes is too long",
        key.len()
    );
}

/// The length of the partition number in front of every key.
pub(crate) const PREFIX_BYTES: usize = 2;

/// A key as the engines keep it: partition number (2 bytes, big endian), then the key. Most are short enough to be kept in
/// place, where they are compared without following a pointer.
pub(crate) type PrefixedKey = SmallVec<[u8; 32]>;

/// The key as the engines keep it.
pub(crate) fn prefixed(partition: PartitionId, key: &[u8]) -> PrefixedKey {
    let mut prefixed = PrefixedKey::with_capacity(PREFIX_BYTES + key.len());
    prefixed.extend_from_slice(&partition.prefix());
    prefixed.extend_from_slice(key);
    prefixed
}

/// A range as the engines keep it; one without an end goes to the end of its partition.
pub(crate) fn prefixed_range(partition: PartitionId, range: &ScanRange) -> Range<PrefixedKey> {
    let end = match range.end() {
        Some(end) => prefixed(partition, end),
        None => end_of_partition(partition),
    };
    prefixed(partition, range.start())..end
}

/// The smallest prefixed key behind those of a partition.
fn end_of_partition(partition: PartitionId) -> PrefixedKey {
    let end = end_of_prefix(&partition.prefix()).expect("a partition's number is far below the highest");
    PrefixedKey::from_slice(&end)
}
