// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `ElectLeadersRequest` and `ElectLeadersResponse`: the API with the key 43.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// ElectLeadersRequest, versions 0 to 2.
#[derive(Clone, Debug, PartialEq)]
pub struct ElectLeadersRequest {
    /// Type of elections to conduct for the partition. A value of '0' elects the preferred replica. A value
    /// of '1' elects the first live replica if there are no in-sync replica.
    pub election_type: i8,
    /// The topic partitions to elect leaders.
    pub topic_partitions: Option<Vec<TopicPartitions>>,
    /// The time in ms to wait for the election to complete.
    pub timeout_ms: i32,
}

impl Default for ElectLeadersRequest {
    fn default() -> Self {
        ElectLeadersRequest {
            election_type: 0,
            topic_partitions: Some(Vec::new()),
            timeout_ms: 60000,
        }
    }
}

impl ElectLeadersRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=2;

    /// Reads a ElectLeadersRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ElectLeadersRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        if version >= 1 {
            value.election_type = reader.int8()?;
        }
        value.topic_partitions =
            reader.nullable_array(flexible, 3, |reader| TopicPartitions::decode(reader, version))?;
        value.timeout_ms = reader.int32()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the ElectLeadersRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ElectLeadersRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        if version >= 1 {
            writer.int8(self.election_type);
        }
        if version < 1 && self.election_type != 0 {
            return Err(EncodeError::not_in_version(
                "ElectLeadersRequest.ElectionType",
                version,
            ));
        }
        writer.nullable_array(flexible, self.topic_partitions.as_deref(), |writer, each| {
            each.encode(writer, version)
        })?;
        writer.int32(self.timeout_ms);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The topic partitions to elect leaders.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartitions {
    /// The name of a topic.
    pub topic: ByteString,
    /// The partitions of this topic whose leader should be elected.
    pub partitions: Vec<i32>,
}

impl TopicPartitions {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.topic = reader.string(flexible)?;
        value.partitions = reader.array(flexible, 4, |reader| reader.int32())?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        writer.string(flexible, &self.topic)?;
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

/// ElectLeadersResponse, versions 0 to 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ElectLeadersResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The top level response error code.
    pub error_code: i16,
    /// The election results, or an empty array if the requester did not have permission and the request
    /// asks for all partitions.
    pub replica_election_results: Vec<ReplicaElectionResult>,
}

impl ElectLeadersResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=2;

    /// Reads a ElectLeadersResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ElectLeadersResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        if version >= 1 {
            value.error_code = reader.int16()?;
        }
        value.replica_election_results = reader.array(flexible, 3, |reader| {
            ReplicaElectionResult::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the ElectLeadersResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ElectLeadersResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.int32(self.throttle_time_ms);
        if version >= 1 {
            writer.int16(self.error_code);
        }
        if version < 1 && self.error_code != 0 {
            return Err(EncodeError::not_in_version(
                "ElectLeadersResponse.ErrorCode",
                version,
            ));
        }
        writer.array(flexible, &self.replica_election_results, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The election results, or an empty array if the requester did not have permission and the request
/// asks for all partitions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReplicaElectionResult {
    /// The topic name.
    pub topic: ByteString,
    /// The results for each partition.
    pub partition_result: Vec<PartitionResult>,
}

impl ReplicaElectionResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.topic = reader.string(flexible)?;
        value.partition_result =
            reader.array(flexible, 8, |reader| PartitionResult::decode(reader, version))?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        writer.string(flexible, &self.topic)?;
        writer.array(flexible, &self.partition_result, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The results for each partition.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionResult {
    /// The partition id.
    pub partition_id: i32,
    /// The result error, or zero if there was no error.
    pub error_code: i16,
    /// The result message, or null if there was no error.
    pub error_message: Option<ByteString>,
}

impl Default for PartitionResult {
    fn default() -> Self {
        PartitionResult {
            partition_id: 0,
            error_code: 0,
            error_message: Some(ByteString::new()),
        }
    }
}

impl PartitionResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.partition_id = reader.int32()?;
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(flexible)?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        writer.int32(self.partition_id);
        writer.int16(self.error_code);
        writer.nullable_string(flexible, self.error_message.as_ref())?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
