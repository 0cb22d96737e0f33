// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `ListGroupsRequest` and `ListGroupsResponse`: the API with the key 16.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// ListGroupsRequest, versions 0 to 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListGroupsRequest {
    /// The states of the groups we want to list. If empty, all groups are returned with their state.
    pub states_filter: Vec<ByteString>,
    /// The types of the groups we want to list. If empty, all groups are returned with their type.
    pub types_filter: Vec<ByteString>,
}

impl ListGroupsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=5;

    /// Reads a ListGroupsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ListGroupsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        let mut value = Self::default();
        if version >= 4 {
            value.states_filter = reader.array(flexible, 1, |reader| reader.string(flexible))?;
        }
        if version >= 5 {
            value.types_filter = reader.array(flexible, 1, |reader| reader.string(flexible))?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the ListGroupsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ListGroupsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        if version >= 4 {
            writer.array(flexible, &self.states_filter, |writer, each| {
                writer.string(flexible, each)
            })?;
        }
        if version < 4 && !self.states_filter.is_empty() {
            return Err(EncodeError::not_in_version(
                "ListGroupsRequest.StatesFilter",
                version,
            ));
        }
        if version >= 5 {
            writer.array(flexible, &self.types_filter, |writer, each| {
                writer.string(flexible, each)
            })?;
        }
        if version < 5 && !self.types_filter.is_empty() {
            return Err(EncodeError::not_in_version(
                "ListGroupsRequest.TypesFilter",
                version,
            ));
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// ListGroupsResponse, versions 0 to 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListGroupsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// Each group in the response.
    pub groups: Vec<ListedGroup>,
}

impl ListGroupsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=5;

    /// Reads a ListGroupsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ListGroupsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        let mut value = Self::default();
        if version >= 1 {
            value.throttle_time_ms = reader.int32()?;
        }
        value.error_code = reader.int16()?;
        value.groups = reader.array(flexible, 3, |reader| ListedGroup::decode(reader, version))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the ListGroupsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ListGroupsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        if version >= 1 {
            writer.int32(self.throttle_time_ms);
        }
        writer.int16(self.error_code);
        writer.array(flexible, &self.groups, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each group in the response.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListedGroup {
    /// The group ID.
    pub group_id: ByteString,
    /// The group protocol type.
    pub protocol_type: ByteString,
    /// The group state name.
    pub group_state: ByteString,
    /// The group type name.
    pub group_type: ByteString,
}

impl ListedGroup {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let mut value = Self::default();
        value.group_id = reader.string(flexible)?;
        value.protocol_type = reader.string(flexible)?;
        if version >= 4 {
            value.group_state = reader.string(flexible)?;
        }
        if version >= 5 {
            value.group_type = reader.string(flexible)?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 3;
        writer.string(flexible, &self.group_id)?;
        writer.string(flexible, &self.protocol_type)?;
        if version >= 4 {
            writer.string(flexible, &self.group_state)?;
        }
        if version >= 5 {
            writer.string(flexible, &self.group_type)?;
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
