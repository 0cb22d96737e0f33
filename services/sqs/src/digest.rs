//! The MD5 digests that SDKs check.
//!
//! Source: [Calculating the MD5 message digest for message attributes](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html).

use md5::{Digest, Md5};
use serde::{Serialize, Serializer};

use crate::payload::{AttributeValue, MessageAttribute};

/// How a value is carried: text or bytes.
const TEXT: u8 = 1;
const BYTES: u8 = 2;

/// An MD5 digest; written in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Md5Digest(pub(crate) [u8; 16]);

impl Md5Digest {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Md5Digest(Md5::digest(bytes).into())
    }

    /// Of message attributes, which must be sorted by name; none when there are none.
    pub(crate) fn of_attributes(attributes: &[MessageAttribute<'_>]) -> Option<Self> {
        if attributes.is_empty() {
            return None;
        }
        debug_assert!(attributes.is_sorted_by_key(|attribute| attribute.name));
        let mut digest = Md5::new();
        for attribute in attributes {
            add_field(&mut digest, attribute.name.as_bytes());
            add_field(&mut digest, attribute.data_type.as_bytes());
            let (transport, value) = match attribute.value {
                AttributeValue::Text(text) => (TEXT, text.as_bytes()),
                AttributeValue::Bytes(bytes) => (BYTES, bytes),
            };
            digest.update([transport]);
            add_field(&mut digest, value);
        }
        Some(Md5Digest(digest.finalize().into()))
    }
}

/// A length in four bytes, and that many bytes.
fn add_field(digest: &mut Md5, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).expect("a message is limited far below 4 GiB");
    digest.update(length.to_be_bytes());
    digest.update(bytes);
}

impl Serialize for Md5Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 32];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 0xf)];
        }
        serializer.serialize_str(std::str::from_utf8(&text).expect("hexadecimal digits are ASCII"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(digest: Md5Digest) -> String {
        serde_json::to_value(digest).unwrap().as_str().unwrap().to_owned()
    }

    #[test]
    fn a_body_has_the_digest_of_its_bytes() {
        assert_eq!(text(Md5Digest::of(b"hello")), "5d41402abc4b2a76b9719d911017c592");
    }

    #[test]
    fn attributes_are_digested_with_their_types() {
        // From the service: a Number attribute `timestamp` of 1493147359900.
        let number = MessageAttribute {
            name: "timestamp",
            data_type: "Number",
            value: AttributeValue::Text("1493147359900"),
        };
        let digest = Md5Digest::of_attributes(&[number]).unwrap();
        assert_eq!(text(digest), "235c5c510d26fb653d073faed50ae77c");
        assert_eq!(Md5Digest::of_attributes(&[]), None);
        let binary = MessageAttribute {
            data_type: "Number",
            value: AttributeValue::Bytes(b"1493147359900"),
            ..number
        };
        assert_ne!(Md5Digest::of_attributes(&[binary]), Some(digest));
    }
}
