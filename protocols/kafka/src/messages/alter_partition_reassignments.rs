// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `AlterPartitionReassignmentsRequest` and `AlterPartitionReassignmentsResponse`: the API with the key 45.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// AlterPartitionReassignmentsRequest, versions 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterPartitionReassignmentsRequest {
    /// The time in ms to wait for the request to complete.
    pub timeout_ms: i32,
    /// The option indicating whether changing the replication factor of any given partition as part of this
    /// request is a valid move.
    pub allow_replication_factor_change: bool,
    /// The topics to reassign.
    pub topics: Vec<ReassignableTopic>,
}

impl Default for AlterPartitionReassignmentsRequest {
    fn default() -> Self {
        AlterPartitionReassignmentsRequest {
            timeout_ms: 60000,
            allow_replication_factor_change: true,
            topics: Vec::new(),
        }
    }
}

impl AlterPartitionReassignmentsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=1;

    /// Reads a AlterPartitionReassignmentsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("AlterPartitionReassignmentsRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.timeout_ms = reader.int32()?;
        if version >= 1 {
            value.allow_replication_factor_change = reader.boolean()?;
        }
        value.topics = reader.array(true, 3, |reader| ReassignableTopic::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the AlterPartitionReassignmentsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("AlterPartitionReassignmentsRequest", Self::VERSIONS, version)?;
        writer.int32(self.timeout_ms);
        if version >= 1 {
            writer.boolean(self.allow_replication_factor_change);
        }
        if version < 1 && !self.allow_replication_factor_change {
            return Err(EncodeError::not_in_version(
                "AlterPartitionReassignmentsRequest.AllowReplicationFactorChange",
                version,
            ));
        }
        writer.array(true, &self.topics, |writer, each| each.encode(writer, version))?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The topics to reassign.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReassignableTopic {
    /// The topic name.
    pub name: ByteString,
    /// The partitions to reassign.
    pub partitions: Vec<ReassignablePartition>,
}

impl ReassignableTopic {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.name = reader.string(true)?;
        value.partitions = reader.array(true, 6, |reader| ReassignablePartition::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.name)?;
        writer.array(true, &self.partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The partitions to reassign.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReassignablePartition {
    /// The partition index.
    pub partition_index: i32,
    /// The replicas to place the partitions on, or null to cancel a pending reassignment for this
    /// partition.
    pub replicas: Option<Vec<i32>>,
}

impl ReassignablePartition {
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.replicas = reader.nullable_array(true, 4, |reader| reader.int32())?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.int32(self.partition_index);
        writer.nullable_array(true, self.replicas.as_deref(), |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// AlterPartitionReassignmentsResponse, versions 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterPartitionReassignmentsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The option indicating whether changing the replication factor of any given partition as part of the
    /// request was allowed.
    pub allow_replication_factor_change: bool,
    /// The top-level error code, or 0 if there was no error.
    pub error_code: i16,
    /// The top-level error message, or null if there was no error.
    pub error_message: Option<ByteString>,
    /// The responses to topics to reassign.
    pub responses: Vec<ReassignableTopicResponse>,
}

impl Default for AlterPartitionReassignmentsResponse {
    fn default() -> Self {
        AlterPartitionReassignmentsResponse {
            throttle_time_ms: 0,
            allow_replication_factor_change: true,
            error_code: 0,
            error_message: Some(ByteString::new()),
            responses: Vec::new(),
        }
    }
}

impl AlterPartitionReassignmentsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=1;

    /// Reads a AlterPartitionReassignmentsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("AlterPartitionReassignmentsResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        if version >= 1 {
            value.allow_replication_factor_change = reader.boolean()?;
        }
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(true)?;
        value.responses = reader.array(true, 3, |reader| {
            ReassignableTopicResponse::decode(reader, version)
        })?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the AlterPartitionReassignmentsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("AlterPartitionReassignmentsResponse", Self::VERSIONS, version)?;
        writer.int32(self.throttle_time_ms);
        if version >= 1 {
            writer.boolean(self.allow_replication_factor_change);
        }
        writer.int16(self.error_code);
        writer.nullable_string(true, self.error_message.as_ref())?;
        writer.array(true, &self.responses, |writer, each| each.encode(writer, version))?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The responses to topics to reassign.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReassignableTopicResponse {
    /// The topic name.
    pub name: ByteString,
    /// The responses to partitions to reassign.
    pub partitions: Vec<ReassignablePartitionResponse>,
}

impl ReassignableTopicResponse {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.name = reader.string(true)?;
        value.partitions = reader.array(true, 8, |reader| {
            ReassignablePartitionResponse::decode(reader, version)
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

/// The responses to partitions to reassign.
#[derive(Clone, Debug, PartialEq)]
pub struct ReassignablePartitionResponse {
    /// The partition index.
    pub partition_index: i32,
    /// The error code for this partition, or 0 if there was no error.
    pub error_code: i16,
    /// The error message for this partition, or null if there was no error.
    pub error_message: Option<ByteString>,
}

impl Default for ReassignablePartitionResponse {
    fn default() -> Self {
        ReassignablePartitionResponse {
            partition_index: 0,
            error_code: 0,
            error_message: Some(ByteString::new()),
        }
    }
}

impl ReassignablePartitionResponse {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(true)?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.nullable_string(true, self.error_message.as_ref())?;
        writer.no_tagged_fields();
        Ok(())
    }
}
