// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `SyncGroupRequest` and `SyncGroupResponse`: the API with the key 14.

use std::ops::RangeInclusive;

use bytes::Bytes;
use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// SyncGroupRequest, versions 0 to 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SyncGroupRequest {
    /// The unique group identifier.
    pub group_id: ByteString,
    /// The generation of the group.
    pub generation_id: i32,
    /// The member ID assigned by the group.
    pub member_id: ByteString,
    /// The unique identifier of the consumer instance provided by end user.
    pub group_instance_id: Option<ByteString>,
    /// The group protocol type.
    pub protocol_type: Option<ByteString>,
    /// The group protocol name.
    pub protocol_name: Option<ByteString>,
    /// Each assignment.
    pub assignments: Vec<SyncGroupRequestAssignment>,
}

impl SyncGroupRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=5;

    /// Reads a SyncGroupRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("SyncGroupRequest", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        let mut value = Self::default();
        value.group_id = reader.string(flexible)?;
        value.generation_id = reader.int32()?;
        value.member_id = reader.string(flexible)?;
        if version >= 3 {
            value.group_instance_id = reader.nullable_string(flexible)?;
        }
        if version >= 5 {
            value.protocol_type = reader.nullable_string(flexible)?;
            value.protocol_name = reader.nullable_string(flexible)?;
        }
        value.assignments = reader.array(flexible, 3, |reader| {
            SyncGroupRequestAssignment::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the SyncGroupRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("SyncGroupRequest", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        writer.string(flexible, &self.group_id)?;
        writer.int32(self.generation_id);
        writer.string(flexible, &self.member_id)?;
        if version >= 3 {
            writer.nullable_string(flexible, self.group_instance_id.as_ref())?;
        }
        if version < 3 && self.group_instance_id.is_some() {
            return Err(EncodeError::not_in_version(
                "SyncGroupRequest.GroupInstanceId",
                version,
            ));
        }
        if version >= 5 {
            writer.nullable_string(flexible, self.protocol_type.as_ref())?;
            writer.nullable_string(flexible, self.protocol_name.as_ref())?;
        }
        writer.array(flexible, &self.assignments, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each assignment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SyncGroupRequestAssignment {
    /// The ID of the member to assign.
    pub member_id: ByteString,
    /// The member assignment.
    pub assignment: Bytes,
}

impl SyncGroupRequestAssignment {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let mut value = Self::default();
        value.member_id = reader.string(flexible)?;
        value.assignment = reader.bytes(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        writer.string(flexible, &self.member_id)?;
        writer.bytes(flexible, &self.assignment)?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// SyncGroupResponse, versions 0 to 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SyncGroupResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// The group protocol type.
    pub protocol_type: Option<ByteString>,
    /// The group protocol name.
    pub protocol_name: Option<ByteString>,
    /// The member assignment.
    pub assignment: Bytes,
}

impl SyncGroupResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=5;

    /// Reads a SyncGroupResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("SyncGroupResponse", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        let mut value = Self::default();
        if version >= 1 {
            value.throttle_time_ms = reader.int32()?;
        }
        value.error_code = reader.int16()?;
        if version >= 5 {
            value.protocol_type = reader.nullable_string(flexible)?;
            value.protocol_name = reader.nullable_string(flexible)?;
        }
        value.assignment = reader.bytes(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the SyncGroupResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("SyncGroupResponse", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        if version >= 1 {
            writer.int32(self.throttle_time_ms);
        }
        writer.int16(self.error_code);
        if version >= 5 {
            writer.nullable_string(flexible, self.protocol_type.as_ref())?;
            writer.nullable_string(flexible, self.protocol_name.as_ref())?;
        }
        writer.bytes(flexible, &self.assignment)?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
