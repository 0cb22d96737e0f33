// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `RenewDelegationTokenRequest` and `RenewDelegationTokenResponse`: the API with the key 39.

use std::ops::RangeInclusive;

use bytes::Bytes;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// RenewDelegationTokenRequest, versions 1 to 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RenewDelegationTokenRequest {
    /// The HMAC of the delegation token to be renewed.
    pub hmac: Bytes,
    /// The renewal time period in milliseconds.
    pub renew_period_ms: i64,
}

impl RenewDelegationTokenRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=2;

    /// Reads a RenewDelegationTokenRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("RenewDelegationTokenRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.hmac = reader.bytes(flexible)?;
        value.renew_period_ms = reader.int64()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the RenewDelegationTokenRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("RenewDelegationTokenRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.bytes(flexible, &self.hmac)?;
        writer.int64(self.renew_period_ms);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// RenewDelegationTokenResponse, versions 1 to 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RenewDelegationTokenResponse {
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// The timestamp in milliseconds at which this token expires.
    pub expiry_timestamp_ms: i64,
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
}

impl RenewDelegationTokenResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=2;

    /// Reads a RenewDelegationTokenResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("RenewDelegationTokenResponse", Self::VERSIONS, version)?;
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

    /// Writes the RenewDelegationTokenResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("RenewDelegationTokenResponse", Self::VERSIONS, version)?;
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
