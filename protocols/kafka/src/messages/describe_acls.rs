// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `DescribeAclsRequest` and `DescribeAclsResponse`: the API with the key 29.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// DescribeAclsRequest, versions 1 to 3.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeAclsRequest {
    /// The resource type.
    pub resource_type_filter: i8,
    /// The resource name, or null to match any resource name.
    pub resource_name_filter: Option<ByteString>,
    /// The resource pattern to match.
    pub pattern_type_filter: i8,
    /// The principal to match, or null to match any principal.
    pub principal_filter: Option<ByteString>,
    /// The host to match, or null to match any host.
    pub host_filter: Option<ByteString>,
    /// The operation to match.
    pub operation: i8,
    /// The permission type to match.
    pub permission_type: i8,
}

impl Default for DescribeAclsRequest {
    fn default() -> Self {
        DescribeAclsRequest {
            resource_type_filter: 0,
            resource_name_filter: Some(ByteString::new()),
            pattern_type_filter: 3,
            principal_filter: Some(ByteString::new()),
            host_filter: Some(ByteString::new()),
            operation: 0,
            permission_type: 0,
        }
    }
}

impl DescribeAclsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=3;

    /// Reads a DescribeAclsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeAclsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.resource_type_filter = reader.int8()?;
        value.resource_name_filter = reader.nullable_string(flexible)?;
        value.pattern_type_filter = reader.int8()?;
        value.principal_filter = reader.nullable_string(flexible)?;
        value.host_filter = reader.nullable_string(flexible)?;
        value.operation = reader.int8()?;
        value.permission_type = reader.int8()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DescribeAclsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeAclsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.int8(self.resource_type_filter);
        writer.nullable_string(flexible, self.resource_name_filter.as_ref())?;
        writer.int8(self.pattern_type_filter);
        writer.nullable_string(flexible, self.principal_filter.as_ref())?;
        writer.nullable_string(flexible, self.host_filter.as_ref())?;
        writer.int8(self.operation);
        writer.int8(self.permission_type);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// DescribeAclsResponse, versions 1 to 3.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeAclsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// The error message, or null if there was no error.
    pub error_message: Option<ByteString>,
    /// Each Resource that is referenced in an ACL.
    pub resources: Vec<DescribeAclsResource>,
}

impl Default for DescribeAclsResponse {
    fn default() -> Self {
        DescribeAclsResponse {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(ByteString::new()),
            resources: Vec::new(),
        }
    }
}

impl DescribeAclsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=3;

    /// Reads a DescribeAclsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeAclsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(flexible)?;
        value.resources = reader.array(flexible, 5, |reader| {
            DescribeAclsResource::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DescribeAclsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeAclsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.nullable_string(flexible, self.error_message.as_ref())?;
        writer.array(flexible, &self.resources, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each Resource that is referenced in an ACL.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeAclsResource {
    /// The resource type.
    pub resource_type: i8,
    /// The resource name.
    pub resource_name: ByteString,
    /// The resource pattern type.
    pub pattern_type: i8,
    /// The ACLs.
    pub acls: Vec<AclDescription>,
}

impl Default for DescribeAclsResource {
    fn default() -> Self {
        DescribeAclsResource {
            resource_type: 0,
            resource_name: ByteString::new(),
            pattern_type: 3,
            acls: Vec::new(),
        }
    }
}

impl DescribeAclsResource {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.resource_type = reader.int8()?;
        value.resource_name = reader.string(flexible)?;
        value.pattern_type = reader.int8()?;
        value.acls = reader.array(flexible, 5, |reader| AclDescription::decode(reader, version))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        writer.int8(self.resource_type);
        writer.string(flexible, &self.resource_name)?;
        writer.int8(self.pattern_type);
        writer.array(flexible, &self.acls, |writer, each| each.encode(writer, version))?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The ACLs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AclDescription {
    /// The ACL principal.
    pub principal: ByteString,
    /// The ACL host.
    pub host: ByteString,
    /// The ACL operation.
    pub operation: i8,
    /// The ACL permission type.
    pub permission_type: i8,
}

impl AclDescription {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.principal = reader.string(flexible)?;
        value.host = reader.string(flexible)?;
        value.operation = reader.int8()?;
        value.permission_type = reader.int8()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
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
