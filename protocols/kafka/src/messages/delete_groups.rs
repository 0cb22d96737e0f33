// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `DeleteGroupsRequest` and `DeleteGroupsResponse`: the API with the key 42.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// DeleteGroupsRequest, versions 0 to 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteGroupsRequest {
    /// The group names to delete.
    pub groups_names: Vec<ByteString>,
}

impl DeleteGroupsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=2;

    /// Reads a DeleteGroupsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DeleteGroupsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.groups_names = reader.array(flexible, 1, |reader| reader.string(flexible))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DeleteGroupsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DeleteGroupsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.array(flexible, &self.groups_names, |writer, each| {
            writer.string(flexible, each)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// DeleteGroupsResponse, versions 0 to 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteGroupsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The deletion results.
    pub results: Vec<DeletableGroupResult>,
}

impl DeleteGroupsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=2;

    /// Reads a DeleteGroupsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DeleteGroupsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.results = reader.array(flexible, 4, |reader| {
            DeletableGroupResult::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DeleteGroupsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DeleteGroupsResponse", Self::VERSIONS, version)?;
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

/// The deletion results.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeletableGroupResult {
    /// The group id.
    pub group_id: ByteString,
    /// The deletion error, or 0 if the deletion succeeded.
    pub error_code: i16,
}

impl DeletableGroupResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.group_id = reader.string(flexible)?;
        value.error_code = reader.int16()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        writer.string(flexible, &self.group_id)?;
        writer.int16(self.error_code);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
