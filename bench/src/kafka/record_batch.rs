//! Record batches (format v2), as far as a load needs them: <https://kafka.apache.org/documentation/#recordbatch>.

use std::time::{SystemTime, UNIX_EPOCH};

/// Before the batch's length: the base offset; and the length itself.
const OVERHEAD_BYTES: usize = 12;
const HEADER_BYTES: usize = 61;
/// The checksum is of everything from here on.
const CHECKED_FROM: usize = 21;
const CHECKSUM_AT: usize = 17;
const LAST_OFFSET_DELTA_AT: usize = 23;

/// A batch of `count` records without keys, each of which has this value.
pub(super) fn batch(count: i32, value: &[u8]) -> Vec<u8> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let timestamp = now.as_millis() as i64;
    let mut bytes = Vec::with_capacity(HEADER_BYTES + count as usize * (value.len() + 16));
    bytes.extend(0_i64.to_be_bytes());
    bytes.extend(0_i32.to_be_bytes());
    bytes.extend((-1_i32).to_be_bytes());
    bytes.push(2);
    bytes.extend(0_u32.to_be_bytes());
    bytes.extend(0_i16.to_be_bytes());
    bytes.extend((count - 1).to_be_bytes());
    bytes.extend(timestamp.to_be_bytes());
    bytes.extend(timestamp.to_be_bytes());
    // No producer, no epoch, no sequence.
    bytes.extend((-1_i64).to_be_bytes());
    bytes.extend((-1_i16).to_be_bytes());
    bytes.extend((-1_i32).to_be_bytes());
    bytes.extend(count.to_be_bytes());
    for offset_delta in 0..count {
        let mut record = vec![0, 0];
        put_varint(&mut record, i64::from(offset_delta));
        put_varint(&mut record, -1);
        put_varint(&mut record, value.len() as i64);
        record.extend_from_slice(value);
        put_varint(&mut record, 0);
        put_varint(&mut bytes, record.len() as i64);
        bytes.extend(record);
    }
    let length = (bytes.len() - OVERHEAD_BYTES) as i32;
    bytes[8..OVERHEAD_BYTES].copy_from_slice(&length.to_be_bytes());
    let checksum = crc32c::crc32c(&bytes[CHECKED_FROM..]);
    bytes[CHECKSUM_AT..CHECKED_FROM].copy_from_slice(&checksum.to_be_bytes());
    bytes
}

/// What consecutive batches hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    /// Behind the last record; `None` without one.
    pub(super) next_offset: Option<i64>,
    pub(super) records: u64,
}

/// Looks at the headers of consecutive batches; a last one that is cut off doesn't count.
pub(super) fn summary(mut rest: &[u8]) -> Summary {
    let mut summary = Summary::default();
    while rest.len() >= HEADER_BYTES {
        let base_offset = i64::from_be_bytes(*rest.first_chunk().expect("a header is there"));
        let length = OVERHEAD_BYTES + int32(rest, 8).unsigned_abs() as usize;
        let Some(after) = rest.get(length..) else {
            break;
        };
        summary.next_offset = Some(base_offset + i64::from(int32(rest, LAST_OFFSET_DELTA_AT)) + 1);
        summary.records += u64::from(int32(rest, HEADER_BYTES - 4).unsigned_abs());
        rest = after;
    }
    summary
}

fn int32(bytes: &[u8], at: usize) -> i32 {
    i32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Signed, in groups of seven bits, the lowest first, with the sign in the lowest bit.
fn put_varint(bytes: &mut Vec<u8>, value: i64) {
    let mut rest = ((value << 1) ^ (value >> 63)).cast_unsigned();
    while rest >= 0x80 {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_summed_up_as_it_was_made() {
        let (one, three) = (batch(1, b"a"), batch(3, &[7; 1_000]));
        let mut stored = [one, three].concat();
        let second = stored.len() - (HEADER_BYTES + 3 * 1_010 - 3);
        stored[second..second + 8].copy_from_slice(&41_i64.to_be_bytes());
        let whole = Summary {
            next_offset: Some(44),
            records: 4,
        };
        assert_eq!(summary(&stored), whole);
        let first_only = Summary {
            next_offset: Some(1),
            records: 1,
        };
        assert_eq!(summary(&stored[..stored.len() - 1]), first_only);
        assert_eq!(summary(&[]), Summary::default());
    }

    #[test]
    fn the_bytes_are_those_of_the_format() {
        let bytes = batch(1, b"v");
        assert_eq!(bytes.len(), HEADER_BYTES + 8);
        assert_eq!(bytes[HEADER_BYTES..], [14, 0, 0, 0, 1, 2, b'v', 0]);
        let checksum = crc32c::crc32c(&bytes[CHECKED_FROM..]).to_be_bytes();
        assert_eq!(bytes[CHECKSUM_AT..CHECKED_FROM], checksum);
    }
}
