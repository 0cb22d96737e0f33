// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `DescribeQuorumRequest` and `DescribeQuorumResponse`: the API with the key 55.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// DescribeQuorumRequest, versions 0 to 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeQuorumRequest {
    /// The topics to describe.
    pub topics: Vec<RequestTopicData>,
}

impl DescribeQuorumRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=2;

    /// Reads a DescribeQuorumRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeQuorumRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.topics = reader.array(true, 3, |reader| RequestTopicData::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the DescribeQuorumRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeQuorumRequest", Self::VERSIONS, version)?;
        writer.array(true, &self.topics, |writer, each| each.encode(writer, version))?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The topics to describe.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RequestTopicData {
    /// The topic name.
    pub topic_name: ByteString,
    /// The partitions to describe.
    pub partitions: Vec<RequestPartitionData>,
}

impl RequestTopicData {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.topic_name = reader.string(true)?;
        value.partitions = reader.array(true, 5, |reader| RequestPartitionData::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.topic_name)?;
        writer.array(true, &self.partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The partitions to describe.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RequestPartitionData {
    /// The partition index.
    pub partition_index: i32,
}

impl RequestPartitionData {
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.int32(self.partition_index);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// DescribeQuorumResponse, versions 0 to 2.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeQuorumResponse {
    /// The top level error code.
    pub error_code: i16,
    /// The error message, or null if there was no error.
    pub error_message: Option<ByteString>,
    /// The response from the describe quorum API.
    pub topics: Vec<ResponseTopicData>,
    /// The nodes in the quorum.
    pub nodes: Vec<Node>,
}

impl Default for DescribeQuorumResponse {
    fn default() -> Self {
        DescribeQuorumResponse {
            error_code: 0,
            error_message: Some(ByteString::new()),
            topics: Vec::new(),
            nodes: Vec::new(),
        }
    }
}

impl DescribeQuorumResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=2;

    /// Reads a DescribeQuorumResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeQuorumResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        if version >= 2 {
            value.error_message = reader.nullable_string(true)?;
        }
        value.topics = reader.array(true, 3, |reader| ResponseTopicData::decode(reader, version))?;
        if version >= 2 {
            value.nodes = reader.array(true, 6, |reader| Node::decode(reader, version))?;
        }
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the DescribeQuorumResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeQuorumResponse", Self::VERSIONS, version)?;
        writer.int16(self.error_code);
        if version >= 2 {
            writer.nullable_string(true, self.error_message.as_ref())?;
        }
        writer.array(true, &self.topics, |writer, each| each.encode(writer, version))?;
        if version >= 2 {
            writer.array(true, &self.nodes, |writer, each| each.encode(writer, version))?;
        }
        if version < 2 && !self.nodes.is_empty() {
            return Err(EncodeError::not_in_version(
                "DescribeQuorumResponse.Nodes",
                version,
            ));
        }
        writer.no_tagged_fields();
        Ok(())
    }
}

/// ReplicaState, versions 0 to 2.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplicaState {
    /// The ID of the replica.
    pub replica_id: i32,
    /// The replica directory ID of the replica.
    pub replica_directory_id: Uuid,
    /// The last known log end offset of the follower or -1 if it is unknown.
    pub log_end_offset: i64,
    /// The last known leader wall clock time time when a follower fetched from the leader. This is reported
    /// as -1 both for the current leader or if it is unknown for a voter.
    pub last_fetch_timestamp: i64,
    /// The leader wall clock append time of the offset for which the follower made the most recent fetch
    /// request. This is reported as the current time for the leader and -1 if unknown for a voter.
    pub last_caught_up_timestamp: i64,
}

impl Default for ReplicaState {
    fn default() -> Self {
        ReplicaState {
            replica_id: 0,
            replica_directory_id: Uuid::ZERO,
            log_end_offset: 0,
            last_fetch_timestamp: -1,
            last_caught_up_timestamp: -1,
        }
    }
}

impl ReplicaState {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.replica_id = reader.int32()?;
        if version >= 2 {
            value.replica_directory_id = reader.uuid()?;
        }
        value.log_end_offset = reader.int64()?;
        if version >= 1 {
            value.last_fetch_timestamp = reader.int64()?;
            value.last_caught_up_timestamp = reader.int64()?;
        }
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.int32(self.replica_id);
        if version >= 2 {
            writer.uuid(self.replica_directory_id);
        }
        if version < 2 && self.replica_directory_id != Uuid::ZERO {
            return Err(EncodeError::not_in_version(
                "ReplicaState.ReplicaDirectoryId",
                version,
            ));
        }
        writer.int64(self.log_end_offset);
        if version >= 1 {
            writer.int64(self.last_fetch_timestamp);
            writer.int64(self.last_caught_up_timestamp);
        }
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The response from the describe quorum API.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResponseTopicData {
    /// The topic name.
    pub topic_name: ByteString,
    /// The partition data.
    pub partitions: Vec<ResponsePartitionData>,
}

impl ResponseTopicData {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.topic_name = reader.string(true)?;
        value.partitions = reader.array(true, 25, |reader| ResponsePartitionData::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.topic_name)?;
        writer.array(true, &self.partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The partition data.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponsePartitionData {
    /// The partition index.
    pub partition_index: i32,
    /// The partition error code.
    pub error_code: i16,
    /// The error message, or null if there was no error.
    pub error_message: Option<ByteString>,
    /// The ID of the current leader or -1 if the leader is unknown.
    pub leader_id: i32,
    /// The latest known leader epoch.
    pub leader_epoch: i32,
    /// The high water mark.
    pub high_watermark: i64,
    /// The current voters of the partition.
    pub current_voters: Vec<ReplicaState>,
    /// The observers of the partition.
    pub observers: Vec<ReplicaState>,
}

impl Default for ResponsePartitionData {
    fn default() -> Self {
        ResponsePartitionData {
            partition_index: 0,
            error_code: 0,
            error_message: Some(ByteString::new()),
            leader_id: 0,
            leader_epoch: 0,
            high_watermark: 0,
            current_voters: Vec::new(),
            observers: Vec::new(),
        }
    }
}

impl ResponsePartitionData {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.error_code = reader.int16()?;
        if version >= 2 {
            value.error_message = reader.nullable_string(true)?;
        }
        value.leader_id = reader.int32()?;
        value.leader_epoch = reader.int32()?;
        value.high_watermark = reader.int64()?;
        value.current_voters = reader.array(true, 13, |reader| ReplicaState::decode(reader, version))?;
        value.observers = reader.array(true, 13, |reader| ReplicaState::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        if version >= 2 {
            writer.nullable_string(true, self.error_message.as_ref())?;
        }
        writer.int32(self.leader_id);
        writer.int32(self.leader_epoch);
        writer.int64(self.high_watermark);
        writer.array(true, &self.current_voters, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.array(true, &self.observers, |writer, each| each.encode(writer, version))?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The nodes in the quorum.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// The ID of the associated node.
    pub node_id: i32,
    /// The listeners of this controller.
    pub listeners: Vec<Listener>,
}

impl Node {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.node_id = reader.int32()?;
        value.listeners = reader.array(true, 5, |reader| Listener::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.int32(self.node_id);
        writer.array(true, &self.listeners, |writer, each| each.encode(writer, version))?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The listeners of this controller.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listener {
    /// The name of the endpoint.
    pub name: ByteString,
    /// The hostname.
    pub host: ByteString,
    /// The port.
    pub port: u16,
}

impl Listener {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.name = reader.string(true)?;
        value.host = reader.string(true)?;
        value.port = reader.uint16()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.name)?;
        writer.string(true, &self.host)?;
        writer.uint16(self.port);
        writer.no_tagged_fields();
        Ok(())
    }
}
