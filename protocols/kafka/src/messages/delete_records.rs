// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `DeleteRecordsRequest` and `DeleteRecordsResponse`: the API with the key 21.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// DeleteRecordsRequest, versions 0 to 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteRecordsRequest {
    /// Each topic that we want to delete records from.
    pub topics: Vec<DeleteRecordsTopic>,
    /// How long to wait for the deletion to complete, in milliseconds.
    pub timeout_ms: i32,
}

impl DeleteRecordsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=2;

    /// Reads a DeleteRecordsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DeleteRecordsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.topics = reader.array(flexible, 3, |reader| DeleteRecordsTopic::decode(reader, version))?;
        value.timeout_ms = reader.int32()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DeleteRecordsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DeleteRecordsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.array(flexible, &self.topics, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.int32(self.timeout_ms);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each topic that we want to delete records from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteRecordsTopic {
    /// The topic name.
    pub name: ByteString,
    /// Each partition that we want to delete records from.
    pub partitions: Vec<DeleteRecordsPartition>,
}

impl DeleteRecordsTopic {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.partitions = reader.array(flexible, 12, |reader| {
            DeleteRecordsPartition::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
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

/// Each partition that we want to delete records from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteRecordsPartition {
    /// The partition index.
    pub partition_index: i32,
    /// The deletion offset. -1 means that records should be truncated to the high watermark.
    pub offset: i64,
}

impl DeleteRecordsPartition {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.offset = reader.int64()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        writer.int32(self.partition_index);
        writer.int64(self.offset);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// DeleteRecordsResponse, versions 0 to 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteRecordsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// Each topic that we wanted to delete records from.
    pub topics: Vec<DeleteRecordsTopicResult>,
}

impl DeleteRecordsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=2;

    /// Reads a DeleteRecordsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DeleteRecordsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        value.topics = reader.array(flexible, 3, |reader| {
            DeleteRecordsTopicResult::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DeleteRecordsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DeleteRecordsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.int32(self.throttle_time_ms);
        writer.array(flexible, &self.topics, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each topic that we wanted to delete records from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteRecordsTopicResult {
    /// The topic name.
    pub name: ByteString,
    /// Each partition that we wanted to delete records from.
    pub partitions: Vec<DeleteRecordsPartitionResult>,
}

impl DeleteRecordsTopicResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.partitions = reader.array(flexible, 14, |reader| {
            DeleteRecordsPartitionResult::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
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

/// Each partition that we wanted to delete records from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeleteRecordsPartitionResult {
    /// The partition index.
    pub partition_index: i32,
    /// The partition low water mark.
    pub low_watermark: i64,
    /// The deletion error code, or 0 if the deletion succeeded.
    pub error_code: i16,
}

impl DeleteRecordsPartitionResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.low_watermark = reader.int64()?;
        value.error_code = reader.int16()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        writer.int32(self.partition_index);
        writer.int64(self.low_watermark);
        writer.int16(self.error_code);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
