//! Identifiers of topics, members and directories.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// 16 bytes, which Kafka writes as 22 characters of unpadded, URL-safe base64.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid([u8; 16]);

/// A text is not the base64 form of 16 bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the base64 form of 16 bytes")]
pub struct UuidError(String);

/// The longest text of which an error repeats all.
const SHOWN_CHARACTERS: usize = 24;

impl Uuid {
    /// Stands for none.
    pub const ZERO: Uuid = Uuid([0; 16]);

    /// Takes the bytes as they are on the wire.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Uuid(bytes)
    }

    /// The bytes as they are on the wire.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Whether it stands for none.
    pub fn is_zero(&self) -> bool {
        *self == Uuid::ZERO
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Uuid({self})")
    }
}

impl FromStr for Uuid {
    type Err = UuidError;

    fn from_str(text: &str) -> Result<Self, UuidError> {
        let decoded = URL_SAFE_NO_PAD.decode(text).ok();
        decoded
            .and_then(|bytes| bytes.try_into().ok())
            .map(Uuid)
            .ok_or_else(|| UuidError(text.chars().take(SHOWN_CHARACTERS).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_as_kafka_does() {
        // Kafka's `Uuid.ZERO_UUID`, `ONE_UUID`, and one with the characters that differ from plain base64.
        let one = Uuid::from_bytes(1_u128.to_be_bytes());
        let high = Uuid::from_bytes([0xff; 16]);
        for (uuid, text) in [
            (Uuid::ZERO, "AAAAAAAAAAAAAAAAAAAAAA"),
            (one, "AAAAAAAAAAAAAAAAAAAAAQ"),
            (high, "_____________________w"),
        ] {
            assert_eq!(uuid.to_string(), text);
            assert_eq!(text.parse(), Ok(uuid));
        }
        assert!(Uuid::ZERO.is_zero() && !one.is_zero());
    }

    #[test]
    fn refuses_what_is_not_16_bytes() {
        for text in [
            "",
            "AAAA",
            "AAAAAAAAAAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAA==",
            "____________________+w",
        ] {
            assert!(text.parse::<Uuid>().is_err(), "{text}");
        }
    }
}
