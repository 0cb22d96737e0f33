// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `LeaveGroupRequest` and `LeaveGroupResponse`: the API with the key 13.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// LeaveGroupRequest, versions 0 to 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeaveGroupRequest {
    /// The ID of the group to leave.
    pub group_id: ByteString,
    /// The member ID to remove from the group.
    pub member_id: ByteString,
    /// List of leaving member identities.
    pub members: Vec<MemberIdentity>,
}

impl LeaveGroupRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=5;

    /// Reads a LeaveGroupRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("LeaveGroupRequest", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        let mut value = Self::default();
        value.group_id = reader.string(flexible)?;
        if version <= 2 {
            value.member_id = reader.string(flexible)?;
        }
        if version >= 3 {
            value.members = reader.array(flexible, 3, |reader| MemberIdentity::decode(reader, version))?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the LeaveGroupRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("LeaveGroupRequest", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        writer.string(flexible, &self.group_id)?;
        if version <= 2 {
            writer.string(flexible, &self.member_id)?;
        }
        if version > 2 && !self.member_id.is_empty() {
            return Err(EncodeError::not_in_version("LeaveGroupRequest.MemberId", version));
        }
        if version >= 3 {
            writer.array(flexible, &self.members, |writer, each| {
                each.encode(writer, version)
            })?;
        }
        if version < 3 && !self.members.is_empty() {
            return Err(EncodeError::not_in_version("LeaveGroupRequest.Members", version));
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// List of leaving member identities.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemberIdentity {
    /// The member ID to remove from the group.
    pub member_id: ByteString,
    /// The group instance ID to remove from the group.
    pub group_instance_id: Option<ByteString>,
    /// The reason why the member left the group.
    pub reason: Option<ByteString>,
}

impl MemberIdentity {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let mut value = Self::default();
        value.member_id = reader.string(flexible)?;
        value.group_instance_id = reader.nullable_string(flexible)?;
        if version >= 5 {
            value.reason = reader.nullable_string(flexible)?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        writer.string(flexible, &self.member_id)?;
        writer.nullable_string(flexible, self.group_instance_id.as_ref())?;
        if version >= 5 {
            writer.nullable_string(flexible, self.reason.as_ref())?;
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// LeaveGroupResponse, versions 0 to 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeaveGroupResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// List of leaving member responses.
    pub members: Vec<MemberResponse>,
}

impl LeaveGroupResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=5;

    /// Reads a LeaveGroupResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("LeaveGroupResponse", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        let mut value = Self::default();
        if version >= 1 {
            value.throttle_time_ms = reader.int32()?;
        }
        value.error_code = reader.int16()?;
        if version >= 3 {
            value.members = reader.array(flexible, 5, |reader| MemberResponse::decode(reader, version))?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the LeaveGroupResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("LeaveGroupResponse", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        if version >= 1 {
            writer.int32(self.throttle_time_ms);
        }
        writer.int16(self.error_code);
        if version >= 3 {
            writer.array(flexible, &self.members, |writer, each| {
                each.encode(writer, version)
            })?;
        }
        if version < 3 && !self.members.is_empty() {
            return Err(EncodeError::not_in_version("LeaveGroupResponse.Members", version));
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// List of leaving member responses.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberResponse {
    /// The member ID to remove from the group.
    pub member_id: ByteString,
    /// The group instance ID to remove from the group.
    pub group_instance_id: Option<ByteString>,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
}

impl Default for MemberResponse {
    fn default() -> Self {
        MemberResponse {
            member_id: ByteString::new(),
            group_instance_id: Some(ByteString::new()),
            error_code: 0,
        }
    }
}

impl MemberResponse {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let mut value = Self::default();
        value.member_id = reader.string(flexible)?;
        value.group_instance_id = reader.nullable_string(flexible)?;
        value.error_code = reader.int16()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        writer.string(flexible, &self.member_id)?;
        writer.nullable_string(flexible, self.group_instance_id.as_ref())?;
        writer.int16(self.error_code);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
