//! One message of the event stream encoding:
//!
//! ```text
//! total length (4) | headers' length (4) | CRC-32 of these 8 | headers | payload | CRC-32 of all before (4)
//! header: name's length (1) | name | type 7, a string (1) | value's length (2) | value
//! ```
//!
//! Numbers are big-endian, CRCs those of gzip.

use bytes::Bytes;

/// What is there besides headers and payload.
const OVERHEAD_BYTES: usize = 16;
const STRING: u8 = 7;
/// The longest string a header may hold, as in the SDKs.
const MAX_STRING_BYTES: usize = 32 * 1024 - 1;

/// A message before it is bytes.
pub(super) struct Frame<'a> {
    headers: [(&'static str, &'a str); 3],
    payload: &'a [u8],
}

impl<'a> Frame<'a> {
    pub(super) fn event(name: &'a str, content_type: &'static str, payload: &'a [u8]) -> Self {
        Frame {
            headers: [
                (":event-type", name),
                (":content-type", content_type),
                (":message-type", "event"),
            ],
            payload,
        }
    }

    /// An error that the model has among the events.
    pub(super) fn exception(name: &'a str, content_type: &'static str, payload: &'a [u8]) -> Self {
        Frame {
            headers: [
                (":exception-type", name),
                (":content-type", content_type),
                (":message-type", "exception"),
            ],
            payload,
        }
    }

    /// Any other error.
    pub(super) fn error(code: &'a str, message: &'a str) -> Self {
        Frame {
            headers: [
                (":error-code", code),
                (":error-message", message),
                (":message-type", "error"),
            ],
            payload: &[],
        }
    }

    /// Its bytes. Payloads are bounded by whoever makes them.
    pub(super) fn encode(&self) -> Bytes {
        let headers_bytes: usize = self
            .headers
            .iter()
            .map(|(name, value)| 4 + name.len() + cut(value).len())
            .sum();
        let total_bytes = OVERHEAD_BYTES + headers_bytes + self.payload.len();
        let mut frame = Vec::with_capacity(total_bytes);
        frame.extend_from_slice(&(total_bytes as u32).to_be_bytes());
        frame.extend_from_slice(&(headers_bytes as u32).to_be_bytes());
        append_checksum(&mut frame);
        for (name, value) in self.headers {
            let value = cut(value);
            frame.push(name.len() as u8);
            frame.extend_from_slice(name.as_bytes());
            frame.push(STRING);
            frame.extend_from_slice(&(value.len() as u16).to_be_bytes());
            frame.extend_from_slice(value.as_bytes());
        }
        frame.extend_from_slice(self.payload);
        append_checksum(&mut frame);
        frame.into()
    }
}

fn append_checksum(frame: &mut Vec<u8>) {
    let checksum = crc32fast::hash(frame);
    frame.extend_from_slice(&checksum.to_be_bytes());
}

/// As much of a text as a header holds.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_STRING_BYTES)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vector `payload_one_str_header` that the SDKs share.
    #[test]
    fn checksums_are_those_of_the_shared_vectors() {
        let mut frame = vec![0, 0, 0, 61, 0, 0, 0, 32];
        append_checksum(&mut frame);
        assert_eq!(frame[8..], [0x07, 0xfd, 0x83, 0x96]);
        frame.extend_from_slice(b"\x0ccontent-type\x07\x00\x10application/json{'foo':'bar'}");
        append_checksum(&mut frame);
        assert_eq!(frame.len(), 61);
        assert_eq!(frame[57..], [0x8d, 0x9c, 0x08, 0xb1]);
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        let long = "é".repeat(MAX_STRING_BYTES);
        assert_eq!(cut(&long).len(), MAX_STRING_BYTES - 1);
        let frame = Frame::error("code", &long).encode();
        assert_eq!(frame[..4], (frame.len() as u32).to_be_bytes());
    }
}
