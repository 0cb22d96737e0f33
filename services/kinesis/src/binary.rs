//! Data of records: base64 in JSON, bytes in a [`ninefold_model::Value`].

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::de::{self, Deserializer, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

/// Data as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Data<'a> {
    /// As text.
    Base64(Cow<'a, str>),
    /// As it is.
    Raw(Cow<'a, [u8]>),
}

impl Data<'_> {
    /// An upper bound of how many bytes it is, without decoding.
    pub(crate) fn bytes_at_most(&self) -> usize {
        match self {
            Data::Base64(text) => text.len() / 4 * 3 + 3,
            Data::Raw(bytes) => bytes.len(),
        }
    }

    /// Appends it to `bytes`; false if it is no base64.
    pub(crate) fn decode_into(&self, bytes: &mut Vec<u8>) -> bool {
        match self {
            Data::Base64(text) => STANDARD.decode_vec(&**text, bytes).is_ok(),
            Data::Raw(raw) => {
                bytes.extend_from_slice(raw);
                true
            }
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Data<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DataVisitor)
    }
}

struct DataVisitor;

impl<'de> Visitor<'de> for DataVisitor {
    type Value = Data<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("base64 text or bytes")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Data<'de>, E> {
        Ok(Data::Base64(Cow::Borrowed(text)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Data<'de>, E> {
        Ok(Data::Base64(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_bytes<E: de::Error>(self, bytes: &'de [u8]) -> Result<Data<'de>, E> {
        Ok(Data::Raw(Cow::Borrowed(bytes)))
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Data<'de>, E> {
        Ok(Data::Raw(Cow::Owned(bytes.to_vec())))
    }
}

/// Data of an output, to be written by a [`Codec`](ninefold_protocol::Codec) or as a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Binary(pub(crate) Bytes);

impl Serialize for Binary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use ninefold_protocol::Codec;

    use super::*;

    #[test]
    fn json_has_base64_and_values_have_bytes() {
        let binary = Binary(Bytes::from_static(&[0, 1, 255]));
        assert_eq!(Codec::Json.write(&binary).unwrap(), "\"AAH/\"");
        let value = ninefold_model::to_value(&binary).unwrap();
        assert_eq!(value.as_blob(), Some(&binary.0));
        for data in [
            serde_json::from_str("\"AAH/\"").unwrap(),
            Data::deserialize(&value).unwrap(),
        ] {
            let mut bytes = Vec::new();
            assert!(data.decode_into(&mut bytes) && data.bytes_at_most() >= bytes.len());
            assert_eq!(bytes, [0, 1, 255]);
        }
        let unreadable: Data<'_> = serde_json::from_str("\"*\"").unwrap();
        assert!(!unreadable.decode_into(&mut Vec::new()));
    }
}
