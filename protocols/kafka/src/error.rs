//! What can be wrong with bytes that are read, and with values that are to be written.

use std::ops::RangeInclusive;

/// Why bytes are not the message that they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// No API of ours has the code.
    #[error("there is no API with the key {0}")]
    UnknownApiKey(i16),
    /// The message exists, but not in this version.
    #[error("{message} has the versions {lowest} to {highest}, and not {version}")]
    UnsupportedVersion {
        /// The name of the message.
        message: &'static str,
        /// The version that was asked for.
        version: i16,
        /// The lowest version that can be read.
        lowest: i16,
        /// The highest version that can be read.
        highest: i16,
    },
    /// The bytes end within a field.
    #[error("{needed} bytes are needed where {remaining} remain")]
    Truncated {
        /// How many bytes the field has.
        needed: usize,
        /// How many there are.
        remaining: usize,
    },
    /// An array announces more elements than the bytes that remain can hold.
    #[error("an array of {announced} elements can't be in the {remaining} bytes that remain")]
    ArrayTooLong {
        /// How many elements were announced.
        announced: usize,
        /// How many bytes there are.
        remaining: usize,
    },
    /// A length is negative, and not the one that means null.
    #[error("a length can't be {0}")]
    NegativeLength(i64),
    /// A string is longer than the 32767 bytes that a string may have.
    #[error("a string can't have {0} bytes")]
    StringTooLong(usize),
    /// A variable-length integer has more than 32 bits.
    #[error("a variable-length integer has more than 32 bits")]
    VarintTooLong,
    /// The field is null in a version in which it must not be.
    #[error("a field is null that must not be")]
    UnexpectedNull,
    /// A string is not UTF-8.
    #[error("a string is not UTF-8")]
    NotUtf8,
    /// A nullable structure begins with something other than -1 or 1.
    #[error("a structure can't begin with {0}")]
    NotAPresence(i8),
    /// A tagged field is not as long as it says.
    #[error("the field with the tag {tag} has {actual} bytes, and not {announced}")]
    TaggedFieldSize {
        /// Its tag.
        tag: u32,
        /// The length that it announces.
        announced: usize,
        /// The length of its value.
        actual: usize,
    },
    /// There are bytes after the end of the message.
    #[error("{0} bytes follow the message")]
    TrailingBytes(usize),
}

/// Why a value can't be written in a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The message exists, but not in this version.
    #[error("{message} has no version {version}")]
    UnsupportedVersion {
        /// The name of the message.
        message: &'static str,
        /// The version that was asked for.
        version: i16,
    },
    /// A field has a value that the version has no place for, and that must not be left out.
    #[error("version {version} has no place for {field}")]
    NotInVersion {
        /// The structure and the field, as Kafka calls them.
        field: &'static str,
        /// The version that was asked for.
        version: i16,
    },
    /// A field is null that must not be in this version.
    #[error("{field} can't be null in version {version}")]
    Null {
        /// The structure and the field, as Kafka calls them.
        field: &'static str,
        /// The version that was asked for.
        version: i16,
    },
    /// A string, array or frame is longer than its length can say.
    #[error("a length of {0} can't be written")]
    TooLong(usize),
    /// Something is in a file that is wanted in memory.
    #[error("records in a file can't be written to memory")]
    NotInMemory,
}

impl EncodeError {
    pub(crate) fn not_in_version(field: &'static str, version: i16) -> Self {
        EncodeError::NotInVersion { field, version }
    }

    pub(crate) fn null(field: &'static str, version: i16) -> Self {
        EncodeError::Null { field, version }
    }
}

/// Refuses to read a version that the message doesn't have.
pub(crate) fn expect_version(
    message: &'static str,
    versions: RangeInclusive<i16>,
    version: i16,
) -> Result<(), DecodeError> {
    if versions.contains(&version) {
        return Ok(());
    }
    Err(DecodeError::UnsupportedVersion {
        message,
        version,
        lowest: *versions.start(),
        highest: *versions.end(),
    })
}

/// Refuses to write a version that the message doesn't have.
pub(crate) fn expect_encodable(
    message: &'static str,
    versions: RangeInclusive<i16>,
    version: i16,
) -> Result<(), EncodeError> {
    if versions.contains(&version) {
        return Ok(());
    }
    Err(EncodeError::UnsupportedVersion { message, version })
}
