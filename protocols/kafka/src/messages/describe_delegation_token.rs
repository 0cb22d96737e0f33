// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `DescribeDelegationTokenRequest` and `DescribeDelegationTokenResponse`: the API with the key 41.

use std::ops::RangeInclusive;

use bytes::Bytes;
use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// DescribeDelegationTokenRequest, versions 1 to 3.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeDelegationTokenRequest {
    /// Each owner that we want to describe delegation tokens for, or null to describe all tokens.
    pub owners: Option<Vec<DescribeDelegationTokenOwner>>,
}

impl Default for DescribeDelegationTokenRequest {
    fn default() -> Self {
        DescribeDelegationTokenRequest {
            owners: Some(Vec::new()),
        }
    }
}

impl DescribeDelegationTokenRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=3;

    /// Reads a DescribeDelegationTokenRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeDelegationTokenRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.owners = reader.nullable_array(flexible, 3, |reader| {
            DescribeDelegationTokenOwner::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DescribeDelegationTokenRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeDelegationTokenRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.nullable_array(flexible, self.owners.as_deref(), |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each owner that we want to describe delegation tokens for, or null to describe all tokens.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeDelegationTokenOwner {
    /// The owner principal type.
    pub principal_type: ByteString,
    /// The owner principal name.
    pub principal_name: ByteString,
}

impl DescribeDelegationTokenOwner {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.principal_type = reader.string(flexible)?;
        value.principal_name = reader.string(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        writer.string(flexible, &self.principal_type)?;
        writer.string(flexible, &self.principal_name)?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// DescribeDelegationTokenResponse, versions 1 to 3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeDelegationTokenResponse {
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// The tokens.
    pub tokens: Vec<DescribedDelegationToken>,
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
}

impl DescribeDelegationTokenResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=3;

    /// Reads a DescribeDelegationTokenResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeDelegationTokenResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.tokens = reader.array(flexible, 30, |reader| {
            DescribedDelegationToken::decode(reader, version)
        })?;
        value.throttle_time_ms = reader.int32()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DescribeDelegationTokenResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeDelegationTokenResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.int16(self.error_code);
        writer.array(flexible, &self.tokens, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.int32(self.throttle_time_ms);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The tokens.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribedDelegationToken {
    /// The token principal type.
    pub principal_type: ByteString,
    /// The token principal name.
    pub principal_name: ByteString,
    /// The principal type of the requester of the token.
    pub token_requester_principal_type: ByteString,
    /// The principal type of the requester of the token.
    pub token_requester_principal_name: ByteString,
    /// The token issue timestamp in milliseconds.
    pub issue_timestamp: i64,
    /// The token expiry timestamp in milliseconds.
    pub expiry_timestamp: i64,
    /// The token maximum timestamp length in milliseconds.
    pub max_timestamp: i64,
    /// The token ID.
    pub token_id: ByteString,
    /// The token HMAC.
    pub hmac: Bytes,
    /// Those who are able to renew this token before it expires.
    pub renewers: Vec<DescribedDelegationTokenRenewer>,
}

impl DescribedDelegationToken {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.principal_type = reader.string(flexible)?;
        value.principal_name = reader.string(flexible)?;
        if version >= 3 {
            value.token_requester_principal_type = reader.string(flexible)?;
            value.token_requester_principal_name = reader.string(flexible)?;
        }
        value.issue_timestamp = reader.int64()?;
        value.expiry_timestamp = reader.int64()?;
        value.max_timestamp = reader.int64()?;
        value.token_id = reader.string(flexible)?;
        value.hmac = reader.bytes(flexible)?;
        value.renewers = reader.array(flexible, 3, |reader| {
            DescribedDelegationTokenRenewer::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        writer.string(flexible, &self.principal_type)?;
        writer.string(flexible, &self.principal_name)?;
        if version >= 3 {
            writer.string(flexible, &self.token_requester_principal_type)?;
        }
        if version < 3 && !self.token_requester_principal_type.is_empty() {
            return Err(EncodeError::not_in_version(
                "DescribedDelegationToken.TokenRequesterPrincipalType",
                version,
            ));
        }
        if version >= 3 {
            writer.string(flexible, &self.token_requester_principal_name)?;
        }
        if version < 3 && !self.token_requester_principal_name.is_empty() {
            return Err(EncodeError::not_in_version(
                "DescribedDelegationToken.TokenRequesterPrincipalName",
                version,
            ));
        }
        writer.int64(self.issue_timestamp);
        writer.int64(self.expiry_timestamp);
        writer.int64(self.max_timestamp);
        writer.string(flexible, &self.token_id)?;
        writer.bytes(flexible, &self.hmac)?;
        writer.array(flexible, &self.renewers, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Those who are able to renew this token before it expires.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribedDelegationTokenRenewer {
    /// The renewer principal type.
    pub principal_type: ByteString,
    /// The renewer principal name.
    pub principal_name: ByteString,
}

impl DescribedDelegationTokenRenewer {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.principal_type = reader.string(flexible)?;
        value.principal_name = reader.string(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        writer.string(flexible, &self.principal_type)?;
        writer.string(flexible, &self.principal_name)?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
