//! How an append stands in a round of the journal.
//!
//! | part | bytes (little endian) |
//! | --- | --- |
//! | number of the partition | `u64` |
//! | length of the batch | `u32` |
//! | the batch, with its offset | |

use ninefold_journal::{Content, Round};

use crate::PartitionNumber;

const HEADER_BYTES: usize = 12;

/// A batch of a partition, read back from the journal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    pub(crate) partition: PartitionNumber,
    pub(crate) batch: &'a [u8],
}

/// What a round of batches of these lengths holds.
pub(crate) fn content(lengths: impl Iterator<Item = usize>) -> Content {
    let empty = Content { count: 0, bytes: 0 };
    lengths.fold(empty, |content, length| Content {
        count: content.count + 1,
        bytes: content.bytes + HEADER_BYTES + length,
    })
}

/// Appends a batch to a round.
pub(crate) fn encode(buffer: &mut Vec<u8>, partition: PartitionNumber, batch: &[u8]) {
    let length = u32::try_from(batch.len()).expect("a batch gives its length in 31 bits");
    buffer.extend_from_slice(&partition.get().to_le_bytes());
    buffer.extend_from_slice(&length.to_le_bytes());
    buffer.extend_from_slice(batch);
}

/// The entries of a round; `None` stands for what can't be read, which ends them.
pub(crate) fn entries<'a>(round: &Round<'a>) -> impl Iterator<Item = Option<Entry<'a>>> + use<'a> {
    let mut rest = round.entries;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let entry = decode(&mut rest);
        if entry.is_none() {
            rest = &[];
        }
        Some(entry)
    })
}

fn decode<'a>(rest: &mut &'a [u8]) -> Option<Entry<'a>> {
    let partition = u64::from_le_bytes(*rest.split_off(..8)?.first_chunk()?);
    let length = u32::from_le_bytes(*rest.split_off(..4)?.first_chunk()?);
    let batch = rest.split_off(..length as usize)?;
    Some(Entry {
        partition: PartitionNumber::new(partition),
        batch,
    })
}

#[cfg(test)]
mod tests {
    use ninefold_journal::Marker;

    use super::*;

    fn round(entries: &[u8]) -> Round<'_> {
        let marker = Marker {
            round: 1,
            synced_round: 0,
        };
        Round {
            marker,
            extent: 0..0,
            count: 1,
            entries,
        }
    }

    #[test]
    fn entries_are_read_back_until_one_is_torn() {
        let mut buffer = Vec::new();
        encode(&mut buffer, PartitionNumber::new(7), b"first");
        encode(&mut buffer, PartitionNumber::new(8), b"");
        assert_eq!(content([5, 0].into_iter()).bytes, buffer.len());
        let expected = [(7, &b"first"[..]), (8, b"")];
        let read: Vec<_> = entries(&round(&buffer))
            .map(|entry| entry.map(|entry| (entry.partition.get(), entry.batch)))
            .collect();
        assert_eq!(read, expected.map(Some));
        let torn = &buffer[..buffer.len() - 1];
        assert_eq!(entries(&round(torn)).last(), Some(None));
    }
}
