// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `OffsetDeleteRequest` and `OffsetDeleteResponse`: the API with the key 47.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// OffsetDeleteRequest, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetDeleteRequest {
    /// The unique group identifier.
    pub group_id: ByteString,
    /// The topics to delete offsets for.
    pub topics: Vec<OffsetDeleteRequestTopic>,
}

impl OffsetDeleteRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=0;

    /// Reads a OffsetDeleteRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("OffsetDeleteRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.group_id = reader.string(false)?;
        value.topics = reader.array(false, 6, |reader| {
            OffsetDeleteRequestTopic::decode(reader, version)
        })?;
        Ok(value)
    }

    /// Writes the OffsetDeleteRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("OffsetDeleteRequest", Self::VERSIONS, version)?;
        writer.string(false, &self.group_id)?;
        writer.array(false, &self.topics, |writer, each| each.encode(writer, version))?;
        Ok(())
    }
}

/// The topics to delete offsets for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetDeleteRequestTopic {
    /// The topic name.
    pub name: ByteString,
    /// Each partition to delete offsets for.
    pub partitions: Vec<OffsetDeleteRequestPartition>,
}

impl OffsetDeleteRequestTopic {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.name = reader.string(false)?;
        value.partitions = reader.array(false, 4, |reader| {
            OffsetDeleteRequestPartition::decode(reader, version)
        })?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.string(false, &self.name)?;
        writer.array(false, &self.partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        Ok(())
    }
}

/// Each partition to delete offsets for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetDeleteRequestPartition {
    /// The partition index.
    pub partition_index: i32,
}

impl OffsetDeleteRequestPartition {
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.int32(self.partition_index);
        Ok(())
    }
}

/// OffsetDeleteResponse, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetDeleteResponse {
    /// The top-level error code, or 0 if there was no error.
    pub error_code: i16,
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The responses for each topic.
    pub topics: Vec<OffsetDeleteResponseTopic>,
}

impl OffsetDeleteResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=0;

    /// Reads a OffsetDeleteResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("OffsetDeleteResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.throttle_time_ms = reader.int32()?;
        value.topics = reader.array(false, 6, |reader| {
            OffsetDeleteResponseTopic::decode(reader, version)
        })?;
        Ok(value)
    }

    /// Writes the OffsetDeleteResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("OffsetDeleteResponse", Self::VERSIONS, version)?;
        writer.int16(self.error_code);
        writer.int32(self.throttle_time_ms);
        writer.array(false, &self.topics, |writer, each| each.encode(writer, version))?;
        Ok(())
    }
}

/// The responses for each topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetDeleteResponseTopic {
    /// The topic name.
    pub name: ByteString,
    /// The responses for each partition in the topic.
    pub partitions: Vec<OffsetDeleteResponsePartition>,
}

impl OffsetDeleteResponseTopic {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.name = reader.string(false)?;
        value.partitions = reader.array(false, 6, |reader| {
            OffsetDeleteResponsePartition::decode(reader, version)
        })?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.string(false, &self.name)?;
        writer.array(false, &self.partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        Ok(())
    }
}

/// The responses for each partition in the topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetDeleteResponsePartition {
    /// The partition index.
    pub partition_index: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
}

impl OffsetDeleteResponsePartition {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.error_code = reader.int16()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        Ok(())
    }
}
