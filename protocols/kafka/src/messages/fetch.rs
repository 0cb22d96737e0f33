// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `FetchRequest` and `FetchResponse`: the API with the key 1.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::records::Records;
use crate::uuid::Uuid;
use crate::writer::{TaggedFields, Writer};

/// FetchRequest, versions 4 to 18.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchRequest {
    /// The clusterId if known. This is used to validate metadata fetches prior to broker registration.
    pub cluster_id: Option<ByteString>,
    /// The broker ID of the follower, of -1 if this request is from a consumer.
    pub replica_id: i32,
    /// The state of the replica in the follower.
    pub replica_state: ReplicaState,
    /// The maximum time in milliseconds to wait for the response.
    pub max_wait_ms: i32,
    /// The minimum bytes to accumulate in the response.
    pub min_bytes: i32,
    /// The maximum bytes to fetch. See KIP-74 for cases where this limit may not be honored.
    pub max_bytes: i32,
    /// This setting controls the visibility of transactional records. Using READ\_UNCOMMITTED
    /// (isolation\_level = 0) makes all records visible. With READ\_COMMITTED (isolation\_level = 1),
    /// non-transactional and COMMITTED transactional records are visible. To be more concrete,
    /// READ\_COMMITTED returns all data from offsets smaller than the current LSO (last stable offset), and
    /// enables the inclusion of the list of aborted transactions in the result, which allows consumers to
    /// discard ABORTED transactional records.
    pub isolation_level: i8,
    /// The fetch session ID.
    pub session_id: i32,
    /// The fetch session epoch, which is used for ordering requests in a session.
    pub session_epoch: i32,
    /// The topics to fetch.
    pub topics: Vec<FetchTopic>,
    /// In an incremental fetch request, the partitions to remove.
    pub forgotten_topics_data: Vec<ForgottenTopic>,
    /// Rack ID of the consumer making this request.
    pub rack_id: ByteString,
}

impl Default for FetchRequest {
    fn default() -> Self {
        FetchRequest {
            cluster_id: None,
            replica_id: -1,
            replica_state: ReplicaState::default(),
            max_wait_ms: 0,
            min_bytes: 0,
            max_bytes: i32::MAX,
            isolation_level: 0,
            session_id: 0,
            session_epoch: -1,
            topics: Vec::new(),
            forgotten_topics_data: Vec::new(),
            rack_id: ByteString::new(),
        }
    }
}

impl FetchRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 4..=18;

    /// Reads a FetchRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("FetchRequest", Self::VERSIONS, version)?;
        let flexible = version >= 12;
        let mut value = Self::default();
        if version <= 14 {
            value.replica_id = reader.int32()?;
        }
        value.max_wait_ms = reader.int32()?;
        value.min_bytes = reader.int32()?;
        value.max_bytes = reader.int32()?;
        value.isolation_level = reader.int8()?;
        if version >= 7 {
            value.session_id = reader.int32()?;
            value.session_epoch = reader.int32()?;
        }
        value.topics = reader.array(flexible, 3, |reader| FetchTopic::decode(reader, version))?;
        if version >= 7 {
            value.forgotten_topics_data =
                reader.array(flexible, 3, |reader| ForgottenTopic::decode(reader, version))?;
        }
        if version >= 11 {
            value.rack_id = reader.string(flexible)?;
        }
        if flexible {
            reader.tagged_fields(|reader, tag| {
                match tag {
                    0 => value.cluster_id = reader.nullable_string(true)?,
                    1 if version >= 15 => value.replica_state = ReplicaState::decode(reader, version)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
        }
        Ok(value)
    }

    /// Writes the FetchRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("FetchRequest", Self::VERSIONS, version)?;
        let flexible = version >= 12;
        if version <= 14 {
            writer.int32(self.replica_id);
        }
        if version > 14 && self.replica_id != -1 {
            return Err(EncodeError::not_in_version("FetchRequest.ReplicaId", version));
        }
        if version < 15 && self.replica_state != ReplicaState::default() {
            return Err(EncodeError::not_in_version("FetchRequest.ReplicaState", version));
        }
        writer.int32(self.max_wait_ms);
        writer.int32(self.min_bytes);
        writer.int32(self.max_bytes);
        writer.int8(self.isolation_level);
        if version >= 7 {
            writer.int32(self.session_id);
            writer.int32(self.session_epoch);
        }
        writer.array(flexible, &self.topics, |writer, each| {
            each.encode(writer, version)
        })?;
        if version >= 7 {
            writer.array(flexible, &self.forgotten_topics_data, |writer, each| {
                each.encode(writer, version)
            })?;
        }
        if version < 7 && !self.forgotten_topics_data.is_empty() {
            return Err(EncodeError::not_in_version(
                "FetchRequest.ForgottenTopicsData",
                version,
            ));
        }
        if version >= 11 {
            writer.string(flexible, &self.rack_id)?;
        }
        if flexible {
            let mut tagged = TaggedFields::default();
            if self.cluster_id.is_some() {
                tagged.field(0, |writer| writer.nullable_string(true, self.cluster_id.as_ref()))?;
            }
            if version >= 15 && self.replica_state != ReplicaState::default() {
                tagged.field(1, |writer| self.replica_state.encode(writer, version))?;
            }
            writer.tagged_fields(tagged)?;
        }
        Ok(())
    }
}

/// The state of the replica in the follower.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplicaState {
    /// The replica ID of the follower, or -1 if this request is from a consumer.
    pub replica_id: i32,
    /// The epoch of this follower, or -1 if not available.
    pub replica_epoch: i64,
}

impl Default for ReplicaState {
    fn default() -> Self {
        ReplicaState {
            replica_id: -1,
            replica_epoch: -1,
        }
    }
}

impl ReplicaState {
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.replica_id = reader.int32()?;
        value.replica_epoch = reader.int64()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.int32(self.replica_id);
        writer.int64(self.replica_epoch);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The topics to fetch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchTopic {
    /// The name of the topic to fetch.
    pub topic: ByteString,
    /// The unique topic ID.
    pub topic_id: Uuid,
    /// The partitions to fetch.
    pub partitions: Vec<FetchPartition>,
}

impl FetchTopic {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let mut value = Self::default();
        if version <= 12 {
            value.topic = reader.string(flexible)?;
        }
        if version >= 13 {
            value.topic_id = reader.uuid()?;
        }
        value.partitions = reader.array(flexible, 16, |reader| FetchPartition::decode(reader, version))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 12;
        if version <= 12 {
            writer.string(flexible, &self.topic)?;
        }
        if version >= 13 {
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

/// The partitions to fetch.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchPartition {
    /// The partition index.
    pub partition: i32,
    /// The current leader epoch of the partition.
    pub current_leader_epoch: i32,
    /// The message offset.
    pub fetch_offset: i64,
    /// The epoch of the last fetched record or -1 if there is none.
    pub last_fetched_epoch: i32,
    /// The earliest available offset of the follower replica. The field is only used when the request is
    /// sent by the follower.
    pub log_start_offset: i64,
    /// The maximum bytes to fetch from this partition. See KIP-74 for cases where this limit may not be
    /// honored.
    pub partition_max_bytes: i32,
    /// The directory id of the follower fetching.
    pub replica_directory_id: Uuid,
    /// The high-watermark known by the replica. -1 if the high-watermark is not known and
    /// 9223372036854775807 if the feature is not supported.
    pub high_watermark: i64,
}

impl Default for FetchPartition {
    fn default() -> Self {
        FetchPartition {
            partition: 0,
            current_leader_epoch: -1,
            fetch_offset: 0,
            last_fetched_epoch: -1,
            log_start_offset: -1,
            partition_max_bytes: 0,
            replica_directory_id: Uuid::ZERO,
            high_watermark: i64::MAX,
        }
    }
}

impl FetchPartition {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let mut value = Self::default();
        value.partition = reader.int32()?;
        if version >= 9 {
            value.current_leader_epoch = reader.int32()?;
        }
        value.fetch_offset = reader.int64()?;
        if version >= 12 {
            value.last_fetched_epoch = reader.int32()?;
        }
        if version >= 5 {
            value.log_start_offset = reader.int64()?;
        }
        value.partition_max_bytes = reader.int32()?;
        if flexible {
            reader.tagged_fields(|reader, tag| {
                match tag {
                    0 if version >= 17 => value.replica_directory_id = reader.uuid()?,
                    1 if version >= 18 => value.high_watermark = reader.int64()?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 12;
        writer.int32(self.partition);
        if version >= 9 {
            writer.int32(self.current_leader_epoch);
        }
        writer.int64(self.fetch_offset);
        if version >= 12 {
            writer.int32(self.last_fetched_epoch);
        }
        if version < 12 && self.last_fetched_epoch != -1 {
            return Err(EncodeError::not_in_version(
                "FetchPartition.LastFetchedEpoch",
                version,
            ));
        }
        if version >= 5 {
            writer.int64(self.log_start_offset);
        }
        writer.int32(self.partition_max_bytes);
        if flexible {
            let mut tagged = TaggedFields::default();
            if version >= 17 && self.replica_directory_id != Uuid::ZERO {
                tagged.field(0, |writer| {
                    writer.uuid(self.replica_directory_id);
                    Ok(())
                })?;
            }
            if version >= 18 && self.high_watermark != i64::MAX {
                tagged.field(1, |writer| {
                    writer.int64(self.high_watermark);
                    Ok(())
                })?;
            }
            writer.tagged_fields(tagged)?;
        }
        Ok(())
    }
}

/// In an incremental fetch request, the partitions to remove.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForgottenTopic {
    /// The topic name.
    pub topic: ByteString,
    /// The unique topic ID.
    pub topic_id: Uuid,
    /// The partitions indexes to forget.
    pub partitions: Vec<i32>,
}

impl ForgottenTopic {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let mut value = Self::default();
        if version <= 12 {
            value.topic = reader.string(flexible)?;
        }
        if version >= 13 {
            value.topic_id = reader.uuid()?;
        }
        value.partitions = reader.array(flexible, 4, |reader| reader.int32())?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 12;
        if version <= 12 {
            writer.string(flexible, &self.topic)?;
        }
        if version >= 13 {
            writer.uuid(self.topic_id);
        }
        writer.array(flexible, &self.partitions, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// FetchResponse, versions 4 to 18.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The top level response error code.
    pub error_code: i16,
    /// The fetch session ID, or 0 if this is not part of a fetch session.
    pub session_id: i32,
    /// The response topics.
    pub responses: Vec<FetchableTopicResponse>,
    /// Endpoints for all current-leaders enumerated in PartitionData, with errors NOT\_LEADER\_OR\_FOLLOWER
    /// & FENCED\_LEADER\_EPOCH.
    pub node_endpoints: Vec<NodeEndpoint>,
}

impl FetchResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 4..=18;

    /// Reads a FetchResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("FetchResponse", Self::VERSIONS, version)?;
        let flexible = version >= 12;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        if version >= 7 {
            value.error_code = reader.int16()?;
            value.session_id = reader.int32()?;
        }
        value.responses = reader.array(flexible, 3, |reader| {
            FetchableTopicResponse::decode(reader, version)
        })?;
        if flexible {
            reader.tagged_fields(|reader, tag| {
                match tag {
                    0 if version >= 16 => {
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

    /// Writes the FetchResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("FetchResponse", Self::VERSIONS, version)?;
        let flexible = version >= 12;
        writer.int32(self.throttle_time_ms);
        if version >= 7 {
            writer.int16(self.error_code);
            writer.int32(self.session_id);
        }
        if version < 7 && self.session_id != 0 {
            return Err(EncodeError::not_in_version("FetchResponse.SessionId", version));
        }
        writer.array(flexible, &self.responses, |writer, each| {
            each.encode(writer, version)
        })?;
        if version < 16 && !self.node_endpoints.is_empty() {
            return Err(EncodeError::not_in_version(
                "FetchResponse.NodeEndpoints",
                version,
            ));
        }
        if flexible {
            let mut tagged = TaggedFields::default();
            if version >= 16 && !self.node_endpoints.is_empty() {
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

/// The response topics.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchableTopicResponse {
    /// The topic name.
    pub topic: ByteString,
    /// The unique topic ID.
    pub topic_id: Uuid,
    /// The topic partitions.
    pub partitions: Vec<PartitionData>,
}

impl FetchableTopicResponse {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let mut value = Self::default();
        if version <= 12 {
            value.topic = reader.string(flexible)?;
        }
        if version >= 13 {
            value.topic_id = reader.uuid()?;
        }
        value.partitions = reader.array(flexible, 30, |reader| PartitionData::decode(reader, version))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 12;
        if version <= 12 {
            writer.string(flexible, &self.topic)?;
        }
        if version >= 13 {
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

/// The topic partitions.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionData {
    /// The partition index.
    pub partition_index: i32,
    /// The error code, or 0 if there was no fetch error.
    pub error_code: i16,
    /// The current high water mark.
    pub high_watermark: i64,
    /// The last stable offset (or LSO) of the partition. This is the last offset such that the state of all
    /// transactional records prior to this offset have been decided (ABORTED or COMMITTED).
    pub last_stable_offset: i64,
    /// The current log start offset.
    pub log_start_offset: i64,
    /// In case divergence is detected based on the `LastFetchedEpoch` and `FetchOffset` in the request,
    /// this field indicates the largest epoch and its end offset such that subsequent records are known to
    /// diverge.
    pub diverging_epoch: EpochEndOffset,
    /// The current leader of the partition.
    pub current_leader: LeaderIdAndEpoch,
    /// In the case of fetching an offset less than the LogStartOffset, this is the end offset and epoch
    /// that should be used in the FetchSnapshot request.
    pub snapshot_id: SnapshotId,
    /// The aborted transactions.
    pub aborted_transactions: Option<Vec<AbortedTransaction>>,
    /// The preferred read replica for the consumer to use on its next fetch request.
    pub preferred_read_replica: i32,
    /// The record data.
    pub records: Option<Records>,
}

impl Default for PartitionData {
    fn default() -> Self {
        PartitionData {
            partition_index: 0,
            error_code: 0,
            high_watermark: 0,
            last_stable_offset: -1,
            log_start_offset: -1,
            diverging_epoch: EpochEndOffset::default(),
            current_leader: LeaderIdAndEpoch::default(),
            snapshot_id: SnapshotId::default(),
            aborted_transactions: Some(Vec::new()),
            preferred_read_replica: -1,
            records: None,
        }
    }
}

impl PartitionData {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.error_code = reader.int16()?;
        value.high_watermark = reader.int64()?;
        value.last_stable_offset = reader.int64()?;
        if version >= 5 {
            value.log_start_offset = reader.int64()?;
        }
        value.aborted_transactions =
            reader.nullable_array(flexible, 16, |reader| AbortedTransaction::decode(reader, version))?;
        if version >= 11 {
            value.preferred_read_replica = reader.int32()?;
        }
        value.records = reader.nullable_records(flexible)?;
        if flexible {
            reader.tagged_fields(|reader, tag| {
                match tag {
                    0 => value.diverging_epoch = EpochEndOffset::decode(reader, version)?,
                    1 => value.current_leader = LeaderIdAndEpoch::decode(reader, version)?,
                    2 => value.snapshot_id = SnapshotId::decode(reader, version)?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 12;
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.int64(self.high_watermark);
        writer.int64(self.last_stable_offset);
        if version >= 5 {
            writer.int64(self.log_start_offset);
        }
        if version < 12 && self.diverging_epoch != EpochEndOffset::default() {
            return Err(EncodeError::not_in_version(
                "PartitionData.DivergingEpoch",
                version,
            ));
        }
        if version < 12 && self.current_leader != LeaderIdAndEpoch::default() {
            return Err(EncodeError::not_in_version(
                "PartitionData.CurrentLeader",
                version,
            ));
        }
        if version < 12 && self.snapshot_id != SnapshotId::default() {
            return Err(EncodeError::not_in_version("PartitionData.SnapshotId", version));
        }
        writer.nullable_array(flexible, self.aborted_transactions.as_deref(), |writer, each| {
            each.encode(writer, version)
        })?;
        if version >= 11 {
            writer.int32(self.preferred_read_replica);
        }
        if version < 11 && self.preferred_read_replica != -1 {
            return Err(EncodeError::not_in_version(
                "PartitionData.PreferredReadReplica",
                version,
            ));
        }
        writer.nullable_records(flexible, self.records.as_ref())?;
        if flexible {
            let mut tagged = TaggedFields::default();
            if self.diverging_epoch != EpochEndOffset::default() {
                tagged.field(0, |writer| self.diverging_epoch.encode(writer, version))?;
            }
            if self.current_leader != LeaderIdAndEpoch::default() {
                tagged.field(1, |writer| self.current_leader.encode(writer, version))?;
            }
            if self.snapshot_id != SnapshotId::default() {
                tagged.field(2, |writer| self.snapshot_id.encode(writer, version))?;
            }
            writer.tagged_fields(tagged)?;
        }
        Ok(())
    }
}

/// In case divergence is detected based on the `LastFetchedEpoch` and `FetchOffset` in the request,
/// this field indicates the largest epoch and its end offset such that subsequent records are known to
/// diverge.
#[derive(Clone, Debug, PartialEq)]
pub struct EpochEndOffset {
    /// The largest epoch.
    pub epoch: i32,
    /// The end offset of the epoch.
    pub end_offset: i64,
}

impl Default for EpochEndOffset {
    fn default() -> Self {
        EpochEndOffset {
            epoch: -1,
            end_offset: -1,
        }
    }
}

impl EpochEndOffset {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.epoch = reader.int32()?;
        value.end_offset = reader.int64()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.int32(self.epoch);
        writer.int64(self.end_offset);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The current leader of the partition.
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

/// In the case of fetching an offset less than the LogStartOffset, this is the end offset and epoch
/// that should be used in the FetchSnapshot request.
#[derive(Clone, Debug, PartialEq)]
pub struct SnapshotId {
    /// The end offset of the epoch.
    pub end_offset: i64,
    /// The largest epoch.
    pub epoch: i32,
}

impl Default for SnapshotId {
    fn default() -> Self {
        SnapshotId {
            end_offset: -1,
            epoch: -1,
        }
    }
}

impl SnapshotId {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.end_offset = reader.int64()?;
        value.epoch = reader.int32()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.int64(self.end_offset);
        writer.int32(self.epoch);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The aborted transactions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AbortedTransaction {
    /// The producer id associated with the aborted transaction.
    pub producer_id: i64,
    /// The first offset in the aborted transaction.
    pub first_offset: i64,
}

impl AbortedTransaction {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 12;
        let mut value = Self::default();
        value.producer_id = reader.int64()?;
        value.first_offset = reader.int64()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 12;
        writer.int64(self.producer_id);
        writer.int64(self.first_offset);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Endpoints for all current-leaders enumerated in PartitionData, with errors NOT\_LEADER\_OR\_FOLLOWER
/// & FENCED\_LEADER\_EPOCH.
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
