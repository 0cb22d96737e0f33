// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `ListOffsetsRequest` and `ListOffsetsResponse`: the API with the key 2.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// ListOffsetsRequest, versions 1 to 11.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListOffsetsRequest {
    /// The broker ID of the requester, or -1 if this request is being made by a normal consumer.
    pub replica_id: i32,
    /// This setting controls the visibility of transactional records. Using READ\_UNCOMMITTED
    /// (isolation\_level = 0) makes all records visible. With READ\_COMMITTED (isolation\_level = 1),
    /// non-transactional and COMMITTED transactional records are visible. To be more concrete,
    /// READ\_COMMITTED returns all data from offsets smaller than the current LSO (last stable offset), and
    /// enables the inclusion of the list of aborted transactions in the result, which allows consumers to
    /// discard ABORTED transactional records.
    pub isolation_level: i8,
    /// Each topic in the request.
    pub topics: Vec<ListOffsetsTopic>,
    /// The timeout to await a response in milliseconds for requests that require reading from remote
    /// storage for topics enabled with tiered storage.
    pub timeout_ms: i32,
}

impl ListOffsetsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=11;

    /// Reads a ListOffsetsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ListOffsetsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 6;
        let mut value = Self::default();
        value.replica_id = reader.int32()?;
        if version >= 2 {
            value.isolation_level = reader.int8()?;
        }
        value.topics = reader.array(flexible, 3, |reader| ListOffsetsTopic::decode(reader, version))?;
        if version >= 10 {
            value.timeout_ms = reader.int32()?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the ListOffsetsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ListOffsetsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 6;
        writer.int32(self.replica_id);
        if version >= 2 {
            writer.int8(self.isolation_level);
        }
        if version < 2 && self.isolation_level != 0 {
            return Err(EncodeError::not_in_version(
                "ListOffsetsRequest.IsolationLevel",
                version,
            ));
        }
        writer.array(flexible, &self.topics, |writer, each| {
            each.encode(writer, version)
        })?;
        if version >= 10 {
            writer.int32(self.timeout_ms);
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each topic in the request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListOffsetsTopic {
    /// The topic name.
    pub name: ByteString,
    /// Each partition in the request.
    pub partitions: Vec<ListOffsetsPartition>,
}

impl ListOffsetsTopic {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.partitions = reader.array(flexible, 12, |reader| {
            ListOffsetsPartition::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
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

/// Each partition in the request.
#[derive(Clone, Debug, PartialEq)]
pub struct ListOffsetsPartition {
    /// The partition index.
    pub partition_index: i32,
    /// The current leader epoch.
    pub current_leader_epoch: i32,
    /// The current timestamp.
    pub timestamp: i64,
}

impl Default for ListOffsetsPartition {
    fn default() -> Self {
        ListOffsetsPartition {
            partition_index: 0,
            current_leader_epoch: -1,
            timestamp: 0,
        }
    }
}

impl ListOffsetsPartition {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        if version >= 4 {
            value.current_leader_epoch = reader.int32()?;
        }
        value.timestamp = reader.int64()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 6;
        writer.int32(self.partition_index);
        if version >= 4 {
            writer.int32(self.current_leader_epoch);
        }
        writer.int64(self.timestamp);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// ListOffsetsResponse, versions 1 to 11.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListOffsetsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// Each topic in the response.
    pub topics: Vec<ListOffsetsTopicResponse>,
}

impl ListOffsetsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=11;

    /// Reads a ListOffsetsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ListOffsetsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 6;
        let mut value = Self::default();
        if version >= 2 {
            value.throttle_time_ms = reader.int32()?;
        }
        value.topics = reader.array(flexible, 3, |reader| {
            ListOffsetsTopicResponse::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the ListOffsetsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ListOffsetsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 6;
        if version >= 2 {
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

/// Each topic in the response.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListOffsetsTopicResponse {
    /// The topic name.
    pub name: ByteString,
    /// Each partition in the response.
    pub partitions: Vec<ListOffsetsPartitionResponse>,
}

impl ListOffsetsTopicResponse {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.partitions = reader.array(flexible, 22, |reader| {
            ListOffsetsPartitionResponse::decode(reader, version)
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

/// Each partition in the response.
#[derive(Clone, Debug, PartialEq)]
pub struct ListOffsetsPartitionResponse {
    /// The partition index.
    pub partition_index: i32,
    /// The partition error code, or 0 if there was no error.
    pub error_code: i16,
    /// The timestamp associated with the returned offset.
    pub timestamp: i64,
    /// The returned offset.
    pub offset: i64,
    /// The leader epoch associated with the returned offset.
    pub leader_epoch: i32,
}

impl Default for ListOffsetsPartitionResponse {
    fn default() -> Self {
        ListOffsetsPartitionResponse {
            partition_index: 0,
            error_code: 0,
            timestamp: -1,
            offset: -1,
            leader_epoch: -1,
        }
    }
}

impl ListOffsetsPartitionResponse {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 6;
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.error_code = reader.int16()?;
        value.timestamp = reader.int64()?;
        value.offset = reader.int64()?;
        if version >= 4 {
            value.leader_epoch = reader.int32()?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 6;
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.int64(self.timestamp);
        writer.int64(self.offset);
        if version >= 4 {
            writer.int32(self.leader_epoch);
        }
        if version < 4 && self.leader_epoch != -1 {
            return Err(EncodeError::not_in_version(
                "ListOffsetsPartitionResponse.LeaderEpoch",
                version,
            ));
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
