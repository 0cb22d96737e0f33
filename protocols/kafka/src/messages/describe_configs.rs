// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `DescribeConfigsRequest` and `DescribeConfigsResponse`: the API with the key 32.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// DescribeConfigsRequest, versions 1 to 4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeConfigsRequest {
    /// The resources whose configurations we want to describe.
    pub resources: Vec<DescribeConfigsResource>,
    /// True if we should include all synonyms.
    pub include_synonyms: bool,
    /// True if we should include configuration documentation.
    pub include_documentation: bool,
}

impl DescribeConfigsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=4;

    /// Reads a DescribeConfigsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeConfigsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        let mut value = Self::default();
        value.resources = reader.array(flexible, 4, |reader| {
            DescribeConfigsResource::decode(reader, version)
        })?;
        value.include_synonyms = reader.boolean()?;
        if version >= 3 {
            value.include_documentation = reader.boolean()?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DescribeConfigsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeConfigsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        writer.array(flexible, &self.resources, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.boolean(self.include_synonyms);
        if version >= 3 {
            writer.boolean(self.include_documentation);
        }
        if version < 3 && self.include_documentation {
            return Err(EncodeError::not_in_version(
                "DescribeConfigsRequest.IncludeDocumentation",
                version,
            ));
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The resources whose configurations we want to describe.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeConfigsResource {
    /// The resource type.
    pub resource_type: i8,
    /// The resource name.
    pub resource_name: ByteString,
    /// The configuration keys to list, or null to list all configuration keys.
    pub configuration_keys: Option<Vec<ByteString>>,
}

impl Default for DescribeConfigsResource {
    fn default() -> Self {
        DescribeConfigsResource {
            resource_type: 0,
            resource_name: ByteString::new(),
            configuration_keys: Some(Vec::new()),
        }
    }
}

impl DescribeConfigsResource {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let mut value = Self::default();
        value.resource_type = reader.int8()?;
        value.resource_name = reader.string(flexible)?;
        value.configuration_keys = reader.nullable_array(flexible, 1, |reader| reader.string(flexible))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        writer.int8(self.resource_type);
        writer.string(flexible, &self.resource_name)?;
        writer.nullable_array(flexible, self.configuration_keys.as_deref(), |writer, each| {
            writer.string(flexible, each)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// DescribeConfigsResponse, versions 1 to 4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeConfigsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The results for each resource.
    pub results: Vec<DescribeConfigsResult>,
}

impl DescribeConfigsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=4;

    /// Reads a DescribeConfigsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeConfigsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.results = reader.array(flexible, 7, |reader| {
            DescribeConfigsResult::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DescribeConfigsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeConfigsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 4;
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

/// The results for each resource.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeConfigsResult {
    /// The error code, or 0 if we were able to successfully describe the configurations.
    pub error_code: i16,
    /// The error message, or null if we were able to successfully describe the configurations.
    pub error_message: Option<ByteString>,
    /// The resource type.
    pub resource_type: i8,
    /// The resource name.
    pub resource_name: ByteString,
    /// Each listed configuration.
    pub configs: Vec<DescribeConfigsResourceResult>,
}

impl Default for DescribeConfigsResult {
    fn default() -> Self {
        DescribeConfigsResult {
            error_code: 0,
            error_message: Some(ByteString::new()),
            resource_type: 0,
            resource_name: ByteString::new(),
            configs: Vec::new(),
        }
    }
}

impl DescribeConfigsResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(flexible)?;
        value.resource_type = reader.int8()?;
        value.resource_name = reader.string(flexible)?;
        value.configs = reader.array(flexible, 9, |reader| {
            DescribeConfigsResourceResult::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        writer.int16(self.error_code);
        writer.nullable_string(flexible, self.error_message.as_ref())?;
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

/// Each listed configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeConfigsResourceResult {
    /// The configuration name.
    pub name: ByteString,
    /// The configuration value.
    pub value: Option<ByteString>,
    /// True if the configuration is read-only.
    pub read_only: bool,
    /// The configuration source.
    pub config_source: i8,
    /// True if this configuration is sensitive.
    pub is_sensitive: bool,
    /// The synonyms for this configuration key.
    pub synonyms: Vec<DescribeConfigsSynonym>,
    /// The configuration data type. Type can be one of the following values - BOOLEAN, STRING, INT, SHORT,
    /// LONG, DOUBLE, LIST, CLASS, PASSWORD.
    pub config_type: i8,
    /// The configuration documentation.
    pub documentation: Option<ByteString>,
}

impl Default for DescribeConfigsResourceResult {
    fn default() -> Self {
        DescribeConfigsResourceResult {
            name: ByteString::new(),
            value: Some(ByteString::new()),
            read_only: false,
            config_source: -1,
            is_sensitive: false,
            synonyms: Vec::new(),
            config_type: 0,
            documentation: Some(ByteString::new()),
        }
    }
}

impl DescribeConfigsResourceResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.value = reader.nullable_string(flexible)?;
        value.read_only = reader.boolean()?;
        value.config_source = reader.int8()?;
        value.is_sensitive = reader.boolean()?;
        value.synonyms = reader.array(flexible, 4, |reader| {
            DescribeConfigsSynonym::decode(reader, version)
        })?;
        if version >= 3 {
            value.config_type = reader.int8()?;
            value.documentation = reader.nullable_string(flexible)?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        writer.string(flexible, &self.name)?;
        writer.nullable_string(flexible, self.value.as_ref())?;
        writer.boolean(self.read_only);
        writer.int8(self.config_source);
        writer.boolean(self.is_sensitive);
        writer.array(flexible, &self.synonyms, |writer, each| {
            each.encode(writer, version)
        })?;
        if version >= 3 {
            writer.int8(self.config_type);
            writer.nullable_string(flexible, self.documentation.as_ref())?;
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The synonyms for this configuration key.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeConfigsSynonym {
    /// The synonym name.
    pub name: ByteString,
    /// The synonym value.
    pub value: Option<ByteString>,
    /// The synonym source.
    pub source: i8,
}

impl Default for DescribeConfigsSynonym {
    fn default() -> Self {
        DescribeConfigsSynonym {
            name: ByteString::new(),
            value: Some(ByteString::new()),
            source: 0,
        }
    }
}

impl DescribeConfigsSynonym {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.value = reader.nullable_string(flexible)?;
        value.source = reader.int8()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        writer.string(flexible, &self.name)?;
        writer.nullable_string(flexible, self.value.as_ref())?;
        writer.int8(self.source);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
