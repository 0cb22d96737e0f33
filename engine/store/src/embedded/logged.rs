//! How changes stand in a round of the log: the entries of a [journal](ninefold_journal).
//!
//! | part | bytes (little endian) |
//! | --- | --- |
//! | table, kind, key length, value length (except for deletions of keys) | `u8`, `u8`, `u16`, `u32` |
//! | key and value | |
//!
//! The kinds are 0, the deletion of a key; 1, a put; 2, the deletion of a range (since format version 3), whose key is the
//! first one in it and whose value is the first key behind it.

use bytes::Bytes;
use ninefold_journal::{Content, Round};

use crate::Operation;
use crate::batch::{Change, PrefixedKey};

/// Of an operation: table, kind and key length.
const OPERATION_HEADER_BYTES: usize = 4;
/// Of a put, after that.
const VALUE_LENGTH_BYTES: usize = 4;
const DELETION: u8 = 0;
const PUT: u8 = 1;
const RANGE_DELETION: u8 = 2;

/// A change read back from the log.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LoggedOperation {
    pub(super) table: u8,
    pub(super) key: PrefixedKey,
    pub(super) change: Change,
}

/// What a round of these operations holds.
pub(super) fn content(operations: &[Operation]) -> Content {
    let operation_bytes = |operation: &Operation| {
        let (_, value) = kind_and_value(&operation.change);
        let value_bytes = value.map_or(0, |value| VALUE_LENGTH_BYTES + value.len());
        OPERATION_HEADER_BYTES + operation.prefixed_key.len() + value_bytes
    };
    Content {
        count: operations.len(),
        bytes: operations.iter().map(operation_bytes).sum(),
    }
}

/// Appends operations to a round.
pub(super) fn encode(buffer: &mut Vec<u8>, operations: &[Operation]) {
    for operation in operations {
        encode_operation(buffer, operation);
    }
}

fn encode_operation(buffer: &mut Vec<u8>, operation: &Operation) {
    let key = &operation.prefixed_key;
    let key_bytes = u16::try_from(key.len()).expect("batches check the length of their keys");
    let (kind, value) = kind_and_value(&operation.change);
    buffer.extend_from_slice(&[operation.table.id(), kind]);
    buffer.extend_from_slice(&key_bytes.to_le_bytes());
    if let Some(value) = value {
        let value_bytes = u32::try_from(value.len()).expect("batches check the length of their values");
        buffer.extend_from_slice(&value_bytes.to_le_bytes());
        buffer.extend_from_slice(key);
        buffer.extend_from_slice(value);
    } else {
        buffer.extend_from_slice(key);
    }
}

/// How a change stands in the log.
fn kind_and_value(change: &Change) -> (u8, Option<&[u8]>) {
    match change {
        Change::Put(value) => (PUT, Some(value)),
        Change::Delete => (DELETION, None),
        Change::DeleteUntil(end) => (RANGE_DELETION, Some(end)),
    }
}

/// A round's changes, in order; `None` stands for one that cannot be read, which ends them.
pub(super) fn operations(round: &Round<'_>) -> impl Iterator<Item = Option<LoggedOperation>> {
    let mut rest = round.entries;
    let mut left = round.count;
    std::iter::from_fn(move || {
        if left == 0 {
            return (!std::mem::take(&mut rest).is_empty()).then_some(None);
        }
        let operation = decode_operation(&mut rest);
        left = if operation.is_some() { left - 1 } else { 0 };
        if operation.is_none() {
            rest = &[];
        }
        Some(operation)
    })
}

/// Values are copied: a slice would keep the whole segment in memory.
fn decode_operation(rest: &mut &[u8]) -> Option<LoggedOperation> {
    let &[table, kind] = rest.split_off(..2)?.first_chunk()?;
    let key_bytes = usize::from(u16::from_le_bytes(array(rest.split_off(..2)?)));
    let value_bytes = match kind {
        PUT | RANGE_DELETION => u32::from_le_bytes(array(rest.split_off(..4)?)) as usize,
        DELETION => 0,
        _ => return None,
    };
    let key = PrefixedKey::from_slice(rest.split_off(..key_bytes)?);
    let value = rest.split_off(..value_bytes)?;
    let change = match kind {
        PUT => Change::Put(Bytes::copy_from_slice(value)),
        RANGE_DELETION => Change::DeleteUntil(PrefixedKey::from_slice(value)),
        _ => Change::Delete,
    };
    Some(LoggedOperation { table, key, change })
}

fn array<const BYTES: usize>(bytes: &[u8]) -> [u8; BYTES] {
    bytes
        .try_into()
        .expect("the caller gives as many bytes as its number has")
}

#[cfg(test)]
mod tests {
    use ninefold_journal::Marker;

    use super::*;
    use crate::batch::prefixed;
    use crate::{Batch, PartitionId, ScanRange, Table};

    fn round(entries: &[u8], count: u32) -> Round<'_> {
        Round {
            marker: Marker {
                round: 7,
                synced_round: 5,
            },
            extent: 0..0,
            count,
            entries,
        }
    }

    #[test]
    fn changes_are_read_back_as_they_were_written() {
        let mut batch = Batch::new(PartitionId::of(b"queue"));
        batch.put(Table::new(3, "items"), b"key", &b"value"[..]);
        batch.put(Table::new(4, "others"), b"empty", &b""[..]);
        batch.delete(Table::new(3, "items"), b"gone");
        let range = ScanRange::between(&b"from"[..], &b"until"[..]);
        batch.delete_range(Table::new(3, "items"), &range);
        let mut buffer = Vec::new();
        encode(&mut buffer, batch.operations());
        let content = content(batch.operations());
        assert_eq!((content.count, content.bytes), (4, buffer.len()));
        let operations: Vec<_> = operations(&round(&buffer, 4))
            .map(|operation| operation.unwrap())
            .map(|operation| (operation.table, operation.key[2..].to_vec(), operation.change))
            .collect();
        let until = prefixed(PartitionId::of(b"queue"), b"until");
        assert_eq!(
            operations,
            [
                (3, b"key".to_vec(), Change::Put(Bytes::from_static(b"value"))),
                (4, b"empty".to_vec(), Change::Put(Bytes::new())),
                (3, b"gone".to_vec(), Change::Delete),
                (3, b"from".to_vec(), Change::DeleteUntil(until)),
            ]
        );
    }

    #[test]
    fn operations_that_cannot_be_read_are_reported_once() {
        for (entries, count) in [(&[3, PUT, 9][..], 1), (&[3, 9, 0, 0][..], 1), (&[1][..], 0)] {
            assert_eq!(operations(&round(entries, count)).collect::<Vec<_>>(), [None]);
        }
    }
}
