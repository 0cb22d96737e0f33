//! Reads the types of the [protocol guide](https://kafka.apache.org/protocol#protocol_types) from bytes.

use bytes::Bytes;
use bytestring::ByteString;

use crate::error::DecodeError;
#[cfg(feature = "client")]
use crate::records::Records;
use crate::uuid::Uuid;

/// The longest string, in bytes: the length of a string was a signed 16-bit integer once, and still ends there.
const LONGEST_STRING_BYTES: usize = i16::MAX as usize;
/// How many elements of an array are made room for before the first was read.
const FIRST_ELEMENTS: usize = 16;

/// A place in bytes that are being read.
///
/// Strings and byte fields are slices of these bytes and keep all of them alive: copy what is kept for longer than a
/// request. Memory is never taken by an announced length: an array may not announce more elements than the bytes that remain
/// can hold, and grows with the elements that were read.
#[derive(Clone, Debug)]
pub struct Reader {
    bytes: Bytes,
    position: usize,
}

impl Reader {
    /// Stands before the first of the bytes.
    pub fn new(bytes: Bytes) -> Self {
        Reader { bytes, position: 0 }
    }

    /// How many bytes have not been read.
    pub fn remaining(&self) -> usize {
        self.bytes.len() - self.position
    }

    /// The bytes that have not been read.
    pub fn rest(&self) -> Bytes {
        self.bytes.slice(self.position..)
    }

    /// Makes sure that everything was read.
    pub fn finish(self) -> Result<(), DecodeError> {
        match self.remaining() {
            0 => Ok(()),
            trailing => Err(DecodeError::TrailingBytes(trailing)),
        }
    }

    /// Goes on by a number of bytes, and returns where they began.
    fn advance(&mut self, length: usize) -> Result<usize, DecodeError> {
        let remaining = self.remaining();
        if length > remaining {
            return Err(DecodeError::Truncated {
                needed: length,
                remaining,
            });
        }
        let start = self.position;
        self.position += length;
        Ok(start)
    }

    fn fixed<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], DecodeError> {
        let start = self.advance(LENGTH)?;
        let mut fixed = [0; LENGTH];
        fixed.copy_from_slice(&self.bytes[start..start + LENGTH]);
        Ok(fixed)
    }

    pub(crate) fn boolean(&mut self) -> Result<bool, DecodeError> {
        Ok(self.int8()? != 0)
    }

    pub(crate) fn int8(&mut self) -> Result<i8, DecodeError> {
        self.fixed().map(i8::from_be_bytes)
    }

    pub(crate) fn int16(&mut self) -> Result<i16, DecodeError> {
        self.fixed().map(i16::from_be_bytes)
    }

    pub(crate) fn uint16(&mut self) -> Result<u16, DecodeError> {
        self.fixed().map(u16::from_be_bytes)
    }

    pub(crate) fn int32(&mut self) -> Result<i32, DecodeError> {
        self.fixed().map(i32::from_be_bytes)
    }

    pub(crate) fn int64(&mut self) -> Result<i64, DecodeError> {
        self.fixed().map(i64::from_be_bytes)
    }

    pub(crate) fn float64(&mut self) -> Result<f64, DecodeError> {
        self.fixed().map(f64::from_be_bytes)
    }

    pub(crate) fn uuid(&mut self) -> Result<Uuid, DecodeError> {
        self.fixed().map(Uuid::from_bytes)
    }

    /// An unsigned integer in groups of seven bits, the lowest first.
    pub(crate) fn unsigned_varint(&mut self) -> Result<u32, DecodeError> {
        let mut value = 0;
        for shift in [0, 7, 14, 21, 28] {
            let [byte] = self.fixed()?;
            let bits = u32::from(byte & 0x7f);
            if shift == 28 && bits > 0x0f {
                return Err(DecodeError::VarintTooLong);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(DecodeError::VarintTooLong)
    }

    /// A length in the compact form: one more than it is, so that zero means null.
    fn compact_length(&mut self) -> Result<Option<usize>, DecodeError> {
        match self.unsigned_varint()?.checked_sub(1) {
            None => Ok(None),
            Some(length) if length > i32::MAX as u32 => {
                Err(DecodeError::NegativeLength(i64::from(length as i32)))
            }
            Some(length) => Ok(Some(length as usize)),
        }
    }

    /// The length of an array or of bytes.
    fn length(&mut self, flexible: bool) -> Result<Option<usize>, DecodeError> {
        if flexible {
            return self.compact_length();
        }
        signed_length(i64::from(self.int32()?))
    }

    pub(crate) fn nullable_string(&mut self, flexible: bool) -> Result<Option<ByteString>, DecodeError> {
        let length = match flexible {
            true => self.compact_length()?,
            false => signed_length(i64::from(self.int16()?))?,
        };
        let Some(length) = length else {
            return Ok(None);
        };
        if length > LONGEST_STRING_BYTES {
            return Err(DecodeError::StringTooLong(length));
        }
        let start = self.advance(length)?;
        ByteString::try_from(self.bytes.slice(start..start + length))
            .map(Some)
            .map_err(|_| DecodeError::NotUtf8)
    }

    pub(crate) fn string(&mut self, flexible: bool) -> Result<ByteString, DecodeError> {
        self.nullable_string(flexible)?.ok_or(DecodeError::UnexpectedNull)
    }

    pub(crate) fn nullable_bytes(&mut self, flexible: bool) -> Result<Option<Bytes>, DecodeError> {
        let Some(length) = self.length(flexible)? else {
            return Ok(None);
        };
        let start = self.advance(length)?;
        Ok(Some(self.bytes.slice(start..start + length)))
    }

    #[cfg(feature = "client")]
    pub(crate) fn nullable_records(&mut self, flexible: bool) -> Result<Option<Records>, DecodeError> {
        Ok(self.nullable_bytes(flexible)?.map(Records::from))
    }

    pub(crate) fn bytes(&mut self, flexible: bool) -> Result<Bytes, DecodeError> {
        self.nullable_bytes(flexible)?.ok_or(DecodeError::UnexpectedNull)
    }

    /// An array of elements that have at least `smallest` bytes each.
    pub(crate) fn nullable_array<T>(
        &mut self,
        flexible: bool,
        smallest: usize,
        mut element: impl FnMut(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Option<Vec<T>>, DecodeError> {
        let Some(length) = self.length(flexible)? else {
            return Ok(None);
        };
        let remaining = self.remaining();
        if length > remaining / smallest {
            return Err(DecodeError::ArrayTooLong {
                announced: length,
                remaining,
            });
        }
        let mut elements = Vec::with_capacity(length.min(FIRST_ELEMENTS));
        for _ in 0..length {
            elements.push(element(self)?);
        }
        Ok(Some(elements))
    }

    pub(crate) fn array<T>(
        &mut self,
        flexible: bool,
        smallest: usize,
        element: impl FnMut(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Vec<T>, DecodeError> {
        self.nullable_array(flexible, smallest, element)?
            .ok_or(DecodeError::UnexpectedNull)
    }

    pub(crate) fn nullable_struct<T>(
        &mut self,
        decode: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<Option<T>, DecodeError> {
        match self.int8()? {
            -1 => Ok(None),
            1 => decode(self).map(Some),
            other => Err(DecodeError::NotAPresence(other)),
        }
    }

    /// Reads the tagged fields at the end of a structure (KIP-482). `known` reads the value of a tag that it knows; others
    /// are skipped.
    pub(crate) fn tagged_fields(
        &mut self,
        mut known: impl FnMut(&mut Self, u32) -> Result<bool, DecodeError>,
    ) -> Result<(), DecodeError> {
        // Each has a tag and a length, so their number is bounded by the bytes.
        for _ in 0..self.unsigned_varint()? {
            let tag = self.unsigned_varint()?;
            let announced = self.unsigned_varint()? as usize;
            let start = self.position;
            let end = self.advance(announced)? + announced;
            self.position = start;
            if !known(self, tag)? {
                self.position = end;
            }
            if self.position != end {
                return Err(DecodeError::TaggedFieldSize {
                    tag,
                    announced,
                    actual: self.position - start,
                });
            }
        }
        Ok(())
    }

    pub(crate) fn skip_tagged_fields(&mut self) -> Result<(), DecodeError> {
        self.tagged_fields(|_, _| Ok(false))
    }
}

/// A length of which -1 means null.
fn signed_length(length: i64) -> Result<Option<usize>, DecodeError> {
    match length {
        -1 => Ok(None),
        length => usize::try_from(length)
            .map(Some)
            .map_err(|_| DecodeError::NegativeLength(length)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(bytes: &'static [u8]) -> Reader {
        Reader::new(Bytes::from_static(bytes))
    }

    #[test]
    fn varints_have_32_bits_at_most() {
        let cases: [(&[u8], Result<u32, DecodeError>); 7] = [
            (b"\x00", Ok(0)),
            (b"\x7f", Ok(127)),
            (b"\x80\x01", Ok(128)),
            (b"\xff\xff\xff\xff\x0f", Ok(u32::MAX)),
            (b"\xff\xff\xff\xff\x1f", Err(DecodeError::VarintTooLong)),
            (b"\x80\x80\x80\x80\x80\x00", Err(DecodeError::VarintTooLong)),
            (
                b"\x80",
                Err(DecodeError::Truncated {
                    needed: 1,
                    remaining: 0,
                }),
            ),
        ];
        for (bytes, expected) in cases {
            assert_eq!(reader(bytes).unsigned_varint(), expected, "{bytes:?}");
        }
    }

    #[test]
    fn a_length_may_say_null_but_nothing_else_below_zero() {
        assert_eq!(reader(b"\xff\xff").nullable_string(false), Ok(None));
        assert_eq!(
            reader(b"\xff\xff").string(false),
            Err(DecodeError::UnexpectedNull)
        );
        assert_eq!(
            reader(b"\xff\xfe").nullable_string(false),
            Err(DecodeError::NegativeLength(-2))
        );
        assert_eq!(reader(b"\x00").nullable_string(true), Ok(None));
        assert_eq!(
            reader(b"\x80\x00\x00\x00").nullable_bytes(false),
            Err(DecodeError::NegativeLength(-0x8000_0000))
        );
        assert_eq!(
            reader(b"\xff\xff\xff\xff\x0f").bytes(true),
            Err(DecodeError::NegativeLength(-2))
        );
        assert_eq!(reader(b"\x03\xc3\x28").string(true), Err(DecodeError::NotUtf8));
        assert_eq!(
            reader(b"\x81\x80\x02").string(true),
            Err(DecodeError::StringTooLong(32768))
        );
        assert_eq!(reader(b"\x00\x02ab").string(false).as_deref(), Ok("ab"));
    }

    #[test]
    fn an_array_is_no_longer_than_its_bytes_allow() {
        let announced = DecodeError::ArrayTooLong {
            announced: 0x7fff_ffff,
            remaining: 4,
        };
        let outcome = reader(b"\x7f\xff\xff\xff\x00\x00\x00\x00").array(false, 4, Reader::int32);
        assert_eq!(outcome, Err(announced));
        let outcome = reader(b"\x03\x00\x00\x00\x01\x00\x00\x00\x02").array(true, 4, Reader::int32);
        assert_eq!(outcome, Ok(vec![1, 2]));
        assert_eq!(
            reader(b"\xff\xff\xff\xff").nullable_array(false, 4, Reader::int32),
            Ok(None)
        );
    }

    #[test]
    fn unknown_tagged_fields_are_skipped_and_known_ones_have_the_size_they_say() {
        let bytes = b"\x02\x00\x04\x00\x00\x00\x07\x05\x02ab!";
        let mut found = 0;
        let mut read = reader(bytes);
        let outcome = read.tagged_fields(|reader, tag| {
            if tag == 0 {
                found = reader.int32()?;
            }
            Ok(tag == 0)
        });
        assert_eq!((outcome, found, &read.rest()[..]), (Ok(()), 7, &b"!"[..]));
        let outcome = reader(b"\x01\x00\x05\x00\x00\x00\x07\x00")
            .tagged_fields(|reader, _| reader.int32().map(|_| true));
        assert_eq!(
            outcome,
            Err(DecodeError::TaggedFieldSize {
                tag: 0,
                announced: 5,
                actual: 4
            })
        );
        let outcome = reader(b"\xff\xff\xff\xff\x0f\x00\x00").skip_tagged_fields();
        assert_eq!(
            outcome,
            Err(DecodeError::Truncated {
                needed: 1,
                remaining: 0
            })
        );
        let outcome = reader(b"\x01\x00\xff\xff\xff\xff\x0f").skip_tagged_fields();
        assert_eq!(
            outcome,
            Err(DecodeError::Truncated {
                needed: u32::MAX as usize,
                remaining: 0
            })
        );
    }

    #[test]
    fn a_structure_is_there_or_not() {
        assert_eq!(reader(b"\xff").nullable_struct(Reader::int8), Ok(None));
        assert_eq!(reader(b"\x01\x05").nullable_struct(Reader::int8), Ok(Some(5)));
        assert_eq!(
            reader(b"\x00\x05").nullable_struct(Reader::int8),
            Err(DecodeError::NotAPresence(0))
        );
    }
}
