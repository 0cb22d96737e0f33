// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `ShareFetchRequest` and `ShareFetchResponse`: the API with the key 78.

use std::ops::RangeInclusive;

use bytes::Bytes;
use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// ShareFetchRequest, versions 1 to 2.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareFetchRequest {
    /// The group identifier.
    pub group_id: Option<ByteString>,
    /// The member ID.
    pub member_id: Option<ByteString>,
    /// The current share session epoch: 0 to open a share session; -1 to close it; otherwise increments for
    /// consecutive requests.
    pub share_session_epoch: i32,
    /// The maximum time in milliseconds to wait for the response.
    pub max_wait_ms: i32,
    /// The minimum bytes to accumulate in the response.
    pub min_bytes: i32,
    /// The maximum bytes to fetch. See KIP-74 for cases where this limit may not be honored.
    pub max_bytes: i32,
    /// The maximum number of records to fetch. This limit can be exceeded for alignment of batch
    /// boundaries.
    pub max_records: i32,
    /// The optimal number of records for batches of acquired records and acknowledgements.
    pub batch_size: i32,
    /// The acquire mode to control the fetch behavior - 0:batch-optimized,1:record-limit.
    pub share_acquire_mode: i8,
    /// Whether Renew type acknowledgements present in AcknowledgementBatches.
    pub is_renew_ack: bool,
    /// The topics to fetch.
    pub topics: Vec<FetchTopic>,
    /// The partitions to remove from this share session.
    pub forgotten_topics_data: Vec<ForgottenTopic>,
}

impl Default for ShareFetchRequest {
    fn default() -> Self {
        ShareFetchRequest {
            group_id: None,
            member_id: Some(ByteString::new()),
            share_session_epoch: 0,
            max_wait_ms: 0,
            min_bytes: 0,
            max_bytes: i32::MAX,
            max_records: 0,
            batch_size: 0,
            share_acquire_mode: 0,
            is_renew_ack: false,
            topics: Vec::new(),
            forgotten_topics_data: Vec::new(),
        }
    }
}

impl ShareFetchRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=2;

    /// Reads a ShareFetchRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ShareFetchRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.group_id = reader.nullable_string(true)?;
        value.member_id = reader.nullable_string(true)?;
        value.share_session_epoch = reader.int32()?;
        value.max_wait_ms = reader.int32()?;
        value.min_bytes = reader.int32()?;
        value.max_bytes = reader.int32()?;
        value.max_records = reader.int32()?;
        value.batch_size = reader.int32()?;
        if version >= 2 {
            value.share_acquire_mode = reader.int8()?;
            value.is_renew_ack = reader.boolean()?;
        }
        value.topics = reader.array(true, 18, |reader| FetchTopic::decode(reader, version))?;
        value.forgotten_topics_data =
            reader.array(true, 18, |reader| ForgottenTopic::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the ShareFetchRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ShareFetchRequest", Self::VERSIONS, version)?;
        writer.nullable_string(true, self.group_id.as_ref())?;
        writer.nullable_string(true, self.member_id.as_ref())?;
        writer.int32(self.share_session_epoch);
        writer.int32(self.max_wait_ms);
        writer.int32(self.min_bytes);
        writer.int32(self.max_bytes);
        writer.int32(self.max_records);
        writer.int32(self.batch_size);
        if version >= 2 {
            writer.int8(self.share_acquire_mode);
            writer.boolean(self.is_renew_ack);
        }
        if version < 2 && self.is_renew_ack {
            return Err(EncodeError::not_in_version(
                "ShareFetchRequest.IsRenewAck",
                version,
            ));
        }
        writer.array(true, &self.topics, |writer, each| each.encode(writer, version))?;
        writer.array(true, &self.forgotten_topics_data, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The topics to fetch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchTopic {
    /// The unique topic ID.
    pub topic_id: Uuid,
    /// The partitions to fetch.
    pub partitions: Vec<FetchPartition>,
}

impl FetchTopic {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.topic_id = reader.uuid()?;
        value.partitions = reader.array(true, 6, |reader| FetchPartition::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.uuid(self.topic_id);
        writer.array(true, &self.partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The partitions to fetch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchPartition {
    /// The partition index.
    pub partition_index: i32,
    /// The maximum bytes to fetch from this partition. 0 when only acknowledgement with no fetching is
    /// required. See KIP-74 for cases where this limit may not be honored.
    pub partition_max_bytes: i32,
    /// Record batches to acknowledge.
    pub acknowledgement_batches: Vec<AcknowledgementBatch>,
}

impl FetchPartition {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.acknowledgement_batches =
            reader.array(true, 18, |reader| AcknowledgementBatch::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.int32(self.partition_index);
        if self.partition_max_bytes != 0 {
            return Err(EncodeError::not_in_version(
                "FetchPartition.PartitionMaxBytes",
                version,
            ));
        }
        writer.array(true, &self.acknowledgement_batches, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// Record batches to acknowledge.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AcknowledgementBatch {
    /// First offset of batch of records to acknowledge.
    pub first_offset: i64,
    /// Last offset (inclusive) of batch of records to acknowledge.
    pub last_offset: i64,
    /// Array of acknowledge types - 0:Gap,1:Accept,2:Release,3:Reject,4:Renew.
    pub acknowledge_types: Vec<i8>,
}

impl AcknowledgementBatch {
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.first_offset = reader.int64()?;
        value.last_offset = reader.int64()?;
        value.acknowledge_types = reader.array(true, 1, |reader| reader.int8())?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.int64(self.first_offset);
        writer.int64(self.last_offset);
        writer.array(true, &self.acknowledge_types, |writer, each| {
            writer.int8(*each);
            Ok(())
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The partitions to remove from this share session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForgottenTopic {
    /// The unique topic ID.
    pub topic_id: Uuid,
    /// The partitions indexes to forget.
    pub partitions: Vec<i32>,
}

impl ForgottenTopic {
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.topic_id = reader.uuid()?;
        value.partitions = reader.array(true, 4, |reader| reader.int32())?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.uuid(self.topic_id);
        writer.array(true, &self.partitions, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// ShareFetchResponse, versions 1 to 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareFetchResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The top-level response error code.
    pub error_code: i16,
    /// The top-level error message, or null if there was no error.
    pub error_message: Option<ByteString>,
    /// The time in milliseconds for which the acquired records are locked.
    pub acquisition_lock_timeout_ms: i32,
    /// The response topics.
    pub responses: Vec<ShareFetchableTopicResponse>,
    /// Endpoints for all current leaders enumerated in PartitionData with error NOT\_LEADER\_OR\_FOLLOWER.
    pub node_endpoints: Vec<NodeEndpoint>,
}

impl ShareFetchResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=2;

    /// Reads a ShareFetchResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ShareFetchResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(true)?;
        value.acquisition_lock_timeout_ms = reader.int32()?;
        value.responses = reader.array(true, 18, |reader| {
            ShareFetchableTopicResponse::decode(reader, version)
        })?;
        value.node_endpoints = reader.array(true, 11, |reader| NodeEndpoint::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the ShareFetchResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ShareFetchResponse", Self::VERSIONS, version)?;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.nullable_string(true, self.error_message.as_ref())?;
        writer.int32(self.acquisition_lock_timeout_ms);
        writer.array(true, &self.responses, |writer, each| each.encode(writer, version))?;
        writer.array(true, &self.node_endpoints, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The response topics.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareFetchableTopicResponse {
    /// The unique topic ID.
    pub topic_id: Uuid,
    /// The topic partitions.
    pub partitions: Vec<PartitionData>,
}

impl ShareFetchableTopicResponse {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.topic_id = reader.uuid()?;
        value.partitions = reader.array(true, 22, |reader| PartitionData::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.uuid(self.topic_id);
        writer.array(true, &self.partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The topic partitions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionData {
    /// The partition index.
    pub partition_index: i32,
    /// The fetch error code, or 0 if there was no fetch error.
    pub error_code: i16,
    /// The fetch error message, or null if there was no fetch error.
    pub error_message: Option<ByteString>,
    /// The acknowledge error code, or 0 if there was no acknowledge error.
    pub acknowledge_error_code: i16,
    /// The acknowledge error message, or null if there was no acknowledge error.
    pub acknowledge_error_message: Option<ByteString>,
    /// The current leader of the partition.
    pub current_leader: LeaderIdAndEpoch,
    /// The record data.
    pub records: Option<Bytes>,
    /// The acquired records.
    pub acquired_records: Vec<AcquiredRecords>,
}

impl PartitionData {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(true)?;
        value.acknowledge_error_code = reader.int16()?;
        value.acknowledge_error_message = reader.nullable_string(true)?;
        value.current_leader = LeaderIdAndEpoch::decode(reader, version)?;
        value.records = Some(reader.bytes(true)?);
        value.acquired_records = reader.array(true, 19, |reader| AcquiredRecords::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.nullable_string(true, self.error_message.as_ref())?;
        writer.int16(self.acknowledge_error_code);
        writer.nullable_string(true, self.acknowledge_error_message.as_ref())?;
        self.current_leader.encode(writer, version)?;
        if self.records.is_none() {
            return Err(EncodeError::null("PartitionData.Records", version));
        }
        writer.nullable_bytes(true, self.records.as_ref())?;
        writer.array(true, &self.acquired_records, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The current leader of the partition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeaderIdAndEpoch {
    /// The ID of the current leader or -1 if the leader is unknown.
    pub leader_id: i32,
    /// The latest known leader epoch.
    pub leader_epoch: i32,
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

/// The acquired records.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AcquiredRecords {
    /// The earliest offset in this batch of acquired records.
    pub first_offset: i64,
    /// The last offset of this batch of acquired records.
    pub last_offset: i64,
    /// The delivery count of this batch of acquired records.
    pub delivery_count: i16,
}

impl AcquiredRecords {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.first_offset = reader.int64()?;
        value.last_offset = reader.int64()?;
        value.delivery_count = reader.int16()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.int64(self.first_offset);
        writer.int64(self.last_offset);
        writer.int16(self.delivery_count);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// Endpoints for all current leaders enumerated in PartitionData with error NOT\_LEADER\_OR\_FOLLOWER.
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
