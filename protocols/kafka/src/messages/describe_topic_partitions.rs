// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `DescribeTopicPartitionsRequest` and `DescribeTopicPartitionsResponse`: the API with the key 75.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// DescribeTopicPartitionsRequest, versions 0 to 0.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeTopicPartitionsRequest {
    /// The topics to fetch details for.
    pub topics: Vec<TopicRequest>,
    /// The maximum number of partitions included in the response.
    pub response_partition_limit: i32,
    /// The first topic and partition index to fetch details for.
    pub cursor: Option<RequestCursor>,
}

impl Default for DescribeTopicPartitionsRequest {
    fn default() -> Self {
        DescribeTopicPartitionsRequest {
            topics: Vec::new(),
            response_partition_limit: 2000,
            cursor: None,
        }
    }
}

impl DescribeTopicPartitionsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=0;

    /// Reads a DescribeTopicPartitionsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeTopicPartitionsRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.topics = reader.array(true, 2, |reader| TopicRequest::decode(reader, version))?;
        value.response_partition_limit = reader.int32()?;
        value.cursor = reader.nullable_struct(|reader| RequestCursor::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the DescribeTopicPartitionsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeTopicPartitionsRequest", Self::VERSIONS, version)?;
        writer.array(true, &self.topics, |writer, each| each.encode(writer, version))?;
        writer.int32(self.response_partition_limit);
        writer.nullable_struct(self.cursor.as_ref(), |writer, each| each.encode(writer, version))?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The topics to fetch details for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicRequest {
    /// The topic name.
    pub name: ByteString,
}

impl TopicRequest {
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.name = reader.string(true)?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.name)?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The first topic and partition index to fetch details for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RequestCursor {
    /// The name for the first topic to process.
    pub topic_name: ByteString,
    /// The partition index to start with.
    pub partition_index: i32,
}

impl RequestCursor {
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.topic_name = reader.string(true)?;
        value.partition_index = reader.int32()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.topic_name)?;
        writer.int32(self.partition_index);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// DescribeTopicPartitionsResponse, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeTopicPartitionsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// Each topic in the response.
    pub topics: Vec<DescribeTopicPartitionsResponseTopic>,
    /// The next topic and partition index to fetch details for.
    pub next_cursor: Option<ResponseCursor>,
}

impl DescribeTopicPartitionsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=0;

    /// Reads a DescribeTopicPartitionsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeTopicPartitionsResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.topics = reader.array(true, 26, |reader| {
            DescribeTopicPartitionsResponseTopic::decode(reader, version)
        })?;
        value.next_cursor = reader.nullable_struct(|reader| ResponseCursor::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the DescribeTopicPartitionsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeTopicPartitionsResponse", Self::VERSIONS, version)?;
        writer.int32(self.throttle_time_ms);
        writer.array(true, &self.topics, |writer, each| each.encode(writer, version))?;
        writer.nullable_struct(self.next_cursor.as_ref(), |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// Each topic in the response.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeTopicPartitionsResponseTopic {
    /// The topic error, or 0 if there was no error.
    pub error_code: i16,
    /// The topic name.
    pub name: Option<ByteString>,
    /// The topic id.
    pub topic_id: Uuid,
    /// True if the topic is internal.
    pub is_internal: bool,
    /// Each partition in the topic.
    pub partitions: Vec<DescribeTopicPartitionsResponsePartition>,
    /// 32-bit bitfield to represent authorized operations for this topic.
    pub topic_authorized_operations: i32,
}

impl Default for DescribeTopicPartitionsResponseTopic {
    fn default() -> Self {
        DescribeTopicPartitionsResponseTopic {
            error_code: 0,
            name: Some(ByteString::new()),
            topic_id: Uuid::ZERO,
            is_internal: false,
            partitions: Vec::new(),
            topic_authorized_operations: i32::MIN,
        }
    }
}

impl DescribeTopicPartitionsResponseTopic {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.name = reader.nullable_string(true)?;
        value.topic_id = reader.uuid()?;
        value.is_internal = reader.boolean()?;
        value.partitions = reader.array(true, 20, |reader| {
            DescribeTopicPartitionsResponsePartition::decode(reader, version)
        })?;
        value.topic_authorized_operations = reader.int32()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.int16(self.error_code);
        writer.nullable_string(true, self.name.as_ref())?;
        writer.uuid(self.topic_id);
        writer.boolean(self.is_internal);
        writer.array(true, &self.partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.int32(self.topic_authorized_operations);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// Each partition in the topic.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeTopicPartitionsResponsePartition {
    /// The partition error, or 0 if there was no error.
    pub error_code: i16,
    /// The partition index.
    pub partition_index: i32,
    /// The ID of the leader broker.
    pub leader_id: i32,
    /// The leader epoch of this partition.
    pub leader_epoch: i32,
    /// The set of all nodes that host this partition.
    pub replica_nodes: Vec<i32>,
    /// The set of nodes that are in sync with the leader for this partition.
    pub isr_nodes: Vec<i32>,
    /// The new eligible leader replicas otherwise.
    pub eligible_leader_replicas: Option<Vec<i32>>,
    /// The last known ELR.
    pub last_known_elr: Option<Vec<i32>>,
    /// The set of offline replicas of this partition.
    pub offline_replicas: Vec<i32>,
}

impl Default for DescribeTopicPartitionsResponsePartition {
    fn default() -> Self {
        DescribeTopicPartitionsResponsePartition {
            error_code: 0,
            partition_index: 0,
            leader_id: 0,
            leader_epoch: -1,
            replica_nodes: Vec::new(),
            isr_nodes: Vec::new(),
            eligible_leader_replicas: None,
            last_known_elr: None,
            offline_replicas: Vec::new(),
        }
    }
}

impl DescribeTopicPartitionsResponsePartition {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.partition_index = reader.int32()?;
        value.leader_id = reader.int32()?;
        value.leader_epoch = reader.int32()?;
        value.replica_nodes = reader.array(true, 4, |reader| reader.int32())?;
        value.isr_nodes = reader.array(true, 4, |reader| reader.int32())?;
        value.eligible_leader_replicas = reader.nullable_array(true, 4, |reader| reader.int32())?;
        value.last_known_elr = reader.nullable_array(true, 4, |reader| reader.int32())?;
        value.offline_replicas = reader.array(true, 4, |reader| reader.int32())?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.int16(self.error_code);
        writer.int32(self.partition_index);
        writer.int32(self.leader_id);
        writer.int32(self.leader_epoch);
        writer.array(true, &self.replica_nodes, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        writer.array(true, &self.isr_nodes, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        writer.nullable_array(true, self.eligible_leader_replicas.as_deref(), |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        writer.nullable_array(true, self.last_known_elr.as_deref(), |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        writer.array(true, &self.offline_replicas, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The next topic and partition index to fetch details for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResponseCursor {
    /// The name for the first topic to process.
    pub topic_name: ByteString,
    /// The partition index to start with.
    pub partition_index: i32,
}

impl ResponseCursor {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.topic_name = reader.string(true)?;
        value.partition_index = reader.int32()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.topic_name)?;
        writer.int32(self.partition_index);
        writer.no_tagged_fields();
        Ok(())
    }
}
