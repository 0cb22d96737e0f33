// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `ExpireDelegationTokenRequest` and `ExpireDelegationTokenResponse`: the API with the key 40.

use std::ops::RangeInclusive;

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// ExpireDelegationTokenRequest, versions 1 to 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExpireDelegationTokenRequest {
    /// The HMAC of the delegation token to be expired.
    pub hmac: Bytes,
    /// The expiry time period in milliseconds.
    pub expiry_time_period_ms: i64,
}

impl ExpireDelegationTokenRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=2;

    /// Reads a ExpireDelegationTokenRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ExpireDelegationTokenRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.hmac = reader.bytes(flexible)?;
        value.expiry_time_period_ms = reader.int64()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the ExpireDelegationTokenRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ExpireDelegationTokenRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.bytes(flexible, &self.hmac)?;
        writer.int64(self.expiry_time_period_ms);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// ExpireDelegationTokenResponse, versions 1 to 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExpireDelegationTokenResponse {
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// The timestamp in milliseconds at which this token expires.
    pub expiry_timestamp_ms: i64,
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
}

impl ExpireDelegationTokenResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=2;

    /// Reads a ExpireDelegationTokenResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ExpireDelegationTokenResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.expiry_timestamp_ms = reader.int64()?;
        value.throttle_time_ms = reader.int32()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the ExpireDelegationTokenResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ExpireDelegationTokenResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.int16(self.error_code);
        writer.int64(self.expiry_timestamp_ms);
        writer.int32(self.throttle_time_ms);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
