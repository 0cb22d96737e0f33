//! Writes the types of the [protocol guide](https://kafka.apache.org/protocol#protocol_types), records by reference.

use bytes::{BufMut, Bytes, BytesMut};
use bytestring::ByteString;

use crate::error::EncodeError;
use crate::records::{Piece, Records};
use crate::uuid::Uuid;

/// Bytes from this length on are kept by reference: below, copying them is cheaper than one more segment to send.
const REFERENCE_FROM_BYTES: usize = 2048;
/// The bytes of the length before a frame.
const PREFIX_BYTES: usize = 4;

/// Collects what is written: small fields in a buffer, large bytes by reference.
///
/// [`Writer::into_pieces`] gives everything in order, to be sent by vectored writes.
#[derive(Debug, Default)]
pub struct Writer {
    buffer: BytesMut,
    /// What is kept by reference, and before which byte of the buffer it stands.
    references: Vec<(usize, Piece)>,
    referenced_bytes: usize,
}

impl Writer {
    /// With nothing written.
    pub fn new() -> Self {
        Writer::default()
    }

    /// A frame that has nothing in files, as every request: what `encode` writes, after its length, as segments in order.
    pub fn frame(
        encode: impl FnOnce(&mut Writer) -> Result<(), EncodeError>,
    ) -> Result<Vec<Bytes>, EncodeError> {
        let pieces = Writer::frame_in_pieces(encode)?.into_iter();
        pieces.map(in_memory).collect()
    }

    /// A frame: what `encode` writes, after its length, as pieces in order.
    pub fn frame_in_pieces(
        encode: impl FnOnce(&mut Writer) -> Result<(), EncodeError>,
    ) -> Result<Vec<Piece>, EncodeError> {
        let mut writer = Writer::default();
        writer.int32(0);
        encode(&mut writer)?;
        let length = length_of(writer.length() - PREFIX_BYTES)?;
        writer.buffer[..PREFIX_BYTES].copy_from_slice(&length.to_be_bytes());
        Ok(writer.into_pieces())
    }

    /// How many bytes have been written, those by reference included.
    pub fn length(&self) -> usize {
        self.buffer.len() + self.referenced_bytes
    }

    /// Everything that was written, in order.
    pub fn into_pieces(mut self) -> Vec<Piece> {
        let mut pieces = Vec::with_capacity(2 * self.references.len() + 1);
        let mut written = 0;
        for (position, piece) in self.references {
            if position > written {
                let before = self.buffer.split_to(position - written);
                pieces.push(Piece::Memory(before.freeze()));
                written = position;
            }
            pieces.push(piece);
        }
        if !self.buffer.is_empty() {
            pieces.push(Piece::Memory(self.buffer.freeze()));
        }
        pieces
    }

    /// Everything that was written, in one piece; copies if there is more than one. Nothing of it may be in a file.
    pub fn into_bytes(self) -> Result<Bytes, EncodeError> {
        if self.references.is_empty() {
            return Ok(self.buffer.freeze());
        }
        let mut whole = BytesMut::with_capacity(self.length());
        for piece in self.into_pieces() {
            whole.extend_from_slice(&in_memory(piece)?);
        }
        Ok(whole.freeze())
    }

    pub(crate) fn boolean(&mut self, value: bool) {
        self.buffer.put_u8(u8::from(value));
    }

    pub(crate) fn int8(&mut self, value: i8) {
        self.buffer.put_i8(value);
    }

    pub(crate) fn int16(&mut self, value: i16) {
        self.buffer.put_i16(value);
    }

    pub(crate) fn uint16(&mut self, value: u16) {
        self.buffer.put_u16(value);
    }

    pub(crate) fn int32(&mut self, value: i32) {
        self.buffer.put_i32(value);
    }

    pub(crate) fn int64(&mut self, value: i64) {
        self.buffer.put_i64(value);
    }

    pub(crate) fn float64(&mut self, value: f64) {
        self.buffer.put_f64(value);
    }

    pub(crate) fn uuid(&mut self, value: Uuid) {
        self.buffer.put_slice(value.as_bytes());
    }

    pub(crate) fn unsigned_varint(&mut self, mut value: u32) {
        while value >= 0x80 {
            self.buffer.put_u8(value as u8 | 0x80);
            value >>= 7;
        }
        self.buffer.put_u8(value as u8);
    }

    /// The length of an array or of bytes, or null.
    fn length_or_null(&mut self, flexible: bool, length: Option<usize>) -> Result<(), EncodeError> {
        let length = length.map(length_of).transpose()?;
        match (flexible, length) {
            (true, None) => self.unsigned_varint(0),
            (true, Some(length)) => self.unsigned_varint(length.unsigned_abs() + 1),
            (false, length) => self.int32(length.unwrap_or(-1)),
        }
        Ok(())
    }

    pub(crate) fn nullable_string(
        &mut self,
        flexible: bool,
        value: Option<&ByteString>,
    ) -> Result<(), EncodeError> {
        let length = value.map_or(Ok(-1), |text| {
            i16::try_from(text.len()).map_err(|_| EncodeError::TooLong(text.len()))
        })?;
        match flexible {
            true => self.unsigned_varint((i32::from(length) + 1).unsigned_abs()),
            false => self.int16(length),
        }
        self.buffer.put_slice(value.map_or(&[], |text| text.as_bytes()));
        Ok(())
    }

    pub(crate) fn string(&mut self, flexible: bool, value: &ByteString) -> Result<(), EncodeError> {
        self.nullable_string(flexible, Some(value))
    }

    pub(crate) fn nullable_bytes(
        &mut self,
        flexible: bool,
        value: Option<&Bytes>,
    ) -> Result<(), EncodeError> {
        self.length_or_null(flexible, value.map(Bytes::len))?;
        if let Some(bytes) = value {
            self.put(bytes);
        }
        Ok(())
    }

    pub(crate) fn nullable_records(
        &mut self,
        flexible: bool,
        value: Option<&Records>,
    ) -> Result<(), EncodeError> {
        self.length_or_null(flexible, value.map(Records::len))?;
        for piece in value.map(Records::pieces).unwrap_or_default() {
            match piece {
                Piece::Memory(bytes) => self.put(bytes),
                Piece::File(_) => self.refer_to(piece.clone()),
            }
        }
        Ok(())
    }

    fn put(&mut self, bytes: &Bytes) {
        if bytes.len() >= REFERENCE_FROM_BYTES {
            self.refer_to(Piece::Memory(bytes.clone()));
        } else {
            self.buffer.put_slice(bytes);
        }
    }

    fn refer_to(&mut self, piece: Piece) {
        self.referenced_bytes += piece.len();
        self.references.push((self.buffer.len(), piece));
    }

    pub(crate) fn bytes(&mut self, flexible: bool, value: &Bytes) -> Result<(), EncodeError> {
        self.nullable_bytes(flexible, Some(value))
    }

    pub(crate) fn nullable_array<T>(
        &mut self,
        flexible: bool,
        elements: Option<&[T]>,
        mut encode: impl FnMut(&mut Self, &T) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        self.length_or_null(flexible, elements.map(<[T]>::len))?;
        elements
            .unwrap_or_default()
            .iter()
            .try_for_each(|element| encode(self, element))
    }

    pub(crate) fn array<T>(
        &mut self,
        flexible: bool,
        elements: &[T],
        encode: impl FnMut(&mut Self, &T) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        self.nullable_array(flexible, Some(elements), encode)
    }

    pub(crate) fn nullable_struct<T>(
        &mut self,
        value: Option<&T>,
        encode: impl FnOnce(&mut Self, &T) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        let Some(value) = value else {
            self.int8(-1);
            return Ok(());
        };
        self.int8(1);
        encode(self, value)
    }

    pub(crate) fn tagged_fields(&mut self, tagged: TaggedFields) -> Result<(), EncodeError> {
        self.unsigned_varint(tagged.fields.len() as u32);
        for (tag, value) in tagged.fields {
            self.unsigned_varint(tag);
            self.unsigned_varint(length_of(value.len())?.unsigned_abs());
            self.buffer.put_slice(&value);
        }
        Ok(())
    }

    pub(crate) fn no_tagged_fields(&mut self) {
        self.unsigned_varint(0);
    }
}

/// The tagged fields of one structure (KIP-482), collected first: their number and sizes stand before them.
#[derive(Debug, Default)]
pub(crate) struct TaggedFields {
    fields: Vec<(u32, Bytes)>,
}

impl TaggedFields {
    /// Adds a field; they have to be added in the order of their tags.
    pub(crate) fn field(
        &mut self,
        tag: u32,
        encode: impl FnOnce(&mut Writer) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        let mut writer = Writer::new();
        encode(&mut writer)?;
        self.fields.push((tag, writer.into_bytes()?));
        Ok(())
    }
}

fn in_memory(piece: Piece) -> Result<Bytes, EncodeError> {
    match piece {
        Piece::Memory(bytes) => Ok(bytes),
        Piece::File(_) => Err(EncodeError::NotInMemory),
    }
}

/// A length that a signed 32-bit integer can say.
fn length_of(length: usize) -> Result<i32, EncodeError> {
    i32::try_from(length).map_err(|_| EncodeError::TooLong(length))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::sync::Arc;

    use super::*;
    use crate::records::FileRange;

    #[test]
    fn large_bytes_are_kept_by_reference_and_in_order() {
        let large = Bytes::from(vec![7; REFERENCE_FROM_BYTES]);
        let mut length = 0;
        let segments = Writer::frame(|writer| {
            writer.int16(1);
            for value in [&large, &Bytes::from_static(b"ab"), &large] {
                writer.bytes(false, value)?;
            }
            writer.int8(2);
            length = writer.length();
            Ok(())
        })
        .unwrap();
        assert_eq!(segments.len(), 5);
        assert!(
            [1, 3]
                .iter()
                .all(|&at: &usize| segments[at].as_ptr() == large.as_ptr())
        );
        let whole = segments.concat();
        assert_eq!(whole.len(), length);
        assert_eq!(whole[..4], (length as i32 - 4).to_be_bytes());
        assert_eq!(&segments[2][..], b"\x00\x00\x00\x02ab\x00\x00\x08\x00");
        assert_eq!(&segments[4][..], b"\x02");
    }

    #[test]
    fn references_side_by_side_have_no_empty_segment_between_them() {
        let large = Bytes::from(vec![7; REFERENCE_FROM_BYTES]);
        let mut writer = Writer::new();
        writer.bytes(true, &large).unwrap();
        let pieces = writer.into_pieces();
        assert_eq!(
            pieces.iter().map(Piece::len).collect::<Vec<_>>(),
            [2, REFERENCE_FROM_BYTES]
        );
        assert_eq!(Writer::new().into_pieces(), Vec::<Piece>::new());
    }

    #[test]
    fn records_in_a_file_have_their_place_among_what_is_in_memory() {
        let range = FileRange {
            file: Arc::new(File::open("/dev/null").unwrap()),
            position: 7,
            bytes: 10,
        };
        let small = Bytes::from_static(b"abc");
        let records = Records::from_iter([Piece::Memory(small), Piece::File(range.clone())]);
        let encode = |writer: &mut Writer| {
            writer.nullable_records(false, Some(&records))?;
            writer.int8(1);
            Ok(())
        };
        let expected = [
            Piece::Memory(Bytes::from_static(b"\x00\x00\x00\x12\x00\x00\x00\x0dabc")),
            Piece::File(range),
            Piece::Memory(Bytes::from_static(b"\x01")),
        ];
        assert_eq!(Writer::frame_in_pieces(encode).unwrap(), expected);
        assert_eq!(Writer::frame(encode), Err(EncodeError::NotInMemory));
        let mut writer = Writer::new();
        encode(&mut writer).unwrap();
        assert_eq!(writer.into_bytes(), Err(EncodeError::NotInMemory));
    }

    #[test]
    fn strings_end_at_32767_bytes() {
        let mut writer = Writer::new();
        let longest = ByteString::from("a".repeat(32767));
        assert_eq!(writer.string(true, &longest), Ok(()));
        assert_eq!(writer.string(false, &longest), Ok(()));
        let longer = ByteString::from("a".repeat(32768));
        assert_eq!(writer.string(true, &longer), Err(EncodeError::TooLong(32768)));
    }
}
