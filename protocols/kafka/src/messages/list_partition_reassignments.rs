// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `ListPartitionReassignmentsRequest` and `ListPartitionReassignmentsResponse`: the API with the key 46.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// ListPartitionReassignmentsRequest, versions 0 to 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ListPartitionReassignmentsRequest {
    /// The time in ms to wait for the request to complete.
    pub timeout_ms: i32,
    /// The topics to list partition reassignments for, or null to list everything.
    pub topics: Option<Vec<ListPartitionReassignmentsTopics>>,
}

impl Default for ListPartitionReassignmentsRequest {
    fn default() -> Self {
        ListPartitionReassignmentsRequest {
            timeout_ms: 60000,
            topics: None,
        }
    }
}

impl ListPartitionReassignmentsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=0;

    /// Reads a ListPartitionReassignmentsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ListPartitionReassignmentsRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.timeout_ms = reader.int32()?;
        value.topics = reader.nullable_array(true, 3, |reader| {
            ListPartitionReassignmentsTopics::decode(reader, version)
        })?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the ListPartitionReassignmentsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ListPartitionReassignmentsRequest", Self::VERSIONS, version)?;
        writer.int32(self.timeout_ms);
        writer.nullable_array(true, self.topics.as_deref(), |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The topics to list partition reassignments for, or null to list everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListPartitionReassignmentsTopics {
    /// The topic name.
    pub name: ByteString,
    /// The partitions to list partition reassignments for.
    pub partition_indexes: Vec<i32>,
}

impl ListPartitionReassignmentsTopics {
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.name = reader.string(true)?;
        value.partition_indexes = reader.array(true, 4, |reader| reader.int32())?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.name)?;
        writer.array(true, &self.partition_indexes, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// ListPartitionReassignmentsResponse, versions 0 to 0.
#[derive(Clone, Debug, PartialEq)]
pub struct ListPartitionReassignmentsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The top-level error code, or 0 if there was no error.
    pub error_code: i16,
    /// The top-level error message, or null if there was no error.
    pub error_message: Option<ByteString>,
    /// The ongoing reassignments for each topic.
    pub topics: Vec<OngoingTopicReassignment>,
}

impl Default for ListPartitionReassignmentsResponse {
    fn default() -> Self {
        ListPartitionReassignmentsResponse {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: Some(ByteString::new()),
            topics: Vec::new(),
        }
    }
}

impl ListPartitionReassignmentsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=0;

    /// Reads a ListPartitionReassignmentsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ListPartitionReassignmentsResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(true)?;
        value.topics = reader.array(true, 3, |reader| {
            OngoingTopicReassignment::decode(reader, version)
        })?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the ListPartitionReassignmentsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ListPartitionReassignmentsResponse", Self::VERSIONS, version)?;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.nullable_string(true, self.error_message.as_ref())?;
        writer.array(true, &self.topics, |writer, each| each.encode(writer, version))?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The ongoing reassignments for each topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OngoingTopicReassignment {
    /// The topic name.
    pub name: ByteString,
    /// The ongoing reassignments for each partition.
    pub partitions: Vec<OngoingPartitionReassignment>,
}

impl OngoingTopicReassignment {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.name = reader.string(true)?;
        value.partitions = reader.array(true, 8, |reader| {
            OngoingPartitionReassignment::decode(reader, version)
        })?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.name)?;
        writer.array(true, &self.partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The ongoing reassignments for each partition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OngoingPartitionReassignment {
    /// The index of the partition.
    pub partition_index: i32,
    /// The current replica set.
    pub replicas: Vec<i32>,
    /// The set of replicas we are currently adding.
    pub adding_replicas: Vec<i32>,
    /// The set of replicas we are currently removing.
    pub removing_replicas: Vec<i32>,
}

impl OngoingPartitionReassignment {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.replicas = reader.array(true, 4, |reader| reader.int32())?;
        value.adding_replicas = reader.array(true, 4, |reader| reader.int32())?;
        value.removing_replicas = reader.array(true, 4, |reader| reader.int32())?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.int32(self.partition_index);
        writer.array(true, &self.replicas, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        writer.array(true, &self.adding_replicas, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        writer.array(true, &self.removing_replicas, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}
