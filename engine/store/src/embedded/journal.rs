//! The format of the database's journal files, as far as checking them needs it.
//!
//! A journal is a sequence of batches (little endian, fjall 3.1 `src/journal/entry.rs`):
//!
//! | part | bytes |
//! | --- | --- |
//! | start | tag 1, item count `u32`, sequence number `u64` |
//! | item | tag 2, value type `u8`, compression `u8`, keyspace `u64`, key length `u16`, value length `u32`, length on disk `u32`, key, value |
//! | end | tag 3, XXH3 of all items `u64`, `FJL\x03` |
//!
//! The file is allocated in advance, so zeros follow the last batch. Every batch of ours is one commit round, and
//! its first item is the round's [`Marker`].

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use xxhash_rust::xxh3::Xxh3;

const TAG_START: u8 = 1;
const TAG_ITEM: u8 = 2;
const TAG_END: u8 = 3;
const TRAILER: [u8; 4] = *b"FJL\x03";
const START_BYTES: usize = 13;
const ITEM_HEADER_BYTES: usize = 21;
const END_BYTES: usize = 13;
const BUFFER_BYTES: usize = 256 << 10;

/// Tells the batches of one store from those of any other, and from copies of journals inside values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StoreId([u8; 8]);

impl StoreId {
    pub(super) fn new(number: u64) -> Self {
        StoreId(number.to_be_bytes())
    }
}

/// The first item of every round: its number, and up to where rounds had been synced when it was written. Damage
/// before a round that knows of a later sync was not caused by a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marker {
    /// Counts up by one for every round of the store, from 1.
    pub(super) round: u64,
    /// This round and all before it had been synced.
    pub(super) synced_round: u64,
}

impl Marker {
    /// The key of the marker: no partition has this number.
    pub(super) const KEY: [u8; 2] = [0xff, 0xff];
    const BYTES: usize = 24;
    /// Where the marker's value is in its batch.
    const OFFSET: usize = START_BYTES + ITEM_HEADER_BYTES + Self::KEY.len();

    pub(super) fn encode(self, store: StoreId) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..8].copy_from_slice(&store.0);
        bytes[8..16].copy_from_slice(&self.round.to_be_bytes());
        bytes[16..].copy_from_slice(&self.synced_round.to_be_bytes());
        bytes
    }

    /// The marker in `bytes`, if it is one of this store.
    pub(super) fn decode(bytes: &[u8], store: StoreId) -> Option<Self> {
        let (id, numbers) = bytes.split_first_chunk::<8>()?;
        let (round, synced_round) = numbers.split_first_chunk::<8>()?;
        let synced_round = synced_round.try_into().ok()?;
        (*id == store.0).then(|| Marker {
            round: u64::from_be_bytes(*round),
            synced_round: u64::from_be_bytes(synced_round),
        })
    }
}

/// An intact batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Round {
    pub(super) marker: Marker,
    pub(super) sequence_number: u64,
    pub(super) start: u64,
    /// The offset behind its last byte.
    pub(super) end: u64,
}

/// What is at some place of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Round(Round),
    /// The file ends exactly here.
    EndOfFile,
    /// No intact batch, and why.
    Broken(&'static str),
}

/// Reads batches at any offset of a journal, with bounded memory.
pub(super) struct JournalReader {
    file: BufReader<File>,
    position: u64,
    length: u64,
    store: StoreId,
}

impl JournalReader {
    pub(super) fn open(path: &Path, store: StoreId) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(JournalReader {
            file: BufReader::with_capacity(BUFFER_BYTES, file),
            position: 0,
            length,
            store,
        })
    }

    /// What is at `offset`.
    pub(super) fn round_at(&mut self, offset: u64) -> io::Result<Found> {
        if offset >= self.length {
            return Ok(Found::EndOfFile);
        }
        self.seek(offset)?;
        match self.read_round(offset) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Ok(Found::Broken("the file ends inside a batch"))
            }
            other => other,
        }
    }

    /// Whether nothing but zeros is left from `offset` on.
    pub(super) fn is_blank_from(&mut self, offset: u64) -> io::Result<bool> {
        self.seek(offset)?;
        loop {
            let buffer = self.file.fill_buf()?;
            if buffer.is_empty() {
                return Ok(true);
            }
            if !is_blank(buffer) {
                return Ok(false);
            }
            let length = buffer.len();
            self.consume(length);
        }
    }

    /// The first intact batch that begins at `offset` or later. Batches are found by the store's id in their marker.
    pub(super) fn next_round(&mut self, offset: u64) -> io::Result<Option<Round>> {
        let mut from = offset + Marker::OFFSET as u64;
        while let Some(place) = self.find_store_id(from)? {
            if let Found::Round(round) = self.round_at(place - Marker::OFFSET as u64)? {
                return Ok(Some(round));
            }
            from = place + 1;
        }
        Ok(None)
    }

    fn read_round(&mut self, start: u64) -> io::Result<Found> {
        let header: [u8; START_BYTES] = self.read()?;
        if header[0] != TAG_START {
            return Ok(Found::Broken("no batch starts here"));
        }
        let item_count = u32::from_le_bytes(array(&header[1..5]));
        let sequence_number = u64::from_le_bytes(array(&header[5..]));
        let mut hasher = Xxh3::new();
        let Some(marker) = self.read_marker(&mut hasher)? else {
            return Ok(Found::Broken("the batch does not begin with its round"));
        };
        for _ in 1..item_count {
            if !self.read_item(&mut hasher)? {
                return Ok(Found::Broken("the batch has fewer items than it says"));
            }
        }
        let end: [u8; END_BYTES] = self.read()?;
        if end[0] != TAG_END || end[9..] != TRAILER {
            return Ok(Found::Broken("the batch has no end"));
        }
        if u64::from_le_bytes(array(&end[1..9])) != hasher.digest() {
            return Ok(Found::Broken("the checksum of the batch does not match"));
        }
        Ok(Found::Round(Round {
            marker,
            sequence_number,
            start,
            end: self.position,
        }))
    }

    /// Reads the first item of a batch.
    fn read_marker(&mut self, hasher: &mut Xxh3) -> io::Result<Option<Marker>> {
        let header: [u8; ITEM_HEADER_BYTES] = self.read()?;
        let item = ItemHeader::parse(&header);
        if item
            != Some(ItemHeader {
                key_bytes: Marker::KEY.len(),
                value_bytes: Marker::BYTES,
            })
        {
            return Ok(None);
        }
        let content: [u8; Marker::KEY.len() + Marker::BYTES] = self.read()?;
        hasher.update(&header);
        hasher.update(&content);
        let (key, value) = content.split_at(Marker::KEY.len());
        Ok(if key == Marker::KEY {
            Marker::decode(value, self.store)
        } else {
            None
        })
    }

    /// Reads one item into the checksum; false if there is none.
    fn read_item(&mut self, hasher: &mut Xxh3) -> io::Result<bool> {
        let header: [u8; ITEM_HEADER_BYTES] = self.read()?;
        let Some(item) = ItemHeader::parse(&header) else {
            return Ok(false);
        };
        hasher.update(&header);
        let mut remaining = item.key_bytes + item.value_bytes;
        while remaining > 0 {
            let buffer = self.file.fill_buf()?;
            if buffer.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let length = buffer.len().min(remaining);
            hasher.update(&buffer[..length]);
            remaining -= length;
            self.consume(length);
        }
        Ok(true)
    }

    /// The first place at or after `offset` that has the store's id.
    fn find_store_id(&mut self, offset: u64) -> io::Result<Option<u64>> {
        let id = self.store.0;
        if offset >= self.length {
            return Ok(None);
        }
        self.seek(offset)?;
        // The last bytes of the buffer before, where an id may have begun.
        let mut window: Vec<u8> = Vec::with_capacity(BUFFER_BYTES + id.len());
        loop {
            let buffer = self.file.fill_buf()?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let window_start = self.position - window.len() as u64;
            window.extend_from_slice(buffer);
            let length = buffer.len();
            self.consume(length);
            let place = if is_blank(&window) {
                None
            } else {
                window.windows(id.len()).position(|bytes| bytes == id)
            };
            if let Some(place) = place {
                return Ok(Some(window_start + place as u64));
            }
            window.drain(..window.len().saturating_sub(id.len() - 1));
        }
    }

    fn read<const BYTES: usize>(&mut self) -> io::Result<[u8; BYTES]> {
        let mut bytes = [0; BYTES];
        self.file.read_exact(&mut bytes)?;
        self.position += BYTES as u64;
        Ok(bytes)
    }

    fn consume(&mut self, bytes: usize) {
        self.file.consume(bytes);
        self.position += bytes as u64;
    }

    fn seek(&mut self, offset: u64) -> io::Result<()> {
        if self.position != offset || self.file.stream_position()? != offset {
            self.file.seek(SeekFrom::Start(offset))?;
            self.position = offset;
        }
        Ok(())
    }
}

#[derive(Debug, PartialEq, Eq)]
struct ItemHeader {
    key_bytes: usize,
    value_bytes: usize,
}

impl ItemHeader {
    /// Values are never compressed in our journals, so both lengths agree.
    fn parse(header: &[u8; ITEM_HEADER_BYTES]) -> Option<Self> {
        let value_bytes = u32::from_le_bytes(array(&header[13..17]));
        let bytes_on_disk = u32::from_le_bytes(array(&header[17..]));
        let is_plain = header[0] == TAG_ITEM && header[2] == 0 && value_bytes == bytes_on_disk;
        is_plain.then(|| ItemHeader {
            key_bytes: usize::from(u16::from_le_bytes(array(&header[11..13]))),
            value_bytes: value_bytes as usize,
        })
    }
}

/// Compares as blocks, since tens of megabytes of allocated zeros follow the last batch.
fn is_blank(bytes: &[u8]) -> bool {
    const ZEROS: [u8; 4_096] = [0; 4_096];
    bytes
        .chunks(ZEROS.len())
        .all(|chunk| *chunk == ZEROS[..chunk.len()])
}

fn array<const BYTES: usize>(bytes: &[u8]) -> [u8; BYTES] {
    bytes
        .try_into()
        .expect("the caller gives as many bytes as its number has")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_read_back_only_by_its_own_store() {
        let marker = Marker {
            round: 7,
            synced_round: 5,
        };
        let bytes = marker.encode(StoreId::new(1));
        assert_eq!(Marker::decode(&bytes, StoreId::new(1)), Some(marker));
        assert_eq!(Marker::decode(&bytes, StoreId::new(2)), None);
        assert_eq!(Marker::decode(&bytes[..23], StoreId::new(1)), None);
    }
}
