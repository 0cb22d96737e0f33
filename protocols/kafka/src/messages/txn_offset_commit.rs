// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `TxnOffsetCommitRequest` and `TxnOffsetCommitResponse`: the API with the key 28.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// TxnOffsetCommitRequest, versions 0 to 5.
#[derive(Clone, Debug, PartialEq)]
pub struct TxnOffsetCommitRequest {
    /// The ID of the transaction.
    pub transactional_id: ByteString,
    /// The ID of the group.
    pub group_id: ByteString,
    /// The current producer ID in use by the transactional ID.
    pub producer_id: i64,
    /// The current epoch associated with the producer ID.
    pub producer_epoch: i16,
    /// The generation of the consumer.
    pub generation_id: i32,
    /// The member ID assigned by the group coordinator.
    pub member_id: ByteString,
    /// The unique identifier of the consumer instance provided by end user.
    pub group_instance_id: Option<ByteString>,
    /// Each topic that we want to commit offsets for.
    pub topics: Vec<TxnOffsetCommitRequestTopic>,
}

impl Default for TxnOffsetCommitRequest {
    fn default() -> Self {
        TxnOffsetCommitRequest {
            transactional_id: ByteString::new(),
            group_id: ByteString::new(),
            producer_id: 0,
            producer_epoch: 0,
            generation_id: -1,
            member_id: ByteString::new(),
            group_instance_id: None,
            topics: Vec::new(),
        }
    }
}

impl TxnOffsetCommitRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=5;

    /// Reads a TxnOffsetCommitRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("TxnOffsetCommitRequest", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        let mut value = Self::default();
        value.transactional_id = reader.string(flexible)?;
        value.group_id = reader.string(flexible)?;
        value.producer_id = reader.int64()?;
        value.producer_epoch = reader.int16()?;
        if version >= 3 {
            value.generation_id = reader.int32()?;
            value.member_id = reader.string(flexible)?;
            value.group_instance_id = reader.nullable_string(flexible)?;
        }
        value.topics = reader.array(flexible, 3, |reader| {
            TxnOffsetCommitRequestTopic::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the TxnOffsetCommitRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("TxnOffsetCommitRequest", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        writer.string(flexible, &self.transactional_id)?;
        writer.string(flexible, &self.group_id)?;
        writer.int64(self.producer_id);
        writer.int16(self.producer_epoch);
        if version >= 3 {
            writer.int32(self.generation_id);
        }
        if version < 3 && self.generation_id != -1 {
            return Err(EncodeError::not_in_version(
                "TxnOffsetCommitRequest.GenerationId",
                version,
            ));
        }
        if version >= 3 {
            writer.string(flexible, &self.member_id)?;
        }
        if version < 3 && !self.member_id.is_empty() {
            return Err(EncodeError::not_in_version(
                "TxnOffsetCommitRequest.MemberId",
                version,
            ));
        }
        if version >= 3 {
            writer.nullable_string(flexible, self.group_instance_id.as_ref())?;
        }
        if version < 3 && self.group_instance_id.is_some() {
            return Err(EncodeError::not_in_version(
                "TxnOffsetCommitRequest.GroupInstanceId",
                version,
            ));
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

/// Each topic that we want to commit offsets for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TxnOffsetCommitRequestTopic {
    /// The topic name.
    pub name: ByteString,
    /// The partitions inside the topic that we want to commit offsets for.
    pub partitions: Vec<TxnOffsetCommitRequestPartition>,
}

impl TxnOffsetCommitRequestTopic {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.partitions = reader.array(flexible, 14, |reader| {
            TxnOffsetCommitRequestPartition::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 3;
        writer.string(flexible, &self.name)?;
        writer.array(flexible, &self.partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The partitions inside the topic that we want to commit offsets for.
#[derive(Clone, Debug, PartialEq)]
pub struct TxnOffsetCommitRequestPartition {
    /// The index of the partition within the topic.
    pub partition_index: i32,
    /// The message offset to be committed.
    pub committed_offset: i64,
    /// The leader epoch of the last consumed record.
    pub committed_leader_epoch: i32,
    /// Any associated metadata the client wants to keep.
    pub committed_metadata: Option<ByteString>,
}

impl Default for TxnOffsetCommitRequestPartition {
    fn default() -> Self {
        TxnOffsetCommitRequestPartition {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            committed_metadata: Some(ByteString::new()),
        }
    }
}

impl TxnOffsetCommitRequestPartition {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.committed_offset = reader.int64()?;
        if version >= 2 {
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
        let flexible = version >= 3;
        writer.int32(self.partition_index);
        writer.int64(self.committed_offset);
        if version >= 2 {
            writer.int32(self.committed_leader_epoch);
        }
        writer.nullable_string(flexible, self.committed_metadata.as_ref())?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// TxnOffsetCommitResponse, versions 0 to 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TxnOffsetCommitResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The responses for each topic.
    pub topics: Vec<TxnOffsetCommitResponseTopic>,
}

impl TxnOffsetCommitResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=5;

    /// Reads a TxnOffsetCommitResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("TxnOffsetCommitResponse", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.topics = reader.array(flexible, 3, |reader| {
            TxnOffsetCommitResponseTopic::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the TxnOffsetCommitResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("TxnOffsetCommitResponse", Self::VERSIONS, version)?;
        let flexible = version >= 3;
        writer.int32(self.throttle_time_ms);
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
pub struct TxnOffsetCommitResponseTopic {
    /// The topic name.
    pub name: ByteString,
    /// The responses for each partition in the topic.
    pub partitions: Vec<TxnOffsetCommitResponsePartition>,
}

impl TxnOffsetCommitResponseTopic {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.partitions = reader.array(flexible, 6, |reader| {
            TxnOffsetCommitResponsePartition::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 3;
        writer.string(flexible, &self.name)?;
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
pub struct TxnOffsetCommitResponsePartition {
    /// The partition index.
    pub partition_index: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
}

impl TxnOffsetCommitResponsePartition {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 3;
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.error_code = reader.int16()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 3;
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
