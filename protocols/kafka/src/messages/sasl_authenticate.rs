// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `SaslAuthenticateRequest` and `SaslAuthenticateResponse`: the API with the key 36.

use std::ops::RangeInclusive;

use bytes::Bytes;
use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// SaslAuthenticateRequest, versions 0 to 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SaslAuthenticateRequest {
    /// The SASL authentication bytes from the client, as defined by the SASL mechanism.
    pub auth_bytes: Bytes,
}

impl SaslAuthenticateRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=2;

    /// Reads a SaslAuthenticateRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("SaslAuthenticateRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.auth_bytes = reader.bytes(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the SaslAuthenticateRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("SaslAuthenticateRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.bytes(flexible, &self.auth_bytes)?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// SaslAuthenticateResponse, versions 0 to 2.
#[derive(Clone, Debug, PartialEq)]
pub struct SaslAuthenticateResponse {
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// The error message, or null if there was no error.
    pub error_message: Option<ByteString>,
    /// The SASL authentication bytes from the server, as defined by the SASL mechanism.
    pub auth_bytes: Bytes,
    /// Number of milliseconds after which only re-authentication over the existing connection to create a
    /// new session can occur.
    pub session_lifetime_ms: i64,
}

impl Default for SaslAuthenticateResponse {
    fn default() -> Self {
        SaslAuthenticateResponse {
            error_code: 0,
            error_message: Some(ByteString::new()),
            auth_bytes: Bytes::new(),
            session_lifetime_ms: 0,
        }
    }
}

impl SaslAuthenticateResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=2;

    /// Reads a SaslAuthenticateResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("SaslAuthenticateResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(flexible)?;
        value.auth_bytes = reader.bytes(flexible)?;
        if version >= 1 {
            value.session_lifetime_ms = reader.int64()?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the SaslAuthenticateResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("SaslAuthenticateResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.int16(self.error_code);
        writer.nullable_string(flexible, self.error_message.as_ref())?;
        writer.bytes(flexible, &self.auth_bytes)?;
        if version >= 1 {
            writer.int64(self.session_lifetime_ms);
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
