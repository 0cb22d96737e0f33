use bytes::Bytes;
use smallvec::SmallVec;

use crate::{PartitionId, Table};

/// Changes to one partition that are applied all together or not at all, in the order they were added.
#[derive(Debug, Clone)]
pub struct Batch {
    partition: PartitionId,
    operations: Vec<Operation>,
    bytes: usize,
}

/// One change to one key.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The table changed.
    pub table: Table,
    pub(crate) prefixed_key: PrefixedKey,
    /// The new value; `None` deletes the key.
    pub value: Option<Bytes>,
    /// Whether an engine may leave this change out when a later one of the same sync round replaces it.
    pub coalesced: bool,
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
        self.push(table, key.as_ref(), Some(value.into()), false);
    }

    /// Sets a key whose intermediate values nobody needs (a counter): means the same as [`Batch::put`], and
    /// the engine may keep only the last value of a sync round.
    ///
    /// # Panics
    ///
    /// As [`Batch::put`].
    pub fn put_coalesced(&mut self, table: Table, key: impl AsRef<[u8]>, value: impl Into<Bytes>) {
        self.push(table, key.as_ref(), Some(value.into()), true);
    }

    /// Removes a key; one that does not exist is no error.
    ///
    /// # Panics
    ///
    /// As [`Batch::put`].
    pub fn delete(&mut self, table: Table, key: impl AsRef<[u8]>) {
        self.push(table, key.as_ref(), None, false);
    }

    fn push(&mut self, table: Table, key: &[u8], value: Option<Bytes>, coalesced: bool) {
        let value_bytes = value.as_ref().map_or(0, Bytes::len);
        assert!(
            key.len() <= Self::MAX_KEY_BYTES,
            "a key of {} bytes is too long",
            key.len()
        );
        assert!(
            value_bytes <= Self::MAX_VALUE_BYTES,
            "a value of {value_bytes} bytes is too long"
        );
        let prefixed_key = prefixed(self.partition, key);
        self.bytes += prefixed_key.len() + value_bytes;
        self.operations.push(Operation {
            table,
            prefixed_key,
            value,
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

    /// The key changed.
    pub fn key(&self) -> &[u8] {
        &self.prefixed_key[PREFIX_BYTES..]
    }
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
