use base64::{Engine, engine::general_purpose::STANDARD};
use std::borrow::Cow;

/// A message attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// `String`, `String.Array`, `Number`, or `Binary`, with a label or without.
    pub data_type: String,
    /// Its value.
    pub value: AttributeValue,
}

/// The value of a message attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttributeValue {
    /// A text or a number.
    Text(String),
    /// Bytes, which are written in Base64.
    Binary(Vec<u8>),
}

impl AttributeValue {
    /// The value as it stands in JSON.
    pub(crate) fn as_text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Binary(bytes) => Cow::Owned(STANDARD.encode(bytes)),
        }
    }
}
