//! Integers of variable length: seven bits a byte, the least significant first, signs folded in (zigzag), as in Protocol Buffers.

/// The most bytes that an `i32` takes.
const LONGEST_INT_BYTES: usize = 5;

/// The most bytes that an `i64` takes.
const LONGEST_LONG_BYTES: usize = 10;

/// Appends an `i32`.
pub(crate) fn put_int(bytes: &mut Vec<u8>, value: i32) {
    put_long(bytes, i64::from(value));
}

/// Appends an `i64`.
pub(crate) fn put_long(bytes: &mut Vec<u8>, value: i64) {
    let mut rest = zigzag(value);
    while rest >= 0x80 {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
}

/// The bytes that a value takes, whatever its type.
pub(crate) fn encoded_bytes(value: i64) -> usize {
    let bits = 64 - (zigzag(value) | 1).leading_zeros() as usize;
    bits.div_ceil(7)
}

/// Reads an `i32` at the start of `bytes`: the value, and how many bytes it took. None where there is none, or one too large.
pub(crate) fn int(bytes: &[u8]) -> Option<(i32, usize)> {
    let (value, taken) = unsigned(bytes, LONGEST_INT_BYTES)?;
    Some((i32::try_from(unzigzag(value)).ok()?, taken))
}

/// Reads an `i64` at the start of `bytes`, like [`int`].
pub(crate) fn long(bytes: &[u8]) -> Option<(i64, usize)> {
    let (value, taken) = unsigned(bytes, LONGEST_LONG_BYTES)?;
    Some((unzigzag(value), taken))
}

fn unsigned(bytes: &[u8], longest_bytes: usize) -> Option<(u64, usize)> {
    let mut value = 0;
    for (index, &byte) in bytes.iter().take(longest_bytes).enumerate() {
        let bits = u64::from(byte & 0x7f);
        let shift = 7 * index as u32;
        if bits << shift >> shift != bits {
            return None;
        }
        value |= bits << shift;
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

/// Small numbers of either sign become small ones without. Of an `i32` it makes the same as 32-bit arithmetic would.
fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::{encoded_bytes, int, long, put_int, put_long};

    #[test]
    fn values_are_written_as_protocol_buffers_write_them() {
        let cases: &[(i64, &[u8])] = &[
            (0, &[0]),
            (-1, &[1]),
            (1, &[2]),
            (63, &[0x7e]),
            (-64, &[0x7f]),
            (64, &[0x80, 1]),
            (8191, &[0xfe, 0x7f]),
            (8192, &[0x80, 0x80, 1]),
            (i64::from(i32::MAX), &[0xfe, 0xff, 0xff, 0xff, 0xf]),
            (i64::from(i32::MIN), &[0xff, 0xff, 0xff, 0xff, 0xf]),
            (
                i64::MAX,
                &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            ),
            (
                i64::MIN,
                &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            ),
        ];
        for &(value, expected) in cases {
            let mut bytes = Vec::new();
            put_long(&mut bytes, value);
            assert_eq!(bytes, expected, "{value}");
            assert_eq!(encoded_bytes(value), expected.len(), "{value}");
            assert_eq!(long(expected), Some((value, expected.len())));
            if let Ok(value) = i32::try_from(value) {
                let mut bytes = Vec::new();
                put_int(&mut bytes, value);
                assert_eq!(bytes, expected, "{value}");
                assert_eq!(int(expected), Some((value, expected.len())));
            }
        }
    }

    #[test]
    fn what_has_no_end_or_is_too_large_is_none() {
        assert_eq!(int(&[]), None);
        assert_eq!(int(&[0x80]), None);
        assert_eq!(int(&[0x80; 6]), None);
        assert_eq!(int(&[0xff, 0xff, 0xff, 0xff, 0x1f]), None);
        assert_eq!(long(&[0x80; 11]), None);
        assert_eq!(
            long(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]),
            None
        );
        assert_eq!(
            int(&[0x82, 0x80, 0]),
            Some((1, 3)),
            "longer than it has to be, as Kafka takes it"
        );
    }
}
