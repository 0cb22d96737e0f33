//! How a commit round stands in the log.
//!
//! | part | bytes (little endian) |
//! | --- | --- |
//! | XXH3 of all that follows | `u64` |
//! | the store's id | 8 |
//! | number of the round, last round synced before it | `u64`, `u64` |
//! | bytes and number of the operations | `u32`, `u32` |
//! | each operation: table, kind, key length, value length (except for deletions of keys) | `u8`, `u8`, `u16`, `u32` |
//! | its key and value | |
//! | zeros up to the end of the [block](super::block) | |
//!
//! The kinds are 0, the deletion of a key; 1, a put; 2, the deletion of a range (since format version 3), whose key is the
//! first one in it and whose value is the first key behind it.

use std::ops::Range;

use bytes::Bytes;
use xxhash_rust::xxh3::xxh3_64;

use super::block::{BLOCK_BYTES, round_up};
use crate::Operation;
use crate::batch::{Change, PrefixedKey};

const CHECKSUM_BYTES: usize = 8;
const HEADER_BYTES: usize = 40;
/// Of an operation: table, kind and key length.
const OPERATION_HEADER_BYTES: usize = 4;
/// Of a put, after that.
const VALUE_LENGTH_BYTES: usize = 4;
const DELETION: u8 = 0;
const PUT: u8 = 1;
const RANGE_DELETION: u8 = 2;

/// Tells the rounds of one store from those of any other, and from copies of logs inside values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::embedded) struct StoreId([u8; 8]);

impl StoreId {
    pub(in crate::embedded) fn new(number: u64) -> Self {
        StoreId(number.to_be_bytes())
    }
}

/// A round's number, and up to where rounds had been synced when it was written. A break in the log before a round that
/// knows of a later sync was not caused by a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::embedded) struct Marker {
    /// Counts up by one for every round of the store, from 1.
    pub(in crate::embedded) round: u64,
    /// This round and all before it had been synced.
    pub(in crate::embedded) synced_round: u64,
}

/// An intact round in the bytes of a log segment.
#[derive(Debug, Clone)]
pub(in crate::embedded) struct Round<'a> {
    pub(in crate::embedded) marker: Marker,
    /// Where it is in the segment.
    pub(in crate::embedded) extent: Range<usize>,
    operations: &'a [u8],
    count: u32,
}

/// A change read back from the log.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::embedded) struct LoggedOperation {
    pub(in crate::embedded) table: u8,
    pub(in crate::embedded) key: PrefixedKey,
    pub(in crate::embedded) change: Change,
}

/// How many bytes a round of these operations takes.
pub(super) fn encoded_bytes(operations: &[Operation]) -> usize {
    let operation_bytes = |operation: &Operation| {
        let (_, value) = kind_and_value(&operation.change);
        let value_bytes = value.map_or(0, |value| VALUE_LENGTH_BYTES + value.len());
        OPERATION_HEADER_BYTES + operation.prefixed_key.len() + value_bytes
    };
    HEADER_BYTES + operations.iter().map(operation_bytes).sum::<usize>()
}

/// Appends a round to `buffer`.
pub(super) fn encode(buffer: &mut Vec<u8>, store: StoreId, marker: Marker, operations: &[Operation]) {
    let start = buffer.len();
    buffer.extend_from_slice(&[0; HEADER_BYTES]);
    for operation in operations {
        encode_operation(buffer, operation);
    }
    let bytes =
        u32::try_from(buffer.len() - start - HEADER_BYTES).expect("rounds are bounded far below 4 GiB");
    let count = u32::try_from(operations.len()).expect("rounds are bounded far below 2^32 operations");
    let header = &mut buffer[start..start + HEADER_BYTES];
    header[8..16].copy_from_slice(&store.0);
    header[16..24].copy_from_slice(&marker.round.to_le_bytes());
    header[24..32].copy_from_slice(&marker.synced_round.to_le_bytes());
    header[32..36].copy_from_slice(&bytes.to_le_bytes());
    header[36..40].copy_from_slice(&count.to_le_bytes());
    let checksum = xxh3_64(&buffer[start + CHECKSUM_BYTES..]);
    buffer[start..start + CHECKSUM_BYTES].copy_from_slice(&checksum.to_le_bytes());
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

/// The round that begins at `start`, or why there is none.
pub(in crate::embedded) fn decode(
    segment: &[u8],
    start: usize,
    store: StoreId,
) -> Result<Round<'_>, &'static str> {
    let Some(header) = segment.get(start..start + HEADER_BYTES) else {
        return Err("the log ends here");
    };
    if header[8..16] != store.0 {
        return Err("no commit starts here");
    }
    let length = u32::from_le_bytes(array(&header[32..36])) as usize;
    let end = start + HEADER_BYTES + length;
    let Some(checked) = segment.get(start + CHECKSUM_BYTES..end) else {
        return Err("the log ends inside a commit");
    };
    if xxh3_64(checked) != u64::from_le_bytes(array(&header[..8])) {
        return Err("the checksum of a commit does not match");
    }
    Ok(Round {
        marker: Marker {
            round: u64::from_le_bytes(array(&header[16..24])),
            synced_round: u64::from_le_bytes(array(&header[24..32])),
        },
        extent: start..end,
        operations: &segment[start + HEADER_BYTES..end],
        count: u32::from_le_bytes(array(&header[36..40])),
    })
}

/// The first intact round that begins at a block at `from` or later.
pub(super) fn find(segment: &[u8], from: usize, store: StoreId) -> Option<Round<'_>> {
    let blocks = (round_up(from)..segment.len()).step_by(BLOCK_BYTES);
    blocks
        .into_iter()
        .find_map(|start| decode(segment, start, store).ok())
}

impl Round<'_> {
    /// The round's changes, in order; `None` stands for one that cannot be read, which ends them.
    pub(super) fn operations(&self) -> impl Iterator<Item = Option<LoggedOperation>> {
        let mut rest = self.operations;
        let mut left = self.count;
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
    use super::*;
    use crate::batch::prefixed;
    use crate::{Batch, PartitionId, ScanRange, Table};

    const STORE: StoreId = StoreId([7; 8]);
    const MARKER: Marker = Marker {
        round: 7,
        synced_round: 5,
    };

    fn encoded() -> Vec<u8> {
        let mut batch = Batch::new(PartitionId::of(b"queue"));
        batch.put(Table::new(3, "items"), b"key", &b"value"[..]);
        batch.put(Table::new(4, "others"), b"empty", &b""[..]);
        batch.delete(Table::new(3, "items"), b"gone");
        let range = ScanRange::between(&b"from"[..], &b"until"[..]);
        batch.delete_range(Table::new(3, "items"), &range);
        let mut buffer = Vec::new();
        encode(&mut buffer, STORE, MARKER, batch.operations());
        assert_eq!(buffer.len(), encoded_bytes(batch.operations()));
        buffer
    }

    #[test]
    fn a_round_is_read_back_as_it_was_written() {
        let buffer = encoded();
        let round = decode(&buffer, 0, STORE).unwrap();
        assert_eq!((round.marker, round.extent.clone()), (MARKER, 0..buffer.len()));
        let operations: Vec<_> = round
            .operations()
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
    fn a_round_with_any_byte_changed_or_missing_is_none() {
        let intact = encoded();
        for place in 0..intact.len() {
            let mut damaged = intact.clone();
            damaged[place] ^= 0x40;
            assert!(decode(&damaged, 0, STORE).is_err(), "byte {place}");
            assert!(decode(&intact[..place], 0, STORE).is_err(), "cut at {place}");
        }
        assert!(decode(&intact, 0, StoreId([8; 8])).is_err());
    }

    #[test]
    fn a_round_is_found_behind_anything() {
        let mut bytes = vec![7; 2 * BLOCK_BYTES];
        bytes.extend_from_slice(&encoded());
        let round = find(&bytes, 1, STORE).unwrap();
        assert_eq!((round.extent.start, round.marker), (2 * BLOCK_BYTES, MARKER));
        assert!(find(&bytes, 2 * BLOCK_BYTES + 1, STORE).is_none());
        assert!(find(&bytes, bytes.len() + 1, STORE).is_none());
    }

    #[test]
    fn operations_that_cannot_be_read_are_reported_once() {
        for (operations, count) in [(&[3, PUT, 9][..], 1), (&[3, 9, 0, 0][..], 1), (&[1][..], 0)] {
            let round = Round {
                marker: MARKER,
                extent: 0..0,
                operations,
                count,
            };
            assert_eq!(round.operations().collect::<Vec<_>>(), [None]);
        }
    }
}
