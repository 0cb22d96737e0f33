// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `IncrementalAlterConfigsRequest` and `IncrementalAlterConfigsResponse`: the API with the key 44.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// IncrementalAlterConfigsRequest, versions 0 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IncrementalAlterConfigsRequest {
    /// The incremental updates for each resource.
    pub resources: Vec<AlterConfigsResource>,
    /// True if we should validate the request, but not change the configurations.
    pub validate_only: bool,
}

impl IncrementalAlterConfigsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=1;

    /// Reads a IncrementalAlterConfigsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("IncrementalAlterConfigsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 1;
        let mut value = Self::default();
        value.resources = reader.array(flexible, 4, |reader| {
            AlterConfigsResource::decode(reader, version)
        })?;
        value.validate_only = reader.boolean()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the IncrementalAlterConfigsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("IncrementalAlterConfigsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 1;
        writer.array(flexible, &self.resources, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.boolean(self.validate_only);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The incremental updates for each resource.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterConfigsResource {
    /// The resource type.
    pub resource_type: i8,
    /// The resource name.
    pub resource_name: ByteString,
    /// The configurations.
    pub configs: Vec<AlterableConfig>,
}

impl AlterConfigsResource {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let mut value = Self::default();
        value.resource_type = reader.int8()?;
        value.resource_name = reader.string(flexible)?;
        value.configs = reader.array(flexible, 4, |reader| AlterableConfig::decode(reader, version))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        writer.int8(self.resource_type);
        writer.string(flexible, &self.resource_name)?;
        writer.array(flexible, &self.configs, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The configurations.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterableConfig {
    /// The configuration key name.
    pub name: ByteString,
    /// The type (Set, Delete, Append, Subtract) of operation.
    pub config_operation: i8,
    /// The value to set for the configuration key.
    pub value: Option<ByteString>,
}

impl Default for AlterableConfig {
    fn default() -> Self {
        AlterableConfig {
            name: ByteString::new(),
            config_operation: 0,
            value: Some(ByteString::new()),
        }
    }
}

impl AlterableConfig {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.config_operation = reader.int8()?;
        value.value = reader.nullable_string(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        writer.string(flexible, &self.name)?;
        writer.int8(self.config_operation);
        writer.nullable_string(flexible, self.value.as_ref())?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// IncrementalAlterConfigsResponse, versions 0 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IncrementalAlterConfigsResponse {
    /// Duration in milliseconds for which the request was throttled due to a quota violation, or zero if
    /// the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The responses for each resource.
    pub responses: Vec<AlterConfigsResourceResponse>,
}

impl IncrementalAlterConfigsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=1;

    /// Reads a IncrementalAlterConfigsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("IncrementalAlterConfigsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 1;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.responses = reader.array(flexible, 6, |reader| {
            AlterConfigsResourceResponse::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the IncrementalAlterConfigsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("IncrementalAlterConfigsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 1;
        writer.int32(self.throttle_time_ms);
        writer.array(flexible, &self.responses, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The responses for each resource.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterConfigsResourceResponse {
    /// The resource error code.
    pub error_code: i16,
    /// The resource error message, or null if there was no error.
    pub error_message: Option<ByteString>,
    /// The resource type.
    pub resource_type: i8,
    /// The resource name.
    pub resource_name: ByteString,
}

impl Default for AlterConfigsResourceResponse {
    fn default() -> Self {
        AlterConfigsResourceResponse {
            error_code: 0,
            error_message: Some(ByteString::new()),
            resource_type: 0,
            resource_name: ByteString::new(),
        }
    }
}

impl AlterConfigsResourceResponse {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 1;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(flexible)?;
        value.resource_type = reader.int8()?;
        value.resource_name = reader.string(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 1;
        writer.int16(self.error_code);
        writer.nullable_string(flexible, self.error_message.as_ref())?;
        writer.int8(self.resource_type);
        writer.string(flexible, &self.resource_name)?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
