// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `ListConfigResourcesRequest` and `ListConfigResourcesResponse`: the API with the key 74.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// ListConfigResourcesRequest, versions 0 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListConfigResourcesRequest {
    /// The list of resource type. If the list is empty, it uses default supported config resource types.
    pub resource_types: Vec<i8>,
}

impl ListConfigResourcesRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=1;

    /// Reads a ListConfigResourcesRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ListConfigResourcesRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        if version >= 1 {
            value.resource_types = reader.array(true, 1, |reader| reader.int8())?;
        }
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the ListConfigResourcesRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ListConfigResourcesRequest", Self::VERSIONS, version)?;
        if version >= 1 {
            writer.array(true, &self.resource_types, |writer, each| {
                writer.int8(*each);
                Ok(())
            })?;
        }
        if version < 1 && !self.resource_types.is_empty() {
            return Err(EncodeError::not_in_version(
                "ListConfigResourcesRequest.ResourceTypes",
                version,
            ));
        }
        writer.no_tagged_fields();
        Ok(())
    }
}

/// ListConfigResourcesResponse, versions 0 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListConfigResourcesResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// Each config resource in the response.
    pub config_resources: Vec<ConfigResource>,
}

impl ListConfigResourcesResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=1;

    /// Reads a ListConfigResourcesResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ListConfigResourcesResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.error_code = reader.int16()?;
        value.config_resources = reader.array(true, 2, |reader| ConfigResource::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the ListConfigResourcesResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ListConfigResourcesResponse", Self::VERSIONS, version)?;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.array(true, &self.config_resources, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// Each config resource in the response.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigResource {
    /// The resource name.
    pub resource_name: ByteString,
    /// The resource type.
    pub resource_type: i8,
}

impl Default for ConfigResource {
    fn default() -> Self {
        ConfigResource {
            resource_name: ByteString::new(),
            resource_type: 16,
        }
    }
}

impl ConfigResource {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.resource_name = reader.string(true)?;
        if version >= 1 {
            value.resource_type = reader.int8()?;
        }
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.resource_name)?;
        if version >= 1 {
            writer.int8(self.resource_type);
        }
        writer.no_tagged_fields();
        Ok(())
    }
}
