//! How a round stands in a journal.
//!
//! | part | bytes (little endian) |
//! | --- | --- |
//! | XXH3 of all that follows | `u64` |
//! | the journal's id | 8 |
//! | number of the round, last round synced before it | `u64`, `u64` |
//! | bytes and number of the entries | `u32`, `u32` |
//! | the entries, as their writer encodes them | |
//! | zeros up to the end of the [block](super::block) | |

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use super::block::{BLOCK_BYTES, round_up};

const CHECKSUM_BYTES: usize = 8;
/// What comes before the entries.
pub(crate) const HEADER_BYTES: usize = 40;

/// Tells the rounds of one journal from those of any other, and from copies of journals inside of what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalId([u8; 8]);

impl JournalId {
    /// The id of this number.
    pub fn new(number: u64) -> Self {
        JournalId(number.to_be_bytes())
    }
}

/// A round's number, and up to where rounds had been synced when it was written. A break in the journal before a round that
/// knows of a later sync was not caused by a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marker {
    /// Counts up by one for every round of the journal, from 1.
    pub round: u64,
    /// This round and all before it had been synced.
    pub synced_round: u64,
}

/// What is in a round: entries, one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Content {
    /// How many entries.
    pub count: usize,
    /// How many bytes they take together.
    pub bytes: usize,
}

/// An intact round in the bytes of a segment.
#[derive(Debug, Clone)]
pub struct Round<'a> {
    /// Which one it is.
    pub marker: Marker,
    /// Where it is in the segment.
    pub extent: Range<usize>,
    /// How many entries it has.
    pub count: u32,
    /// The entries.
    pub entries: &'a [u8],
}

/// Appends a round to `buffer`; `write` appends its entries.
pub(crate) fn encode(
    buffer: &mut Vec<u8>,
    journal: JournalId,
    marker: Marker,
    content: Content,
    write: impl FnOnce(&mut Vec<u8>),
) {
    let start = buffer.len();
    let bytes = u32::try_from(content.bytes).expect("rounds are bounded far below 4 GiB");
    let count = u32::try_from(content.count).expect("rounds are bounded far below 2^32 entries");
    buffer.extend_from_slice(&[0; CHECKSUM_BYTES]);
    buffer.extend_from_slice(&journal.0);
    buffer.extend_from_slice(&marker.round.to_le_bytes());
    buffer.extend_from_slice(&marker.synced_round.to_le_bytes());
    buffer.extend_from_slice(&bytes.to_le_bytes());
    buffer.extend_from_slice(&count.to_le_bytes());
    write(buffer);
    let checksum = xxh3_64(&buffer[start + CHECKSUM_BYTES..]);
    buffer[start..start + CHECKSUM_BYTES].copy_from_slice(&checksum.to_le_bytes());
}

/// The round that begins at `start`.
///
/// # Errors
///
/// Why there is none.
pub fn decode(segment: &[u8], start: usize, journal: JournalId) -> Result<Round<'_>, &'static str> {
    let Some(header) = segment.get(start..start + HEADER_BYTES) else {
        return Err("the journal ends here");
    };
    if header[8..16] != journal.0 {
        return Err("no round starts here");
    }
    let length = u32::from_le_bytes(array(&header[32..36])) as usize;
    let end = start + HEADER_BYTES + length;
    let Some(checked) = segment.get(start + CHECKSUM_BYTES..end) else {
        return Err("the journal ends inside a round");
    };
    if xxh3_64(checked) != u64::from_le_bytes(array(&header[..8])) {
        return Err("the checksum of a round does not match");
    }
    Ok(Round {
        marker: Marker {
            round: u64::from_le_bytes(array(&header[16..24])),
            synced_round: u64::from_le_bytes(array(&header[24..32])),
        },
        extent: start..end,
        count: u32::from_le_bytes(array(&header[36..40])),
        entries: &segment[start + HEADER_BYTES..end],
    })
}

/// The first intact round that begins at a block at `from` or later.
pub(crate) fn find(segment: &[u8], from: usize, journal: JournalId) -> Option<Round<'_>> {
    let blocks = (round_up(from)..segment.len()).step_by(BLOCK_BYTES);
    blocks
        .into_iter()
        .find_map(|start| decode(segment, start, journal).ok())
}

fn array<const BYTES: usize>(bytes: &[u8]) -> [u8; BYTES] {
    bytes
        .try_into()
        .expect("the caller gives as many bytes as its number has")
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOURNAL: JournalId = JournalId([7; 8]);
    const MARKER: Marker = Marker {
        round: 7,
        synced_round: 5,
    };
    const ENTRIES: &[u8] = b"one and another";

    fn encoded() -> Vec<u8> {
        let mut buffer = Vec::new();
        let content = Content {
            count: 2,
            bytes: ENTRIES.len(),
        };
        encode(&mut buffer, JOURNAL, MARKER, content, |buffer| {
            buffer.extend_from_slice(ENTRIES);
        });
        assert_eq!(buffer.len(), HEADER_BYTES + ENTRIES.len());
        buffer
    }

    #[test]
    fn a_round_is_read_back_as_it_was_written() {
        let buffer = encoded();
        let round = decode(&buffer, 0, JOURNAL).unwrap();
        assert_eq!((round.marker, round.extent.clone()), (MARKER, 0..buffer.len()));
        assert_eq!((round.count, round.entries), (2, ENTRIES));
    }

    #[test]
    fn a_round_with_any_byte_changed_or_missing_is_none() {
        let intact = encoded();
        for place in 0..intact.len() {
            let mut damaged = intact.clone();
            damaged[place] ^= 0x40;
            assert!(decode(&damaged, 0, JOURNAL).is_err(), "byte {place}");
            assert!(decode(&intact[..place], 0, JOURNAL).is_err(), "cut at {place}");
        }
        assert!(decode(&intact, 0, JournalId([8; 8])).is_err());
    }

    #[test]
    fn a_round_is_found_behind_anything() {
        let mut bytes = vec![7; 2 * BLOCK_BYTES];
        bytes.extend_from_slice(&encoded());
        let round = find(&bytes, 1, JOURNAL).unwrap();
        assert_eq!((round.extent.start, round.marker), (2 * BLOCK_BYTES, MARKER));
        assert!(find(&bytes, 2 * BLOCK_BYTES + 1, JOURNAL).is_none());
        assert!(find(&bytes, bytes.len() + 1, JOURNAL).is_none());
    }
}
