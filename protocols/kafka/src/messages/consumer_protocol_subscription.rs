// Made by tools/kafka-messages/generate.py from the message definitions of Apache Kafka; don't edit.

//! `ConsumerProtocolSubscription`.

use std::ops::RangeInclusive;

use bytes::Bytes;
use bytestring::ByteString;

use crate::error::{DecodeError, EncodeError, expect_encodable, expect_version};
use crate::reader::Reader;
use crate::writer::Writer;

/// ConsumerProtocolSubscription, versions 0 to 3.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsumerProtocolSubscription {
    /// The topics that the member wants to consume.
    pub topics: Vec<ByteString>,
    /// User data that will be passed back to the consumer.
    pub user_data: Option<Bytes>,
    /// The partitions that the member owns.
    pub owned_partitions: Vec<TopicPartition>,
    /// The generation id of the member.
    pub generation_id: i32,
    /// The rack id of the member.
    pub rack_id: Option<ByteString>,
}

impl Default for ConsumerProtocolSubscription {
    fn default() -> Self {
        ConsumerProtocolSubscription {
            topics: Vec::new(),
            user_data: None,
            owned_partitions: Vec::new(),
            generation_id: -1,
            rack_id: None,
        }
    }
}

impl ConsumerProtocolSubscription {
    /// The versions that can be read and written.
    pub const VERSIONS: RangeInclusive<i16> = 0..=3;

    /// Reads a ConsumerProtocolSubscription of a version from where the reader stands.
    pub fn decode(reader: &mut Reader, version: i16) -> Result<Self, DecodeError> {
        expect_version("ConsumerProtocolSubscription", Self::VERSIONS, version)?;
        let mut value = Self::default();
        value.topics = reader.array(false, 1, |reader| reader.string(false))?;
        value.user_data = reader.nullable_bytes(false)?;
        if version >= 1 {
            value.owned_partitions =
                reader.array(false, 6, |reader| TopicPartition::decode(reader, version))?;
        }
        if version >= 2 {
            value.generation_id = reader.int32()?;
        }
        if version >= 3 {
            value.rack_id = reader.nullable_string(false)?;
        }
        Ok(value)
    }

    /// Writes the ConsumerProtocolSubscription as its fields stand in a version.
    pub fn encode(&self, writer: &mut Writer, version: i16) -> Result<(), EncodeError> {
        expect_encodable("ConsumerProtocolSubscription", Self::VERSIONS, version)?;
        writer.array(false, &self.topics, |writer, each| writer.string(false, each))?;
        writer.nullable_bytes(false, self.user_data.as_ref())?;
        if version >= 1 {
            writer.array(false, &self.owned_partitions, |writer, each| {
                each.encode(writer, version)
            })?;
        }
        if version >= 2 {
            writer.int32(self.generation_id);
        }
        if version >= 3 {
            writer.nullable_string(false, self.rack_id.as_ref())?;
        }
        Ok(())
    }
}

/// The partitions that the member owns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartition {
    /// The topic name.
    pub topic: ByteString,
    /// The partition ids.
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
