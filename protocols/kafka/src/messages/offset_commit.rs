// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `OffsetCommitRequest` and `OffsetCommitResponse`: the API with the key 8.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// OffsetCommitRequest, versions 2 to 10.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetCommitRequest {
    /// The unique group identifier.
    pub group_id: ByteString,
    /// The generation of the group if using the classic group protocol or the member epoch if using the
    /// consumer protocol.
    pub generation_id_or_member_epoch: i32,
    /// The member ID assigned by the group coordinator.
    pub member_id: ByteString,
    /// The unique identifier of the consumer instance provided by end user.
    pub group_instance_id: Option<ByteString>,
    /// The time period in ms to retain the offset.
    pub retention_time_ms: i64,
    /// The topics to commit offsets for.
    pub topics: Vec<OffsetCommitRequestTopic>,
}

impl Default for OffsetCommitRequest {
    fn default() -> Self {
        OffsetCommitRequest {
            group_id: ByteString::new(),
            generation_id_or_member_epoch: -1,
            member_id: ByteString::new(),
            group_instance_id: None,
            retention_time_ms: -1,
            topics: Vec::new(),
        }
    }
}

impl OffsetCommitRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 2..=10;

    /// Reads a OffsetCommitRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("OffsetCommitRequest", Self::VERSIONS, version)?;
        let flexible = version >= 8;
        let mut value = Self::default();
        value.group_id = reader.string(flexible)?;
        value.generation_id_or_member_epoch = reader.int32()?;
        value.member_id = reader.string(flexible)?;
        if version >= 7 {
            value.group_instance_id = reader.nullable_string(flexible)?;
        }
        if version <= 4 {
            value.retention_time_ms = reader.int64()?;
        }
        value.topics = reader.array(flexible, 3, |reader| {
            OffsetCommitRequestTopic::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the OffsetCommitRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("OffsetCommitRequest", Self::VERSIONS, version)?;
        let flexible = version >= 8;
        writer.string(flexible, &self.group_id)?;
        writer.int32(self.generation_id_or_member_epoch);
        writer.string(flexible, &self.member_id)?;
        if version >= 7 {
            writer.nullable_string(flexible, self.group_instance_id.as_ref())?;
        }
        if version < 7 && self.group_instance_id.is_some() {
            return Err(EncodeError::not_in_version(
                "OffsetCommitRequest.GroupInstanceId",
                version,
            ));
        }
        if version <= 4 {
            writer.int64(self.retention_time_ms);
        }
        writer.array(flexible, &self.topics, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The topics to commit offsets for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetCommitRequestTopic {
    /// The topic name.
    pub name: ByteString,
    /// The topic ID.
    pub topic_id: Uuid,
    /// Each partition to commit offsets for.
    pub partitions: Vec<OffsetCommitRequestPartition>,
}

impl OffsetCommitRequestTopic {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 8;
        let mut value = Self::default();
        if version <= 9 {
            value.name = reader.string(flexible)?;
        }
        if version >= 10 {
            value.topic_id = reader.uuid()?;
        }
        value.partitions = reader.array(flexible, 14, |reader| {
            OffsetCommitRequestPartition::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 8;
        if version <= 9 {
            writer.string(flexible, &self.name)?;
        }
        if version >= 10 {
            writer.uuid(self.topic_id);
        }
        writer.array(flexible, &self.partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each partition to commit offsets for.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetCommitRequestPartition {
    /// The partition index.
    pub partition_index: i32,
    /// The message offset to be committed.
    pub committed_offset: i64,
    /// The leader epoch of this partition.
    pub committed_leader_epoch: i32,
    /// Any associated metadata the client wants to keep.
    pub committed_metadata: Option<ByteString>,
}

impl Default for OffsetCommitRequestPartition {
    fn default() -> Self {
        OffsetCommitRequestPartition {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            committed_metadata: Some(ByteString::new()),
        }
    }
}

impl OffsetCommitRequestPartition {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 8;
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.committed_offset = reader.int64()?;
        if version >= 6 {
            value.committed_leader_epoch = reader.int32()?;
        }
        value.committed_metadata = reader.nullable_string(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 8;
        writer.int32(self.partition_index);
        writer.int64(self.committed_offset);
        if version >= 6 {
            writer.int32(self.committed_leader_epoch);
        }
        writer.nullable_string(flexible, self.committed_metadata.as_ref())?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// OffsetCommitResponse, versions 2 to 10.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetCommitResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The responses for each topic.
    pub topics: Vec<OffsetCommitResponseTopic>,
}

impl OffsetCommitResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 2..=10;

    /// Reads a OffsetCommitResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("OffsetCommitResponse", Self::VERSIONS, version)?;
        let flexible = version >= 8;
        let mut value = Self::default();
        if version >= 3 {
            value.throttle_time_ms = reader.int32()?;
        }
        value.topics = reader.array(flexible, 3, |reader| {
            OffsetCommitResponseTopic::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the OffsetCommitResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("OffsetCommitResponse", Self::VERSIONS, version)?;
        let flexible = version >= 8;
        if version >= 3 {
            writer.int32(self.throttle_time_ms);
        }
        writer.array(flexible, &self.topics, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The responses for each topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetCommitResponseTopic {
    /// The topic name.
    pub name: ByteString,
    /// The topic ID.
    pub topic_id: Uuid,
    /// The responses for each partition in the topic.
    pub partitions: Vec<OffsetCommitResponsePartition>,
}

impl OffsetCommitResponseTopic {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 8;
        let mut value = Self::default();
        if version <= 9 {
            value.name = reader.string(flexible)?;
        }
        if version >= 10 {
            value.topic_id = reader.uuid()?;
        }
        value.partitions = reader.array(flexible, 6, |reader| {
            OffsetCommitResponsePartition::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 8;
        if version <= 9 {
            writer.string(flexible, &self.name)?;
        }
        if version >= 10 {
            writer.uuid(self.topic_id);
        }
        writer.array(flexible, &self.partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The responses for each partition in the topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetCommitResponsePartition {
    /// The partition index.
    pub partition_index: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
}

impl OffsetCommitResponsePartition {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 8;
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.error_code = reader.int16()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 8;
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
