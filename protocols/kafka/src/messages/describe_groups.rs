// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `DescribeGroupsRequest` and `DescribeGroupsResponse`: the API with the key 15.

use std::ops::RangeInclusive;

use bytes::Bytes;
use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// DescribeGroupsRequest, versions 0 to 6.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeGroupsRequest {
    /// The names of the groups to describe.
    pub groups: Vec<ByteString>,
    /// Whether to include authorized operations.
    pub include_authorized_operations: bool,
}

impl DescribeGroupsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=6;

    /// Reads a DescribeGroupsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeGroupsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 5;
        let mut value = Self::default();
        value.groups = reader.array(flexible, 1, |reader| reader.string(flexible))?;
        if version >= 3 {
            value.include_authorized_operations = reader.boolean()?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DescribeGroupsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeGroupsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 5;
        writer.array(flexible, &self.groups, |writer, each| {
            writer.string(flexible, each)
        })?;
        if version >= 3 {
            writer.boolean(self.include_authorized_operations);
        }
        if version < 3 && self.include_authorized_operations {
            return Err(EncodeError::not_in_version(
                "DescribeGroupsRequest.IncludeAuthorizedOperations",
                version,
            ));
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// DescribeGroupsResponse, versions 0 to 6.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeGroupsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// Each described group.
    pub groups: Vec<DescribedGroup>,
}

impl DescribeGroupsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=6;

    /// Reads a DescribeGroupsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeGroupsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 5;
        let mut value = Self::default();
        if version >= 1 {
            value.throttle_time_ms = reader.int32()?;
        }
        value.groups = reader.array(flexible, 12, |reader| DescribedGroup::decode(reader, version))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DescribeGroupsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeGroupsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 5;
        if version >= 1 {
            writer.int32(self.throttle_time_ms);
        }
        writer.array(flexible, &self.groups, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each described group.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribedGroup {
    /// The describe error, or 0 if there was no error.
    pub error_code: i16,
    /// The describe error message, or null if there was no error.
    pub error_message: Option<ByteString>,
    /// The group ID string.
    pub group_id: ByteString,
    /// The group state string, or the empty string.
    pub group_state: ByteString,
    /// The group protocol type, or the empty string.
    pub protocol_type: ByteString,
    /// The group protocol data, or the empty string.
    pub protocol_data: ByteString,
    /// The group members.
    pub members: Vec<DescribedGroupMember>,
    /// 32-bit bitfield to represent authorized operations for this group.
    pub authorized_operations: i32,
}

impl Default for DescribedGroup {
    fn default() -> Self {
        DescribedGroup {
            error_code: 0,
            error_message: None,
            group_id: ByteString::new(),
            group_state: ByteString::new(),
            protocol_type: ByteString::new(),
            protocol_data: ByteString::new(),
            members: Vec::new(),
            authorized_operations: i32::MIN,
        }
    }
}

impl DescribedGroup {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        if version >= 6 {
            value.error_message = reader.nullable_string(flexible)?;
        }
        value.group_id = reader.string(flexible)?;
        value.group_state = reader.string(flexible)?;
        value.protocol_type = reader.string(flexible)?;
        value.protocol_data = reader.string(flexible)?;
        value.members = reader.array(flexible, 7, |reader| {
            DescribedGroupMember::decode(reader, version)
        })?;
        if version >= 3 {
            value.authorized_operations = reader.int32()?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 5;
        writer.int16(self.error_code);
        if version >= 6 {
            writer.nullable_string(flexible, self.error_message.as_ref())?;
        }
        if version < 6 && self.error_message.is_some() {
            return Err(EncodeError::not_in_version(
                "DescribedGroup.ErrorMessage",
                version,
            ));
        }
        writer.string(flexible, &self.group_id)?;
        writer.string(flexible, &self.group_state)?;
        writer.string(flexible, &self.protocol_type)?;
        writer.string(flexible, &self.protocol_data)?;
        writer.array(flexible, &self.members, |writer, each| {
            each.encode(writer, version)
        })?;
        if version >= 3 {
            writer.int32(self.authorized_operations);
        }
        if version < 3 && self.authorized_operations != i32::MIN {
            return Err(EncodeError::not_in_version(
                "DescribedGroup.AuthorizedOperations",
                version,
            ));
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The group members.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribedGroupMember {
    /// The member id.
    pub member_id: ByteString,
    /// The unique identifier of the consumer instance provided by end user.
    pub group_instance_id: Option<ByteString>,
    /// The client ID used in the member's latest join group request.
    pub client_id: ByteString,
    /// The client host.
    pub client_host: ByteString,
    /// The metadata corresponding to the current group protocol in use.
    pub member_metadata: Bytes,
    /// The current assignment provided by the group leader.
    pub member_assignment: Bytes,
}

impl DescribedGroupMember {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 5;
        let mut value = Self::default();
        value.member_id = reader.string(flexible)?;
        if version >= 4 {
            value.group_instance_id = reader.nullable_string(flexible)?;
        }
        value.client_id = reader.string(flexible)?;
        value.client_host = reader.string(flexible)?;
        value.member_metadata = reader.bytes(flexible)?;
        value.member_assignment = reader.bytes(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 5;
        writer.string(flexible, &self.member_id)?;
        if version >= 4 {
            writer.nullable_string(flexible, self.group_instance_id.as_ref())?;
        }
        writer.string(flexible, &self.client_id)?;
        writer.string(flexible, &self.client_host)?;
        writer.bytes(flexible, &self.member_metadata)?;
        writer.bytes(flexible, &self.member_assignment)?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
