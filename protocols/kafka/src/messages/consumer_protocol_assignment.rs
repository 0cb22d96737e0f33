// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `ConsumerProtocolAssignment`.

use std::ops::RangeInclusive;

use bytes::Bytes;
use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// ConsumerProtocolAssignment, versions 0 to 3.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerProtocolAssignment {
    /// The list of topics and partitions assigned to this consumer.
    pub assigned_partitions: Vec<TopicPartition>,
    /// User data.
    pub user_data: Option<Bytes>,
}

impl ConsumerProtocolAssignment {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=3;

    /// Reads a ConsumerProtocolAssignment of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ConsumerProtocolAssignment", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.assigned_partitions =
            reader.array(false, 6, |reader| TopicPartition::decode(reader, version))?;
        value.user_data = reader.nullable_bytes(false)?;
        Ok(value)
    }

    /// Writes the ConsumerProtocolAssignment as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ConsumerProtocolAssignment", Self::VERSIONS, version)?;
        writer.array(false, &self.assigned_partitions, |writer, each| {
            each.encode(writer, version)
        })?;
        writer.nullable_bytes(false, self.user_data.as_ref())?;
        Ok(())
    }
}

/// The list of topics and partitions assigned to this consumer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartition {
    /// The topic name.
    pub topic: ByteString,
    /// The list of partitions assigned to this consumer.
    pub partitions: Vec<i32>,
}

impl TopicPartition {
    fn decode(reader: &mut Reader, _version: i16) -> Result<Self, DecodeError> {
        let mut value = Self::default();
        value.topic = reader.string(false)?;
        value.partitions = reader.array(false, 4, |reader| reader.int32())?;
        Ok(value)
    }

    fn encode(&self, writer: &mut Writer, _version: i16) -> Result<(), EncodeError> {
        writer.string(false, &self.topic)?;
        writer.array(false, &self.partitions, |writer, each| {
            writer.int32(*each);
            Ok(())
        })?;
        Ok(())
    }
}
