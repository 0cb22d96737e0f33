use std::fmt::Display;

use thiserror::Error;

/// Bytes that are no CBOR, or not what was to be read; a struct that can't be written.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CborError {
    /// The bytes end within an item.
    #[error("the item is incomplete")]
    Incomplete,
    /// The bytes are not well-formed (RFC 8949, appendix C).
    #[error("{0}")]
    Malformed(&'static str),
    /// A text string is no UTF-8.
    #[error("a text string is not valid UTF-8")]
    NotUtf8,
    /// Items are nested too deeply.
    #[error("nested too deeply")]
    TooDeep,
    /// Something follows the item.
    #[error("something follows the item")]
    Trailing,
    /// Well-formed, but not what was to be read or written.
    #[error("{0}")]
    Mismatch(String),
}

impl serde::de::Error for CborError {
    fn custom<T: Display>(message: T) -> Self {
        CborError::Mismatch(message.to_string())
    }
}

impl serde::ser::Error for CborError {
    fn custom<T: Display>(message: T) -> Self {
        CborError::Mismatch(message.to_string())
    }
}
