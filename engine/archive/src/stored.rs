//! How series are stored.
//!
//! A series' name is followed by a zero byte and numbers of a fixed length, so that no name is the beginning of another one's keys.

use bytes::Bytes;
use ninefold_store::{StoreError, Table};
use ninefold_time::Timestamp;

use crate::archive::{Entry, Place};
use crate::tally::Tally;

/// Series, 0, time, sequence -> a format byte and the payload.
pub(crate) const ENTRIES: Table = Table::new(21, "archive.entries");
/// Series -> a format byte, then entries, bytes and the next sequence.
pub(crate) const TALLIES: Table = Table::new(22, "archive.tallies");
/// Series, 0, time since when it is kept, time, sequence -> a format byte and the length of the payload.
pub(crate) const AGES: Table = Table::new(23, "archive.ages");

/// The format of what is stored.
const FORMAT: u8 = 1;
const NUMBER_BYTES: usize = 8;
/// The length of a place in a key: time and sequence.
const PLACE_BYTES: usize = 2 * NUMBER_BYTES;

/// What the keys of a series begin with, in both tables.
pub(crate) fn prefix(series: &[u8]) -> Vec<u8> {
    let mut prefix = Vec::with_capacity(series.len() + 1 + NUMBER_BYTES + PLACE_BYTES);
    prefix.extend_from_slice(series);
    prefix.push(0);
    prefix
}

/// The first key behind a series.
pub(crate) fn end(series: &[u8]) -> Vec<u8> {
    [series, &[1]].concat()
}

pub(crate) fn entry_key(series: &[u8], place: Place) -> Vec<u8> {
    let mut key = prefix(series);
    push_place(&mut key, place);
    key
}

/// The first key of what is kept since that time or later.
pub(crate) fn age_start(series: &[u8], kept_since: Timestamp) -> Vec<u8> {
    let mut key = prefix(series);
    key.extend_from_slice(&kept_since.as_millis().to_be_bytes());
    key
}

pub(crate) fn age_key(series: &[u8], kept_since: Timestamp, place: Place) -> Vec<u8> {
    let mut key = age_start(series, kept_since);
    push_place(&mut key, place);
    key
}

fn push_place(key: &mut Vec<u8>, place: Place) {
    key.extend_from_slice(&place.at.as_millis().to_be_bytes());
    key.extend_from_slice(&place.sequence.to_be_bytes());
}

/// The place that a key of either table ends with.
pub(crate) fn place_of(key: &[u8]) -> Result<Place, StoreError> {
    let start = key.len().checked_sub(PLACE_BYTES).ok_or_else(damaged)?;
    let (at, sequence) = key[start..].split_at(NUMBER_BYTES);
    Ok(Place {
        at: Timestamp::from_millis(number(at)?),
        sequence: number(sequence)?,
    })
}

pub(crate) fn encode_payload(payload: &[u8]) -> Vec<u8> {
    let mut stored = Vec::with_capacity(payload.len() + 1);
    stored.push(FORMAT);
    stored.extend_from_slice(payload);
    stored
}

pub(crate) fn decode_entry(key: &[u8], stored: &Bytes) -> Result<Entry, StoreError> {
    Ok(Entry {
        place: place_of(key)?,
        payload: match stored.first() {
            Some(&FORMAT) => stored.slice(1..),
            _ => return Err(damaged()),
        },
    })
}

/// What is stored of an entry's age: how many bytes go when it goes.
pub(crate) fn encode_length(payload_bytes: u64) -> Vec<u8> {
    encode_numbers([payload_bytes])
}

pub(crate) fn decode_length(stored: &[u8]) -> Result<u64, StoreError> {
    decode_numbers::<1>(stored).map(|[length]| length)
}

pub(crate) fn encode_tally(tally: &Tally) -> Vec<u8> {
    encode_numbers([tally.entries, tally.bytes, tally.next_sequence])
}

pub(crate) fn decode_tally(stored: &[u8]) -> Result<Tally, StoreError> {
    decode_numbers::<3>(stored).map(|[entries, bytes, next_sequence]| Tally {
        entries,
        bytes,
        next_sequence,
    })
}

fn encode_numbers<const COUNT: usize>(numbers: [u64; COUNT]) -> Vec<u8> {
    let mut stored = Vec::with_capacity(1 + COUNT * NUMBER_BYTES);
    stored.push(FORMAT);
    for number in numbers {
        stored.extend_from_slice(&number.to_be_bytes());
    }
    stored
}

fn decode_numbers<const COUNT: usize>(stored: &[u8]) -> Result<[u64; COUNT], StoreError> {
    let numbers = match stored.split_first() {
        Some((&FORMAT, numbers)) if numbers.len() == COUNT * NUMBER_BYTES => numbers,
        _ => return Err(damaged()),
    };
    let mut decoded = [0; COUNT];
    for (decoded, bytes) in decoded.iter_mut().zip(numbers.chunks(NUMBER_BYTES)) {
        *decoded = number(bytes)?;
    }
    Ok(decoded)
}

fn number(bytes: &[u8]) -> Result<u64, StoreError> {
    bytes.try_into().map(u64::from_be_bytes).map_err(|_| damaged())
}

fn damaged() -> StoreError {
    StoreError::Damaged {
        detail: "an archived entry, its age or a tally can't be read".into(),
    }
}
