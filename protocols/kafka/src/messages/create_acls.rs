// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `CreateAclsRequest` and `CreateAclsResponse`: the API with the key 30.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// CreateAclsRequest, versions 1 to 3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreateAclsRequest {
    /// The ACLs that we want to create.
    pub creations: Vec<AclCreation>,
}

impl CreateAclsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=3;

    /// Reads a CreateAclsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("CreateAclsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.creations = reader.array(flexible, 8, |reader| AclCreation::decode(reader, version))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the CreateAclsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("CreateAclsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.array(flexible, &self.creations, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The ACLs that we want to create.
#[derive(Clone, Debug, PartialEq)]
pub struct AclCreation {
    /// The type of the resource.
    pub resource_type: i8,
    /// The resource name for the ACL.
    pub resource_name: ByteString,
    /// The pattern type for the ACL.
    pub resource_pattern_type: i8,
    /// The principal for the ACL.
    pub principal: ByteString,
    /// The host for the ACL.
    pub host: ByteString,
    /// The operation type for the ACL (read, write, etc.).
    pub operation: i8,
    /// The permission type for the ACL (allow, deny, etc.).
    pub permission_type: i8,
}

impl Default for AclCreation {
    fn default() -> Self {
        AclCreation {
            resource_type: 0,
            resource_name: ByteString::new(),
            resource_pattern_type: 3,
            principal: ByteString::new(),
            host: ByteString::new(),
            operation: 0,
            permission_type: 0,
        }
    }
}

impl AclCreation {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.resource_type = reader.int8()?;
        value.resource_name = reader.string(flexible)?;
        value.resource_pattern_type = reader.int8()?;
        value.principal = reader.string(flexible)?;
        value.host = reader.string(flexible)?;
        value.operation = reader.int8()?;
        value.permission_type = reader.int8()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        writer.int8(self.resource_type);
        writer.string(flexible, &self.resource_name)?;
        writer.int8(self.resource_pattern_type);
        writer.string(flexible, &self.principal)?;
        writer.string(flexible, &self.host)?;
        writer.int8(self.operation);
        writer.int8(self.permission_type);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// CreateAclsResponse, versions 1 to 3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreateAclsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The results for each ACL creation.
    pub results: Vec<AclCreationResult>,
}

impl CreateAclsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=3;

    /// Reads a CreateAclsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("CreateAclsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.results = reader.array(flexible, 4, |reader| AclCreationResult::decode(reader, version))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the CreateAclsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("CreateAclsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.int32(self.throttle_time_ms);
        writer.array(flexible, &self.results, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The results for each ACL creation.
#[derive(Clone, Debug, PartialEq)]
pub struct AclCreationResult {
    /// The result error, or zero if there was no error.
    pub error_code: i16,
    /// The result message, or null if there was no error.
    pub error_message: Option<ByteString>,
}

impl Default for AclCreationResult {
    fn default() -> Self {
        AclCreationResult {
            error_code: 0,
            error_message: Some(ByteString::new()),
        }
    }
}

impl AclCreationResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        writer.int16(self.error_code);
        writer.nullable_string(flexible, self.error_message.as_ref())?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
