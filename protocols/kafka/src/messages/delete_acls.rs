// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `DeleteAclsRequest` and `DeleteAclsResponse`: the API with the key 31.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// DeleteAclsRequest, versions 1 to 3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteAclsRequest {
    /// The filters to use when deleting ACLs.
    pub filters: Vec<DeleteAclsFilter>,
}

impl DeleteAclsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=3;

    /// Reads a DeleteAclsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DeleteAclsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.filters = reader.array(flexible, 8, |reader| DeleteAclsFilter::decode(reader, version))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DeleteAclsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DeleteAclsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.array(flexible, &self.filters, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The filters to use when deleting ACLs.
#[derive(Clone, Debug, PartialEq)]
pub struct DeleteAclsFilter {
    /// The resource type.
    pub resource_type_filter: i8,
    /// The resource name, or null to match any resource name.
    pub resource_name_filter: Option<ByteString>,
    /// The pattern type.
    pub pattern_type_filter: i8,
    /// The principal filter, or null to accept all principals.
    pub principal_filter: Option<ByteString>,
    /// The host filter, or null to accept all hosts.
    pub host_filter: Option<ByteString>,
    /// The ACL operation.
    pub operation: i8,
    /// The permission type.
    pub permission_type: i8,
}

impl Default for DeleteAclsFilter {
    fn default() -> Self {
        DeleteAclsFilter {
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

impl DeleteAclsFilter {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
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

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
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

/// DeleteAclsResponse, versions 1 to 3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteAclsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The results for each filter.
    pub filter_results: Vec<DeleteAclsFilterResult>,
}

impl DeleteAclsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=3;

    /// Reads a DeleteAclsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DeleteAclsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.filter_results = reader.array(flexible, 5, |reader| {
            DeleteAclsFilterResult::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DeleteAclsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DeleteAclsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.int32(self.throttle_time_ms);
        writer.array(flexible, &self.filter_results, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The results for each filter.
#[derive(Clone, Debug, PartialEq)]
pub struct DeleteAclsFilterResult {
    /// The error code, or 0 if the filter succeeded.
    pub error_code: i16,
    /// The error message, or null if the filter succeeded.
    pub error_message: Option<ByteString>,
    /// The ACLs which matched this filter.
    pub matching_acls: Vec<DeleteAclsMatchingAcl>,
}

impl Default for DeleteAclsFilterResult {
    fn default() -> Self {
        DeleteAclsFilterResult {
            error_code: 0,
            error_message: Some(ByteString::new()),
            matching_acls: Vec::new(),
        }
    }
}

impl DeleteAclsFilterResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(flexible)?;
        value.matching_acls = reader.array(flexible, 11, |reader| {
            DeleteAclsMatchingAcl::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        writer.int16(self.error_code);
        writer.nullable_string(flexible, self.error_message.as_ref())?;
        writer.array(flexible, &self.matching_acls, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The ACLs which matched this filter.
#[derive(Clone, Debug, PartialEq)]
pub struct DeleteAclsMatchingAcl {
    /// The deletion error code, or 0 if the deletion succeeded.
    pub error_code: i16,
    /// The deletion error message, or null if the deletion succeeded.
    pub error_message: Option<ByteString>,
    /// The ACL resource type.
    pub resource_type: i8,
    /// The ACL resource name.
    pub resource_name: ByteString,
    /// The ACL resource pattern type.
    pub pattern_type: i8,
    /// The ACL principal.
    pub principal: ByteString,
    /// The ACL host.
    pub host: ByteString,
    /// The ACL operation.
    pub operation: i8,
    /// The ACL permission type.
    pub permission_type: i8,
}

impl Default for DeleteAclsMatchingAcl {
    fn default() -> Self {
        DeleteAclsMatchingAcl {
            error_code: 0,
            error_message: Some(ByteString::new()),
            resource_type: 0,
            resource_name: ByteString::new(),
            pattern_type: 3,
            principal: ByteString::new(),
            host: ByteString::new(),
            operation: 0,
            permission_type: 0,
        }
    }
}

impl DeleteAclsMatchingAcl {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(flexible)?;
        value.resource_type = reader.int8()?;
        value.resource_name = reader.string(flexible)?;
        value.pattern_type = reader.int8()?;
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
        writer.int16(self.error_code);
        writer.nullable_string(flexible, self.error_message.as_ref())?;
        writer.int8(self.resource_type);
        writer.string(flexible, &self.resource_name)?;
        writer.int8(self.pattern_type);
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
