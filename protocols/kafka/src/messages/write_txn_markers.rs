// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `WriteTxnMarkersRequest` and `WriteTxnMarkersResponse`: the API with the key 27.

use std::ops::RangeInclusive;

use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// WriteTxnMarkersRequest, versions 1 to 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WriteTxnMarkersRequest {
    /// The transaction markers to be written.
    pub markers: Vec<WritableTxnMarker>,
}

impl WriteTxnMarkersRequest {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=2;

    /// Reads a WriteTxnMarkersRequest of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("WriteTxnMarkersRequest", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.markers = reader.array(true, 17, |reader| WritableTxnMarker::decode(reader, version))?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the WriteTxnMarkersRequest as its fields stand in a version.
    #[cfg(feature = "client")]
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("WriteTxnMarkersRequest", Self::VERSIONS, version)?;
        writer.array(true, &self.markers, |writer, each| each.encode(writer, version))?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The transaction markers to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WritableTxnMarker {
    /// The current producer ID.
    pub producer_id: i64,
    /// The current epoch associated with the producer ID.
    pub producer_epoch: i16,
    /// The result of the transaction to write to the partitions (false = ABORT, true = COMMIT).
    pub transaction_result: bool,
    /// Each topic that we want to write transaction marker(s) for.
    pub topics: Vec<WritableTxnMarkerTopic>,
    /// Epoch associated with the transaction state partition hosted by this transaction coordinator.
    pub coordinator_epoch: i32,
    /// Transaction version of the marker. Ex: 0/1 = legacy (TV0/TV1), 2 = TV2 etc.
    pub transaction_version: i8,
}

impl WritableTxnMarker {
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.producer_id = reader.int64()?;
        value.producer_epoch = reader.int16()?;
        value.transaction_result = reader.boolean()?;
        value.topics = reader.array(true, 3, |reader| WritableTxnMarkerTopic::decode(reader, version))?;
        value.coordinator_epoch = reader.int32()?;
        if version >= 2 {
            value.transaction_version = reader.int8()?;
        }
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    #[cfg(feature = "client")]
    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.int64(self.producer_id);
        writer.int16(self.producer_epoch);
        writer.boolean(self.transaction_result);
        writer.array(true, &self.topics, |writer, each| each.encode(writer, version))?;
        writer.int32(self.coordinator_epoch);
        if version >= 2 {
            writer.int8(self.transaction_version);
        }
        writer.no_tagged_fields();
        Ok(())
    }
}

/// Each topic that we want to write transaction marker(s) for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WritableTxnMarkerTopic {
    /// The topic name.
    pub name: ByteString,
    /// The indexes of the partitions to write transaction markers for.
    pub partition_indexes: Vec<i32>,
}

impl WritableTxnMarkerTopic {
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

/// WriteTxnMarkersResponse, versions 1 to 2.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WriteTxnMarkersResponse {
    /// The results for writing makers.
    pub markers: Vec<WritableTxnMarkerResult>,
}

impl WriteTxnMarkersResponse {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 1..=2;

    /// Reads a WriteTxnMarkersResponse of a version from where the reader stands.
    #[cfg(feature = "client")]
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("WriteTxnMarkersResponse", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.markers = reader.array(true, 10, |reader| {
            WritableTxnMarkerResult::decode(reader, version)
        })?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    /// Writes the WriteTxnMarkersResponse as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("WriteTxnMarkersResponse", Self::VERSIONS, version)?;
        writer.array(true, &self.markers, |writer, each| each.encode(writer, version))?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The results for writing makers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WritableTxnMarkerResult {
    /// The current producer ID in use by the transactional ID.
    pub producer_id: i64,
    /// The results by topic.
    pub topics: Vec<WritableTxnMarkerTopicResult>,
}

impl WritableTxnMarkerResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.producer_id = reader.int64()?;
        value.topics = reader.array(true, 3, |reader| {
            WritableTxnMarkerTopicResult::decode(reader, version)
        })?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        writer.int64(self.producer_id);
        writer.array(true, &self.topics, |writer, each| each.encode(writer, version))?;
        writer.no_tagged_fields();
        Ok(())
    }
}

/// The results by topic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WritableTxnMarkerTopicResult {
    /// The topic name.
    pub name: ByteString,
    /// The results by partition.
    pub partitions: Vec<WritableTxnMarkerPartitionResult>,
}

impl WritableTxnMarkerTopicResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.name = reader.string(true)?;
        value.partitions = reader.array(true, 7, |reader| {
            WritableTxnMarkerPartitionResult::decode(reader, version)
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

/// The results by partition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WritableTxnMarkerPartitionResult {
    /// The partition index.
    pub partition_index: i32,
    /// The error code, or 0 if there was no error.
    pub error_code: i16,
}

impl WritableTxnMarkerPartitionResult {
    #[cfg(feature = "client")]
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.partition_index = reader.int32()?;
        value.error_code = reader.int16()?;
        reader.skip_tagged_fields()?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.int32(self.partition_index);
        writer.int16(self.error_code);
        writer.no_tagged_fields();
        Ok(())
    }
}
