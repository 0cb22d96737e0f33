// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `OffsetFetchRequest` and `OffsetFetchResponse`: the API with the key 9.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// OffsetFetchRequest, versions 1 to 10.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetFetchRequest {
    /// The group to fetch offsets for.
    pub group_id: ByteString,
    /// Each topic we would like to fetch offsets for, or null to fetch offsets for all topics.
    pub topics: Option<Vec<OffsetFetchRequestTopic>>,
    /// Each group we would like to fetch offsets for.
    pub groups: Vec<OffsetFetchRequestGroup>,
    /// Whether broker should hold on returning unstable offsets but set a retriable error code for the
    /// partitions.
    pub require_stable: bool,
}

impl Default for OffsetFetchRequest {
    fn default() -> Self {
        OffsetFetchRequest {
            group_id: ByteString::new(),
            topics: Some(Vec::new()),
            groups: Vec::new(),
            require_stable: false,
        }
    }
}

impl OffsetFetchRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=10;

    /// Reads a OffsetFetchRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("OffsetFetchRequest", Self::VERSIONS, version)?;
        let flexible = version >= 6;
        let mut value = Self::default();
        if version <= 7 {
            value.group_id = reader.string(flexible)?;
            value.topics = if version >= 2 {
                reader.nullable_array(flexible, 3, |reader| {
                    OffsetFetchRequestTopic::decode(reader, version)
                })?
            } else {
                Some(reader.array(flexible, 3, |reader| {
                    OffsetFetchRequestTopic::decode(reader, version)
                })?)
            };
        }
        if version >= 8 {
            value.groups = reader.array(flexible, 3, |reader| {
                OffsetFetchRequestGroup::decode(reader, version)
            })?;
        }
        if version >= 7 {
            value.require_stable = reader.boolean()?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the OffsetFetchRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("OffsetFetchRequest", Self::VERSIONS, version)?;
        let flexible = version >= 6;
        if version <= 7 {
            writer.string(flexible, &self.group_id)?;
        }
        if version > 7 && !self.group_id.is_empty() {
            return Err(EncodeError::not_in_version("OffsetFetchRequest.GroupId", version));
        }
        if version <= 7 {
            if version < 2 && self.topics.is_none() {
                return Err(EncodeError::null("OffsetFetchRequest.Topics", version));
            }
            writer.nullable_array(flexible, self.topics.as_deref(), |writer, each| {
                each.encode(writer, version)
            })?;
        }
        if version > 7 && self.topics != Some(Vec::new()) {
            return Err(EncodeError::not_in_version("OffsetFetchRequest.Topics", version));
        }
        if version >= 8 {
            writer.array(flexible, &self.groups, |writer, each| {
                each.encode(writer, version)
            })?;
        }
        if version < 8 && !self.groups.is_empty() {
            return Err(EncodeError::not_in_version("OffsetFetchRequest.Groups", version));
        }
        if version >= 7 {
            writer.boolean(self.require_stable);
        }
        if version < 7 && self.require_stable {
            return Err(EncodeError::not_in_version(
                "OffsetFetchRequest.RequireStable",
                version,
            ));
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each topic we would like to fetch offsets for, or null to fetch offsets for all topics.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetFetchRequestTopic {
    /// The topic name.
    pub name: ByteString,
    /// The partition indexes we would like to fetch offsets for.
    pub partition_indexes: Vec<i32>,
}

impl OffsetFetchRequestTopic {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.partition_indexes = reader.array(flexible, 4, |reader| reader.int32())?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 6;
        writer.string(flexible, &self.name)?;
        writer.array(flexible, &self.partition_indexes, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each group we would like to fetch offsets for.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetFetchRequestGroup {
    /// The group ID.
    pub group_id: ByteString,
    /// The member id.
    pub member_id: Option<ByteString>,
    /// The member epoch if using the new consumer protocol (KIP-848).
    pub member_epoch: i32,
    /// Each topic we would like to fetch offsets for, or null to fetch offsets for all topics.
    pub topics: Option<Vec<OffsetFetchRequestTopics>>,
}

impl Default for OffsetFetchRequestGroup {
    fn default() -> Self {
        OffsetFetchRequestGroup {
            group_id: ByteString::new(),
            member_id: None,
            member_epoch: -1,
            topics: Some(Vec::new()),
        }
    }
}

impl OffsetFetchRequestGroup {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.group_id = reader.string(true)?;
        if version >= 9 {
            value.member_id = reader.nullable_string(true)?;
            value.member_epoch = reader.int32()?;
        }
        value.topics = reader.nullable_array(true, 3, |reader| {
            OffsetFetchRequestTopics::decode(reader, version)
        })?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.group_id)?;
        if version >= 9 {
            writer.nullable_string(true, self.member_id.as_ref())?;
            writer.int32(self.member_epoch);
        }
        writer.nullable_array(true, self.topics.as_deref(), |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// Each topic we would like to fetch offsets for, or null to fetch offsets for all topics.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetFetchRequestTopics {
    /// The topic name.
    pub name: ByteString,
    /// The topic ID.
    pub topic_id: Uuid,
    /// The partition indexes we would like to fetch offsets for.
    pub partition_indexes: Vec<i32>,
}

impl OffsetFetchRequestTopics {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        if version <= 9 {
            value.name = reader.string(true)?;
        }
        if version >= 10 {
            value.topic_id = reader.uuid()?;
        }
        value.partition_indexes = reader.array(true, 4, |reader| reader.int32())?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        if version <= 9 {
            writer.string(true, &self.name)?;
        }
        if version >= 10 {
            writer.uuid(self.topic_id);
        }
        writer.array(true, &self.partition_indexes, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// OffsetFetchResponse, versions 1 to 10.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetFetchResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The responses per topic.
    pub topics: Vec<OffsetFetchResponseTopic>,
    /// The top-level error code, or 0 if there was no error.
    pub error_code: i16,
    /// The responses per group id.
    pub groups: Vec<OffsetFetchResponseGroup>,
}

impl OffsetFetchResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=10;

    /// Reads a OffsetFetchResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("OffsetFetchResponse", Self::VERSIONS, version)?;
        let flexible = version >= 6;
        let mut value = Self::default();
        if version >= 3 {
            value.throttle_time_ms = reader.int32()?;
        }
        if version <= 7 {
            value.topics = reader.array(flexible, 3, |reader| {
                OffsetFetchResponseTopic::decode(reader, version)
            })?;
        }
        if (2..=7).contains(&version) {
            value.error_code = reader.int16()?;
        }
        if version >= 8 {
            value.groups = reader.array(flexible, 5, |reader| {
                OffsetFetchResponseGroup::decode(reader, version)
            })?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the OffsetFetchResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("OffsetFetchResponse", Self::VERSIONS, version)?;
        let flexible = version >= 6;
        if version >= 3 {
            writer.int32(self.throttle_time_ms);
        }
        if version <= 7 {
            writer.array(flexible, &self.topics, |writer, each| {
                each.encode(writer, version)
            })?;
        }
        if version > 7 && !self.topics.is_empty() {
            return Err(EncodeError::not_in_version("OffsetFetchResponse.Topics", version));
        }
        if (2..=7).contains(&version) {
            writer.int16(self.error_code);
        }
        if version >= 8 {
            writer.array(flexible, &self.groups, |writer, each| {
                each.encode(writer, version)
            })?;
        }
        if version < 8 && !self.groups.is_empty() {
            return Err(EncodeError::not_in_version("OffsetFetchResponse.Groups", version));
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The responses per topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetFetchResponseTopic {
    /// The topic name.
    pub name: ByteString,
    /// The responses per partition.
    pub partitions: Vec<OffsetFetchResponsePartition>,
}

impl OffsetFetchResponseTopic {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.partitions = reader.array(flexible, 16, |reader| {
            OffsetFetchResponsePartition::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 6;
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

/// The responses per partition.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetFetchResponsePartition {
    /// The partition index.
    pub partition_index: i32,
    /// The committed message offset.
    pub committed_offset: i64,
    /// The leader epoch.
    pub committed_leader_epoch: i32,
    /// The partition metadata.
    pub metadata: Option<ByteString>,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
}

impl Default for OffsetFetchResponsePartition {
    fn default() -> Self {
        OffsetFetchResponsePartition {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            metadata: Some(ByteString::new()),
            error_code: 0,
        }
    }
}

impl OffsetFetchResponsePartition {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.committed_offset = reader.int64()?;
        if version >= 5 {
            value.committed_leader_epoch = reader.int32()?;
        }
        value.metadata = reader.nullable_string(flexible)?;
        value.error_code = reader.int16()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 6;
        writer.int32(self.partition_index);
        writer.int64(self.committed_offset);
        if version >= 5 {
            writer.int32(self.committed_leader_epoch);
        }
        writer.nullable_string(flexible, self.metadata.as_ref())?;
        writer.int16(self.error_code);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The responses per group id.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetFetchResponseGroup {
    /// The group ID.
    pub group_id: ByteString,
    /// The responses per topic.
    pub topics: Vec<OffsetFetchResponseTopics>,
    /// The group-level error code, or 0 if there was no error.
    pub error_code: i16,
}

impl OffsetFetchResponseGroup {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.group_id = reader.string(true)?;
        value.topics = reader.array(true, 3, |reader| {
            OffsetFetchResponseTopics::decode(reader, version)
        })?;
        value.error_code = reader.int16()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.group_id)?;
        writer.array(true, &self.topics, |writer, each| each.encode(writer, version))?;
        writer.int16(self.error_code);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The responses per topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetFetchResponseTopics {
    /// The topic name.
    pub name: ByteString,
    /// The topic ID.
    pub topic_id: Uuid,
    /// The responses per partition.
    pub partitions: Vec<OffsetFetchResponsePartitions>,
}

impl OffsetFetchResponseTopics {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        if version <= 9 {
            value.name = reader.string(true)?;
        }
        if version >= 10 {
            value.topic_id = reader.uuid()?;
        }
        value.partitions = reader.array(true, 20, |reader| {
            OffsetFetchResponsePartitions::decode(reader, version)
        })?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        if version <= 9 {
            writer.string(true, &self.name)?;
        }
        if version >= 10 {
            writer.uuid(self.topic_id);
        }
        writer.array(true, &self.partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The responses per partition.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetFetchResponsePartitions {
    /// The partition index.
    pub partition_index: i32,
    /// The committed message offset.
    pub committed_offset: i64,
    /// The leader epoch.
    pub committed_leader_epoch: i32,
    /// The partition metadata.
    pub metadata: Option<ByteString>,
    /// The partition-level error code, or 0 if there was no error.
    pub error_code: i16,
}

impl Default for OffsetFetchResponsePartitions {
    fn default() -> Self {
        OffsetFetchResponsePartitions {
            partition_index: 0,
            committed_offset: 0,
            committed_leader_epoch: -1,
            metadata: Some(ByteString::new()),
            error_code: 0,
        }
    }
}

impl OffsetFetchResponsePartitions {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.committed_offset = reader.int64()?;
        value.committed_leader_epoch = reader.int32()?;
        value.metadata = reader.nullable_string(true)?;
        value.error_code = reader.int16()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.int32(self.partition_index);
        writer.int64(self.committed_offset);
        writer.int32(self.committed_leader_epoch);
        writer.nullable_string(true, self.metadata.as_ref())?;
        writer.int16(self.error_code);
        writer.no_tagged_fields();
        Ok(())
    }
}
