// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `MetadataRequest` and `MetadataResponse`: the API with the key 3.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// MetadataRequest, versions 0 to 13.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataRequest {
    /// The topics to fetch metadata for.
    pub topics: Option<Vec<MetadataRequestTopic>>,
    /// If this is true, the broker may auto-create topics that we requested which do not already exist, if
    /// it is configured to do so.
    pub allow_auto_topic_creation: bool,
    /// Whether to include cluster authorized operations.
    pub include_cluster_authorized_operations: bool,
    /// Whether to include topic authorized operations.
    pub include_topic_authorized_operations: bool,
}

impl Default for MetadataRequest {
    fn default() -> Self {
        MetadataRequest {
            topics: Some(Vec::new()),
            allow_auto_topic_creation: true,
            include_cluster_authorized_operations: false,
            include_topic_authorized_operations: false,
        }
    }
}

impl MetadataRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=13;

    /// Reads a MetadataRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("MetadataRequest", Self::VERSIONS, version)?;
        let flexible = version >= 9;
        let mut value = Self::default();
        value.topics = if version >= 1 {
            reader.nullable_array(flexible, 2, |reader| {
                MetadataRequestTopic::decode(reader, version)
            })?
        } else {
            Some(reader.array(flexible, 2, |reader| {
                MetadataRequestTopic::decode(reader, version)
            })?)
        };
        if version >= 4 {
            value.allow_auto_topic_creation = reader.boolean()?;
        }
        if (8..=10).contains(&version) {
            value.include_cluster_authorized_operations = reader.boolean()?;
        }
        if version >= 8 {
            value.include_topic_authorized_operations = reader.boolean()?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the MetadataRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("MetadataRequest", Self::VERSIONS, version)?;
        let flexible = version >= 9;
        if version < 1 && self.topics.is_none() {
            return Err(EncodeError::null("MetadataRequest.Topics", version));
        }
        writer.nullable_array(flexible, self.topics.as_deref(), |writer, each| {
            each.encode(writer, version)
        })?;
        if version >= 4 {
            writer.boolean(self.allow_auto_topic_creation);
        }
        if version < 4 && !self.allow_auto_topic_creation {
            return Err(EncodeError::not_in_version(
                "MetadataRequest.AllowAutoTopicCreation",
                version,
            ));
        }
        if (8..=10).contains(&version) {
            writer.boolean(self.include_cluster_authorized_operations);
        }
        if !(8..=10).contains(&version) && self.include_cluster_authorized_operations {
            return Err(EncodeError::not_in_version(
                "MetadataRequest.IncludeClusterAuthorizedOperations",
                version,
            ));
        }
        if version >= 8 {
            writer.boolean(self.include_topic_authorized_operations);
        }
        if version < 8 && self.include_topic_authorized_operations {
            return Err(EncodeError::not_in_version(
                "MetadataRequest.IncludeTopicAuthorizedOperations",
                version,
            ));
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The topics to fetch metadata for.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataRequestTopic {
    /// The topic id.
    pub topic_id: Uuid,
    /// The topic name.
    pub name: Option<ByteString>,
}

impl Default for MetadataRequestTopic {
    fn default() -> Self {
        MetadataRequestTopic {
            topic_id: Uuid::ZERO,
            name: Some(ByteString::new()),
        }
    }
}

impl MetadataRequestTopic {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let mut value = Self::default();
        if version >= 10 {
            value.topic_id = reader.uuid()?;
        }
        value.name = if version >= 10 {
            reader.nullable_string(flexible)?
        } else {
            Some(reader.string(flexible)?)
        };
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 9;
        if version >= 10 {
            writer.uuid(self.topic_id);
        }
        if version < 10 && self.name.is_none() {
            return Err(EncodeError::null("MetadataRequestTopic.Name", version));
        }
        writer.nullable_string(flexible, self.name.as_ref())?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// MetadataResponse, versions 0 to 13.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// A list of brokers present in the cluster.
    pub brokers: Vec<MetadataResponseBroker>,
    /// The cluster ID that responding broker belongs to.
    pub cluster_id: Option<ByteString>,
    /// The ID of the controller broker.
    pub controller_id: i32,
    /// Each topic in the response.
    pub topics: Vec<MetadataResponseTopic>,
    /// 32-bit bitfield to represent authorized operations for this cluster.
    pub cluster_authorized_operations: i32,
    /// The top-level error code, or 0 if there was no error.
    pub error_code: i16,
}

impl Default for MetadataResponse {
    fn default() -> Self {
        MetadataResponse {
            throttle_time_ms: 0,
            brokers: Vec::new(),
            cluster_id: None,
            controller_id: -1,
            topics: Vec::new(),
            cluster_authorized_operations: i32::MIN,
            error_code: 0,
        }
    }
}

impl MetadataResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=13;

    /// Reads a MetadataResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("MetadataResponse", Self::VERSIONS, version)?;
        let flexible = version >= 9;
        let mut value = Self::default();
        if version >= 3 {
            value.throttle_time_ms = reader.int32()?;
        }
        value.brokers = reader.array(flexible, 10, |reader| {
            MetadataResponseBroker::decode(reader, version)
        })?;
        if version >= 2 {
            value.cluster_id = reader.nullable_string(flexible)?;
        }
        if version >= 1 {
            value.controller_id = reader.int32()?;
        }
        value.topics = reader.array(flexible, 8, |reader| {
            MetadataResponseTopic::decode(reader, version)
        })?;
        if (8..=10).contains(&version) {
            value.cluster_authorized_operations = reader.int32()?;
        }
        if version >= 13 {
            value.error_code = reader.int16()?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the MetadataResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("MetadataResponse", Self::VERSIONS, version)?;
        let flexible = version >= 9;
        if version >= 3 {
            writer.int32(self.throttle_time_ms);
        }
        writer.array(flexible, &self.brokers, |writer, each| {
            each.encode(writer, version)
        })?;
        if version >= 2 {
            writer.nullable_string(flexible, self.cluster_id.as_ref())?;
        }
        if version >= 1 {
            writer.int32(self.controller_id);
        }
        writer.array(flexible, &self.topics, |writer, each| {
            each.encode(writer, version)
        })?;
        if (8..=10).contains(&version) {
            writer.int32(self.cluster_authorized_operations);
        }
        if !(8..=10).contains(&version) && self.cluster_authorized_operations != i32::MIN {
            return Err(EncodeError::not_in_version(
                "MetadataResponse.ClusterAuthorizedOperations",
                version,
            ));
        }
        if version >= 13 {
            writer.int16(self.error_code);
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// A list of brokers present in the cluster.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetadataResponseBroker {
    /// The broker ID.
    pub node_id: i32,
    /// The broker hostname.
    pub host: ByteString,
    /// The broker port.
    pub port: i32,
    /// The rack of the broker, or null if it has not been assigned to a rack.
    pub rack: Option<ByteString>,
}

impl MetadataResponseBroker {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let mut value = Self::default();
        value.node_id = reader.int32()?;
        value.host = reader.string(flexible)?;
        value.port = reader.int32()?;
        if version >= 1 {
            value.rack = reader.nullable_string(flexible)?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 9;
        writer.int32(self.node_id);
        writer.string(flexible, &self.host)?;
        writer.int32(self.port);
        if version >= 1 {
            writer.nullable_string(flexible, self.rack.as_ref())?;
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each topic in the response.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataResponseTopic {
    /// The topic error, or 0 if there was no error.
    pub error_code: i16,
    /// The topic name. Null for non-existing topics queried by ID. This is never null when ErrorCode is
    /// zero. One of Name and TopicId is always populated.
    pub name: Option<ByteString>,
    /// The topic id. Zero for non-existing topics queried by name. This is never zero when ErrorCode is
    /// zero. One of Name and TopicId is always populated.
    pub topic_id: Uuid,
    /// True if the topic is internal.
    pub is_internal: bool,
    /// Each partition in the topic.
    pub partitions: Vec<MetadataResponsePartition>,
    /// 32-bit bitfield to represent authorized operations for this topic.
    pub topic_authorized_operations: i32,
}

impl Default for MetadataResponseTopic {
    fn default() -> Self {
        MetadataResponseTopic {
            error_code: 0,
            name: Some(ByteString::new()),
            topic_id: Uuid::ZERO,
            is_internal: false,
            partitions: Vec::new(),
            topic_authorized_operations: i32::MIN,
        }
    }
}

impl MetadataResponseTopic {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.name = if version >= 12 {
            reader.nullable_string(flexible)?
        } else {
            Some(reader.string(flexible)?)
        };
        if version >= 10 {
            value.topic_id = reader.uuid()?;
        }
        if version >= 1 {
            value.is_internal = reader.boolean()?;
        }
        value.partitions = reader.array(flexible, 18, |reader| {
            MetadataResponsePartition::decode(reader, version)
        })?;
        if version >= 8 {
            value.topic_authorized_operations = reader.int32()?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 9;
        writer.int16(self.error_code);
        if version < 12 && self.name.is_none() {
            return Err(EncodeError::null("MetadataResponseTopic.Name", version));
        }
        writer.nullable_string(flexible, self.name.as_ref())?;
        if version >= 10 {
            writer.uuid(self.topic_id);
        }
        if version >= 1 {
            writer.boolean(self.is_internal);
        }
        writer.array(flexible, &self.partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        if version >= 8 {
            writer.int32(self.topic_authorized_operations);
        }
        if version < 8 && self.topic_authorized_operations != i32::MIN {
            return Err(EncodeError::not_in_version(
                "MetadataResponseTopic.TopicAuthorizedOperations",
                version,
            ));
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each partition in the topic.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataResponsePartition {
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
    /// The set of offline replicas of this partition.
    pub offline_replicas: Vec<i32>,
}

impl Default for MetadataResponsePartition {
    fn default() -> Self {
        MetadataResponsePartition {
            error_code: 0,
            partition_index: 0,
            leader_id: 0,
            leader_epoch: -1,
            replica_nodes: Vec::new(),
            isr_nodes: Vec::new(),
            offline_replicas: Vec::new(),
        }
    }
}

impl MetadataResponsePartition {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 9;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.partition_index = reader.int32()?;
        value.leader_id = reader.int32()?;
        if version >= 7 {
            value.leader_epoch = reader.int32()?;
        }
        value.replica_nodes = reader.array(flexible, 4, |reader| reader.int32())?;
        value.isr_nodes = reader.array(flexible, 4, |reader| reader.int32())?;
        if version >= 5 {
            value.offline_replicas = reader.array(flexible, 4, |reader| reader.int32())?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 9;
        writer.int16(self.error_code);
        writer.int32(self.partition_index);
        writer.int32(self.leader_id);
        if version >= 7 {
            writer.int32(self.leader_epoch);
        }
        writer.array(flexible, &self.replica_nodes, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        writer.array(flexible, &self.isr_nodes, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        if version >= 5 {
            writer.array(flexible, &self.offline_replicas, |writer, each| {
                writer.int32(*each);
                Ok(())
            })?;
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
