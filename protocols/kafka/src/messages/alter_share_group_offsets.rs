// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `AlterShareGroupOffsetsRequest` and `AlterShareGroupOffsetsResponse`: the API with the key 91.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::uuid::Uuid;
use crate::writer::Writer;

/// AlterShareGroupOffsetsRequest, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterShareGroupOffsetsRequest {
    /// The group identifier.
    pub group_id: ByteString,
    /// The topics to alter offsets for.
    pub topics: Vec<AlterShareGroupOffsetsRequestTopic>,
}

impl AlterShareGroupOffsetsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=0;

    /// Reads a AlterShareGroupOffsetsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("AlterShareGroupOffsetsRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.group_id = reader.string(true)?;
        value.topics = reader.array(true, 3, |reader| {
            AlterShareGroupOffsetsRequestTopic::decode(reader, version)
        })?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the AlterShareGroupOffsetsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("AlterShareGroupOffsetsRequest", Self::VERSIONS, version)?;
        writer.string(true, &self.group_id)?;
        writer.array(true, &self.topics, |writer, each| each.encode(writer, version))?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The topics to alter offsets for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterShareGroupOffsetsRequestTopic {
    /// The topic name.
    pub topic_name: ByteString,
    /// Each partition to alter offsets for.
    pub partitions: Vec<AlterShareGroupOffsetsRequestPartition>,
}

impl AlterShareGroupOffsetsRequestTopic {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.topic_name = reader.string(true)?;
        value.partitions = reader.array(true, 13, |reader| {
            AlterShareGroupOffsetsRequestPartition::decode(reader, version)
        })?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.topic_name)?;
        writer.array(true, &self.partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// Each partition to alter offsets for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterShareGroupOffsetsRequestPartition {
    /// The partition index.
    pub partition_index: i32,
    /// The share-partition start offset.
    pub start_offset: i64,
}

impl AlterShareGroupOffsetsRequestPartition {
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.start_offset = reader.int64()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.int32(self.partition_index);
        writer.int64(self.start_offset);
        writer.no_tagged_fields();
        Ok(())
    }
}

/// AlterShareGroupOffsetsResponse, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterShareGroupOffsetsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The top-level error code, or 0 if there was no error.
    pub error_code: i16,
    /// The top-level error message, or null if there was no error.
    pub error_message: Option<ByteString>,
    /// The results for each topic.
    pub responses: Vec<AlterShareGroupOffsetsResponseTopic>,
}

impl AlterShareGroupOffsetsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=0;

    /// Reads a AlterShareGroupOffsetsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("AlterShareGroupOffsetsResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.error_code = reader.int16()?;
        value.error_message = reader.nullable_string(true)?;
        value.responses = reader.array(true, 19, |reader| {
            AlterShareGroupOffsetsResponseTopic::decode(reader, version)
        })?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the AlterShareGroupOffsetsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("AlterShareGroupOffsetsResponse", Self::VERSIONS, version)?;
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.nullable_string(true, self.error_message.as_ref())?;
        writer.array(true, &self.responses, |writer, each| each.encode(writer, version))?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The results for each topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterShareGroupOffsetsResponseTopic {
    /// The topic name.
    pub topic_name: ByteString,
    /// The unique topic ID.
    pub topic_id: Uuid,
    /// Partitions
    pub partitions: Vec<AlterShareGroupOffsetsResponsePartition>,
}

impl AlterShareGroupOffsetsResponseTopic {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.topic_name = reader.string(true)?;
        value.topic_id = reader.uuid()?;
        value.partitions = reader.array(true, 8, |reader| {
            AlterShareGroupOffsetsResponsePartition::decode(reader, version)
        })?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.string(true, &self.topic_name)?;
        writer.uuid(self.topic_id);
        writer.array(true, &self.partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// AlterShareGroupOffsetsResponsePartition, versions 0 to 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterShareGroupOffsetsResponsePartition {
    /// The partition index.
    pub partition_index: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// The error message, or null if there was no error.
    pub error_message: Option<ByteString>,
}

impl AlterShareGroupOffsetsResponsePartition {
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
