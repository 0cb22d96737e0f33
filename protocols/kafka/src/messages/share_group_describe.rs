// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `ShareGroupDescribeRequest` and `ShareGroupDescribeResponse`: the API with the key 77.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// ShareGroupDescribeRequest, versions 1 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareGroupDescribeRequest {
    /// The ids of the groups to describe.
    pub group_ids: Vec<ByteString>,
    /// Whether to include authorized operations.
    pub include_authorized_operations: bool,
}

impl ShareGroupDescribeRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=1;

    /// Reads a ShareGroupDescribeRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ShareGroupDescribeRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.group_ids = reader.array(true, 1, |reader| reader.string(true))?;
        value.include_authorized_operations = reader.boolean()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the ShareGroupDescribeRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ShareGroupDescribeRequest", Self::VERSIONS, version)?;
        writer.array(true, &self.group_ids, |writer, each| writer.string(true, each))?;
        writer.boolean(self.include_authorized_operations);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// ShareGroupDescribeResponse, versions 1 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareGroupDescribeResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// Each described group.
    pub groups: Vec<DescribedGroup>,
}

impl ShareGroupDescribeResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=1;

    /// Reads a ShareGroupDescribeResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ShareGroupDescribeResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.groups = reader.array(true, 20, |reader| DescribedGroup::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the ShareGroupDescribeResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ShareGroupDescribeResponse", Self::VERSIONS, version)?;
        writer.int32(self.throttle_time_ms);
        writer.array(true, &self.groups, |writer, each| each.encode(writer, version))?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// TopicPartitions, versions 1 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartitions {
    /// The topic ID.
    pub topic_id: Uuid,
    /// The topic name.
    pub topic_name: ByteString,
    /// The partitions.
    pub partitions: Vec<i32>,
}

impl TopicPartitions {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.topic_id = reader.uuid()?;
        value.topic_name = reader.string(true)?;
        value.partitions = reader.array(true, 4, |reader| reader.int32())?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.uuid(self.topic_id);
        writer.string(true, &self.topic_name)?;
        writer.array(true, &self.partitions, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// Assignment, versions 1 to 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assignment {
    /// The assigned topic-partitions to the member.
    pub topic_partitions: Vec<TopicPartitions>,
}

impl Assignment {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.topic_partitions = reader.array(true, 19, |reader| TopicPartitions::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.array(true, &self.topic_partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// Each described group.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribedGroup {
    /// The describe error, or 0 if there was no error.
    pub error_code: i16,
    /// The top-level error message, or null if there was no error.
    pub error_message: Option<ByteString>,
    /// The group ID string.
    pub group_id: ByteString,
    /// The group state string, or the empty string.
    pub group_state: ByteString,
    /// The group epoch.
    pub group_epoch: i32,
    /// The assignment epoch.
    pub assignment_epoch: i32,
    /// The selected assignor.
    pub assignor_name: ByteString,
    /// The members.
    pub members: Vec<Member>,
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
            group_epoch: 0,
            assignment_epoch: 0,
            assignor_name: ByteString::new(),
            members: Vec::new(),
            authorized_operations: i32::MIN,
        }
    }
}

impl DescribedGroup {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(true)?;
        value.group_id = reader.string(true)?;
        value.group_state = reader.string(true)?;
        value.group_epoch = reader.int32()?;
        value.assignment_epoch = reader.int32()?;
        value.assignor_name = reader.string(true)?;
        value.members = reader.array(true, 12, |reader| Member::decode(reader, version))?;
        value.authorized_operations = reader.int32()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.int16(self.error_code);
        writer.nullable_string(true, self.error_message.as_ref())?;
        writer.string(true, &self.group_id)?;
        writer.string(true, &self.group_state)?;
        writer.int32(self.group_epoch);
        writer.int32(self.assignment_epoch);
        writer.string(true, &self.assignor_name)?;
        writer.array(true, &self.members, |writer, each| each.encode(writer, version))?;
        writer.int32(self.authorized_operations);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The members.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Member {
    /// The member ID.
    pub member_id: ByteString,
    /// The member rack ID.
    pub rack_id: Option<ByteString>,
    /// The current member epoch.
    pub member_epoch: i32,
    /// The client ID.
    pub client_id: ByteString,
    /// The client host.
    pub client_host: ByteString,
    /// The subscribed topic names.
    pub subscribed_topic_names: Vec<ByteString>,
    /// The current assignment.
    pub assignment: Assignment,
}

impl Member {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.member_id = reader.string(true)?;
        value.rack_id = reader.nullable_string(true)?;
        value.member_epoch = reader.int32()?;
        value.client_id = reader.string(true)?;
        value.client_host = reader.string(true)?;
        value.subscribed_topic_names = reader.array(true, 1, |reader| reader.string(true))?;
        value.assignment = Assignment::decode(reader, version)?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.member_id)?;
        writer.nullable_string(true, self.rack_id.as_ref())?;
        writer.int32(self.member_epoch);
        writer.string(true, &self.client_id)?;
        writer.string(true, &self.client_host)?;
        writer.array(true, &self.subscribed_topic_names, |writer, each| {
            writer.string(true, each)
        })?;
        self.assignment.encode(writer, version)?;
        writer.no_tagged_fields();
        Ok(())
    }
}
