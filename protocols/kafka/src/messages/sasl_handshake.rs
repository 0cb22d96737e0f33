// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `SaslHandshakeRequest` and `SaslHandshakeResponse`: the API with the key 17.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// SaslHandshakeRequest, versions 0 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SaslHandshakeRequest {
    /// The SASL mechanism chosen by the client.
    pub mechanism: ByteString,
}

impl SaslHandshakeRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=1;

    /// Reads a SaslHandshakeRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("SaslHandshakeRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.mechanism = reader.string(false)?;
        Ok(value)
    }

    /// Writes the SaslHandshakeRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("SaslHandshakeRequest", Self::VERSIONS, version)?;
        writer.string(false, &self.mechanism)?;
        Ok(())
    }
}

/// SaslHandshakeResponse, versions 0 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SaslHandshakeResponse {
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// The mechanisms enabled in the server.
    pub mechanisms: Vec<ByteString>,
}

impl SaslHandshakeResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=1;

    /// Reads a SaslHandshakeResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("SaslHandshakeResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.mechanisms = reader.array(false, 1, |reader| reader.string(false))?;
        Ok(value)
    }

    /// Writes the SaslHandshakeResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("SaslHandshakeResponse", Self::VERSIONS, version)?;
        writer.int16(self.error_code);
        writer.array(false, &self.mechanisms, |writer, each| writer.string(false, each))?;
        Ok(())
    }
}
