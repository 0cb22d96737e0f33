// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `CreateDelegationTokenRequest` and `CreateDelegationTokenResponse`: the API with the key 38.

use std::ops::RangeInclusive;

use bytes::Bytes;
use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// CreateDelegationTokenRequest, versions 1 to 3.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateDelegationTokenRequest {
    /// The principal type of the owner of the token. If it's null it defaults to the token request
    /// principal.
    pub owner_principal_type: Option<ByteString>,
    /// The principal name of the owner of the token. If it's null it defaults to the token request
    /// principal.
    pub owner_principal_name: Option<ByteString>,
    /// A list of those who are allowed to renew this token before it expires.
    pub renewers: Vec<CreatableRenewers>,
    /// The maximum lifetime of the token in milliseconds, or -1 to use the server side default.
    pub max_lifetime_ms: i64,
}

impl Default for CreateDelegationTokenRequest {
    fn default() -> Self {
        CreateDelegationTokenRequest {
            owner_principal_type: Some(ByteString::new()),
            owner_principal_name: Some(ByteString::new()),
            renewers: Vec::new(),
            max_lifetime_ms: 0,
        }
    }
}

impl CreateDelegationTokenRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=3;

    /// Reads a CreateDelegationTokenRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("CreateDelegationTokenRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        if version >= 3 {
            value.owner_principal_type = reader.nullable_string(flexible)?;
            value.owner_principal_name = reader.nullable_string(flexible)?;
        }
        value.renewers = reader.array(flexible, 3, |reader| CreatableRenewers::decode(reader, version))?;
        value.max_lifetime_ms = reader.int64()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the CreateDelegationTokenRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("CreateDelegationTokenRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        if version >= 3 {
            writer.nullable_string(flexible, self.owner_principal_type.as_ref())?;
        }
        if version < 3 && self.owner_principal_type != Some(ByteString::new()) {
            return Err(EncodeError::not_in_version(
                "CreateDelegationTokenRequest.OwnerPrincipalType",
                version,
            ));
        }
        if version >= 3 {
            writer.nullable_string(flexible, self.owner_principal_name.as_ref())?;
        }
        if version < 3 && self.owner_principal_name != Some(ByteString::new()) {
            return Err(EncodeError::not_in_version(
                "CreateDelegationTokenRequest.OwnerPrincipalName",
                version,
            ));
        }
        writer.array(flexible, &self.renewers, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.int64(self.max_lifetime_ms);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// A list of those who are allowed to renew this token before it expires.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreatableRenewers {
    /// The type of the Kafka principal.
    pub principal_type: ByteString,
    /// The name of the Kafka principal.
    pub principal_name: ByteString,
}

impl CreatableRenewers {
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

/// CreateDelegationTokenResponse, versions 1 to 3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreateDelegationTokenResponse {
    /// The top-level error, or zero if there was no error.
    pub error_code: i16,
    /// The principal type of the token owner.
    pub principal_type: ByteString,
    /// The name of the token owner.
    pub principal_name: ByteString,
    /// The principal type of the requester of the token.
    pub token_requester_principal_type: ByteString,
    /// The principal type of the requester of the token.
    pub token_requester_principal_name: ByteString,
    /// When this token was generated.
    pub issue_timestamp_ms: i64,
    /// When this token expires.
    pub expiry_timestamp_ms: i64,
    /// The maximum lifetime of this token.
    pub max_timestamp_ms: i64,
    /// The token UUID.
    pub token_id: ByteString,
    /// HMAC of the delegation token.
    pub hmac: Bytes,
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
}

impl CreateDelegationTokenResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=3;

    /// Reads a CreateDelegationTokenResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("CreateDelegationTokenResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.principal_type = reader.string(flexible)?;
        value.principal_name = reader.string(flexible)?;
        if version >= 3 {
            value.token_requester_principal_type = reader.string(flexible)?;
            value.token_requester_principal_name = reader.string(flexible)?;
        }
        value.issue_timestamp_ms = reader.int64()?;
        value.expiry_timestamp_ms = reader.int64()?;
        value.max_timestamp_ms = reader.int64()?;
        value.token_id = reader.string(flexible)?;
        value.hmac = reader.bytes(flexible)?;
        value.throttle_time_ms = reader.int32()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the CreateDelegationTokenResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("CreateDelegationTokenResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.int16(self.error_code);
        writer.string(flexible, &self.principal_type)?;
        writer.string(flexible, &self.principal_name)?;
        if version >= 3 {
            writer.string(flexible, &self.token_requester_principal_type)?;
        }
        if version < 3 && !self.token_requester_principal_type.is_empty() {
            return Err(EncodeError::not_in_version(
                "CreateDelegationTokenResponse.TokenRequesterPrincipalType",
                version,
            ));
        }
        if version >= 3 {
            writer.string(flexible, &self.token_requester_principal_name)?;
        }
        if version < 3 && !self.token_requester_principal_name.is_empty() {
            return Err(EncodeError::not_in_version(
                "CreateDelegationTokenResponse.TokenRequesterPrincipalName",
                version,
            ));
        }
        writer.int64(self.issue_timestamp_ms);
        writer.int64(self.expiry_timestamp_ms);
        writer.int64(self.max_timestamp_ms);
        writer.string(flexible, &self.token_id)?;
        writer.bytes(flexible, &self.hmac)?;
        writer.int32(self.throttle_time_ms);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
