// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `JoinGroupRequest` and `JoinGroupResponse`: the API with the key 11.

use std::ops::RangeInclusive;

use bytes::Bytes;
use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// JoinGroupRequest, versions 0 to 9.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinGroupRequest {
    /// The group identifier.
    pub group_id: ByteString,
    /// The coordinator considers the consumer dead if it receives no heartbeat after this timeout in
    /// milliseconds.
    pub session_timeout_ms: i32,
    /// The maximum time in milliseconds that the coordinator will wait for each member to rejoin when
    /// rebalancing the group.
    pub rebalance_timeout_ms: i32,
    /// The member id assigned by the group coordinator.
    pub member_id: ByteString,
    /// The unique identifier of the consumer instance provided by end user.
    pub group_instance_id: Option<ByteString>,
    /// The unique name the for class of protocols implemented by the group we want to join.
    pub protocol_type: ByteString,
    /// The list of protocols that the member supports.
    pub protocols: Vec<JoinGroupRequestProtocol>,
    /// The reason why the member (re-)joins the group.
    pub reason: Option<ByteString>,
}

impl Default for JoinGroupRequest {
    fn default() -> Self {
        JoinGroupRequest {
            group_id: ByteString::new(),
            session_timeout_ms: 0,
            rebalance_timeout_ms: -1,
            member_id: ByteString::new(),
            group_instance_id: None,
            protocol_type: ByteString::new(),
            protocols: Vec::new(),
            reason: None,
        }
    }
}

impl JoinGroupRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=9;

    /// Reads a JoinGroupRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("JoinGroupRequest", Self::VERSIONS, version)?;
        let flexible = version >= 6;
        let mut value = Self::default();
        value.group_id = reader.string(flexible)?;
        value.session_timeout_ms = reader.int32()?;
        if version >= 1 {
            value.rebalance_timeout_ms = reader.int32()?;
        }
        value.member_id = reader.string(flexible)?;
        if version >= 5 {
            value.group_instance_id = reader.nullable_string(flexible)?;
        }
        value.protocol_type = reader.string(flexible)?;
        value.protocols = reader.array(flexible, 3, |reader| {
            JoinGroupRequestProtocol::decode(reader, version)
        })?;
        if version >= 8 {
            value.reason = reader.nullable_string(flexible)?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the JoinGroupRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("JoinGroupRequest", Self::VERSIONS, version)?;
        let flexible = version >= 6;
        writer.string(flexible, &self.group_id)?;
        writer.int32(self.session_timeout_ms);
        if version >= 1 {
            writer.int32(self.rebalance_timeout_ms);
        }
        writer.string(flexible, &self.member_id)?;
        if version >= 5 {
            writer.nullable_string(flexible, self.group_instance_id.as_ref())?;
        }
        if version < 5 && self.group_instance_id.is_some() {
            return Err(EncodeError::not_in_version(
                "JoinGroupRequest.GroupInstanceId",
                version,
            ));
        }
        writer.string(flexible, &self.protocol_type)?;
        writer.array(flexible, &self.protocols, |writer, each| {
            each.encode(writer, version)
        })?;
        if version >= 8 {
            writer.nullable_string(flexible, self.reason.as_ref())?;
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The list of protocols that the member supports.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JoinGroupRequestProtocol {
    /// The protocol name.
    pub name: ByteString,
    /// The protocol metadata.
    pub metadata: Bytes,
}

impl JoinGroupRequestProtocol {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.metadata = reader.bytes(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 6;
        writer.string(flexible, &self.name)?;
        writer.bytes(flexible, &self.metadata)?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// JoinGroupResponse, versions 0 to 9.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinGroupResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// The generation ID of the group.
    pub generation_id: i32,
    /// The group protocol name.
    pub protocol_type: Option<ByteString>,
    /// The group protocol selected by the coordinator.
    pub protocol_name: Option<ByteString>,
    /// The leader of the group.
    pub leader: ByteString,
    /// True if the leader must skip running the assignment.
    pub skip_assignment: bool,
    /// The member ID assigned by the group coordinator.
    pub member_id: ByteString,
    /// The group members.
    pub members: Vec<JoinGroupResponseMember>,
}

impl Default for JoinGroupResponse {
    fn default() -> Self {
        JoinGroupResponse {
            throttle_time_ms: 0,
            error_code: 0,
            generation_id: -1,
            protocol_type: None,
            protocol_name: Some(ByteString::new()),
            leader: ByteString::new(),
            skip_assignment: false,
            member_id: ByteString::new(),
            members: Vec::new(),
        }
    }
}

impl JoinGroupResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=9;

    /// Reads a JoinGroupResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("JoinGroupResponse", Self::VERSIONS, version)?;
        let flexible = version >= 6;
        let mut value = Self::default();
        if version >= 2 {
            value.throttle_time_ms = reader.int32()?;
        }
        value.error_code = reader.int16()?;
        value.generation_id = reader.int32()?;
        if version >= 7 {
            value.protocol_type = reader.nullable_string(flexible)?;
        }
        value.protocol_name = if version >= 7 {
            reader.nullable_string(flexible)?
        } else {
            Some(reader.string(flexible)?)
        };
        value.leader = reader.string(flexible)?;
        if version >= 9 {
            value.skip_assignment = reader.boolean()?;
        }
        value.member_id = reader.string(flexible)?;
        value.members = reader.array(flexible, 4, |reader| {
            JoinGroupResponseMember::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the JoinGroupResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("JoinGroupResponse", Self::VERSIONS, version)?;
        let flexible = version >= 6;
        if version >= 2 {
            writer.int32(self.throttle_time_ms);
        }
        writer.int16(self.error_code);
        writer.int32(self.generation_id);
        if version >= 7 {
            writer.nullable_string(flexible, self.protocol_type.as_ref())?;
        }
        if version < 7 && self.protocol_name.is_none() {
            return Err(EncodeError::null("JoinGroupResponse.ProtocolName", version));
        }
        writer.nullable_string(flexible, self.protocol_name.as_ref())?;
        writer.string(flexible, &self.leader)?;
        if version >= 9 {
            writer.boolean(self.skip_assignment);
        }
        if version < 9 && self.skip_assignment {
            return Err(EncodeError::not_in_version(
                "JoinGroupResponse.SkipAssignment",
                version,
            ));
        }
        writer.string(flexible, &self.member_id)?;
        writer.array(flexible, &self.members, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The group members.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JoinGroupResponseMember {
    /// The group member ID.
    pub member_id: ByteString,
    /// The unique identifier of the consumer instance provided by end user.
    pub group_instance_id: Option<ByteString>,
    /// The group member metadata.
    pub metadata: Bytes,
}

impl JoinGroupResponseMember {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let mut value = Self::default();
        value.member_id = reader.string(flexible)?;
        if version >= 5 {
            value.group_instance_id = reader.nullable_string(flexible)?;
        }
        value.metadata = reader.bytes(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 6;
        writer.string(flexible, &self.member_id)?;
        if version >= 5 {
            writer.nullable_string(flexible, self.group_instance_id.as_ref())?;
        }
        writer.bytes(flexible, &self.metadata)?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
