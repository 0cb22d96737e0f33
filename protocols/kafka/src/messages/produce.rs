// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `ProduceRequest` and `ProduceResponse`: the API with the key 0.

use std::ops::RangeInclusive;

use bytes::Bytes;
use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::{TaggedFields, Writer};

/// ProduceRequest, versions 3 to 13.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProduceRequest {
    /// The transactional ID, or null if the producer is not transactional.
    pub transactional_id: Option<ByteString>,
    /// The number of acknowledgments the producer requires the leader to have received before considering a
    /// request complete. Allowed values: 0 for no acknowledgments, 1 for only the leader and -1 for the
    /// full ISR.
    pub acks: i16,
    /// The timeout to await a response in milliseconds.
    pub timeout_ms: i32,
    /// Each topic to produce to.
    pub topic_data: Vec<TopicProduceData>,
}

impl ProduceRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 3..=13;

    /// Reads a ProduceRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ProduceRequest", Self::VERSIONS, version)?;
        let flexible = version >= 9;
        let mut value = Self::default();
        value.transactional_id = reader.nullable_string(flexible)?;
        value.acks = reader.int16()?;
        value.timeout_ms = reader.int32()?;
        value.topic_data = reader.array(flexible, 3, |reader| TopicProduceData::decode(reader, version))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the ProduceRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ProduceRequest", Self::VERSIONS, version)?;
        let flexible = version >= 9;
        writer.nullable_string(flexible, self.transactional_id.as_ref())?;
        writer.int16(self.acks);
        writer.int32(self.timeout_ms);
        writer.array(flexible, &self.topic_data, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each topic to produce to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicProduceData {
    /// The topic name.
    pub name: ByteString,
    /// The unique topic ID
    pub topic_id: Uuid,
    /// Each partition to produce to.
    pub partition_data: Vec<PartitionProduceData>,
}

impl TopicProduceData {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let mut value = Self::default();
        if version <= 12 {
            value.name = reader.string(flexible)?;
        }
        if version >= 13 {
            value.topic_id = reader.uuid()?;
        }
        value.partition_data = reader.array(flexible, 6, |reader| {
            PartitionProduceData::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 9;
        if version <= 12 {
            writer.string(flexible, &self.name)?;
        }
        if version >= 13 {
            writer.uuid(self.topic_id);
        }
        writer.array(flexible, &self.partition_data, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each partition to produce to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionProduceData {
    /// The partition index.
    pub index: i32,
    /// The record data to be produced.
    pub records: Option<Bytes>,
}

impl PartitionProduceData {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let mut value = Self::default();
        value.index = reader.int32()?;
        value.records = reader.nullable_bytes(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 9;
        writer.int32(self.index);
        writer.nullable_bytes(flexible, self.records.as_ref())?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// ProduceResponse, versions 3 to 13.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProduceResponse {
    /// Each produce response.
    pub responses: Vec<TopicProduceResponse>,
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// Endpoints for all current-leaders enumerated in PartitionProduceResponses, with errors
    /// NOT\_LEADER\_OR\_FOLLOWER.
    pub node_endpoints: Vec<NodeEndpoint>,
}

impl ProduceResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 3..=13;

    /// Reads a ProduceResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ProduceResponse", Self::VERSIONS, version)?;
        let flexible = version >= 9;
        let mut value = Self::default();
        value.responses = reader.array(flexible, 3, |reader| {
            TopicProduceResponse::decode(reader, version)
        })?;
        value.throttle_time_ms = reader.int32()?;
        if flexible {
            reader.tagged_fields(|reader, tag| {
                match tag {
                    0 if version >= 10 => {
                        value.node_endpoints =
                            reader.array(true, 11, |reader| NodeEndpoint::decode(reader, version))?
                    }
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
        }
        Ok(value)
    }

    /// Writes the ProduceResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ProduceResponse", Self::VERSIONS, version)?;
        let flexible = version >= 9;
        writer.array(flexible, &self.responses, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.int32(self.throttle_time_ms);
        if version < 10 && !self.node_endpoints.is_empty() {
            return Err(EncodeError::not_in_version(
                "ProduceResponse.NodeEndpoints",
                version,
            ));
        }
        if flexible {
            let mut tagged = TaggedFields::default();
            if version >= 10 && !self.node_endpoints.is_empty() {
                tagged.field(0, |writer| {
                    writer.array(true, &self.node_endpoints, |writer, each| {
                        each.encode(writer, version)
                    })
                })?;
            }
            writer.tagged_fields(tagged)?;
        }
        Ok(())
    }
}

/// Each produce response.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicProduceResponse {
    /// The topic name.
    pub name: ByteString,
    /// The unique topic ID
    pub topic_id: Uuid,
    /// Each partition that we produced to within the topic.
    pub partition_responses: Vec<PartitionProduceResponse>,
}

impl TopicProduceResponse {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let mut value = Self::default();
        if version <= 12 {
            value.name = reader.string(flexible)?;
        }
        if version >= 13 {
            value.topic_id = reader.uuid()?;
        }
        value.partition_responses = reader.array(flexible, 22, |reader| {
            PartitionProduceResponse::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 9;
        if version <= 12 {
            writer.string(flexible, &self.name)?;
        }
        if version >= 13 {
            writer.uuid(self.topic_id);
        }
        writer.array(flexible, &self.partition_responses, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each partition that we produced to within the topic.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionProduceResponse {
    /// The partition index.
    pub index: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// The base offset.
    pub base_offset: i64,
    /// The timestamp returned by broker after appending the messages. If CreateTime is used for the topic,
    /// the timestamp will be -1. If LogAppendTime is used for the topic, the timestamp will be the broker
    /// local time when the messages are appended.
    pub log_append_time_ms: i64,
    /// The log start offset.
    pub log_start_offset: i64,
    /// The batch indices of records that caused the batch to be dropped.
    pub record_errors: Vec<BatchIndexAndErrorMessage>,
    /// The global error message summarizing the common root cause of the records that caused the batch to
    /// be dropped.
    pub error_message: Option<ByteString>,
    /// The leader broker that the producer should use for future requests.
    pub current_leader: LeaderIdAndEpoch,
}

impl Default for PartitionProduceResponse {
    fn default() -> Self {
        PartitionProduceResponse {
            index: 0,
            error_code: 0,
            base_offset: 0,
            log_append_time_ms: -1,
            log_start_offset: -1,
            record_errors: Vec::new(),
            error_message: None,
            current_leader: LeaderIdAndEpoch::default(),
        }
    }
}

impl PartitionProduceResponse {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let mut value = Self::default();
        value.index = reader.int32()?;
        value.error_code = reader.int16()?;
        value.base_offset = reader.int64()?;
        value.log_append_time_ms = reader.int64()?;
        if version >= 5 {
            value.log_start_offset = reader.int64()?;
        }
        if version >= 8 {
            value.record_errors = reader.array(flexible, 6, |reader| {
                BatchIndexAndErrorMessage::decode(reader, version)
            })?;
            value.error_message = reader.nullable_string(flexible)?;
        }
        if flexible {
            reader.tagged_fields(|reader, tag| {
                match tag {
                    0 if version >= 10 => value.current_leader = LeaderIdAndEpoch::decode(reader, version)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 9;
        writer.int32(self.index);
        writer.int16(self.error_code);
        writer.int64(self.base_offset);
        writer.int64(self.log_append_time_ms);
        if version >= 5 {
            writer.int64(self.log_start_offset);
        }
        if version >= 8 {
            writer.array(flexible, &self.record_errors, |writer, each| {
                each.encode(writer, version)
            })?;
            writer.nullable_string(flexible, self.error_message.as_ref())?;
        }
        if version < 10 && self.current_leader != LeaderIdAndEpoch::default() {
            return Err(EncodeError::not_in_version(
                "PartitionProduceResponse.CurrentLeader",
                version,
            ));
        }
        if flexible {
            let mut tagged = TaggedFields::default();
            if version >= 10 && self.current_leader != LeaderIdAndEpoch::default() {
                tagged.field(0, |writer| self.current_leader.encode(writer, version))?;
            }
            writer.tagged_fields(tagged)?;
        }
        Ok(())
    }
}

/// The batch indices of records that caused the batch to be dropped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BatchIndexAndErrorMessage {
    /// The batch index of the record that caused the batch to be dropped.
    pub batch_index: i32,
    /// The error message of the record that caused the batch to be dropped.
    pub batch_index_error_message: Option<ByteString>,
}

impl BatchIndexAndErrorMessage {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let mut value = Self::default();
        value.batch_index = reader.int32()?;
        value.batch_index_error_message = reader.nullable_string(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 9;
        writer.int32(self.batch_index);
        writer.nullable_string(flexible, self.batch_index_error_message.as_ref())?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The leader broker that the producer should use for future requests.
#[derive(Clone, Debug, PartialEq)]
pub struct LeaderIdAndEpoch {
    /// The ID of the current leader or -1 if the leader is unknown.
    pub leader_id: i32,
    /// The latest known leader epoch.
    pub leader_epoch: i32,
}

impl Default for LeaderIdAndEpoch {
    fn default() -> Self {
        LeaderIdAndEpoch {
            leader_id: -1,
            leader_epoch: -1,
        }
    }
}

impl LeaderIdAndEpoch {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.leader_id = reader.int32()?;
        value.leader_epoch = reader.int32()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.int32(self.leader_id);
        writer.int32(self.leader_epoch);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// Endpoints for all current-leaders enumerated in PartitionProduceResponses, with errors
/// NOT\_LEADER\_OR\_FOLLOWER.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeEndpoint {
    /// The ID of the associated node.
    pub node_id: i32,
    /// The node's hostname.
    pub host: ByteString,
    /// The node's port.
    pub port: i32,
    /// The rack of the node, or null if it has not been assigned to a rack.
    pub rack: Option<ByteString>,
}

impl NodeEndpoint {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.node_id = reader.int32()?;
        value.host = reader.string(true)?;
        value.port = reader.int32()?;
        value.rack = reader.nullable_string(true)?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.int32(self.node_id);
        writer.string(true, &self.host)?;
        writer.int32(self.port);
        writer.nullable_string(true, self.rack.as_ref())?;
        writer.no_tagged_fields();
        Ok(())
    }
}
