//! Frames: four bytes that say the length of what follows, for requests and responses alike.

use bytes::{Buf, Bytes, BytesMut};

use crate::error::{DecodeError, EncodeError};
use crate::header::{RequestHeader, write_response_header};
use crate::messages::{ApiKey, Request, Response};
use crate::reader::Reader;
use crate::records::Piece;
use crate::writer::Writer;

/// The bytes of a frame's length.
const PREFIX_BYTES: usize = 4;
/// The least room that is made for what comes next.
const LEAST_ROOM_BYTES: usize = 8 << 10;

/// Why a connection has to be closed: after this, nothing says where the next frame begins.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The length is negative.
    #[error("a frame can't have {0} bytes")]
    NegativeLength(i32),
    /// The length is above the maximum (`socket.request.max.bytes` of Kafka's brokers).
    #[error("a frame of {announced} bytes is above the limit of {maximum_bytes} bytes")]
    TooLong {
        /// What the length says.
        announced: usize,
        /// What is allowed.
        maximum_bytes: usize,
    },
}

/// Takes frames from bytes as they come.
///
/// Never holds much more than it received: room is made for as much as there is already, and not for what is announced. A frame
/// shares its memory with what came with it, so what is kept of one for long should be copied.
#[derive(Debug)]
pub struct FrameDecoder {
    received: BytesMut,
    maximum_bytes: usize,
}

impl FrameDecoder {
    /// For frames of at most so many bytes after their length.
    pub fn new(maximum_bytes: usize) -> Self {
        FrameDecoder {
            received: BytesMut::new(),
            maximum_bytes,
        }
    }

    /// Where to append what was received; has room for some of it.
    pub fn room(&mut self) -> &mut BytesMut {
        let missing = match self.announced() {
            Ok(Some(length)) => (PREFIX_BYTES + length).saturating_sub(self.received.len()),
            _ => 0,
        };
        let room = missing.min(self.received.len()).max(LEAST_ROOM_BYTES);
        self.received.reserve(room);
        &mut self.received
    }

    /// How many bytes were received that are not part of a frame yet.
    pub fn pending_bytes(&self) -> usize {
        self.received.len()
    }

    /// The next whole frame, without its length; none until the rest of it was received.
    pub fn next_frame(&mut self) -> Result<Option<Bytes>, FrameError> {
        let Some(length) = self.announced()? else {
            return Ok(None);
        };
        if self.received.len() < PREFIX_BYTES + length {
            return Ok(None);
        }
        self.received.advance(PREFIX_BYTES);
        Ok(Some(self.received.split_to(length).freeze()))
    }

    /// The length of the frame that begins here, if it is known.
    fn announced(&self) -> Result<Option<usize>, FrameError> {
        let Some(prefix) = self.received.first_chunk::<PREFIX_BYTES>() else {
            return Ok(None);
        };
        let length = i32::from_be_bytes(*prefix);
        let announced = usize::try_from(length).map_err(|_| FrameError::NegativeLength(length))?;
        if announced > self.maximum_bytes {
            return Err(FrameError::TooLong {
                announced,
                maximum_bytes: self.maximum_bytes,
            });
        }
        Ok(Some(announced))
    }
}

/// A response as a frame, in pieces to be sent one after the other: its length, its header, and what `encode` writes.
///
/// Records are among the pieces by reference.
pub fn response_frame(
    api_key: ApiKey,
    version: i16,
    correlation_id: i32,
    encode: impl FnOnce(&mut Writer) -> Result<(), EncodeError>,
) -> Result<Vec<Piece>, EncodeError> {
    Writer::frame_in_pieces(|writer| {
        write_response_header(writer, api_key, version, correlation_id);
        encode(writer)
    })
}

impl Response {
    /// The response to a request of this version and correlation id, as [`response_frame`] has it.
    pub fn frame(&self, version: i16, correlation_id: i32) -> Result<Vec<Piece>, EncodeError> {
        response_frame(self.api_key(), version, correlation_id, |writer| {
            self.encode(writer, version)
        })
    }
}

impl Request {
    /// Reads what follows a header. Bytes after the request are ignored, as Apache Kafka does: librdkafka sends three of
    /// them when it asks for the metadata of all topics (<https://github.com/confluentinc/librdkafka/issues/5049>).
    pub fn after(header: &RequestHeader, mut reader: Reader) -> Result<Self, DecodeError> {
        Request::decode(header.api_key, &mut reader, header.api_version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAXIMUM_BYTES: usize = 1 << 20;

    fn decoder(bytes: &[u8]) -> FrameDecoder {
        let mut decoder = FrameDecoder::new(MAXIMUM_BYTES);
        decoder.room().extend_from_slice(bytes);
        decoder
    }

    #[test]
    fn frames_come_in_any_pieces() {
        let stream = b"\x00\x00\x00\x03abc\x00\x00\x00\x00\x00\x00\x00\x01d";
        for piece in 1..=stream.len() {
            let mut decoder = FrameDecoder::new(MAXIMUM_BYTES);
            let mut frames = Vec::new();
            for bytes in stream.chunks(piece) {
                decoder.room().extend_from_slice(bytes);
                while let Some(frame) = decoder.next_frame().unwrap() {
                    frames.push(frame);
                }
            }
            assert_eq!(frames, [&b"abc"[..], b"", b"d"]);
            assert_eq!(decoder.pending_bytes(), 0);
        }
    }

    #[test]
    fn lengths_out_of_bounds_are_refused_before_anything_is_read() {
        let negative = FrameError::NegativeLength(-1);
        assert_eq!(decoder(b"\xff\xff\xff\xff").next_frame(), Err(negative));
        let announced = MAXIMUM_BYTES + 1;
        let mut decoder = decoder(&(announced as i32).to_be_bytes());
        assert_eq!(
            decoder.next_frame(),
            Err(FrameError::TooLong {
                announced,
                maximum_bytes: MAXIMUM_BYTES
            })
        );
    }

    #[test]
    fn room_is_made_for_what_was_received_and_not_for_what_was_announced() {
        let mut decoder = decoder(&(MAXIMUM_BYTES as i32).to_be_bytes());
        assert_eq!(decoder.next_frame(), Ok(None));
        let mut received = PREFIX_BYTES;
        while decoder.next_frame() == Ok(None) {
            let capacity = decoder.room().capacity();
            assert!(
                capacity <= 3 * received + 2 * LEAST_ROOM_BYTES,
                "{capacity} of {received}"
            );
            let piece = (capacity - decoder.pending_bytes()).min(PREFIX_BYTES + MAXIMUM_BYTES - received);
            decoder.room().extend_from_slice(&vec![0; piece]);
            received += piece;
        }
        assert_eq!(received, PREFIX_BYTES + MAXIMUM_BYTES);
    }
}
