// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `DescribeLogDirsRequest` and `DescribeLogDirsResponse`: the API with the key 35.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// DescribeLogDirsRequest, versions 1 to 5.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeLogDirsRequest {
    /// Each topic that we want to describe log directories for, or null for all topics.
    pub topics: Option<Vec<DescribableLogDirTopic>>,
}

impl Default for DescribeLogDirsRequest {
    fn default() -> Self {
        DescribeLogDirsRequest {
            topics: Some(Vec::new()),
        }
    }
}

impl DescribeLogDirsRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=5;

    /// Reads a DescribeLogDirsRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeLogDirsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.topics = reader.nullable_array(flexible, 3, |reader| {
            DescribableLogDirTopic::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DescribeLogDirsRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeLogDirsRequest", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.nullable_array(flexible, self.topics.as_deref(), |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// Each topic that we want to describe log directories for, or null for all topics.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribableLogDirTopic {
    /// The topic name.
    pub topic: ByteString,
    /// The partition indexes.
    pub partitions: Vec<i32>,
}

impl DescribableLogDirTopic {
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

/// DescribeLogDirsResponse, versions 1 to 5.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeLogDirsResponse {
    /// The duration in milliseconds for which the request was throttled due to a quota violation, or zero
    /// if the request did not violate any quota.
    pub throttle_time_ms: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// The log directories.
    pub results: Vec<DescribeLogDirsResult>,
}

impl DescribeLogDirsResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=5;

    /// Reads a DescribeLogDirsResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("DescribeLogDirsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        let mut value = Self::default();
        value.throttle_time_ms = reader.int32()?;
        if version >= 3 {
            value.error_code = reader.int16()?;
        }
        value.results = reader.array(flexible, 5, |reader| {
            DescribeLogDirsResult::decode(reader, version)
        })?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    /// Writes the DescribeLogDirsResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("DescribeLogDirsResponse", Self::VERSIONS, version)?;
        let flexible = version >= 2;
        writer.int32(self.throttle_time_ms);
        if version >= 3 {
            writer.int16(self.error_code);
        }
        writer.array(flexible, &self.results, |writer, each| {
            each.encode(writer, version)
        })?;
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The log directories.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeLogDirsResult {
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
    /// The absolute log directory path.
    pub log_dir: ByteString,
    /// The topics.
    pub topics: Vec<DescribeLogDirsTopic>,
    /// The total size in bytes of the volume the log directory is in. This value does not include the size
    /// of data stored in remote storage.
    pub total_bytes: i64,
    /// The usable size in bytes of the volume the log directory is in. This value does not include the size
    /// of data stored in remote storage.
    pub usable_bytes: i64,
    /// True if this log directory is cordoned.
    pub is_cordoned: bool,
}

impl Default for DescribeLogDirsResult {
    fn default() -> Self {
        DescribeLogDirsResult {
            error_code: 0,
            log_dir: ByteString::new(),
            topics: Vec::new(),
            total_bytes: -1,
            usable_bytes: -1,
            is_cordoned: false,
        }
    }
}

impl DescribeLogDirsResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.error_code = reader.int16()?;
        value.log_dir = reader.string(flexible)?;
        value.topics = reader.array(flexible, 3, |reader| {
            DescribeLogDirsTopic::decode(reader, version)
        })?;
        if version >= 4 {
            value.total_bytes = reader.int64()?;
            value.usable_bytes = reader.int64()?;
        }
        if version >= 5 {
            value.is_cordoned = reader.boolean()?;
        }
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        writer.int16(self.error_code);
        writer.string(flexible, &self.log_dir)?;
        writer.array(flexible, &self.topics, |writer, each| {
            each.encode(writer, version)
        })?;
        if version >= 4 {
            writer.int64(self.total_bytes);
            writer.int64(self.usable_bytes);
        }
        if version >= 5 {
            writer.boolean(self.is_cordoned);
        }
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}

/// The topics.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeLogDirsTopic {
    /// The topic name.
    pub name: ByteString,
    /// The partitions.
    pub partitions: Vec<DescribeLogDirsPartition>,
}

impl DescribeLogDirsTopic {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.name = reader.string(flexible)?;
        value.partitions = reader.array(flexible, 21, |reader| {
            DescribeLogDirsPartition::decode(reader, version)
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

/// The partitions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeLogDirsPartition {
    /// The partition index.
    pub partition_index: i32,
    /// The size of the log segments in this partition in bytes.
    pub partition_size: i64,
    /// The lag of the log's LEO w.r.t. partition's HW (if it is the current log for the partition) or
    /// current replica's LEO (if it is the future log for the partition).
    pub offset_lag: i64,
    /// True if this log is created by AlterReplicaLogDirsRequest and will replace the current log of the
    /// replica in the future.
    pub is_future_key: bool,
}

impl DescribeLogDirsPartition {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let flexible = version >= 2;
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.partition_size = reader.int64()?;
        value.offset_lag = reader.int64()?;
        value.is_future_key = reader.boolean()?;
        if flexible {
            reader.skip_tagged_fields()?;
        }
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        let flexible = version >= 2;
        writer.int32(self.partition_index);
        writer.int64(self.partition_size);
        writer.int64(self.offset_lag);
        writer.boolean(self.is_future_key);
        if flexible {
            writer.no_tagged_fields();
        }
        Ok(())
    }
}
