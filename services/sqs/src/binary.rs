//! Binary members: base64 in JSON, bytes in a [`ninefold_model::Value`].

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{self, Deserializer, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

/// Bytes of an input or output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Binary(pub(crate) Vec<u8>);

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BinaryVisitor)
    }
}

struct BinaryVisitor;

impl Visitor<'_> for BinaryVisitor {
    type Value = Binary;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("base64 text or bytes")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Binary, E> {
        STANDARD.decode(text).map(Binary).map_err(E::custom)
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Binary, E> {
        Ok(Binary(bytes.to_vec()))
    }
}

impl Serialize for Binary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&STANDARD.encode(&self.0))
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use ninefold_model::to_value;

    use super::*;

    #[test]
    fn json_has_base64_and_values_have_bytes() {
        let binary = Binary(vec![0, 1, 255]);
        assert_eq!(serde_json::to_string(&binary).unwrap(), "\"AAH/\"");
        assert_eq!(serde_json::from_str::<Binary>("\"AAH/\"").unwrap(), binary);
        assert!(serde_json::from_str::<Binary>("\"*\"").is_err());
        let value = to_value(&binary).unwrap();
        assert_eq!(
            value.as_blob().map(|bytes| bytes.to_vec()),
            Some(binary.0.clone())
        );
        assert_eq!(Binary::deserialize(&value).unwrap(), binary);
    }
}
