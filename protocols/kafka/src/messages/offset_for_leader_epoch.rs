// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `OffsetForLeaderEpochRequest` and `OffsetForLeaderEpochResponse`: the API with the key 23.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// OffsetForLeaderEpochRequest, versions 2 to 4.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetForLeaderEpochRequest {
    /// The broker ID of the follower, of -1 if this request is from a consumer.
    pub replica_id: i32,
    /// Each topic to get offsets for.
    pub topics: Vec<OffsetForLeaderTopic>,
}

impl Default for OffsetForLeaderEpochRequest {
    fn default() -> Self {
        OffsetForLeaderEpochRequest {
            replica_id: -2,
            topics: Vec::new(),
        }
    }
}

impl OffsetForLeaderEpochRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 2..=4;

    /// Reads a OffsetForLeaderEpochRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("OffsetForLeaderEpochRequest", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        let mut value = Self::default();
        if version >= 3 {
            value.replica_id = reader.int32()?;
        }
        value.topics = reader.array(flexible, 3, |reader| {
            OffsetForLeaderTopic::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the OffsetForLeaderEpochRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("OffsetForLeaderEpochRequest", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        if version >= 3 {
            writer.int32(self.replica_id);
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

/// Each topic to get offsets for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetForLeaderTopic {
    /// The topic name.
    pub topic: ByteString,
    /// Each partition to get offsets for.
    pub partitions: Vec<OffsetForLeaderPartition>,
}

impl OffsetForLeaderTopic {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let mut value = Self::default();
        value.topic = reader.string(flexible)?;
        value.partitions = reader.array(flexible, 12, |reader| {
            OffsetForLeaderPartition::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        writer.string(flexible, &self.topic)?;
        writer.array(flexible, &self.partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each partition to get offsets for.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetForLeaderPartition {
    /// The partition index.
    pub partition: i32,
    /// An epoch used to fence consumers/replicas with old metadata. If the epoch provided by the client is
    /// larger than the current epoch known to the broker, then the UNKNOWN\_LEADER\_EPOCH error code will
    /// be returned. If the provided epoch is smaller, then the FENCED\_LEADER\_EPOCH error code will be
    /// returned.
    pub current_leader_epoch: i32,
    /// The epoch to look up an offset for.
    pub leader_epoch: i32,
}

impl Default for OffsetForLeaderPartition {
    fn default() -> Self {
        OffsetForLeaderPartition {
            partition: 0,
            current_leader_epoch: -1,
            leader_epoch: 0,
        }
    }
}

impl OffsetForLeaderPartition {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let mut value = Self::default();
        value.partition = reader.int32()?;
        value.current_leader_epoch = reader.int32()?;
        value.leader_epoch = reader.int32()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        writer.int32(self.partition);
        writer.int32(self.current_leader_epoch);
        writer.int32(self.leader_epoch);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// OffsetForLeaderEpochResponse, versions 2 to 4.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetForLeaderEpochResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// Each topic we fetched offsets for.
    pub topics: Vec<OffsetForLeaderTopicResult>,
}

impl OffsetForLeaderEpochResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 2..=4;

    /// Reads a OffsetForLeaderEpochResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("OffsetForLeaderEpochResponse", Self::VERSIONS, version)?;
        let flexible = version >= 4;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.topics = reader.array(flexible, 3, |reader| {
            OffsetForLeaderTopicResult::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the OffsetForLeaderEpochResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("OffsetForLeaderEpochResponse", Self::VERSIONS, version)?;
        let flexible = version >= 4;
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

/// Each topic we fetched offsets for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetForLeaderTopicResult {
    /// The topic name.
    pub topic: ByteString,
    /// Each partition in the topic we fetched offsets for.
    pub partitions: Vec<EpochEndOffset>,
}

impl OffsetForLeaderTopicResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let mut value = Self::default();
        value.topic = reader.string(flexible)?;
        value.partitions = reader.array(flexible, 18, |reader| EpochEndOffset::decode(reader, version))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        writer.string(flexible, &self.topic)?;
        writer.array(flexible, &self.partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each partition in the topic we fetched offsets for.
#[derive(Clone, Debug, PartialEq)]
pub struct EpochEndOffset {
    /// The error code 0, or if there was no error.
    pub error_code: i16,
    /// The partition index.
    pub partition: i32,
    /// The leader epoch of the partition.
    pub leader_epoch: i32,
    /// The end offset of the epoch.
    pub end_offset: i64,
}

impl Default for EpochEndOffset {
    fn default() -> Self {
        EpochEndOffset {
            error_code: 0,
            partition: 0,
            leader_epoch: -1,
            end_offset: -1,
        }
    }
}

impl EpochEndOffset {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 4;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.partition = reader.int32()?;
        value.leader_epoch = reader.int32()?;
        value.end_offset = reader.int64()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 4;
        writer.int16(self.error_code);
        writer.int32(self.partition);
        writer.int32(self.leader_epoch);
        writer.int64(self.end_offset);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
