//! What the engine keeps of a message for the door: its body, attributes and sender, in one buffer.

use bytes::Bytes;
use ninefold_protocol::ServiceError;

use crate::digest::Md5Digest;

/// The layout of the buffer.
const FORMAT: u8 = 1;

/// The value of a message attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttributeValue<'a> {
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// A message attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MessageAttribute<'a> {
    pub(crate) name: &'a str,
    pub(crate) data_type: &'a str,
    pub(crate) value: AttributeValue<'a>,
}

/// A message as its sender gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payload<'a> {
    pub(crate) body: &'a str,
    pub(crate) body_digest: Md5Digest,
    pub(crate) sender_id: &'a str,
    pub(crate) trace_header: Option<&'a str>,
    /// Sorted by name.
    pub(crate) attributes: Vec<MessageAttribute<'a>>,
}

impl<'a> Payload<'a> {
    pub(crate) fn encode(&self) -> Bytes {
        let mut bytes = Vec::with_capacity(64 + self.sender_id.len() + self.body.len());
        bytes.push(FORMAT);
        bytes.extend_from_slice(&self.body_digest.0);
        put(&mut bytes, self.sender_id.as_bytes());
        put(&mut bytes, self.trace_header.unwrap_or_default().as_bytes());
        let count = u8::try_from(self.attributes.len()).expect("a message has at most ten attributes");
        bytes.push(count);
        for attribute in &self.attributes {
            put(&mut bytes, attribute.name.as_bytes());
            put(&mut bytes, attribute.data_type.as_bytes());
            let (kind, value) = match attribute.value {
                AttributeValue::Text(text) => (0, text.as_bytes()),
                AttributeValue::Bytes(value) => (1, value),
            };
            bytes.push(kind);
            put(&mut bytes, value);
        }
        bytes.extend_from_slice(self.body.as_bytes());
        Bytes::from(bytes)
    }

    pub(crate) fn decode(bytes: &'a [u8]) -> Result<Self, ServiceError> {
        Self::read(&mut Reader(bytes))
            .ok_or_else(|| ServiceError::internal("The stored message could not be read."))
    }

    fn read(reader: &mut Reader<'a>) -> Option<Self> {
        if reader.byte()? != FORMAT {
            return None;
        }
        let body_digest = Md5Digest(reader.take(16)?.try_into().ok()?);
        let sender_id = reader.text()?;
        let trace_header = Some(reader.text()?).filter(|header| !header.is_empty());
        let mut attributes = Vec::with_capacity(usize::from(reader.byte()?));
        for _ in 0..attributes.capacity() {
            attributes.push(MessageAttribute {
                name: reader.text()?,
                data_type: reader.text()?,
                value: match reader.byte()? {
                    0 => AttributeValue::Text(reader.text()?),
                    1 => AttributeValue::Bytes(reader.field()?),
                    _ => return None,
                },
            });
        }
        Some(Payload {
            body: std::str::from_utf8(reader.0).ok()?,
            body_digest,
            sender_id,
            trace_header,
            attributes,
        })
    }
}

/// A length in four bytes, and that many bytes.
fn put(bytes: &mut Vec<u8>, field: &[u8]) {
    let length = u32::try_from(field.len()).expect("a message is limited far below 4 GiB");
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(field);
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    fn field(&mut self) -> Option<&'a [u8]> {
        let length = u32::from_be_bytes(self.take(4)?.try_into().ok()?);
        self.take(length as usize)
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.field()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload() -> Payload<'static> {
        Payload {
            body: "one coffee",
            body_digest: Md5Digest::of(b"one coffee"),
            sender_id: "000000000000",
            trace_header: Some("Root=1-5759e988-bd862e3fe1be46a994272793"),
            attributes: vec![
                MessageAttribute {
                    name: "blob",
                    data_type: "Binary.gif",
                    value: AttributeValue::Bytes(&[0, 255]),
                },
                MessageAttribute {
                    name: "size",
                    data_type: "Number",
                    value: AttributeValue::Text("3"),
                },
            ],
        }
    }

    #[test]
    fn a_payload_reads_back_as_written() {
        let plain = Payload {
            trace_header: None,
            attributes: Vec::new(),
            ..payload()
        };
        for payload in [plain, payload()] {
            assert_eq!(Payload::decode(&payload.encode()).unwrap(), payload);
        }
    }

    #[test]
    fn a_cut_payload_is_refused_or_only_loses_body() {
        let bytes = payload().encode();
        let head = bytes.len() - "one coffee".len();
        for length in 0..head {
            assert!(Payload::decode(&bytes[..length]).is_err());
        }
        let mut other_format = bytes.to_vec();
        other_format[0] = 9;
        assert!(Payload::decode(&other_format).is_err());
    }
}
