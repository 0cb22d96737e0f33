//! The sparse index of a segment: where every few kilobytes a batch begins, and what is the latest timestamp before it.
//!
//! One entry has 24 bytes, little endian: offset (`i64`), position in the file of batches (`u64`), latest timestamp before it
//! (`i64`). It is read from the file, which the page cache holds if anybody asks often: with binary search some twenty short
//! reads for a segment of a gigabyte.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Bytes of batches between entries, at least.
const INTERVAL_BYTES: u64 = 4_096;
pub(crate) const ENTRY_BYTES: usize = 24;

/// See the [module](self).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IndexEntry {
    pub(crate) offset: i64,
    pub(crate) position: u64,
    /// `i64::MIN` at the beginning of a segment.
    pub(crate) max_timestamp_before: i64,
}

/// Whether the batch that begins after so many bytes gets an entry, when the last one has that position.
pub(crate) fn is_due(bytes: u64, indexed_bytes: u64) -> bool {
    bytes == 0 || bytes - indexed_bytes >= INTERVAL_BYTES
}

impl IndexEntry {
    pub(crate) fn encode(&self, buffer: &mut Vec<u8>) {
        buffer.extend_from_slice(&self.offset.to_le_bytes());
        buffer.extend_from_slice(&self.position.to_le_bytes());
        buffer.extend_from_slice(&self.max_timestamp_before.to_le_bytes());
    }

    fn decode(bytes: &[u8; ENTRY_BYTES]) -> Self {
        let number = |place: usize| {
            let bytes = bytes[place..place + 8].try_into();
            i64::from_le_bytes(bytes.expect("the slice has eight bytes"))
        };
        IndexEntry {
            offset: number(0),
            position: number(8).cast_unsigned(),
            max_timestamp_before: number(16),
        }
    }
}

/// The last entry, of the first so many in a file, for which `is_before` holds, which it does for all before that one; and the
/// first one for which it doesn't.
pub(crate) fn search(
    file: &File,
    entries: u64,
    is_before: impl Fn(&IndexEntry) -> bool,
) -> io::Result<(Option<IndexEntry>, Option<IndexEntry>)> {
    let (mut low, mut high) = (0, entries);
    let (mut before, mut after) = (None, None);
    while low < high {
        let middle = low + (high - low) / 2;
        let entry = read(file, middle)?;
        if is_before(&entry) {
            before = Some(entry);
            low = middle + 1;
        } else {
            after = Some(entry);
            high = middle;
        }
    }
    Ok((before, after))
}

fn read(file: &File, place: u64) -> io::Result<IndexEntry> {
    let mut bytes = [0; ENTRY_BYTES];
    file.read_exact_at(&mut bytes, place * ENTRY_BYTES as u64)?;
    Ok(IndexEntry::decode(&bytes))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn entry(number: i64) -> IndexEntry {
        IndexEntry {
            offset: number * 10,
            position: number.cast_unsigned() * 5_000,
            max_timestamp_before: number - 1,
        }
    }

    #[test]
    fn the_entries_around_a_place_are_found() {
        let mut file = tempfile::tempfile().unwrap();
        let mut bytes = Vec::new();
        (0..7).for_each(|number| entry(number).encode(&mut bytes));
        file.write_all(&bytes).unwrap();
        for offset in 0..70 {
            let (before, after) = search(&file, 7, |entry| entry.offset <= offset).unwrap();
            assert_eq!(before, Some(entry(offset / 10)));
            assert_eq!(after, (offset < 60).then(|| entry(offset / 10 + 1)));
        }
        assert_eq!(search(&file, 7, |_| false).unwrap(), (None, Some(entry(0))));
        assert_eq!(search(&file, 0, |_| true).unwrap(), (None, None));
    }
}
